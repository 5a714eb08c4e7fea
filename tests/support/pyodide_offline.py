"""A Pyodide that needs no other host: the core from npm, with the pure wheels that a kernel needs, from PyPI.

Its NumPy and the like exist on Pyodide's own host alone, so cells that import them do not run with it.
"""

import hashlib
import json
import subprocess
import tarfile
from pathlib import Path

KERNEL_NEEDS = ["ipython", "jedi", "micropip", "typing-extensions"]


def write_release(python: str, folder: Path) -> Path:
    """Write pyodide.tar.bz2 as `make_lite.py --pyodide` takes it, of the version that the lab asks for."""
    ask = "from jupyterlite_pyodide_kernel.constants import PYODIDE_VERSION; print(PYODIDE_VERSION)"
    version = subprocess.run([python, "-c", ask], check=True, capture_output=True, text=True).stdout.strip()
    subprocess.run(["npm", "pack", "--silent", f"pyodide@{version}"], cwd=folder, check=True, capture_output=True)
    with tarfile.open(folder / f"pyodide-{version}.tgz") as packed:
        packed.extractall(folder, filter="data")
    core = folder / "package"
    add_wheels(python, core)
    release = folder / "pyodide.tar.bz2"
    with tarfile.open(release, "w:bz2", compresslevel=1) as packed:
        packed.add(core, "pyodide")
    return release


def add_wheels(python: str, core: Path) -> None:
    """Put the wheels of KERNEL_NEEDS and of what they need beside the core, and their hashes into its lock."""
    path = core / "pyodide-lock.json"
    lock = json.loads(path.read_text(encoding="utf-8"))
    packages, names = lock["packages"], list(KERNEL_NEEDS)
    for name in names:  # grows while it is read
        needed = (other.lower().replace("_", "-") for other in packages[name]["depends"])
        names += [other for other in needed if other not in names]
    pins = [f"{packages[name]['name']}=={packages[name]['version']}" for name in names]
    pure = ["--no-deps", "--only-binary=:all:", f"--python-version={lock['info']['python'][:4]}"]
    command = [python, "-m", "pip", "download", "-q", *pure, "--dest", core, *pins]
    subprocess.run(command, check=True, capture_output=True)
    for name in names:
        package = packages[name]
        package["sha256"] = hashlib.sha256((core / package["file_name"]).read_bytes()).hexdigest()
    path.write_text(json.dumps(lock), encoding="utf-8")
