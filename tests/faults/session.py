"""A session with PostgreSQL in a few lines, where a psql for each question would be too slow or too much.

    with Session(cluster, "postgres") as session:
        session.ask("select 1")          -> [["1"]]; Refused (with .sqlstate) when the server refuses
        session.ask("begin; lock table stream in exclusive mode")    held until the session is closed

Trust authentication over the cluster's socket; every cell is text, or None.
"""

import os
import socket
import struct


class Refused(Exception):
    def __init__(self, sqlstate, message):
        super().__init__(f"{sqlstate} {message}")
        self.sqlstate = sqlstate


class Session:
    def __init__(self, cluster, database, user="postgres", timeout=30, application="test"):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(timeout)
        self.buffer = b""
        try:
            self.socket.connect(os.path.join(cluster.sockets, f".s.PGSQL.{cluster._running_port}"))
            words = {"user": user, "database": database, "application_name": application}
            start = b"".join(f"{key}\0{value}\0".encode() for key, value in words.items()) + b"\0"
            self.socket.sendall(struct.pack("!ii", len(start) + 8, 196608) + start)
            self._until_ready()
        except BaseException:
            self.close()
            raise

    def ask(self, sql):
        """The rows of the last statement that has any."""
        text = sql.encode() + b"\0"
        self.socket.sendall(b"Q" + struct.pack("!i", len(text) + 4) + text)
        return self._until_ready()

    def value(self, sql):
        return self.ask(sql)[0][0]

    def close(self):
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def _take(self, size):
        while len(self.buffer) < size:
            more = self.socket.recv(65536)
            if not more:
                raise ConnectionError("PostgreSQL closed the connection")
            self.buffer += more
        taken, self.buffer = self.buffer[:size], self.buffer[size:]
        return taken

    def _until_ready(self):
        rows, refused = [], None
        while True:
            kind, size = struct.unpack("!ci", self._take(5))
            body = self._take(size - 4)
            if kind == b"T":
                rows = []
            elif kind == b"D":
                rows.append(self._row(body))
            elif kind == b"E":
                fields = {part[:1]: part[1:].decode(errors="replace") for part in body.split(b"\0") if part}
                refused = refused or Refused(fields.get(b"C", ""), fields.get(b"M", ""))
                if fields.get(b"V") in ("FATAL", "PANIC"):
                    raise refused
            elif kind == b"Z":
                if refused:
                    raise refused
                return rows

    @staticmethod
    def _row(body):
        cells, at = [], 2
        for _ in range(struct.unpack("!h", body[:2])[0]):
            size = struct.unpack("!i", body[at:at + 4])[0]
            at += 4
            cells.append(None if size < 0 else body[at:at + size].decode())
            at += max(size, 0)
        return cells
