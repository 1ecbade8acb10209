"""The kernel's tables: the journal's, which triggers make append-only, and the keys of stored files."""

from django.db import models

from gesond.kernel.fields import EncryptedBytesField


class JournalChain(models.Model):
    """The head of a chain: the row that is locked to append, and what the next entry continues."""

    name = models.CharField(max_length=80, primary_key=True)
    last_sequence = models.BigIntegerField(default=0)
    last_hash = models.BinaryField(max_length=32)

    def __str__(self) -> str:
        return self.name


class JournalEntry(models.Model):
    """One thing that happened."""

    chain = models.CharField(max_length=80)
    sequence = models.BigIntegerField()
    at = models.DateTimeField()
    actor = models.CharField(max_length=80)
    on_behalf_of = models.CharField(max_length=80, blank=True)
    address = models.CharField(max_length=45, blank=True)
    event = models.CharField(max_length=80)
    details = models.JSONField(default=dict)
    previous_hash = models.BinaryField(max_length=32)
    hash = models.BinaryField(max_length=32)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["chain", "sequence"], name="journal_chain_sequence")]
        indexes = [
            models.Index(fields=["at"]),
            models.Index(fields=["actor", "at"]),
            models.Index(fields=["event", "at", "id"], name="journal_by_event"),
        ]

    def __str__(self) -> str:
        return f"{self.chain}#{self.sequence} {self.event}"


class JournalSealedHead(models.Model):
    """Where a chain stood when it was sealed. Written only by `gesond.kernel.seals`; append-only like an entry."""

    # The seal's own number, which an entry of the chain of seals names.
    seal = models.BigIntegerField()
    chain = models.CharField(max_length=80)
    sequence = models.BigIntegerField()
    hash = models.BinaryField(max_length=32)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["seal", "chain"], name="journal_sealed_once"),
            models.UniqueConstraint(fields=["chain", "sequence"], name="journal_sealed_head"),
        ]

    def __str__(self) -> str:
        return f"{self.chain}#{self.sequence} in seal {self.seal}"


class StoredFile(models.Model):
    """A file encrypted by `gesond.kernel.storage`: its own key, and what its content is."""

    storage = models.CharField(max_length=40)
    name = models.CharField(max_length=255)
    data_key = EncryptedBytesField()
    size = models.BigIntegerField()  # bytes of the content
    sha256 = models.BinaryField(max_length=32)  # of the content
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["storage", "name"], name="stored_file_name")]

    def __str__(self) -> str:
        return f"stored file {self.pk}"
