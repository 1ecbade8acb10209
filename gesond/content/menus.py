"""Where contents are found: INFOS E-SANTÉ (S2-02), the home page (S2-05), the desk's menu."""

from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from gesond.identity.models import Role
from gesond.identity.staff import register_desk_entry
from gesond.web.home import register_home_news
from gesond.web.navigation import Menu, register_entry


def register() -> None:
    """Called once, when the site starts."""
    register_entry(Menu.INFORMATION, _("NEWS"), "content:news", order=10)
    register_entry(Menu.INFORMATION, _("EVENTS"), "content:events", order=12)
    register_entry(Menu.INFORMATION, _("POLLS"), "content:polls", order=14)
    register_entry(Menu.INFORMATION, _("GUIDES"), "content:guides", order=20)
    register_entry(Menu.INFORMATION, _("FREQUENT QUESTIONS"), "content:faq", order=25)
    register_home_news(_home_news)
    register_desk_entry(_("Contents"), "content:desk_contents", Role.CONTENT, order=60)
    register_desk_entry(_("Terms of use"), "content:desk_terms", Role.CONTENT, order=62)


def _home_news() -> str:
    from gesond.content.queries import home_news  # models are loaded by now

    found = home_news()
    return render_to_string("content/home_news.jinja", {"news": found}) if found else ""
