"""Professionals, establishments, secretaries."""

from django.urls import path

from gesond.directory import views
from gesond.directory.urls_secretaries import secretary_urls

app_name = "directory"
urlpatterns = [
    path("directory/", views.search, name="search"),
    path("directory/establishments/", views.establishments, name="establishments"),
    path("directory/professionals/<uuid:public_id>/", views.professional, name="professional"),
    path("directory/establishments/<uuid:public_id>/", views.establishment, name="establishment"),
    path("account/directory/", views.own_record, name="own_record"),
    *secretary_urls,
]
