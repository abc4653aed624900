"""Red flags in patients' words, and the roles that keep them from being lost or misread."""

from __future__ import annotations

import pytest

from bot.nlp.understand import Understander

PRESENT = [
    ("i can't stop bleeding", "uncontrolled_bleeding"),
    ("nose bleed wont stop", "uncontrolled_bleeding"),
    ("my gums have been bleeding for an hour", "uncontrolled_bleeding"),
    ("the bleeding isn't stopping", "uncontrolled_bleeding"),
    ("blood everywhere please", "uncontrolled_bleeding"),
    ("ive been sick and there was blood in my vomit", "uncontrolled_bleeding"),
    ("pressed on it and its still bleeding", "uncontrolled_bleeding"),
    ("blood is pouring out my nose", "uncontrolled_bleeding"),
    ("cant breathe", "severe_breathlessness"),
    ("i can barely breathe", "severe_breathlessness"),
    ("so breathless i cant finish a sentence", "severe_breathlessness"),
    ("out of breath just sitting here", "severe_breathlessness"),
    ("gasping for air", "severe_breathlessness"),
    ("my lips are blue", "severe_breathlessness"),
    ("my chest feels really tight", "chest_pain"),
    ("pain in my chest", "chest_pain"),
    ("like an elephant on my chest", "chest_pain"),
    ("think its a heart attack", "chest_pain"),
    ("i had a seizure this morning", "seizure"),
    ("i just had a fit", "seizure"),
    ("i passed out in the shower", "collapse"),
    ("i blacked out twice today", "collapse"),
    ("i keep fainting", "collapse"),
    ("suddenly very confused", "acute_confusion"),
    ("one side of my face is drooping", "stroke_like"),
    ("my speech is slurred", "stroke_like"),
    ("i suddenly cant see out of my left eye", "stroke_like"),
    ("my right arm went numb and weak", "stroke_like"),
    ("bad back and my legs have gone weak", "spinal_cord"),
    ("back pain and i wet myself", "spinal_cord"),
    ("i cant feel my legs", "spinal_cord"),
    ("my tongue is swelling up", "allergic_reaction"),
    ("hives all over and feeling faint", "allergic_reaction"),
    ("i took too many tablets", "overdose"),
    ("took my chemo twice by mistake", "overdose"),
    ("my skin is mottled", "sepsis_look"),
    ("havent had a wee all day", "sepsis_look"),
    ("the rash doesn't fade when i press a glass on it", "sepsis_look"),
    ("fever and shaking uncontrollably", "fever_38"),
    ("temp 38.3", "fever_38"),
    ("37.6 on the thermometer", "fever_38"),
    ("temperature was 101", "fever_38"),
    ("its 35.4", "low_temperature"),
    ("i want to kill myself", "self_harm"),
    ("dont want to be here any more", "self_harm"),
    ("they would be better off without me", "self_harm"),
    ("no point in living", "self_harm"),
    ("im so depressed i could harm myself", "self_harm"),
]

CHILD_PRESENT = [
    ("she won't wake up", "collapse"),
    ("he's having a fit", "seizure"),
    ("my son isnt making any sense", "acute_confusion"),
    ("her nose won't stop bleeding", "uncontrolled_bleeding"),
    ("hes burning up and shaking all over", "fever_38"),
    ("she got into my tablets", "overdose"),
]

NOT_PRESENT = [
    ("my husband collapsed", "collapse", "other"),
    ("my neighbour is having a heart attack", "chest_pain", "other"),
    ("what if i cant breathe", "severe_breathlessness", "question"),
    ("call us if you have chest pain", "chest_pain", "question"),
    ("is chest pain a sign of relapse", "chest_pain", "question"),
    ("no chest pain", "chest_pain", "absent"),
    ("i haven't had a seizure", "seizure", "absent"),
    ("years ago i had a seizure", "seizure", "past"),
    ("i am not suicidal", "self_harm", "absent"),
]


@pytest.mark.parametrize(("text", "flag"), PRESENT)
def test_present(reader: Understander, text: str, flag: str) -> None:
    """The flag is found; an unclear one counts too, as it asks its closed question."""
    assert flag in {m.flag for m in reader.understand(text).red_flag_mentions if m.role == "present"}


@pytest.mark.parametrize(("text", "flag"), CHILD_PRESENT)
def test_present_in_a_child(reader: Understander, text: str, flag: str) -> None:
    """A parent's words for the child mean the patient."""
    assert flag in reader.understand(text, "child").red_flags


@pytest.mark.parametrize(("text", "flag", "role"), NOT_PRESENT)
def test_other_roles_are_kept(reader: Understander, text: str, flag: str, role: str) -> None:
    """A flag that is not present now is still reported, with its role."""
    said = reader.understand(text)
    assert {m.role for m in said.red_flag_mentions if m.flag == flag} == {role}
    assert flag not in said.red_flags


def test_far_negation_is_unclear(reader: Understander) -> None:
    """A negation that reaches a red flag across a comma is asked about, not believed."""
    flags = reader.understand("no cough, chest pain").red_flag_mentions
    assert [(f.flag, f.unclear) for f in flags] == [("chest_pain", True)]


def test_gone_now_is_unclear(reader: Understander) -> None:
    """An event that is "gone now" is asked about."""
    flags = reader.understand("i had chest pain but its gone now").red_flag_mentions
    assert [(f.flag, f.role, f.unclear) for f in flags] == [("chest_pain", "past", True)]


def test_mistyped_verb_beside_myself_asks(reader: Understander) -> None:
    """A slip of the finger in the word that matters most still opens the question."""
    said = reader.understand("i want to kil myself")
    assert said.intent == "crisis"
    assert "self_harm" in {f.flag for f in said.red_flag_mentions}


def test_back_pain_with_weak_legs_replaces_the_sign(reader: Understander) -> None:
    """The precedence of the label schema: spinal_cord instead of back_pain."""
    signs = {m.sign for m in reader.understand("new back pain and my legs are numb").mentions}
    assert "spinal_cord" in signs
    assert "back_pain" not in signs


def test_feeling_hot_alone_is_the_sign_only(reader: Understander) -> None:
    """Feverish without a reading or shaking is the sign, not the flag."""
    said = reader.understand("i feel feverish")
    assert [m.sign for m in said.mentions] == ["fever"]
    assert said.red_flags == ()


FOREIGN = [
    ("no puedo respirar", "severe_breathlessness", "es"),
    ("mi hijo se desmayó", "collapse", "es"),
    ("j'ai mal à la poitrine", "chest_pain", "fr"),
    ("não consigo respirar", "severe_breathlessness", "pt"),
    ("ich bekomme keine Luft", "severe_breathlessness", "de"),
    ("лежит без сознания", "collapse", "ru"),
    ("لا أستطيع التنفس", "severe_breathlessness", "ar"),
    ("मेरे सीने में दर्द है", "chest_pain", "hi"),
    ("আমি শ্বাস নিতে পারছি না", "severe_breathlessness", "bn"),
    ("سانس لینے میں مشکل ہے، بہت خون", "severe_breathlessness", "ur"),
    ("他昏倒了", "collapse", "zh"),
    ("dia pingsan di rumah", "collapse", "id"),
    ("khoon band nahi ho raha hai", "uncontrolled_bleeding", "hi"),
]


@pytest.mark.parametrize(("text", "flag", "language"), FOREIGN)
def test_emergencies_in_other_languages(reader: Understander, text: str, flag: str, language: str) -> None:
    """The commonest languages give the flag, and the language for the contact card."""
    said = reader.understand(text)
    assert flag in said.red_flags
    assert said.language == language
