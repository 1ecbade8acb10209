"""Addresses without language: the root, the choice of language, health, metrics, the captcha."""

from captcha.views import captcha_image, captcha_refresh
from django.contrib.auth.decorators import login_not_required
from django.urls import path

from gesond.web import captcha, health, metrics, views

urlpatterns = [
    path("", views.root, name="root"),
    path("health/live", health.live, name="health_live"),
    path("health/ready", health.ready, name="health_ready"),
    path("metrics", metrics.show, name="metrics"),
    path("captcha/proof", captcha.proof_challenge, name="captcha_proof"),
    path("captcha/image/<slug:key>/", login_not_required(captcha_image), {"scale": 1}, name="captcha-image"),
    path("captcha/refresh/", login_not_required(captcha_refresh), name="captcha-refresh"),
]
