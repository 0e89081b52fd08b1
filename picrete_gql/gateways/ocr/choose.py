"""Which engine reads the pages."""

import os
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from picrete_gql.gateways.ocr import Ocr
from picrete_gql.gateways.ocr.absent import Absent
from picrete_gql.gateways.ocr.datalab import Datalab
from picrete_gql.gateways.ocr.local import Local
from picrete_gql.problems import Refused
from picrete_gql.settings import Ocr as Settings

LANGUAGES = ("rus", "eng")
PLACES = (
    "/usr/share/tesseract-ocr/*/tessdata",
    "/usr/share/tessdata",
    "/usr/local/share/tessdata",
    "/opt/homebrew/share/tessdata",
    "/opt/local/share/tessdata",
    "C:/Program Files/Tesseract-OCR/tessdata",
)
TESSERACT_HELP = (
    "install the extra `picrete-gql[ocr]` and Tesseract's language data with Russian "
    "(Debian: apt-get install tesseract-ocr tesseract-ocr-rus; macOS: brew install tesseract-lang), "
    "or name the folder of rus.traineddata in PICRETE_OCR__TESSDATA"
)
RAPIDOCR_HELP = "install the extra `picrete-gql[ocr-latin]` (reads Latin letters only)"
DATALAB_HELP = "or set PICRETE_OCR__PROVIDER=datalab with a key"


class NothingReads(Refused):
    """No engine is there to read pages; `detail` says what to install."""

    ru = "Читать страницы нечем: {detail}."
    en = "There is nothing to read pages with: {detail}."


def open_ocr(settings: Settings, *, required: bool = True) -> Ocr:
    """The engine of the settings.

    Raises NothingReads when it is not installed, Refused when its address or key cannot be used; with `required` off
    (a process that reads no pages itself) gives an engine that says so when it is asked to read.
    """
    try:
        return Datalab(settings) if settings.provider == "datalab" else open_local(settings)
    except Refused as reason:
        if required:
            raise
        return Absent(reason)


def open_local(settings: Settings) -> Local:
    """The engine on this machine. Its model says the languages and the version."""
    folder, languages = tessdata(settings.tessdata, os.environ)
    engine = chosen(
        settings.local_engine,
        tesseract=installed("tesserocr", "numpy") and "rus" in languages,
        rapidocr=installed("rapidocr", "onnxruntime", "numpy"),
    )
    spoken, library, arguments = "latin", "rapidocr", tuple[str, ...]()
    if engine == "tesseract":
        spoken, library = "+".join(languages), "tesserocr"
        arguments = (spoken, str(folder))
    model = f"{spoken} ({library} {version(library)})"
    return Local(engine, model, arguments, parallel=settings.parallel, seconds=settings.request_timeout)


def chosen(wanted: str, *, tesseract: bool, rapidocr: bool) -> str:
    """The engine for a wish and what is installed: `auto` prefers the one that knows Russian. Raises NothingReads."""
    present = {"tesseract": tesseract, "rapidocr": rapidocr}
    helps = {"tesseract": TESSERACT_HELP, "rapidocr": RAPIDOCR_HELP}
    wishes = list(present) if wanted == "auto" else [wanted]
    for engine in wishes:
        if present[engine]:
            return engine
    raise NothingReads("OCR", "; ".join([*(helps[engine] for engine in wishes), DATALAB_HELP]))


def tessdata(given: str, environment: Mapping[str, str]) -> tuple[Path, tuple[str, ...]]:
    """The folder with the most of our languages, Russian first, and which it has; if one is given, only that one."""
    folders = [Path(given)] if given else [*candidates(environment), Path()]
    return max(((folder, spoken_in(folder)) for folder in folders), key=lambda pair: ("rus" in pair[1], len(pair[1])))


def spoken_in(folder: Path) -> tuple[str, ...]:
    """Which of our languages have their data in this folder."""
    return tuple(name for name in LANGUAGES if (folder / f"{name}.traineddata").is_file())


def candidates(environment: Mapping[str, str]) -> Iterable[Path]:
    """Where language data may lie, the most telling place first."""
    prefix = environment.get("TESSDATA_PREFIX")
    if prefix:
        yield from (Path(prefix), Path(prefix) / "tessdata")
    for place in PLACES:
        anchor = Path(place).anchor
        if anchor:
            yield from sorted(Path(anchor).glob(str(Path(place).relative_to(anchor))), reverse=True)


def installed(*modules: str) -> bool:
    """Can all of these be imported? Nothing is imported to find out."""
    return all(find_spec(module) is not None for module in modules)
