"""The pages' templates, and how they show what people typed: always as text."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from bot.exports.words import clean, local_time
from bot.site import Site
from desk.words import catalogue, say

if TYPE_CHECKING:
    from desk.web.visit import Visit

FOLDER = Path(__file__).resolve().parents[1] / "templates"


class Templates:
    """All templates, compiled once. Whatever stands between braces is escaped; a name that is missing is a fault."""

    def __init__(self, site: Site) -> None:
        self._environment = Environment(
            loader=FileSystemLoader(FOLDER),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        zone = ZoneInfo(site.time_zone)
        self._environment.globals.update(say=say, has_word=lambda id_: id_ in catalogue(), moment=at, site=site)
        self._environment.filters.update(
            clean=clean,
            lines=shown_lines,
            time=lambda moment: local_time(moment, zone),
            clock=lambda moment: f"{moment.astimezone(zone):%H:%M}",
            iso=lambda moment: f"{moment.astimezone(zone):%Y-%m-%dT%H:%M}",
        )
        for name in self._environment.list_templates():
            # Now, so that a template with a slip stops the start, and not the page that staff need.
            self._environment.get_template(name)

    def render(self, template: str, visit: Visit, **values: Any) -> str:
        """A template, for whoever is signed in."""
        return self._environment.get_template(template).render(visit=visit, desk=visit.desk, **values)

    def part(self, template: str, macro: str, *values: Any) -> str:
        """One macro of a template."""
        module = self._environment.get_template(template).module
        return str(getattr(module, macro)(*values))


def shown_lines(text: object) -> Markup:
    """A text of several lines, each made harmless as by `clean`, empty ones at the ends left out."""
    lines = [clean(line) for line in str(text).replace("\r\n", "\n").strip("\n").split("\n")]
    return Markup("<br>").join(lines)


def at(moment: str | datetime) -> datetime:
    """A moment as messages keep it."""
    return moment if isinstance(moment, datetime) else datetime.fromisoformat(moment)
