"""A kernel for one submission, shut in behind `walls`, and bounded in every way."""

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

from .walls import KERNEL, LOUD, MEGABYTE, walls, why_not


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
        context = zmq.asyncio.Context()
        context.setsockopt(zmq.MAXMSGSIZE, 4 * MEGABYTE)
        context.setsockopt(zmq.RCVHWM, 20)
        return context

    def client(self, **settings):
        """Give the grader's end of the sockets; by itself it would take a context of its own, without these limits."""
        client = super().client(**{"context": self.context} | settings)
        client._created_context = True  # so that it ends the context when its sockets are closed, and not before
        return client

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
