"""The record as it began: assets, their events and sightings, runs, what deskprov owns, escrow."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes all tables."""
    _assets()
    _asset_history()
    _sightings()
    _runs()
    _run_machines()
    _owned_and_escrow()


def _assets() -> None:
    op.create_table(
        "assets",
        _id(),
        sa.Column("revision", sa.Integer(), nullable=False),
        _moment("created"),
        _moment("updated"),
        _moment("last_seen", nullable=True),
        _flag("practice"),
        *_texts("host", "tag", "serial", "kind", "maker", "model", "uuid", "machine_id"),
        *_optional_texts("host_key", "tag_key", "serial_key"),
        *_data("macs", "accessories"),
        *_texts("funding_source", "purchase_order", "vendor"),
        sa.Column("price", sa.Numeric(12, 2)),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("replacement_year", sa.Integer()),
        *_texts("district", "building", "room", "cart", "slot"),
        *_texts("assigned_to", "language", "agreement", "state"),
        *_optional_texts("person_kind", "condition"),
        *_days("bought", "warranty_end", "checked_out", "due", "checked_in", "agreement_signed", "last_audit"),
        *_data("site_fields"),
        sa.PrimaryKeyConstraint("id", name="pk_assets"),
        sa.UniqueConstraint("host_key", name="uq_assets_host_key"),
        sa.UniqueConstraint("tag_key", name="uq_assets_tag_key"),
    )
    op.create_index("ix_assets_serial_key", "assets", ["serial_key"])


def _asset_history() -> None:
    op.create_table(
        "asset_events",
        _id(),
        _reference("asset_id"),
        _moment("at"),
        *_texts("by", "kind", "text"),
        *_data("detail"),
        sa.Column("chain_hash", sa.String(64)),
        *_constraints("asset_events", asset_id="assets.id"),
    )
    op.create_index("ix_asset_events_asset_id", "asset_events", ["asset_id"])
    op.create_table(
        "fact_changes",
        _id(),
        _reference("asset_id"),
        _moment("at"),
        *_texts("fact"),
        sa.Column("before", sa.JSON()),
        sa.Column("after", sa.JSON()),
        *_constraints("fact_changes", asset_id="assets.id"),
    )
    op.create_index("ix_fact_changes_asset_id", "fact_changes", ["asset_id"])


def _sightings() -> None:
    op.create_table(
        "sightings",
        _reference("asset_id"),
        _moment("at"),
        *_data("facts"),
        sa.PrimaryKeyConstraint("asset_id", name="pk_sightings"),
        sa.ForeignKeyConstraint(["asset_id"], ["assets.id"], name="fk_sightings_asset_id"),
    )
    op.create_table(
        "software",
        _id(),
        _reference("asset_id"),
        *_texts("name", "version"),
        *_seen(),
        *_constraints("software", asset_id="assets.id"),
        sa.UniqueConstraint("asset_id", "name", "version", name="uq_software_asset_id_name_version"),
    )
    op.create_index("ix_software_name", "software", ["name"])
    op.create_table(
        "users",
        _id(),
        _reference("asset_id"),
        *_texts("name", "full_name"),
        _flag("administrator"),
        *_seen(),
        *_constraints("users", asset_id="assets.id"),
        sa.UniqueConstraint("asset_id", "name", name="uq_users_asset_id_name"),
    )


def _runs() -> None:
    op.create_table(
        "runs",
        _id(),
        _moment("at"),
        *_texts("run", "verb", "by", "controller", "release", "site_commit", "process_birth"),
        *_data("targets", "hosts"),
        _flag("dirty"),
        sa.Column("process_id", sa.Integer(), nullable=False),
        *_optional_texts("outcome"),
        _moment("ended", nullable=True),
        sa.Column("chain_hash", sa.String(64)),
        sa.PrimaryKeyConstraint("id", name="pk_runs"),
        sa.UniqueConstraint("run", name="uq_runs_run"),
    )


def _run_machines() -> None:
    op.create_table(
        "run_machines",
        _id(),
        _reference("run_id"),
        sa.Column("asset_id", sa.Integer()),
        *_texts("host", "profile", "profile_hash", "message", "hint"),
        *(_flag(name) for name in ("practice", "verified")),
        sa.Column("seconds", sa.Float(), nullable=False),
        *_optional_texts("outcome"),
        *(_moment(name, nullable=True) for name in ("intended", "ended")),
        *_constraints("run_machines", run_id="runs.id", asset_id="assets.id"),
        sa.UniqueConstraint("run_id", "host", name="uq_run_machines_run_id_host"),
    )
    op.create_index("ix_run_machines_host", "run_machines", ["host"])
    op.create_index("ix_run_machines_asset_id", "run_machines", ["asset_id"])
    op.create_table(
        "run_steps",
        _id(),
        _reference("machine_id"),
        sa.Column("position", sa.Integer(), nullable=False),
        *_texts("resource", "action", "state", "message", "reason"),
        *_optional_texts("status"),
        *(_moment(name, nullable=True) for name in ("started", "ended")),
        _flag("verified"),
        *_constraints("run_steps", machine_id="run_machines.id"),
        sa.UniqueConstraint("machine_id", "resource", name="uq_run_steps_machine_id_resource"),
    )


def _owned_and_escrow() -> None:
    op.create_table(
        "owned",
        _id(),
        _reference("asset_id"),
        *_texts("key", "type", "run"),
        *_data("options"),
        _moment("since"),
        *_constraints("owned", asset_id="assets.id"),
        sa.UniqueConstraint("asset_id", "key", name="uq_owned_asset_id_key"),
    )
    op.create_table(
        "escrow",
        _id(),
        _reference("asset_id"),
        *_texts("purpose", "key_id", "by"),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        _moment("at"),
        _moment("replaced", nullable=True),
        *_constraints("escrow", asset_id="assets.id"),
    )
    op.create_index("ix_escrow_asset_id", "escrow", ["asset_id"])


def _id() -> sa.Column[Any]:
    return sa.Column("id", sa.Integer(), nullable=False)


def _reference(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Integer(), nullable=False)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _seen() -> list[sa.Column[Any]]:
    return [_moment("first_seen"), _moment("last_seen"), _flag("present")]


def _flag(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Boolean(), nullable=False)


def _texts(*names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in names]


def _optional_texts(*names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.Text()) for name in names]


def _data(*names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.JSON(), nullable=False) for name in names]


def _days(*names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.Date()) for name in names]


def _constraints(table: str, **references: str) -> list[sa.Constraint]:
    keys = [
        sa.ForeignKeyConstraint([column], [target], name=f"fk_{table}_{column}")
        for column, target in references.items()
    ]
    return [sa.PrimaryKeyConstraint("id", name=f"pk_{table}"), *keys]
