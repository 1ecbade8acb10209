"""The agency's back office."""

from django.urls import URLPattern

app_name = "desk"
urlpatterns: list[URLPattern] = []
