"""Child processes: started again, heard, ended, and never left behind."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from picrete_gql.commands.children import ChildDied, Children, Patience
from picrete_gql.commands.journal import Journal, loud
from picrete_gql.local import leftovers
from tests.commands.processes import mentioning, until

QUICK = Patience(first=0.2, most=1, steady=60, stop=5)
SLEEP = "import time; time.sleep(600)"
STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(600)"
)
PARENT = """
import os, sys, time
from pathlib import Path
from picrete_gql.commands.children import Children
sleeper = [sys.executable, "-c", "import time; time.sleep(600)"]
children = Children({"sleeper": sleeper}, dict(os.environ), Path(sys.argv[1]), print)
children.start()
print("started", flush=True)
time.sleep(600)
"""


class Crew:
    """Children of one test, with what they said."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.said, self.made = folder, list[str](), list[Children]()

    def __call__(self, code: str | Sequence[str], patience: Patience = QUICK) -> Children:
        command = [sys.executable, "-c", code] if isinstance(code, str) else list(code)
        here = {**os.environ, "MARK": str(self.folder)}
        self.made.append(Children({"one": command}, here, self.folder, self.said.append, patience))
        self.made[-1].start()
        return self.made[-1]


@pytest.fixture
def crew(tmp_path: Path) -> Iterator[Crew]:
    made = Crew(tmp_path)
    yield made
    for children in made.made:
        children.stop()
    assert mentioning(str(tmp_path)) == []


def dead(children: Children) -> bool:
    return bool(list(children.dead()))


def pid(children: Children) -> int:
    running = children.all[0].running
    return running.pid if running and running.poll() is None else 0


def test_a_child_that_dies_is_started_again_and_each_time_later(crew: Crew) -> None:
    children = crew(SLEEP)
    pauses = []
    for _ in range(3):
        was = pid(children)
        os.kill(was, signal.SIGKILL)
        until(lambda: dead(children))
        children.tend()
        assert pid(children) == 0, "it was started again without a pause"
        pauses.append(children.all[0].wait)
        until(lambda: children.tend() or pid(children))
        assert pid(children) != was
    assert pauses == [0.4, 0.8, 1]
    assert crew.said[0] == "one was killed by signal 9; starting it again in 0.2 s"
    assert crew.said[1] == f"one was started again (process {crew.said[1].split()[-1]}"
    assert len(crew.said) == 6


def test_one_that_has_long_worked_is_started_again_at_once(crew: Crew) -> None:
    children = crew(SLEEP, Patience(first=0.1, most=9, steady=0, stop=5))
    children.all[0].wait = 9
    os.kill(pid(children), signal.SIGTERM)
    until(lambda: dead(children))
    children.tend()
    assert "in 0.1 s" in crew.said[0]


def test_the_last_words_say_why_it_died(crew: Crew) -> None:
    children = crew("raise SystemExit('there is no such planet')")
    until(lambda: dead(children))
    with pytest.raises(ChildDied, match=r"(?s)one process ended with exit code 1.*no such planet"):
        children.ensure_alive()


def test_one_that_does_not_want_to_end_is_killed(crew: Crew, tmp_path: Path) -> None:
    children = crew(STUBBORN, Patience(stop=0.5))
    until(lambda: (tmp_path / "one.log").exists() and "deaf" in (tmp_path / "one.log").read_text())
    children.stop()
    assert mentioning(str(tmp_path)) == []
    assert crew.said == ["one does not end, so it is killed"]
    children.stop()


def test_everything_is_written_and_only_warnings_are_said(crew: Crew, tmp_path: Path) -> None:
    lines = [
        '{"event": "quiet", "level": "info"}',
        '{"event": "loud", "level": "warning", "logger": "x", "who": "Ё", "request_id": "7"}',
        "no JSON at all",
    ]
    children = crew(f"print({chr(10).join(lines)!r}, flush=True); {SLEEP}")
    log = tmp_path / "one.log"
    until(lambda: log.exists() and len(log.read_text("utf-8").splitlines()) == 3)
    assert log.read_text("utf-8").splitlines() == lines
    children.stop()
    assert crew.said == ["one: warning: loud who=Ё"]


def test_a_log_does_not_grow_without_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("picrete_gql.commands.journal.MOST_BYTES", 1000)
    journal = Journal("one", tmp_path / "one.log", print)
    for number in range(200):
        journal.write(f"line {number:03} " + "x" * 90)
    journal.close()
    kept = sorted(path.name for path in tmp_path.iterdir())
    assert kept == ["one.log", "one.log.1", "one.log.2"]
    assert all(path.stat().st_size <= 1000 for path in tmp_path.iterdir())
    assert "line 199" in (tmp_path / "one.log").read_text()


@pytest.mark.parametrize(
    "line", ["", "[]", "null", '"text"', "7", '{"level": 3}', "{", "\x00", '{"event": "no level"}']
)
def test_what_is_no_warning_is_not_said(line: str) -> None:
    assert loud(line) is None


def test_children_do_not_outlive_a_killed_parent(tmp_path: Path) -> None:
    command = [sys.executable, "-c", PARENT, str(tmp_path)]
    parent = subprocess.Popen(command, stdout=subprocess.PIPE, env={**os.environ, "MARK": str(tmp_path)})
    assert parent.stdout and parent.stdout.readline() == b"started\n"
    assert len(mentioning(str(tmp_path))) == 2
    parent.kill()
    parent.wait()
    parent.stdout.close()
    until(lambda: mentioning(str(tmp_path)) == [], 10)


def test_what_a_killed_run_left_behind_is_ended_first(crew: Crew, tmp_path: Path) -> None:
    here = {**os.environ, "MARK": str(tmp_path)}
    orphan = subprocess.Popen([sys.executable, "-c", SLEEP], env=here)
    until(lambda: SLEEP in leftovers.command_line(orphan.pid))  # for a moment of its exec it has none
    (tmp_path / "one.process").write_text(f"{orphan.pid}\n-c {SLEEP}\n")
    children = crew(SLEEP)
    assert orphan.wait(5) == -signal.SIGTERM
    assert mentioning(str(tmp_path)) == [pid(children)]
