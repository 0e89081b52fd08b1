"""A stand-in for DataLab, its client, and the local engine."""

from collections.abc import AsyncIterator, Iterator

import pytest

from picrete_gql.gateways.ocr.choose import NothingReads, open_local
from picrete_gql.gateways.ocr.datalab import Datalab
from picrete_gql.gateways.ocr.local import Local
from picrete_gql.settings import Ocr
from tests.gateways.ocr.pages import settings_of
from tests.servers.datalab import DatalabServer


@pytest.fixture
def server() -> Iterator[DatalabServer]:
    with DatalabServer() as running:
        yield running


@pytest.fixture
async def client(server: DatalabServer) -> AsyncIterator[Datalab]:
    opened = Datalab(settings_of(server))
    yield opened
    await opened.close()


@pytest.fixture
async def tesseract() -> AsyncIterator[Local]:
    try:
        opened = open_local(Ocr(local_engine="tesseract", parallel=2))
    except NothingReads as missing:
        # Only where nobody may install packages: set-up has said so, and the server reads with RapidOCR there.
        pytest.skip(str(missing))
    yield opened
    await opened.close()
