"""When people are forgotten."""

from picrete_gql.call import Context
from picrete_gql.resolvers import erasures

from ._registry import every


@every(60, "erasure.run")
async def run(context: Context) -> None:
    """Carry out the requests whose grace is over; what still waits for something is asked again next time."""
    after = None
    while found := await erasures.due(context, after):
        for erasure_id in found:
            await erasures.run(context, erasure_id)
        after = found[-1]
