"""What is said about a request is told: yesterday's code knows neither the new kind of notices nor needs the index"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = '0013'
down_revision: str | None = '0012'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

KINDS = ('review_ready', 'review_half', 'review_last', 'mark', 'progress', 'finished', 'regrade_asked', 'regrade_answered')
NEW = ('regrade_discussed',)


def notice_kinds(*kinds: str) -> None:
    # small: a row for each piece of news; the list of kinds only grows, so yesterday's code writes nothing it forbids
    op.drop_constraint(op.f('ck_notice_noticekind'), 'notice', type_='check')
    # small: they are checked again in one pass
    op.create_check_constraint(op.f('ck_notice_noticekind'), 'notice', sa.column('kind').in_(kinds))


def upgrade() -> None:
    notice_kinds(*KINDS, *NEW)
    # small: few marks are asked about, and few of those are talked about
    op.create_index(op.f('ix_regrade_message_created_at'), 'regrade_message', ['created_at'], unique=False)


def downgrade() -> None:
    op.drop_index(op.f('ix_regrade_message_created_at'), table_name='regrade_message')
    op.execute(sa.text('DELETE FROM notice WHERE kind IN :new').bindparams(sa.bindparam('new', NEW, expanding=True)))
    notice_kinds(*KINDS)
