"""Which key a hash was made with: yesterday's code neither reads nor writes these columns"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = '0007'
down_revision: str | None = '0006'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column('invite_code', sa.Column('key_id', sa.String(length=8), nullable=True))
    op.add_column('refresh_token', sa.Column('key_id', sa.String(length=8), nullable=True))


def downgrade() -> None:
    op.drop_column('refresh_token', 'key_id')
    op.drop_column('invite_code', 'key_id')
