"""Addresses of secretaries: the professional's pages, the secretary's way to an account, her mandates."""

from django.urls import path

from gesond.directory import views_mandates, views_secretaries, views_secretary

secretary_urls = [
    path("secretary/", views_secretary.explain, name="secretary"),
    path("secretary/link/<str:token>/", views_secretary.link, name="secretary_link"),
    path("secretary/terms/", views_secretary.terms, name="secretary_terms"),
    path("secretary/matricule/", views_secretary.matricule, name="secretary_matricule"),
    path("secretary/luxtrust/", views_secretary.luxtrust, name="secretary_luxtrust"),
    path("secretary/differences/", views_secretary.differences, name="secretary_differences"),
    path("secretary/differences/confirm/", views_secretary.confirm, name="secretary_confirm"),
    path("secretary/differences/again/", views_secretary.another_device, name="secretary_another_device"),
    path("secretary/pending/", views_secretary.pending, name="secretary_pending"),
    path("secretary/done/", views_secretary.done, name="secretary_done"),
    path("my-secretaries/", views_secretaries.secretaries, name="secretaries"),
    path("my-secretaries/declare/", views_secretaries.declare, name="secretary_declare"),
    path("my-secretaries/<uuid:declaration_id>/link/", views_secretaries.resend, name="declaration_resend"),
    path("my-secretaries/<uuid:declaration_id>/withdraw/", views_secretaries.withdraw, name="declaration_withdraw"),
    path("my-secretaries/mandates/<int:mandate_id>/", views_secretaries.mandate, name="mandate"),
    path("my-secretaries/mandates/<int:mandate_id>/end/", views_secretaries.end, name="mandate_end"),
    path(
        "my-secretaries/mandates/<int:mandate_id>/<slug:change>/",
        views_secretaries.change,
        name="mandate_change",
    ),
    path("my-mandates/", views_mandates.mandates, name="mandates"),
    path("my-mandates/<int:mandate_id>/give-up/", views_mandates.give_up, name="mandate_give_up"),
]
