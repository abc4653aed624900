"""Each rule of `python -m bot check` is proven by a copy of the real content with one thing broken."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from bot.content import check as check_module
from bot.content.check import Fault, check_content, report
from bot.content.wording import NEVER_SHOWN

Swap = Callable[[str, str, str], Path]
BEFORE_EXPIRY = date(2026, 12, 1)


def new_faults(root: Path, seeds: Path | None, clean: frozenset[Fault]) -> list[Fault]:
    """What the broken copy adds to the report of the real content."""
    return [fault for fault in check_content(root, seeds, today=BEFORE_EXPIRY) if fault not in clean]


def test_real_content_is_clean(seeds: Path) -> None:
    """The content of the checkout has no fault."""
    faults = check_content(None, seeds, strict_seeds=True, today=BEFORE_EXPIRY)
    assert not faults, "\n".join(map(str, faults))


#: (what is broken, file, words, the words that replace them, where the fault is, what it says)
BROKEN = [
    (
        "a cited term that the section does not hold",
        "signs/chills.yml",
        "terms: [chills]",
        "terms: [hiccups]",
        "signs/chills.yml",
        "hiccups",
    ),
    (
        "a section that does not exist",
        "topics/car_t.yml",
        "section: Potential future treatment",
        "section: Future treatments",
        "topics/car_t.yml",
        "no section",
    ),
    (
        "an unknown source",
        "topics/car_t.yml",
        "source: blood_cancer_uk_all",
        "source: nobody",
        "topics/car_t.yml",
        "`nobody`",
    ),
    (
        "a copied sentence",
        "topics/car_t.yml",
        "I cannot say who can have it, or where.",
        "T cells are removed from the body and altered in a lab to make them more effective.",
        "topics/car_t.yml",
        "word for word",
    ),
    (
        "a copied term of a list",
        "left_out.yml",
        'terms: ["Sepsis (low levels of white blood cells)"]',
        'terms: ["Sepsis of"]',
        "left_out.yml",
        "do not stand",
    ),
    (
        "an unknown sign in `with`",
        "signs/fatigue.yml",
        "signs: [breathlessness, bleeding]",
        "signs: [breathlessness, bleding]",
        "signs/fatigue.yml",
        "`bleding`",
    ),
    (
        "an unknown flag of an option",
        "signs/bleeding.yml",
        "flag: uncontrolled_bleeding",
        "flag: bleeding_lots",
        "signs/bleeding.yml",
        "`bleeding_lots`",
    ),
    (
        "a reserved id of an option",
        "signs/bleeding.yml",
        "id: heavy_period",
        "id: skip",
        "signs/bleeding.yml",
        "reserved",
    ),
    ("an unknown sign on a page", "steps.yml", "signs: [headache,", "signs: [headake,", "steps.yml", "`headake`"),
    ("an unknown flag on a screen", "steps.yml", "flags: [sepsis_look,", "flags: [sepsis,", "steps.yml", "`sepsis`"),
    (
        "a page that disagrees with the sign",
        "signs/cough.yml",
        "page: blood",
        "page: head",
        "signs/cough.yml",
        "page_blood",
    ),
    (
        "a page left out of an order",
        "steps.yml",
        "myeloma: [page_bones, page_blood, page_body, page_head]",
        "myeloma: [page_bones, page_blood, page_body]",
        "steps.yml",
        "page_head",
    ),
    (
        "a screen that disagrees with the flag",
        "red_flags/seizure.yml",
        "screen: right_now_1",
        "screen: right_now_2",
        "red_flags/seizure.yml",
        "right_now_1",
    ),
    (
        "a choice that the core waits for",
        "steps.yml",
        "{id: cannot_call,",
        "{id: cannot_cal,",
        "steps.yml",
        "`cannot_call` is missing",
    ),
    (
        "a choice that nobody answers",
        "steps.yml",
        "{id: very, label: Very worried}",
        "{id: awfully, label: Very worried}",
        "steps.yml",
        "no answer to the choice `awfully`",
    ),
    (
        "a step without its reason",
        "steps.yml",
        "      why: These signs need help at once. So I ask about them before all else.\n",
        "",
        "steps.yml",
        "why",
    ),
    (
        "a phrase that the code says",
        "phrases.yml",
        "  page_more:",
        "  page_moar:",
        "phrases.yml",
        "`page_more` is said by",
    ),
    (
        "a phrase that nobody says",
        "phrases.yml",
        "  page_more:",
        "  more_lines: {text: More.}\n  page_more:",
        "phrases.yml",
        "never said",
    ),
    (
        "a key that stands twice",
        "phrases.yml",
        "  page_more:",
        "  page_more: {text: More.}\n  page_more:",
        "phrases.yml",
        "again in line",
    ),
    (
        "a voice that stands twice",
        "signs/weight_loss.yml",
        "    parent: Has",
        "    parent: Does your child shrink?\n    parent: Has",
        "signs/weight_loss.yml",
        "sign.question.parent",
    ),
    ("a name of the review", "phrases.yml", "  name_worry:", "  nmae_worry:", "phrases.yml", "name_worry"),
    (
        "a grade above 6",
        "phrases.yml",
        "text: Is there anything else on this list?",
        "text: Additionally, individuals experiencing supplementary manifestations should communicate comprehensively.",
        "phrases.yml",
        "reads at grade",
    ),
    (
        "a hard screen of easy lines",
        "signs/bleeding.yml",
        "label: It stops, but keeps coming back",
        "label: Intermittent gastrointestinal haemorrhage necessitating hospitalisation and anticoagulation",
        "signs/bleeding.yml",
        "reads at grade",
    ),
    (
        "a voice made by pronouns",
        "signs/weight_loss.yml",
        "    parent: Has your child lost weight, and you do not know why?",
        "    parent: Has your child lost weight without trying to?",
        "signs/weight_loss.yml",
        "other pronouns",
    ),
    (
        "a voice for another reader",
        "signs/weight_loss.yml",
        "    parent: Has your child lost weight, and you do not know why?",
        "    parent: Has the person you care for become thin, and you do not know why?",
        "signs/weight_loss.yml",
        "another reader",
    ),
    (
        "one text about the patient's body",
        "phrases.yml",
        "text: Is there anything else on this list?",
        "text: Is there anything new with your skin?",
        "phrases.yml",
        "one text for all voices",
    ),
    (
        "a placeholder that nobody fills",
        "phrases.yml",
        "text: Is there anything else on this list?",
        "text: Is there more on {page}?",
        "phrases.yml",
        "`{page}`",
    ),
    (
        "a placeholder in one voice only",
        "phrases.yml",
        "self: I have noticed {signs}.",
        "self: I have noticed these signs.",
        "phrases.yml",
        "same placeholders",
    ),
    (
        "a number that is no contact",
        "phrases.yml",
        "text: Is there anything else on this list?",
        "text: You can ring 0800 123 4567.",
        "phrases.yml",
        "0800 123 4567",
    ),
    (
        "a wrong emergency number",
        "phrases.yml",
        "text: Is there anything else on this list?",
        "text: Call 998 now.",
        "phrases.yml",
        "998",
    ),
    (
        "the referral line of a hospital",
        "phrases.yml",
        "text: Is there anything else on this list?",
        f"text: You can ring {NEVER_SHOWN}.",
        "phrases.yml",
        "referrals",
    ),
    (
        "the referral line as a contact",
        "contacts.yml",
        'phone: "116 123"',
        f'phone: "{NEVER_SHOWN}"',
        "contacts.yml",
        "referrals",
    ),
    (
        "a number not as printed",
        "contacts.yml",
        'phone: "0808 2080 888"',
        'phone: "0808 208 0888"',
        "contacts.yml",
        "exactly as printed",
    ),
    (
        "a sentence that reassures",
        "phrases.yml",
        "text: Is there anything else on this list?",
        "text: That is normal.",
        "phrases.yml",
        "reassuring",
    ),
    ("a place without a name", "phrases.yml", "place_left_hip:", "place_hip:", "phrases.yml", "place_left_hip"),
    ("no crisis", "red_flags/self_harm.yml", "crisis: true", "crisis: false", "red_flags/self_harm.yml", "crisis"),
    (
        "no set for other countries",
        "contacts.yml",
        "code: international",
        "code: elsewhere",
        "contacts.yml",
        "every other country",
    ),
    (
        "a level without words",
        "urgency.yml",
        "    soon:\n      title:",
        "    emergency:\n      title:",
        "urgency.yml",
        "level",
    ),
]


@pytest.mark.parametrize(("what", "file", "old", "new", "where", "says"), BROKEN, ids=[row[0] for row in BROKEN])
def test_rule_reports(
    what: str, file: str, old: str, new: str, where: str, says: str, swap: Swap, seeds: Path, clean: frozenset[Fault]
) -> None:
    """One thing broken is reported, with the file and a mend."""
    found = [
        fault for fault in new_faults(swap(file, old, new), seeds, clean) if fault.file == where and says in str(fault)
    ]
    assert found, f"{what}: not reported"
    assert all(fault.mend or "schema.py" in fault.problem for fault in found)


@pytest.mark.parametrize(
    ("folder", "name"),
    [("signs", "petechiae"), ("signs", "low_mood"), ("red_flags", "overdose")],
)
def test_missing_entry(folder: str, name: str, copy: Path, seeds: Path, clean: frozenset[Fault]) -> None:
    """A sign or red flag whose file is gone is named."""
    (copy / folder / f"{name}.yml").unlink()
    assert any(f"`{name}` is missing" in fault.problem for fault in new_faults(copy, seeds, clean))


def test_listed_sign_must_be_used(copy: Path, seeds: Path, clean: frozenset[Fault]) -> None:
    """A line of the lists of the documents that no sign cites any more is reported with its words."""
    (copy / "signs" / "petechiae.yml").unlink()
    assert any(
        "Pinpoint spots" in fault.problem and "left_out.yml" in fault.mend for fault in new_faults(copy, seeds, clean)
    )


def test_sign_in_the_middle_of_a_line(swap: Swap, seeds: Path, clean: frozenset[Fault]) -> None:
    """A line that names three signs is not covered by one of them."""
    root = swap(
        "signs/vision_problems.yml", "section: Organ or Tissue Involvement", "section: Blood Cell Deficiency Symptoms"
    )
    assert any("`vision problems`" in fault.problem for fault in new_faults(root, seeds, clean))


def test_missing_seeds(copy: Path) -> None:
    """Without the documents a warning is given; when strict, a fault."""
    loose = [f for f in check_content(copy, None, today=BEFORE_EXPIRY) if "not at hand" in f.problem]
    strict = [
        f for f in check_content(copy, None, strict_seeds=True, today=BEFORE_EXPIRY) if "not at hand" in f.problem
    ]
    assert [f.warning for f in loose] == [True]
    assert [f.warning for f in strict] == [False]


def test_missing_document(copy: Path, tmp_path: Path) -> None:
    """An empty seeds folder does not pass for a checked one."""
    empty = tmp_path / "seeds"
    empty.mkdir()
    faults = check_content(copy, empty, today=BEFORE_EXPIRY)
    assert sum("is not in the seeds folder" in fault.problem for fault in faults) == 5


def test_ci_is_strict(monkeypatch: pytest.MonkeyPatch, copy: Path) -> None:
    """With CI=true the check fails when the documents are missing."""
    monkeypatch.setenv("CI", "true")
    monkeypatch.setattr(check_module, "seeds_folder", lambda: None)
    text, status = report(copy, None, strict=False)
    assert status == 1
    assert "SIGNPOST_SEEDS" in text


def test_expired_review_is_a_warning(copy: Path, seeds: Path, clean: frozenset[Fault]) -> None:
    """A review whose date has passed warns for each file, and breaks nothing."""
    faults = [f for f in check_content(copy, seeds, today=date(2030, 1, 1)) if f not in clean]
    assert faults
    assert all(fault.warning and fault.key == "review_by" for fault in faults)


def test_loader_faults_come_through(copy: Path, seeds: Path) -> None:
    """Content that does not load is reported with file and key, and nothing else is claimed."""
    (copy / "urgency.yml").unlink()
    faults = check_content(copy, seeds)
    assert [fault.file for fault in faults] == ["urgency.yml"]
