"""Short answers read in the light of the question on screen: "the first two", "not really", "nope none".

`picks` holds choice ids of that step. Nothing is picked when the words do not say it: silence is never a no.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.clinical.understanding import Mention, OpenQuestion
from bot.nlp.numbered import read_numbers
from bot.nlp.tokens import Token, tokenize

RESERVED = ("none", "unsure", "skip", "back")
_ORDINALS = {
    "first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4, "fifth": 5, "5th": 5,
    "sixth": 6, "6th": 6, "seventh": 7, "7th": 7, "one": 1, "two": 2, "three": 3, "four": 4,
    "five": 5, "six": 6, "seven": 7,
}  # fmt: skip
_COUNTS = {"two": 2, "three": 3, "four": 4, "five": 5, "couple": 2, "2": 2, "3": 3, "4": 4, "5": 5}

_YES = re.compile(
    r"^(?:um+|uh+|er+|well|oh|so|and|actually|i mean|mm+|hmm+|erm|i think|i guess|i suppose|unfortunately|"
    r"sadly)?[\s,.]*"
    r"(?:yes|yeah|yea|yep|yup|ye|yah|ya|aye|sure|indeed|affirmative|correct|right|true|definitely|"
    r"absolutely|certainly|of course|ok|okay|"
    r"(?:i do|i did|i have|i am|i was)(?! (?:not|no\b|none|never|nothing|always))|i would|i could|i can|"
    r"i will|it is|it does|it has|it was|they are|they do|he does|she does|he has|she has|he is|she is|"
    r"we do|"
    r"that is correct|thats correct|thats right|that is right|thats it|exactly|a lot|lots|all the time|"
    r"always|often|sometimes|occasionally|quite a (?:bit|lot|few)|"
    r"now and (?:then|again)|on and off|off and on|every (?:day|night|now and)|mostly|usually|frequently|"
    r"constantly|a (?:little|bit|few|tiny bit)|i think so|i believe so|"
    r"i guess so|i suppose so|guess so|think so|uh huh|mhm|mm hm|yess+|haan|very much|too much|most days|"
    r"most nights|once|twice|several times|one time|a couple|both|all of (?:them|those|that|the above)|"
    r"at times|from time to time|once in a while|only (?:at|when|a bit|a little|sometimes|slightly|once|"
    r"in the)|a fair bit|slightly|a touch|kind of|sort of|kinda|sorta|somewhat|more or less|pretty much|"
    r"just a (?:bit|little))\b",
    re.IGNORECASE,
)
_NO = re.compile(
    r"^(?:um+|uh+|er+|well|oh|so|and|actually|i mean|mm+|hmm+|erm|i think|i guess|i suppose|honestly|"
    r"thankfully|luckily|thank god|fortunately)?[\s,.]*"
    r"(?:no|nope|nah|nay|naw|nup|na|negative|never|none|nothing|not|neither|nil|zero|i dont|i do not|"
    r"i didnt|i did not|i havent|i have not|i am not|im not|i wasnt|i cant say|"
    r"(?:i have|i do|ive) (?:none|nothing|not|no)\b|i wouldnt|i couldnt|it isnt|it is not|it doesnt|"
    r"it does not|it hasnt|it wasnt|they arent|they dont|he doesnt|she doesnt|he hasnt|she hasnt|he isnt|"
    r"she isnt|"
    r"dont think so|i dont think so|hardly|barely|rarely|nowhere|nobody|no one|absolutely not|"
    r"definitely not|certainly not|of course not|nahi|all (?:good|fine|clear|normal|ok|okay)|"
    r"thats (?:all )?(?:fine|good|ok|okay|normal)|apart from that no|other than that no|no thanks|without|"
    r"havent|didnt|dont|wasnt|isnt|arent|i'm fine|im fine|fine|everything(?:s| is) (?:fine|good|ok|"
    r"normal))\b",
    re.IGNORECASE,
)
_UNSURE = re.compile(
    r"\b(?:not (?:really |quite |too |so |entirely |totally |completely |100 |a hundred percent )*(?:sure|"
    r"certain|positive)|unsure|dont (?:really |quite |actually )?(?:know|no|remember|recall)|"
    r"do not (?:really )?know|"
    r"(?:dont|not) have a clue|couldnt (?:say|tell you|be sure|tell)|cant (?:really )?(?:say|tell|"
    r"remember|recall|be sure|be certain)|cannot (?:say|tell|remember)|hard to (?:say|tell|know)|"
    r"difficult to (?:say|tell)|no idea|no clue|"
    r"maybe|perhaps|possibly|might (?:be|have|do)|could be|i wonder|who knows|idk|dunno|havent (?:checked|"
    r"measured|taken|looked|tested|noticed either way|got a thermometer)|"
    r"hasnt been (?:checked|measured)|its possible|depends|either way|50 50|fifty fifty|probably|"
    r"i think i (?:might|may)|not that im sure|what do you mean|in two minds|undecided|uncertain|"
    r"could go either way|may have|havent really (?:measured|checked|taken)|never (?:measured|checked|"
    r"looked))\b",
    re.IGNORECASE,
)
#: Found anywhere in an answer that begins with neither yes nor no.
_INSIDE_NO = re.compile(
    r"\b(?:none of (?:that|those|them|these|it)|nothing (?:like that|out of the ordinary|unusual|at all|"
    r"new)|(?:do|have|did|has|does) not (?:have|had|noticed|seen|get|feel|got)? ?(?:any|a)\b|"
    r"(?:dont|havent|didnt|hasnt|doesnt) (?:really |actually )?(?:have|had|noticed|seen|get|feel|got|"
    r"think so)? ?(?:any|a)?\b(?! (?:know|remember|sure|mind))|,\s*no\b[,. ]|,\s*no$|\?\s*no\b|went away|"
    r"not any ?more|much better)",
    re.IGNORECASE,
)
_INSIDE_YES = re.compile(
    r"\b(?:,\s*yes|,\s*yeah$|(?:gets?|getting|got|is|was|been) (?:a (?:little |tiny )?bit |"
    r"slightly |much |a lot )?(?:worse|bad)|a (?:little )?bit|slightly|sometimes|occasionally|"
    r"now and then|on and off|"
    r"definitely|every (?:day|night|time)|all the time|"
    r"i(?:ve| have) (?:noticed|had|got))\b",
    re.IGNORECASE,
)
#: These begin like a no, and are not one.
_NOT_NO = re.compile(
    r"^(?:no (?:idea|clue|more than|worse|different|better|change|doubt)|not (?:only|just|sure|certain|"
    r"quite sure|really sure|too sure|that i'?m sure|bad enough)|nothing (?:more|worse|out) than|"
    r"no,? (?:i (?:do|have)\b(?! not)|yes))",
    re.IGNORECASE,
)
_NEITHER_NOR = re.compile(r"^(?:yes and no\b|(?:yeah no|yes no|no yes)\W*$)", re.IGNORECASE)
_NONE = re.compile(
    r"\b(?:none(?: of (?:them|these|those|that|the above|it))?|no(?:ne)? (?:of )?these|nothing (?:on|from|"
    r"in) (?:the|this|that|your) (?:list|page|screen)|not any|nothing like that|neither|nothing at all|"
    r"no to all|"
    r"all no|no to everything|nothing (?:new|to report|there|here|of the sort|applies)|nope none|nil|"
    r"none apply|not one|no symptoms|havent (?:got|had|noticed) any|dont have any|i have none|nothing)\b",
    re.IGNORECASE,
)
#: One word that steers the chat. It also stands in labels ("new back pain"), and there it would tick a sign.
_COMMAND = re.compile(r"\W*(?:back|stop|skip|help|again|repeat|later)\W*")
_ALL = re.compile(
    r"\b(?:all of (?:them|these|those|the above|it)|all the above|every one(?: of them)?|"
    r"everything on (?:the|this) (?:list|page)|the whole lot|all (?:four|five|six|seven|three|\d)|"
    r"yes to all|^all$|both(?: of them| of those| of these)?)\b",
    re.IGNORECASE,
)
_EXCLUSIVE = re.compile(
    r"\b(?:only|just (?:the|a|one|that|my|this|some)|nothing else|thats (?:it|all)|that is (?:it|all)|"
    r"thats about it|no others?|otherwise (?:im |i am |all |everything )?(?:fine|ok|okay|good|well|no|"
    r"none|nothing)|"
    r"apart from|other than (?:that|the|a)|(?:else|rest)(?:'s| is| are)? (?:is )?(?:fine|ok|okay|good|"
    r"normal)|nothing more|none of the (?:others?|rest))\b",
    re.IGNORECASE,
)


def plain(text: str) -> str:
    """Lower case without apostrophes, for the answer patterns."""
    return re.sub(r"['\u2019\u2018`]", "", text).lower().strip()


def yes_no(text: str) -> str | None:
    """`yes`, `no`, `unsure`, or None when the words are none of these."""
    words = plain(text)
    if not words:
        return None
    if _NEITHER_NOR.match(words):
        return "unsure"
    no = None if _NOT_NO.match(words) else _NO.match(words)
    said = no or _YES.match(words)
    unsure = _UNSURE.search(words[:160])
    if unsure and (said is None or _takes_back(words, said.end(), unsure)):
        return "unsure"
    if said is None:
        return None
    return "no" if no else "yes"


def _takes_back(words: str, answered: int, unsure: re.Match[str]) -> bool:
    """Whether "not sure" after a yes or no takes it back.

    "No. I don't know where it came from" stays a no and "yes, maybe twice" a yes; "I haven't, but never measured"
    does not.
    """
    if unsure.start() > answered + 60:
        return False
    phrase = unsure.group() + words[unsure.end() : unsure.end() + 20]
    if re.search(r"\b(?:measured|checked|cant (?:really )?say)\b", phrase):
        return True
    return not re.search(r"[.!;,]", words[max(0, answered - 1) : unsure.start()])


def indirect(text: str) -> str | None:
    """A yes or no said in the middle of an answer to a yes/no question: "Well, it has got worse"."""
    words = plain(text)
    if _INSIDE_NO.search(words):
        return "no"
    return "yes" if _INSIDE_YES.search(words) else None


def is_exclusive(text: str) -> bool:
    """True when the words leave no room for more."""
    return bool(_EXCLUSIVE.search(plain(text)))


#: Words of which a bare answer by place is made ("the first two", "just the last one"), and of one without a place
#: ("nope none", "not that i know of"). Whatever else is said may change what is meant.
_PLACE_WORDS = {
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "last", "top", "bottom", "final", "the",
    "just", "only", "one", "ones", "two", "three", "four", "five", "couple", "2", "3", "4", "5", "and", "all",
    "of", "them", "these", "those", "above", "it", "its", "both", "please", "yes",
}  # fmt: skip
_REPLY_WORDS = {
    "yes", "yeah", "yea", "yep", "yup", "no", "nope", "nah", "none", "nothing", "not", "any", "of", "the",
    "these", "those", "them", "that", "this", "it", "one", "sure", "unsure", "i", "im", "am", "dont", "do",
    "know", "idk", "dunno", "maybe", "perhaps", "possibly", "idea", "clue", "really", "quite", "honestly",
    "please", "thanks", "sorry", "to", "cant", "say", "tell", "remember", "neither", "above", "apply",
    "applies", "list", "think", "um", "er", "have", "havent", "got", "is", "are",
}  # fmt: skip
_LETTERS = {"y": "yes", "n": "no"}


def bare_picks(text: str, question: OpenQuestion) -> tuple[str, ...]:
    """What a message picks that is an answer and nothing besides; nothing where there is any other word.

    So it needs no understanding of signs, and no red flag can hide in it.
    """
    words = [] if "?" in text else re.findall(r"\w+", plain(text))
    words = [_LETTERS.get(word, word) for word in words] if len(words) == 1 else words
    if not words or not any(set(words) <= known for known in (_PLACE_WORDS, _REPLY_WORDS)):
        return ()
    said = " ".join(words)
    return picks(said, tokenize(said), (), question)


def picks(
    text: str, tokens: Sequence[Token], mentions: Sequence[Mention], question: OpenQuestion | None
) -> tuple[str, ...]:
    """The choice ids of the step on screen that the words pick, in the order shown."""
    if question is None or not question.choices or _COMMAND.fullmatch(plain(text).strip()):
        return ()
    order = [choice for choice, _ in question.choices]
    if question.kind == "multiple":
        chosen = _multiple(text, tokens, mentions, question, order)
    else:
        chosen = _single(text, tokens, mentions, question, order)
    return tuple(choice for choice in order if choice in chosen)


def _multiple(
    text: str, tokens: Sequence[Token], mentions: Sequence[Mention], question: OpenQuestion, order: Sequence[str]
) -> set[str]:
    words = plain(text)
    real = [choice for choice in order if choice not in RESERVED]
    signs = {sign: choice for choice, sign in question.signs.items()}
    chosen = {signs[m.sign] for m in mentions if m.role == "present" and m.sign in signs}
    chosen |= {
        choice
        for choice, sign in question.signs.items()
        if any(m.sign == sign and m.role == "present" for m in mentions)
    }
    chosen |= _by_place(text, tokens, real)
    if not chosen:
        chosen |= _by_label(tokens, question, only=real)
    if _ALL.search(words) and not re.search(r"\b(?:none|not|no) of\b|\bnot all\b", words):
        chosen |= set(real)
    if chosen:
        return chosen
    answer = yes_no(text)
    if answer == "unsure" and "unsure" in order:
        return {"unsure"}
    reported = any(m.role in ("present", "question") for m in mentions)
    if "none" in order and not reported and (answer == "no" or _NONE.search(words)) and len(tokens) <= 16:
        return {"none"}
    return set()


def _single(
    text: str, tokens: Sequence[Token], mentions: Sequence[Mention], question: OpenQuestion, order: Sequence[str]
) -> set[str]:
    real = [choice for choice in order if choice not in RESERVED]
    answer = yes_no(text)
    if question.kind == "yes_no":
        answer = _with_signs(answer, mentions, set(question.signs.values())) or indirect(text)
        choice = _choice_for(answer, question)
        return {choice} if choice else set()
    chosen = _by_label(tokens, question, only=real)
    if len(chosen) > 1:
        chosen = _closest(tokens, question, chosen)
    if len(chosen) != 1:
        chosen = _by_place(text, tokens, real) or chosen
    if len(chosen) == 1:
        return chosen
    if answer == "unsure" and "unsure" in order:
        return {"unsure"}
    choice = _choice_for(answer, question)
    return {choice} if choice and not chosen else set()


def _with_signs(answer: str | None, mentions: Sequence[Mention], asked: set[str]) -> str | None:
    """The signs asked about outweigh the first word: "No chest pain, but short of breath" is a yes."""
    roles = {m.role for m in mentions if m.sign in asked}
    if "present" in roles and answer in (None, "no"):
        return "yes" if answer is None or "absent" not in roles or len(asked) > 1 else "no"
    if roles and roles <= {"absent", "past"} and answer in (None, "yes"):
        return "no" if answer is None or "past" not in roles else "yes"
    return answer


def _choice_for(answer: str | None, question: OpenQuestion) -> str | None:
    if answer is None:
        return None
    for choice, label in question.choices:
        opening = plain(label).split(",")[0].split(" ")[0].strip(".! ") if label else ""
        if choice == answer or (answer in ("yes", "no") and opening == answer):
            return choice
    if answer == "no" and any(choice == "none" for choice, _ in question.choices):
        return "none"
    return None


def _by_place(text: str, tokens: Sequence[Token], real: Sequence[str]) -> set[str]:
    """Choices by their place: "the first two", "just the second one", "number 3", "1 and 4"."""
    norms = [t.norm for t in tokens]
    count = len(real)
    chosen: set[str] = set()
    for i, norm in enumerate(norms):
        following = norms[i + 1] if i + 1 < len(norms) else ""
        before = norms[i - 1] if i else ""
        if norm in ("first", "last", "bottom", "top") and following in _COUNTS:
            many = _COUNTS[following]
            chosen |= set(real[:many] if norm in ("first", "top") else real[-many:])
        elif norm in ("last", "bottom", "final") and (following in ("one", "") or before == "the"):
            chosen |= set(real[-1:]) if following in ("one", "", "and", "only") else set()
        elif norm in ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "top"):
            if before in ("the", "just", "only", "and", "") or following in ("one", "and", ""):
                place = 1 if norm == "top" else _ORDINALS[norm]
                if following not in ("time", "week", "day", "noticed", "started", "night") and place <= count:
                    chosen.add(real[place - 1])
        elif before in ("number", "option", "no") and (norm in _ORDINALS or norm.isdigit()):
            place = _ORDINALS.get(norm) or int(norm)
            if 0 < place <= count:
                chosen.add(real[place - 1])
    if not chosen and (said := read_numbers(text, count)) and not said.rest:
        chosen = {real[number - 1] for number in said.numbers}
    return chosen


_FILLER = {
    "a",
    "an",
    "the",
    "or",
    "and",
    "of",
    "in",
    "my",
    "your",
    "i",
    "is",
    "it",
    "to",
    "on",
    "for",
    "with",
    "you",
    "have",
    "do",
    "no",
    "not",
    "that",
    "am",
    "im",
    "any",
    "be",
    "at",
}


def _closest(tokens: Sequence[Token], question: OpenQuestion, chosen: set[str]) -> set[str]:
    """Of labels that share words ("a bit worried", "very worried"): the one said in full, the longest of these."""
    said = [t.stem for t in tokens]
    labels = {choice: [t.stem for t in tokenize(label)] for choice, label in question.choices if choice in chosen}
    exact = {choice for choice, label in labels.items() if label == said}
    whole = {choice: len(set(label)) for choice, label in labels.items() if set(label) <= set(said)}
    longest = {choice for choice, length in whole.items() if length == max(whole.values())}
    return exact or longest or chosen


def _by_label(tokens: Sequence[Token], question: OpenQuestion, only: Sequence[str]) -> set[str]:
    said = {t.stem for t in tokens}
    chosen = set()
    for choice, label in question.choices:
        if choice not in only:
            continue
        named = {t.stem for t in tokenize(label)} - _FILLER
        ids = {t.stem for t in tokenize(choice.replace("_", " "))} - _FILLER
        if (named and (named <= said or (len(said - _FILLER) <= 3 and said - _FILLER and said - _FILLER <= named))) or (
            ids and ids <= said
        ):
            chosen.add(choice)
    return chosen
