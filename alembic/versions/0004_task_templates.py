"""Templates of tasks: yesterday's code neither reads nor writes this table"""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from alembic import op

revision: str = '0004'
down_revision: str | None = '0003'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table('task_template',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('course_id', sa.Uuid(), nullable=False),
    sa.Column('work_id', sa.Uuid(), nullable=False),
    sa.Column('task_id', sa.Uuid(), nullable=False),
    sa.Column('content', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
    sa.ForeignKeyConstraint(['course_id'], ['course.id'], name=op.f('fk_task_template_course_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['task_id', 'course_id'], ['task.id', 'task.course_id'], name=op.f('fk_task_template_task_id_course_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_task_template')),
    sa.UniqueConstraint('id', 'course_id', name=op.f('uq_task_template_id_course_id')),
    sa.UniqueConstraint('task_id', name=op.f('uq_task_template_task_id'))
    )
    op.create_index(op.f('ix_task_template_course_id'), 'task_template', ['course_id'], unique=False)
    op.create_index(op.f('ix_task_template_work_id'), 'task_template', ['work_id'], unique=False)


def downgrade() -> None:
    op.drop_index(op.f('ix_task_template_work_id'), table_name='task_template')
    op.drop_index(op.f('ix_task_template_course_id'), table_name='task_template')
    op.drop_table('task_template')
