"""Who an account of staff is at a provider of sign-ins."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table of identities."""
    op.create_table(
        "staff_identities",
        sa.Column("issuer", sa.String(255), primary_key=True),
        sa.Column("subject_hash", sa.String(64), primary_key=True),
        sa.Column("staff_id", sa.String(20), sa.ForeignKey("staff.id", ondelete="CASCADE"), nullable=False),
        sa.Column("linked_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_staff_identities_staff_id", "staff_identities", ["staff_id", "issuer"], unique=True)


def downgrade() -> None:
    """Drop the table. Accounts that sign in by the provider alone then need `staff reset`."""
    op.drop_table("staff_identities")
