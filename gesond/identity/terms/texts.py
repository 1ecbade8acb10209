"""The terms on a page."""

from django.utils.safestring import SafeString

from gesond.identity.models import TermsVersion
from gesond.identity.queries.terms import in_language
from gesond.web.markdown import as_html


def terms_html(version: TermsVersion, language: str | None) -> SafeString:
    """The whole text, its own headings one level below the page's section."""
    return as_html(in_language(version.body, language))


def changes_html(version: TermsVersion, language: str | None) -> SafeString:
    """What is new in this version."""
    return as_html(in_language(version.changes, language))
