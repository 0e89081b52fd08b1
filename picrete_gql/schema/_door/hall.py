"""Who may follow one view together (docs/decisions/0011-shared-live-views.md)."""

from collections import OrderedDict
from collections.abc import Hashable
from contextlib import suppress
from dataclasses import replace
from typing import Any
from uuid import UUID

import orjson
from graphql import FieldNode, OperationType, StringValueNode, VariableNode

from picrete_gql.actors import Seat
from picrete_gql.call import Context
from picrete_gql.problems import Invalid
from picrete_gql.resolvers import members
from picrete_gql.schema._ids import parse
from picrete_gql.schema._words import SUBJECTS, Subject

from .asks import Ask
from .documents import Operation
from .groups import End, Group
from .runner import Runner
from .watchers import Watcher

Ended = End | list[dict[str, Any]]


class Hall:
    """The views of one process that are followed now, by document, variables, language and scope."""

    def __init__(self, runner: Runner) -> None:
        self.runner = runner
        self.groups: dict[Hashable, Group] = {}
        # Documents whose answer was seen to depend on the person.
        self.personal: OrderedDict[Hashable, None] = OrderedDict()

    def shares(self, context: Context, operation: Operation, ask: Ask) -> bool:
        """Whether an operation is a view of one thing's state, asked by somebody."""
        return context.actor.account_id is not None and subject_of(operation, ask) is not None

    async def follow(self, watcher: Watcher, context: Context, operation: Operation, ask: Ask) -> Ended:
        """Follow a view until it ends: in the course's seat if that is possible, else as the person alone."""
        document = (operation.text, ask.operation_name)
        async with self.runner.turns.stream(context):
            course_id = None if document in self.personal else await self._seat(context, operation, ask)
            if course_id is not None:
                seat = replace(context, actor=Seat(course_id), ip="", agent="")
                group = self._group(("seat", course_id), seat, operation, ask)
                ended = await self._stay(group, watcher)
                if ended is not End.MOVED:
                    return ended
                if group.seat is not None and group.seat.is_personal:
                    self._note_personal(document)
            return await self._stay(self._group(context.actor, context, operation, ask), watcher)

    async def _stay(self, group: Group, watcher: Watcher) -> Ended:
        bus = group.context.gateways.bus
        async with bus.bell(watcher.account_id) as bell:
            watcher.woken = bell.rung
            group.join(watcher)
            try:
                while True:
                    await bell.wait()
                    if group.end is End.MOVED or watcher.is_moved:
                        watcher.pending = None
                        return End.MOVED
                    await watcher.flush()
                    if group.end is not None:
                        return group.end
                    if not await group.still_seated(watcher):
                        watcher.pending = None
                        return End.MOVED
            finally:
                group.leave(watcher)

    def _group(self, scope: Hashable, context: Context, operation: Operation, ask: Ask) -> Group:
        variables = orjson.dumps(ask.variables, option=orjson.OPT_SORT_KEYS)
        key = (operation.text, ask.operation_name, variables, context.locale, scope)
        found = self.groups.get(key)
        if found is None:
            found = self.groups[key] = Group(self.runner, context, operation, ask)
            found.on_end = lambda: self._forget(key, found)
        return found

    def _forget(self, key: Hashable, group: Group) -> None:
        if self.groups.get(key) is group:
            del self.groups[key]

    def _note_personal(self, document: Hashable) -> None:
        self.personal[document] = None
        while len(self.personal) > self.runner.of.cached_documents:
            self.personal.popitem(last=False)

    async def _seat(self, context: Context, operation: Operation, ask: Ask) -> UUID | None:
        found = subject_of(operation, ask)
        if found is None or context.actor.account_id is None:
            return None
        subject, id = found
        return await members.seat_at(context.as_system(), subject.model, id, context.actor.account_id)


def subject_of(operation: Operation, ask: Ask) -> tuple[Subject, UUID] | None:
    """What one thing a subscription is about. None for everything that is not plainly that."""
    if operation.kind is not OperationType.SUBSCRIPTION or operation.introspects:
        return None
    selections = operation.node.selection_set.selections
    if len(selections) != 1 or not isinstance(selections[0], FieldNode) or selections[0].directives:
        return None
    root = selections[0]
    subject = SUBJECTS.get(root.name.value)
    if subject is None or len(root.arguments) != 1 or root.arguments[0].name.value != "id":
        return None
    given, id = root.arguments[0].value, None
    if isinstance(given, VariableNode):
        id = (ask.variables or {}).get(given.name.value)
    elif isinstance(given, StringValueNode):
        id = given.value
    with suppress(Invalid):
        return (subject, parse(subject.kind, id)) if isinstance(id, str) else None
    return None
