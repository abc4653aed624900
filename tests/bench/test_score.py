"""The scoring of `make bench-nlu`, on rows made up for it."""

from __future__ import annotations

import json
from dataclasses import asdict

import pytest

from bench.nlu import score, sets, table
from bench.nlu.plain_words import FLAGS, SIGNS, named
from bench.nlu.said import Ask, Said, said
from bench.nlu.score import Lowest, Share
from bench.nlu.starter_data import Mark, apart, marked
from bench.nlu.systems.word_list import role_at
from training import messages


def signs_row(number: int, *mentions: tuple[str, str]) -> dict:
    listed = [{"sign": sign, "role": role} for sign, role in mentions]
    return {"id": f"x{number}", "text": "", "mentions": listed, "red_flags": [], "red_flag_mentions": []}


def flags_row(name: str, *flags: str) -> dict:
    listed = [{"flag": flag, "role": "present"} for flag in flags]
    return {"id": name, "text": "", "red_flags": list(flags), "red_flag_mentions": listed}


def test_an_answer_survives_its_line():
    answer = Said(signs=(("fever", "past"),), flags=(("seizure", "absent", True),), intent="inform", ms=1.5)
    assert said(json.dumps(asdict(answer))) == answer


def test_precision_recall_and_f1_are_micro():
    found = score.found([({"a", "b"}, {"a"}), ({"a"}, {"a", "c"})])
    assert found == (2, 1, 1)
    assert found.precision == found.recall == Share(2, 3)
    assert found.f1 == pytest.approx(2 / 3)


def test_nothing_there_and_nothing_found_is_no_division_by_zero():
    found = score.found([(set(), set())])
    assert (found.f1, found.recall.value) == (0, 0)
    assert score.lowest({}) == Lowest(Share(0, 0), "")


def test_lay_symptoms_leave_open_ids_out_both_ways_and_ours_too():
    row = {"id": "1", "signs": ["cough"], "maybe": ["fever", "cough"], "red_flags": []}
    figures = score.lay_symptoms([(row, Said(signs=(("fever", "present"), ("back_pain", "present"))))])
    assert figures["signs present, precision"] == Share(0, 0)
    assert figures["signs present, recall"] == Share(0, 1)


@pytest.mark.parametrize(
    ("label", "role", "right"),
    [
        ("absent", "absent", 1), ("absent", "past", 1), ("absent", "present", 0), ("absent", None, 0),
        ("present", "past", 1), ("present", None, 1), ("present", "absent", 0),
    ],
)  # fmt: skip
def test_negation_knows_absent_and_the_rest(label, role, right):
    figures = score.negation([({"subset": "patient_language", "label": label}, Said(role=role))])
    assert figures["patients' words"] == Share(right, 1)
    assert figures["clinicians' notes"] == Share(0, 0)


@pytest.mark.parametrize(
    ("gold", "got", "right"),
    [
        ("past", "absent", True), ("past", "past", True), ("absent", "past", False), ("present", "present", True),
        ("other", "present", False), ("other", None, False),
    ],
)  # fmt: skip
def test_roles_take_absent_for_past_but_not_past_for_absent(gold, got, right):
    assert score.RolePair("sign", "fever", gold, got).right is right


def test_a_sign_present_in_one_place_is_present():
    answer = Said(signs=(("fever", "absent"), ("fever", "present")))
    (pair,) = score.roles(signs_row(1, ("fever", "absent")), answer)
    assert pair.got == "present"


def test_several_roles_of_one_sign_are_compared_one_by_one():
    answer = Said(signs=(("fever", "absent"), ("fever", "present")))
    assert all(pair.right for pair in score.roles(signs_row(1, ("fever", "past"), ("fever", "present")), answer))


def test_role_shares_with_and_without_what_was_not_found():
    rows = [(signs_row(1, ("fever", "other"), ("cough", "present")), Said(signs=(("fever", "other"),)))]
    figures = score.heldout_signs(rows)
    assert figures["role, mentions found"] == Share(1, 1)
    assert figures["role, all mentions"] == Share(1, 2)
    assert figures["lowest recall of a sign"] == Lowest(Share(0, 1), "cough")


def test_a_flag_counts_as_raised_only_where_it_is_present_and_not_asked_about():
    answer = Said(flags=(("seizure", "present", True), ("collapse", "absent", False), ("overdose", "present", False)))
    assert (answer.raised, answer.asked) == ({"overdose"}, {"seizure"})


def test_missed_flags_that_are_asked_about_and_false_alarms():
    figures = score.heldout_flags(
        [
            (flags_row("x1", "seizure", "collapse"), Said(flags=(("seizure", "absent", True),))),
            (flags_row("x2"), Said(flags=(("seizure", "present", False),))),
            (flags_row("x3"), Said(flags=(("seizure", "question", True),))),
            (flags_row("x4"), Said()),
        ]
    )
    assert figures["red flags, recall"] == Share(0, 2)
    assert figures["missed red flags that are asked about"] == Share(1, 2)
    assert figures["red flags raised or asked about"] == Share(1, 2)
    assert figures["rows without a red flag on which one is raised"] == Share(1, 3)
    assert figures["rows without a red flag on which one is only asked about"] == Share(1, 3)


def test_an_allowed_flag_is_no_false_alarm_but_another_one_is():
    figures = [
        score.heldout_flags([(flags_row("f170"), Said(flags=((flag, "present", False),)))])
        for flag in ("collapse", "seizure")
    ]
    name = "rows without a red flag on which one is raised"
    assert [f[name] for f in figures] == [Share(0, 1), Share(1, 1)]


def test_crisis_by_intent_or_flag_and_distress_is_no_false_alarm():
    pairs = [
        ({"crisis": True}, Said(intent="crisis")),
        ({"crisis": True}, Said(flags=(("self_harm", "present", False),))),
        ({"crisis": False, "kind": "distress"}, Said(intent="crisis")),
        ({"crisis": False, "kind": "other"}, Said()),
    ]
    assert score.crisis(pairs) == {"recall": Share(2, 2), "false alarms": Share(0, 1)}


def test_a_system_without_intents_has_no_figure_for_them():
    assert score.intents([({"intent": "greet"}, Said())]) == {}
    assert score.yesno([({"label": "yes", "domain": "health"}, Said())]) == {}
    assert score.intents([({"intent": "greet"}, Said(intent="greet"))]) == {"intent": Share(1, 1)}


def test_out_of_scope_texts_with_anything_found_are_false_alarms():
    quiet = Said(signs=(("fever", "absent"),), intent="out_of_scope")
    assert score.oos([({}, quiet), ({}, Said(intent="emergency"))]) == {"false alarms": Share(1, 2)}


def test_misses_begin_with_what_could_cost_most():
    crisis = score.misses("heldout/crisis", [({"id": "c1", "crisis": True}, Said())])
    asked = (flags_row("f1", "seizure", "collapse"), Said(flags=(("seizure", "absent", True),)))
    intent = score.misses("heldout/intents", [({"id": "i1", "intent": "greet"}, Said(intent="thanks"))])
    ordered = sorted([*intent, *score.misses("heldout/flags", [asked]), *crisis])
    assert [m.what for m in ordered] == [
        "crisis not seen", "collapse not seen", "seizure only asked about", "greet, read thanks",
    ]  # fmt: skip


def test_only_rows_with_known_texts_are_quoted():
    listed = table.worst([score.Miss(0, "eval/crisis", "c1", "x")], {("heldout/crisis", "c1"): "secret"})
    assert "c1" in listed and "secret" not in listed


def test_the_table_has_a_row_for_each_measure_and_a_dash_for_what_a_system_lacks():
    rows = [{"id": "i1", "text": "hi", "intent": "greet"}]
    answers = {"heldout/intents": (rows, {"ours": [Said(intent="greet", ms=2)], "word_list": [Said(ms=1)]})}
    lines = table.table(answers, ("ours", "word_list")).splitlines()
    assert lines[2] == "| heldout/intents | intent | ≥ 0.93 | 1.000 (1/1) | - |"
    assert "| time | median, ms | - | 2.00 | 1.00 |" in lines


def test_the_term_of_a_row_is_asked_about_by_its_place():
    row = {"text": "No Fever", "term": "fever", "subset": "clinical_sign"}
    assert sets.ask_of("eval/negation", row) == Ask("No Fever", "adult", start=3, end=8)
    assert sets.ask_of("eval/lay_symptoms", {"text": "x", "about": "relative"}).about == "adult"


def test_plain_words_name_every_sign_and_flag():
    assert (set(SIGNS), set(FLAGS)) == (set(messages.SIGNS), set(messages.FLAGS))
    assert all(5 <= len(names) <= 10 for names in SIGNS.values() if names != SIGNS["cough"])
    assert {(n.kind, n.id) for n in named("a high fever and nosebleeds")} == {
        ("sign", "fever"), ("flag", "fever_38"), ("sign", "bleeding"),
    }  # fmt: skip


@pytest.mark.parametrize(("text", "role"), [("no, fever", "absent"), ("no a b c d e f fever", "present")])
def test_the_word_list_looks_six_words_back(text, role):
    assert role_at(text, text.index("fever")) == role


def test_marks_are_widened_to_words_and_never_overlap():
    text = "temp of 38.2C, coughing"
    marks = [Mark(8, 12, "red_flag", "fever_38", "present"), Mark(0, 12, "warning_sign", "fever", "present")]
    chosen = apart([*marks, Mark(15, 20, "warning_sign", "cough", "absent")], text)
    assert [text[m.start : m.end] for m in chosen] == ["38.2C", "coughing"]
    assert marked("a [b]\nc", []) == "a (b) c"
    assert marked("ill", [Mark(0, 3, "warning_sign", "fever", "past")]) == (
        '[ill]{"entity": "warning_sign", "value": "fever", "role": "past"}'
    )
