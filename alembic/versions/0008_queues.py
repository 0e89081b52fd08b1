"""What waits is found by its place in the queue: yesterday's code reads and writes as before"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = '0008'
down_revision: str | None = '0007'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    # The tables may be large by now.
    with op.get_context().autocommit_block():
        op.create_index('ix_photo_queue', 'photo', ['queued_at'], unique=False, postgresql_where=sa.text("status IN ('pending', 'processing')"), if_not_exists=True, postgresql_concurrently=True)
        op.drop_index('ix_photo_waiting', table_name='photo', if_exists=True, postgresql_concurrently=True)
        op.create_index('ix_event_grade_queued', 'event', ['attempt_id'], unique=False, postgresql_where=sa.text("name = 'grade.queued'"), if_not_exists=True, postgresql_concurrently=True)


def downgrade() -> None:
    op.drop_index('ix_event_grade_queued', table_name='event')
    op.create_index('ix_photo_waiting', 'photo', ['status', 'retry_at'], unique=False, postgresql_where=sa.text("status <> 'ready' AND status <> 'failed'"))
    op.drop_index('ix_photo_queue', table_name='photo')
