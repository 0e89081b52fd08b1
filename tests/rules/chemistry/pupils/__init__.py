"""Pages as pupils of a Russian school write them, by hand and not by a generator: a check against overfitting."""

from .page import Sheet
from .right import RIGHT
from .wrong_equations import WRONG_EQUATIONS
from .wrong_numbers import WRONG_NUMBERS

SHEETS: tuple[Sheet, ...] = (*RIGHT, *WRONG_NUMBERS, *WRONG_EQUATIONS)

__all__ = ["SHEETS", "Sheet"]
