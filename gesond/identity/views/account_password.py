"""Choosing a password at the bottom of « Moyens d'authentification » (S1-18, S1-19, S1-24)."""

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from gesond.identity.actions.password import PasswordChangedElsewhereError, set_password
from gesond.identity.actions.step_up import prove_with_password
from gesond.identity.forms.account import PasswordForm
from gesond.identity.forms.code_messages import duration
from gesond.identity.sessions.authentication import account_of, actor_of
from gesond.identity.sessions.fresh_proof import confirm_address, is_fresh, mark_proved
from gesond.identity.sessions.store import stored_key
from gesond.identity.views.account import authentication_page


@require_POST
@never_cache
def change_password(request: HttpRequest) -> HttpResponse:
    """The current password is the proof; who has none proves themselves by a code."""
    account = account_of(request)
    here = reverse("identity:account_authentication")
    if not account.has_password() and not is_fresh(request):
        return HttpResponseRedirect(confirm_address(here))
    form = PasswordForm(request.POST, account=account)
    if not form.is_valid() or not _current_is_right(request, form):
        return authentication_page(request, form, status=422)
    return _set(request, form)


def _current_is_right(request: HttpRequest, form: PasswordForm) -> bool:
    if "current" not in form.fields:
        return True
    account = account_of(request)
    check = prove_with_password(actor=actor_of(request), account=account, typed=form.cleaned_data["current"])
    if check.retry_after:
        form.add_error("current", _("Too many tries. Try again in %(wait)s.") % {"wait": duration(check.retry_after)})
    elif not check.right:
        form.add_error("current", _("This is not your current password. Check it and enter it again."))
    return check.right


def _set(request: HttpRequest, form: PasswordForm) -> HttpResponse:
    account = account_of(request)
    try:
        set_password(
            actor=actor_of(request),
            account=account,
            password=form.cleaned_data["password"],
            keep_session=stored_key(request.session.session_key),
        )
    except PasswordChangedElsewhereError:
        form.add_error(None, _("Your password was changed in another window meanwhile. Enter it again."))
        return authentication_page(request, form, status=409)
    update_session_auth_hash(request, account)
    mark_proved(request)
    messages.success(request, _("Your password is set. Your other devices were signed out."))
    return HttpResponseRedirect(reverse("identity:account_authentication"))
