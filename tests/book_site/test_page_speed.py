"""The measuring of speed: it answers every kind of guess, and its table and chart say what was measured."""

import page_speed
from page_speed import alt, chart, measure, table

PAGE = {"kB": 100.0, "requests": 20, "paint": 0.9, "ready": 1.5, "main": 0.8, "median": 40.0, "worst": 60.0}
OURS = {"chapters/one.html": PAGE, "chapters/start.html": PAGE | {"ready": None, "median": None, "worst": None}}
DEFAULT = {name: page | {"kB": 2_000.0, "ready": page["ready"] and 6.0} for name, page in OURS.items()}


def test_every_kind_of_guess_is_answered_and_timed(scratch, browser, monkeypatch):
    monkeypatch.setattr(page_speed, "READING", 0)
    found = measure(scratch.folder, ["kinds.html"], browser)["kinds.html"]
    assert len(found["verdicts"]) == 12  # one guess of each kind, one with points, a figure, code
    assert found["worst"] == max(found["verdicts"]) >= found["median"] > 0
    assert 0 < found["paint"] <= found["ready"]
    sizes = sum(path.stat().st_size for path in scratch.folder.rglob("*") if path.is_file())
    assert 10 < found["kB"] < sizes / 1000
    assert found["requests"] > 10


def test_table_and_chart_say_the_same(tmp_path):
    lines = table(OURS, DEFAULT).split("\n")
    assert lines[1].split() == ["one", "ours", "100", "20", "0.9", "1.5", "0.8", "40", "60"]
    assert lines[2].split() == ["one", "default", "2,000", "20", "0.9", "6.0", "0.8", "40", "60"]
    assert lines[3].split() == ["start", "ours", "100", "20", "0.9", "0.8"]
    sentence = chart(OURS, DEFAULT, tmp_path / "a.svg")
    assert sentence == alt(OURS, DEFAULT, ["chapters/one.html"])
    assert "20 to 20 times the bytes" in sentence and "4.0 to 4.0 times the time" in sentence
    chart(OURS, DEFAULT, tmp_path / "b.svg")
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()
    assert "2,000" not in sentence and sentence in (tmp_path / "a.svg").read_text(encoding="utf-8")
