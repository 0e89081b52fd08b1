"""Yesterday's code works on today's tables."""

import asyncio
from pathlib import Path
from textwrap import indent

import asyncpg
import pytest

from alembic import command
from picrete_gql import migrations
from tests.operating.migration_rules import faults, marked
from tests.servers.stack import Servers

VERSIONS = sorted((migrations.SCRIPTS / "versions").glob("*.py"))
COLUMNS = """
SELECT table_name || '.' || column_name AS name, data_type || coalesce(character_maximum_length::text, '') AS type,
       is_nullable = 'YES' OR column_default IS NOT NULL OR is_generated = 'ALWAYS' AS may_be_left_out
  FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> 'alembic_version'
"""


@pytest.mark.parametrize("path", VERSIONS, ids=lambda path: path.stem)
def test_a_migration_only_adds_unless_it_says_why(path: Path) -> None:
    assert faults(path.read_text("utf-8")) == []


def written(body: str) -> str:
    """A migration whose `upgrade()` does this."""
    return f"def upgrade() -> None:\n{indent(body, '    ')}\n\n\ndef downgrade() -> None:\n    op.drop_table('x')\n"


BAD = {
    "op.drop_table('a')": "drops a table",
    "op.drop_column('a', 'b')": "drops a column",
    "op.rename_table('a', 'b')": "renames a table",
    "op.drop_constraint('c', 'a')": "drops a constraint",
    "op.alter_column('a', 'b', new_column_name='c')": "renames a column",
    "op.alter_column('a', 'b', type_=sa.Text())": "changes a type",
    "op.alter_column('a', 'b', nullable=False)": "NOT NULL",
    "op.add_column('a', sa.Column('b', sa.Text(), nullable=False))": "without a default",
    "op.add_column('a', sa.Column('b', sa.Uuid(), sa.ForeignKey('c.id'), nullable=True))": "NOT VALID",
    "op.add_column('a', sa.Column('b', sa.Text(), unique=True))": "lock",
    "op.create_index('i', 'a', ['b'])": "concurrently",
    "op.create_index(op.f('i'), 'a', ['b'], unique=True)": "concurrently",
    "op.create_foreign_key('f', 'a', 'b', ['c'], ['id'])": "NOT VALID",
    "op.create_check_constraint('c', 'a', 'b > 0')": "NOT VALID",
    "op.create_unique_constraint('u', 'a', ['b'])": "USING INDEX",
    "op.execute('ALTER TABLE a DROP COLUMN b')": "drop column",
    "op.execute(sa.text('ALTER TABLE a RENAME TO b'))": "rename to",
    "op.execute('UPDATE a SET b = 1')": "update a set",
    "op.execute('DELETE FROM a')": "delete from",
    "op.execute('ALTER TABLE a ALTER COLUMN b SET NOT NULL')": "set not null",
    "op.execute('ALTER TABLE a ADD CONSTRAINT c CHECK (b > 0)')": "add constraint",
    "op.execute('CREATE INDEX i ON a (b)')": "create index",
    "with op.batch_alter_table('a') as batch:\n    batch.drop_column('b')": "drops a column",
}


@pytest.mark.parametrize("body", BAD)
def test_what_yesterday_would_not_survive_is_found(body: str) -> None:
    (fault,) = faults(written(body))
    assert BAD[body].lower() in fault.why.lower()
    assert faults(written(f"{body}  # contract: nobody has read it since 0007")) == []
    before = body.replace("    batch", "    # small: there are some dozens of them\n    batch")
    assert faults(written(before if before != body else f"# small: there are some dozens of them\n{body}")) == []
    assert len(faults(written(f"{body}  # contract: yes"))) == 1, "a mark says why"
    assert len(faults(written(f"{body}  # because"))) == 1


def test_what_is_built_concurrently_stands_alone() -> None:
    alone = (
        "with op.get_context().autocommit_block():\n    op.create_index('i', 'a', ['b'], postgresql_concurrently=True)"
    )
    beside = f"op.add_column('a', sa.Column('b', sa.Text(), nullable=True))\n{alone}"
    assert faults(written(alone)) == [] and len(faults(written(beside))) == 1


def test_what_a_function_of_the_file_does_counts_where_it_is_called() -> None:
    helper = "def wider():\n    op.drop_constraint('c', 'a')\n\n\n"
    assert len(faults(helper + written("wider()"))) == 1 and faults(helper + written("pass")) == []


@pytest.mark.parametrize(
    "body",
    [
        "op.create_table('a', sa.Column('b', sa.Text(), nullable=False))\nop.create_index('i', 'a', ['b'])",
        "op.create_table('a')\nop.create_unique_constraint('u', 'a', ['b'])",
        "op.add_column('a', sa.Column('b', sa.Text(), nullable=True))",
        "op.add_column('a', sa.Column('b', sa.Text(), nullable=False, server_default=''))",
        "with op.get_context().autocommit_block():\n    op.create_index('i', 'a', ['b'], postgresql_concurrently=True)",
        "op.execute('ALTER TABLE a ADD CONSTRAINT c CHECK (b > 0) NOT VALID')",
        "op.execute('CREATE INDEX CONCURRENTLY i ON a (b)')",
        "op.execute('ALTER TABLE a VALIDATE CONSTRAINT c')",
    ],
)
def test_what_only_adds_is_let_be(body: str) -> None:
    assert faults(written(body)) == []


async def test_each_step_leaves_what_yesterdays_code_reads_and_writes(servers: Servers) -> None:
    url = await servers.create()
    before: dict[str, tuple[str, bool]] = {}
    for revision in reversed(migrations.known()):
        await asyncio.to_thread(command.upgrade, migrations.config(url), revision)
        after = await columns(url)
        (path,) = [path for path in VERSIONS if path.stem.startswith(f"{revision}_")]
        if not marked(path):
            gone = {name for name, (kind, _) in before.items() if after.get(name, ("", False))[0] != kind}
            assert not gone, f"{path.name} takes away or changes {gone}"
            tables = {name.split(".")[0] for name in before}
            needed = {
                name for name in after.keys() - before.keys() if name.split(".")[0] in tables and not after[name][1]
            }
            assert not needed, f"{path.name} adds what yesterday's INSERT does not give: {needed}"
        before = after
    await servers.drop(url)


async def columns(url: str) -> dict[str, tuple[str, bool]]:
    """Type of each column, and whether an INSERT may leave it out."""
    connection = await asyncpg.connect(url)
    try:
        return {row["name"]: (row["type"], row["may_be_left_out"]) for row in await connection.fetch(COLUMNS)}
    finally:
        await connection.close()
