"""Signing in and out, and « Mes services eSanté »."""

from django.urls import path

from gesond.identity.views import password_reset, services, sign_in

sign_in_urls = [
    path("sign-in/", sign_in.choose_door, name="sign_in"),
    path("sign-in/patient/", sign_in.patient, name="sign_in_patient"),
    path("sign-in/professional/", sign_in.professional, name="sign_in_professional"),
    path("sign-in/patient/password/", sign_in.password, name="sign_in_password"),
    path("sign-in/code/", sign_in.code, name="sign_in_code"),
    path("sign-in/code/<slug:channel>/", sign_in.resend, name="sign_in_resend"),
    path("sign-out/", sign_in.sign_out, name="sign_out"),
    path("forgotten-password/", password_reset.ask, name="password_reset"),
    path("services/", services.services, name="services"),
]
