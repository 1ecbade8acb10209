"""The journal's tables. Written only by `gesond.kernel.journal`; a trigger refuses every change to an entry."""

from django.db import models


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
        indexes = [models.Index(fields=["at"]), models.Index(fields=["actor", "at"])]

    def __str__(self) -> str:
        return f"{self.chain}#{self.sequence} {self.event}"
