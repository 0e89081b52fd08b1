"""Nothing here asks a provider to fail: one reader and one model serve the whole session."""

from tests.support.quiet import llm, ocr

__all__ = ["llm", "ocr"]
