"""No page takes files yet: nobody can fill the disk with them."""

from unittest.mock import patch

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, RequestFactory

PAGE = "/fr/sign-in/patient/password/"


def test_the_files_of_a_form_are_dropped_and_its_fields_kept():
    file = SimpleUploadedFile("note.txt", b"a" * 200_000)
    request = RequestFactory().post(PAGE, {"file": file, "identifier": "anna@example.lu"})

    with patch("tempfile.NamedTemporaryFile", side_effect=AssertionError("on disk")):
        assert dict(request.FILES) == {}
    assert request.POST["identifier"] == "anna@example.lu"


@pytest.mark.django_db
def test_a_form_with_too_large_a_file_is_refused_before_it_is_read():
    file = SimpleUploadedFile("film.mp4", b"a" * 3_000_000)

    with patch("tempfile.NamedTemporaryFile", side_effect=AssertionError("on disk")):
        answer = Client().post(PAGE, {"file": file, "identifier": "anna@example.lu"})

    assert answer.status_code in {400, 413}
