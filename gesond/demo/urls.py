"""Pages of the demo only."""

from django.urls import URLPattern, URLResolver, path

from gesond.demo import components

app_name = "demo"
urlpatterns: list[URLPattern | URLResolver] = [
    path("components/", components.show, name="components"),
    path("components/errors/<str:kind>/", components.show_error, name="components_error"),
]
