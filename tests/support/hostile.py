"""Submissions that want what is not theirs, and some that are only wrong: each with the points that it earns."""

import os

import nbformat
from course import add, cell_of, copy_of, replaced, solved, tampered, without
from nbformat.v4 import new_code_cell

# Looks for what it must not see, everywhere; then tries to run a stolen solution.
THIEF = """
import json, os, socket, sys
found = []
for folder, folders, names in os.walk("/"):
    folders[:] = [one for one in folders
                  if os.path.join(folder, one) not in ("/proc", "/sys", "/usr", sys.prefix, sys.base_prefix)]
    found += [os.path.join(folder, name) for name in names if name.endswith("lookup.ipynb") or name == "gradebook.db"]
print("FOUND", found)
for path in found:
    if "/source/" in path:
        for cell in json.load(open(path))["cells"]:
            if "BEGIN SOLUTION" in "".join(cell["source"]) and cell["cell_type"] == "code":
                exec("".join(cell["source"]), globals())
for what, attempt in {
    "NETWORK": lambda: socket.create_connection(("127.0.0.1", PORT), timeout=2),
    "WRITE": lambda: open(os.path.join(os.path.dirname(np.__file__), "stolen"), "w"),
    "COURSE": lambda: os.listdir("FOLDER"),
}.items():
    try:
        attempt()
        print(what, "OPEN")
    except OSError as problem:
        print(what, "refused")
"""

# Tries to get out of the sandbox, and says how far it came.
ATTACKS = """
import ctypes, os, socket, subprocess, sys
libc = ctypes.CDLL(None, use_errno=True)
def tried(what, attempt):
    try:
        print(what, "OPEN", repr(attempt())[:200])
    except (OSError, subprocess.CalledProcessError) as problem:
        print(what, "refused")
def call(name, *arguments):
    if getattr(libc, name)(*arguments) == -1:
        raise OSError(ctypes.get_errno(), name)
tried("REMOUNT", lambda: [call("mount", b"none", place, None, 0x1020, None) for place in (b"/usr", b"/proc/sys", b"/")])
tried("MOUNT", lambda: call("mount", b"none", b"/tmp", b"tmpfs", 0, None))
tried("HOSTNAME", lambda: call("sethostname", b"mine", 4))
tried("USERS", lambda: call("unshare", 0x10000000))
tried("CHILD USERS", lambda: subprocess.run(["unshare", "-U", "true"], check=True, capture_output=True))
for number in (KEYS):
    tried(f"KEY CALL {number}", lambda: call("syscall", number, 0, -3, 1, 0, 0))
tried("RING", lambda: call("syscall", 425, 1, 0))
for family in range(1, 46):
    if family != socket.AF_UNIX:
        tried(f"SOCKET {family}", lambda: socket.socket(family, socket.SOCK_STREAM))
        tried(f"DATAGRAM {family}", lambda: socket.socket(family, socket.SOCK_DGRAM))
for path in ("/proc/sys/kernel/hostname", "/proc/sys/vm/overcommit_memory", "/proc/sys/kernel/core_pattern",
             "/proc/sysrq-trigger", "/kernel.py", "/usr/bin/python3", "/etc/ld.so.cache", "/dev/sda", "/dev/kmsg"):
    tried(f"WRITE {path}", lambda: open(path, "r+b"))
tried("KEYS", lambda: open("/proc/keys").read())
def opens(path, how):
    try:
        os.close(os.open(path, how | os.O_NONBLOCK))
        return True
    except OSError:
        return False
kernels = [os.path.join(place, name) for part in os.listdir("/proc") if not (part.isdigit() or part.endswith("self"))
           for place, _, names in [("/proc", [], [part]), *os.walk("/proc/" + part)] for name in names]
print("WRITABLE", [path for path in kernels if os.path.isfile(path) and opens(path, os.O_WRONLY)])
print("OF THE KERNEL", [name for name in ("timer_list", "slabinfo", "kallsyms", "kpageflags", "kmsg")
                        if os.path.exists("/proc/" + name) and os.path.isfile("/proc/" + name)])
print("RIGHTS", [line.split()[1] for line in open("/proc/self/status") if line.startswith("Cap")])
for process in filter(str.isdigit, os.listdir("/proc")):
    try:
        print("ENVIRONMENT", process, open(f"/proc/{process}/environ").read().replace(chr(0), " "))
    except OSError:
        pass
print("PROCESSES", len([one for one in os.listdir("/proc") if one.isdigit()]))
"""

# Switches assertions off, makes a number that is equal to everything, and gives each test cell a number to show.
CHEAT = """
import ast, json
class Off(ast.NodeTransformer):
    def visit_Assert(self, node):
        return ast.copy_location(ast.Expr(ast.Constant(100.0)), node)
get_ipython().ast_transformers.append(Off())
class Anything(float):
    __eq__ = __lt__ = __gt__ = __le__ = __ge__ = lambda self, other: True
    __hash__ = float.__hash__
    __sub__ = __rsub__ = __abs__ = __getitem__ = __call__ = lambda self, *rest: self
    __len__, __iter__ = lambda self: 3, lambda self: iter([1])
    shape, tolist = (3, 4), lambda self: [[20, 21, 22, 23]] * 3
lookup = long_way = multiplications = places_changed = lambda *ignored, **also: Anything(1)
np.allclose = np.array_equal = lambda *ignored, **also: True
isinstance = all = ask = eval = refuses = lambda *ignored: True
"""

# Also answers for the kernel, in place of what it is asked.
LIAR = CHEAT + """
import sys
sys.modules["asked"].answer = lambda expression: type("Lie", (), {"__repr__": lambda self: LIE})()
LIE = '{"value": [[20, 21, 22, 23], 3, 1]}'
"""

# Sends what nobody can read.
BABBLE = CHEAT + "json.dumps = lambda *ignored, **also: '[[20, 21, 22, 23], 3, 1]'"

# Makes its own code look like the teacher's, which the grader runs without walls.
FORGED = "open('FOLDER/forged', 'w').write('ran outside the sandbox')"

# Answers that are cheap to send, and dear to take apart.
GLUTTON = """
import sys
text = '{"value": [' + '[],' * 3_200_000 + '[]]}'
sys.modules["asked"].answer = lambda expression: type("Much", (), {"__repr__": lambda self: text})()
name = "x" * 9_000_000
"""

# Goes round the limits of the kernel's own messages, to the socket itself.
FLOOD = """
kernel = get_ipython().kernel
session = kernel.session
import jupyter_client.session as s
message = session.msg("stream", {"name": "stdout", "text": ""}, parent=kernel.get_parent())
pack = lambda one: s.json.dumps(one, default=str).encode()
for number in range(15):
    message["content"] = {"name": "stdout", "text": f"{number}" + "x" * 90_000_000}
    parts = [pack(message[key]) for key in ("header", "parent_header", "metadata", "content")]
    kernel.iopub_socket.send_multipart([b"stream", s.DELIM, session.sign(parts), *parts])
"""

# What would run, or ask another host, when a teacher opens a page.
EVIL = """<script>parent.RAN = 1; document.title = "RAN"</script><img src=x onerror="document.title='RAN'">
<svg onload="document.title='RAN'"><script>document.title='RAN'</script></svg>
<iframe srcdoc="<script>top.document.title='RAN'</script>"></iframe>
<img src="http://other.example/pixel.png"><link rel=stylesheet href="http://other.example/a.css">
<a href="javascript:document.title='RAN'">click</a><meta http-equiv="refresh" content="0;url=http://other.example/">
<style>@import "http://other.example/b.css"; body { background: url(http://other.example/c.png) }</style>
<form action="http://other.example/"><button id=go>go</button></form><base href="http://other.example/">
<object data="http://other.example/"></object><math><mtext><img src=x onerror="document.title='RAN'"></mtext></math>"""
SCRIPTS = f"""
from IPython.display import HTML, SVG, Image, Javascript, Markdown, display
EVIL = {EVIL!r}
display(HTML(EVIL), Markdown(EVIL), Javascript("document.title = 'RAN'"))
picture = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
display({{"image/svg+xml": '<svg xmlns="http://www.w3.org/2000/svg" onload="document.title=1">' + EVIL}}, raw=True)
display({{"image/png": picture}}, metadata={{"image/png": {{
    "width": "1 onerror=document.title='RAN' x=", "height": "1 onload=document.title='RAN'", "alt": '"><b onclick=1>'}},
    "filenames": {{"image/png": "http://other.example/d.png"}}}}, raw=True)
display({{"image/png": '" onerror="document.title=1'}}, raw=True)
display({{"text/html": EVIL}}, metadata={{"text/html": {{"isolated": True}}}}, raw=True)
display({{"text/vnd.mermaid": "graph TD; A-->B" + EVIL, "text/latex": "$" + EVIL + "$"}}, raw=True)
display({{"application/vnd.jupyter.widget-view+json": {{"model_id": EVIL}}}}, raw=True)
print(EVIL)
display(HTML("<table><tr><td>a table stays</td></tr></table>"))
raise type(EVIL, (Exception,), {{}})(EVIL)
"""


def forger(notebook, folder):
    code = FORGED.replace("FOLDER", str(folder))
    cell_of(notebook, "swap").source += f"\n{code}"
    for name in ("setup2", None):
        cell = new_code_cell(code)
        cell.metadata["nbgrader"] = {"schema_version": 3, "grade_id": name, "locked": True, "grade": False,
                                     "solution": False, "task": False, "cell_type": "code"}
        notebook.cells.insert(4, cell)
    return notebook


def scripted(notebook):
    """Markup everywhere: outputs, text, names of cells, attachments, metadata."""
    add(notebook, SCRIPTS)
    cell_of(notebook, "written-id").source = "It **chooses** a row.\n\n" + EVIL + "\n\n![x](attachment:a.png)"
    notebook.cells[0].source = EVIL
    notebook.cells[0].attachments = {"a.png": {'image/png" onerror="document.title=1': "aGFsbG8="}}
    notebook.cells[0].metadata["tags"] = ['"><script>document.title="RAN"</script>']
    notebook.metadata |= {"title": EVIL, "language_info": {"name": EVIL, "pygments_lexer": EVIL}}
    return notebook


# What an assignment forbids, and how many of all its points are left to who does so. {assignment: (changes, points)}
BORROWED = ("from book_utils import one_hot\n\n\ndef long_way(vectors, ids):\n"
            "    return one_hot(ids, len(vectors)) @ vectors")
SHORTCUTS = {
    "geometry": ({"nearest": "from book_utils import geometry\n\n\ndef nearest(token, k):\n"
                             "    return [near for near, _ in geometry.nearest(token, table, k=k)]"}, 14),
    "position": ({"rope": "from book_utils.position import rope, score as of_the_book\n\n\n"
                          "def turned(vector, place, base=10_000.0):\n    return rope(vector, place, base=base)\n\n\n"
                          "def score(query, key, m, n, base=10_000.0):\n"
                          "    return of_the_book(query, key, m, n, base=base)"}, 12),
    "memory": ({"split": """def answer_of(first, own_rows, ids):
    ids = np.asarray(ids)
    own = (first <= ids) & (ids < first + len(own_rows))
    return np.where(own[:, None], own_rows[np.where(own, ids - first, 0)], 0)


def split_lookup(workers, vectors, ids):
    if min(ids) < 0 or max(ids) >= len(vectors):
        raise IndexError(ids)
    return answer_of(0, vectors, ids)  # one worker, and the whole table"""}, 17),
}


def shortcut(release, source, assignment):
    """Give (a right notebook but for one thing that the assignment forbids, its points); or a blank one, and 0."""
    if assignment not in SHORTCUTS:
        return nbformat.writes(release), 0
    changes, points = SHORTCUTS[assignment]
    return nbformat.writes(replaced(solved(copy_of(release), source), **changes)), points


def kinds(release, source, folder, port):
    """Give {kind: (file text, points it earns, or None for no score)}; fresh notebooks each."""

    def blank():
        return copy_of(release)

    def full():
        return solved(blank(), source)

    def text(notebook):
        return nbformat.writes(notebook)

    thief = THIEF.replace("PORT", str(port)).replace("FOLDER", str(folder))
    attacks = ATTACKS.replace("KEYS", "217, 218, 219" if os.uname().machine == "aarch64" else "248, 249, 250")
    crowd = "import subprocess, time\ncrowd = [subprocess.Popen(['sleep', '60']) for _ in range(60)]\ntime.sleep(9)"
    zeros = "def lookup(vectors, ids):\n    return np.zeros((*np.shape(ids), np.shape(vectors)[1]))"
    # What the assignment forbids: the rows of the long way come from the lookup.
    shortcut = ("def long_way(vectors, ids):\n    return lookup(vectors, ids)\n\n\n"
                "def multiplications(n_tokens, rows, dim):\n    return n_tokens * rows * dim")
    small = "def table_of(): return small\nplaces_changed = bytearray(10**13)"
    return {
        "perfect": (text(full()), 18),
        "blank": (text(blank()), 0),
        "half": (text(replaced(solved(blank(), source, {"predict", "lookup"}), long_way=BORROWED)), 10),
        "raises": (text(replaced(full(), lookup="raise ValueError('no')", places=small)), 6),
        "zeros": (text(replaced(full(), lookup=zeros)), 11),
        "shortcut": (text(replaced(full(), long_way=shortcut)), 16),
        "endless": (text(replaced(full(), lookup="def lookup(:", long_way="while True:\n    pass")), 8),
        "tampered": (text(without(tampered(blank()), "lookup-rows", "written-id")), 0),
        "deleted": (text(without(full(), "lookup-rows", "long-way-rows", "long-way", "setup", "written-id")), 15),
        "exits": (text(replaced(full(), long_way="import os\nos._exit(1)")), 10),
        "crowd": (text(replaced(full(), long_way=crowd)), 10),
        "notjson": ("<html>Your session has ended.</html>", None),
        "thief": (text(add(blank(), attacks, thief)), 0),
        "cheat": (text(add(blank(), CHEAT)), 0),
        "liar": (text(add(blank(), LIAR)), 0),
        "babbler": (text(add(blank(), BABBLE)), 0),
        "glutton": (text(add(blank(), GLUTTON)), 0),
        "flood": (text(add(full(), FLOOD, after="lookup-batch")), 7),
        "forger": (text(forger(full(), folder)), 18),
        "scripts": (text(scripted(full())), 18),
    }


def put_odd_files(folder):
    """Put what no platform's zip would bring beside and in place of notebooks: pipes, links, folders, 5,000 files."""
    submitted = folder / "submitted"
    for student in ("pipe", "link", "folder"):
        (submitted / student / "lookup").mkdir(parents=True)
    os.mkfifo(submitted / "pipe" / "lookup" / "lookup.ipynb")
    (submitted / "link" / "lookup" / "lookup.ipynb").symlink_to(folder / "source" / "lookup" / "lookup.ipynb")
    (submitted / "folder" / "lookup" / "lookup.ipynb").mkdir()
    half = submitted / "half" / "lookup"
    for number in range(5_000):
        (half / f"{number}.txt").touch()
    os.mkfifo(half / "0.pipe")
    (half / "0.link").symlink_to(folder / "gradebook.db")
    (half / "loop").symlink_to(half)
    (half / "0.large").write_bytes(bytes(21_000_000))
