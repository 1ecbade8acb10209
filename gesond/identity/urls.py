"""Activation, sign-in, the account and its services."""

from django.urls import path

from gesond.identity.urls_account import account_urls
from gesond.identity.views import sign_in

app_name = "identity"
urlpatterns = [
    path("sign-in/", sign_in.choose_door, name="sign_in"),
    *account_urls,
]
