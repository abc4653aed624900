"""People of messaging apps, what was received from apps, and what is to be sent to them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables of messaging apps."""
    op.create_table(
        "app_people",
        sa.Column(
            "conversation_id",
            sa.String(255),
            sa.ForeignKey("conversations.id", ondelete="CASCADE"),
            primary_key=True,
            nullable=False,
        ),
        sa.Column("person", sa.String(64), nullable=False, unique=True),
        sa.Column("app", sa.String(40), nullable=False),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("question", sa.Text),
        sa.Column("heard_at", _TIME, nullable=False),
    )
    op.create_table(
        "received",
        sa.Column("id_hash", sa.String(64), primary_key=True),
        sa.Column("at", _TIME, nullable=False),
    )
    op.create_index("ix_received_at", "received", ["at"])
    op.create_table(
        "inbox",
        sa.Column("seq", sa.Integer, primary_key=True),
        sa.Column("person", sa.String(64), nullable=False),
        sa.Column("app", sa.String(40), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("data", sa.Text, nullable=False),
        sa.Column("worker", sa.String(40)),
        sa.Column("worker_until", _TIME),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_inbox_person", "inbox", ["person", "seq"])
    op.create_table(
        "outbox",
        sa.Column("seq", sa.Integer, primary_key=True),
        sa.Column("lane", sa.String(64), nullable=False),
        sa.Column("app", sa.String(40), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("parts_sent", sa.Integer, nullable=False),
        sa.Column("next_at", _TIME, nullable=False),
        sa.Column("reason", sa.String(40)),
        sa.Column("data", sa.Text),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_outbox_lane", "outbox", ["lane", "seq"])
    op.create_index("ix_outbox_state", "outbox", ["state", "app"])


def downgrade() -> None:
    """Drop the tables of messaging apps, with what waits in them."""
    for table in ("outbox", "inbox", "received", "app_people"):
        op.drop_table(table)
