"""The next version of the terms of use, while it is being written."""

from django.db import models


class TermsDraft(models.Model):
    """Not in force and seen by nobody but the desk. Published, it becomes a version that is never changed, and goes."""

    number = models.CharField(max_length=10, unique=True)
    # Language to Markdown.
    body = models.JSONField(default=dict)
    changes = models.JSONField(default=dict)
    revision = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"draft of terms {self.number}"
