"""What the table of roles says, the store holds to: a page that forgets to ask cannot let anybody lower a level."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from bot.errors import ClaimConflict, NotAllowed
from bot.records import Records, Secrets
from bot.site import SupportTimes
from bot.snippets import Wording
from desk.roles import ROLES, may

WORDING = Wording("Ring", "Please ring the team.", "A leaflet", date(2024, 9, 1))


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(
    ("action", "do"),
    [
        ("case.lower", lambda store, case: store.lower_level(case, "Anna", "soon", "spoke with her")),
        ("case.raise", lambda store, case: store.raise_level(case, "Anna", "emergency")),
        ("case.reassign", lambda store, case: store.assign(case, "Anna", "Anna")),
    ],
)
def test_the_store_and_the_table_agree(sqlite_records: Records, role: str, action: str, do: Any) -> None:
    """For every role, and what it refuses changes nothing."""
    with sqlite_records.transaction() as store:
        store.add_account("Anna", role, Secrets("$argon2id$hash", "JBSWY3DPEHPK3PXP"), "root")
        case = store.open_case(store.create_conversation("widget", "en").id, "asked", "now", "person")
        before = store.claim(case.id, "Ben")
    try:
        with sqlite_records.transaction() as store:
            do(store, case.id)
    except (NotAllowed, ClaimConflict):
        assert not may(role, action)
        with sqlite_records.reading() as store:
            assert store.case(case.id) == before
    else:
        assert may(role, action)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(
    ("action", "do"),
    [
        ("hours.edit", lambda store, _: store.set_hours(SupportTimes(hours={"mon": {"all_day": True}}), "Anna")),
        ("snippets.edit", lambda store, _: store.add_snippet(WORDING, "Anna")),
        ("snippets.edit", lambda store, known: store.change_snippet(known.id, known.version, WORDING, "Anna")),
        ("snippets.edit", lambda store, known: store.retire_snippet(known.id, "Anna")),
    ],
)
def test_settings_are_the_supervisors_alone(sqlite_records: Records, role: str, action: str, do: Any) -> None:
    """As the table says; somebody else's try changes nothing, and no more does that of a disabled account."""
    with sqlite_records.transaction() as store:
        for name, of in (("Anna", role), ("Boss", "supervisor"), ("Gone", "supervisor")):
            store.add_account(name, of, Secrets("$argon2id$hash", "JBSWY3DPEHPK3PXP"), "root")
        store.disable_account("Gone", "root")
        known = store.add_snippet(WORDING, "Boss")
    allowed = True
    try:
        with sqlite_records.transaction() as store:
            do(store, known)
    except NotAllowed:
        allowed = False
    with sqlite_records.transaction() as store:
        assert allowed == may(role, action) == ((store.snippets(), store.hours()) != ([known], None))
        with pytest.raises(NotAllowed, match="only a supervisor"):
            store.set_hours(SupportTimes(closed_days=[date(2024, 12, 25)]), "Gone")
