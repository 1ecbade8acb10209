"""Figures by day, counted once by a job: a page of statistics reads some hundred rows, whatever the year held."""

from django.db import models


class Measure(models.TextChoices):
    """What is counted."""

    LETTERS = "letters"
    BEGUN = "begun"
    PASSWORD = "password"  # noqa: S105 - a step's name
    CODE_SENT = "code_sent"
    OPENED = "opened"
    FINISHED = "finished"
    SIGN_INS = "sign_ins"
    CODES_SENT = "codes_sent"
    CODES_USED = "codes_used"
    CODES_WRONG = "codes_wrong"
    FAILED_EMAIL = "failed_email"
    FAILED_SMS = "failed_sms"
    FAILED_LETTER = "failed_letter"


class DailyFigure(models.Model):
    """How much of one thing there was on one day in Luxembourg."""

    day = models.DateField()
    measure = models.CharField(max_length=20, choices=Measure)
    value = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["measure", "day"], name="daily_figure_once")]
        indexes = [models.Index(fields=["day"], name="daily_figure_day")]

    def __str__(self) -> str:
        return f"{self.measure} of {self.day}: {self.value}"
