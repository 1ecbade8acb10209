"""Addresses of secretaries: the professional's pages, the secretary's way to an account, her mandates."""

from django.urls import path

from gesond.directory.views import mandates, secretaries, secretary

secretary_urls = [
    path("secretary/", secretary.explain, name="secretary"),
    path("secretary/link/<str:token>/", secretary.link, name="secretary_link"),
    path("secretary/terms/", secretary.terms, name="secretary_terms"),
    path("secretary/matricule/", secretary.matricule, name="secretary_matricule"),
    path("secretary/luxtrust/", secretary.luxtrust, name="secretary_luxtrust"),
    path("secretary/differences/", secretary.differences, name="secretary_differences"),
    path("secretary/differences/confirm/", secretary.confirm, name="secretary_confirm"),
    path("secretary/differences/again/", secretary.another_device, name="secretary_another_device"),
    path("secretary/pending/", secretary.pending, name="secretary_pending"),
    path("secretary/done/", secretary.done, name="secretary_done"),
    path("my-secretaries/", secretaries.secretaries, name="secretaries"),
    path("my-secretaries/declare/", secretaries.declare, name="secretary_declare"),
    path("my-secretaries/<uuid:declaration_id>/link/", secretaries.resend, name="declaration_resend"),
    path("my-secretaries/<uuid:declaration_id>/withdraw/", secretaries.withdraw, name="declaration_withdraw"),
    path("my-secretaries/mandates/<int:mandate_id>/", secretaries.mandate, name="mandate"),
    path("my-secretaries/mandates/<int:mandate_id>/end/", secretaries.end, name="mandate_end"),
    path(
        "my-secretaries/mandates/<int:mandate_id>/<slug:change>/",
        secretaries.change,
        name="mandate_change",
    ),
    path("my-mandates/", mandates.mandates, name="mandates"),
    path("my-mandates/<int:mandate_id>/give-up/", mandates.give_up, name="mandate_give_up"),
]
