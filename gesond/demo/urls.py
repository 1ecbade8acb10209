"""Pages of the demo only."""

from django.urls import URLPattern, URLResolver, path

from gesond.demo import components
from gesond.demo.outbox import views as outbox

app_name = "demo"
urlpatterns: list[URLPattern | URLResolver] = [
    path("outbox/", outbox.message_list, name="outbox"),
    path("outbox.json", outbox.message_data, name="outbox_data"),
    path("outbox/<uuid:message_id>/", outbox.message, name="outbox_message"),
    path("outbox/<uuid:message_id>/message.html", outbox.message_html, name="outbox_message_html"),
    path("outbox/<uuid:message_id>/letter.pdf", outbox.letter, name="outbox_letter"),
    path("components/", components.show, name="components"),
    path("components/errors/<str:kind>/", components.show_error, name="components_error"),
]
