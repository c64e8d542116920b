"""The sandbox over HTTP: stand-ins for a run in another process, and a page per network for people to look at."""

from __future__ import annotations

import socket
from collections.abc import Callable
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from publisher.errors import PublisherError
from publisher.sandbox.harness import Dropped, Harness, Response, answer
from publisher.sandbox.orders import FAULTS, obey
from publisher.sandbox.transport import FAULT, NETWORK, NOW, received

LARGEST_BODY = 64 * 1024 * 1024

Pages = Callable[[str], Response]


def serve(harness: Harness, pages: Pages, port: int) -> ThreadingHTTPServer:
    """A server on the loopback interface, ready to `serve_forever`; port 0 takes a free one."""

    class Visit(_Visit):
        pass

    Visit.harness, Visit.pages = harness, staticmethod(pages)
    return _Server(("127.0.0.1", port), Visit)


class _Server(ThreadingHTTPServer):
    """A server that lets many channels knock at once."""

    request_queue_size = 128
    daemon_threads = True


class _Visit(BaseHTTPRequestHandler):
    """One connection: `/net/…` is a client speaking to a stand-in, everything else is a person with a browser."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1  # one packet an answer; written in pieces, each would wait for the other side's delayed ACK
    disable_nagle_algorithm = True
    harness: Harness
    pages: Pages

    def do_GET(self) -> None:
        if self.path.startswith("/net/") or self.path == FAULTS:
            self._answer_client()
        else:
            self._write(self.pages(urlsplit(self.path).path))

    def _answer_client(self) -> None:
        body = self._body()
        if body is None:
            return
        try:
            self._write(self._answered(body))
        except Dropped as fault:
            self._drop(fault.kind)

    do_POST = do_PUT = do_DELETE = do_PATCH = _answer_client  # noqa: N815 - the base class looks for these names

    def _answered(self, body: bytes) -> Response:
        """The answer to whatever arrived, in words where it makes no sense. Raises Dropped."""
        if not self.path.startswith("/net/"):
            kind = self.headers.get("Content-Type", "")
            return obey(self.harness.world, self.command, self.path, kind, body)
        headers = {name.lower(): value for name, value in self.headers.items()}
        network, request, now = received(self.command, self.path, headers, body)
        try:
            instant = datetime.fromisoformat(now).astimezone(UTC) if now else datetime.now(UTC)
            return self.harness.answer(network, request, instant)
        except (Dropped, OSError):
            raise
        except (PublisherError, ValueError) as error:
            return answer(400, {"error": f"{NETWORK}: {network}, {NOW}: {now}: {error}"})
        except Exception as error:  # noqa: BLE001 - a stand-in's mistake is told, and the sandbox goes on
            return answer(500, {"error": f"the stand-in of {network} made a mistake ({type(error).__name__})"})

    def _body(self) -> bytes | None:
        written = self.headers.get("Content-Length") or "0"
        length = int(written) if written.isascii() and written.isdigit() else LARGEST_BODY + 1
        if length > LARGEST_BODY:
            self._write(Response(status=413))
            self.close_connection = True
            return None
        return self.rfile.read(length) if length else b""

    def _drop(self, kind: str) -> None:
        """A lost answer is a connection that really breaks; what a socket cannot play is told to the client."""
        self.close_connection = True
        if kind == "lost":
            self.connection.shutdown(socket.SHUT_RDWR)
        else:
            self._write(Response(status=599, headers={FAULT: kind}))

    def _write(self, response: Response) -> None:
        self.send_response(response.status)
        for name, value in response.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(response.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(response.body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's own name
        """A page a second in the terminal helps nobody."""
