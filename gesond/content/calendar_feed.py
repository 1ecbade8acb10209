"""Events as iCalendar (RFC 5545): one, or all as a feed that calendars read again and again."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import icalendar
from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from gesond.content.models import Event

CONTENT_TYPE = "text/calendar; charset=utf-8"
PRODUCT = "-//Agence eSante G.I.E.//Gesond//"
# How often a calendar may ask again.
REFRESH = timedelta(hours=6)


def calendar_of(events: Iterable[Event], *, language: str) -> bytes:
    """The events in `language`, which must be the active one. Times are given in UTC, which every calendar knows."""
    calendar = icalendar.Calendar()
    calendar.add("prodid", PRODUCT + language.upper())
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("name", _("Events of the e-health portal"))
    calendar.add("x-wr-calname", _("Events of the e-health portal"))
    calendar.add("x-wr-timezone", settings.TIME_ZONE)
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    for event in events:
        calendar.add_component(_component(event, language))
    return bytes(calendar.to_ical())


def _component(event: Event, language: str) -> icalendar.Event:
    component = icalendar.Event()
    component.add("uid", f"{event.uid}@gesond")
    component.add("sequence", event.sequence)
    component.add("dtstamp", _utc(event.updated_at))
    component.add("last-modified", _utc(event.updated_at))
    component.add("dtstart", _utc(event.starts_at))
    component.add("dtend", _utc(event.ends_at))
    spoken = {"LANGUAGE": event.language_shown(language)}
    component.add("summary", event.title, parameters=spoken)
    component.add("location", event.place, parameters=spoken)
    component.add("description", event.summary, parameters=spoken)
    component.add("url", settings.ENVIRONMENT.base_url + reverse("content:event", args=[event.pk]))
    component.add("status", "CANCELLED" if event.called_off else "CONFIRMED")
    return component


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(microsecond=0)
