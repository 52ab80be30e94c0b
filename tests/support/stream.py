"""A reader of the live stream, as a program of one party has it: server-sent events over a socket of its own.

It keeps the last id it was given, as an EventSource does, so that another can go on from there.
"""

import json
import socket
import time
import urllib.parse

PATIENCE = 60


class Refused(Exception):
    """Another status than 200; code is the problem's."""

    def __init__(self, status, body):
        super().__init__(f"{status} {body}")
        self.status = status
        self.code = json.loads(body).get("code") if body else None


class Stream:
    def __init__(self, base_url, token, last_id=None, version="1.1", room=None, **query):
        """room: bytes that the kernel keeps for it until they are read."""
        address = urllib.parse.urlsplit(base_url)
        self.socket = socket.socket()
        self.socket.settimeout(PATIENCE)
        if room:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, room)
        self.socket.connect((address.hostname, address.port))
        self.last_id = last_id
        self.beats = 0
        self.retry = None
        self.ended = False
        self._bytes = b""
        self._until = time.monotonic() + PATIENCE
        path = "/v1/events" + ("?" + urllib.parse.urlencode(query) if query else "")
        head = [f"GET {path} HTTP/{version}", f"Host: {address.netloc}", "Accept: text/event-stream",
                f"Authorization: Bearer {token}"]
        if last_id:
            head.append(f"Last-Event-ID: {last_id}")
        self.socket.sendall(("\r\n".join(head) + "\r\n\r\n").encode())
        self._read_head()

    def _read_head(self):
        while b"\r\n\r\n" not in self._bytes:
            self._receive()
            assert not self.ended, "the connection ended before the answer"
        head, self._bytes = self._bytes.split(b"\r\n\r\n", 1)
        lines = head.decode().split("\r\n")
        self.status = int(lines[0].split()[1])
        self.headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines[1:])}
        if self.status != 200:
            size = int(self.headers["content-length"])
            while len(self._bytes) < size and not self.ended:
                self._receive()
            self.close()
            raise Refused(self.status, self._bytes.decode())
        while self.last_id is None or self.retry is None:  # the stream says at once where it begins
            self._block()

    def _receive(self):
        assert time.monotonic() < self._until, f"what was waited for did not come: {self._bytes!r}"
        try:
            more = self.socket.recv(65536)
        except ConnectionError:
            more = b""
        self._bytes += more
        self.ended = not more

    def _block(self):
        """The next block as a dictionary of its fields; None when the stream has ended."""
        while b"\n\n" not in self._bytes:
            if self.ended:
                return None
            self._receive()
        block, self._bytes = self._bytes.split(b"\n\n", 1)
        fields = {}
        for line in block.decode().split("\n"):
            name, _, value = line.partition(":")
            assert name not in fields, f"{name} stands twice: {block!r}"
            fields[name] = value.removeprefix(" ")
        self.last_id = fields.get("id", self.last_id)
        self.retry = int(fields["retry"]) if "retry" in fields else self.retry
        self.beats += "" in fields
        return fields

    def next(self):
        """The next event's document, with what it was called in it; None when the stream has ended."""
        while (fields := self._block()) is not None:
            if "data" in fields:
                event = json.loads(fields["data"])
                assert fields["event"] == event["type"]
                return event
        return None

    def until(self, wanted):
        """Events up to the first that wanted(event) is true of, which is the last of them."""
        self._until = time.monotonic() + PATIENCE
        events = []
        while not events or not wanted(events[-1]):
            event = self.next()
            assert event, f"it did not come; these did: {events}"
            events.append(event)
        return events

    def until_kind(self, kind):
        return self.until(lambda event: event["type"] == kind)

    def wait_beats(self, count=2):
        """Signs of life; an event on the way fails the test. The first may have been under way before."""
        self._until = time.monotonic() + PATIENCE
        wanted = self.beats + count
        while self.beats < wanted:
            fields = self._block()
            assert fields is not None and "data" not in fields, fields

    def wait_end(self):
        self._until = time.monotonic() + PATIENCE
        while (fields := self._block()) is not None:
            assert "data" not in fields, fields

    def close(self):
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
