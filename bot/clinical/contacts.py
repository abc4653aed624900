"""Whom to reach, in which order, at this hour. Pure; numbers come from the site file and `content/contacts.yml`."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta

from bot.clinical.reply import Contact
from bot.clinical.state import State
from bot.content.loader import Content
from bot.content.schema import WEEKDAYS, Country, Hours, Line
from bot.site import Number, Site

INTERNATIONAL = "international"


def country_of(state: State, content: Content, site: Site) -> Country:
    """The person's country, else the site's only one, else the international set."""
    code = state.country or (site.countries[0] if len(site.countries) == 1 else INTERNATIONAL)
    return content.countries.get(code) or content.countries[INTERNATIONAL]


def emergency_number(country: Country) -> str:
    """The number to dial, in words that fit "Call {emergency} now"."""
    return country.dial or country.emergency[0].phone


def is_open(
    hours: Mapping[str, Hours],
    all_day: bool,
    site: Site,
    now: datetime,
    closed_days: Collection[date] | None = None,
) -> bool | None:
    """Whether a line answers at this instant; None when its hours are not known. Hours may run past midnight.

    It is closed on the site's holidays, or on `closed_days` when it has days of its own.
    """
    if all_day:
        return True
    if not hours:
        return None
    local = now.astimezone(site.zone)
    for day in (local.date(), local.date() - timedelta(days=1)):
        span = site.hours_on(hours, day, closed_days)
        if span is None:
            continue
        if span.all_day and day == local.date():
            return True
        if span.opens is None or span.closes is None:
            continue
        opens = datetime.combine(day, span.opens, site.zone)
        closes = datetime.combine(day, span.closes, site.zone)
        if closes <= opens:
            closes += timedelta(days=1)
        if opens <= local < closes:
            return True
    return False


def hours_words(hours: Mapping[str, Hours]) -> str:
    """Opening hours as data, not as a sentence: "Mon-Fri 09:00-17:00, Sat 10:00-12:00"."""
    spans: list[tuple[list[str], str]] = []
    before = ""
    for day in WEEKDAYS:
        words = _span_words(hours[day]) if day in hours else ""
        # Only neighbours are put together: "Mon-Wed" must not hide that Tuesday is closed.
        if words and words == before:
            spans[-1][0].append(day)
        elif words:
            spans.append(([day], words))
        before = words
    return ", ".join(
        f"{days[0].capitalize()}-{days[-1].capitalize()} {words}"
        if len(days) > 1
        else f"{days[0].capitalize()} {words}"
        for days, words in spans
    )


def _span_words(span: Hours) -> str:
    if span.all_day:
        return "24 h"
    return f"{span.opens:%H:%M}-{span.closes:%H:%M}" if span.opens and span.closes else ""


def contacts_for(
    level: str,
    *,
    crisis: bool,
    bodily_emergency: bool,
    state: State,
    content: Content,
    site: Site,
    now: datetime,
) -> tuple[Contact, ...]:
    """Who to reach for a level, first one first.

    A crisis puts the crisis line first, or the emergency number when the body is in danger too.
    """
    country = country_of(state, content, site)
    emergency = [_line("emergency", line) for line in country.emergency]
    text = [_line("emergency_text", line) for line in country.emergency_text]
    team = care_team(level, site, now)
    if crisis:
        lines = [_line("crisis", line, "level_crisis_if_no_answer") for line in country.crisis]
        return (*emergency, *lines, *text, *team) if bodily_emergency else (*lines, *emergency, *text, *team)
    if level == "emergency":
        return (*emergency, *text, *team)
    if level == "now":
        return (*team, *emergency, *text)
    support = [_line("support", line) for line in country.cancer]
    return (*team, *support) if level != "today" else (*team, *emergency, *support)


def care_team(level: str, site: Site, now: datetime) -> list[Contact]:
    """The care team's numbers, the one that answers now first; without any, the number on the treatment card."""
    no_answer = f"level_{level}_if_no_answer"
    found = [
        _number(role, number, no_answer, site, now)
        for role, number in (("care_team", site.numbers.day), ("out_of_hours", site.numbers.out_of_hours))
        if number
    ]
    if not found:
        return [Contact("care_team", "contact_treatment_card", None, None, None, no_answer)]
    return sorted(found, key=lambda contact: contact.open_now is False)


def _number(role: str, number: Number, no_answer: str, site: Site, now: datetime) -> Contact:
    open_now = is_open(number.hours, number.all_day, site, now)
    hours = "hours_all_day" if number.all_day else f"={hours_words(number.hours)}" if number.hours else "hours_unknown"
    return Contact(role, f"={number.name}", number.phone, hours, open_now, no_answer)


def _line(role: str, line: Line, no_answer: str | None = None) -> Contact:
    hours = f"line_{line.id}_hours" if line.hours else None
    return Contact(role, f"={line.name}", line.phone, hours, True if role == "emergency" else None, no_answer)


def support_line(country: Country) -> Line | None:
    """The blood-cancer support line of the country, if it has one."""
    return country.cancer[0] if country.cancer else None
