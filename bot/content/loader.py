"""Reads `content/` into one frozen `Content`, and names every utterance the bot can make.

Utterance ids are formed here and nowhere else:
`sign_<id>_{label,choice,question,looks_like,dark_skin,why,detail}`, `sign_<id>_detail_<option>`,
`flag_<id>_{label,choice,question,looks_like,dark_skin,say}`, `level_<id>_{title,direction,if_no_answer,say}` (also
`level_crisis_...`), `step_<id>_{question,why}`, `step_<id>_choice_<choice>`, `step_<id>_help_<choice>`,
`topic_<id>`, `topic_<id>_label`, `line_<id>_hours`, `line_<id>_for`, and every phrase under its own id
(`place_<id>` names a place of the body outline).
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import ValidationError

from bot.content.schema import (
    Citation,
    Country,
    LeftOut,
    Line,
    Model,
    Phrase,
    RedFlag,
    Review,
    Sign,
    Source,
    Step,
    Steps,
    Text,
    Topic,
    Urgency,
)
from bot.errors import ContentError

M = TypeVar("M", bound=Model)
REVIEW_KEYS = ("reviewed", "reviewer", "review_by")
#: libyaml where PyYAML was built with it: five times faster, the same result.
YamlLoader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Utterance:
    """One reviewed wording. `file` and `key` say where to change it."""

    id: str
    text: Text
    file: str
    key: str
    sources: tuple[Citation, ...] = ()


@dataclass(frozen=True)
class Content:
    """All reviewed content. Treat every mapping as read-only."""

    signs: Mapping[str, Sign]
    red_flags: Mapping[str, RedFlag]
    urgency: Urgency
    steps: Mapping[str, Step]
    page_order: Mapping[str, tuple[str, ...]]
    countries: Mapping[str, Country]
    topics: Mapping[str, Topic]
    sources: Mapping[str, Source]
    left_out: tuple[LeftOut, ...]
    utterances: Mapping[str, Utterance]
    reviews: Mapping[str, Review]  # by file, relative to the content folder
    version: str  # first twelve hex digits of a hash over every file

    def sign_pages(self, group: str | None) -> tuple[str, ...]:
        """Step ids of the sign pages, in the order for this group of conditions."""
        return self.page_order.get(group or "default", self.page_order["default"])

    def expired(self, today: date) -> tuple[str, ...]:
        """Files whose review date has passed."""
        return tuple(f for f, r in sorted(self.reviews.items()) if r.review_by is not None and r.review_by < today)

    def withheld(self, today: date) -> frozenset[str]:
        """Signs and topics that are not asked or told any more, because their file's review date has passed."""
        names = (file.removesuffix(".yml").split("/") for file in self.expired(today))
        return frozenset(parts[1] for parts in names if parts[0] in ("signs", "topics") and len(parts) == 2)

    def in_force(self, today: date) -> Content:
        """The content of this day: withheld signs leave their pages and withheld topics the list.

        Red flags, crisis and contacts are never withheld, nor is a sign when the person names it.
        """
        withheld = self.withheld(today)
        if not withheld:
            return self
        steps = {
            id_: step.model_copy(update={"signs": tuple(s for s in step.signs if s not in withheld)})
            for id_, step in self.steps.items()
        }
        return replace(self, steps=steps, topics={k: v for k, v in self.topics.items() if k not in withheld})

    def unreviewed(self) -> tuple[str, ...]:
        """Files that nobody has signed yet."""
        return tuple(f for f, r in sorted(self.reviews.items()) if not r.reviewed)


def load_content(path: str | os.PathLike[str] | None = None) -> Content:
    """Read the content folder (`SIGNPOST_CONTENT`, else `content/` of the checkout). Cached by folder and version.

    Raises:
        ContentError: a file is missing, is not YAML, does not fit the schema, or defines an id twice. The message names
            file, key and what to do, one fault a line.
    """
    root = Path(path or os.environ.get("SIGNPOST_CONTENT") or Path(__file__).resolve().parents[2] / "content")
    if not root.is_dir():
        raise ContentError(f"{root}: no such folder. Set SIGNPOST_CONTENT to the folder with the reviewed content.")
    return _load(root, content_version(root))


def content_version(root: Path) -> str:
    """A hash over the names and bytes of every content file: what a summary is stamped with."""
    digest = hashlib.sha256()
    for file in sorted(root.rglob("*.yml")):
        digest.update(file.relative_to(root).as_posix().encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()[:12]


@lru_cache(maxsize=4)
def _load(root: Path, version: str) -> Content:
    return _Reader(root).read(version)


class _Reader:
    """One pass over the folder, collecting every fault before giving up."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.faults: list[str] = []
        self.reviews: dict[str, Review] = {}
        self.utterances: dict[str, Utterance] = {}

    def read(self, version: str) -> Content:
        sources = self._many("sources.yml", "sources", Source)
        signs = self._folder("signs", "sign", Sign)
        flags = self._folder("red_flags", "flag", RedFlag)
        topics = self._folder("topics", "topic", Topic)
        urgency = self._one("urgency.yml", "urgency", Urgency)
        steps = self._one("steps.yml", "flow", Steps)
        countries = self._many("contacts.yml", "countries", Country, key="code")
        phrases = self._phrases()
        left_out = self._list("left_out.yml", "left_out", LeftOut)
        if self.faults or urgency is None or steps is None:
            raise ContentError("\n".join(self.faults))
        for file, sign in signs.values():
            self._sign(file, sign)
        for file, flag in flags.values():
            self._flag(file, flag)
        for file, topic in topics.values():
            self._say(f"topic_{topic.id}", topic.answer, file, "topic.answer", topic.sources)
            self._say(f"topic_{topic.id}_label", topic.label, file, "topic.label")
        for step in steps.steps:
            self._step(step)
        self._levels(urgency)
        for country in countries.values():
            self._lines(country[1])
        for name, phrase in phrases.items():
            self._say(name, phrase.text, "phrases.yml", f"phrases.{name}", phrase.sources)
        if self.faults:
            raise ContentError("\n".join(self.faults))
        return Content(
            signs={k: v[1] for k, v in signs.items()},
            red_flags={k: v[1] for k, v in flags.items()},
            urgency=urgency,
            steps={s.id: s for s in steps.steps},
            page_order=steps.page_order,
            countries={k: v[1] for k, v in countries.items()},
            topics={k: v[1] for k, v in topics.items()},
            sources={k: v[1] for k, v in sources.items()},
            left_out=tuple(left_out),
            utterances=self.utterances,
            reviews=self.reviews,
            version=version,
        )

    # reading files -------------------------------------------------------------------------------------------------

    def _yaml(self, name: str) -> dict[str, Any]:
        """The mapping in one file, without its review block; empty, with a fault noted, when it cannot be read."""
        try:
            data = yaml.load((self.root / name).read_text(encoding="utf-8"), Loader=YamlLoader)  # noqa: S506 - a safe loader
        except FileNotFoundError:
            self.faults.append(f"{name}: is missing. Restore it from version control.")
            return {}
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            where = getattr(error, "problem_mark", None)
            line = f" line {where.line + 1}" if where else ""
            self.faults.append(
                f"{name}:{line} is not readable YAML ({getattr(error, 'problem', None) or 'not UTF-8'}). Mend it."
            )
            return {}
        if not isinstance(data, dict):
            self.faults.append(f"{name}: must be a mapping with `reviewed` and its entries.")
            return {}
        review = {key: data.pop(key) for key in REVIEW_KEYS if key in data}
        self._build(name, "reviewed", Review, review, into=self.reviews)
        return data

    def _build(self, name: str, key: str, model: type[M], data: Any, into: dict[str, M] | None = None) -> M | None:
        try:
            value = model.model_validate(data)
        except ValidationError as error:
            for fault in error.errors():
                place = ".".join(str(part) for part in (key, *fault["loc"]))
                self.faults.append(
                    f"{name}: {place}: {fault['msg']}. Compare with `{model.__name__}` in bot/content/schema.py."
                )
            return None
        if into is not None:
            into[name] = value
        return value

    def _one(self, name: str, key: str, model: type[M]) -> M | None:
        data = self._yaml(name)
        if not data:
            return None
        if set(data) != {key}:
            self.faults.append(f"{name}: expected the one key `{key}` beside the review keys, found {sorted(data)}.")
            return None
        return self._build(name, key, model, data[key])

    def _folder(self, folder: str, key: str, model: type[M]) -> dict[str, tuple[str, M]]:
        found: dict[str, tuple[str, M]] = {}
        for path in sorted((self.root / folder).glob("*.yml")):
            name = f"{folder}/{path.name}"
            data = self._yaml(name)
            words = data.pop("words", None)
            if key in data and words is not None and isinstance(data[key], dict):
                data[key]["words"] = words
            entry = self._build(name, key, model, data.get(key)) if set(data) == {key} else None
            if set(data) != {key} and data:
                self.faults.append(
                    f"{name}: expected the one key `{key}` beside the review keys and `words`, found {sorted(data)}."
                )
            if entry is not None:
                self._keep(found, name, entry.id, entry)  # type: ignore[attr-defined]
        if not found and not self.faults:
            self.faults.append(f"{folder}/: holds no entry. Restore the folder from version control.")
        return found

    def _keep(self, found: dict[str, tuple[str, M]], name: str, id_: str, entry: M) -> None:
        if id_ in found:
            self.faults.append(f"{name}: the id `{id_}` is also defined in {found[id_][0]}. Keep one of them.")
        found[id_] = (name, entry)

    def _list(self, name: str, key: str, model: type[M]) -> list[M]:
        data = self._yaml(name)
        entries = [self._build(name, f"{key}.{i}", model, item) for i, item in enumerate(data.get(key) or [])]
        return [entry for entry in entries if entry is not None]

    def _many(self, name: str, list_key: str, model: type[M], key: str = "id") -> dict[str, tuple[str, M]]:
        found: dict[str, tuple[str, M]] = {}
        for entry in self._list(name, list_key, model):
            self._keep(found, name, getattr(entry, key), entry)
        return found

    def _phrases(self) -> dict[str, Phrase]:
        data = self._yaml("phrases.yml").get("phrases") or {}
        built = {k: self._build("phrases.yml", f"phrases.{k}", Phrase, v) for k, v in data.items()}
        return {k: v for k, v in built.items() if v is not None}

    # naming utterances ---------------------------------------------------------------------------------------------

    def _say(self, id_: str, text: Text | None, file: str, key: str, sources: tuple[Citation, ...] = ()) -> None:
        if text is None:
            return
        if id_ in self.utterances:
            self.faults.append(
                f"{file}: {key}: the utterance `{id_}` is also made by {self.utterances[id_].file}. Rename one."
            )
        self.utterances[id_] = Utterance(id_, text, file, key, sources)

    def _sign(self, file: str, sign: Sign) -> None:
        for part in ("label", "choice", "question", "looks_like", "dark_skin", "why"):
            self._say(f"sign_{sign.id}_{part}", getattr(sign, part), file, f"sign.{part}", sign.sources)
        if sign.detail:
            self._say(
                f"sign_{sign.id}_detail",
                sign.detail.question,
                file,
                "sign.detail.question",
                sign.urgency.sources,
            )
            for option in sign.detail.options:
                key = f"sign.detail.options.{option.id}"
                self._say(f"sign_{sign.id}_detail_{option.id}", option.label, file, key, sign.urgency.sources)

    def _flag(self, file: str, flag: RedFlag) -> None:
        for part in ("label", "choice", "question", "looks_like", "dark_skin", "say"):
            self._say(f"flag_{flag.id}_{part}", getattr(flag, part), file, f"flag.{part}", flag.sources)

    def _step(self, step: Step) -> None:
        self._say(f"step_{step.id}_question", step.question, "steps.yml", f"flow.steps.{step.id}.question")
        self._say(f"step_{step.id}_why", step.why, "steps.yml", f"flow.steps.{step.id}.why")
        for choice in step.choices:
            key = f"flow.steps.{step.id}.choices.{choice.id}"
            self._say(f"step_{step.id}_choice_{choice.id}", choice.label, "steps.yml", key)
            self._say(f"step_{step.id}_help_{choice.id}", choice.help, "steps.yml", key)

    def _levels(self, urgency: Urgency) -> None:
        for name, wording in [*urgency.levels.items(), ("crisis", urgency.crisis)]:
            for part in ("title", "direction", "if_no_answer", "say"):
                self._say(
                    f"level_{name}_{part}",
                    getattr(wording, part),
                    "urgency.yml",
                    f"urgency.{name}.{part}",
                    wording.sources,
                )

    def _lines(self, country: Country) -> None:
        for line in lines_of(country):
            self._say(
                f"line_{line.id}_hours",
                line.hours,
                "contacts.yml",
                f"{country.code}.{line.id}.hours",
                line.sources,
            )
            self._say(
                f"line_{line.id}_for",
                line.for_,
                "contacts.yml",
                f"{country.code}.{line.id}.for",
                line.sources,
            )


def lines_of(country: Country) -> Iterator[Line]:
    """Every line of a country, in the order of the file."""
    for group in (country.emergency, country.emergency_text, country.crisis, country.cancer):
        yield from group
