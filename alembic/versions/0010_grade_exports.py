"""Files of grades, and events about any row: yesterday's code neither reads nor writes what is new"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = '0010'
down_revision: str | None = '0009'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table('grade_export',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('course_id', sa.Uuid(), nullable=False),
    sa.Column('work_id', sa.Uuid(), nullable=False),
    sa.Column('author_id', sa.Uuid(), nullable=False),
    sa.Column('format', sa.Enum('csv', 'xlsx', 'jsonl', name='exportformat', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('locale', sa.Enum('ru', 'en', name='locale', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('filename', sa.String(length=200), nullable=False),
    sa.Column('status', sa.Enum('pending', 'processing', 'ready', 'failed', name='exportstatus', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('failure', sa.Enum('too_large', 'store_away', 'given_up', name='exportfailure', native_enum=False, create_constraint=True, length=40), nullable=True),
    sa.Column('done', sa.Integer(), nullable=False),
    sa.Column('total', sa.Integer(), nullable=True),
    sa.Column('size', sa.Integer(), nullable=True),
    sa.Column('key', sa.String(), nullable=True),
    sa.Column('ready_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('lease_owner', sa.Uuid(), nullable=True),
    sa.Column('lease_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('takes', sa.Integer(), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('retry_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['author_id'], ['account.id'], name=op.f('fk_grade_export_author_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['course_id'], ['course.id'], name=op.f('fk_grade_export_course_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['work_id', 'course_id'], ['work.id', 'work.course_id'], name=op.f('fk_grade_export_work_id_course_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_grade_export')),
    sa.UniqueConstraint('id', 'course_id', name=op.f('uq_grade_export_id_course_id'))
    )
    op.create_index(op.f('ix_grade_export_author_id_course_id'), 'grade_export', ['author_id', 'course_id'], unique=False)
    op.create_index(op.f('ix_grade_export_course_id'), 'grade_export', ['course_id'], unique=False)
    op.create_index(op.f('ix_grade_export_expires_at'), 'grade_export', ['expires_at'], unique=False)
    op.create_index('ix_grade_export_waiting', 'grade_export', ['retry_at'], unique=False, postgresql_where=sa.text("status IN ('pending', 'processing')"))
    op.create_index(op.f('ix_grade_export_work_id'), 'grade_export', ['work_id'], unique=False)
    op.add_column('event', sa.Column('subject_id', sa.Uuid(), nullable=True))


def downgrade() -> None:
    op.drop_column('event', 'subject_id')
    op.drop_index(op.f('ix_grade_export_work_id'), table_name='grade_export')
    op.drop_index('ix_grade_export_waiting', table_name='grade_export', postgresql_where=sa.text("status IN ('pending', 'processing')"))
    op.drop_index(op.f('ix_grade_export_expires_at'), table_name='grade_export')
    op.drop_index(op.f('ix_grade_export_course_id'), table_name='grade_export')
    op.drop_index(op.f('ix_grade_export_author_id_course_id'), table_name='grade_export')
    op.drop_table('grade_export')
