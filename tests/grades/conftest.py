"""A model that is asked again soon."""

import pytest

from picrete_gql.settings import Settings


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Short pauses between tries."""
    settings.llm.backoff_seconds = 0.1
    return settings
