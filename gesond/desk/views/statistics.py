"""Charts, and the same figures as a file."""

import csv

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from gesond.desk.forms import PeriodForm
from gesond.desk.queries.statistics import figure_rows, statistics
from gesond.identity.models import Role
from gesond.identity.staff import desk_page


@desk_page(*Role)
@require_GET
def show(request: HttpRequest) -> HttpResponse:
    form = PeriodForm({"period": request.GET.get("period") or "90"})
    context = {"form": form, "charts": statistics(form.days()), "days": form.days()}
    return render(request, "desk/statistics.jinja", context)


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
