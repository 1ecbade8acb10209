"""TLS for SMPP: a socket that one thread reads while others write.

OpenSSL allows a connection to one thread at a time. So the reader waits outside the lock for the plain socket to have
something, and both read and write under it, without ever waiting for the other side while reading.
"""

import select
import ssl
import threading
from typing import Any


def tls_context(host: str, authority: str) -> ssl.SSLContext:
    """Checks the certificate against `host` and the system's authorities, or those of the file `authority`."""
    context = _NamedContext(ssl.PROTOCOL_TLS_CLIENT)
    context.host = host
    if authority:
        context.load_verify_locations(authority)
    else:
        context.load_default_certs()
    return context


class _NamedContext(ssl.SSLContext):
    """The library wraps its socket without naming the host, and without its name no certificate can be checked."""

    host = ""

    def wrap_socket(self, *args: Any, **kwargs: Any) -> ssl.SSLSocket:
        return super().wrap_socket(*args, **{**kwargs, "server_hostname": self.host})


class GuardedSocket:
    """What the library uses of a socket: `recv`, `sendall`, `settimeout`, `shutdown`, `close`."""

    def __init__(self, tls: ssl.SSLSocket, send_seconds: float) -> None:
        self._tls = tls
        self._send_seconds = send_seconds
        self._receive_seconds: float | None = None
        self._lock = threading.Lock()

    def settimeout(self, seconds: float | None) -> None:
        self._receive_seconds = seconds

    def recv(self, size: int) -> bytes:
        while True:
            if not self._tls.pending():
                readable, _, _ = select.select([self._tls], [], [], self._receive_seconds)
                if not readable:
                    raise TimeoutError
            with self._lock:
                self._tls.settimeout(0)
                try:
                    return self._tls.recv(size)
                except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
                    continue  # a record of the protocol's own, or half of one

    def sendall(self, data: bytes) -> None:
        with self._lock:
            self._tls.settimeout(self._send_seconds)
            self._tls.sendall(data)

    def shutdown(self, how: int) -> None:
        self._tls.shutdown(how)

    def close(self) -> None:
        self._tls.close()
