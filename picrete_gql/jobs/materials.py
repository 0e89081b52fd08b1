"""Keeping the object store clean of files that are no course's material."""

from picrete_gql.call import Context
from picrete_gql.resolvers import materials

from ._registry import every

MINUTE_OF_TEN = 6


@every(60, "material.clean")
async def clean(context: Context) -> None:
    """Every ten minutes: remove files whose upload was cut off."""
    if context.runtime.now().minute % 10 == MINUTE_OF_TEN:
        await materials.remove_orphans(context)
