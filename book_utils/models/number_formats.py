"""Stored numbers as NumPy floats, by the names that safetensors has for them."""

import numpy as np

MANTISSA_BITS = {"E4M3": 3, "E5M2": 2}


def float8(kind):
    """Return the 256 numbers of an 8-bit float format, by code: (256,) float32.

    Sources: OCP 8-bit Floating Point Specification 1.0 (E4M3, E5M2); Noune et al. 2022, arXiv 2206.02915 (FNUZ).

    >>> float8("E4M3")[[0x38, 0x7E, 0x81]].tolist()
    [1.0, 448.0, -0.001953125]
    """
    layout, fnuz = kind[:4], kind.endswith("FNUZ")
    bits = MANTISSA_BITS[layout]
    bias = 2 ** (6 - bits) - 1 + fnuz
    codes = np.arange(128)
    exponent, mantissa = codes >> bits, (codes & (1 << bits) - 1) / 2**bits
    numbers = np.where(exponent == 0, mantissa * 2.0 ** (1 - bias), (1 + mantissa) * 2.0 ** (exponent - bias))
    if kind == "E4M3":
        numbers[0x7F] = np.nan
    if kind == "E5M2":
        numbers[0x7C], numbers[0x7D:] = np.inf, np.nan
    numbers = np.append(numbers, -numbers)
    if fnuz:  # "finite, not a number, unsigned zero": the code of -0 is the one NaN
        numbers[0x80] = np.nan
    return numbers.astype(np.float32)


def _from_bf16(rows):
    """bf16 is the upper half of an fp32: put it there, with zeros below."""
    return (rows.view("<u2").astype(np.uint32) << 16).view(np.float32)


TO_FLOATS = {
    "F64": lambda rows: rows.view("<f8"),
    "F32": lambda rows: rows.view("<f4"),
    "F16": lambda rows: rows.view("<f2"),
    "BF16": _from_bf16,
    "F8_E4M3": float8("E4M3").take,
    "F8_E5M2": float8("E5M2").take,
    "F8_E4M3FNUZ": float8("E4M3FNUZ").take,
    "F8_E5M2FNUZ": float8("E5M2FNUZ").take,
}
