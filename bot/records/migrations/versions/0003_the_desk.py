"""Accounts of staff with their sessions, what staff fill in about a case, and ids beside an entry of the log."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables of the desk."""
    op.add_column("audit", sa.Column("facts", sa.String(255)))
    op.create_index("ix_audit_about", "audit", ["about"])
    op.create_table(
        "case_sheets",
        sa.Column("case_id", sa.String(20), sa.ForeignKey("cases.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("data", sa.Text, nullable=False),
    )
    op.create_table(
        "staff",
        sa.Column("id", sa.String(20), primary_key=True),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("name_hash", sa.String(64), nullable=False, unique=True),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("password", sa.Text, nullable=False),
        sa.Column("must_change", sa.Boolean, nullable=False),
        sa.Column("totp", sa.Text, nullable=False),
        sa.Column("totp_step", sa.Integer, nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("disabled_at", _TIME),
    )
    op.create_table(
        "staff_sessions",
        sa.Column("id_hash", sa.String(64), primary_key=True),
        sa.Column("staff_id", sa.String(20), sa.ForeignKey("staff.id", ondelete="CASCADE"), nullable=False),
        sa.Column("started_at", _TIME, nullable=False),
        sa.Column("used_at", _TIME, nullable=False),
        sa.Column("ends_at", _TIME, nullable=False),
    )
    op.create_index("ix_staff_sessions_staff_id", "staff_sessions", ["staff_id"])
    op.create_index("ix_staff_sessions_ends_at", "staff_sessions", ["ends_at"])
    op.create_table(
        "staff_devices",
        sa.Column("device_hash", sa.String(64), primary_key=True),
        sa.Column("staff_id", sa.String(20), sa.ForeignKey("staff.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("used_at", _TIME, nullable=False),
    )
    op.create_index("ix_staff_devices_used_at", "staff_devices", ["used_at"])
    op.create_table(
        "sign_in_tries",
        sa.Column("key_hash", sa.String(64), primary_key=True),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("last_at", _TIME, nullable=False),
    )
    op.create_index("ix_sign_in_tries_last_at", "sign_in_tries", ["last_at"])


def downgrade() -> None:
    """Drop the tables of the desk. The log then shows every entry with `facts` as changed: its chain holds them."""
    for table in ("sign_in_tries", "staff_devices", "staff_sessions", "staff", "case_sheets"):
        op.drop_table(table)
    op.drop_index("ix_audit_about", "audit")
    with op.batch_alter_table("audit") as audit:
        audit.drop_column("facts")
