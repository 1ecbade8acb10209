"""Files encrypted at rest, on any Django storage (a folder, S3).

Each file has a random key of its own. The body, in the storage beneath, is a row of chunks of AES-256-GCM whose nonce
is the chunk's number and whether it is the last: cut, reordered or extended bodies do not open, reading needs the
memory of one chunk, and one may start anywhere. The file's key is kept in `StoredFile`, encrypted under the key ring
like every encrypted column: rotating keys rewrites small rows, never a body, and deleting the row makes every copy of
the body unreadable, those in backups too.
"""

import hashlib
import io
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.core.files.base import File
from django.core.files.storage import Storage, storages
from django.db import transaction
from django.utils.deconstruct import deconstructible

from gesond.kernel.encryption import NONCE_BYTES, TAG_BYTES, DecryptionError
from gesond.kernel.models import StoredFile

if TYPE_CHECKING:
    BytesFile = File[bytes]
else:
    BytesFile = File

CHUNK = 64 * 1024
SEALED_CHUNK = CHUNK + TAG_BYTES
KEY_BITS = 256


class DamagedFileError(DecryptionError):
    """The body was changed, cut, extended, reordered, or belongs to another file."""


@deconstructible(path="gesond.kernel.storage.EncryptedStorage")
class EncryptedStorage(Storage):
    """A storage whose files are encrypted before they reach the one beneath.

    `inner`: the storage beneath, as in `settings.STORAGES`. `label` tells the files of two such storages apart.
    A file saved in a transaction that is rolled back leaves a body without a key: unreadable, and harmless.
    """

    def __init__(self, *, inner: dict[str, Any], label: str = "default") -> None:
        self.inner = storages.create_storage(inner)
        self.label = label

    def sha256(self, name: str) -> bytes:
        """The digest of the content, computed when it was saved."""
        return bytes(self._row(name).sha256)

    def size(self, name: str) -> int:
        """Bytes of the content."""
        return self._row(name).size

    def exists(self, name: str) -> bool:
        return self.inner.exists(name)

    def listdir(self, path: str) -> tuple[list[str], list[str]]:
        return self.inner.listdir(path)

    def get_created_time(self, name: str) -> datetime:
        return self._row(name).created_at

    def get_modified_time(self, name: str) -> datetime:
        return self._row(name).created_at

    def delete(self, name: str) -> None:
        """Forget the key now; remove the body once that is committed."""
        StoredFile.objects.filter(storage=self.label, name=name).delete()
        transaction.on_commit(lambda: self.inner.delete(name))

    def url(self, name: str | None) -> str:
        raise NotImplementedError("an encrypted file is served by a view that decides who may read it")

    def _save(self, name: str, content: BytesFile) -> str:
        key = AESGCM.generate_key(KEY_BITS)
        body = SealedBody(content, key)
        name = self.inner.save(name, body)
        try:
            with transaction.atomic():
                StoredFile.objects.create(
                    storage=self.label, name=name, data_key=key, size=body.plain_size, sha256=body.sha256
                )
        except Exception:
            self.inner.delete(name)
            raise
        return name

    def _open(self, name: str, mode: str = "rb") -> BytesFile:
        if mode != "rb":
            raise ValueError("an encrypted file is never changed: save another")
        row = self._row(name)
        opened = OpenedBody(self.inner.open(name, "rb"), row.data_key, row.size)
        return File(io.BufferedReader(opened, CHUNK), name)

    def _row(self, name: str) -> StoredFile:
        try:
            return StoredFile.objects.get(storage=self.label, name=name)
        except StoredFile.DoesNotExist:
            raise FileNotFoundError(name) from None


class SealedBody(BytesFile):
    """The encrypted body of a file, made as it is read. `plain_size` and `sha256` are known once it is read out."""

    def __init__(self, content: BytesFile, key: bytes) -> None:
        super().__init__(None, getattr(content, "name", None))
        self._content = content
        self._cipher = AESGCM(key)
        self._start()

    def _start(self) -> None:
        self._digest = hashlib.sha256()
        self.plain_size = 0
        self._sealed = self._seal()
        self._pending = b""

    @property
    def sha256(self) -> bytes:
        return self._digest.digest()

    def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
        self.seek(0)
        return self._sealed

    def read(self, size: int = -1) -> bytes:
        """For storages that read (S3) rather than iterate (a folder)."""
        parts = [self._pending]
        held = len(self._pending)
        while size < 0 or held < size:
            chunk = next(self._sealed, b"")
            if not chunk:
                break
            parts.append(chunk)
            held += len(chunk)
        everything = b"".join(parts)
        cut = held if size < 0 else size
        self._pending = everything[cut:]
        return everything[:cut]

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Back to the start, which an upload that is tried again does. Nowhere else."""
        if (offset, whence) != (0, io.SEEK_SET):
            raise io.UnsupportedOperation("an encrypted body is read from its start")
        self._content.seek(0)
        self._start()
        return 0

    def _seal(self) -> Iterator[bytes]:
        number, chunk = 0, self._content.read(CHUNK)
        while True:
            following = self._content.read(CHUNK) if len(chunk) == CHUNK else b""
            self._digest.update(chunk)
            self.plain_size += len(chunk)
            yield self._cipher.encrypt(_nonce(number, last=not following), chunk, None)
            if not following:
                return
            number, chunk = number + 1, following


class OpenedBody(io.RawIOBase):
    """The content of an encrypted body, decrypted a chunk at a time. Raises DamagedFileError where it was touched."""

    def __init__(self, body: BytesFile, key: bytes, size: int) -> None:
        self._body = body
        self._cipher = AESGCM(key)
        self._size = size
        self._last = max(0, (size - 1) // CHUNK)
        self._position = 0
        self._number = -1
        self._chunk = b""
        self._chunk_of(0)  # an empty file is checked too

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size}[whence]
        self._position = max(0, base + offset)
        return self._position

    def readinto(self, buffer: Any) -> int:
        if self._position >= self._size:
            return 0
        number, offset = divmod(self._position, CHUNK)
        piece = self._chunk_of(number)[offset : offset + len(buffer)]
        buffer[: len(piece)] = piece
        self._position += len(piece)
        return len(piece)

    def close(self) -> None:
        self._body.close()
        super().close()

    def _chunk_of(self, number: int) -> bytes:
        if number != self._number:
            self._chunk = self._decrypted(number)
            self._number = number
        return self._chunk

    def _decrypted(self, number: int) -> bytes:
        last = number == self._last
        expected = TAG_BYTES + (self._size - number * CHUNK if last else CHUNK)
        if self._number != number - 1:
            self._body.seek(number * SEALED_CHUNK)
        # One byte more than the last chunk has: a body that goes on was touched.
        sealed = self._body.read(expected + 1 if last else expected)
        if len(sealed) != expected:
            raise DamagedFileError(f"the body of a stored file is cut or extended in chunk {number}")
        try:
            return self._cipher.decrypt(_nonce(number, last=last), sealed, None)
        except InvalidTag as error:
            raise DamagedFileError(f"the body of a stored file was touched in chunk {number}") from error


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(NONCE_BYTES - 1) + bytes([last])
