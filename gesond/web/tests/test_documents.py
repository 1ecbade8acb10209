"""What people send is known by what it holds, and kept without what does not belong to it."""

import io
import struct
import zlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory
from PIL import Image

from gesond.web.documents import DocumentsField, RefusedFileError, attachment, document_of, readable_name
from gesond.web.uploads import LimitedFiles, Limits

LIMITS = Limits(files=2, bytes_each=20_000)
SCRIPT = b"<script>alert(1)</script>"
PDF = b"%PDF-1.7\n" + b"1 0 obj\n<< >>\nendobj\n" + b"%%EOF\n"


def picture(kind: str, size: tuple[int, int] = (30, 20), mode: str = "RGB", **options) -> bytes:
    kept = io.BytesIO()
    Image.new(mode, size, 0).save(kept, kind, **options)
    return kept.getvalue()


def bomb(side: int) -> bytes:
    """A PNG of few bytes that asks for `side` times `side` pixels."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    pixels = zlib.compress(b"\0" * 1_000_000, 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def sent(*files: SimpleUploadedFile, limits: Limits = LIMITS):
    """The files of a form, as this page's handler receives them."""
    request = RequestFactory().post("/", {"copies": list(files)})
    request.upload_handlers = [LimitedFiles(limits, request)]
    return request.FILES.getlist("copies")


def problems(*files: SimpleUploadedFile, limits: Limits = LIMITS) -> list[str]:
    from django.core.exceptions import ValidationError

    with pytest.raises(ValidationError) as refused:
        DocumentsField(limits=limits).clean(sent(*files, limits=limits))
    return [error.code for error in refused.value.error_list]


@pytest.mark.parametrize(("kind", "name"), [("jpeg", "JPEG"), ("png", "PNG")])
def test_a_picture_is_kept_as_the_same_picture(kind, name):
    document = document_of("card", picture(name))
    assert document.format == kind
    with Image.open(io.BytesIO(document.content)) as kept:
        assert (kept.format, kept.size) == (name, (30, 20))


def test_a_pdf_is_kept_as_it_is():
    assert document_of("act.pdf", PDF).content == PDF


@pytest.mark.parametrize(
    "content",
    [
        b"",
        SCRIPT,
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"<!DOCTYPE html><html></html>",
        b"GIF89a" + b"\0" * 40,
        b"MZ" + b"\0" * 60,
        b"PK\x03\x04" + b"\0" * 40,
        b" " + PDF,
        b"\xef\xbb\xbf<html>",
        b"#!/bin/sh\n" + PDF,
    ],
)
def test_what_is_neither_pdf_jpeg_nor_png_is_refused_whatever_its_name(content):
    with pytest.raises(RefusedFileError) as refused:
        document_of("card.jpg", content)
    assert refused.value.code == "format"


@pytest.mark.parametrize(
    "content",
    [
        b"\xff\xd8\xff" + SCRIPT,
        b"\x89PNG\r\n\x1a\n" + SCRIPT,
        picture("JPEG")[:-400],
        picture("PNG")[:40],
        b"%PDF-1.7 cut off",
    ],
)
def test_what_only_begins_like_a_document_is_refused(content):
    with pytest.raises(RefusedFileError) as refused:
        document_of("card.jpg", content)
    assert refused.value.code == "damaged"


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_what_another_format_hid_in_a_picture_is_gone(kind):
    exif = Image.Exif()
    exif[0x010E] = "<script>alert(1)</script>"
    content = picture(kind, exif=exif) + SCRIPT + PDF
    kept = document_of("card.jpg", content).content
    assert SCRIPT in content
    assert SCRIPT not in kept
    assert b"%PDF" not in kept


def test_a_picture_is_kept_upright_without_where_it_was_taken():
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    exif.get_ifd(0x8825)[1] = "N"  # a place
    kept = document_of("card.jpg", picture("JPEG", (40, 20), exif=exif)).content
    with Image.open(io.BytesIO(kept)) as shown:
        assert shown.size == (20, 40)
        assert not shown.getexif()


def test_a_picture_of_too_many_pixels_is_refused_before_it_is_made(monkeypatch):
    monkeypatch.setattr(Image.Image, "load", lambda self: pytest.fail("the pixels were made"))
    with pytest.raises(RefusedFileError) as refused:
        document_of("card.png", bomb(8000))
    assert refused.value.code == "pixels"


def test_a_picture_that_pillow_itself_takes_for_a_bomb_is_refused():
    with pytest.raises(RefusedFileError):
        document_of("card.png", bomb(40_000))


def test_a_large_picture_is_made_smaller():
    kept = document_of("card.jpg", picture("JPEG", (6000, 3000))).content
    with Image.open(io.BytesIO(kept)) as shown:
        assert shown.size == (3000, 1500)


def test_what_is_transparent_becomes_white():
    kept = document_of("card.png", picture("PNG", mode="RGBA")).content
    with Image.open(io.BytesIO(kept)) as shown:
        assert shown.getpixel((0, 0)) == (255, 255, 255)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("card.jpg", "card.jpg"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\anna\\card.jpg", "card.jpg"),
        ("card\r\nSet-Cookie: a=b.jpg", "cardSet-Cookie: a=b.jpg"),
        ("gpj.\u202ecard.exe", "gpj.card.exe"),
        ("\0\u200b", "document"),
        ("a" * 300 + ".pdf", "a" * 96 + ".pdf"),
        ("Carte d'identité (recto).jpg", "Carte d'identité (recto).jpg"),
    ],
)
def test_a_hostile_name_is_shown_harmless(name, shown):
    assert readable_name(name) == shown


def test_several_files_are_taken():
    found = DocumentsField(limits=LIMITS).clean(
        sent(SimpleUploadedFile("a.pdf", PDF), SimpleUploadedFile("b.jpg", picture("JPEG")))
    )
    assert [(one.name, one.format) for one in found] == [("a.pdf", "pdf"), ("b.jpg", "jpeg")]


def test_everything_that_is_wrong_is_said_at_once():
    files = [SimpleUploadedFile("a.pdf", b"x"), SimpleUploadedFile("b.jpg", b"")]
    assert problems(*files) == ["format", "nothing"]


def test_too_many_files_are_refused():
    assert problems(*[SimpleUploadedFile(f"{n}.pdf", PDF) for n in range(3)]) == ["too_many"]


def test_too_large_a_file_is_refused_and_nothing_of_it_kept():
    (file,) = sent(SimpleUploadedFile("a.pdf", PDF + b"\0" * 20_000))
    assert (file.too_large, file.size) == (True, 0)
    assert problems(SimpleUploadedFile("a.pdf", PDF + b"\0" * 20_000)) == ["too_large"]


def test_no_file_is_asked_for():
    assert problems() == ["required"]


def test_a_document_is_handed_out_to_be_kept_and_never_shown():
    answer = attachment(PDF, "IV-1.pdf")
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"] == 'attachment; filename="IV-1.pdf"'
    assert "sandbox" in answer["Content-Security-Policy"]
    assert answer["X-Content-Type-Options"] == "nosniff"
