"""Signing in: S2-28 to S2-31."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


@login_not_required
def choose_door(request: HttpRequest) -> HttpResponse:
    """« Connexion »."""
    return render(request, "web/home.jinja")
