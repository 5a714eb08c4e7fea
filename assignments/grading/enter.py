"""Become bubblewrap with nothing of the teacher's: no environment, no keys, and only the system calls of a lesson.

    python -I -S enter.py bwrap OPTION ... COMMAND ...

A program of its own, for process 1 of a sandbox is bubblewrap itself: what it carries, the student's code can read.
The filter is seccomp's, written out, so that nothing needs to be installed. It refuses every socket but those in
files (a namespace of networks knows nothing of VSOCK, and little of others), keys, namespaces of users within the
sandbox, and the calls that would go round these.
"""

import ctypes
import os
import platform
import resource
import struct
import sys

# The numbers of the calls: <asm/unistd_64.h>, and <asm-generic/unistd.h> for 64-bit ARM.
CALLS = {
    "x86_64": (0xC000003E, {
        "socket": 41, "socketpair": 53, "clone": 56, "ptrace": 101, "mount": 165, "add_key": 248, "request_key": 249,
        "keyctl": 250, "unshare": 272, "perf_event_open": 298, "setns": 308, "bpf": 321, "userfaultfd": 323,
        "io_uring_setup": 425, "clone3": 435}),
    "aarch64": (0xC00000B7, {
        "socket": 198, "socketpair": 199, "clone": 220, "ptrace": 117, "mount": 40, "add_key": 217, "request_key": 218,
        "keyctl": 219, "unshare": 97, "perf_event_open": 241, "setns": 268, "bpf": 280, "userfaultfd": 282,
        "io_uring_setup": 425, "clone3": 435}),
}
LOAD, EQUAL, AT_LEAST, HAS_BIT, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
NUMBER, MACHINE, FIRST_ARGUMENT = 0, 4, 16  # where they stand in what the kernel shows to the filter
ALLOW, REFUSE = 0x7FFF0000, 0x00050000  # refuse: plus the number of the error
EPERM, ENOSYS, EAFNOSUPPORT = 1, 38, 97
AF_UNIX, NEW_USERS, OF_32_BITS = 1, 0x10000000, 0x40000000
JOIN_NEW_SESSION = 1


def program(machine: str) -> bytes:
    """Give the filter for a kind of processor, 8 bytes a step."""
    architecture, calls = CALLS[machine]
    steps = [(LOAD, 0, 0, MACHINE), (EQUAL, 1, 0, architecture), (RETURN, 0, 0, REFUSE + EPERM),
             (LOAD, 0, 0, NUMBER), (AT_LEAST, 0, 1, OF_32_BITS), (RETURN, 0, 0, REFUSE + EPERM)]
    for name, number in calls.items():
        if name in ("socket", "socketpair"):
            steps += [(EQUAL, 0, 4, number), (LOAD, 0, 0, FIRST_ARGUMENT), (EQUAL, 1, 0, AF_UNIX),
                      (RETURN, 0, 0, REFUSE + EAFNOSUPPORT), (RETURN, 0, 0, ALLOW)]
        elif name == "clone":
            steps += [(EQUAL, 0, 4, number), (LOAD, 0, 0, FIRST_ARGUMENT), (HAS_BIT, 0, 1, NEW_USERS),
                      (RETURN, 0, 0, REFUSE + EPERM), (RETURN, 0, 0, ALLOW)]
        else:  # without clone3, whose flags no filter can see, the C library takes clone
            steps += [(EQUAL, 0, 1, number), (RETURN, 0, 0, REFUSE + (ENOSYS if name == "clone3" else EPERM))]
    return b"".join(struct.pack("=HBBI", *step) for step in [*steps, (RETURN, 0, 0, ALLOW)])


def enter(command: list[str]):
    """Leave environment and keys behind, and become the command, with the filter where there is one."""
    if platform.machine() in CALLS:
        calls = CALLS[platform.machine()][1]
        ctypes.CDLL(None).syscall(calls["keyctl"], JOIN_NEW_SESSION, None)  # a kernel without keys has none to show
        file = os.memfd_create("filter", 0)
        os.write(file, program(platform.machine()))
        os.lseek(file, 0, os.SEEK_SET)
        command[1:1] = ["--seccomp", str(file)]
    hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
    resource.setrlimit(resource.RLIMIT_DATA, (hard, hard))  # that of the grader
    os.execve(command[0], command, {})


if __name__ == "__main__":
    enter(sys.argv[1:])
