import socket

import pytest


@pytest.fixture
def unused_port():
    """A port of the loopback at which nobody listens: taken, and never listened at, while the test runs."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]
