"""A reader whose patience is short."""

import pytest

from picrete_gql.settings import Settings


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Twenty polls in a second."""
    settings.ocr.max_polls = 20
    return settings
