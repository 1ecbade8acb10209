"""The PDF files of the terms: made by a job when a version is published, or by the first who asks."""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from gesond.identity.models import TermsVersion
from gesond.identity.printed_texts import ensure_printed, printed
from gesond.identity.queries.terms import in_language
from gesond.web.dates import day
from gesond.web.markdown import as_blocks

FOLDER = "terms"


def print_version(version_id: int) -> None:
    """Make the files that are missing. Running twice makes nothing twice."""
    version = TermsVersion.objects.get(pk=version_id)
    for language, _name in settings.LANGUAGES:
        ensure_printed(FOLDER, _text(version, language), timestamp=version.published_at)


def terms_pdf(version: TermsVersion, language: str) -> bytes:
    """The terms in `language` as PDF/UA."""
    return printed(FOLDER, _text(version, language), timestamp=version.published_at)


def _text(version: TermsVersion, language: str) -> dict[str, Any]:
    with override(language):
        return {
            "title": _("General Terms of Use"),
            "version": _("Version %(number)s of %(date)s")
            % {"number": version.number, "date": day(version.published_at)},
            "language": language,
            "blocks": as_blocks(in_language(version.body, language)),
        }
