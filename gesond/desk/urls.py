"""The agency's back office."""

from django.urls import URLPattern, path

from gesond.desk.views import accounts, journal, letter_requests, letters, outbox, persons, staff, start, statistics

app_name = "desk"
urlpatterns: list[URLPattern] = [
    path("", start.start, name="start"),
    path("persons/", persons.search, name="persons"),
    path("persons/found/", persons.results, name="persons_found"),
    path("persons/<int:person_id>/", persons.person, name="person"),
    path("persons/<int:person_id>/reason/", persons.reason, name="person_reason"),
    path("persons/<int:person_id>/letter/", letters.one_letter, name="person_letter"),
    path("persons/<int:person_id>/suspend/", accounts.suspend, name="account_suspend"),
    path("persons/<int:person_id>/reopen/", accounts.reopen, name="account_reopen"),
    path("persons/<int:person_id>/close/", accounts.close, name="account_close"),
    path("persons/<int:person_id>/sign-out/", accounts.end_sessions, name="account_sign_out"),
    path("letters/", letters.list_batches, name="letters"),
    path("letters/order/", letters.order, name="letters_order"),
    path("letters/<int:batch_id>/", letters.batch, name="letter_batch"),
    path("letters/<int:batch_id>/resume/", letters.resume, name="letter_batch_resume"),
    path("letter-requests/", letter_requests.queue, name="letter_requests"),
    path("letter-requests/news/", letter_requests.news, name="letter_requests_news"),
    path("letter-requests/<int:request_id>/issue/", letter_requests.grant, name="letter_request_grant"),
    path("letter-requests/<int:request_id>/refuse/", letter_requests.refuse, name="letter_request_refuse"),
    path("outbox/", outbox.show, name="outbox"),
    path("outbox/<uuid:message_id>/resend/", outbox.send_again, name="outbox_resend"),
    path("outbox/<uuid:message_id>/discard/", outbox.lay_aside, name="outbox_discard"),
    path("statistics/", statistics.show, name="statistics"),
    path("statistics/figures.csv", statistics.download, name="statistics_file"),
    path("journal/", journal.search, name="journal"),
    path("staff/", staff.list_members, name="staff"),
    path("staff/name/", staff.name_member, name="staff_name"),
    path("staff/<int:member_id>/roles/", staff.roles, name="staff_roles"),
    path("staff/<int:member_id>/end/", staff.end_member, name="staff_end"),
]
