"""The Jinja2 environment of every page and message."""

from typing import Any

import jinja2
from django.conf import settings
from django.templatetags.static import static
from django.utils import translation

from gesond.web import dates, drawing, frame, home
from gesond.web.markdown import as_html
from gesond.web.navigation import address, addresses, help_page_address, url
from gesond.web.pagination import address_with


class LoudUndefined(jinja2.ChainableUndefined):
    """Undefined may be asked about, as the components do, but never printed: a misspelt name fails the page."""

    __slots__ = ()

    def __str__(self) -> str:
        raise jinja2.UndefinedError(self._undefined_message)

    __html__ = __str__


def environment(**options: Any) -> jinja2.Environment:
    """Django's Jinja2 options plus the components, translations and our globals."""
    for replaced in ("undefined", "autoescape"):
        options.pop(replaced, None)
    loader = jinja2.ChoiceLoader([options.pop("loader"), jinja2.PackageLoader("nhsuk_frontend_jinja")])
    env = jinja2.Environment(
        loader=loader,
        autoescape=is_markup,  # noqa: S701 - off for plain text only
        undefined=LoudUndefined if settings.DEMO else jinja2.ChainableUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
        **options,
    )
    env.policies["ext.i18n.trimmed"] = True
    env.install_gettext_callables(  # type: ignore[attr-defined]
        gettext=translation.gettext,
        ngettext=translation.ngettext,
        pgettext=translation.pgettext,
        npgettext=translation.npgettext,
        newstyle=True,
    )
    env.globals.update(
        static=static,
        url=url,
        addresses=addresses,
        language=translation.get_language,
        languages=settings.LANGUAGES,
        helpdesk_phone=settings.ENVIRONMENT.helpdesk_phone,
        helpdesk_email=settings.ENVIRONMENT.helpdesk_email,
        sockets_origin=settings.SOCKETS_ORIGIN,
        header=frame.header,
        footer=frame.footer,
        head_links=frame.head_links,
        ready_made=frame.ready_made,
        home_news=home.home_news,
        entry_address=address,
        help_page_address=help_page_address,
        as_html=as_html,
        address_with=address_with,
        **drawing.GLOBALS,
    )
    env.filters.update(day=dates.day, moment=dates.moment, clock=dates.clock, month=dates.month)
    return env


def is_markup(name: str | None) -> bool:
    """Everything is escaped but the plain-text parts of messages."""
    return not (name or "").endswith((".txt.jinja", ".subject.jinja"))
