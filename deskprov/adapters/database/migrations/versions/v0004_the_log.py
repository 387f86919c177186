"""The log: what was recorded before it is adopted as it is, because its rows have no salt yet."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_TEXTS = ("at", "kind", "about", "digest", "previous", "hash")


def upgrade() -> None:
    """Makes the log and the salts, takes away two columns that nothing wrote, and lets a run say which plan it was."""
    op.create_table(
        "log",
        sa.Column("number", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("row_id", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in _TEXTS),
        sa.PrimaryKeyConstraint("number", name="pk_log"),
    )
    op.create_index("ix_log_about_row_id", "log", ["about", "row_id"])
    for table in ("runs", "asset_events"):
        op.drop_column(table, "chain_hash")
    for table in ("assets", "asset_events", "runs", "run_machines", "escrow_events"):
        op.add_column(table, sa.Column("salt", sa.Text()))
    for name in ("plan_digest", "plan_by"):
        op.add_column("runs", sa.Column(name, sa.Text()))
    op.add_column("runs", sa.Column("plan_made", sa.DateTime(timezone=True)))
