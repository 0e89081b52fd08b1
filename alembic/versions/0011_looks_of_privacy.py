"""What retention and exports look for is found quickly: yesterday's code reads and writes as before"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = '0011'
down_revision: str | None = '0010'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    # The tables may be large by now.
    with op.get_context().autocommit_block():
        op.create_index('ix_photo_image', 'photo', ['work_id'], unique=False, postgresql_where=sa.text('image_removed_at IS NULL'), if_not_exists=True, postgresql_concurrently=True)
        op.create_index('ix_attempt_draft', 'attempt', ['work_id'], unique=False, postgresql_where=sa.text('draft_saved_at IS NOT NULL'), if_not_exists=True, postgresql_concurrently=True)
        op.create_index('ix_provider_run_answer', 'provider_run', ['created_at'], unique=False, postgresql_where=sa.text('answer IS NOT NULL'), if_not_exists=True, postgresql_concurrently=True)
        op.create_index(op.f('ix_event_account_id_id'), 'event', ['account_id', 'id'], unique=False, if_not_exists=True, postgresql_concurrently=True)
        op.create_index(op.f('ix_event_actor_id_id'), 'event', ['actor_id', 'id'], unique=False, if_not_exists=True, postgresql_concurrently=True)


def downgrade() -> None:
    op.drop_index(op.f('ix_event_actor_id_id'), table_name='event')
    op.drop_index(op.f('ix_event_account_id_id'), table_name='event')
    op.drop_index('ix_provider_run_answer', table_name='provider_run', postgresql_where=sa.text('answer IS NOT NULL'))
    op.drop_index('ix_attempt_draft', table_name='attempt', postgresql_where=sa.text('draft_saved_at IS NOT NULL'))
    op.drop_index('ix_photo_image', table_name='photo', postgresql_where=sa.text('image_removed_at IS NULL'))
