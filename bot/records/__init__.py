"""Conversations, cases for staff, and the audit log, in one database, with their text encrypted."""

from __future__ import annotations

from bot.records.audit import AuditFault
from bot.records.cases import LEVELS, OPEN_STATES, STATES, Case, Note
from bot.records.cipher import Cipher
from bot.records.conversations import LIVE_STATES, Conversation
from bot.records.messages import StoredReply
from bot.records.retention import PurgeReport, Receipt
from bot.records.store import Records, Transaction

__all__ = [
    "LEVELS",
    "LIVE_STATES",
    "OPEN_STATES",
    "STATES",
    "AuditFault",
    "Case",
    "Cipher",
    "Conversation",
    "Note",
    "PurgeReport",
    "Receipt",
    "Records",
    "StoredReply",
    "Transaction",
]
