"""A reader whose patience is short."""

import pytest

from picrete_gql.settings import Settings


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Twenty polls in a second, two seconds for a whole answer."""
    settings.ocr.max_polls, settings.ocr.request_timeout = 20, 2
    return settings
