"""The last event of an account is found at once: yesterday's code reads and writes as before"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = '0012'
down_revision: str | None = '0011'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    # The table may be large by now.
    with op.get_context().autocommit_block():
        op.create_index('ix_event_people', 'event', ['xid'], unique=False, postgresql_where=sa.text("course_id IS NULL AND name NOT IN ('account.created', 'sign_in.started', 'sign_in.ended')"), if_not_exists=True, postgresql_concurrently=True)


def downgrade() -> None:
    op.drop_index('ix_event_people', table_name='event', postgresql_where=sa.text("course_id IS NULL AND name NOT IN ('account.created', 'sign_in.started', 'sign_in.ended')"))
