"""Model fields that are encrypted at rest, and the hash beside one that serves look-ups.

The ciphertext is bound to `table.column`: renaming either makes the stored values unreadable, so such a migration has
to read them under the old name and write them under the new one.
"""

import json
from typing import TYPE_CHECKING, Any

from django.core import checks
from django.core.exceptions import FieldDoesNotExist, FieldError
from django.core.validators import EMPTY_VALUES
from django.db import models
from django.db.models.expressions import Col
from django.db.models.lookups import IsNull

from gesond.kernel.encryption import decrypt, encrypt
from gesond.kernel.hashing import DIGEST_BYTES, keyed_hash, keyed_hashes

if TYPE_CHECKING:
    BinaryField = models.BinaryField[Any, Any]
else:
    BinaryField = models.BinaryField


class EncryptedField(BinaryField):
    """What the encrypted fields share. They cannot be searched; only null can be asked (`isnull`)."""

    # A value that was never given is NULL, which the column refuses, rather than an encrypted nothing.
    empty_strings_allowed = False
    empty_values = list(EMPTY_VALUES)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("editable", True)
        super().__init__(*args, **kwargs)

    @property
    def context(self) -> bytes:
        """What the ciphertext is bound to: `table.column`."""
        return f"{self.model._meta.db_table}.{self.column}".encode()

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        if value is not None:
            value = encrypt(self.to_plain(value), context=self.context)
        return super().get_db_prep_value(value, connection, prepared)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        return None if value is None else self.opened(bytes(value))

    def opened(self, token: bytes) -> Any:
        """The value inside what is stored. Raises DecryptionError."""
        return self.from_plain(decrypt(token, context=self.context))

    def get_placeholder(self, value: Any, compiler: Any, connection: Any) -> str:
        if isinstance(value, Col):
            raise FieldError(f"{self.name} is encrypted for its own column: copy the value in Python, not with F()")
        placeholder: str = connection.ops.binary_placeholder_sql(value)
        return placeholder

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name != "isnull":
            raise FieldError(f"{self.name} is encrypted: search its keyed hash instead")
        return IsNull

    def value_to_string(self, obj: models.Model) -> str:
        """Refuse: a fixture would hold it in clear."""
        raise TypeError(f"{self.name} is encrypted: it is saved with the database, never in a fixture")

    def to_python(self, value: Any) -> Any:
        return value

    def to_plain(self, value: Any) -> bytes:
        raise NotImplementedError

    def from_plain(self, plain: bytes) -> Any:
        raise NotImplementedError

    def _check_str_default_value(self) -> list[checks.CheckMessage]:
        return []  # BinaryField's rule that a default is bytes does not hold for what is text outside


class EncryptedTextField(EncryptedField):
    """Text, encrypted in the database and bound to its table and column."""

    def to_plain(self, value: Any) -> bytes:
        if not isinstance(value, str):
            raise TypeError(f"{self.name} takes text, not {type(value).__name__}")
        return value.encode()

    def from_plain(self, plain: bytes) -> Any:
        return plain.decode()


class EncryptedJSONField(EncryptedField):
    """Any JSON value, encrypted like `EncryptedTextField`."""

    def to_plain(self, value: Any) -> bytes:
        return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()

    def from_plain(self, plain: bytes) -> Any:
        return json.loads(plain)


class EncryptedBytesField(EncryptedField):
    """Bytes, a key for instance, encrypted like `EncryptedTextField`."""

    def to_plain(self, value: Any) -> bytes:
        if not isinstance(value, bytes):
            raise TypeError(f"{self.name} takes bytes, not {type(value).__name__}")
        return value

    def from_plain(self, plain: bytes) -> Any:
        return plain


class KeyedHashField(BinaryField):
    """The keyed hash of the encrypted field named by `source`, for look-ups: `filter(x_hash__in=keyed_hashes(...))`.

    `purpose` is what the hash is made for. `manage.py rotate_keys` recomputes it from `source`, or from what the
    model's `hash_input_<field>()` returns when it has one (the text to hash, or None for no hash).

    A hash with an empty `source` (a code's, a session's) cannot be recomputed: nothing keeps what was hashed. The old
    hash key must stay in the ring until those short-lived rows have gone.
    """

    def __init__(self, *args: Any, source: str = "", purpose: str = "", **kwargs: Any) -> None:
        self.source = source
        self.purpose = purpose
        kwargs.setdefault("max_length", DIGEST_BYTES)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "source": self.source, "purpose": self.purpose}

    def check(self, **kwargs: Any) -> list[checks.CheckMessage]:
        return [*super().check(**kwargs), *self._check_source(), *self._check_purpose()]

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        if value is not None and not (isinstance(value, (bytes, memoryview)) and len(value) == DIGEST_BYTES):
            raise ValueError(f"{self.name} takes a keyed hash of {DIGEST_BYTES} bytes, not what is hashed")
        return super().get_db_prep_value(value, connection, prepared)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> bytes | None:
        return None if value is None else bytes(value)

    def hash_input(self, row: models.Model) -> str | None:
        """The text this hash is made of, read from its row; None when it has none."""
        hook = getattr(row, f"hash_input_{self.name}", None)
        text: str | None = hook() if hook else getattr(row, self.source)
        return text

    def renewed(self, row: models.Model, stored: bytes) -> bytes | None:
        """The hash under the current key, or None when `stored` is of no key of the ring: not ours to replace."""
        text = self.hash_input(row)
        if text is None or stored not in keyed_hashes(text, purpose=self.purpose):
            return None
        return keyed_hash(text, purpose=self.purpose)

    def _check_source(self) -> list[checks.CheckMessage]:
        try:
            if not self.source or isinstance(self.model._meta.get_field(self.source), EncryptedField):
                return []
        except FieldDoesNotExist:
            pass
        return [checks.Error(f"source {self.source!r} is no encrypted field of the model", obj=self, id="kernel.E001")]

    def _check_purpose(self) -> list[checks.CheckMessage]:
        if self.purpose and "\0" not in self.purpose:
            return []
        return [checks.Error("a keyed hash needs a purpose", obj=self, id="kernel.E002")]
