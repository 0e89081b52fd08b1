"""The campus, for reads of every kind."""

from tests.schema.conftest import campus
from tests.support.quiet import llm, ocr

__all__ = ["campus", "llm", "ocr"]
