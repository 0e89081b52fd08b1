"""`picrete demo` as a person starts it, on a remote reader and a model, where there is no terminal."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

from picrete_gql.commands import environment
from picrete_gql.settings import Settings
from tests.commands.processes import mentioning, until
from tests.servers.datalab import DatalabServer
from tests.servers.openai_server import OpenAiServer

ROOT = Path(__file__).parents[3]


def start(temporary: Path, ocr: DatalabServer, llm: OpenAiServer) -> subprocess.Popen[str]:
    """A demo whose temporary folders are in `temporary`, with two providers and nothing else given."""
    settings = Settings.model_construct()
    variables = environment.variables(settings)
    reader = {"PROVIDER": "datalab", "URL": ocr.url, "KEY": ocr.key, "POLL_SECONDS": "0.05", "BACKOFF_SECONDS": "0.05"}
    model = {"URL": llm.url, "KEY": llm.key, "MODEL": "gpt-test", "BACKOFF_SECONDS": "0.05"}
    given = {f"PICRETE_OCR__{k}": v for k, v in reader.items()} | {f"PICRETE_LLM__{k}": v for k, v in model.items()}
    kept = {name: value for name, value in os.environ.items() if name not in variables}
    return subprocess.Popen(
        [sys.executable, "-m", "picrete_gql", "demo"], cwd=ROOT, text=True, encoding="utf-8",
        env={**kept, **given, "TMPDIR": str(temporary), "COLUMNS": "120"},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip


def ended(demo: subprocess.Popen[str], temporary: Path, seconds: float = 240) -> str:
    """What it said, when it has ended; nothing of it is left running."""
    said = demo.communicate(timeout=seconds)[0]
    until(lambda: mentioning(str(temporary)) == [], 15, lambda: mentioning(str(temporary)))
    return said


def test_the_whole_job_happens(tmp_path: Path, ocr: DatalabServer, llm: OpenAiServer) -> None:
    demo = start(tmp_path, ocr, llm)
    said = ended(demo, tmp_path)
    assert demo.returncode == 0, said
    assert list(tmp_path.iterdir()) == []
    assert "\x1b" not in said, "colours where there is no terminal"
    for happened in (
        r"Анна Белова uploaded \S+\.heic → photo 1, 1500×2000",
        r"Борис Орлов PUT \S+\.jpg to the object store and confirmed it → photo 2",
        r"a Bot API server of this program, http://127\.0\.0\.1:\d+, stands in for Telegram",
        r"the bot tells Дарья Ким: .*приняты фото №1, №2, 2 из 10",
        r"Дарья Ким sent \S+\.jpg to the Telegram bot → photo 1, 1500×2000, turned upright \(EXIF 6\)",
        r"the bot tells Дарья Ким: .*страницы прочитаны \(2\)",
        r"the bot tells Дарья Ким: .*: [\d.]+ из 11",
        r"upload source",
        r"Анна Белова +3 +web +datalab",
        r"Дарья Ким +2 +telegram +datalab",
        r"gave Борис Орлов 5 more minutes; he sees his new end at once",
        r"sees page 1 read by datalab",
        r"Анна Белова corrected page 1",
        r"approved [\d.]+ points for Анна Белова, as gpt-test\S* proposed",
        r"overrode [\d.]+ with [\d.]+ points for Борис Орлов",
        r"deadline closed the attempt of Дарья Ким",
        r"Дарья Ким sees the mark: [\d.]+ of 11",
        r"Дарья Ким asks for another look at «.+», pointing at page 1",
        r"answered in one step: [\d.]+ → [\d.]+ for «",
        r"Дарья Ким sees the new mark: [\d.]+ of 11",
        r"the bot tells Дарья Ким: .*на ваш запрос ответили",
        r"read the feed again from its first event: the same \d+ events in order",
        r"Анна Белова +graded +3 +3/3 +3/3 +by gpt-test",
        r"All of it happened in \d+ s",
    ):
        assert re.search(happened, said), (happened, said)
    assert ocr.submits == 8
    assert llm.counts()["answered"] >= 3


def test_a_step_that_does_not_happen_is_a_failure_with_its_reason(
    tmp_path: Path, ocr: DatalabServer, llm: OpenAiServer
) -> None:
    demo = start(tmp_path, ocr, llm)
    ocr.key = "changed meanwhile"
    said = ended(demo, tmp_path)
    assert demo.returncode == 1
    assert re.search(r"Failed: Pages of \S+ \S+ could not be read: page 1: .*\b401\b", said), said
    logs = re.search(r"The demo failed. The logs are in (.+)\.\n", said)
    assert logs and "Uvicorn running" in Path(logs[1], "api.log").read_text("utf-8")
    assert [path.name for path in Path(logs[1]).parent.iterdir()] == ["logs"]
    assert "Traceback" not in said and "All of it happened" not in said


def test_stopped_in_the_middle_it_leaves_nothing(tmp_path: Path, ocr: DatalabServer, llm: OpenAiServer) -> None:
    demo = start(tmp_path, ocr, llm)
    assert demo.stdout
    said = [demo.stdout.readline()]
    while "uploaded" not in said[-1]:
        assert said[-1], said
        said.append(demo.stdout.readline())
    demo.send_signal(signal.SIGINT)
    ended(demo, tmp_path)
    assert demo.returncode == 130
    assert list(tmp_path.iterdir()) == []
