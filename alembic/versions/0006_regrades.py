"""Requests for another look at marks: yesterday's code knows neither the tables nor the column nor the new kinds of notices"""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from alembic import op

revision: str = '0006'
down_revision: str | None = '0005'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

KINDS = ('review_ready', 'review_half', 'review_last', 'mark', 'progress', 'finished')
NEW = ('regrade_asked', 'regrade_answered')


def notice_kinds(*kinds: str) -> None:
    # small: a row for each piece of news; the list of kinds only grows, so yesterday's code writes nothing it forbids
    op.drop_constraint(op.f('ck_notice_noticekind'), 'notice', type_='check')
    # small: they are checked again in one pass
    op.create_check_constraint(op.f('ck_notice_noticekind'), 'notice', sa.column('kind').in_(kinds))


def upgrade() -> None:
    op.create_table('regrade',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('course_id', sa.Uuid(), nullable=False),
    sa.Column('work_id', sa.Uuid(), nullable=False),
    sa.Column('attempt_id', sa.Uuid(), nullable=False),
    sa.Column('submission_id', sa.Uuid(), nullable=False),
    sa.Column('student_id', sa.Uuid(), nullable=False),
    sa.Column('task_id', sa.Uuid(), nullable=False),
    sa.Column('criterion_id', sa.Uuid(), nullable=False),
    sa.Column('photo_id', sa.Uuid(), nullable=True),
    sa.Column('block_id', sa.String(length=200), nullable=True),
    sa.Column('polygon', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
    sa.Column('text', sa.String(), nullable=False),
    sa.Column('status', sa.Enum('open', 'answered', 'withdrawn', name='regradestatus', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('answer', sa.String(), nullable=False),
    sa.Column('answered_by', sa.Uuid(), nullable=True),
    sa.Column('points_before', sa.Numeric(precision=8, scale=2), nullable=True),
    sa.Column('points_after', sa.Numeric(precision=8, scale=2), nullable=True),
    sa.Column('final_before', sa.Numeric(precision=8, scale=2), nullable=True),
    sa.Column('final_after', sa.Numeric(precision=8, scale=2), nullable=True),
    sa.CheckConstraint("(status = 'open') = (closed_at IS NULL)", name=op.f('ck_regrade_closed')),
    sa.ForeignKeyConstraint(['course_id'], ['course.id'], name=op.f('fk_regrade_course_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['criterion_id', 'course_id'], ['criterion.id', 'criterion.course_id'], name=op.f('fk_regrade_criterion_id_course_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['photo_id', 'course_id'], ['photo.id', 'photo.course_id'], name=op.f('fk_regrade_photo_id_course_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['submission_id', 'course_id'], ['submission.id', 'submission.course_id'], name=op.f('fk_regrade_submission_id_course_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_regrade')),
    sa.UniqueConstraint('id', 'course_id', name=op.f('uq_regrade_id_course_id'))
    )
    op.create_index(op.f('ix_regrade_attempt_id'), 'regrade', ['attempt_id'], unique=False)
    op.create_index(op.f('ix_regrade_course_id'), 'regrade', ['course_id'], unique=False)
    op.create_index(op.f('ix_regrade_course_id_status_id'), 'regrade', ['course_id', 'status', 'id'], unique=False)
    op.create_index(op.f('ix_regrade_criterion_id'), 'regrade', ['criterion_id'], unique=False)
    op.create_index(op.f('ix_regrade_photo_id'), 'regrade', ['photo_id'], unique=False)
    op.create_index(op.f('ix_regrade_submission_id_id'), 'regrade', ['submission_id', 'id'], unique=False)
    op.create_index(op.f('ix_regrade_work_id_status_id'), 'regrade', ['work_id', 'status', 'id'], unique=False)
    op.create_index('uq_regrade_open', 'regrade', ['submission_id', 'criterion_id'], unique=True, postgresql_where=sa.text("status = 'open'"))
    op.create_table('regrade_message',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('course_id', sa.Uuid(), nullable=False),
    sa.Column('regrade_id', sa.Uuid(), nullable=False),
    sa.Column('attempt_id', sa.Uuid(), nullable=False),
    sa.Column('student_id', sa.Uuid(), nullable=False),
    sa.Column('author_id', sa.Uuid(), nullable=False),
    sa.Column('text', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['course_id'], ['course.id'], name=op.f('fk_regrade_message_course_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['regrade_id', 'course_id'], ['regrade.id', 'regrade.course_id'], name=op.f('fk_regrade_message_regrade_id_course_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_regrade_message')),
    sa.UniqueConstraint('id', 'course_id', name=op.f('uq_regrade_message_id_course_id'))
    )
    op.create_index(op.f('ix_regrade_message_course_id'), 'regrade_message', ['course_id'], unique=False)
    op.create_index(op.f('ix_regrade_message_regrade_id_id'), 'regrade_message', ['regrade_id', 'id'], unique=False)
    op.add_column('work', sa.Column('regrades_closed_at', sa.DateTime(timezone=True), nullable=True))
    notice_kinds(*KINDS, *NEW)


def downgrade() -> None:
    op.execute(sa.text('DELETE FROM notice WHERE kind IN :new').bindparams(sa.bindparam('new', NEW, expanding=True)))
    notice_kinds(*KINDS)
    op.drop_column('work', 'regrades_closed_at')
    op.drop_index(op.f('ix_regrade_message_regrade_id_id'), table_name='regrade_message')
    op.drop_index(op.f('ix_regrade_message_course_id'), table_name='regrade_message')
    op.drop_table('regrade_message')
    op.drop_index('uq_regrade_open', table_name='regrade', postgresql_where=sa.text("status = 'open'"))
    op.drop_index(op.f('ix_regrade_work_id_status_id'), table_name='regrade')
    op.drop_index(op.f('ix_regrade_submission_id_id'), table_name='regrade')
    op.drop_index(op.f('ix_regrade_photo_id'), table_name='regrade')
    op.drop_index(op.f('ix_regrade_criterion_id'), table_name='regrade')
    op.drop_index(op.f('ix_regrade_course_id_status_id'), table_name='regrade')
    op.drop_index(op.f('ix_regrade_course_id'), table_name='regrade')
    op.drop_index(op.f('ix_regrade_attempt_id'), table_name='regrade')
    op.drop_table('regrade')
