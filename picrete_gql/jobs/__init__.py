"""The time door: when something happens, how often, and what if the outside is silent."""

from . import attachments, attempts, bank, grade_exports, grades, materials, notices, readings
from ._registry import REACTIONS
from ._worker import make_worker
from ._worker import run as run_worker

ROOMS = (attempts, attachments, readings, grades, grade_exports, notices, bank, materials)
__all__ = ["REACTIONS", "ROOMS", "make_worker", "run_worker"]
