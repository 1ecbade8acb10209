"""Documents that people send (PDF, JPEG, PNG): known by what they hold, never by name or by what the browser says.

Pictures are made anew: whatever else a file held (a place, a script, another format that begins in its middle) is not
in what is kept. A PDF is kept as it is, and is only ever handed out by `attachment()`: no browser opens it here.
"""

import io
import unicodedata
import warnings
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps

from gesond.web.uploads import Limits, ReceivedFile

PDF, JPEG, PNG = "pdf", "jpeg", "png"
BEGINNINGS = {PDF: b"%PDF-", JPEG: b"\xff\xd8\xff", PNG: b"\x89PNG\r\n\x1a\n"}
PDF_END, PDF_END_WITHIN = b"%%EOF", 2048
# What Pillow calls a JPEG: telephones write a second, smaller picture behind the first.
PILLOW_NAMES = {JPEG: ("JPEG", "MPO"), PNG: ("PNG",)}
# Told by the header before a pixel is made: a picture of some bytes can ask for gigabytes.
MOST_PIXELS = 40_000_000
# An identity card is legible at far less; larger pictures are made smaller.
LONGEST_SIDE = 3000
JPEG_QUALITY = 88
LONGEST_NAME = 100
SUFFIXES = {PDF: "pdf", JPEG: "jpg", PNG: "png"}


class RefusedFileError(ValueError):
    """`code`: `format`, `damaged` or `pixels`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class SentDocument:
    """What is kept of a file. `name` is for people to read: not a path, not a header."""

    name: str
    format: str
    content: bytes = field(repr=False)


def document_of(name: str, content: bytes) -> SentDocument:
    """The document in `content`. Raises RefusedFileError."""
    kind = next((kind for kind, beginning in BEGINNINGS.items() if content.startswith(beginning)), None)
    if kind is None:
        raise RefusedFileError("format")
    kept = _checked_pdf(content) if kind == PDF else _made_anew(kind, content)
    return SentDocument(readable_name(name), kind, kept)


def readable_name(name: str) -> str:
    """A file's name as people may see it: its last part, without what hides or turns text round."""
    last = name.replace("\\", "/").rpartition("/")[2]
    shown = "".join(
        sign for sign in unicodedata.normalize("NFC", last) if unicodedata.category(sign)[0] not in "CZ" or sign == " "
    )
    return shown.strip()[-LONGEST_NAME:] or "document"


def attachment(content: bytes, file_name: str) -> HttpResponse:
    """Hand a document out to be kept: no browser shows it, guesses what it is, or runs anything in it.

    `file_name` is the platform's own, in ASCII.
    """
    response = HttpResponse(content, content_type="application/octet-stream")
    response["Content-Disposition"] = f'attachment; filename="{file_name}"'
    response["X-Content-Type-Options"] = "nosniff"
    # Nothing is loaded by it, and it runs nothing, should a browser show it all the same.
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "no-store"
    return response


def _checked_pdf(content: bytes) -> bytes:
    if PDF_END not in content[-PDF_END_WITHIN:]:
        raise RefusedFileError("damaged")
    return content


def _made_anew(kind: str, content: bytes) -> bytes:
    """The same picture and nothing else, upright, as JPEG or PNG."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what Pillow finds odd is refused below or harmless
            return _redrawn(kind, content)
    except RefusedFileError:
        raise
    except Exception as error:  # a decoder's errors are many: OSError, SyntaxError, ValueError, struct.error…
        raise RefusedFileError("damaged") from error


def _redrawn(kind: str, content: bytes) -> bytes:
    with Image.open(io.BytesIO(content), formats=PILLOW_NAMES[kind]) as picture:
        if picture.width * picture.height > MOST_PIXELS:
            raise RefusedFileError("pixels")
        picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
        upright = ImageOps.exif_transpose(picture).convert("RGBA")
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    # A new picture: metadata travel with the old one.
    clean = Image.new("RGB", upright.size, "white")
    clean.paste(upright, mask=upright)
    kept = io.BytesIO()
    clean.save(kept, "JPEG", quality=JPEG_QUALITY) if kind == JPEG else clean.save(kept, "PNG")
    return kept.getvalue()


class SeveralFilesInput(forms.FileInput):
    """One control for several files; the browser offers those that are taken."""

    allow_multiple_selected = True

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"accept": ".pdf,.jpg,.jpeg,.png,application/pdf,image/jpeg,image/png", **(attrs or {})})
        self.attrs["multiple"] = True


class DocumentsField(forms.FileField):
    """One or more files; cleans to a list of `SentDocument`. `limits` are those of the view's `takes_files`."""

    widget = SeveralFilesInput
    default_error_messages = {
        "too_many": _("Choose at most %(files)d files at a time."),
        "too_large": _("%(name)s is too large: choose a file of at most %(megabytes)d MB."),
        "format": _("%(name)s is no PDF, JPEG or PNG: save or photograph the document as one of these."),
        "damaged": _("%(name)s cannot be read: open it to see whether it is whole, then choose it again."),
        "pixels": _("%(name)s has too many pixels: choose a smaller picture."),
        "nothing": _("%(name)s is empty: choose another file."),
    }

    def __init__(self, *, limits: Limits, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.limits = limits

    def clean(self, data: Any, initial: Any = None) -> Any:
        """Every file is looked at, so that all that is wrong is said at once."""
        files: list[ReceivedFile] = list(data or [])
        if not files:
            return super().clean(None)
        if len(files) > self.limits.files:
            raise ValidationError(self.error_messages["too_many"], "too_many", {"files": self.limits.files})
        found, wrong = [], []
        for file in files:
            try:
                found.append(self._document(file))
            except ValidationError as error:
                wrong.append(error)
        if wrong:
            raise ValidationError(wrong)
        return found

    def _document(self, file: ReceivedFile) -> SentDocument:
        if file.too_large:
            raise self._error("too_large", file)
        content = file.read()
        if not content:
            raise self._error("nothing", file)
        try:
            return document_of(file.name or "", content)
        except RefusedFileError as refused:
            raise self._error(refused.code, file) from refused

    def _error(self, code: str, file: ReceivedFile) -> ValidationError:
        facts = {"name": readable_name(file.name or ""), "megabytes": self.limits.bytes_each // (1024 * 1024)}
        return ValidationError(self.error_messages[code], code, facts)
