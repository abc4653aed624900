"""Where the patterns and the network meet: what stands, what is added, what is asked."""

from __future__ import annotations

import pytest

from bot.clinical.understanding import FlagMention, Mention
from bot.nlp.combine import Limits, join
from bot.nlp.encoder import Heard, Hearing

LIMITS = Limits(
    sign=0.5, sign_beside=0.7, sign_elsewhere=0.6, sign_doubt=0.05, flag=0.5, crisis=0.6, flag_ask=0.2, crisis_ask=0.25,
    flag_doubt=0.1, role=0.6, role_against_cue=0.9,
)  # fmt: skip
ROLES = ("present", "absent", "past", "other", "question")


def heard(label: str, likely: float, role: str = "present", sure: float = 0.9) -> Heard:
    """A label that is heard in a role; the other roles share the rest."""
    rest = (1 - sure) / 4
    return Heard(label, likely, {r: sure if r == role else rest for r in ROLES}, 3, 8)


def joined(
    mentions: list[Mention], flags: list[FlagMention], *found: Heard, crisis: float = 0.0
) -> tuple[list[Mention], list[FlagMention]]:
    return join(mentions, flags, Hearing(found, {"crisis": crisis}), LIMITS)


COUGH = Mention("cough", "present", 0, 5)
DENIED = Mention("cough", "absent", 0, 5, "no")
FIT = FlagMention("seizure", "present", 0, 3)

SIGNS = [
    ("the network adds what it is sure of, at its place", [], [heard("sign:cough", 0.8)], [("cough", "present", 3)]),
    ("... and nothing that it only suspects", [], [heard("sign:cough", 0.4)], []),
    (
        "... and less than that beside what the patterns found",
        [COUGH],
        [heard("sign:cough", 0.9), heard("sign:fever", 0.7)],
        [("cough", "present", 0)],
    ),
    ("... in another role when it is sure of both", [], [heard("sign:cough", 0.9, "past")], [("cough", "past", 3)]),
    ("... not when it is not", [], [heard("sign:cough", 0.6, "past")], []),
    ("what both find keeps the place of the pattern", [COUGH], [heard("sign:cough", 0.9)], [("cough", "present", 0)]),
    ("a look-alike is dropped", [COUGH], [heard("sign:cough", 0.01)], []),
    ("... also one that the network does not hear at all", [COUGH], [], []),
    ("a denial is kept, heard or not", [DENIED], [], [("cough", "absent", 0)]),
    ("without a cue the network's role holds", [COUGH], [heard("sign:cough", 0.9, "other")], [("cough", "other", 0)]),
    ("a cue holds against a weaker doubt", [DENIED], [heard("sign:cough", 0.9, "past", 0.8)], [("cough", "absent", 0)]),
    (
        "... and gives way to certainty",
        [DENIED],
        [heard("sign:cough", 0.9, "present", 0.96)],
        [("cough", "present", 0)],
    ),
]
FLAGS = [
    ("raised when it is likely", [], [heard("flag:seizure", 0.9)], [("seizure", "present", False)]),
    ("asked when it is possible", [], [heard("flag:seizure", 0.4)], [("seizure", "present", True)]),
    ("not raised when it is unlikely", [], [heard("flag:seizure", 0.1)], []),
    ("somebody else's keeps its role", [], [heard("flag:seizure", 0.9, "other")], [("seizure", "other", False)]),
    ("both agree", [FIT], [heard("flag:seizure", 0.9)], [("seizure", "present", False)]),
    ("of the patterns alone: asked, never dropped", [FIT], [], [("seizure", "present", True)]),
    ("of somebody else, when no cue says whose", [FIT], [heard("flag:seizure", 0.9, "other")],
     [("seizure", "other", False)]),
    ("a denial that the network doubts is asked", [FlagMention("seizure", "absent", 0, 3, "no")],
     [heard("flag:seizure", 0.9)], [("seizure", "absent", True)]),
    ("a plain denial stands", [FlagMention("seizure", "absent", 0, 3, "no")],
     [heard("flag:seizure", 0.9, "absent")], [("seizure", "absent", False)]),
]  # fmt: skip


@pytest.mark.parametrize(("why", "mentions", "found", "expected"), SIGNS, ids=[row[0] for row in SIGNS])
def test_signs(why: str, mentions: list[Mention], found: list[Heard], expected: list[tuple[str, str, int]]) -> None:
    """Sign, role and place after both were heard."""
    got = joined(mentions, [], *found)[0]
    assert [(m.sign, m.role, m.start) for m in got] == expected, why


@pytest.mark.parametrize(("why", "flags", "found", "expected"), FLAGS, ids=[row[0] for row in FLAGS])
def test_flags(why: str, flags: list[FlagMention], found: list[Heard], expected: list[tuple[str, str, bool]]) -> None:
    """Flag, role and whether it is asked about; a flag that the patterns see is never lost."""
    got = joined([], flags, *found)[1]
    assert [(f.flag, f.role, f.unclear) for f in got] == expected, why


@pytest.mark.parametrize(("crisis", "raised"), [(0.9, [False]), (0.1, [True]), (0.0, [True])])
def test_self_harm_is_weighed_by_both_heads(crisis: float, raised: list[bool]) -> None:
    """Words of self-harm in a message whose purpose is another are asked about, not taken for a crisis."""
    got = joined([], [], heard("flag:self_harm", 0.6, sure=0.95), crisis=crisis)[1]
    assert [f.unclear for f in got] == raised


def test_a_thermometer_decides_about_fever() -> None:
    """Whatever the network guesses of "37.2 this morning", the reading is known."""
    guess = Hearing((heard("flag:fever_38", 0.9), heard("sign:fever", 0.9), heard("sign:cough", 0.9)), {})
    mentions, flags = join([], [], guess, LIMITS, measured=True)
    assert [m.sign for m in mentions] == ["cough"] and flags == []
