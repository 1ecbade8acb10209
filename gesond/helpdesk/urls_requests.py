"""« Besoin d'aide », « Mes demandes d'aide », and the desk's pages of requests."""

from django.urls import path

from gesond.helpdesk.views import desk_requests, requests

request_urls = [
    path("helpdesk/", requests.help_page, name="help"),
    path("helpdesk/sent/", requests.sent, name="sent"),
    path("helpdesk/link/", requests.new_link, name="new_link"),
    path("helpdesk/link/<str:token>/", requests.link, name="link"),
    path("helpdesk/requests/", requests.requests, name="requests"),
    path("helpdesk/requests/<str:number>/", requests.thread, name="request"),
    path("helpdesk/requests/<str:number>/close/", requests.close, name="request_close"),
    path("helpdesk/requests/<str:number>/reopen/", requests.reopen, name="request_reopen"),
    path("desk/requests/", desk_requests.queue, name="desk_requests"),
    path("desk/requests/news/", desk_requests.news, name="desk_requests_news"),
    path("desk/requests/search/", desk_requests.search, name="desk_requests_search"),
    path("desk/requests/<str:number>/", desk_requests.request, name="desk_request"),
    path("desk/requests/<str:number>/take/", desk_requests.take, name="desk_request_take"),
    path("desk/requests/<str:number>/assign/", desk_requests.assign, name="desk_request_assign"),
    path("desk/requests/<str:number>/answer/", desk_requests.answer, name="desk_request_answer"),
    path("desk/requests/<str:number>/note/", desk_requests.note, name="desk_request_note"),
    path("desk/requests/<str:number>/category/", desk_requests.category, name="desk_request_category"),
    path("desk/requests/<str:number>/person/", desk_requests.person, name="desk_request_person"),
    path("desk/requests/<str:number>/close/", desk_requests.close, name="desk_request_close"),
    path("desk/requests/<str:number>/reopen/", desk_requests.reopen, name="desk_request_reopen"),
]
