"""Since when a submission waits, and the trace of an event: columns that yesterday's code leaves empty"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = '0005'
down_revision: str | None = '0004'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column('submission', sa.Column('queued_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('event', sa.Column('trace', sa.String(length=55), nullable=True))
    # small: one pass over the events that finds none with a trace; writing waits for it, seconds for a million
    op.create_index('ix_event_traced', 'event', ['name', 'at'], unique=False, postgresql_where=sa.text('trace IS NOT NULL'))


def downgrade() -> None:
    op.drop_index('ix_event_traced', table_name='event', postgresql_where=sa.text('trace IS NOT NULL'))
    op.drop_column('event', 'trace')
    op.drop_column('submission', 'queued_at')
