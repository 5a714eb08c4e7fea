"""Start a student's kernel with limits that its code cannot lift. Runs inside the sandbox; imports nothing of ours."""

import sys

GIGABYTE = 1024**3
TEXT_OF_A_CELL = 100_000  # characters

try:
    import resource
except ImportError:  # Windows: the warning in sandbox.py has said so
    resource = None

if resource:
    LIMITS = {
        resource.RLIMIT_AS: 4 * GIGABYTE,  # addresses, not memory in use: NumPy and its threads reserve about one
        resource.RLIMIT_CPU: 300,  # seconds
        resource.RLIMIT_FSIZE: 64 * 1024**2,  # bytes in one file
        resource.RLIMIT_CORE: 0,
    }
    if __file__ == "/kernel.py":  # elsewhere all that the teacher has running would count
        LIMITS[resource.RLIMIT_NPROC] = 256  # threads too; root is exempt, so sandbox.py counts as well
    for kind, most in LIMITS.items():
        hard = resource.getrlimit(kind)[1]
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (most, most))

from ipykernel.iostream import OutStream  # noqa: E402
from ipykernel.kernelapp import launch_new_instance  # noqa: E402

write = OutStream.write
written = {"cell": None, "characters": 0}


def write_less(stream, text):
    """Write the first characters of a cell's text and drop the rest, so that one line of 60 MB stays small."""
    cell = stream.parent_header.get("msg_id")
    if cell != written["cell"]:
        written.update(cell=cell, characters=0)
    room = TEXT_OF_A_CELL - written["characters"]
    written["characters"] += len(text)
    if room > 0:
        write(stream, text if len(text) <= room else text[:room] + "\n... cut: too much text for one cell.\n")
    return len(text)


OutStream.write = write_less
sys.argv[0] = "ipykernel_launcher"
launch_new_instance()
