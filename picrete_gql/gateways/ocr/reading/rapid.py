"""RapidOCR with the models in its wheel: good at Latin formulas, blind to Cyrillic. Runs in the reader's process."""

from typing import Any

import numpy as np
from rapidocr import RapidOCR

from .lines import Line
from .preparing import coloured
from .rows import joined, rows

# As many readers run as may; more threads in each would only fight for the cores.
QUIET = {
    "EngineConfig.onnxruntime.intra_op_num_threads": 1,
    "EngineConfig.onnxruntime.inter_op_num_threads": 1,
    "Global.log_level": "error",
}


class Rapid:
    """Finds fragments of text and reads each; fragments side by side make a line."""

    def __init__(self) -> None:
        self._engine = RapidOCR(params=QUIET)

    def read(self, image: bytes) -> list[Line]:
        """The lines of a page from top to bottom. Raises Unreadable."""
        page = coloured(image)
        found: Any = self._engine(np.asarray(page)[:, :, ::-1])
        if found.boxes is None:
            return []
        fragments = [
            (box.tolist(), text, float(score))
            for box, text, score in zip(found.boxes, found.txts, found.scores, strict=True)
        ]
        return [joined(row, page.size) for row in rows(fragments)]
