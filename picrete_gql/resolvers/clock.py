"""The server's clock, by which all deadlines go."""

from datetime import datetime

from picrete_gql.call import Call, query
from picrete_gql.scopes import ANY


@query(guest=ANY)
async def now(call: Call) -> datetime:
    """The server's time, to show how much is left."""
    await call.admit()
    return call.now
