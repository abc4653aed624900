"""One operator's settings, read from `site.yml`. Nothing clinical stands here except thresholds made stricter."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import yaml
from pydantic import AfterValidator, Field, ValidationError, field_validator, model_validator

from bot.content.schema import WEEKDAYS, FeverRule, Hours, Level, Model
from bot.errors import SiteError

DEFAULT = Path(__file__).resolve().parents[1] / "site.yml"


#: Closed days that can be named beside the hours: they travel with every message, so there is an end to them.
CLOSED_DAYS = 60


def _known_days(hours: Mapping[str, Hours]) -> Mapping[str, Hours]:
    if unknown := set(hours) - set(WEEKDAYS):
        raise ValueError(f"days are {', '.join(WEEKDAYS)}; found {', '.join(sorted(unknown))}")
    return hours


#: Opening hours by weekday; a day left out is closed.
Week = Annotated[Mapping[str, Hours], AfterValidator(_known_days)]


class Number(Model):
    """A number of the care team. `hours` by weekday; a day left out is closed."""

    name: str
    phone: str
    hours: Week = Field(default_factory=dict)
    all_day: bool = False


class Numbers(Model):
    """Day and out-of-hours number of the care team; None in the demo, which then points to the treatment card."""

    day: Number | None = None
    out_of_hours: Number | None = None


class SupportTimes(Model):
    """When the people who answer in the chat are there: hours by weekday, in the order of the week, and closed days.

    Without any hours nobody has said when somebody is there, and the chat says so.
    """

    hours: Week = Field(default_factory=dict)
    #: Days on which they are not there, whatever the weekday; the earliest first, each once.
    closed_days: tuple[date, ...] = ()

    @field_validator("hours")
    @classmethod
    def _open_days(cls, value: Mapping[str, Hours]) -> Mapping[str, Hours]:
        # A day that is named as closed is left out, so that a week without hours is always an empty one.
        opened = {day for day, span in value.items() if span.all_day or span.opens is not None}
        return {day: value[day] for day in WEEKDAYS if day in opened}

    @field_validator("closed_days")
    @classmethod
    def _few_days(cls, value: tuple[date, ...]) -> tuple[date, ...]:
        if len(days := sorted(set(value))) > CLOSED_DAYS:
            raise ValueError(f"{len(days)} closed days are too many; take out those that are over, {CLOSED_DAYS} fit")
        return tuple(days)

    def to_json(self) -> dict[str, Any]:
        """As a JSON object, short; `model_validate` reads it back."""
        return self.model_dump(mode="json", exclude_defaults=True)


class Support(Model):
    """The people who answer in the chat."""

    name: str = "the support team"
    hours: Week = Field(default_factory=dict)
    #: Days on which they are not there; the site's holidays when it is left out.
    closed_days: tuple[date, ...] | None = None
    #: Open a case without asking when a red flag or level `now` is reached.
    case_required: bool = False


class Thresholds(Model):
    """The site's own fever thresholds, degrees Celsius. A looser one needs `signed_by`, the name of the clinician."""

    raised_c: float | None = None
    low_c: float | None = None
    signed_by: str | None = None


def _overdue() -> dict[Level, int]:
    return {"emergency": 5, "now": 15, "today": 120, "soon": 1440, "keep": 2880}


#: What the store calls the end of a case that nobody of the staff brought about.
_OWN_OUTCOMES = ("forgotten", "retention_ended")
_OUTCOME = re.compile(r"[a-z][a-z0-9_]{0,39}")


def _outcomes() -> dict[str, str]:
    return {
        "advised": "Told who to contact and how soon",
        "team_called": "We told their care team",
        "person_calls_team": "They call their care team themselves",
        "ambulance_called": "An ambulance was called",
        "crisis_line": "Put through to a crisis line",
        "not_reached": "We could not reach them",
        "not_wanted": "They no longer want an answer",
        "not_for_us": "Nothing that we can help with; told where to ask",
    }


class Site(Model):
    """Everything of `site.yml`."""

    name: str
    countries: tuple[str, ...] = Field(min_length=1)
    time_zone: str = "UTC"
    numbers: Numbers = Numbers()
    support: Support = Support()
    holidays: tuple[date, ...] = ()
    allowed_origins: tuple[str, ...] = ()
    thresholds: Thresholds = Thresholds()
    retention_days: int = Field(default=30, ge=1, le=3650)
    #: Minutes after which a waiting case is overdue, by level.
    overdue_minutes: Mapping[Level, int] = Field(default_factory=_overdue)
    #: How a case can end, in the order that staff choose from: an id, which is counted, and what staff read.
    outcomes: Mapping[str, str] = Field(default_factory=_outcomes, min_length=1)
    reviewer: str | None = None

    @field_validator("outcomes")
    @classmethod
    def _outcome_ids(cls, value: Mapping[str, str]) -> Mapping[str, str]:
        for outcome, label in value.items():
            if not _OUTCOME.fullmatch(outcome):
                raise ValueError(f"{outcome!a} is no id: use a-z, 0-9 and _, at most 40 characters")
            if outcome in _OWN_OUTCOMES:
                raise ValueError(f"{outcome} is kept for cases that ended without staff; choose another id")
            if not label.strip():
                raise ValueError(f"{outcome} has no words that staff could read")
        return value

    @model_validator(mode="after")
    def _zone_exists(self) -> Site:
        try:
            ZoneInfo(self.time_zone)
        except (KeyError, ValueError) as error:
            raise ValueError(f"time_zone: {self.time_zone!r} is not a zone such as Europe/London") from error
        return self

    def check_thresholds(self, rule: FeverRule) -> None:
        """Refuse thresholds that are looser than the reviewed rule, unless a clinician signed them.

        Raises:
            SiteError: with the key and what to do.
        """
        own = self.thresholds
        looser = [
            name
            for name, value, looser in (
                ("raised_c", own.raised_c, own.raised_c is not None and own.raised_c > rule.raised_c),
                ("low_c", own.low_c, own.low_c is not None and own.low_c < rule.low_c),
            )
            if looser and value is not None
        ]
        if looser and not own.signed_by:
            keys = " and ".join(f"thresholds.{name}" for name in looser)
            raise SiteError(f"site.yml: {keys}: looser than the reviewed rule. Remove it, or set thresholds.signed_by.")

    def check_outcome(self, outcome: str | None) -> None:
        """Refuse an outcome that is not of this site's list; None is nothing to check.

        Raises:
            SiteError: with the ids that can be used.
        """
        if outcome is not None and outcome not in self.outcomes:
            raise SiteError(f"{outcome[:40]!a} is no outcome of this site; use one of {', '.join(self.outcomes)}")

    @property
    def zone(self) -> ZoneInfo:
        """The zone that opening hours are in."""
        return ZoneInfo(self.time_zone)

    def hours_on(
        self, hours: Mapping[str, Hours], day: date, closed_days: Collection[date] | None = None
    ) -> Hours | None:
        """The hours of this day; None when closed, as on `closed_days`, or on a holiday when those are not given."""
        closed = self.holidays if closed_days is None else closed_days
        return None if day in closed else hours.get(WEEKDAYS[day.weekday()])

    @property
    def support_times(self) -> SupportTimes:
        """When the people who answer in the chat are there."""
        closed = self.holidays if self.support.closed_days is None else self.support.closed_days
        # A file may list the holidays of many years; the latest are the ones that matter.
        return SupportTimes(hours=self.support.hours, closed_days=tuple(sorted(closed)[-CLOSED_DAYS:]))

    def with_support_times(self, times: SupportTimes | None) -> Site:
        """This site with other times of those people, as a supervisor set them; with None, this very site.

        The numbers of the care team keep their hours and holidays: nobody at the desk decides when a ward is closed.
        """
        if times is None:
            return self
        support = self.support.model_copy(update={"hours": times.hours, "closed_days": times.closed_days})
        return self.model_copy(update={"support": support})


def load_site(path: str | os.PathLike[str] | None = None) -> Site:
    """Read the site file (`SIGNPOST_SITE`, else `site.yml` of the checkout).

    Raises:
        SiteError: the file is missing, unreadable or does not fit; one line a fault, with key and mend.
    """
    file = Path(path or os.environ.get("SIGNPOST_SITE") or DEFAULT)
    try:
        data = yaml.safe_load(file.read_text(encoding="utf-8"))
        return Site.model_validate(data)
    except OSError as error:
        raise SiteError(
            f"{file}: cannot be read ({error.strerror}). Copy the site.yml of the project and fill it in."
        ) from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise SiteError(
            f"{file}: is not readable YAML. Mend it, or start again from the site.yml of the project."
        ) from error
    except ValidationError as error:
        lines = [f"{file}: {'.'.join(map(str, f['loc'])) or 'file'}: {f['msg']}" for f in error.errors()]
        raise SiteError("\n".join(lines)) from error
