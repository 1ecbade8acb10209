"""Requests for help, identity checks, activation at a counter."""

from django.urls import URLPattern

app_name = "helpdesk"
urlpatterns: list[URLPattern] = []
