"""Red flags that no single phrase says: they follow from two things in one message, or from a reading.

Precedence is that of the label schema: sudden or one-sided balance or vision trouble is `stroke_like` beside the
sign, sudden confusion is `acute_confusion` beside `confusion`, new back pain with leg, bladder or bowel trouble is
`spinal_cord` instead of `back_pain`. Temperature rules: 37.5 C and above, or fever with shaking chills, is
`fever_38`; below 36.0 C is `low_temperature` (Blood Cancer UK and The Christie, see the content's sources).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from rapidfuzz.distance import DamerauLevenshtein

from bot.clinical.understanding import FlagMention, Mention, Temperature
from bot.nlp.answers import yes_no
from bot.nlp.measurements import is_hypothetical
from bot.nlp.tokens import Token

FEVER_FROM_C = 37.5
LOW_BELOW_C = 36.0

#: The sign that a flag is a case of: a message that shows the flag shows the sign.
SIGN_OF = {
    "uncontrolled_bleeding": "bleeding", "severe_breathlessness": "breathlessness", "acute_confusion": "confusion",
    "spinal_cord": "spinal_cord", "fever_38": "fever",
}  # fmt: skip


def from_temperatures(
    text: str, readings: Iterable[tuple[Temperature, int, int]], role: str = "present"
) -> list[tuple[FlagMention, Mention | None]]:
    """A flag for each reading that is out of range, and the sign `fever` for a high one."""
    found: list[tuple[FlagMention, Mention | None]] = []
    for reading, start, end in readings:
        flag = "fever_38" if reading.c >= FEVER_FROM_C else "low_temperature" if reading.c < LOW_BELOW_C else None
        if flag is None:
            continue
        who = (
            "question"
            if is_hypothetical(text, start)
            else "past"
            if reading.when == "earlier" and role == "present"
            else role
        )
        sign = Mention("fever", who, start, end, reading.words) if flag == "fever_38" else None
        found.append((FlagMention(flag, who, start, end, reading.words), sign))
    return found


def composite(mentions: Sequence[Mention], marks: Iterable[tuple[str, int, int]]) -> list[FlagMention]:
    """Flags that follow from a present sign together with another sign or with a mark such as "suddenly"."""
    present = {m.sign: m for m in reversed(mentions) if m.role == "present"}
    by_mark: dict[str, list[tuple[int, int]]] = {}
    for mark, start, end in marks:
        by_mark.setdefault(mark, []).append((start, end))
    found: list[FlagMention] = []

    def add(flag: str, sign: str, cue: str) -> None:
        mention = present[sign]
        found.append(FlagMention(flag, "present", mention.start, mention.end, cue))

    if "fever" in present and "chills" in present and by_mark.get("shaking"):
        add("fever_38", "fever", "shaking")
    for sign, flag in (
        ("confusion", "acute_confusion"),
        ("vision_problems", "stroke_like"),
        ("balance_problems", "stroke_like"),
    ):
        if sign in present and _near(present[sign], by_mark.get("sudden", ()), 40):
            add(flag, sign, "sudden")
    if "balance_problems" in present and _near(present["balance_problems"], by_mark.get("one_side", ()), 40):
        add("stroke_like", "balance_problems", "one side")
    if "back_pain" in present and by_mark.get("leg_or_bladder"):
        add("spinal_cord", "back_pain", "leg, bladder or bowel")
    if "breathlessness" in present and _near(present["breathlessness"], by_mark.get("at_rest", ()), 60):
        add("severe_breathlessness", "breathlessness", "at rest")
    if "bleeding" in present and _near(present["bleeding"], by_mark.get("wont_stop", ()), 60):
        add("uncontrolled_bleeding", "bleeding", "will not stop")
    return found


#: Words that make a red flag of the sign that a follow-up is about, although they do not name it.
_ASKED_ABOUT = {
    "back_pain": ("leg_or_bladder", "spinal_cord"),
    "breathlessness": ("at_rest", "severe_breathlessness"),
    "bleeding": ("wont_stop", "uncontrolled_bleeding"),
}


def about_asked(
    step: str, text: str, marks: Iterable[tuple[str, int, int]], flags: Sequence[FlagMention]
) -> list[FlagMention]:
    """The flag of an answer such as "my legs are weak" to a follow-up about back pain; unclear, so that it is asked."""
    mark, flag = _ASKED_ABOUT.get(step.partition(":")[2], ("", ""))
    if not flag or yes_no(text) == "no" or any(f.flag == flag for f in flags):
        return []
    return [FlagMention(flag, "present", s, e, mark, unclear=True) for name, s, e in marks if name == mark][:1]


_MAY = {"to", "wanna", "gonna", "might", "will", "should", "could", "going", "want"}
_NOT_HARM = {"pull", "fill", "call", "sell", "feel", "help", "heal", "hurl", "hold", "hear", "kid", "bill"}


def mistyped_self_harm(tokens: Sequence[Token], distressed: bool) -> FlagMention | None:
    """A verb beside "myself" that is a slip of the finger away from kill, hurt, harm or hang; always unclear.

    One slip counts, two where the message shows low mood besides: a closed question costs little.
    """
    for i in range(1, len(tokens) - 1):
        verb = tokens[i].norm
        if tokens[i + 1].norm not in ("myself", "meself") or tokens[i - 1].norm not in _MAY or verb in _NOT_HARM:
            continue
        least = min(DamerauLevenshtein.distance(verb, word) for word in ("kill", "hurt", "harm", "hang"))
        if 0 < least <= (2 if distressed else 1):
            return FlagMention("self_harm", "present", tokens[i].start, tokens[i + 1].end, verb, unclear=True)
    return None


def _near(mention: Mention, places: Iterable[tuple[int, int]], reach: int) -> bool:
    return any(start - mention.end <= reach and mention.start - end <= reach for start, end in places)


def settle_back_pain(mentions: Sequence[Mention], flags: Sequence[FlagMention]) -> list[Mention]:
    """With the flag `spinal_cord` raised, `back_pain` becomes the sign `spinal_cord`."""
    if not any(f.flag == "spinal_cord" and f.role == "present" and not f.unclear for f in flags):
        return list(mentions)
    return [replace(m, sign="spinal_cord") if m.sign == "back_pain" and m.role == "present" else m for m in mentions]


def signs_of_flags(mentions: Sequence[Mention], flags: Sequence[FlagMention]) -> list[Mention]:
    """The signs that present flags imply, where the words gave no mention of their own."""
    known = {m.sign for m in mentions if m.role == "present"}
    added: list[Mention] = []
    for flag in flags:
        sign = SIGN_OF.get(flag.flag)
        if flag.flag == "spinal_cord" and flag.unclear:
            # back pain that may be more: the sign stays back pain until the closed question is answered
            continue
        if sign and flag.role == "present" and sign not in known:
            known.add(sign)
            added.append(Mention(sign, "present", flag.start, flag.end, flag.cue))
    return added
