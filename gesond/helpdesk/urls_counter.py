"""The desk's pages of guided activations, at the counter or by telephone."""

from django.urls import path

from gesond.helpdesk.views import counter as views

counter_urls = [
    path("desk/counter/", views.start, name="counter"),
    path("desk/counter/begin/", views.begin, name="counter_begin"),
    path("desk/counter/<uuid:assisted_id>/", views.show, name="counter_activation"),
    path("desk/counter/<uuid:assisted_id>/link/", views.link_again, name="counter_link"),
    path("desk/counter/<uuid:assisted_id>/cancel/", views.cancel, name="counter_cancel"),
]
