"""`/demo/components/`: every component of the design system in all its states, and the error pages."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from gesond.web import errors
from gesond.web.captcha import CaptchaField
from gesond.web.forms import (
    CurrentPasswordInput,
    DateField,
    DigitsInput,
    Form,
    NewPasswordInput,
    OneTimeCodeInput,
    PhoneInput,
)

STEPS = [
    _("Activation code"),
    _("Password"),
    _("Securing your account"),
    _("Other means of authentication"),
    _("Confirmation"),
]
YES_NO = [("yes", _("Yes")), ("no", _("No"))]
CHANNELS = [("sms", _("Mobile")), ("email", _("E-mail"))]
TOPICS = [("events", _("An event is published")), ("polls", _("A poll is published"))]


class EveryField(Form):
    required_messages = {"matricule": _("Enter your matricule: 11 or 13 digits, on your social security card.")}

    received = forms.ChoiceField(
        label=_("Have you received your activation code?"), choices=YES_NO, widget=forms.RadioSelect
    )
    matricule = forms.CharField(label=_("Matricule"), help_text=_("11 or 13 digits"), widget=DigitsInput)
    email = forms.EmailField(label=_("E-mail"), widget=forms.EmailInput({"autocomplete": "email"}), required=False)
    channel = forms.ChoiceField(
        label=_("One-time code to be received by"), choices=CHANNELS, widget=forms.RadioSelect, initial="sms"
    )
    mobile = forms.CharField(label=_("Mobile"), widget=PhoneInput, required=False)
    password = forms.CharField(label=_("Your password"), widget=CurrentPasswordInput)
    new_password = forms.CharField(
        label=_("A new password"),
        help_text=_("At least 8 characters, with a letter and a digit"),
        widget=NewPasswordInput,
        min_length=8,
        required=False,
    )
    code = forms.CharField(label=_("Code received by SMS or e-mail"), widget=OneTimeCodeInput, required=False)
    born = DateField(label=_("Date of birth"), help_text=_("For example, 25 3 2020"), required=False)
    language = forms.ChoiceField(label=_("Language"), choices=[("fr", "Français"), ("de", "Deutsch")], required=False)
    note = forms.CharField(label=_("Your message"), widget=forms.Textarea, required=False)
    topics = forms.MultipleChoiceField(
        label=_("Tell me when"), choices=TOPICS, widget=forms.CheckboxSelectMultiple, required=False
    )
    captcha = CaptchaField(purpose="demo.components")
    terms = forms.BooleanField(label=_("By ticking this box, I accept the General Terms of Use."))


@login_not_required
def show(request: HttpRequest) -> HttpResponse:
    """The page itself; `?state=errors` shows the form refused, `?dialog=open` the dialog open."""
    is_refused = request.GET.get("state") == "errors"
    data = request.POST if request.method == "POST" else {"received": "yes", "email": "anna"} if is_refused else None
    form = EveryField(data, initial={"born": date(2020, 3, 25)})
    if request.method == "POST" and form.is_valid():
        return redirect("demo:components")
    context = {"form": form, "steps": STEPS, "dialog_open": request.GET.get("dialog") == "open", **_examples()}
    return render(request, "demo/components.jinja", context)


ERROR_PAGES: dict[str, Callable[[HttpRequest], HttpResponse]] = {
    "400": errors.bad_request,
    "403": errors.permission_denied,
    "404": errors.page_not_found,
    "429": lambda request: errors.too_many_requests(request, 290),
    "500": errors.server_error,
    "503": errors.service_unavailable,
    "csrf": errors.csrf_failure,
    "session": lambda request: errors.session_expired(request, reverse("web:home")),
}


@login_not_required
def show_error(request: HttpRequest, kind: str) -> HttpResponse:
    """An error page as it is shown when it happens."""
    if kind not in ERROR_PAGES:
        raise Http404
    return ERROR_PAGES[kind](request)


def _examples() -> dict[str, Any]:
    here = reverse("demo:components")
    return {
        "error_kinds": list(ERROR_PAGES),
        "services": [
            {"title": "DSP", "text": _("Your shared care record"), "icon": "record", "href": here},
            {"title": _("Teleconsultation"), "text": _("See your doctor"), "icon": "video", "state": _("Opens later")},
            {"title": _("Fee notes"), "text": _("Faster refunds"), "icon": "euro", "href": here, "state": _("New")},
        ],
        "columns": [_("Name"), _("Type"), _("Role"), {"text": _("Amount"), "number": True}],
        "rows": [["D Filat (6393913168)", _("DSP assistant"), "–", "12,50 €"], ["Anna Muster", _("Owner"), "–", "0 €"]],
        "account_tabs": [
            {"label": _("Personal information"), "href": here, "current": True},
            {"label": _("Means of authentication"), "href": here},
        ],
    }
