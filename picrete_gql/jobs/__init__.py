"""The time door: when something happens, how often, and what if the outside is silent."""

from . import attempts, grades, readings
from ._registry import CRONS, FUNCTIONS, REACTIONS

ROOMS = (attempts, readings, grades)
__all__ = ["CRONS", "FUNCTIONS", "REACTIONS", "ROOMS"]
