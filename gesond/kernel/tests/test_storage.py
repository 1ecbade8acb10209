import hashlib
import io
import tracemalloc
from pathlib import Path

import pytest
from django.core.files.base import ContentFile, File
from django.core.files.storage import storages
from django.db import transaction

from gesond.kernel.models import StoredFile
from gesond.kernel.storage import CHUNK, SEALED_CHUNK, DamagedFileError, EncryptedStorage, SealedBody

SIZES = [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 3 * CHUNK + 5]


def content(size: int) -> bytes:
    return b"".join(hashlib.sha256(str(n).encode()).digest() for n in range(size // 32 + 1))[:size]


@pytest.fixture
def storage(db, tmp_path) -> EncryptedStorage:
    folder = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(tmp_path)}}
    return EncryptedStorage(inner=folder)


def body(storage: EncryptedStorage, name: str) -> Path:
    return Path(storage.inner.path(name))


@pytest.mark.parametrize("size", SIZES)
def test_a_file_comes_back_as_it_went(storage, size):
    name = storage.save("a/letter.pdf", ContentFile(content(size)))
    with storage.open(name) as file:
        assert file.read() == content(size)
    assert storage.size(name) == size
    assert storage.sha256(name) == hashlib.sha256(content(size)).digest()


def test_the_folder_holds_no_clear_text(storage):
    name = storage.save("letter.txt", ContentFile(b"Rita Doe has a cold. " * 9000))
    assert b"Rita" not in body(storage, name).read_bytes()
    assert b"cold" not in body(storage, name).read_bytes()


def test_two_files_of_one_name_and_one_content_share_nothing(storage):
    first, second = (storage.save("x.txt", ContentFile(b"same" * 100)) for _ in range(2))
    assert first != second
    assert body(storage, first).read_bytes() != body(storage, second).read_bytes()


def test_one_may_start_anywhere(storage):
    plain = content(3 * CHUNK + 5)
    with storage.open(storage.save("x", ContentFile(plain))) as file:
        for at in (3 * CHUNK + 2, 5, CHUNK, 2 * CHUNK - 1, 0):
            file.seek(at)
            assert file.read(10) == plain[at : at + 10]
        file.seek(-3, io.SEEK_END)
        assert file.read() == plain[-3:]


def test_lines_and_chunks_can_be_walked(storage):
    name = storage.save("x", ContentFile(b"one\ntwo\n"))
    with storage.open(name) as file:
        assert list(file) == [b"one\n", b"two\n"]
    with storage.open(name) as file:
        assert b"".join(file.chunks()) == b"one\ntwo\n"


def damaged(storage: EncryptedStorage, name: str, change) -> None:
    path = body(storage, name)
    path.write_bytes(change(path.read_bytes()))
    with pytest.raises(DamagedFileError), storage.open(name) as file:
        file.read()


@pytest.mark.parametrize(
    "change",
    [
        lambda sealed: sealed[:-1],
        lambda sealed: sealed + b"\0",
        lambda sealed: sealed[:SEALED_CHUNK],
        lambda sealed: sealed[: 2 * SEALED_CHUNK],
        lambda sealed: b"",
        lambda sealed: sealed[SEALED_CHUNK : 2 * SEALED_CHUNK] + sealed[:SEALED_CHUNK] + sealed[2 * SEALED_CHUNK :],
        lambda sealed: sealed[:SEALED_CHUNK] + sealed[2 * SEALED_CHUNK :],
        lambda sealed: sealed[:100] + bytes([sealed[100] ^ 1]) + sealed[101:],
    ],
    ids=["cut", "extended", "first chunk only", "last chunk lost", "emptied", "reordered", "middle lost", "changed"],
)
def test_a_touched_body_does_not_open(storage, change):
    damaged(storage, storage.save("x", ContentFile(content(2 * CHUNK + 50))), change)


def test_a_body_cut_at_a_chunk_does_not_open_even_if_its_size_is_changed_too(storage):
    name = storage.save("x", ContentFile(content(2 * CHUNK)))
    StoredFile.objects.update(size=CHUNK)
    damaged(storage, name, lambda sealed: sealed[:SEALED_CHUNK])


def test_an_empty_file_is_checked_too(storage):
    damaged(storage, storage.save("x", ContentFile(b"")), lambda sealed: sealed[:-1] + b"\0")


def test_the_body_of_another_file_does_not_open(storage):
    one, two = (storage.save(name, ContentFile(content(50))) for name in ("one", "two"))
    damaged(storage, one, lambda _: body(storage, two).read_bytes())


def test_a_file_nobody_saved_is_not_found(storage):
    with pytest.raises(FileNotFoundError):
        storage.open("nowhere")


def test_a_file_is_never_changed_nor_linked_to(storage):
    name = storage.save("x", ContentFile(b"x"))
    with pytest.raises(ValueError, match="save another"):
        storage.open(name, "wb")
    with pytest.raises(NotImplementedError):
        storage.url(name)


def test_a_key_that_cannot_be_stored_leaves_no_body(storage, monkeypatch):
    def refuse(**fields: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(StoredFile.objects, "create", refuse)
    with pytest.raises(RuntimeError):
        storage.save("x", ContentFile(b"x"))
    assert storage.listdir("") == ([], [])


def test_deleting_forgets_the_key_at_once_and_the_body_after_the_commit(storage, django_capture_on_commit_callbacks):
    name = storage.save("x", ContentFile(b"x"))
    with django_capture_on_commit_callbacks() as callbacks:
        storage.delete(name)
    assert not StoredFile.objects.exists()
    assert storage.exists(name)
    for callback in callbacks:
        callback()
    assert not storage.exists(name)


def test_a_deletion_rolled_back_keeps_the_file(storage):
    name = storage.save("x", ContentFile(b"x"))
    with transaction.atomic():
        storage.delete(name)
        transaction.set_rollback(True)
    assert storage.open(name).read() == b"x"


@pytest.mark.parametrize("size", SIZES)
def test_a_body_read_in_any_pieces_is_the_same_length_and_can_be_started_again(size):
    sealed = SealedBody(ContentFile(content(size)), b"k" * 32)
    sealed.seek(0)
    first = sealed.read()
    sealed.seek(0)
    pieces = []
    while piece := sealed.read(1000):
        pieces.append(piece)
    assert b"".join(pieces) == first
    assert sealed.sha256 == hashlib.sha256(content(size)).digest()


class Endless(io.RawIOBase):
    """A megabyte-sized file that is never in memory."""

    def __init__(self, size: int) -> None:
        self.size = self.left = size

    def readable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        self.left = self.size
        return 0

    def read(self, size: int = -1) -> bytes:
        taken = min(self.left, size)
        self.left -= taken
        return b"x" * taken


def test_memory_stays_flat(storage):
    megabytes = 16 * 1024 * 1024
    tracemalloc.start()
    try:
        name = storage.save("big", File(Endless(megabytes)))
        with storage.open(name) as file:
            assert sum(len(chunk) for chunk in file.chunks()) == megabytes
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 3 * 1024 * 1024


def test_files_are_encrypted_unless_one_says_otherwise():
    assert isinstance(storages["default"], EncryptedStorage)
