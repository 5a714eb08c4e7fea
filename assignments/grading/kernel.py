"""Start a student's kernel with limits that its code cannot lift. Runs inside the sandbox; imports nothing of ours."""

import sys

GIGABYTE = 1024**3
TEXT_OF_A_CELL = 100_000  # characters
TEXT = 1_000_000  # characters of one text or picture in a message; the grader cuts what it keeps further
MESSAGE = 3_000_000  # bytes; sandbox.py takes no message of more than 4 MiB

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

import builtins  # noqa: E402
import json  # noqa: E402
import numbers  # noqa: E402
import types  # noqa: E402
from decimal import Decimal  # noqa: E402
from itertools import islice  # noqa: E402

from ipykernel.iostream import IOPubThread, OutStream  # noqa: E402
from ipykernel.ipkernel import IPythonKernel  # noqa: E402
from ipykernel.kernelapp import launch_new_instance  # noqa: E402
from jupyter_client.session import Session  # noqa: E402

# -- messages stay small, so that honest work never sends one that the grader would not take ---------------------

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
begin = IOPubThread.__init__


def begin_without_port(thread, socket, pipe=False, **settings):
    """Open no port for what child processes print: the sandbox has sockets in files only."""
    begin(thread, socket, pipe=pipe and __file__ != "/kernel.py", **settings)


IOPubThread.__init__ = begin_without_port
serialize, send = Session.serialize, Session.send


def cut(value):
    """Shorten every text in a value to TEXT characters."""
    if isinstance(value, str) and len(value) > TEXT:
        return value[:TEXT] + "\n... cut: too much text for one output."
    if isinstance(value, dict):
        return {key: cut(item) for key, item in value.items()}
    return [cut(item) for item in value] if isinstance(value, list) else value


def serialize_less(session, message, ident=None):
    """Write a message; of one that is too large, leave out the largest parts of its content."""
    content = cut(message.get("content", {}))
    parts = serialize(session, message | {"content": content}, ident)
    if sum(map(len, parts)) > MESSAGE and isinstance(content, dict):
        content = {key: item if len(str(item)) < TEXT_OF_A_CELL else type(item)() for key, item in content.items()}
        parts = serialize(session, message | {"content": content}, ident)
    return parts


def send_less(session, stream, kind, content=None, parent=None, ident=None, buffers=None, *more, **settings):
    """Send a message without the bytes of a widget where these are many: grading shows no widget."""
    few = buffers if sum(len(memoryview(one).cast("B")) for one in buffers or ()) < TEXT else None
    return send(session, stream, kind, content, parent, ident, few, *more, **settings)


Session.serialize, Session.send = serialize_less, send_less

# -- what the hidden tests ask --------------------------------------------------------------------------------

BUILTINS, dumps = dict(vars(builtins)), json.dumps  # as they are before student code runs
before: dict = {}  # the student's names as they were before the cell that ran last: a test makes names of its own,
made: dict = {}  # and these of them were the student's


def remember(info):
    """Keep the student's names, unless the cell that is to run asks for an answer."""
    if not str(info.raw_cell).startswith(ASK):
        before.clear()
        before.update(names())


def compare(result):
    """Keep what the cell that has run put in the place of the student's names."""
    if not str(result.info.raw_cell).startswith(ASK):
        made.clear()
        made.update({name: value for name, value in names().items() if value is not before.get(name, value)})


def names() -> dict:
    """Give the names that student code sees."""
    return IPythonKernel.instance().shell.user_ns


def answer(expression: str):
    """Work an expression out with the student's names but Python's own built-ins; send the result as JSON.

    It is sent past IPython's display, which honest work may have changed (a library that prints in colours does).
    """
    lent = [name for name, value in made.items() if names().get(name) is value]
    names().update({name: before[name] for name in lent})
    try:
        told = {"value": eval(expression, {**names(), **BUILTINS})}
        text = dumps(told, default=plain)
        if len(text) > TEXT:
            raise ValueError(f"the result is longer than {TEXT:,} characters")
    except Exception as problem:
        kinds = [kind.__name__ for kind in type(problem).__mro__]
        text = dumps({"raised": kinds, "text": str(problem)[:300]})
    finally:
        names().update({name: made[name] for name in lent if names().get(name) is before[name]})
    kernel = IPythonKernel.instance()
    told = {"execution_count": 0, "data": {"text/plain": text}, "metadata": {}}
    kernel.send_response(kernel.iopub_socket, "execute_result", told)


def plain(value):
    """Give numbers, lists and text for what JSON does not know: arrays, sets, ranges, fractions."""
    if hasattr(value, "tolist"):
        return value.tolist()
    if isinstance(value, numbers.Integral):
        return int(value)
    if isinstance(value, (numbers.Real, Decimal)):
        return float(value)
    return list(islice(value, TEXT))


ASK = "__import__('asked').answer("
sys.modules["asked"] = types.ModuleType("asked")
sys.modules["asked"].answer = answer
start = IPythonKernel.start


def start_remembering(kernel):
    """Start, and look at the names before each cell."""
    kernel.shell.events.register("pre_run_cell", remember)
    kernel.shell.events.register("post_run_cell", compare)
    start(kernel)


IPythonKernel.start = start_remembering
sys.argv[0] = "ipykernel_launcher"
launch_new_instance()
