"""The desk's pages of identity checks."""

from django.urls import path

from gesond.helpdesk.views import identity_checks as views

identity_check_urls = [
    path("desk/identity-checks/", views.queue, name="identity_checks"),
    path("desk/identity-checks/news/", views.news, name="identity_checks_news"),
    path("desk/identity-checks/find/", views.find, name="identity_checks_find"),
    path("desk/identity-checks/<uuid:check_id>/", views.show, name="identity_check"),
    path("desk/identity-checks/<uuid:check_id>/take/", views.take, name="identity_check_take"),
    path("desk/identity-checks/<uuid:check_id>/release/", views.release, name="identity_check_release"),
    path("desk/identity-checks/<uuid:check_id>/ask/", views.ask, name="identity_check_ask"),
    path("desk/identity-checks/<uuid:check_id>/decide/", views.decide, name="identity_check_decide"),
    path(
        "desk/identity-checks/<uuid:check_id>/evidence/<uuid:evidence_id>/",
        views.evidence,
        name="identity_check_evidence",
    ),
]
