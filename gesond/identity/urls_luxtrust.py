"""The pages between ours and LuxTrust's. Where LuxTrust leads back to has no language: `urls_technical`."""

from django.urls import URLPattern, path

from gesond.identity.views import luxtrust

luxtrust_urls: list[URLPattern] = [
    path("luxtrust/", luxtrust.walk, name="luxtrust"),
    path("luxtrust/waiting/", luxtrust.waiting, name="luxtrust_waiting"),
    path("luxtrust/again/", luxtrust.again, name="luxtrust_again"),
]
