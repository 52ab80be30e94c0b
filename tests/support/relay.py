"""A relay between the daemon and PostgreSQL that can lose an answer on the way.

It passes bytes both ways. Once told to, it lets the next statement of a connection through, keeps its
answer back until the test has seen the commit, and cuts the connection: what was done is then unknown to
whoever asked.
"""

import socket
import threading


class Relay:
    def __init__(self, host, port):
        self.target = (host, port)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.lock = threading.Lock()
        self.losing = None  # the words in a connection's start-up packet, while an answer is to be lost
        self.held = threading.Event()  # an answer is being held back
        self.let_go = threading.Event()
        threading.Thread(target=self._accept, daemon=True).start()

    def lose_next_answer(self, words):
        """Of a connection that named itself so (its application_name)."""
        self.held.clear()
        self.let_go.clear()
        with self.lock:
            self.losing = words

    def _accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client):
        server = socket.create_connection(self.target)
        hello = client.recv(65536)
        server.sendall(hello)
        state = {"asked": False}
        threading.Thread(target=self._answers, args=(server, client, state), daemon=True).start()
        while data := self._receive(client):
            with self.lock:
                if self.losing and self.losing in hello:
                    self.losing = None
                    state["asked"] = True
            self._send(server, data)
        self._close(server)

    def _answers(self, server, client, state):
        while data := self._receive(server):
            if state["asked"]:
                self.held.set()
                self.let_go.wait(30)
                break
            self._send(client, data)
        self._close(client)
        self._close(server)

    @staticmethod
    def _receive(end):
        try:
            return end.recv(65536)
        except OSError:
            return b""

    @staticmethod
    def _send(end, data):
        try:
            end.sendall(data)
        except OSError:
            pass

    @staticmethod
    def _close(end):
        try:
            end.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        end.close()

    def stop(self):
        self.listener.close()
        self.let_go.set()
