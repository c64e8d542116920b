"""A secure connection can break before a request or after it: only the first kind is safe to send again."""

from __future__ import annotations

import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests

from publisher.delivery.wire import Session, open_transport
from publisher.errors import Deferred, Uncertain

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for this machine and its key, in one file, made by openssl."""
    file = tmp_path_factory.mktemp("tls") / "server.pem"
    words = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost"
    try:
        made = subprocess.run(
            [*words.split(), "-keyout", file, "-out", f"{file}.crt"], capture_output=True, check=False
        )
    except FileNotFoundError:
        pytest.skip("openssl is not installed")
    assert made.returncode == 0, made.stderr
    file.write_bytes(file.read_bytes() + Path(f"{file}.crt").read_bytes())
    return file


@contextmanager
def served(answer: Callable[[socket.socket], None]) -> Iterator[int]:
    """The port of a server that treats one connection as `answer` does."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            connection, _ = listening.accept()
            with connection:
                answer(connection)

        thread = threading.Thread(target=serve)
        thread.start()
        yield listening.getsockname()[1]
        thread.join()


def post(port: int, certificate: Path) -> None:
    with Session(open_transport(), clock=lambda: NOW) as session:
        session.verify = str(certificate)
        session.post(f"https://localhost:{port}/posts", data=b"hello")


def test_an_answer_that_breaks_the_encryption_may_have_published(certificate: Path) -> None:
    received = []

    def answer(connection: socket.socket) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        with context.wrap_socket(connection, server_side=True) as secure:
            while not b"".join(received).endswith(b"hello"):
                received.append(secure.recv(65536))
            socket.socket.send(secure, b"HTTP/1.1 502 a proxy that forgot to encrypt\r\n\r\n")

    with served(answer) as port, pytest.raises(Uncertain):
        post(port, certificate)
    assert b"".join(received).endswith(b"hello")


def test_a_certificate_nobody_signed_stops_before_the_request(certificate: Path) -> None:
    def answer(connection: socket.socket) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        with pytest.raises(OSError, match=r"."):
            context.wrap_socket(connection, server_side=True).recv(1)

    with served(answer) as port, pytest.raises(Deferred, match="could not be reached"):
        post(port, Path(requests.certs.where()))


def test_a_server_that_speaks_no_tls_stops_before_the_request(certificate: Path) -> None:
    def answer(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    with served(answer) as port, pytest.raises(Deferred, match="could not be reached"):
        post(port, certificate)


@pytest.mark.parametrize("url", ["gopher://example.org/", "https://[::1/", "https://example.org:port/", "https:///"])
def test_an_address_that_is_none_sends_nothing(url: str) -> None:
    with Session(open_transport(), clock=lambda: NOW) as session, pytest.raises((Deferred, requests.RequestException)):
        session.post(url)
