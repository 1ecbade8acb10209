"""What must be true before the demo's processes start; each step does nothing when it was done before."""

import hashlib
import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation.reloader import translation_file_changed

from gesond.config.database import database_settings, start_embedded
from gesond.config.environment import Environment
from gesond.web.catalogues import compile_changed


def port_is_free(host: str, port: int) -> bool:
    """Whether a server may listen there now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
        return True


def database_url(env: Environment) -> str:
    """The address the children are given: the operator's, or that of the embedded server, started here."""
    return env.database_url or start_embedded(env.home / "postgres")


def join_database(env: Environment, url: str) -> None:
    """Point this process at the database: its settings were read before the server was started."""
    joined = database_settings(replace(env, database_url=url))
    joined["OPTIONS"].pop("pool", None)  # one connection, and no thread left behind when children are forked
    connection.settings_dict.update(joined)


def migrate() -> bool:
    """Bring the database up to date; whether there was anything to do."""
    executor = MigrationExecutor(connection)
    pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if pending:
        call_command("migrate", verbosity=0, interactive=False)
    return bool(pending)


def compile_translations() -> None:
    """Compile what is stale, and have this process read it: Django keeps the languages it loaded before."""
    for catalogue in compile_changed():
        translation_file_changed(None, catalogue.with_suffix(".mo"))


def collect_static() -> bool:
    """Collect, hash and compress styles and scripts when any of them changed; whether it had to."""
    stamp = Path(settings.STATIC_ROOT) / ".collected"
    digest = _static_digest()
    if stamp.exists() and stamp.read_text() == digest:
        return False
    call_command("collectstatic", verbosity=0, interactive=False, clear=True)
    stamp.write_text(digest)
    return True


def _static_digest() -> str:
    digest = hashlib.sha256()
    for path, size, changed in sorted(_static_files()):
        digest.update(f"{path}\0{size}\0{changed}\n".encode())
    return digest.hexdigest()


def _static_files() -> Iterator[tuple[str, int, int]]:
    for finder in get_finders():
        for path, storage in finder.list(None):
            state = Path(storage.path(path)).stat()
            yield path, state.st_size, state.st_mtime_ns
