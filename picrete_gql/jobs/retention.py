"""When things are not kept any longer."""

from picrete_gql.call import Context
from picrete_gql.resolvers import retention

from ._registry import every

MINUTE = 40


@every(60, "retention.run")
async def run(context: Context) -> None:
    """Once an hour: remove what has been kept long enough."""
    if context.runtime.now().minute == MINUTE:
        await retention.run(context)
