"""The applicant's pages of an identity check."""

from django.urls import path

from gesond.identity.views import identity_check

identity_check_urls = [
    path("identity-check/", identity_check.show, name="identity_check"),
    path("identity-check/appeal/", identity_check.contest, name="identity_check_appeal"),
    path("identity-check/link/<str:token>/", identity_check.link, name="identity_check_link"),
    path("identity-check/withdraw/", identity_check.give_up, name="identity_check_withdraw"),
]
