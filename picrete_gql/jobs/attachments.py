"""Keeping the object store clean of pictures that no variant has."""

from picrete_gql.call import Context
from picrete_gql.resolvers import attachments

from ._registry import every

MINUTE_OF_TEN = 8


@every(60, "attachment.clean")
async def clean(context: Context) -> None:
    """Every ten minutes: remove pictures whose upload or copy was cut off."""
    if context.runtime.now().minute % 10 == MINUTE_OF_TEN:
        await attachments.remove_orphans(context)
