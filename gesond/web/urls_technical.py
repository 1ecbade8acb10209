"""Addresses without language: the root, the choice of language, health, metrics, the captcha."""

from django.urls import include, path

from gesond.web import health, metrics, views

urlpatterns = [
    path("", views.root, name="root"),
    path("health/live", health.live, name="health_live"),
    path("health/ready", health.ready, name="health_ready"),
    path("metrics", metrics.show, name="metrics"),
    path("captcha/", include("captcha.urls")),
]
