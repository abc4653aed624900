"""Reviewed texts that staff put into replies, and what supervisors change at run time; each change is a row of its own."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the two tables."""
    op.create_table(
        "snippets",
        sa.Column("id", sa.String(20), primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("by", sa.String(80), nullable=False),
        sa.Column("retired", sa.Boolean, nullable=False),
        sa.Column("review_by", sa.Date, nullable=False),
        sa.Column("draft", sa.String(40)),
        sa.Column("data", sa.Text, nullable=False),
    )
    op.create_table(
        "desk_settings",
        sa.Column("key", sa.String(40), primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("by", sa.String(80), nullable=False),
        sa.Column("data", sa.Text),
    )


def downgrade() -> None:
    """Drop the two tables; the hours of the site file hold again."""
    op.drop_table("desk_settings")
    op.drop_table("snippets")
