"""Conversations, cases for staff, and the audit log, in one database, with their text encrypted."""

from __future__ import annotations

from bot.records.accounts import ROLES, Account, Credentials, Secrets
from bot.records.apps import OUTBOX_STATES, AppPerson, Reply, Waiting
from bot.records.audit import AuditFault, Entry
from bot.records.case_figures import CaseHistory, Undelivered
from bot.records.case_work import Event
from bot.records.cases import LEVELS, OPEN_STATES, STATES, Case, Note
from bot.records.cipher import Cipher
from bot.records.conversations import CALL, LIVE_STATES, Conversation
from bot.records.desk_settings import HoursChange
from bot.records.messages import StoredReply
from bot.records.retention import PurgeReport, Receipt
from bot.records.sign_ins import Session, Tries
from bot.records.store import Records, Transaction

__all__ = [
    "CALL",
    "LEVELS",
    "LIVE_STATES",
    "OPEN_STATES",
    "OUTBOX_STATES",
    "ROLES",
    "STATES",
    "Account",
    "AppPerson",
    "AuditFault",
    "Case",
    "CaseHistory",
    "Cipher",
    "Conversation",
    "Credentials",
    "Entry",
    "Event",
    "HoursChange",
    "Note",
    "PurgeReport",
    "Receipt",
    "Records",
    "Reply",
    "Secrets",
    "Session",
    "StoredReply",
    "Transaction",
    "Tries",
    "Undelivered",
    "Waiting",
]
