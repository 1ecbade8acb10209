"""The outbox's filter."""

from django import forms
from django.utils.translation import gettext_lazy as _

from gesond.demo.outbox.queries import Filter
from gesond.notify.models import Channel

CHANNELS = [("", _("All")), (Channel.EMAIL, _("E-mail")), (Channel.SMS, _("SMS")), (Channel.LETTER, _("Letter"))]


class FilterForm(forms.Form):
    to = forms.CharField(required=False, label=_("Recipient"), help_text=_("A whole e-mail address or number"))
    channel = forms.ChoiceField(required=False, label=_("Channel"), choices=CHANNELS)
    since = forms.DateTimeField(required=False, widget=forms.HiddenInput)  # ISO 8601

    def as_filter(self) -> Filter:
        """Call after `is_valid()`."""
        return Filter(**self.cleaned_data)
