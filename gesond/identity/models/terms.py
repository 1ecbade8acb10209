"""General terms of use: versions, and who accepted which."""

from django.db import models

from gesond.identity.models.account import Account


class TermsVersion(models.Model):
    """One version of the terms, in all languages. What is published is never changed: a new version is."""

    number = models.CharField(max_length=10, unique=True)
    published_at = models.DateTimeField()
    # Language to Markdown: {"fr": "…", "de": "…", "en": "…"}
    body = models.JSONField()
    # Language to Markdown: what changed since the version before; empty in the first.
    changes = models.JSONField(default=dict)

    class Meta:
        ordering = ["published_at"]

    def __str__(self) -> str:
        return f"terms {self.number}"


class TermsAcceptance(models.Model):
    """A person agreed to a version."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="terms_acceptances")
    version = models.ForeignKey(TermsVersion, on_delete=models.PROTECT)
    accepted_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "version"], name="terms_accepted_once")]

    def __str__(self) -> str:
        return f"account {self.account_id} accepted {self.version_id}"
