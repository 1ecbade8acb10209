"""Polls: read by everybody, answered by who has an account."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from gesond.content import queries
from gesond.content.actions.answering import AlreadyAnsweredError, NoAnswerError, PollClosedError, answer_poll
from gesond.content.forms.answer import AnswerForm
from gesond.content.models import Poll, PollKind
from gesond.content.views.public import page_number, public_page
from gesond.identity.sessions.authentication import account_of, actor_of
from gesond.web.charts import Bars


@public_page
def polls(request: HttpRequest) -> HttpResponse:
    """Those one can answer, and the results of the others."""
    return render(request, "content/polls.jinja", {"lists": queries.poll_lists(page_number(request))})


@public_page
def poll(request: HttpRequest, pk: int) -> HttpResponse:
    """One question: the way to answer it, or its results."""
    found = queries.poll(pk)
    context: dict[str, Any] = {
        "item": found,
        "closed": found.is_closed(),
        "answered": queries.has_answered(found, request.user),
    }
    if queries.shows_results(found):
        context |= results_shown(found)
    return render(request, "content/poll.jinja", context)


def results_shown(found: Poll) -> dict[str, Any]:
    """For the page: how many took part and, unless they answered in their own words, the chart."""
    results = queries.results(found)
    chart = Bars(
        title=_("Results"),
        first=_("Answer"),
        counts=[(option.label, option.count) for option in results.options],
        whole=results.participants,
        empty=_("Nobody has answered."),
    )
    return {"results": results, "chart": None if found.asks == PollKind.TEXT else chart}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """The question and its answers: once an account, and for good."""
    found = _open_poll(pk)
    account = account_of(request)
    if found is None or queries.has_answered(found, account):
        return redirect("content:poll", pk)
    form = AnswerForm(request.POST if request.method == "POST" else None, poll=found)
    if request.method == "POST" and form.is_valid():
        return _take(request, found, form)
    return render(request, "content/poll_answer.jinja", {"item": found, "form": form})


def _open_poll(pk: int) -> Poll | None:
    """None for one that is closed: its own page says so."""
    try:
        found = queries.poll(pk)
    except Poll.DoesNotExist as error:
        raise Http404 from error
    return None if found.is_closed() else found


def _take(request: HttpRequest, found: Poll, form: AnswerForm) -> HttpResponse:
    try:
        answer_poll(
            actor=actor_of(request),
            poll=found,
            account=account_of(request),
            options=form.chosen(),
            text=form.cleaned_data.get("text", ""),
        )
        messages.success(request, _("Thank you: your answer is counted."))
    except AlreadyAnsweredError:
        messages.warning(request, _("You have answered this poll already: your first answer counts."))
    except PollClosedError:
        messages.warning(request, _("This poll has closed: your answer could not be counted."))
    except NoAnswerError:
        messages.error(request, _("The answers have changed meanwhile: read them again, please."))
        return redirect("content:poll_answer", found.pk)
    return redirect("content:poll", found.pk)
