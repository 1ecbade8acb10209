"""The portal's own pages."""

from django.urls import path

from gesond.web import views

app_name = "web"
urlpatterns = [
    path("", views.home, name="home"),
    path("language/<str:code>/", views.language, name="language"),
    path("help/", views.help_page, name="help"),
    path("accessibility/", views.accessibility, name="accessibility"),
    path("coming/<slug:service>/", views.coming, name="coming"),
]
