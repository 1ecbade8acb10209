"""Who works at the desk, and with which roles."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from gesond.desk.forms import NameStaffForm, RolesForm
from gesond.identity.actions.staff import StaffError, change_roles, end_staff, name_staff
from gesond.identity.actions.staff_looks import record_search
from gesond.identity.models import Role, StaffMember
from gesond.identity.queries.staff import staff_members
from gesond.identity.sessions.authentication import account_of, actor_of
from gesond.identity.staff import desk_page
from gesond.web.pagination import page_of

REFUSALS = {
    "own": gettext_lazy("Nobody changes their own roles: ask another member with the role “Security”."),
    "inactive": gettext_lazy("This account is suspended or closed."),
    "weak_factor": gettext_lazy(
        "This account has no second factor but e-mail. The person must first add a mobile number, an authenticator "
        "app, a passkey or LuxTrust."
    ),
    "last_security": gettext_lazy("This is the last member with the role “Security”: name another one first."),
    "ended": gettext_lazy("This member's access has ended already."),
}


@desk_page(Role.SECURITY)
@require_GET
def list_members(request: HttpRequest) -> HttpResponse:
    context = {
        "page": page_of(request, staff_members()),
        "role_names": dict(Role.choices),
        "me": account_of(request).pk,
    }
    return render(request, "desk/staff/list.jinja", context)


@desk_page(Role.SECURITY)
@require_http_methods(["GET", "POST"])
def name_member(request: HttpRequest) -> HttpResponse:
    form = NameStaffForm(request.POST or None)
    is_valid = form.is_valid()
    if form.sought:  # whether a matricule has an account is not tried unseen
        record_search(
            actor=actor_of(request), staff=account_of(request), kind="matricule", typed=form.sought, found=form.found
        )
    if is_valid:
        account_id, roles = form.cleaned_data["matricule"], form.cleaned_data["roles"]
        try:
            name_staff(actor=actor_of(request), account_id=account_id, roles=roles)
        except StaffError as error:
            form.add_error("matricule", REFUSALS[error.code])
        else:
            messages.success(request, _("The member is named, and was told."))
            return redirect("desk:staff")
    return render(request, "desk/staff/name.jinja", {"form": form})


@desk_page(Role.SECURITY)
@require_http_methods(["GET", "POST"])
def roles(request: HttpRequest, member_id: int) -> HttpResponse:
    member = get_object_or_404(StaffMember.objects.select_related("account__person"), pk=member_id)
    form = RolesForm(request.POST or None, initial={"roles": member.roles})
    if form.is_valid():
        try:
            change_roles(actor=actor_of(request), member_id=member_id, roles=form.cleaned_data["roles"])
        except StaffError as error:
            form.add_error(None, REFUSALS[error.code])
        else:
            messages.success(request, _("The roles are changed, and the member was told."))
            return redirect("desk:staff")
    return render(request, "desk/staff/roles.jinja", {"form": form, "member": member})


@desk_page(Role.SECURITY)
@require_http_methods(["GET", "POST"])
def end_member(request: HttpRequest, member_id: int) -> HttpResponse:
    member = get_object_or_404(StaffMember.objects.select_related("account__person"), pk=member_id)
    if request.method != "POST":
        return render(request, "desk/staff/end.jinja", {"member": member})
    try:
        end_staff(actor=actor_of(request), member_id=member_id)
    except StaffError as error:
        messages.warning(request, REFUSALS[error.code])
    else:
        messages.success(request, _("The member's access has ended, and they were told."))
    return redirect("desk:staff")
