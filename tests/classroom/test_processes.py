"""A large class read by several processes: the bytes of one, a process that dies stops nothing, none is left behind."""

import json
import os
import signal
import subprocess
import sys

import pytest
from time_class_report import student_file

from book_utils.classroom import class_report, counting, processes, report
from book_utils.classroom.answers import questions_of_the_book
from book_utils.classroom.processes import in_order

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere each process would import all anew")


def on(processors, monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(processors)))


def test_the_same_bytes_as_one_process(tmp_path, monkeypatch):
    (tmp_path / "in").mkdir()
    for number in range(24):
        data = json.dumps(student_file(number // 2, questions_of_the_book(), share=0.3 + number / 99))
        (tmp_path / "in" / f"{number}.json").write_text(data if number % 5 else data[:-9], encoding="utf-8")
    monkeypatch.setattr(report, "CHUNK", 20_000)
    monkeypatch.setattr(counting, "CHUNK", 2)
    monkeypatch.setattr(processes, "ALONE", 1)
    found, used = [], []
    begun = processes.ProcessPoolExecutor
    monkeypatch.setattr(processes, "ProcessPoolExecutor", lambda *given: used.append(given[0]) or begun(*given))
    for processors in (1, 2):
        on(processors, monkeypatch)
        class_report([tmp_path / "in"], tmp_path / "out", names=True, words=True)
        found.append({path.name: path.read_bytes() for path in sorted((tmp_path / "out").iterdir())})
    assert found[0] == found[1] and used == [2, 2]  # once to read, once to count
    assert found[0]["left-out.csv"].count(b"not JSON") == 5


HERE = os.getpid()


def dies_in_another(chunk):
    if chunk == 9 and os.getpid() != HERE:
        os.kill(os.getpid(), signal.SIGKILL)
    return chunk * chunk


def test_a_process_that_is_killed_stops_nothing(monkeypatch):
    on(2, monkeypatch)
    given = []
    chunks = (given.append(chunk) or chunk for chunk in range(40))
    results = in_order(lambda: dies_in_another, (), chunks)
    assert [next(results) for _ in range(6)] == [0, 1, 4, 9, 16, 25]
    assert len(given) < 20  # flat memory: no more are taken than can be worked on soon
    assert list(results) == [chunk * chunk for chunk in range(6, 40)]


# A shell may have started the tests so that Ctrl-C is ignored, which every process hands on.
FOR_EVER = """
import os, signal
signal.signal(signal.SIGINT, signal.default_int_handler)
from book_utils.classroom.processes import in_order
os.sched_getaffinity = lambda _: {0, 1}
for pid in in_order(lambda: lambda chunk: os.getpid(), (), iter(int, 1)):
    print(pid, flush=True)
"""


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_killed_it_leaves_no_process_behind(how):
    with subprocess.Popen([sys.executable, "-c", FOR_EVER], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as run:
        seen = set()
        while len(seen) < 3:  # itself and two more
            seen.add(run.stdout.readline())
        run.send_signal(how)
        run.stdout.read()  # ends when the last process has
        assert run.wait() != 0
