"""Every address, in one place. An address needs sign-in unless its view says `login_not_required`."""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path

urlpatterns = [
    path("", include("gesond.web.urls_technical")),
    path("", include("gesond.identity.urls_technical")),
    *i18n_patterns(
        path("", include("gesond.web.urls")),
        path("", include("gesond.identity.urls")),
        path("", include("gesond.directory.urls")),
        path("", include("gesond.content.urls")),
        path("", include("gesond.helpdesk.urls")),
        path("desk/", include("gesond.desk.urls")),
        prefix_default_language=True,
    ),
]
if settings.DEMO:
    urlpatterns.append(path("demo/", include("gesond.demo.urls")))

handler400 = "gesond.web.errors.bad_request"
handler403 = "gesond.web.errors.permission_denied"
handler404 = "gesond.web.errors.page_not_found"
handler500 = "gesond.web.errors.server_error"
