"""Charts, and the same figures as a file."""

import csv
from functools import lru_cache

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from gesond.desk.forms import PeriodForm
from gesond.desk.queries.statistics import Sums, figure_rows, statistics, sums_of
from gesond.identity.models import Role
from gesond.identity.staff import desk_page


@desk_page(*Role)
@require_GET
def show(request: HttpRequest) -> HttpResponse:
    form = PeriodForm({"period": request.GET.get("period") or "90"})
    drawn = _drawn(str(get_language()), sums_of(form.days()))
    return render(request, "desk/statistics.jinja", {"form": form, "charts": drawn, "days": form.days()})


@desk_page(*Role)
@require_GET
def download(request: HttpRequest) -> HttpResponse:
    days = PeriodForm(request.GET).days()
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="gesond-figures-{days}-days.csv"'
    writer = csv.writer(answer)
    writer.writerow(("day", "measure", "value"))
    writer.writerows(figure_rows(days))
    return answer


@lru_cache(maxsize=16)
def _drawn(language: str, sums: Sums) -> SafeString:
    """The charts in the current language, drawn once: they change when the hourly count changes a figure."""
    return mark_safe(render_to_string("desk/charts.jinja", {"charts": statistics(sums)}))  # noqa: S308 - our own template
