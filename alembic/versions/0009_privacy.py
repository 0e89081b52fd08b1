"""Retention, exports of a person's data, erasure: yesterday's code leaves all of it empty"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = '0009'
down_revision: str | None = '0008'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

OPEN_ERASURE = sa.text('cancelled_at IS NULL AND done_at IS NULL')


def upgrade() -> None:
    op.create_table('erasure',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('account_id', sa.Uuid(), nullable=False),
    sa.Column('asked_by', sa.Uuid(), nullable=False),
    sa.Column('erase_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('cancelled_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('done_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_erasure_account_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_erasure'))
    )
    op.create_index(op.f('ix_erasure_account_id'), 'erasure', ['account_id'], unique=False)
    op.create_index('uq_erasure_open', 'erasure', ['account_id'], unique=True, postgresql_where=OPEN_ERASURE)
    op.create_index('ix_erasure_due', 'erasure', ['erase_at'], unique=False, postgresql_where=OPEN_ERASURE)
    op.create_table('data_export',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('account_id', sa.Uuid(), nullable=False),
    sa.Column('asked_by', sa.Uuid(), nullable=False),
    sa.Column('status', sa.Enum('waiting', 'packing', 'ready', 'expired', 'failed', name='dataexportstatus', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('done', sa.Integer(), nullable=False),
    sa.Column('total', sa.Integer(), nullable=True),
    sa.Column('size', sa.BigInteger(), nullable=True),
    sa.Column('ready_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('failure', sa.String(), nullable=False),
    sa.Column('lease_owner', sa.Uuid(), nullable=True),
    sa.Column('lease_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('retry_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_data_export_account_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_data_export'))
    )
    op.create_index(op.f('ix_data_export_account_id'), 'data_export', ['account_id'], unique=False)
    op.create_index('uq_data_export_open', 'data_export', ['account_id'], unique=True, postgresql_where=sa.text("status IN ('waiting', 'packing')"))
    op.create_index('ix_data_export_ready', 'data_export', ['expires_at'], unique=False, postgresql_where=sa.text("status = 'ready'"))
    op.add_column('account', sa.Column('erased_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('work', sa.Column('archived_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('work', sa.Column('held_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('work', sa.Column('held_by', sa.Uuid(), nullable=True))
    op.add_column('work', sa.Column('hold_reason', sa.String(length=1000), server_default='', nullable=False))
    op.add_column('photo', sa.Column('image_removed_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('photo', sa.Column('image_removed_why', sa.Enum('retention', 'erasure', name='imageremoval', native_enum=False, create_constraint=True, length=40), nullable=True))
    # small: a work is a row, and of those only the archived
    op.execute("UPDATE work SET archived_at = (SELECT max(at) FROM event WHERE event.work_id = work.id AND event.name = 'work.archived') WHERE status = 'archived'")


def downgrade() -> None:
    op.drop_column('photo', 'image_removed_why')
    op.drop_column('photo', 'image_removed_at')
    op.drop_column('work', 'hold_reason')
    op.drop_column('work', 'held_by')
    op.drop_column('work', 'held_at')
    op.drop_column('work', 'archived_at')
    op.drop_column('account', 'erased_at')
    op.drop_table('data_export')
    op.drop_table('erasure')
