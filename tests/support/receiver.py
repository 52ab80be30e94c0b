"""A program that is told: an HTTP server that keeps what it is sent and answers as a test says.

    with Receiver() as receiver:
        receiver.next(503, {"Retry-After": "1"})       the next request is answered so, and those after it 200
        receiver.always(500, path="/one")              every request to that path, until it says otherwise
        receiver.next(how="silent")                    how: whole, silent, reset, cut, drip or huge

Each request is kept before it is answered, so a test that has seen the answer's effect finds it there.
"""

import http.server
import socket
import socketserver
import struct
import threading
import time

HUGE = 10 * 1024 ** 3
WAIT_SECONDS = 30


class Request:
    def __init__(self, path, headers, body):
        self.path = path
        self.headers = headers  # an email.message.Message: names compare without case
        self.body = body
        self.at = time.monotonic()

    @property
    def id(self):
        return self.headers["webhook-id"]

    @property
    def signatures(self):
        return self.headers["webhook-signature"].split(" ")


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

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


class Receiver:
    def __init__(self, tls=None, port=0):
        """tls: an ssl.SSLContext, to be reached by https."""
        self.requests = []
        self.ended = threading.Event()
        self._next = {}
        self._always = {}
        self._changed = threading.Condition()
        self._server = Server(("127.0.0.1", port), Handler)
        self._server.receiver = self
        self.port = self._server.server_address[1]
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self.port}"
        if tls:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True,
                                                  do_handshake_on_connect=False)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *_arguments):
        self.stop()

    def stop(self):
        self.ended.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

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
            self.requests.append(request)
            self._changed.notify_all()
            for path in (request.path, None):
                if self._next.get(path):
                    return self._next[path].pop(0)
            return self._always.get(request.path) or self._always.get(None) or (200, {}, "whole")

    # -- What it was sent

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
