"""The tables of the record. The migrations make them; a test holds both against each other.

The log vouches for every column of the tables that have a `salt` and of their parts (`documents`), NULL aside. So a
migration adds columns to them that may be NULL, or else sets the salt of every row to NULL, so that each is taken in
anew; and whoever writes such a row appends to the log (`chain`).
"""

import secrets

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from deskprov.adapters.database.columns import AnyText, Data, Money, Texts, UtcDateTime, Word
from deskprov.model.asset import AssetKind, Condition, LifeState, PersonKind
from deskprov.model.escrow import EscrowAct, EscrowState
from deskprov.model.history import EventKind
from deskprov.model.result import Outcome, Status
from deskprov.model.run import StepState

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def new_salt() -> str:
    """32 random hexadecimal digits."""
    return secrets.token_hex(16)


def _salt() -> Column[str]:
    """Made anew whenever the row is written."""
    return Column("salt", Text, default=new_salt, onupdate=new_salt)


assets = Table(
    "assets",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("revision", Integer, nullable=False),
    Column("created", UtcDateTime, nullable=False),
    Column("updated", UtcDateTime, nullable=False),
    Column("last_seen", UtcDateTime),
    Column("practice", Boolean, nullable=False),
    # identity; the keys are the names without upper and lower case, NULL when there is none
    Column("host", AnyText, nullable=False),
    Column("host_key", Text, unique=True),
    Column("tag", AnyText, nullable=False),
    Column("tag_key", Text, unique=True),
    Column("serial", AnyText, nullable=False),
    Column("serial_key", Text, index=True),
    Column("kind", Word(AssetKind), nullable=False),
    Column("maker", AnyText, nullable=False),
    Column("model", AnyText, nullable=False),
    Column("uuid", AnyText, nullable=False),
    Column("machine_id", AnyText, nullable=False),
    Column("macs", Texts, nullable=False),
    Column("accessories", Texts, nullable=False),
    # money
    Column("funding_source", AnyText, nullable=False),
    Column("purchase_order", AnyText, nullable=False),
    Column("vendor", AnyText, nullable=False),
    Column("price", Money),
    Column("currency", String(3), nullable=False),
    Column("bought", Date),
    Column("warranty_end", Date),
    Column("replacement_year", Integer),
    # place
    Column("district", AnyText, nullable=False),
    Column("building", AnyText, nullable=False),
    Column("room", AnyText, nullable=False),
    Column("cart", AnyText, nullable=False),
    Column("slot", AnyText, nullable=False),
    # people
    Column("assigned_to", AnyText, nullable=False),
    Column("person_kind", Word(PersonKind)),
    Column("language", AnyText, nullable=False),
    Column("checked_out", Date),
    Column("due", Date),
    Column("checked_in", Date),
    Column("condition", Word(Condition)),
    Column("agreement", AnyText, nullable=False),
    Column("agreement_signed", Date),
    # life
    Column("state", Word(LifeState), nullable=False),
    Column("last_audit", Date),
    # what the site itself defines
    Column("site_fields", Data, nullable=False),
    _salt(),
)

# notes, moves, check-outs, repairs, wipes, audits and edits: only ever added to
asset_events = Table(
    "asset_events",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("asset_id", ForeignKey(assets.c.id), nullable=False, index=True),
    Column("at", UtcDateTime, nullable=False),
    Column("by", AnyText, nullable=False),
    Column("kind", Word(EventKind), nullable=False),
    Column("text", AnyText, nullable=False),
    Column("detail", Data, nullable=False),
    _salt(),
)

sightings = Table(
    "sightings",
    metadata,
    Column("asset_id", ForeignKey(assets.c.id), primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("facts", Data, nullable=False),
)

fact_changes = Table(
    "fact_changes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("asset_id", ForeignKey(assets.c.id), nullable=False, index=True),
    Column("at", UtcDateTime, nullable=False),
    Column("fact", Text, nullable=False),
    Column("before", Data),
    Column("after", Data),
)

software = Table(
    "software",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("asset_id", ForeignKey(assets.c.id), nullable=False),
    Column("name", AnyText, nullable=False, index=True),
    Column("version", AnyText, nullable=False),
    Column("first_seen", UtcDateTime, nullable=False),
    Column("last_seen", UtcDateTime, nullable=False),
    Column("present", Boolean, nullable=False),
    UniqueConstraint("asset_id", "name", "version"),
)

users = Table(
    "users",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("asset_id", ForeignKey(assets.c.id), nullable=False),
    Column("name", AnyText, nullable=False),
    Column("full_name", AnyText, nullable=False),
    Column("administrator", Boolean, nullable=False),
    Column("first_seen", UtcDateTime, nullable=False),
    Column("last_seen", UtcDateTime, nullable=False),
    Column("present", Boolean, nullable=False),
    UniqueConstraint("asset_id", "name"),
)

runs = Table(
    "runs",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("run", AnyText, nullable=False, unique=True),
    Column("verb", AnyText, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("by", AnyText, nullable=False),
    Column("controller", AnyText, nullable=False),
    Column("release", Text, nullable=False),
    Column("targets", Texts, nullable=False),
    Column("hosts", Texts, nullable=False),
    Column("site_commit", Text, nullable=False),
    Column("dirty", Boolean, nullable=False),
    Column("asked", Data),
    Column("continues", AnyText),
    Column("process_id", Integer, nullable=False),
    Column("process_birth", Text, nullable=False),
    Column("outcome", Word(Outcome)),
    Column("ended", UtcDateTime),
    # the plan file that it carried out, if it was one
    Column("plan_digest", Text),
    Column("plan_by", AnyText),
    Column("plan_made", UtcDateTime),
    _salt(),
)

run_machines = Table(
    "run_machines",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("run_id", ForeignKey(runs.c.id), nullable=False),
    Column("host", AnyText, nullable=False),
    Column("asset_id", ForeignKey(assets.c.id), index=True),
    Column("profile", AnyText, nullable=False),
    Column("profile_hash", Text, nullable=False),
    Column("practice", Boolean, nullable=False),
    Column("intended", UtcDateTime),
    Column("outcome", Word(Outcome)),
    Column("verified", Boolean, nullable=False),
    Column("seconds", Float, nullable=False),
    Column("message", AnyText, nullable=False),
    Column("hint", AnyText, nullable=False),
    Column("ended", UtcDateTime),
    _salt(),
    UniqueConstraint("run_id", "host"),
    Index(None, "host"),
)

run_steps = Table(
    "run_steps",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("machine_id", ForeignKey(run_machines.c.id), nullable=False),
    Column("position", Integer, nullable=False),
    Column("resource", AnyText, nullable=False),
    Column("action", Text, nullable=False),
    Column("state", Word(StepState), nullable=False),
    Column("started", UtcDateTime),
    Column("ended", UtcDateTime),
    Column("status", Word(Status)),
    Column("verified", Boolean, nullable=False),
    Column("message", AnyText, nullable=False),
    Column("reason", AnyText, nullable=False),
    UniqueConstraint("machine_id", "resource"),
)

# what deskprov has set on a machine and not removed since
owned = Table(
    "owned",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("asset_id", ForeignKey(assets.c.id), nullable=False),
    Column("key", AnyText, nullable=False),
    Column("type", Text, nullable=False),
    Column("options", Data, nullable=False),
    Column("run", AnyText, nullable=False),
    Column("since", UtcDateTime, nullable=False),
    UniqueConstraint("asset_id", "key"),
)

# secrets of the site and passwords of machines' own, sealed to the site's public keys; never exported
escrow = Table(
    "escrow",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("asset_id", ForeignKey(assets.c.id), index=True),  # NULL for a secret of the site
    Column("purpose", AnyText, nullable=False),
    Column("state", Word(EscrowState), nullable=False),
    Column("mark", Text, nullable=False),
    Column("keys", Texts, nullable=False),
    Column("sealed", LargeBinary),  # NULL once burned
    Column("at", UtcDateTime, nullable=False),
    Column("by", AnyText, nullable=False),
    Column("ended", UtcDateTime),
    _salt(),
)

# what was done with secrets of the site; that of machines is in asset_events
escrow_events = Table(
    "escrow_events",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("by", AnyText, nullable=False),
    Column("act", Word(EscrowAct), nullable=False),
    Column("key", AnyText, nullable=False),
    Column("reason", AnyText, nullable=False),
    _salt(),
)

# every change in the order it happened, each entry chained to the one before it; only ever added to
log = Table(
    "log",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", Text, nullable=False),  # as it was hashed
    Column("kind", Text, nullable=False),
    Column("about", Text, nullable=False),
    Column("row_id", Integer, nullable=False),
    Column("digest", Text, nullable=False),
    Column("previous", Text, nullable=False),
    Column("hash", Text, nullable=False),
    Index(None, "about", "row_id"),
)
