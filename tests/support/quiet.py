"""Providers that are only there: started once for a session, because starting them takes longer than a test."""

from collections.abc import Iterator

import pytest

from tests.servers.datalab import DatalabServer
from tests.servers.openai_server import OpenAiServer


@pytest.fixture(scope="session")
def ocr() -> Iterator[DatalabServer]:
    """A remote reader."""
    with DatalabServer(polls=0) as server:
        yield server


@pytest.fixture(scope="session")
def llm() -> Iterator[OpenAiServer]:
    """A language model."""
    with OpenAiServer() as server:
        yield server
