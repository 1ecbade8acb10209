"""Files in forms: none is taken, unless a view says so.

Django keeps what is uploaded, without limit, on disk before any view looks: a stranger could fill it. A page that takes
files says so, to whom, how many and how large:

    @takes_files(Limits(files=5, bytes_each=5 * MEGABYTE), when=holds_a_check)
    def evidence(request): ...

They are held in memory, never in clear on a disk. `gesond.web.documents` checks what they are.
"""

import io
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from gesond.web.errors import content_too_large

View = Callable[..., HttpResponse]
MEGABYTE = 1024 * 1024
# A body so many times its files' limits is still read, to say beside the field which file is too large.
PATIENCE = 2


class NoFiles(FileUploadHandler):
    """Refuses a body beyond `DATA_UPLOAD_MAX_MEMORY_SIZE` before it is read; of a smaller one, drops the files."""

    def handle_raw_input(
        self,
        input_data: Any,
        META: Any,  # noqa: N803 - Django's own name
        content_length: int,
        boundary: Any,
        encoding: str | None = None,
    ) -> None:
        if content_length > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise RequestDataTooBig("no page takes so much")

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        raise SkipFile

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Never called: no file is begun."""

    def file_complete(self, file_size: int) -> None:
        """There is none."""


@dataclass(frozen=True)
class Limits:
    """How many files a form takes, and the bytes of each."""

    files: int
    bytes_each: int

    @property
    def body(self) -> int:
        """What is read at most."""
        return PATIENCE * self.files * self.bytes_each + settings.DATA_UPLOAD_MAX_MEMORY_SIZE


class ReceivedFile(SimpleUploadedFile):
    """A file in memory. Of one that is `too_large`, or beyond how many are taken, nothing is kept but its name."""

    too_large = False


class LimitedFiles(FileUploadHandler):
    """Keeps files within `limits` in memory, and of others that they came."""

    def __init__(self, limits: Limits, request: HttpRequest | None = None) -> None:
        super().__init__(request)
        self._limits = limits
        self._count = 0

    def handle_raw_input(
        self,
        input_data: Any,
        META: Any,  # noqa: N803 - Django's own name
        content_length: int,
        boundary: Any,
        encoding: str | None = None,
    ) -> None:
        if content_length > self._limits.body:
            raise RequestDataTooBig("this page does not take so much")

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self._count += 1
        self._size = 0
        self._kept = io.BytesIO()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self._size += len(raw_data)
        if self._size <= self._limits.bytes_each and self._count <= self._limits.files:
            self._kept.write(raw_data)
        else:
            self._kept = io.BytesIO()

    def file_complete(self, file_size: int) -> ReceivedFile:
        too_large = file_size > self._limits.bytes_each
        content = b"" if too_large else self._kept.getvalue()
        file = ReceivedFile(self.file_name or "", content, self.content_type or "")
        file.too_large = too_large
        return file


def takes_files(limits: Limits, *, when: Callable[[HttpRequest], bool]) -> Callable[[View], View]:
    """Let a view's form hold files, from those for whom `when(request)` is true; from others none is read.

    Anyone's body that is far too large is answered with a page that says so.
    """

    def decorate(view: View) -> View:
        checked = csrf_protect(view)

        # The middleware would read the form before these handlers are named: the check follows inside.
        @csrf_exempt
        @wraps(view)
        def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method == "POST" and when(request):
                request.upload_handlers = [LimitedFiles(limits, request)]
            try:
                return checked(request, *args, **kwargs)
            except RequestDataTooBig:
                return content_too_large(request)

        return page

    return decorate
