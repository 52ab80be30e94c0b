"""A mail server that keeps what it is sent, for tests and the demo.

    from support.sink import Sink          in a test: with Sink() as sink: ...
    cd tests && /usr/bin/python3 -m support.sink --port 2525 --dir ../var/mail     on its own

A test may script failures: fail_next(n, "450 4.2.1 Try later") refuses the next n
messages with that answer, drop_next() takes the next message's data and closes the
connection without an answer, so that the sender cannot know, stall_next() falls
silent, and refuse(address) has nobody of that address from then on. They happen in
the order they were asked for. `pace` is seconds before every answer, `tls` an
ssl.SSLContext to offer STARTTLS with, and within `with sink.away():` nobody listens.
"""

import argparse
import asyncio
import contextlib
import dataclasses
import email
import email.policy
import json
import logging
import os
import threading
import time

from aiosmtpd.smtp import SMTP

from support.cluster import free_port

STAGES = ("greeting", "mail", "rcpt", "begin", "data")  # begin: DATA itself; data: after the final dot


@dataclasses.dataclass
class Failure:
    """What happens at a stage instead of a good answer."""
    stage: str
    answer: str = ""  # "": the usual one, once it goes on
    hangs_up: bool = False
    stalls: bool = False
    keeps: bool = False  # the message has come all the same


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


class Session(SMTP):
    """One connection; what aiosmtpd has no hook for."""

    async def push(self, status):
        await asyncio.sleep(self.event_handler.pace)
        await super().push(status)

    async def _handle_client(self):
        if not self._tls_protocol and not await self._begins("greeting"):
            return
        await super()._handle_client()

    async def smtp_DATA(self, arg):
        if await self._begins("begin"):
            await super().smtp_DATA(arg)

    async def _begins(self, stage):
        """False: it was refused, or the connection has ended."""
        failure = await self.event_handler.failing(self, stage)
        if failure and failure.answer:
            await self.push(failure.answer)
            if stage == "greeting":
                self.transport.close()
        return not failure or failure.stalls and not failure.hangs_up


class Sink:
    """Listens as soon as it is made; port 0 picks a free one. Safe to use from the test's thread."""

    def __init__(self, port=0, folder=None, host="127.0.0.1"):
        self.folder = folder
        self._messages = []
        self._script = []
        self.pace = 0
        self.tls = None
        self.stalled = 0  # connections that wait for their answer
        self._refused = set()  # addresses
        self._changed = threading.Condition()
        self._loop = asyncio.new_event_loop()
        self._go_on = asyncio.Event()
        self.host, self.port = host, port or free_port()
        self._server = self._loop.run_until_complete(
            self._loop.create_server(self._session, host, self.port)
        )
        if folder:
            os.makedirs(folder, exist_ok=True)
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def _session(self):
        return Session(self, hostname="sink.test", loop=self._loop, enable_SMTPUTF8=True, tls_context=self.tls)

    @property
    def url(self):
        return f"smtp://127.0.0.1:{self.port}"

    # -- What a test says and asks

    def fail_next(self, count=1, answer="450 4.2.1 Try again later", stage="data"):
        """Refuses the next messages at that stage. 421 closes the connection too, as it must."""
        assert stage in STAGES, stage
        with self._changed:
            self._script += [Failure(stage, answer)] * count

    def refuse(self, address):
        """Nobody has that address from now on."""
        with self._changed:
            self._refused.add(address)

    def drop_next(self, count=1, keep=False, stage="data"):
        """Takes the next messages, keeps none unless told to, and hangs up instead of answering."""
        with self._changed:
            self._script += [Failure(stage, hangs_up=True, keeps=keep)] * count

    def stall_next(self, count=1, stage="data", keep=False, answer=""):
        """Says nothing to the next at that stage until the other side has gone or go_on() is called."""
        with self._changed:
            self._script += [Failure(stage, answer, stalls=True, keeps=keep)] * count

    def go_on(self):
        """Those who are stalled get their answer."""
        def wake():
            self._go_on.set()
            self._go_on = asyncio.Event()
        self._loop.call_soon_threadsafe(wake)

    def wait_until_stalled(self, count=1, seconds=60):
        with self._changed:
            if not self._changed.wait_for(lambda: self.stalled >= count, seconds):
                raise AssertionError(f"{self.stalled} of {count} are stalled, and {self._script} did not happen")

    @contextlib.contextmanager
    def away(self):
        """Nobody listens; connections that there are go on."""
        def listen():
            return self._loop.create_server(self._session, self.host, self.port)
        self._loop.call_soon_threadsafe(self._server.close)
        asyncio.run_coroutine_threadsafe(self._server.wait_closed(), self._loop).result(60)
        try:
            yield
        finally:
            self._server = asyncio.run_coroutine_threadsafe(listen(), self._loop).result(60)

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

    def wait_for(self, wanted=lambda message: True, count=1, seconds=60):
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

    def wait_until_scripted_failures_happened(self, seconds=60):
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

    async def failing(self, server, stage, message=None):
        """What was scripted for this stage, once it has stalled if it is to; None: nothing."""
        with self._changed:
            if not self._script or self._script[0].stage != stage:
                return None
            failure = self._script.pop(0)
            if message and failure.keeps:
                self._keep(message)
            self.stalled += failure.stalls
            self._changed.notify_all()
        try:
            if failure.stalls:
                await self._go_on.wait()
        finally:
            with self._changed:
                self.stalled -= failure.stalls
        if failure.hangs_up:
            server.transport.abort()
        return failure

    async def _said(self, server, failure):
        """None: the usual answer."""
        if failure and failure.answer.startswith("421"):
            await server.push(failure.answer)
            server.transport.close()
        return failure and (failure.answer or ("250 never arrives" if failure.hangs_up else None))

    async def handle_MAIL(self, server, session, envelope, address, mail_options):
        answer = await self._said(server, await self.failing(server, "mail"))
        if answer is None:
            envelope.mail_from = address
            envelope.mail_options.extend(mail_options)
        return answer or "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):
        answer = await self._said(server, await self.failing(server, "rcpt"))
        if answer is None and address in self._refused:
            return "550 5.1.1 No such user"
        if answer is None:
            envelope.rcpt_tos.append(address)
        return answer or "250 OK"

    async def handle_DATA(self, server, session, envelope):
        message = Message(envelope)
        failure = await self.failing(server, "data", message)
        if failure is None or failure.stalls and not (failure.keeps or failure.answer):
            with self._changed:
                self._keep(message)
                self._changed.notify_all()
        return await self._said(server, failure) or "250 OK"

    def _keep(self, message):
        self._messages.append(message)
        if self.folder:
            self._write(len(self._messages), message)

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
