"""Requests for help, identity checks, activation at a counter."""

from django.urls import URLPattern

from gesond.helpdesk.urls_counter import counter_urls
from gesond.helpdesk.urls_identity_checks import identity_check_urls
from gesond.helpdesk.urls_requests import request_urls

app_name = "helpdesk"
urlpatterns: list[URLPattern] = [
    *request_urls,
    *counter_urls,
    *identity_check_urls,
]
