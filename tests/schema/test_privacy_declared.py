"""Every column of the database has been thought about: does it know a person, and what is left when they go?

A new column fails here until the model says what becomes of it: see `picrete_gql/models/_privacy.py`.
"""

from sqlalchemy import JSON, Enum, ForeignKeyConstraint, String, Table, TypeDecorator
from sqlalchemy.dialects.postgresql import ARRAY

from picrete_gql.models import METADATA
from picrete_gql.models._privacy import declared

# Texts in rows of a person that stay when the person is erased. A new one is a decision: nobody's name may stand there.
KEPT_TEXTS = {
    "account.consent_version",
    "account.privacy_version",
    "account.terms_version",
    "criterion_score.block_id",
    "event.door",
    "event.name",
    "event.trace",
    "membership.roles",
    "photo.mime",
    "provider_run.engine",
    "provider_run.model",
    "regrade.block_id",
    "submission.ai_engine",
    "telegram_update.effect",
}


def is_text(column: object) -> bool:
    """Whether anything at all can be written in a column."""
    kind = getattr(column, "type", None)
    # SQLModel's own text is a wrapped one.
    kind = kind.impl_instance if isinstance(kind, TypeDecorator) else kind
    return isinstance(kind, (String, JSON, ARRAY)) and not isinstance(kind, Enum)


def leads_to_somebody(table: Table) -> bool:
    """Whether rows point at an account, by a reference or by the name of a column."""
    names = {column.name for column in table.columns}
    return bool(names & {"student_id", "account_id", "chat_id", "telegram_id", "agent", "ip"})


def test_every_table_and_column_is_classified() -> None:
    silent = [table.name for table, privacy in declared() if privacy is None]
    assert not silent, f"tables without __privacy__: {silent}"
    assert {table.name for table, _ in declared()} == METADATA.tables.keys()
    undecided = {table.name: found for table, privacy in declared() if privacy and (found := privacy.undecided(table))}
    assert not undecided, f"columns that nobody has classified, or that do not exist: {undecided}"


def test_whatever_points_at_a_person_is_theirs() -> None:
    loose = [table.name for table, privacy in declared() if privacy and leads_to_somebody(table) > privacy.is_personal]
    assert not loose, f"tables that lead to a person and say that they are nobody's: {loose}"


def test_the_texts_that_stay_are_known_by_name() -> None:
    kept = {
        f"{table.name}.{column.name}"
        for table, privacy in declared()
        if privacy and privacy.is_personal
        for column in table.columns
        if column.name in privacy.kept and is_text(column)
    }
    assert kept == KEPT_TEXTS


def test_what_goes_with_another_table_is_deleted_by_the_database() -> None:
    gone = {table.name: privacy for table, privacy in declared()}
    for table, privacy in declared():
        assert privacy is not None
        if privacy.goes_with:
            owner = gone[privacy.goes_with]
            assert owner is not None and owner.gone
            [found] = [
                constraint
                for constraint in table.constraints
                if isinstance(constraint, ForeignKeyConstraint) and constraint.referred_table.name == privacy.goes_with
            ]
            assert found.ondelete == "CASCADE"
