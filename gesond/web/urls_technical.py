"""Addresses without language: the root, the choice of language, health, metrics, the captcha."""

from django.urls import include, path

from gesond.web import health, views

urlpatterns = [
    path("", views.root, name="root"),
    path("health/live", health.live, name="health_live"),
    path("health/ready", health.ready, name="health_ready"),
    path("metrics", health.metrics, name="metrics"),
    path("captcha/", include("captcha.urls")),
]
