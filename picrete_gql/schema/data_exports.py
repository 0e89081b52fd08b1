"""Everything that is known of a person, for them."""

from collections.abc import AsyncGenerator
from datetime import datetime
from typing import Annotated

import strawberry

from picrete_gql import models
from picrete_gql.resolvers import data_exports

from ._ids import Node, node, parse
from ._payloads import Payload
from ._words import Info, argument, asked, batch, described, enum, extends, field, mutation, row, says, subscription
from .accounts import Account

enum(
    models.DataExportStatus,
    waiting="A worker will take it.",
    packing="A worker packs it.",
    ready="It can be fetched until `expiresAt`.",
    expired="It was removed; ask for a new one.",
    failed="It could not be packed; ask again.",
)


@row(models.DataExport)
class DataExport(Node):
    """An archive (ZIP) of everything that is known of a person: JSON, and the photos of their pages."""

    status: models.DataExportStatus = says("Where it stands.")
    created_at: datetime = says("When it was asked for.")
    done: int = says("Attempts that are in it.")
    total: int | None = says("Attempts that there are; null until a worker has taken it.")
    size: float | None = says("Bytes of the archive; null until it is ready.")
    ready_at: datetime | None = says("When it was ready.")
    expires_at: datetime | None = says("When it is removed.")

    @field(data_exports.urls)
    async def url(self, info: Info) -> str | None:
        return await batch(info, data_exports.urls, self.id)


@extends(Account)
class _OfAccount:
    @field(data_exports.of_accounts)
    async def data_exports(self, info: Info) -> list[DataExport] | None:
        return await batch(info, data_exports.of_accounts, self.id)


@asked
class DataExportRequestInput:
    """Whose data."""

    account_id: strawberry.ID = says("Your own account; for administrators anybody's.")


@described
class DataExportRequestPayload(Payload):
    """The answer to `dataExportRequest`."""

    data_export: DataExport | None = strawberry.field(default=None, description="The archive to come.")


@strawberry.type
class Mutation:
    """Root fields of this room."""

    @mutation(data_exports.request)
    async def data_export_request(
        self, info: Info, input: Annotated[DataExportRequestInput, argument("Whose data.")]
    ) -> DataExportRequestPayload | None:
        account = parse("account", input.account_id, "accountId")
        return DataExportRequestPayload(data_export=await data_exports.request(info.context, account))


@strawberry.type
class Subscription:
    """Root fields of this room."""

    @subscription(data_exports.watch)
    async def data_export_changed(
        self, info: Info, id: Annotated[strawberry.ID, argument("The archive.")]
    ) -> AsyncGenerator[DataExport | None]:
        async for export in data_exports.watch(info.context, parse("data_export", id)):
            yield export


node("data_export", data_exports.get)
