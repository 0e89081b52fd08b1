"""The embedded default: real PostgreSQL, Valkey and S3 servers as child processes, so that nothing has to be set up."""

from picrete_gql.local.errors import CannotStart
from picrete_gql.local.stack import Stack, borrow

__all__ = ["CannotStart", "Stack", "borrow"]
