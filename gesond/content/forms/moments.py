"""A moment as a day and a time of day, in Luxembourg; from when to when something is published."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gesond.web.forms import DateField, Form

CLOCK = "%H:%M"


class ClockField(forms.CharField):
    """A time of day such as 18:30, in Luxembourg."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=5, help_text=_("In Luxembourg's time, such as 18:30."), **kwargs)

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        try:
            return datetime.strptime(text.strip().replace("h", ":"), CLOCK).time()  # noqa: DTZ007 - a time alone
        except ValueError:
            raise ValidationError(_("Enter a time such as 18:30.")) from None


class MomentsForm(Form):
    """`moments`: names of pairs of fields `<name>_day` and `<name>_time` that make one moment."""

    moments: Sequence[str] = ()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for name in self.moments:
            cleaned[name] = self._moment(name)
        return cleaned

    def _moment(self, name: str) -> datetime | None:
        day, clock = self.cleaned_data.get(f"{name}_day"), self.cleaned_data.get(f"{name}_time")
        if day is None and clock is None:
            return None
        if day is None or clock is None:
            missing = f"{name}_day" if day is None else f"{name}_time"
            if missing not in self.errors:
                self.add_error(missing, _("Enter both the day and the time."))
            return None
        local = datetime.combine(day, clock, tzinfo=ZoneInfo(settings.TIME_ZONE))
        # 02:30 on the night the clocks go forward is no time.
        if local.astimezone(UTC).astimezone(local.tzinfo).time() != clock:
            self.add_error(f"{name}_time", _("There is no such time that day: the clocks change."))
            return None
        return local


def moment_initial(name: str, moment: datetime | None) -> dict[str, Any]:
    """What the two fields show of a moment."""
    if moment is None:
        return {}
    local = timezone.localtime(moment)
    return {f"{name}_day": local.date(), f"{name}_time": f"{local:{CLOCK}}"}


class ReleaseForm(MomentsForm):
    """From when to when the public sees it. Empty: from now, for ever."""

    moments = ("publish_at", "unpublish_at")

    publish_at_day = DateField(label=_("Published from"), required=False, help_text=_("Leave empty to publish now."))
    publish_at_time = ClockField(label=_("At"), required=False)
    unpublish_at_day = DateField(label=_("Until"), required=False, help_text=_("Leave empty when it has no end."))
    unpublish_at_time = ClockField(label=_("At"), required=False)
