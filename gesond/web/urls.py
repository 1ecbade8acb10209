"""The portal's own pages."""

from django.urls import path

from gesond.web import views

app_name = "web"
urlpatterns = [
    path("", views.home, name="home"),
]
