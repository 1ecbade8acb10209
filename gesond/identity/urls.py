"""Activation, sign-in, the account and its services."""

from gesond.identity.urls_account import account_urls
from gesond.identity.urls_activation import activation_urls
from gesond.identity.urls_identity_check import identity_check_urls
from gesond.identity.urls_luxtrust import luxtrust_urls
from gesond.identity.urls_sign_in import sign_in_urls

app_name = "identity"
urlpatterns = [
    *activation_urls,
    *sign_in_urls,
    *account_urls,
    *luxtrust_urls,
    *identity_check_urls,
]
