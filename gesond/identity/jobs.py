"""Work of the identity app after the commit."""

from uuid import UUID

from procrastinate import JobContext
from procrastinate.contrib.django import app

from gesond.kernel import journal

EXPORT_RETRIES = 5


@app.task(name="identity.resolve_letter_request", queue="identity")
def resolve_letter_request(*, request_id: int) -> None:
    """Find out whether the letter asked for is due."""
    from gesond.identity.actions.letter_requests import answer_request  # loaded by the worker, not at start-up

    answer_request(actor=journal.SYSTEM, request_id=request_id)


@app.task(name="identity.print_letters", queue="identity")
def print_letters(*, batch_id: int) -> None:
    """Print a batch of letters that the desk ordered, or the rest of one that was stopped."""
    from gesond.identity.actions.letter_orders import print_batch  # typst is loaded by the worker only

    print_batch(batch_id=batch_id)


@app.task(name="identity.print_notice", queue="identity", retry=5)
def print_notice(*, notice_id: int) -> None:
    """Print a letter that only tells."""
    from gesond.identity.actions.posted_notices import print_notice as print_one  # typst is loaded by the worker only

    print_one(actor=journal.SYSTEM, notice_id=notice_id)


@app.periodic(cron="*/10 * * * *", periodic_id="posted_notices")
@app.task(name="identity.print_lost_notices", queue="identity", queueing_lock="identity.print_lost_notices")
def print_lost_notices(timestamp: int) -> None:
    """Every ten minutes: the notices whose own job was lost."""
    from gesond.identity.actions.posted_notices import print_lost

    print_lost(actor=journal.SYSTEM)


@app.task(name="identity.print_terms", queue="identity")
def print_terms(*, version_id: int) -> None:
    """Make the PDF files of a version of the terms, so that the first reader need not wait."""
    from gesond.identity.terms.files import print_version  # typst is loaded by the worker only

    print_version(version_id)


@app.task(name="identity.make_data_export", queue="identity", retry=EXPORT_RETRIES, pass_context=True)
def make_data_export(context: JobContext, *, export_id: str) -> None:
    """« Télécharger mes données »: gather, pack and announce. After the last try the person may ask again."""
    from gesond.identity.actions.data_export import give_export_up, make_export  # loaded by the worker, not at start-up

    try:
        make_export(export_id=UUID(export_id))
    except Exception:
        if context.job.attempts >= EXPORT_RETRIES:
            give_export_up(export_id=UUID(export_id))
        raise


@app.periodic(cron="20 * * * *", periodic_id="data_exports")
@app.task(name="identity.delete_expired_exports", queue="identity", queueing_lock="identity.delete_expired_exports")
def delete_expired_data_exports(timestamp: int) -> None:
    """Every hour: copies of personal data kept for a week."""
    from gesond.identity.actions.data_export import delete_expired_exports

    delete_expired_exports()


@app.task(name="identity.resolve_password_reset", queue="identity")
def resolve_password_reset(*, reset_id: str) -> None:
    """Send the link of « Mot de passe oublié ? », when somebody has the identifier."""
    from gesond.identity.actions.password_reset import resolve_reset  # loaded by the worker, not at start-up

    resolve_reset(actor=journal.SYSTEM, reset_id=reset_id)


@app.periodic(cron="* * * * *")
@app.task(name="identity.journal_failed_sign_ins", queue="identity")
def journal_failed_sign_ins(timestamp: int) -> None:
    """Move the wrong passwords of the last minute to their persons' journals."""
    from gesond.identity.actions.sign_in_failures import journal_failures

    journal_failures(actor=journal.SYSTEM)


@app.periodic(cron="17 * * * *")
@app.task(name="identity.forget_what_ended", queue="identity")
def forget_what_ended(timestamp: int) -> None:
    """Delete what has had its time: sessions, counters of tries, sign-ins never finished, links never used."""
    from gesond.identity.actions.forgetting import forget_ended

    forget_ended(actor=journal.SYSTEM)


@app.task(name="identity.exchange_luxtrust_code", queue="identity", priority=10)
def exchange_luxtrust_code(*, flow_id: str) -> None:
    """A person waits for it: what LuxTrust says of the browser that came back."""
    from gesond.identity.actions.luxtrust_walks import exchange  # loaded by the worker, not at start-up

    exchange(flow_id=UUID(flow_id))


@app.periodic(cron="* * * * *", periodic_id="luxtrust_provider")
@app.task(
    name="identity.fetch_luxtrust_provider",
    queue="identity",
    priority=10,
    # One at a time, and one more at most: a provider that hangs must not take the worker's hands one by one.
    lock="identity.fetch_luxtrust_provider",
    queueing_lock="identity.fetch_luxtrust_provider",
)
def fetch_luxtrust_provider(timestamp: int) -> None:
    """Every minute, and before a browser is sent there: LuxTrust's addresses and keys, and whether it answers."""
    from gesond.identity.luxtrust.configuration import is_offered
    from gesond.identity.luxtrust.provider import fetch_provider

    if is_offered():
        fetch_provider()


@app.periodic(cron="40 * * * *", periodic_id="identity_evidence")
@app.task(name="identity.delete_due_evidence", queue="identity", queueing_lock="identity.delete_due_evidence")
def delete_due_evidence(timestamp: int) -> None:
    """Every hour: documents of identity checks, some days after the last word."""
    from gesond.identity.actions.identity_evidence import delete_due_evidence as delete_due

    delete_due(actor=journal.SYSTEM)
