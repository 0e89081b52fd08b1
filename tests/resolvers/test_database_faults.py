"""Which faults of the database mean that it is away, however they come."""

import asyncpg
import pytest
from sqlalchemy.exc import DBAPIError, InterfaceError

from picrete_gql.runtime import DATABASE_FAULTS, away, passes, unwritable


@pytest.mark.parametrize(
    "error",
    [
        # Lost while SQLAlchemy prepares a new connection: the driver's own error comes through.
        asyncpg.InterfaceError("connection is closed"),
        asyncpg.InternalClientError("cannot switch to state 12; another operation (2) is in progress"),
        asyncpg.CannotConnectNowError("the database system is starting up"),
        asyncpg.TooManyConnectionsError("sorry, too many clients already"),
        InterfaceError("SELECT 1", {}, Exception("connection is closed")),
        DBAPIError("SELECT 1", {}, asyncpg.AdminShutdownError("terminating connection")),
        ConnectionRefusedError(),
        TimeoutError(),
    ],
    ids=lambda error: type(error).__name__,
)
def test_it_is_away(error: Exception) -> None:
    assert isinstance(error, DATABASE_FAULTS) and away(error) and passes(error) and not unwritable(error)


def test_it_answers() -> None:
    for error in (asyncpg.UniqueViolationError("twice"), DBAPIError("x", {}, asyncpg.UniqueViolationError("twice"))):
        assert not away(error) and not passes(error)
    deadlock = DBAPIError("x", {}, asyncpg.DeadlockDetectedError("deadlock"))
    assert passes(deadlock) and not away(deadlock)
    assert unwritable(DBAPIError("x", {}, asyncpg.CharacterNotInRepertoireError("0x00")))
