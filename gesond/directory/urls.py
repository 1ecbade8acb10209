"""Professionals, establishments, secretaries."""

from django.urls import URLPattern, path

from gesond.directory.urls_secretaries import secretary_urls
from gesond.directory.views import activation, search

app_name = "directory"

# A professional's activation: S1-03 to S1-14.
activation_urls: list[URLPattern] = [
    path("professional/activation/", activation.terms, name="professional_activation"),
    path("professional/activation/luxtrust/", activation.luxtrust, name="professional_activation_luxtrust"),
    path("professional/activation/taken/", activation.taken, name="professional_activation_taken"),
    path("professional/activation/code/", activation.letter_code, name="professional_activation_code"),
    path("professional/activation/letter/", activation.ask_for_letter, name="professional_activation_letter"),
    path("professional/activation/sign-in/", activation.sign_in_first, name="professional_activation_sign_in"),
    path("professional/activation/help/", activation.ask_for_help, name="professional_activation_help"),
    path("professional/activation/data/", activation.data, name="professional_activation_data"),
    path("professional/activation/security/", activation.security, name="professional_activation_security"),
    path(
        "professional/activation/security/code/",
        activation.security_code,
        name="professional_activation_security_code",
    ),
    path(
        "professional/activation/security/code/again/",
        activation.another_code,
        name="professional_activation_another_code",
    ),
    path("professional/activation/confirmation/", activation.confirmation, name="professional_activation_confirmation"),
]

# The public search, and the professional's own data.
search_urls: list[URLPattern] = [
    path("directory/", search.search, name="search"),
    path("directory/establishments/", search.establishments, name="establishments"),
    path("directory/professionals/<uuid:public_id>/", search.professional, name="professional"),
    path("directory/establishments/<uuid:public_id>/", search.establishment, name="establishment"),
    path("account/directory/", search.own_record, name="own_record"),
]

urlpatterns: list[URLPattern] = [*search_urls, *activation_urls, *secretary_urls]
