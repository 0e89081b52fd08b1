"""Which engine is taken, and what is said when there is none."""

from importlib.util import find_spec
from pathlib import Path

import pytest

from picrete_gql.gateways.ocr.absent import Absent
from picrete_gql.gateways.ocr.choose import NothingReads, candidates, chosen, open_local, open_ocr, tessdata
from picrete_gql.gateways.ocr.datalab import Datalab
from picrete_gql.gateways.ocr.local import Local
from picrete_gql.gateways.ocr.reading.rows import Fragment, joined, rows
from picrete_gql.problems import Code, Locale, Refused
from picrete_gql.settings import Ocr
from tests.gateways.ocr.pages import page


def data(folder: Path, *languages: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for language in languages:
        (folder / f"{language}.traineddata").touch()
    return folder


@pytest.mark.parametrize(
    ("wanted", "tesseract", "rapidocr", "engine"),
    [
        ("auto", True, True, "tesseract"),
        ("auto", True, False, "tesseract"),
        ("auto", False, True, "rapidocr"),
        ("tesseract", True, True, "tesseract"),
        ("rapidocr", True, True, "rapidocr"),
    ],
)
def test_the_engine_for_what_is_installed(wanted: str, tesseract: bool, rapidocr: bool, engine: str) -> None:
    assert chosen(wanted, tesseract=tesseract, rapidocr=rapidocr) == engine


@pytest.mark.parametrize(
    ("wanted", "tesseract", "rapidocr", "told"),
    [
        ("auto", False, False, ["tesseract-ocr-rus", "ocr-latin", "datalab"]),
        ("tesseract", False, True, ["tesseract-ocr-rus", "PICRETE_OCR__TESSDATA"]),
        ("rapidocr", True, False, ["ocr-latin"]),
    ],
)
def test_without_an_engine_it_is_said_what_to_install(
    wanted: str, tesseract: bool, rapidocr: bool, told: list[str]
) -> None:
    with pytest.raises(NothingReads) as raised:
        chosen(wanted, tesseract=tesseract, rapidocr=rapidocr)
    for locale in Locale:
        assert all(word in raised.value.say(locale) for word in told)
    assert raised.value.code is Code.UNAVAILABLE


def test_language_data_is_looked_for(tmp_path: Path) -> None:
    empty, english = data(tmp_path / "empty"), data(tmp_path / "english", "eng")
    both = data(tmp_path / "prefix" / "tessdata", "eng", "rus")
    russian = data(tmp_path / "russian", "rus", "deu")
    assert tessdata(str(both), {}) == (both, ("rus", "eng"))
    assert tessdata(str(russian), {"TESSDATA_PREFIX": str(both)}) == (russian, ("rus",))
    assert tessdata(str(empty), {"TESSDATA_PREFIX": str(both)})[1] == ()
    assert both in list(candidates({"TESSDATA_PREFIX": str(tmp_path / "prefix")}))
    assert next(iter(candidates({"TESSDATA_PREFIX": str(both)}))) == both
    assert tessdata("", {"TESSDATA_PREFIX": str(tmp_path / "prefix")})[0] == both
    assert tessdata(str(english), {})[1] == ("eng",)


async def test_a_folder_without_russian_is_no_tesseract(tmp_path: Path) -> None:
    settings = Ocr(local_engine="tesseract", tessdata=str(data(tmp_path / "english", "eng")))
    with pytest.raises(NothingReads):
        open_ocr(settings)
    absent = open_ocr(settings, required=False)
    assert isinstance(absent, Absent)
    for asked in (absent.submit(b""), absent.collect(None, b"")):
        with pytest.raises(Refused, match="tesseract-ocr-rus"):
            await asked
    await absent.close()


async def test_the_settings_choose_the_provider() -> None:
    remote = open_ocr(Ocr.model_validate({"provider": "datalab", "key": "k", "mode": "fast"}))
    here = open_ocr(Ocr(local_engine="tesseract"))
    assert (type(remote), remote.engine, remote.model) == (Datalab, "datalab", "fast")
    assert (type(here), here.engine, await here.submit(page())) == (Local, "tesseract", None)
    await remote.close()
    await here.close()
    with pytest.raises(Refused):
        open_ocr(Ocr(provider="datalab"))
    assert isinstance(open_ocr(Ocr(provider="datalab"), required=False), Absent)


async def test_rapidocr_reads_formulas_where_it_is_installed() -> None:
    settings = Ocr(local_engine="rapidocr", parallel=1)
    if find_spec("rapidocr") is None:
        with pytest.raises(NothingReads, match="ocr-latin"):
            open_local(settings)
        return
    ocr = open_local(settings)
    read = await ocr.collect(None, page(["2H2 + O2 = 2H2O", "m(NaCl) = 5,85"]))
    assert read.text.splitlines()[0].replace(" ", "") in ("2H2+O2=2H2O", "2H2+02=2H2O")
    assert "5,85" in read.text
    assert (read.engine, len(read.blocks)) == ("rapidocr", 2)
    assert not (await ocr.collect(None, page([]))).text
    with pytest.raises(Refused):
        await ocr.collect(None, b"junk")
    await ocr.close()


def fragment(text: str, left: float, top: float, width: float = 100, height: float = 40) -> Fragment:
    right, bottom = left + width, top + height
    return [[left, top], [right, top], [right, bottom], [left, bottom]], text, 0.9


def test_fragments_side_by_side_make_a_line() -> None:
    found = [fragment("= 5", 300, 112), fragment("Ответ", 50, 200), fragment("m", 100, 100), fragment("г", 420, 95)]
    lines = [joined(row, (1000, 500)) for row in rows(found)]
    assert [line["text"] for line in lines] == ["m = 5 г", "Ответ"]
    assert lines[0]["polygon"] == [(0.1, 0.2), (0.52, 0.19), (0.52, 0.27), (0.1, 0.28)]
    assert lines[0]["confidence"] == pytest.approx(0.9)
    assert rows([]) == []
