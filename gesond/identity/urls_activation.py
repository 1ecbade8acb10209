"""The activation of an account (S2-07 to S2-27) and the terms of use."""

from django.urls import path

from gesond.identity.views import activation, activation_luxtrust, assisted_activation, terms

activation_urls = [
    path("activation/", activation.prerequisites, name="activation"),
    path("activation/assisted/", assisted_activation.begin, name="activation_assisted"),
    path("activation/assisted/<str:token>/", assisted_activation.link, name="activation_assisted_link"),
    path("activation/code/", activation.letter_code, name="activation_code"),
    path("activation/letter/", activation.ask_for_letter, name="activation_letter"),
    path("activation/password/", activation.password, name="activation_password"),
    path("activation/security/", activation.security, name="activation_security"),
    path("activation/security/code/", activation.security_code, name="activation_security_code"),
    path("activation/security/code/again/", activation.another_code, name="activation_another_code"),
    path("activation/other-means/", activation.other_means, name="activation_other_means"),
    path("activation/luxtrust/", activation_luxtrust.begin, name="activation_luxtrust"),
    path("activation/luxtrust/associated/", activation_luxtrust.associated, name="activation_luxtrust_associated"),
    path("activation/confirmation/", activation.confirmation, name="activation_confirmation"),
    path("terms/", terms.terms, name="terms"),
    path("terms/consent/", terms.consent, name="terms_consent"),
    path("terms/<str:number>.pdf", terms.pdf, name="terms_pdf"),
]
