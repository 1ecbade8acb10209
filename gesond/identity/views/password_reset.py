"""« Mot de passe oublié ? »."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from gesond.identity.views.sign_in import sign_in_page


@sign_in_page
def ask(request: HttpRequest) -> HttpResponse:
    return render(request, "identity/password_reset/ask.jinja")
