"""The content as a whole: everything is there, and everything that is pointed to exists."""

from __future__ import annotations

from collections.abc import Iterator

from bot.clinical.flow import CHANGEABLE
from bot.content.faults import Fault
from bot.content.loader import Content
from bot.content.schema import GROUPS, LEVELS, PLACES, RESERVED_CHOICES

SIGNS = frozenset(
    [
        "fatigue",
        "fever",
        "chills",
        "night_sweats",
        "infections",
        "weight_loss",
        "appetite_loss",
        "bruising",
        "bleeding",
        "petechiae",
        "pallor",
        "breathlessness",
        "cough",
        "dizziness",
        "lumps",
        "abdominal_fullness",
        "bone_pain",
        "joint_muscle_pain",
        "back_pain",
        "fracture",
        "headache",
        "vision_problems",
        "balance_problems",
        "confusion",
        "low_mood",
        "spinal_cord",
    ]
)
FLAGS = frozenset(
    [
        "fever_38",
        "low_temperature",
        "sepsis_look",
        "uncontrolled_bleeding",
        "severe_breathlessness",
        "chest_pain",
        "seizure",
        "collapse",
        "acute_confusion",
        "stroke_like",
        "spinal_cord",
        "allergic_reaction",
        "overdose",
        "self_harm",
    ]
)
PAGES = ("page_body", "page_blood", "page_bones", "page_head")
#: The choices that the core answers, by step; without those that it sets itself (signs, flags, topics, countries).
CHOICES: dict[str, frozenset[str]] = {
    step: frozenset(ids.split())
    for step, ids in {
        "welcome": "start ask person",
        "right_now_1": "",
        "right_now_2": "",
        "right_now_unsure": "",
        "who": "self child adult",
        "condition": "acute_leukaemia chronic_leukaemia lymphoma myeloma other",
        "country": "",
        "recent_treatment": "recent earlier no unsure",
        "page_body": "",
        "page_blood": "",
        "page_bones": "",
        "page_head": "",
        "sign": "yes no unsure",
        "since": "today days weeks longer unsure",
        "change": "new worse same better usual unsure",
        "detail": "none unsure",
        "temperature": "no_thermometer unsure",
        "temperature_when": "now last_24h earlier",
        "medicines": "paracetamol ibuprofen steroids none unsure",
        "worry": "not bit very",
        "anything_else": "none",
        "review": "finish",
        "summary": "restart ask person forget",
        "red_flag": "called cannot_call not_meant",
        "cannot_call": "called not_meant",
        "not_meant": "yes no unsure",
        "whose": "patient other",
        "confirm_flag": "yes no unsure",
        "topics": "",
        "paused": "continue summary forget",
        "restart": "yes no",
        "forget": "yes no",
        "case": "yes no",
    }.items()
}


def check_complete(content: Content) -> Iterator[Fault]:
    """All signs, red flags, levels, steps and contacts are there, and none that the program does not know."""
    for kind, folder, want, have in (
        ("sign", "signs", SIGNS, set(content.signs)),
        ("red flag", "red_flags", FLAGS, set(content.red_flags)),
    ):
        for id_ in sorted(want - have):
            yield Fault(
                f"{folder}/{id_}.yml", "", f"the {kind} `{id_}` is missing.", "Restore the file from version control."
            )
        for id_ in sorted(have - want):
            yield Fault(
                f"{folder}/{id_}.yml",
                "id",
                f"the {kind} `{id_}` is not known to the program.",
                "Use one of the ids in bot/content/structure.py, or add it there.",
            )
    for level in LEVELS:
        if level not in content.urgency.levels:
            yield Fault(
                "urgency.yml",
                f"urgency.levels.{level}",
                "the level is missing.",
                "Write title, direction, if_no_answer and say.",
            )
    if "international" not in content.countries:
        yield Fault(
            "contacts.yml",
            "international",
            "the set for every other country is missing.",
            "Restore it: people of unknown country are shown it.",
        )
    if not any(flag.crisis for flag in content.red_flags.values()):
        yield Fault(
            "red_flags/self_harm.yml",
            "flag.crisis",
            "no red flag is marked as crisis.",
            "Set `crisis: true` on self_harm.",
        )
    names = [(f"name_{step}", "the review names this answer") for step in CHANGEABLE + PAGES]
    names += [(f"place_{place}", "the body outline names this place") for place in PLACES]
    for utterance, use in names:
        if utterance not in content.utterances:
            yield Fault(
                "phrases.yml",
                f"phrases.{utterance}",
                f"is missing; {use} with it.",
                "Write a short noun phrase.",
            )


def check_steps(content: Content) -> Iterator[Fault]:
    """Steps and their choices are those that the core answers; pages and signs agree."""
    for step, want in CHOICES.items():
        key = f"flow.steps.{step}"
        if step not in content.steps:
            yield Fault("steps.yml", key, "the step is missing.", "Restore it from version control.")
            continue
        have = [choice.id for choice in content.steps[step].choices]
        for id_ in sorted(want - set(have)):
            yield Fault(
                "steps.yml",
                f"{key}.choices",
                f"the choice `{id_}` is missing.",
                "Restore it: the program waits for it.",
            )
        for id_ in sorted(set(have) - want):
            yield Fault(
                "steps.yml",
                f"{key}.choices",
                f"the program has no answer to the choice `{id_}`.",
                "Remove it, or teach bot/clinical about it.",
            )
        for id_ in sorted({id_ for id_ in have if have.count(id_) > 1}):
            yield Fault("steps.yml", f"{key}.choices", f"the choice `{id_}` stands there twice.", "Keep one.")
        if content.steps[step].why is None:
            yield Fault(
                "steps.yml",
                f"{key}.why",
                "is missing; people can ask why at any step.",
                "Say in one or two sentences why this is asked.",
            )
    for step in sorted(set(content.steps) - set(CHOICES)):
        yield Fault(
            "steps.yml",
            f"flow.steps.{step}",
            "the program has no such step.",
            "Remove it, or use one of the ids in bot/content/structure.py.",
        )


def check_references(content: Content) -> Iterator[Fault]:
    """What an entry points to exists: signs and flags of steps, pages, `with`, `flag` of an option, `screen`."""
    for step in content.steps.values():
        for kind, ids, known in (("sign", step.signs, content.signs), ("red flag", step.flags, content.red_flags)):
            for id_ in ids:
                if id_ not in known:
                    yield Fault(
                        "steps.yml",
                        f"flow.steps.{step.id}",
                        f"names the {kind} `{id_}`, which does not exist.",
                        "Correct the id.",
                    )
    for group in ("default", *GROUPS):
        order = content.page_order.get(group, ())
        if sorted(order) != sorted(PAGES):
            yield Fault(
                "steps.yml",
                f"flow.page_order.{group}",
                f"must name each of {', '.join(PAGES)} once.",
                "Complete the list.",
            )
    for sign in content.signs.values():
        yield from _check_sign(content, sign.id)
    for flag in content.red_flags.values():
        on = [step.id for step in content.steps.values() if flag.id in step.flags]
        if list(filter(None, [flag.screen])) != on:
            yield Fault(
                f"red_flags/{flag.id}.yml",
                "flag.screen",
                f"says {flag.screen}, but steps.yml lists it on {on or 'no screen'}.",
                "Make both agree.",
            )


def _check_sign(content: Content, id_: str) -> Iterator[Fault]:
    sign, file = content.signs[id_], f"signs/{id_}.yml"
    on = [step.id for step in content.steps.values() if id_ in step.signs]
    expected = [] if sign.page == "right_now" else [f"page_{sign.page}"]
    if on != expected:
        yield Fault(
            file,
            "sign.page",
            f"says {sign.page}, but steps.yml lists the sign on {on or 'no page'}.",
            "Make both agree.",
        )
    for rule in sign.urgency.with_:
        for other in rule.signs:
            if other not in content.signs:
                yield Fault(
                    file, "sign.urgency.with", f"names the sign `{other}`, which does not exist.", "Correct the id."
                )
    for option in sign.detail.options if sign.detail else ():
        key = f"sign.detail.options.{option.id}"
        if option.flag and option.flag not in content.red_flags:
            yield Fault(file, key, f"names the red flag `{option.flag}`, which does not exist.", "Correct the id.")
        if option.id in RESERVED_CHOICES:
            yield Fault(file, key, "is a reserved choice id.", f"Use another id than {', '.join(RESERVED_CHOICES)}.")
