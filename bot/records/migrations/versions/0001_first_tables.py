"""Conversations, cases and the audit log."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)


def _owner() -> sa.Column[sa.String]:
    return sa.Column(
        "conversation_id",
        sa.String(255),
        sa.ForeignKey("conversations.id", ondelete="CASCADE"),
        primary_key=True,
        nullable=False,
    )


def upgrade() -> None:
    """Make every table of the first release."""
    op.create_table(
        "meta",
        sa.Column("key", sa.String(40), primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
    )
    _conversation_tables()
    _case_tables()
    op.create_table(
        "audit",
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("at", sa.String(40), nullable=False),
        sa.Column("what", sa.String(80), nullable=False),
        sa.Column("who", sa.String(80), nullable=False),
        sa.Column("about", sa.String(255), nullable=False),
        sa.Column("prev_hash", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
    )


def _conversation_tables() -> None:
    op.create_table(
        "conversations",
        sa.Column("id", sa.String(255), primary_key=True),
        sa.Column("channel", sa.String(40), nullable=False),
        sa.Column("locale", sa.String(40), nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("updated_at", _TIME, nullable=False),
        sa.Column("expires_at", _TIME, nullable=False),
        sa.Column("closed_at", _TIME),
        sa.Column("keep", sa.Boolean, nullable=False),
        sa.Column("event_count", sa.Integer, nullable=False),
        sa.Column("message_count", sa.Integer, nullable=False),
    )
    op.create_index("ix_conversations_expires_at", "conversations", ["expires_at"])
    op.create_table("states", _owner(), sa.Column("data", sa.Text, nullable=False))
    op.create_table(
        "events",
        _owner(),
        sa.Column("seq", sa.Integer, primary_key=True),
        sa.Column("data", sa.Text, nullable=False),
    )
    op.create_table(
        "messages",
        _owner(),
        sa.Column("seq", sa.Integer, primary_key=True),
        sa.Column("id", sa.String(255), nullable=False),
        sa.Column("author", sa.String(20), nullable=False),
        sa.Column("data", sa.Text, nullable=False),
    )
    op.create_index("ix_messages_id", "messages", ["conversation_id", "id"], unique=True)
    op.create_table(
        "replies",
        _owner(),
        sa.Column("client_hash", sa.String(64), primary_key=True),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("data", sa.Text, nullable=False),
    )
    op.create_index("ix_replies_at", "replies", ["at"])
    op.create_table(
        "resume_codes",
        _owner(),
        sa.Column("code_hash", sa.String(64), nullable=False, unique=True),
        sa.Column("expires_at", _TIME, nullable=False),
    )
    op.create_index("ix_resume_codes_expires_at", "resume_codes", ["expires_at"])


def _case_tables() -> None:
    op.create_table(
        "cases",
        sa.Column("id", sa.String(20), primary_key=True),
        sa.Column("conversation_id", sa.String(255), sa.ForeignKey("conversations.id", ondelete="SET NULL")),
        sa.Column("channel", sa.String(40), nullable=False),
        sa.Column("level", sa.String(20), nullable=False),
        sa.Column("crisis", sa.Boolean, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("reason", sa.Text),
        sa.Column("opened_by", sa.String(80), nullable=False),
        sa.Column("opened_at", _TIME, nullable=False),
        sa.Column("waiting_since", _TIME, nullable=False),
        sa.Column("claimed_by", sa.String(80)),
        sa.Column("claimed_at", _TIME),
        sa.Column("replied_at", _TIME),
        sa.Column("follow_up_at", _TIME),
        sa.Column("closed_by", sa.String(80)),
        sa.Column("closed_at", _TIME),
        sa.Column("outcome", sa.String(40)),
    )
    op.create_index("ix_cases_state", "cases", ["state"])
    still_open = sa.text("state <> 'closed'")
    op.create_index(
        "ix_cases_one_open",
        "cases",
        ["conversation_id"],
        unique=True,
        sqlite_where=still_open,
        postgresql_where=still_open,
    )
    op.create_table(
        "case_notes",
        sa.Column("seq", sa.Integer, primary_key=True),
        sa.Column("case_id", sa.String(20), sa.ForeignKey("cases.id", ondelete="CASCADE"), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("by", sa.String(80), nullable=False),
        sa.Column("data", sa.Text, nullable=False),
    )
    op.create_index("ix_case_notes_case_id", "case_notes", ["case_id"])


def downgrade() -> None:
    """Drop every table, and all that was kept in them."""
    for table in ("audit", "case_notes", "cases", "resume_codes", "replies", "messages", "events", "states"):
        op.drop_table(table)
    op.drop_table("conversations")
    op.drop_table("meta")
