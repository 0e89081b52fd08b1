"""The Python client `gql` over HTTP and graphql-transport-ws, with the schema fetched by introspection."""

import asyncio
import os
import sys
from pathlib import Path

from gql import Client, gql
from gql.transport.aiohttp import AIOHTTPTransport
from gql.transport.exceptions import TransportQueryError
from gql.transport.websockets import WebsocketsTransport

URL = os.environ["PICRETE_URL"] + "/graphql"
HEADERS = {"Authorization": f"Bearer {os.environ['PICRETE_STUDENT']}"}


async def main() -> None:
    """All checks; raises what goes wrong."""
    http = AIOHTTPTransport(url=URL, headers=HEADERS)
    async with Client(transport=http, fetch_schema_from_transport=True) as session:
        assert (await session.execute(gql("{ me { username } }")))["me"]["username"] == "student"
        from graphql import parse, print_ast, validate

        document = parse(Path(os.environ["PICRETE_BUILD"], "documents.graphql").read_text(encoding="utf-8"))
        assert session.client.schema is not None
        for operation in document.definitions:
            assert not validate(session.client.schema, parse(print_ast(operation)))
    async with Client(transport=AIOHTTPTransport(url=URL)) as session:
        try:
            await session.execute(gql("{ me { username } }"))
            sys.exit("no error came")
        except TransportQueryError as error:
            assert error.errors and error.errors[0]["extensions"]["code"] == "UNAUTHENTICATED"
    socket = WebsocketsTransport(url=URL.replace("http", "ws"), init_payload=HEADERS)
    async with Client(transport=socket) as session:
        watch = gql(f'subscription {{ attemptChanged(id: "{os.environ["PICRETE_ATTEMPT"]}") {{ id }} }}')
        async for result in session.subscribe(watch):
            assert result["attemptChanged"]["id"] == os.environ["PICRETE_ATTEMPT"]
            break
    print(f"{len(document.definitions)} documents")


asyncio.run(main())
