"""What a run was asked for, and which run it goes on with, so that one that was broken off can be continued."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds both to `runs`; earlier runs have neither."""
    op.add_column("runs", sa.Column("asked", sa.JSON()))
    op.add_column("runs", sa.Column("continues", sa.Text()))
