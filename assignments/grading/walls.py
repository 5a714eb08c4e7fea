"""The walls around student code: bubblewrap, with no network, no files but Python's, and nothing of the teacher's.

Student code runs with the rights of whoever grades. Without a sandbox it can read the solutions, the gradebook and
all other submissions; it has been tried, and it got full marks.
"""

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

KERNEL, ENTER = (Path(__file__).with_name(name) for name in ("kernel.py", "enter.py"))
HOME = "/home/student"
MEGABYTE = 1024**2
SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
SETTINGS = ("/etc/ld.so.cache", "/etc/alternatives", "/etc/fonts", "/etc/localtime")
HIDDEN = tuple(f"/proc/{name}" for name in (  # whose owner is root: no rights are needed to open them
    "keys", "key-users", "kcore", "kmsg", "kallsyms", "kpagecount", "kpageflags", "kpagecgroup", "latency_stats",
    "sched_debug", "slabinfo", "timer_list", "vmallocinfo"))
LOUD = """

!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!
!!! NO SANDBOX: {why}
!!! Student code now runs with YOUR rights: it can read the solutions, the gradebook, other submissions and
!!! your files, and it can use the network. Grade on a machine, or as a user, with nothing to lose.
!!! On Debian or Ubuntu:  sudo apt-get install bubblewrap
!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!
"""


def why_not() -> str:
    """Say why there is no sandbox on this machine, or nothing if there is one."""
    if not sys.platform.startswith("linux"):
        return f"bubblewrap works on Linux only, and this is {sys.platform}."
    if not shutil.which("bwrap"):
        return "bubblewrap (the command bwrap) is not installed."
    tried = subprocess.run([*walls(), "true"], capture_output=True, text=True)
    return "" if tried.returncode == 0 else f"bubblewrap does not work here: {tried.stderr.strip()}"


def walls(*, files: Path | None = None, sockets: Path | None = None, course: str = "") -> list[str]:
    """Give the bwrap command: what is not bound here does not exist for the student's code.

    `files` is the folder of the submission, of which all but notebooks is shown (the graded notebook holds the
    hidden tests); `sockets` is the one folder that both sides write in; `course` is hidden wherever it lies.
    """
    command = [sys.executable, "-I", "-S", str(ENTER), shutil.which("bwrap") or "bwrap"]
    command += ["--unshare-all", "--die-with-parent", "--new-session", "--clearenv", "--cap-drop", "ALL"]
    for path in SYSTEM:
        if os.path.islink(path):
            command += ["--symlink", os.readlink(path), path]
        elif os.path.isdir(path):
            command += ["--ro-bind", path, path]
    for path in SETTINGS:
        command += ["--ro-bind-try", path, path]
    command += ["--proc", "/proc", "--dev", "/dev", "--ro-bind", "/proc/sys", "/proc/sys"]
    command += [word for name in HIDDEN if os.path.exists(name) for word in ("--ro-bind", "/dev/null", name)]
    if os.path.exists("/proc/pressure"):
        command += ["--ro-bind", "/proc/pressure", "/proc/pressure"]
    for path, size in {"/dev/shm": 64, "/tmp": 64, HOME: 64}.items():
        command += ["--size", str(size * MEGABYTE), "--tmpfs", path]
    book = importlib.util.find_spec("book_utils").origin  # found, not imported: that would take a second
    for path in sorted({sys.prefix, sys.base_prefix, str(Path(book).parent)}):
        if not path.startswith("/usr/"):
            command += ["--ro-bind", path, path]
    if course and any(Path(course).is_relative_to(path) for path in (sys.prefix, sys.base_prefix, "/usr")):
        command += ["--tmpfs", course]
    for path in fonts_known():  # or each kernel would look at every font of the machine again
        command += ["--ro-bind", str(path), f"{HOME}/.cache/matplotlib/{path.name}"]
    command += ["--ro-bind", str(KERNEL), "/kernel.py"]
    for path in sorted(files.iterdir())[:100] if files else ():
        if path.suffix != ".ipynb" and not path.is_symlink():
            command += ["--ro-bind", str(path), f"{HOME}/{path.name}"]
    if sockets:
        command += ["--bind", str(sockets), str(sockets)]
    variables = {"HOME": HOME, "PATH": f"{sys.prefix}/bin:/usr/bin:/bin", "LANG": "C.UTF-8",
                 "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    for name, value in variables.items():
        command += ["--setenv", name, value]
    return [*command, "--remount-ro", "/dev", "--remount-ro", "/", "--chdir", HOME]


def fonts_known() -> list[Path]:
    """Name matplotlib's list of fonts, made now if there is none."""
    import matplotlib
    import matplotlib.font_manager  # noqa: F401

    return sorted(Path(matplotlib.get_cachedir()).glob("fontlist-*.json"))
