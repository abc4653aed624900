"""The table of roles: what each may do, and that everything else is denied."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.records import ROLES as STORED_ROLES
from desk.roles import ACTIONS, ROLES, TABLE, may


def test_the_roles_are_those_of_accounts() -> None:
    """An account cannot have a role that the table does not know, nor the other way about."""
    assert set(ROLES) == set(STORED_ROLES) == set(TABLE)


@pytest.mark.parametrize(
    ("action", "roles"),
    [
        ("case.view", {"helper", "clinician", "supervisor"}),
        ("case.raise", {"helper", "clinician", "supervisor"}),
        ("case.lower", {"clinician"}),
        ("case.reassign", {"supervisor"}),
        ("accounts.manage", {"supervisor"}),
        ("hours.edit", {"supervisor"}),
        ("snippets.edit", {"supervisor"}),
        ("counts.view", {"supervisor"}),
        ("content.view", {"supervisor"}),
    ],
)
def test_who_may_do_it(action: str, roles: set[str]) -> None:
    """Lowering is clinical; running the service is the supervisor's; facts are everybody's."""
    assert {role for role in ROLES if may(role, action)} == roles


def test_every_action_is_somebodys() -> None:
    """An action that nobody may do would be a page that nobody can open."""
    assert [action for action in ACTIONS if not any(may(role, action) for role in ROLES)] == []


@given(role=st.text() | st.sampled_from(ROLES), action=st.text() | st.sampled_from(ACTIONS))
def test_what_is_not_in_the_table_is_denied(role: str, action: str) -> None:
    """Unknown roles and unknown actions get nothing."""
    assert may(role, action) is (role in TABLE and action in TABLE[role])
