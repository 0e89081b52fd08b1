"""A model that is waited for one and a half seconds, and work that is ready for it."""

import pytest

from picrete_gql.settings import Settings


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """A short time-out, short pauses between tries."""
    settings.llm.timeout, settings.llm.backoff_seconds = 1.5, 0.1
    return settings
