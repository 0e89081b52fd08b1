"""A compiled root field: its statement, where its parameters come from, and what is filled in afterwards."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graphql import FieldNode, GraphQLField
from sqlalchemy import BindParameter, select
from sqlalchemy.sql import visitors

from picrete_gql.call import Context
from picrete_gql.settings import Limits

from .compiler import Compiler
from .kept import Kept
from .notes import answer_of, oldest_running
from .scope import FACTS, SCOPES, WHO, OfPerson, OfTeacher, facts_of
from .slots import Slot, Values
from .texts import DIALECT, joined
from .texts import HOLE as HOLE_TEXT
from .texts import POISON as POISON_TEXT
from .words import KEY, Filled, Unplannable

Getter = Callable[[Mapping[str, Any], Sequence[Values]], Any]
HOLE, POISON = HOLE_TEXT.encode(), POISON_TEXT.encode()


@dataclass(frozen=True)
class Plan:
    """One statement; `getters` make its values from the facts of whoever asks and from the arguments."""

    sql: str
    getters: Sequence[Getter]
    slots: Sequence[Slot]
    fills: Sequence[Filled]
    is_kept: bool
    tells_teachers: bool

    def values(self, variables: Any) -> list[Values] | None:
        """What the arguments come to with these variables; None when this plan was made for others."""
        found = [slot.read(variables) for slot in self.slots]
        fits = all(slot.names == values.keys() for slot, values in zip(self.slots, found, strict=True))
        return found if fits else None

    async def text(
        self, context: Context, values: Sequence[Values], answers: Kept, name: tuple[str, ...]
    ) -> bytes | None:
        """The JSON, kept under a name. None for everything that is not plainly there: who asks executes as usual."""
        facts = facts_of(context)
        key = (name, facts[WHO], repr(values)) if self.is_kept and answers.most else None
        text = await self._kept(answers, key, facts) if key else None
        if text is None:
            row = await context.runtime.reads.row(self.sql, [getter(facts, values) for getter in self.getters])
            text = row[0] if row else None
            if text is None or POISON in text:
                return None
            if self.tells_teachers:
                answers.teachers.learn(facts[WHO], teaches=row[-1])
            if self.is_kept:
                text, answer = answer_of(row)
                if key and answer:
                    answers.put(key, answer)
        return await self._filled(context, text) if self.fills and HOLE in text else text

    async def _kept(self, answers: Kept, key: Hashable, facts: Mapping[str, Any]) -> bytes | None:
        kept = answers.get(key, facts["now"].timestamp())
        if kept is None or facts["sign_in"] is None:
            return None
        holds = await answers.checks.holds(kept, facts["sign_in"], facts["me"])
        return kept.text if holds else None

    async def _filled(self, context: Context, text: bytes) -> bytes:
        pieces = text.split(HOLE)
        for place, plan in enumerate(self.fills):
            mark = b"%d:" % place
            mine = [n for n in range(1, len(pieces), 2) if pieces[n].startswith(mark)]
            made = await plan.fill(context, [pieces[n].removeprefix(mark).decode() for n in mine])
            for n, piece in zip(mine, made, strict=True):
                pieces[n] = piece.encode()
        return b"".join(pieces)


def compiled(
    of: GraphQLField,
    nodes: Sequence[FieldNode],
    fragments: Mapping[str, Any],
    variables: Any,
    scope: str,
    limits: Limits,
    *,
    signed: bool,
) -> Plan:
    """The plan of a root field. Raises Unplannable.

    `signed` asks for the sign-in too, and answers may be kept; who watches looks because something has happened.
    """
    clauses = SCOPES[scope]()
    compiler = Compiler(fragments, variables, clauses, limits, keeps=signed)
    statement = select(joined(compiler.field(of, nodes, None)))
    if compiler.is_kept:
        statement = statement.add_columns(oldest_running())
    teaches = clauses.viewer.teaches() if signed and isinstance(clauses, OfPerson) else None
    if teaches is not None:
        statement = statement.add_columns(teaches)
    if isinstance(clauses, OfPerson):
        statement = statement.select_from(clauses.viewer.row(signed=signed))
    elif isinstance(clauses, OfTeacher):
        if compiler.root is None:
            raise Unplannable("no row of a course")
        statement = statement.select_from(clauses.row(*compiler.root))
    _write_out(statement)
    made = statement.compile(dialect=DIALECT, compile_kwargs={"render_postcompile": True})
    places = {slot.prefix: place for place, slot in enumerate(compiler.slots)}
    return Plan(
        str(made),
        [_getter(name, made, places) for name in made.positiontup or ()],
        compiler.slots,
        compiler.fills,
        compiler.is_kept,
        teaches is not None,
    )


def _write_out(statement: Any) -> None:
    """Write into the statement what is always the same. What anybody asks for has no value here, and never does."""
    for part in visitors.iterate(statement):
        if isinstance(part, BindParameter) and isinstance(part.value, str | int):
            part.literal_execute = True


def _getter(name: str, made: Any, places: Mapping[str, int]) -> Getter:
    process = made._bind_processors.get(name) or (lambda value: value)
    prefix, _, rest = name.partition("_")
    if f"{prefix}_" in places and rest:
        place = places[f"{prefix}_"]
        if rest.startswith("after") and rest != "after":
            number = int(rest.removeprefix("after"))
            return lambda facts, values: process(values[place]["after"][number])
        return lambda facts, values: process(values[place][rest])
    if name in FACTS:
        return lambda facts, values: facts[name]
    constant = process(made.params[name])
    return lambda facts, values: constant


def has_plan(of: GraphQLField | None) -> bool:
    """Whether a field says what it is in SQL."""
    made = None if of is None else of.extensions.get("strawberry-definition")
    return made is not None and KEY in made.metadata
