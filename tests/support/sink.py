"""A mail server that keeps what it is sent, for tests and the demo.

    from support.sink import Sink          in a test: with Sink() as sink: ...
    cd tests && /usr/bin/python3 -m support.sink --port 2525 --dir ../var/mail     on its own

A test may script failures: fail_next(n, "450 4.2.1 Try later") refuses the next n
messages with that answer, drop_next() takes the next message's data and closes the
connection without an answer, so that the sender cannot know, and refuse(address)
has nobody of that address from then on.
"""

import argparse
import asyncio
import email
import email.policy
import json
import logging
import os
import threading
import time

from aiosmtpd.smtp import SMTP

STAGES = ("rcpt", "data")


class Message:
    """One message as it came."""

    def __init__(self, envelope):
        parsed = email.message_from_bytes(envelope.content, policy=email.policy.default)
        self.sender = envelope.mail_from
        self.to = list(envelope.rcpt_tos)
        self.subject = str(parsed["Subject"] or "")
        self.message_id = str(parsed["Message-ID"] or "")
        self.headers = {name: str(value) for name, value in parsed.items()}
        self.text = self._part(parsed, "plain")
        self.html = self._part(parsed, "html")
        self.raw = envelope.content

    @staticmethod
    def _part(parsed, kind):
        part = parsed.get_body(preferencelist=(kind,))
        return part.get_content() if part else ""

    def as_dict(self):
        return {name: value for name, value in vars(self).items() if name != "raw"}

    def __repr__(self):
        return f"<to {', '.join(self.to)}: {self.subject}>"


class Sink:
    """Listens as soon as it is made; port 0 picks a free one. Safe to use from the test's thread."""

    def __init__(self, port=0, folder=None, host="127.0.0.1"):
        self.folder = folder
        self._messages = []
        self._script = []  # (stage, answer), or ("data", None) to hang up
        self._refused = set()  # addresses
        self._changed = threading.Condition()
        self._loop = asyncio.new_event_loop()
        self._server = self._loop.run_until_complete(
            self._loop.create_server(self._session, host, port)
        )
        self.port = self._server.sockets[0].getsockname()[1]
        if folder:
            os.makedirs(folder, exist_ok=True)
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def _session(self):
        return SMTP(self, hostname="sink.test", loop=self._loop, enable_SMTPUTF8=True)

    @property
    def url(self):
        return f"smtp://127.0.0.1:{self.port}"

    # -- What a test says and asks

    def fail_next(self, count=1, answer="450 4.2.1 Try again later", stage="data"):
        """Refuses the next messages at that stage. 421 closes the connection too, as it must."""
        assert stage in STAGES, stage
        with self._changed:
            self._script += [(stage, answer)] * count

    def refuse(self, address):
        """Nobody has that address from now on."""
        with self._changed:
            self._refused.add(address)

    def drop_next(self, count=1):
        """Takes the next messages, keeps none, and hangs up instead of answering."""
        with self._changed:
            self._script += [("data", None)] * count

    @property
    def scripted(self):
        """How many scripted failures have not happened yet."""
        with self._changed:
            return len(self._script)

    @property
    def messages(self):
        with self._changed:
            return list(self._messages)

    def clear(self):
        with self._changed:
            self._messages.clear()
            self._script.clear()

    def wait_for(self, wanted=lambda message: True, count=1, seconds=30):
        """The messages that wanted(message) is true of, once there are `count`."""
        deadline = time.monotonic() + seconds
        with self._changed:
            while True:
                found = [message for message in self._messages if wanted(message)]
                if len(found) >= count:
                    return found
                left = deadline - time.monotonic()
                if left <= 0:
                    raise AssertionError(
                        f"{count} such messages did not come in {seconds} s; there are {self._messages}"
                    )
                self._changed.wait(left)

    def wait_until_scripted_failures_happened(self, seconds=30):
        with self._changed:
            if not self._changed.wait_for(lambda: not self._script, seconds):
                raise AssertionError(f"{len(self._script)} scripted failures did not happen")

    def stop(self):
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._server.close()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        self._loop.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    # -- What aiosmtpd calls, in the loop's thread

    def _scripted(self, stage):
        with self._changed:
            if not self._script or self._script[0][0] != stage:
                return False, None
            answer = self._script.pop(0)[1]
            self._changed.notify_all()
            return True, answer

    async def _answer(self, server, answer):
        if answer is None:
            server.transport.abort()
            return "250 never arrives"
        if answer.startswith("421"):
            await server.push(answer)
            server.transport.close()
        return answer

    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):
        refused, answer = self._scripted("rcpt")
        if refused:
            return await self._answer(server, answer)
        if address in self._refused:
            return "550 5.1.1 No such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        refused, answer = self._scripted("data")
        if refused:
            return await self._answer(server, answer)
        message = Message(envelope)
        with self._changed:
            self._messages.append(message)
            number = len(self._messages)
            self._changed.notify_all()
        if self.folder:
            self._write(number, message)
        return "250 OK"

    async def handle_exception(self, error):
        # The other side left, or we did: nothing to answer.
        return "451 4.3.0 The sink could not take it"

    def _write(self, number, message):
        path = os.path.join(self.folder, f"{number:06}")
        with open(path + ".eml", "wb") as file:
            file.write(message.raw)
        with open(path + ".part", "w", encoding="utf-8") as file:
            json.dump(message.as_dict(), file, ensure_ascii=False, indent=1)
        os.replace(path + ".part", path + ".json")


# A connection dropped on purpose is no news.
logging.getLogger("mail.log").setLevel(logging.CRITICAL)


def main():
    options = argparse.ArgumentParser(description="Keep every message sent to this port.")
    options.add_argument("--port", type=int, default=2525)
    options.add_argument("--host", default="127.0.0.1")
    options.add_argument("--dir", default="var/mail")
    given = options.parse_args()
    sink = Sink(given.port, given.dir, given.host)
    print(f"Listening on {given.host}:{sink.port}; messages are kept in {given.dir}", flush=True)
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        sink.stop()


if __name__ == "__main__":
    main()
