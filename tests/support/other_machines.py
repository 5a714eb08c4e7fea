"""The BLAS kernels of two other processors that this one can stand in for: one builds the site, one runs chapters."""

from check_answers import kernels_here
from threadpoolctl import threadpool_info

OWN = {part.get("architecture") for part in threadpool_info()}
OTHERS = [kernel for kernel in ("Haswell", "Prescott", "Nehalem") if kernel in kernels_here() and kernel not in OWN][:2]
