"""What may be used once, remembered until it would have expired anyway."""

from datetime import timedelta

from django.db import models
from django.utils import timezone


class UsedOnceManager(models.Manager["UsedOnce"]):
    def claim(self, value: str, *, lifetime: timedelta) -> bool:
        """Whether this is the first use of `value`. Two claims at the same moment: one of them is first.

        `lifetime`: how long the value would have been good for, which is how long its use is remembered.
        """
        now = timezone.now()
        self.filter(expires_at__lt=now).delete()
        _, first = self.get_or_create(value=value, defaults={"expires_at": now + lifetime})
        return first


class UsedOnce(models.Model):
    """A value that was used: the signature of a proof of work, the number of a solved captcha."""

    value = models.CharField(primary_key=True, max_length=64)
    expires_at = models.DateTimeField(db_index=True)

    objects = UsedOnceManager()

    def __str__(self) -> str:
        return self.value
