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
    path("forgotten-password/asked/", password_reset.asked, name="password_reset_asked"),
    path("forgotten-password/link/<str:token>/", password_reset.link, name="password_reset_link"),
    path("forgotten-password/matricule/", password_reset.matricule, name="password_reset_matricule"),
    path("forgotten-password/code/", password_reset.code, name="password_reset_code"),
    path("forgotten-password/code/resend/", password_reset.resend, name="password_reset_resend"),
    path("forgotten-password/new/", password_reset.new, name="password_reset_new"),
    path("forgotten-password/done/", password_reset.done, name="password_reset_done"),
    path("services/", services.services, name="services"),
]
