"""Bringing the database to the shape that this version needs."""

import asyncio

from picrete_gql import migrations
from picrete_gql.local import CannotStart
from picrete_gql.settings import Settings


def run(settings: Settings) -> None:
    """Run what is missing; nothing, when nothing is. Blocking, outside of any event loop. Raises CannotStart."""
    url = settings.database.url
    if not url:
        raise CannotStart("PICRETE_DATABASE__URL is not set. (`picrete up` brings a database of its own.)")
    migrations.upgrade(url)
    asyncio.run(migrations.settle_events(url))
