"""The one statement that every signed-in page begins with: its session, account and person, and whether consent is due.

Written out: composing it with the ORM for each request costs several times what PostgreSQL takes to answer. The columns
come from the models, so a new field needs nothing here.
"""

from functools import cache
from typing import Any

from django.db import connection
from django.db.models import Model

from gesond.identity.models import Account, Person, Session
from gesond.identity.sessions.consent import NOT_AGREED
from gesond.kernel.clock import now


def load_session(key: str) -> Session | None:
    """The session stored under `key` (`sessions.stored_key`), with `account.person` at hand and `consent_due` said."""
    with connection.cursor() as cursor:
        cursor.execute(_statement(), [now(), key])
        row = cursor.fetchone()
    if row is None:
        return None
    consent_due, *values = row
    session: Any = _made(Session, values)
    session.consent_due = consent_due
    if session.account_id is not None:
        session.account = _made(Account, values)
        session.account.person = _made(Person, values)
    return session  # type: ignore[no-any-return] # `consent_due` is no field


@cache
def _statement() -> str:
    columns = ", ".join(
        f'"{model._meta.db_table}"."{field.column}"'
        for model in (Session, Account, Person)
        for field in model._meta.concrete_fields
    )
    # Names of our own tables and columns; the values are bound.
    return f"""SELECT {NOT_AGREED}, {columns} FROM identity_session
      LEFT JOIN identity_account ON identity_account.id = identity_session.account_id
      LEFT JOIN identity_person ON identity_person.id = identity_account.person_id
     WHERE identity_session.session_key = %s"""  # noqa: S608


def _made(model: type[Model], values: list[Any]) -> Model:
    """A row of `model` from the first of `values`, which it takes off."""
    fields = model._meta.concrete_fields
    own, values[:] = values[: len(fields)], values[len(fields) :]
    for position, field in enumerate(fields):
        for convert in field.get_db_converters(connection):
            own[position] = convert(own[position], None, connection)
    return model.from_db(connection.alias, [field.attname for field in fields], own)
