"""What a place, a pair and a vector must be; each refusal says what was expected and what came."""

from numbers import Integral

import numpy as np


def is_kind(value, kind):
    """Tell whether a value is a number of this kind; True and False are none."""
    return isinstance(value, kind) and not isinstance(value, bool)


def float_type(dtype):
    """Return the NumPy type of a float64 or float32; raises ValueError for all else."""
    # float16 holds every whole place only up to 2,048, bfloat16 up to 256: neither can count a context.
    try:
        return {"float32": np.float32, "float64": np.float64}[np.dtype(dtype).name]
    except (TypeError, KeyError):
        raise ValueError(f"dtype is np.float64 or np.float32; got {dtype!r}.") from None


def check_even(size, name, head_dim=None):
    """Raise ValueError where a size is not even, below 2, or larger than a head."""
    largest = "" if head_dim is None else f" to the size of a head, {head_dim}"
    if not is_kind(size, Integral) or size < 2 or size % 2 or (head_dim is not None and size > head_dim):
        raise ValueError(
            f"{name} must be an even whole number from 2{largest}: its numbers turn in pairs; got {size!r}."
        )


def first_wrong(values, bad):
    """Say which value is the first bad one, and where it stands."""
    if values.ndim == 0:
        return f"got {values.item()}"
    index = int(np.argmax(bad))
    return f"got {values[index]} at index {index}"


def as_array(values, what):
    """Return an array; raises ValueError for rows of different lengths."""
    try:
        return np.asarray(values)
    except ValueError:
        raise ValueError(f"{what} must have rows of one length; got rows of different lengths.") from None


def whole_places(positions, dtype=None):
    """Return places as an array, checked to be whole, not negative, and exact in dtype where one is named."""
    places = as_array(positions, "positions")
    # Python integers too long for int64 arrive as objects; they compare well enough to be refused below.
    if places.dtype.kind not in "iuf" and not all(is_kind(place, Integral) for place in places.flat):
        raise TypeError(f"positions are whole numbers from 0; got {positions!r}.")
    if places.dtype.kind == "f":
        places = places.astype(np.float64)  # a float16 could not be compared with the limits below
    if places.ndim > 1:
        raise ValueError(f"positions are one place or a row of places, shape (T,); got shape {places.shape}.")
    wrong = ~((places >= 0) & (places < np.inf) & (places == np.floor(places)))
    if wrong.any():
        raise ValueError(f"positions are whole numbers from 0; {first_wrong(places, wrong)}.")
    if dtype is not None:
        limit = 2 ** (np.finfo(dtype).nmant + 1)
        huge = places > limit
        if huge.any():
            raise ValueError(
                f"{dtype.__name__} holds every whole number only up to {limit:,}; {first_wrong(places, huge)}."
            )
    return places


def finite_vectors(vectors, dtype):
    """Return vectors as an array of dtype, checked to be real and finite: (..., T, head_dim) in and out."""
    vectors = as_array(vectors, "vectors")
    if vectors.dtype.kind not in "iuf" or vectors.ndim == 0:
        raise ValueError(
            f"vectors are real numbers of shape (..., T, head_dim); "
            f"got {vectors.dtype} of shape {vectors.shape}."
        )
    with np.errstate(over="ignore"):
        vectors = vectors.astype(dtype)
    if not np.isfinite(vectors).all():
        raise ValueError(f"vectors hold numbers that are finite in {dtype.__name__}; got inf or nan.")
    return vectors


def rates(frequencies, pairs, dtype):
    """Return a frequency for each pair as an array of dtype: (pairs,) radians a token in and out, none below 0."""
    given = as_array(frequencies, "frequencies")
    if given.shape != (pairs,) or given.dtype.kind not in "iuf" or not ((given >= 0) & (given < np.inf)).all():
        raise ValueError(f"frequencies are {pairs} numbers from 0, one for each pair; got {frequencies!r}.")
    return given.astype(dtype)
