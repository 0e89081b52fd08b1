"""What the door itself refuses, before anything of ours has run."""

from collections.abc import Mapping, Sequence

from graphql import GraphQLError


class Refusal(Exception):
    """A request that is not answered as it was meant: an HTTP status and one sentence for its developer."""

    def __init__(self, status: int, message: str, code: str = "BAD_REQUEST", **headers: str) -> None:
        super().__init__(message)
        self.status, self.message, self.code = status, message, code
        self.headers: Mapping[str, str] = {name.replace("_", "-"): value for name, value in headers.items()}

    @property
    def errors(self) -> list[GraphQLError]:
        """The refusal as GraphQL errors."""
        return [GraphQLError(self.message, extensions={"code": self.code})]


class Unfit(Exception):
    """A well-formed request whose document or operation cannot be run: a request error of GraphQL."""

    def __init__(self, errors: Sequence[GraphQLError], code: str) -> None:
        super().__init__(code)
        self.code = code
        self.errors = [_coded(error, code) for error in errors]


def unfit(message: str, code: str) -> Unfit:
    """One sentence as a request error."""
    return Unfit([GraphQLError(message)], code)


def _coded(error: GraphQLError, code: str) -> GraphQLError:
    # Documents are cached with their errors, so an error is copied, not changed.
    extensions = {"code": code, **(error.extensions or {})}
    return GraphQLError(
        error.message, nodes=error.nodes, source=error.source, positions=error.positions, extensions=extensions
    )
