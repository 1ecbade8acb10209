"""Model fields that are encrypted at rest, and the hash beside one that serves look-ups."""

import json
from typing import TYPE_CHECKING, Any

from django.core.exceptions import FieldError
from django.db import models
from django.db.models.lookups import IsNull

from gesond.kernel.encryption import decrypt, encrypt
from gesond.kernel.hashing import DIGEST_BYTES

if TYPE_CHECKING:
    BinaryField = models.BinaryField[Any, Any]
else:
    BinaryField = models.BinaryField


class EncryptedTextField(BinaryField):
    """Text, encrypted in the database and bound to its table and column. Cannot be searched; only null can be asked."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("editable", True)
        super().__init__(*args, **kwargs)

    @property
    def context(self) -> bytes:
        """What the ciphertext is bound to: `table.column`."""
        return f"{self.model._meta.db_table}.{self.column}".encode()

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        if value is not None and not hasattr(value, "resolve_expression"):
            value = encrypt(self.to_plain(value), context=self.context)
        return super().get_db_prep_value(value, connection, prepared)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        return None if value is None else self.from_plain(decrypt(bytes(value), context=self.context))

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name != "isnull":
            raise FieldError(f"{self.name} is encrypted: search its keyed hash instead")
        return IsNull

    def to_plain(self, value: Any) -> bytes:
        return str(value).encode()

    def from_plain(self, plain: bytes) -> Any:
        return plain.decode()

    def value_to_string(self, obj: models.Model) -> str:
        return str(self.value_from_object(obj))

    def to_python(self, value: Any) -> Any:
        return value


class EncryptedJSONField(EncryptedTextField):
    """Any JSON value, encrypted like `EncryptedTextField`."""

    def to_plain(self, value: Any) -> bytes:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()

    def from_plain(self, plain: bytes) -> Any:
        return json.loads(plain)


class KeyedHashField(BinaryField):
    """The keyed hash of the encrypted field named by `source`, for look-ups: `filter(x_hash__in=keyed_hashes(...))`.

    `purpose` is what the hash is made for. `manage.py rotate_keys` recomputes it from `source`
    through the model's `hash_input_<field>()` when it has one, else from the decrypted value itself.
    """

    def __init__(self, *args: Any, source: str = "", purpose: str = "", **kwargs: Any) -> None:
        self.source = source
        self.purpose = purpose
        kwargs.setdefault("max_length", DIGEST_BYTES)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "source": self.source, "purpose": self.purpose}

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> bytes | None:
        return None if value is None else bytes(value)
