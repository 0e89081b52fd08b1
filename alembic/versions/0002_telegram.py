"""Telegram: links, what came in, what goes out, notices"""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from alembic import op

revision: str = '0002'
down_revision: str | None = '0001'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table('telegram_bot',
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('username', sa.String(length=64), nullable=False),
    sa.Column('next_update', sa.BigInteger(), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_telegram_bot'))
    )
    op.create_table('notice',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('account_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.Enum('review_ready', 'review_half', 'review_last', 'mark', 'progress', 'finished', name='noticekind', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('subject_id', sa.Uuid(), nullable=False),
    sa.Column('about', sa.DateTime(timezone=True), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('state', sa.Enum('waiting', 'sent', 'muted', 'blocked', 'stale', 'refused', name='noticestate', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('shown', sa.Integer(), nullable=True),
    sa.Column('message_id', sa.BigInteger(), nullable=True),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('retry_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('lease_owner', sa.Uuid(), nullable=True),
    sa.Column('lease_until', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_notice_account_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notice')),
    sa.UniqueConstraint('account_id', 'kind', 'subject_id', 'about', name=op.f('uq_notice_account_id_kind_subject_id_about'))
    )
    op.create_index('ix_notice_due', 'notice', ['due_at'], unique=False, postgresql_where=sa.text("state = 'waiting'"))
    op.create_index(op.f('ix_notice_subject_id'), 'notice', ['subject_id'], unique=False)
    op.create_table('telegram_answer',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('bot_id', sa.BigInteger(), nullable=False),
    sa.Column('chat_id', sa.BigInteger(), nullable=False),
    sa.Column('key', sa.String(length=100), nullable=False),
    sa.Column('text', sa.String(), nullable=False),
    sa.Column('keyboard', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
    sa.Column('message_id', sa.BigInteger(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('pending', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['bot_id'], ['telegram_bot.id'], name=op.f('fk_telegram_answer_bot_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_telegram_answer')),
    sa.UniqueConstraint('bot_id', 'key', name=op.f('uq_telegram_answer_bot_id_key'))
    )
    op.create_index('ix_telegram_answer_pending', 'telegram_answer', ['bot_id', 'chat_id'], unique=False, postgresql_where=sa.text('pending'))
    op.create_table('telegram_code',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('account_id', sa.Uuid(), nullable=False),
    sa.Column('code_hash', sa.String(length=64), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_telegram_code_account_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_telegram_code')),
    sa.UniqueConstraint('account_id', name=op.f('uq_telegram_code_account_id')),
    sa.UniqueConstraint('code_hash', name=op.f('uq_telegram_code_code_hash'))
    )
    op.create_table('telegram_file',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('bot_id', sa.BigInteger(), nullable=False),
    sa.Column('update_id', sa.BigInteger(), nullable=False),
    sa.Column('chat_id', sa.BigInteger(), nullable=False),
    sa.Column('group', sa.String(length=64), nullable=True),
    sa.Column('file', sa.String(length=256), nullable=False),
    sa.Column('filename', sa.String(length=200), nullable=False),
    sa.Column('account_id', sa.Uuid(), nullable=True),
    sa.Column('attempt_id', sa.Uuid(), nullable=True),
    sa.Column('locale', sa.Enum('ru', 'en', name='locale', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('number', sa.Integer(), nullable=True),
    sa.Column('refusal', sa.String(), nullable=True),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('retry_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ready_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['bot_id'], ['telegram_bot.id'], name=op.f('fk_telegram_file_bot_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_telegram_file')),
    sa.UniqueConstraint('bot_id', 'update_id', name=op.f('uq_telegram_file_bot_id_update_id'))
    )
    op.create_index(op.f('ix_telegram_file_bot_id_chat_id_group'), 'telegram_file', ['bot_id', 'chat_id', 'group'], unique=False)
    op.create_index('ix_telegram_file_open', 'telegram_file', ['bot_id', 'chat_id'], unique=False, postgresql_where=sa.text('answered_at IS NULL'))
    op.create_table('telegram_update',
    sa.Column('bot_id', sa.BigInteger(), nullable=False),
    sa.Column('update_id', sa.BigInteger(), nullable=False),
    sa.Column('chat_id', sa.BigInteger(), nullable=True),
    sa.Column('received_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('dialogue', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
    sa.Column('effect', sa.String(length=60), nullable=True),
    sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['bot_id'], ['telegram_bot.id'], name=op.f('fk_telegram_update_bot_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('bot_id', 'update_id', name=op.f('pk_telegram_update'))
    )
    op.create_index(op.f('ix_telegram_update_bot_id_received_at'), 'telegram_update', ['bot_id', 'received_at'], unique=False)
    op.create_table('follow',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('course_id', sa.Uuid(), nullable=False),
    sa.Column('work_id', sa.Uuid(), nullable=False),
    sa.Column('account_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_follow_account_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['course_id'], ['course.id'], name=op.f('fk_follow_course_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['work_id', 'course_id'], ['work.id', 'work.course_id'], name=op.f('fk_follow_work_id_course_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_follow')),
    sa.UniqueConstraint('account_id', 'work_id', name=op.f('uq_follow_account_id_work_id')),
    sa.UniqueConstraint('id', 'course_id', name=op.f('uq_follow_id_course_id'))
    )
    op.create_index(op.f('ix_follow_course_id'), 'follow', ['course_id'], unique=False)
    op.create_index(op.f('ix_follow_work_id'), 'follow', ['work_id'], unique=False)
    op.create_table('telegram_link',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('account_id', sa.Uuid(), nullable=False),
    sa.Column('telegram_id', sa.BigInteger(), nullable=False),
    sa.Column('name', sa.String(length=64), nullable=False),
    sa.Column('locale', sa.Enum('ru', 'en', name='locale', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('attempt_id', sa.Uuid(), nullable=True),
    sa.Column('muted', sa.Boolean(), nullable=False),
    sa.Column('blocked_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_telegram_link_account_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['attempt_id'], ['attempt.id'], name=op.f('fk_telegram_link_attempt_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_telegram_link')),
    sa.UniqueConstraint('account_id', name=op.f('uq_telegram_link_account_id')),
    sa.UniqueConstraint('telegram_id', name=op.f('uq_telegram_link_telegram_id'))
    )
    op.create_index(op.f('ix_telegram_link_attempt_id'), 'telegram_link', ['attempt_id'], unique=False)


def downgrade() -> None:
    op.drop_index(op.f('ix_telegram_link_attempt_id'), table_name='telegram_link')
    op.drop_table('telegram_link')
    op.drop_index(op.f('ix_follow_work_id'), table_name='follow')
    op.drop_index(op.f('ix_follow_course_id'), table_name='follow')
    op.drop_table('follow')
    op.drop_index(op.f('ix_telegram_update_bot_id_received_at'), table_name='telegram_update')
    op.drop_table('telegram_update')
    op.drop_index('ix_telegram_file_open', table_name='telegram_file', postgresql_where=sa.text('answered_at IS NULL'))
    op.drop_index(op.f('ix_telegram_file_bot_id_chat_id_group'), table_name='telegram_file')
    op.drop_table('telegram_file')
    op.drop_table('telegram_code')
    op.drop_index('ix_telegram_answer_pending', table_name='telegram_answer', postgresql_where=sa.text('pending'))
    op.drop_table('telegram_answer')
    op.drop_index(op.f('ix_notice_subject_id'), table_name='notice')
    op.drop_index('ix_notice_due', table_name='notice', postgresql_where=sa.text("state = 'waiting'"))
    op.drop_table('notice')
    op.drop_table('telegram_bot')
