"""Addresses without a language: this one is registered with LuxTrust."""

from django.urls import path

from gesond.identity.views import luxtrust

urlpatterns = [
    path("luxtrust/callback", luxtrust.callback, name="luxtrust_callback"),
]
