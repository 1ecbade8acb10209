"""Where a notice is printed to: a folder of its own beside the batches, read by the same post."""

from pathlib import Path

from django.conf import settings

from gesond.identity.letters.notices import notice_pdf
from gesond.identity.letters.printing import write_durably
from gesond.identity.letters.spool import write_notice_manifest
from gesond.identity.models import PostedNotice
from gesond.kernel.clock import now

LETTER = "letter-000001.pdf"


def notice_folder(notice: PostedNotice) -> Path:
    """`<spool>/notice-000012`."""
    spool: Path = settings.ENVIRONMENT.letter_spool
    return spool / f"notice-{notice.pk:06}"


def write_notice(notice: PostedNotice) -> None:
    """The letter, then the manifest that says the folder is whole. Raises NoticeError."""
    pdf = notice_pdf(
        notice.person, reference=f"N-{notice.pk}", happened_at=notice.happened_at, made_at=notice.happened_at
    )
    folder = notice_folder(notice)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_durably(folder / LETTER, pdf)
    write_notice_manifest(folder / LETTER, notice.person, {"notice": notice.pk, "created_at": now().isoformat()})
