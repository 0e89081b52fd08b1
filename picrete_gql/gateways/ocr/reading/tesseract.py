"""Tesseract through tesserocr. Runs in the reader's own process."""

import os

from tesserocr import OEM, PSM, RIL, PyTessBaseAPI, iterate_level

from .lines import Line, line
from .preparing import inked


class Tesseract:
    """One block of lines (PSM 6). Wrong letters on examples/pages: PSM 3 6.5 %, 4 4.2 %, 6 4.1 %, 11 14.2 %."""

    def __init__(self, languages: str, folder: str) -> None:
        """`languages` as in `rus+eng`, `folder` with their traineddata. Raises RuntimeError when they do not load."""
        self._api = PyTessBaseAPI(
            path=os.path.join(folder, ""),
            lang=languages,
            psm=PSM.SINGLE_BLOCK,
            oem=OEM.LSTM_ONLY,
            variables={"debug_file": os.devnull},
        )

    def read(self, image: bytes) -> list[Line]:
        """The lines of a page from top to bottom. Raises Unreadable."""
        page = inked(image)
        # What one student's hand taught must not colour the next page.
        self._api.ClearAdaptiveClassifier()
        self._api.SetImage(page)
        self._api.Recognize()
        lines = []
        for found in iterate_level(self._api.GetIterator(), RIL.TEXTLINE):
            box = found.BoundingBox(RIL.TEXTLINE)
            if box is None or found.Empty(RIL.TEXTLINE):
                continue
            x1, y1, x2, y2 = box
            corners = [(x1, y1), (x2, y1), (x2, y2), (x1, y2)]
            confidence = found.Confidence(RIL.TEXTLINE) / 100
            lines.append(line(found.GetUTF8Text(RIL.TEXTLINE), corners, page.size, confidence))
        return lines
