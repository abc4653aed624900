"""What a role may do at the desk: one table. Whatever does not stand in it is denied."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, get_args

Role = Literal["helper", "clinician", "supervisor"]
Action = Literal[
    "queue.view",
    "case.view",
    "case.claim",
    "case.reply",
    "case.note",
    "case.raise",
    "case.lower",
    "case.assign",
    "case.reassign",  # take a case from whoever has it
    "case.release",
    "case.follow_up",
    "case.close",
    "case.sheet",
    "case.export",
    "call.open",
    "practice.use",
    "accounts.manage",
    "hours.edit",
    "snippets.edit",
    "counts.view",
    "content.view",
    "log.verify",
]

ROLES: tuple[Role, ...] = get_args(Role)
ACTIONS: tuple[Action, ...] = get_args(Action)

#: Work on cases that needs no clinical judgement: facts are asked and noted, and a level may only go up.
_FACTS: frozenset[Action] = frozenset(
    {
        "queue.view",
        "case.view",
        "case.claim",
        "case.reply",
        "case.note",
        "case.raise",
        "case.assign",
        "case.release",
        "case.follow_up",
        "case.close",
        "case.sheet",
        "case.export",
        "call.open",
        "practice.use",
    }
)

#: A supervisor can step in for a case that is overdue, with a helper's rights: running the service is not clinical.
TABLE: Mapping[Role, frozenset[Action]] = MappingProxyType(
    {
        "helper": _FACTS,
        "clinician": _FACTS | {"case.lower"},
        "supervisor": _FACTS
        | {
            "case.reassign",
            "accounts.manage",
            "hours.edit",
            "snippets.edit",
            "counts.view",
            "content.view",
            "log.verify",
        },
    }
)


def may(role: str, action: str) -> bool:
    """Whether somebody of a role may do something. A role or an action that is not in the table is denied."""
    return any(role == known and action in actions for known, actions in TABLE.items())
