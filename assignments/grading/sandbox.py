"""A kernel for one submission, shut into bubblewrap: no network, no files but Python's, bounded in every way.

Student code runs with the rights of whoever grades. Without a sandbox it can read the solutions, the gradebook and
all other submissions; it has been tried, and it got full marks.
"""

import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path

import psutil
import zmq.asyncio
from jupyter_client.manager import AsyncKernelManager
from traitlets import Integer, Unicode, default

KERNEL, ENTER = (Path(__file__).with_name(name) for name in ("kernel.py", "enter.py"))
HOME = "/home/student"
MEGABYTE = 1024**2
SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
SETTINGS = ("/etc/ld.so.cache", "/etc/alternatives", "/etc/fonts", "/etc/localtime")
HIDDEN = ("/proc/keys", "/proc/key-users")
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
    command += [word for name in HIDDEN for word in ("--ro-bind-try", "/dev/null", name)]
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


class Sandbox(AsyncKernelManager):
    """Starts each kernel behind `walls`, kills it when it takes too much, and leaves nothing behind."""

    seconds = Integer(180, help="how long one notebook may run").tag(config=True)
    megabytes = Integer(3_000, help="how much memory all processes of a notebook may use").tag(config=True)
    processes = Integer(32, help="how many processes a notebook may start").tag(config=True)
    course = Unicode(help="the folder with source/ and the gradebook: never shown").tag(config=True)

    def __init__(self, **settings):
        super().__init__(**settings)
        self.ended_because = ""
        self.shared = Path(tempfile.mkdtemp(prefix="kernel-"))
        self.connection_file = str(self.shared / "k.json")
        self.why_not = why_not()
        if self.why_not:
            warnings.warn(LOUD.format(why=self.why_not), stacklevel=1)
        else:
            self.transport = "ipc"  # sockets in a folder: the only kind that passes the walls
            self.ip = str(self.shared / "k")

    @default("context")
    def _small_letters(self):
        """Sockets that take small messages and keep few: a flood must not fill the grader's memory."""
        self._created_context = True
        context = zmq.asyncio.Context()
        context.setsockopt(zmq.MAXMSGSIZE, 4 * MEGABYTE)
        context.setsockopt(zmq.RCVHWM, 20)
        return context

    @property
    def kernel_spec(self):
        """Every notebook is Python's, whatever it says; to interrupt it, ask: a signal would kill bwrap."""
        spec = super().kernel_spec
        spec.interrupt_mode = "message"
        return spec

    def format_kernel_cmd(self, extra_arguments=None):
        """Give the command line of the kernel, with the walls around it."""
        self.started = time.monotonic()
        arguments = ["-f", self.connection_file, *(extra_arguments or [])]
        if self.why_not:
            return [sys.executable, str(KERNEL), *arguments]
        files = Path(self._launch_args["cwd"])
        around = walls(files=files, sockets=self.shared, course=self.course)
        return [*around, sys.executable, "/kernel.py", *arguments]

    async def _async_launch_kernel(self, kernel_cmd, **settings):
        """Start it; what it writes past its cells would fill the grader's screen."""
        await super()._async_launch_kernel(
            kernel_cmd, **settings | {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL})

    async def _async_is_alive(self):
        """Is the kernel running, within its limits? nbclient asks this every second."""
        alive = await super()._async_is_alive()
        if alive and (too_much := self._too_much()):
            self.ended_because = too_much
            self.log.error("Ended the kernel: %s", self.ended_because)
            await self.provisioner.kill()
            return False
        return alive

    is_alive = _async_is_alive

    def _too_much(self) -> str:
        if time.monotonic() - self.started > self.seconds:
            return f"the notebook ran longer than {self.seconds} seconds"
        memory = count = 0
        for process in psutil.Process(self.provisioner.pid).children(recursive=True):
            try:
                memory, count = memory + process.memory_info().rss, count + 1
            except psutil.NoSuchProcess:
                continue
        if count > self.processes:
            return f"it started more than {self.processes} processes"
        if memory > self.megabytes * MEGABYTE:
            return f"it used more than {self.megabytes} MB of memory"
        if sum(path.lstat().st_size for path in self.shared.rglob("*")) > 16 * MEGABYTE:
            return "it filled the folder of its sockets"
        return ""

    async def _async_cleanup_resources(self, restart=False):
        """Remove what the kernel left in the folder of its sockets."""
        await super()._async_cleanup_resources(restart=restart)
        if not restart:
            shutil.rmtree(self.shared, ignore_errors=True)

    cleanup_resources = _async_cleanup_resources
