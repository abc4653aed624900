"""Where the word patterns and the network meet: one list of mentions and flags out of two.

The patterns are exact and say why; the network hears what no list foresees. So the patterns' findings stand, the
network adds what it is sure of, and each of the two can make the other ask: a red flag that only one of them sees
faintly becomes one closed question (`unclear`), never silence. The limits below were chosen on messages that training
kept back (training/README.md) and on the public validation sets; the totals of the held-out sets were looked at along
the way (docs/understanding-figures.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from bot.clinical.understanding import FlagMention, Mention
from bot.nlp.encoder import Heard, Hearing


@dataclass(frozen=True)
class Limits:
    """Likelihoods between 0 and 1; each says from where on, or below where, something is done."""

    #: A sign that the patterns did not find is added as present where they found none at all,
    sign: float = 0.55
    #: ... and where they did: the message is explained already.
    sign_beside: float = 0.75
    #: ... or in another role.
    sign_elsewhere: float = 0.6
    #: Below, a sign of the patterns is a look-alike and dropped.
    sign_doubt: float = 0.03
    #: A red flag that the patterns did not find is raised.
    flag: float = 0.5
    #: ... self-harm, where distress lies so near.
    crisis: float = 0.35
    #: ... or asked about.
    flag_ask: float = 0.15
    #: ... likewise for self-harm: a needless question about that frightens.
    crisis_ask: float = 0.2
    #: Below, a red flag that only the patterns saw is asked about instead of raised.
    flag_doubt: float = 0.2
    #: A role from the network replaces one that no cue of the patterns decided.
    role: float = 0.85
    #: ... and from here on also one that a cue decided, for a sign.
    role_against_cue: float = 0.95


LIMITS = Limits()


#: What a thermometer decides, and no guess.
MEASURED = ("sign:fever", "flag:fever_38", "flag:low_temperature")


def join(
    mentions: Sequence[Mention],
    flags: Sequence[FlagMention],
    hearing: Hearing,
    limits: Limits = LIMITS,
    *,
    measured: bool = False,
) -> tuple[list[Mention], list[FlagMention]]:
    """The mentions and flags of the patterns with those of the network.

    Where a temperature was `measured`, the reading decides about fever (`red_flags.from_temperatures`).
    """
    hearing = _crisis_of_both_heads(hearing)
    if measured:
        told = {f"sign:{m.sign}" for m in mentions} | {f"flag:{f.flag}" for f in flags}
        hearing = replace(hearing, heard=tuple(h for h in hearing.heard if h.label in told or h.label not in MEASURED))
    heard = {h.label: h for h in hearing.heard}
    signs = [_sign(m, heard.get(f"sign:{m.sign}"), limits) for m in mentions]
    kept = [m for m in signs if m is not None]
    kept += _new_signs({m.sign for m in mentions}, hearing.heard, limits)
    raised = [_flag(f, heard.get(f"flag:{f.flag}"), limits) for f in flags]
    raised += _new_flags({f.flag for f in flags}, hearing.heard, limits)
    return kept, raised


def _crisis_of_both_heads(hearing: Hearing) -> Hearing:
    """Self-harm is as likely as the heads for flags and for intents find it on average."""
    crisis = hearing.intents.get("crisis", 0.0)
    heard = tuple(
        replace(h, likely=(h.present + crisis) / 2 / max(h.roles["present"], 1e-6))
        if h.label == "flag:self_harm" and h.role == "present"
        else h
        for h in hearing.heard
    )
    return replace(hearing, heard=heard)


def _sign(mention: Mention, heard: Heard | None, limits: Limits) -> Mention | None:
    if heard is None or heard.likely < limits.sign_doubt:
        return None if mention.role == "present" else mention
    role = heard.role
    if role == mention.role:
        return mention
    enough = limits.role if mention.cue is None else limits.role_against_cue
    return replace(mention, role=role, cue=None) if heard.roles[role] >= enough else mention


def settle_spinal_cord(
    mentions: Sequence[Mention], flags: Sequence[FlagMention], legs_or_bladder: bool
) -> tuple[list[Mention], list[FlagMention]]:
    """With back pain in plain words and nothing about legs or bladder, the network's `spinal_cord` is asked about."""
    plain = any(m.sign == "back_pain" and m.role == "present" for m in mentions)
    if not plain or legs_or_bladder:
        return list(mentions), list(flags)
    kept = [m for m in mentions if m.sign != "spinal_cord" or m.role != "present" or m.cue]
    return kept, [replace(f, unclear=True) if f.flag == "spinal_cord" and f.cue is None else f for f in flags]


def _unknown(kind: str, known: set[str], heard: Iterable[Heard]) -> Iterator[tuple[str, Heard]]:
    """What is heard of one kind, sign or flag, that the patterns did not find."""
    for h in heard:
        of, _, name = h.label.partition(":")
        if of == kind and name not in known:
            yield name, h


def _new_signs(known: set[str], heard: Iterable[Heard], limits: Limits) -> list[Mention]:
    found: list[Mention] = []
    for sign, h in _unknown("sign", known, heard):
        if h.present >= (limits.sign_beside if known else limits.sign):
            found.append(Mention(sign, "present", h.start, h.end))
        elif h.role != "present" and h.likely * h.roles[h.role] >= limits.sign_elsewhere:
            found.append(Mention(sign, h.role, h.start, h.end))
    return found


def _flag(mention: FlagMention, heard: Heard | None, limits: Limits) -> FlagMention:
    """A flag of the patterns is never dropped: at the least it is asked about."""
    present = heard.present if heard else 0.0
    if mention.role == "present":
        if heard and mention.cue is None and heard.role == "other" and heard.roles["other"] >= limits.role:
            return replace(mention, role="other")
        # the patterns' words of self-harm are plain enough; a network's silence must not take them back
        if present < limits.flag_doubt and mention.flag != "self_harm":
            return replace(mention, unclear=True)
        return mention
    if present >= limits.flag:
        # the patterns hear a denial, the network a danger: ask
        return replace(mention, unclear=True)
    return mention


def doubted(flags: Iterable[FlagMention], hearing: Hearing, limits: Limits = LIMITS) -> list[FlagMention]:
    """Flags that the patterns put together from parts, asked about where the network hears none of it."""
    heard = {h.label: h for h in hearing.heard}
    return [_flag(f, heard.get(f"flag:{f.flag}"), limits) for f in flags]


def _new_flags(known: set[str], heard: Iterable[Heard], limits: Limits) -> list[FlagMention]:
    found: list[FlagMention] = []
    for flag, h in _unknown("flag", known, heard):
        # a faint fever is not asked about: the checklist asks for a reading anyway
        ask, enough = limits.flag_ask, limits.flag
        if flag == "self_harm":
            ask, enough = limits.crisis_ask, limits.crisis
        if h.present >= (enough if h.label in MEASURED else ask):
            found.append(FlagMention(flag, "present", h.start, h.end, unclear=h.present < enough))
        elif h.role != "present" and h.likely * h.roles[h.role] >= limits.sign_elsewhere:
            found.append(FlagMention(flag, h.role, h.start, h.end))
    return found
