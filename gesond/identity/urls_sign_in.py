"""Signing in and out, and « Mes services eSanté »."""

from django.urls import URLPattern, path

from gesond.identity.doors import ENTRANCES
from gesond.identity.views import password_reset, services, sign_in, sign_in_factors, sign_in_luxtrust

# The desk's entrance stands apart: no page of the portal leads there.
PLACES = {"patient": "sign-in/patient/", "professional": "sign-in/professional/", "desk": "desk/sign-in/"}


def entrance_urls(slug: str) -> list[URLPattern]:
    """An entrance and its means: `identity:sign_in_<slug>`, `identity:sign_in_<slug>_password`…"""
    given = {"entrance": ENTRANCES[slug]}
    name, place = f"sign_in_{slug}", PLACES[slug]
    return [
        path(place, sign_in.enter, given, name=name),
        path(f"{place}password/", sign_in.password, given, name=f"{name}_password"),
        path(f"{place}passkey/", sign_in_factors.passkey, given, name=f"{name}_passkey"),
        path(f"{place}luxtrust/", sign_in_luxtrust.begin, given, name=f"{name}_luxtrust"),
        path(f"{place}luxtrust/back/", sign_in_luxtrust.back, given, name=f"{name}_luxtrust_back"),
    ]


sign_in_urls = [
    path("sign-in/", sign_in.choose_door, name="sign_in"),
    *(pattern for slug in ENTRANCES for pattern in entrance_urls(slug)),
    path("sign-in/code/", sign_in.code, name="sign_in_code"),
    path("sign-in/code/<slug:channel>/", sign_in.resend, name="sign_in_resend"),
    path("sign-out/", sign_in.sign_out, name="sign_out"),
    path("forgotten-password/", password_reset.ask, name="password_reset"),
    path("forgotten-password/asked/", password_reset.asked, name="password_reset_asked"),
    path("forgotten-password/link/<str:token>/", password_reset.link, name="password_reset_link"),
    path("forgotten-password/matricule/", password_reset.matricule, name="password_reset_matricule"),
    path("forgotten-password/code/", password_reset.code, name="password_reset_code"),
    path("forgotten-password/code/resend/", password_reset.resend, name="password_reset_resend"),
    path("forgotten-password/new/", password_reset.new, name="password_reset_new"),
    path("forgotten-password/done/", password_reset.done, name="password_reset_done"),
    path("services/", services.services, name="services"),
]
