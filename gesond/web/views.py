"""The portal's own pages."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language_from_request, override


@login_not_required
def root(request: HttpRequest) -> HttpResponse:
    """`/`: to the home page in the person's language."""
    with override(get_language_from_request(request)):
        return HttpResponseRedirect(reverse("web:home"))


@login_not_required
def home(request: HttpRequest) -> HttpResponse:
    """S2-02 to S2-06."""
    return render(request, "web/home.jinja")
