"""The campus of the schema's tests and the porch of the door's: whoever attacks stands where they stand."""

from tests.door.conftest import door_settings, opener, porch
from tests.schema.conftest import campus
from tests.support.quiet import llm, ocr

__all__ = ["campus", "door_settings", "llm", "ocr", "opener", "porch"]
