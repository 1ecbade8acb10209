"""A guide on paper."""

from gesond.content.models import Guide
from gesond.identity.printed_texts import printed
from gesond.web.dates import month
from gesond.web.markdown import as_blocks


def guide_pdf(guide: Guide) -> bytes:
    """The guide as PDF/UA, in the active language where it was translated, else in French."""
    language = guide.language_shown()
    text = {
        "title": guide.title,
        "version": version_line(guide),
        "language": language,
        "blocks": as_blocks(f"{guide.summary}\n\n{guide.body}"),
    }
    return printed("guides", text, timestamp=guide.publish_at or guide.created_at)


def version_line(guide: Guide) -> str:
    """« Version 4.1 / Juillet 2024 »: S2-46."""
    return f"Version {guide.number} / {month(guide.dated)}"
