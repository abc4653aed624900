"""A monthly reminder for the person's own calendar (RFC 5545).

Calendars are shared, synced and read aloud by lock screens: the entry says nothing about health, names no service
and no person, and carries no link.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta, timezone
from uuid import uuid4

from dateutil.relativedelta import relativedelta
from icalendar import Alarm, Calendar, Event

from bot.content.render import Renderer

AT = time(10, 0)
#: Days after this one are missing in some month, and a calendar skips a month that lacks the day.
LAST_DAY = 28


def to_ics(renderer: Renderer, now: datetime) -> bytes:
    """One event that repeats every month, first one month after `now` (in the zone of the site) at 10:00.

    The time is floating: 10:00 wherever the person is. The identifier is random, so that no two files can be
    told to come from one person.
    """
    first = (now.astimezone(renderer.site.zone) + relativedelta(months=1)).date()
    first = first.replace(day=min(first.day, LAST_DAY))
    event = Event()
    event.add("uid", str(uuid4()))
    event.add("dtstamp", now.astimezone(timezone.utc))
    event.add("dtstart", datetime.combine(first, AT))
    event.add("duration", timedelta(minutes=15))
    event.add("rrule", {"freq": "monthly"})
    event.add("summary", renderer.text("reminder_title"))
    event.add("description", renderer.text("reminder_text"))
    event.add("class", "PRIVATE")
    event.add("transp", "TRANSPARENT")
    event.add_component(_alarm(renderer))
    calendar = Calendar()
    calendar.add("prodid", "-//Reminder//EN")
    calendar.add("version", "2.0")
    calendar.add_component(event)
    return bytes(calendar.to_ical())


def _alarm(renderer: Renderer) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("trigger", timedelta(0))
    alarm.add("description", renderer.text("reminder_title"))
    return alarm
