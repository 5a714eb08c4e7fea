"""The BLAS kernels of two other processors that this one can stand in for: one builds the site, one runs for nbval."""

from check_answers import kernels_here, machine
from threadpoolctl import threadpool_info

OWN = {part.get("architecture") for part in threadpool_info()}
OTHERS = [kernel for kernel in ("Haswell", "Prescott", "Nehalem") if kernel in kernels_here() and kernel not in OWN][:2]


def other_machine(number: int) -> dict[str, str]:
    """Give what makes a process compute as on the first or second of the others, on one thread or on two.

    Where this machine can stand in for none, nothing is set (test_other_machines.py says so).
    """
    return machine(OTHERS[number], threads=number + 1) if number < len(OTHERS) else {}
