"""A program that is told: an HTTP server that keeps what it is sent and answers as a test says.

    with Receiver() as receiver:
        receiver.next(503, {"Retry-After": "1"})       the next request is answered so, and those after it 200
        receiver.always(500, path="/one")              every request to that path, until it says otherwise
        receiver.next(how="silent")                    how: whole, silent, reset, cut, drip, huge or held
    receiver.reading.clear() ... .set()            connections are taken, and nothing is read meanwhile
    receiver.answering.clear() ... .set()          requests of how="held" wait for their answer meanwhile
    with receiver.away():                          nobody listens

Each request is kept before it is answered, so a test that has seen the answer's effect finds it there. With
`tls` what it shows is the context's at that moment, so a test may load another certificate.
"""

import contextlib
import http.server
import socket
import socketserver
import struct
import threading
import time

from support.cluster import free_port

HUGE = 10 * 1024 ** 3
WAIT_SECONDS = 60


class Request:
    def __init__(self, path, headers, body):
        self.path = path
        self.headers = headers  # an email.message.Message: names compare without case
        self.body = body
        self.at = time.monotonic()
        self.status, self.how = None, None  # as it was answered

    @property
    def taken(self):
        """Whether whoever sent it was told that it was taken."""
        return self.status // 100 == 2 and self.how in ("whole", "held", "drip", "huge")

    @property
    def id(self):
        return self.headers["webhook-id"]

    @property
    def signatures(self):
        return self.headers["webhook-signature"].split(" ")


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def setup(self):
        receiver = self.server.receiver
        receiver.count_connection()
        receiver.reading.wait()
        super().setup()

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        status, headers, how = self.server.receiver.take(Request(self.path, self.headers, body))
        self.close_connection = True
        try:
            getattr(self, how)(status, headers)
        except OSError:
            pass  # the other side has gone

    do_GET = do_PUT = do_POST

    def head(self, status, headers, length):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(length))
        self.send_header("Connection", "close")
        self.end_headers()

    def whole(self, status, headers):
        self.head(status, headers, 0)

    def held(self, status, headers):
        self.server.receiver.answering.wait()
        self.head(status, headers, 0)

    def silent(self, _status, _headers):
        while self.connection.recv(1):  # until the other side has had enough
            pass

    def reset(self, _status, _headers):
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    def cut(self, status, _headers):
        self.wfile.write(f"HTTP/1.1 {status} Cut\r\nConten".encode())

    def drip(self, status, headers):
        self.head(status, headers, HUGE)
        while not self.server.receiver.ended.wait(0.02):
            self.wfile.write(b"x")

    def huge(self, status, headers):
        self.head(status, headers, HUGE)
        while not self.server.receiver.ended.is_set():
            self.wfile.write(b"x" * 65536)

    def log_message(self, *_arguments):
        pass


class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def handle_error(self, *_arguments):
        pass  # no handshake, or the other side has gone


class Receiver:
    def __init__(self, tls=None, port=0):
        """tls: an ssl.SSLContext, to be reached by https."""
        self.requests = []
        self.connections = 0
        self.ended, self.reading, self.answering = threading.Event(), threading.Event(), threading.Event()
        self.reading.set()
        self.answering.set()
        self._next = {}
        self._always = {}
        self._changed = threading.Condition()
        self._tls = tls
        self.port = port or free_port()
        self._listen()
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self.port}"

    def _listen(self):
        self._server = Server(("127.0.0.1", self.port), Handler)
        self._server.receiver = self
        if self._tls:
            self._server.socket = self._tls.wrap_socket(self._server.socket, server_side=True,
                                                        do_handshake_on_connect=False)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def _close(self):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def __enter__(self):
        return self

    def __exit__(self, *_arguments):
        self.stop()

    def stop(self):
        for one in (self.ended, self.reading, self.answering):
            one.set()
        self._close()

    @contextlib.contextmanager
    def away(self):
        self._close()
        try:
            yield
        finally:
            self._listen()

    # -- What it answers

    def next(self, status=200, headers=None, how="whole", path=None):
        """One request more, to that path or to any; asked for several times, in their order."""
        with self._changed:
            self._next.setdefault(path, []).append((status, headers or {}, how))

    def always(self, status=200, headers=None, how="whole", path=None):
        with self._changed:
            self._always[path] = (status, headers or {}, how)

    def take(self, request):
        with self._changed:
            answer = self._always.get(request.path) or self._always.get(None) or (200, {}, "whole")
            scripted = self._next.get(request.path) or self._next.get(None)
            if scripted:
                answer = scripted.pop(0)
            request.status, _, request.how = answer
            self.requests.append(request)
            self._changed.notify_all()
            return answer

    def count_connection(self):
        with self._changed:
            self.connections += 1
            self._changed.notify_all()

    @property
    def scripted(self):
        """How many answers that were asked for have not been given."""
        with self._changed:
            return sum(len(answers) for answers in self._next.values())

    # -- What it was sent

    def wait_until(self, true, what, seconds=WAIT_SECONDS):
        with self._changed:
            assert self._changed.wait_for(true, seconds), what

    def wait(self, count, path=None, seconds=WAIT_SECONDS):
        """The requests to that path, as soon as there are so many."""
        deadline = time.monotonic() + seconds
        with self._changed:
            while len(self.sent(path)) < count:
                left = deadline - time.monotonic()
                assert left > 0, f"{len(self.sent(path))} of {count} requests came in time"
                self._changed.wait(left)
            return self.sent(path)

    def sent(self, path=None):
        return [r for r in self.requests if path is None or r.path == path]
