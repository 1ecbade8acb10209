"""News, events, polls, guides, and the desk that writes them."""

from django.urls import path

from gesond.content.views import desk, desk_terms, polls, public, unsubscribing

app_name = "content"
urlpatterns = [
    path("news/", public.news, name="news"),
    path("news/<int:pk>/", public.news_item, name="news_item"),
    path("events/", public.events, name="events"),
    path("events/past/", public.past_events, name="past_events"),
    path("events/calendar.ics", public.calendar, name="calendar"),
    path("events/<int:pk>/", public.event, name="event"),
    path("events/<int:pk>/event.ics", public.event_calendar, name="event_calendar"),
    path("polls/", polls.polls, name="polls"),
    path("polls/<int:pk>/", polls.poll, name="poll"),
    path("polls/<int:pk>/answer/", polls.answer, name="poll_answer"),
    path("guides/", public.guides, name="guides"),
    path("guides/<slug:slug>/", public.guide, name="guide"),
    path("guides/<slug:slug>/<str:number>/", public.guide, name="guide_version"),
    path("guides/<slug:slug>/<str:number>/pdf", public.guide_file, name="guide_file"),
    path("faq/", public.faq, name="faq"),
    path("unsubscribe/<slug:name>/<str:token>/", unsubscribing.unsubscribe, name="unsubscribe"),
    path("desk/contents/", desk.contents, name="desk_contents"),
    path("desk/contents/poll/<int:pk>/close/", desk.close, name="desk_close"),
    path("desk/contents/<slug:kind>/new/", desk.new, name="desk_new"),
    path("desk/contents/<slug:kind>/<int:pk>/", desk.item, name="desk_item"),
    path("desk/contents/<slug:kind>/<int:pk>/edit/", desk.edit, name="desk_edit"),
    path("desk/contents/<slug:kind>/<int:pk>/release/", desk.release, name="desk_release"),
    path("desk/contents/<slug:kind>/<int:pk>/withdraw/", desk.withdraw, name="desk_withdraw"),
    path("desk/contents/<slug:kind>/<int:pk>/archive/", desk.archive, name="desk_archive"),
    path("desk/terms/", desk_terms.terms, name="desk_terms"),
    path("desk/terms/new/", desk_terms.new, name="desk_terms_new"),
    path("desk/terms/<int:pk>/", desk_terms.draft, name="desk_terms_draft"),
    path("desk/terms/<int:pk>/publish/", desk_terms.publish, name="desk_terms_publish"),
    path("desk/terms/<int:pk>/discard/", desk_terms.discard, name="desk_terms_discard"),
]
