"""Reading on this machine, by real processes."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from picrete_gql.gateways.ocr.choose import open_local
from picrete_gql.gateways.ocr.local import Local
from picrete_gql.gateways.ocr.readers import environment
from picrete_gql.problems import Refused, Unavailable
from picrete_gql.settings import Ocr
from tests.gateways.ocr.pages import LINES, blank, bomb, distance, page, processes, readers, until, upright

EXAMPLES = Path(__file__).parents[3] / "examples"
WORKER = """
import asyncio, sys
from pathlib import Path
from picrete_gql.gateways.ocr.choose import open_local
from picrete_gql.settings import Ocr
async def main():
    ocr = open_local(Ocr())
    await ocr.collect(None, Path(sys.argv[1]).read_bytes())
    print("read", flush=True)
    await asyncio.sleep(60)
asyncio.run(main())
"""


@pytest.mark.parametrize("squares", [False, True])
async def test_a_page_is_read_line_by_line(tesseract: Local, squares: bool) -> None:
    read = await tesseract.collect(await tesseract.submit(b""), page(squares=squares))
    lines = read.text.splitlines()
    assert len(lines) == len(read.blocks) == len(LINES)
    assert lines[0] == LINES[0]
    assert "5,85" in lines[2]
    assert lines[3].startswith("Ответ: масса соли 36")
    assert read.markdown.replace("  \n", "\n") == read.text
    assert read.engine == "tesseract"
    assert read.model.startswith("rus+eng")
    assert (read.quality or 0) > 0.7


async def test_written_example_pages_are_read_with_few_wrong_letters(tesseract: Local) -> None:
    pages = [page for page in json.loads((EXAMPLES / "pages.json").read_text())["pages"] if page["format"] == "jpeg"]
    photos = [upright(EXAMPLES / page["file"]) for page in pages[::3]]
    truths = ["\n".join(page["lines"]) for page in pages[::3]]
    read = await asyncio.gather(*(tesseract.collect(None, photo) for photo in photos))
    wrong = [distance(truth, found.text) / len(truth) for truth, found in zip(truths, read, strict=True)]
    assert sum(wrong) / len(wrong) < 0.1, wrong


async def test_a_folder_of_the_same_name_does_not_stand_in_for_the_reader(
    tesseract: Local, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "reading").mkdir()
    (tmp_path / "reading" / "__main__.py").write_text("raise SystemExit('wrong reader')")
    monkeypatch.chdir(tmp_path)
    assert (await tesseract.collect(None, page(LINES[:1]))).text == LINES[0]


async def test_blocks_stand_where_the_lines_are_drawn(tesseract: Local) -> None:
    read = await tesseract.collect(None, page(size=(900, 1200)))
    assert [block.id for block in read.blocks] == ["line-1", "line-2", "line-3", "line-4"]
    for number, block in enumerate(read.blocks):
        (left, top), (right, _), (_, bottom), (again, _) = block.polygon
        assert left == again == pytest.approx(0.1, abs=0.02)
        assert right > left + 0.2
        middle = 0.125 + number / 12 + 1 / 64
        assert top < middle < bottom < top + 0.05
        assert block.confidence is not None and 0.5 < block.confidence <= 1


@pytest.mark.parametrize("colour", ["white", "black", "gray"])
async def test_a_page_without_a_stroke_is_empty(tesseract: Local, colour: str) -> None:
    read = await tesseract.collect(None, blank(colour=colour))
    assert (read.text, read.markdown, read.blocks, read.quality) == ("", "", (), None)


@pytest.mark.parametrize(
    "image",
    [
        b"",
        b"junk",
        page()[:20_000],
        b"\xff\xd8\xff" + b"\0" * 500,
        bomb(100_000, 100_000),
        bomb(9000, 5000),
        blank((9, 9)),
    ],
    ids=["empty", "junk", "cut", "jpeg head", "bomb", "broken png", "tiny"],
)
async def test_what_is_no_readable_image_is_refused(tesseract: Local, image: bytes) -> None:
    with pytest.raises(Refused) as raised:
        await tesseract.collect(None, image)
    assert raised.value.what == "tesseract"
    assert raised.value.detail
    assert (await tesseract.collect(None, page(LINES[:1]))).text == LINES[0], "the same reader goes on"


async def test_the_event_loop_goes_on_meanwhile(tesseract: Local) -> None:
    reading = asyncio.create_task(tesseract.collect(None, page()))
    ticks = 0
    while not reading.done():
        await asyncio.sleep(0.005)
        ticks += 1
    assert "соли" in reading.result().text
    assert ticks > 20


async def test_no_more_readers_than_allowed(tesseract: Local) -> None:
    most = 0

    async def watch() -> None:
        nonlocal most
        while True:
            most = max(most, len(readers()))
            await asyncio.sleep(0.02)

    watching = asyncio.create_task(watch())
    texts = await asyncio.gather(*(tesseract.collect(None, page(LINES[number % 4 :])) for number in range(6)))
    watching.cancel()
    assert [len(read.blocks) for read in texts] == [4, 3, 2, 1, 4, 3]
    assert most == 2


async def test_a_cancelled_page_stops_its_reader(tesseract: Local) -> None:
    pages = [asyncio.create_task(tesseract.collect(None, page())) for _ in range(8)]
    await until(lambda: len(readers()) == 2)
    for task in pages:
        task.cancel()
    done = await asyncio.wait_for(asyncio.gather(*pages, return_exceptions=True), 5)
    assert all(isinstance(result, asyncio.CancelledError) for result in done)
    await until(lambda: not readers())
    assert (await tesseract.collect(None, page())).blocks


async def test_a_reader_that_dies_is_told_of_and_replaced(tesseract: Local) -> None:
    await tesseract.collect(None, page(LINES[:1]))
    (reader,) = readers()
    os.kill(reader, signal.SIGSTOP)
    reading = asyncio.create_task(tesseract.collect(None, page()))
    await asyncio.sleep(0.1)
    os.kill(reader, signal.SIGKILL)
    with pytest.raises(Unavailable) as raised:
        await reading
    assert raised.value.detail == "the reader died, exit code -9"
    assert (await tesseract.collect(None, page(LINES[:1]))).text == LINES[0]


async def test_a_reader_that_died_while_idle_is_replaced_unnoticed(tesseract: Local) -> None:
    await tesseract.collect(None, page(LINES[:1]))
    (reader,) = readers()
    os.kill(reader, signal.SIGKILL)
    # Its name is gone a moment before its parent can learn that it has ended.
    await until(lambda: os.waitid(os.P_PID, reader, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None)
    assert (await tesseract.collect(None, page(LINES[:1]))).text == LINES[0]


async def test_a_page_that_takes_too_long_is_given_up() -> None:
    ocr = open_local(Ocr(local_engine="tesseract", request_timeout=0.05))
    began = time.monotonic()
    with pytest.raises(Unavailable) as raised:
        await ocr.collect(None, page())
    assert "0.05 s" in raised.value.detail
    assert time.monotonic() - began < 2
    await ocr.close()
    assert not readers()


async def test_closing_stops_everything_and_reads_no_more(tesseract: Local) -> None:
    reading = asyncio.create_task(tesseract.collect(None, page()))
    await until(lambda: bool(readers()))
    await tesseract.close()
    assert not readers()
    with pytest.raises(Unavailable):
        await reading
    with pytest.raises(Unavailable):
        await tesseract.collect(None, page())


async def test_language_data_that_does_not_load_is_refused() -> None:
    ocr = Local("tesseract", "rus", ("rus", "/nonexistent"), parallel=1, seconds=20)
    with pytest.raises(Refused) as raised:
        await ocr.collect(None, page())
    assert "RuntimeError" in raised.value.detail
    await ocr.close()


async def test_a_reader_does_not_outlive_its_worker(tmp_path: Path) -> None:
    photo = tmp_path / "page.jpg"
    photo.write_bytes(page(LINES[:1]))
    worker = subprocess.Popen([sys.executable, "-c", WORKER, str(photo)], stdout=subprocess.PIPE)
    assert worker.stdout is not None
    assert await asyncio.to_thread(worker.stdout.readline) == b"read\n"
    (reader,) = readers(worker.pid)
    worker.kill()
    worker.wait()
    worker.stdout.close()
    await until(lambda: reader not in processes())


def test_a_reader_gets_no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PICRETE_OCR__KEY", "secret")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    given = environment()
    assert "secret" not in given.values()
    assert given["OMP_THREAD_LIMIT"] == "1"
