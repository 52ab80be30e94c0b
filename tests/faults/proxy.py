"""Stands between the daemon and PostgreSQL (or a client and the daemon), and does what a bad network does.

    proxy = Proxy(unix_path or (host, port))    listens on proxy.port; passes bytes both ways
    proxy.delay = 0.2                  seconds before each piece goes on
    proxy.rate = 4096                  bytes a second, each way
    proxy.hole = True                  a black hole: takes what is sent, passes nothing on, closes nothing
    proxy.closed = True                new connections are taken and closed at once
    proxy.refuse_all(RESET)            that, and every connection there is ended: from then on none is open
    cut = proxy.cut_after(n, UP, b"concordatd append", RESET)
        of the next connection whose first bytes hold those words and on which something goes up: exactly n more
        bytes pass in that direction (UP: to the server), then it is ended: CLOSE, RESET, HALF (only that direction
        is shut) or HOLE (it falls silent). cut.happened is an Event; cut.counted = {UP: bytes, DOWN: bytes} since.
    proxy.cut_all(RESET)               every connection there is, now
    proxy.accepted                     how many connections were made through it
"""

import os
import select
import socket
import struct
import threading
import time

UP, DOWN = "up", "down"
CLOSE, RESET, HALF, HOLE = "close", "reset", "half", "hole"
PIECE = 65536
HELLO_MOST = 512


class Cut:
    def __init__(self, after, direction, words, how):
        self.left, self.direction, self.words, self.how = after, direction, words, how
        self.counted = {UP: 0, DOWN: 0}
        self.link = None  # the connection it came upon
        self.happened = threading.Event()

    def allows(self, direction, size):
        """How many of so many bytes may pass; None: all, and the cut is not of this direction or not yet."""
        self.counted[direction] += size
        if direction != self.direction or self.left is None:
            return None
        self.left -= size
        return None if self.left > 0 else size + self.left


class Link:
    """One connection through the proxy."""

    def __init__(self, proxy, client):
        self.proxy, self.client, self.server, self.hello = proxy, client, None, b""
        self.silent = False
        self.over = threading.Event()

    def run(self):
        try:
            self.server = self.proxy.connect()
        except OSError:
            self.end(RESET)
            return
        back = threading.Thread(target=self._pass, args=(self.server, self.client, DOWN), daemon=True)
        back.start()
        self._pass(self.client, self.server, UP)
        back.join()
        self.end(CLOSE)

    def _pass(self, source, sink, direction):
        while not self.over.is_set():
            try:
                if not select.select([source], [], [], 0.5)[0]:
                    continue
                if self.silent or self.proxy.hole:
                    # Taken, and gone: as packets that nobody answers. It is passed on when the hole closes again.
                    self.over.wait(0.02)
                    continue
                data = source.recv(PIECE)
            except (OSError, ValueError):
                break
            if not data or not self._send(sink, data, direction):
                break
        self.end(CLOSE)

    def _send(self, sink, data, direction):
        if direction == UP and len(self.hello) < HELLO_MOST:
            self.hello += data  # a question about TLS may come before the words that name the connection
        cut, allowed = self.proxy.cut_for(self, direction, len(data))
        if self.proxy.delay:
            time.sleep(self.proxy.delay)
        if self.proxy.rate:
            time.sleep(len(data) / self.proxy.rate)
        if allowed is not None:
            cut.happened.set()  # before anybody can see that it has
        try:
            sink.sendall(data if allowed is None else data[:allowed])
        except OSError:
            return False
        if allowed is None:
            return True
        if cut.how == HALF:
            self._shut(sink, socket.SHUT_WR)
        elif cut.how == HOLE:
            self.silent = True
        else:
            self.end(cut.how)
        return cut.how == HOLE

    @staticmethod
    def _shut(end, how):
        try:
            end.shutdown(how)
        except OSError:
            pass

    def end(self, how):
        with self.proxy.lock:
            if self.over.is_set():
                return
            self.over.set()
            self.proxy.links.discard(self)
        for end in (self.client, self.server):
            if end is None:
                continue
            if how == RESET and end.family == socket.AF_INET:
                end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            else:
                self._shut(end, socket.SHUT_RDWR)
            end.close()


class Proxy:
    def __init__(self, target):
        self.target = target
        self.delay, self.rate, self.hole, self.closed = 0.0, 0, False, False
        self.accepted = 0
        self.links = set()
        self.cut = None
        self.lock = threading.RLock()
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def connect(self):
        if isinstance(self.target, tuple):
            return socket.create_connection(self.target, 10)
        server = socket.socket(socket.AF_UNIX)
        server.connect(self.target)
        return server

    def cut_after(self, after, direction, words=b"", how=RESET):
        """after: None only counts."""
        with self.lock:
            self.cut = Cut(after, direction, words, how)
            return self.cut

    def cut_for(self, link, direction, size):
        """(the cut, how much may pass) of what goes through now."""
        with self.lock:
            cut = self.cut
            if cut is None or (cut.link is None and (direction != UP or cut.words not in link.hello)):
                return None, None
            cut.link = cut.link or link
            if cut.link is not link:
                return None, None
            allowed = cut.allows(direction, size)
            if allowed is not None:
                self.cut = None
            return cut, allowed

    def refuse_all(self, how=RESET):
        self.closed = True
        self.cut_all(how)

    def cut_all(self, how=RESET):
        with self.lock:  # who is being taken has not seen that it is closed, and is among them
            links = list(self.links)
        for link in links:
            link.end(how)

    def _accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            with self.lock:
                self.accepted += 1
                link = None if self.closed else Link(self, client)
                if link:
                    self.links.add(link)
            if link:
                threading.Thread(target=link.run, daemon=True).start()
            else:
                client.close()

    def stop(self):
        self.listener.close()
        self.cut_all(CLOSE)


def to_database(cluster):
    """A proxy before the cluster's socket."""
    return Proxy(os.path.join(cluster.sockets, f".s.PGSQL.{cluster._running_port}"))


def led_through(proxy, cluster, conninfo):
    """The connection string with the proxy in the cluster's place."""
    return (conninfo.replace(f"host={cluster.sockets}", "host=127.0.0.1")
            .replace(f"port={cluster._running_port}", f"port={proxy.port}"))
