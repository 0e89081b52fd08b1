"""Keeping the object store clean of pictures that the bank no longer needs."""

from picrete_gql.call import Context
from picrete_gql.resolvers import bank_import

from ._registry import every

MINUTE_OF_TEN = 3


@every(60, "bank.clean")
async def clean(context: Context) -> None:
    """Every ten minutes: remove pictures that no task names."""
    if context.runtime.now().minute % 10 == MINUTE_OF_TEN:
        await bank_import.remove_orphans(context)
