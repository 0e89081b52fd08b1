"""A door of its own for whoever scrapes, in this process."""

from collections.abc import AsyncIterator

import pytest
from pydantic import SecretStr

from picrete_gql.settings import Settings
from tests.door.conftest import changed
from tests.door.porch import Porch, open_porch
from tests.observing.scraped import TOKEN


@pytest.fixture
async def porch(settings: Settings) -> AsyncIterator[Porch]:
    """A door that may be scraped with the token, and never answers from memory."""
    async with open_porch(changed(settings, metrics={"token": SecretStr(TOKEN), "rows_seconds": 0.0})) as opened:
        yield opened
