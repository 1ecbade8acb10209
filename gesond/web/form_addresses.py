"""Addresses that only take forms, opened as pages: a calm page with the way on, in the place of an empty answer."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.urls import Resolver404, resolve

from gesond.web.errors import form_only

READS = {"GET", "HEAD"}


class FormAddressMiddleware:
    """A page that answered a form stands at the form's address, where choosing a language or reloading asks for it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code != HttpResponseNotAllowed.status_code or request.method not in READS:
            return response
        page = form_only(request, page_above(request.path))
        page["Allow"] = response["Allow"]
        return page


def page_above(path: str) -> str:
    """The nearest address above `path` that is one of the site's: `/fr/desk/requests/` for `…/requests/search/`."""
    parts = path.strip("/").split("/")
    for length in range(len(parts) - 1, 0, -1):
        above = f"/{'/'.join(parts[:length])}/"
        try:
            resolve(above)
        except Resolver404:
            continue
        return above
    return ""
