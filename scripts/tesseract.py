"""Tesseract's language data, which no Python package carries."""

from __future__ import annotations

import os
from pathlib import Path

import system

NEEDED = ("rus.traineddata", "eng.traineddata")
PLACES = (
    "/usr/share/tesseract-ocr/*/tessdata",
    "/usr/share/tesseract-ocr/tessdata",
    "/usr/share/tessdata",
    "/usr/local/share/tessdata",
    "/opt/homebrew/share/tessdata",
    "/home/linuxbrew/.linuxbrew/share/tessdata",
    "/opt/local/share/tessdata",
)
PACKAGES = {"apt-get": ["tesseract-ocr", "tesseract-ocr-rus"], "brew": ["tesseract", "tesseract-lang"]}
BY_HAND = "the system's package tesseract-ocr-rus brings them, and is used as soon as it is there"


def data() -> Path | None:
    """The folder with Russian and English, if there is one."""
    given = os.environ.get("TESSDATA_PREFIX")
    places = [Path(given), Path(given) / "tessdata"] if given else []
    for pattern in PLACES:
        places += sorted(Path("/").glob(pattern.lstrip("/")), reverse=True)
    return next((place for place in places if all((place / name).is_file() for name in NEEDED)), None)


def install() -> Path | None:
    """Get the data from the system's package manager; the folder if that worked."""
    return data() if system.install(PACKAGES) else None
