"""One operator's settings, read from `site.yml`. Nothing clinical stands here except thresholds made stricter."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import yaml
from pydantic import Field, ValidationError, field_validator, model_validator

from bot.content.schema import WEEKDAYS, FeverRule, Hours, Level, Model
from bot.errors import SiteError

DEFAULT = Path(__file__).resolve().parents[1] / "site.yml"


class Number(Model):
    """A number of the care team. `hours` by weekday; a day left out is closed."""

    name: str
    phone: str
    hours: Mapping[str, Hours] = Field(default_factory=dict)
    all_day: bool = False

    @field_validator("hours")
    @classmethod
    def _weekdays(cls, value: Mapping[str, Hours]) -> Mapping[str, Hours]:
        if unknown := set(value) - set(WEEKDAYS):
            raise ValueError(f"days are {', '.join(WEEKDAYS)}; found {', '.join(sorted(unknown))}")
        return value


class Numbers(Model):
    """Day and out-of-hours number of the care team; None in the demo, which then points to the treatment card."""

    day: Number | None = None
    out_of_hours: Number | None = None


class Support(Model):
    """The people who answer in the chat."""

    name: str = "the support team"
    hours: Mapping[str, Hours] = Field(default_factory=dict)
    #: Open a case without asking when a red flag or level `now` is reached.
    case_required: bool = False


class Thresholds(Model):
    """The site's own fever thresholds, degrees Celsius. A looser one needs `signed_by`, the name of the clinician."""

    raised_c: float | None = None
    low_c: float | None = None
    signed_by: str | None = None


def _overdue() -> dict[Level, int]:
    return {"emergency": 5, "now": 15, "today": 120, "soon": 1440, "keep": 2880}


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
    reviewer: str | None = None

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

    @property
    def zone(self) -> ZoneInfo:
        """The zone that opening hours are in."""
        return ZoneInfo(self.time_zone)

    def hours_on(self, hours: Mapping[str, Hours], day: date) -> Hours | None:
        """The hours of this day; None when closed, as on a holiday."""
        return None if day in self.holidays else hours.get(WEEKDAYS[day.weekday()])


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
