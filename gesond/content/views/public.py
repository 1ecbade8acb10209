"""INFOS E-SANTÉ: what everybody reads."""

from collections.abc import Callable
from functools import wraps

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from gesond.content import queries
from gesond.content.calendar_feed import CONTENT_TYPE, calendar_of
from gesond.content.guide_files import guide_pdf, version_line
from gesond.content.models import Event, Guide

View = Callable[..., HttpResponse]
AN_HOUR = 3600


def public_page(view: View) -> View:
    """Open to everybody, for reading; what is not visible now is not there."""

    @wraps(view)
    def page(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except ObjectDoesNotExist as error:
            raise Http404 from error

    return login_not_required(require_safe(page))


def page_number(request: HttpRequest) -> str:
    return request.GET.get("page", "1")


@public_page
def news(request: HttpRequest) -> HttpResponse:
    """« ACTUALITÉS »."""
    return render(request, "content/news.jinja", {"page": queries.news_page(page_number(request))})


@public_page
def news_item(request: HttpRequest, pk: int) -> HttpResponse:
    """One item."""
    return render(request, "content/news_item.jinja", {"item": queries.news_item(pk)})


@public_page
def events(request: HttpRequest) -> HttpResponse:
    """What is to come, month by month."""
    return render(request, "content/events.jinja", {"months": queries.by_month(queries.coming_events())})


@public_page
def past_events(request: HttpRequest) -> HttpResponse:
    """What is over, month by month, the latest first."""
    page = queries.past_events_page(page_number(request))
    return render(request, "content/past_events.jinja", {"page": page, "months": queries.by_month(page)})


@public_page
def event(request: HttpRequest, pk: int) -> HttpResponse:
    """One event."""
    return render(request, "content/event.jinja", {"item": queries.event(pk)})


@public_page
@cache_control(public=True, max_age=AN_HOUR)
def event_calendar(request: HttpRequest, pk: int) -> HttpResponse:
    """One event for a calendar."""
    found = queries.event(pk)
    return _calendar([found], f"gesond-{found.pk}.ics")


@public_page
@cache_control(public=True, max_age=AN_HOUR)
def calendar(request: HttpRequest) -> HttpResponse:
    """All events, for a calendar that subscribes to them."""
    return _calendar(queries.feed_events(), "gesond.ics")


def _calendar(events: list[Event], name: str) -> HttpResponse:
    response = HttpResponse(calendar_of(events, language=str(get_language())), content_type=CONTENT_TYPE)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@public_page
def guides(request: HttpRequest) -> HttpResponse:
    """« GUIDES », and the « guide en ligne » of S2-11."""
    found = [(guide, version_line(guide)) for guide in queries.guides()]
    return render(request, "content/guides.jinja", {"guides": found})


@public_page
def guide(request: HttpRequest, slug: str, number: str = "") -> HttpResponse:
    """A guide, in its newest version or an earlier one: S2-46."""
    found = queries.guide(slug, number)
    context = {"item": found, "version": version_line(found), "numbers": queries.guide_numbers(slug)}
    return render(request, "content/guide.jinja", context)


@public_page
@cache_control(public=True, max_age=AN_HOUR)
def guide_file(request: HttpRequest, slug: str, number: str) -> HttpResponse:
    """The guide as PDF."""
    found = queries.guide(slug, number)
    response = HttpResponse(guide_pdf(found), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{_file_name(found)}"'
    return response


def _file_name(found: Guide) -> str:
    return f"gesond-{found.slug}-{found.number}-{found.language_shown()}.pdf"


@public_page
def faq(request: HttpRequest) -> HttpResponse:
    """Questions and answers by topic."""
    return render(request, "content/faq.jinja", {"topics": queries.faq()})
