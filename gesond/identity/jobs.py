"""Work of the identity app after the commit."""

from procrastinate.contrib.django import app

from gesond.kernel import journal


@app.task(name="identity.resolve_letter_request", queue="identity")
def resolve_letter_request(*, request_id: int) -> None:
    """Find out whether the letter asked for is due."""
    from gesond.identity.actions.letter_requests import resolve_request  # loaded by the worker, not at start-up

    resolve_request(actor=journal.SYSTEM, request_id=request_id)


@app.task(name="identity.print_terms", queue="identity")
def print_terms(*, version_id: int) -> None:
    """Make the PDF files of a version of the terms, so that the first reader need not wait."""
    from gesond.identity.terms_files import print_version  # typst is loaded by the worker only

    print_version(version_id)
