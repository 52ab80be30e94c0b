"""Telling: from an entry's commit to a program's answer, to a mail server's acceptance, to a client of the live stream.

A backlog of entries that nobody was told of shows the rate: from the first delivery that is made of it to the last end of a
try, everything between in the database. Beside it so many of the same exchanges by a bare sender that keeps nothing (the
limit), and the same posts by Graphile Worker's jobs, which is what a team would use instead. Lone moves, and moves that crowd,
then show how long one message takes.
"""

import calendar
import collections
import hashlib
import json
import os
import resource
import socket
import subprocess
import threading
import time

from ground import Service, lines
from peers import FOLDER, graphile_posts, install
from support.client import Client

ENDED_SECONDS = 180
LONE, LONE_EVERY = 100, 0.12  # further apart than hints of what is new may be
CROWD_EVERY = 0.02  # nearer than that
STREAMS = 1000
ROWS = 256  # placements that moves are made on
FAR = ["setpriv", "--pdeathsig=KILL", "node", "far.js"]
CHANNELS = {"webhook": ("post", "http", 16), "email": ("mail", "smtp", 16)}  # exchange, port, how many at once
NO_CONNECTION = {"requests_per_second": 0, "smtp_require_tls": "false", "smtp_concurrency": 16, "webhook_private_targets": "true",
                 "webhook_per_target": 16, "streams_each": 2000}
ASIDE = ("insert into lease values ('deliver', gen_random_uuid(), 1, 'infinity') on conflict (name) do update "
         "set holder = excluded.holder, term = lease.term + 1, until_real = 'infinity'")
ON = "update lease set until_real = '-infinity' where name = 'deliver'"
NOW = "select extract(epoch from clock_timestamp())"
UNTOLD = "select (select count(*) from log_head h join deliver_cursor c using (authority_id) where h.size > c.next_index) " \
         "+ (select count(*) from dispatch)"
TRIES = "from delivery d join delivery_attempt a using (dispatch_id) where d.channel = '{0}' and a.outcome = 'taken'"
LATE = ("select extract(epoch from a.ended_real - pg_xact_commit_timestamp(f.xmin)) * 1000 from delivery d "
        "join delivery_attempt a using (dispatch_id) join fact f using (authority_id, leaf_index) "
        "where d.channel = '{0}' and a.outcome = 'taken' and d.created_at >= to_timestamp({1}) order by 1")
COMMITTED = ("select stream_id, us(recorded_at), extract(epoch from pg_xact_commit_timestamp(xmin)) from fact "
             "where recorded_at >= to_timestamp({0})")


def digest(token):
    return hashlib.sha256(token.encode()).hexdigest()


class Far:
    """What is posted and mailed to, in a process of its own."""

    def __enter__(self):
        install()
        self.process = subprocess.Popen([*FAR, "serve"], cwd=FOLDER, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.ports = json.loads(self.process.stdout.readline())
        return self

    def came(self):
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def bare_rate(self, channel, count):
        what, port, at_once = CHANNELS[channel]
        done = subprocess.run([*FAR, what, str(self.ports[port]), str(count), str(at_once)], cwd=FOLDER, capture_output=True,
                              text=True, check=True)
        return count / json.loads(done.stdout)["seconds"]

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait(10)


class Bench:
    """A service on a copy of the ground, its far side, and some councils that negotiate."""

    def __init__(self, ground, base, folder, far, channel):
        self.ground, self.far = ground, far
        self.database = ground.copy(base)
        self.body = os.path.join(folder, "offer.json")
        mail = {"smtp_url": f"smtp://127.0.0.1:{far.ports['smtp']}"} if channel == "email" else {}
        self.service = Service(ground, self.database, **NO_CONNECTION, **mail)
        self.choose_councils(os.path.join(folder, "moves.tsv"))

    def sql(self, question):
        return self.ground.cluster.psql(question, self.database)

    def number(self, question):
        return float(self.sql(question)[0][0])

    def choose_councils(self, path):
        """Rows of some councils' placements; one of each one's people may name its webhooks too."""
        authority = dict(self.sql("select id, authority_id from placement"))
        owners = dict(self.sql("select encode(secret_sha256, 'hex'), organisation_id from token"))
        self.managers, self.rows = {}, []  # council: a token of its
        of_council = collections.defaultdict(list)
        for line in lines(path):
            row = line.split("\t")
            of_council[authority[row[0]]].append(row)
        for council, rows in of_council.items():
            if len(self.rows) >= ROWS:
                break
            self.rows += rows
            self.managers[council] = next(token for token in (rows[0][1], rows[0][3]) if owners[digest(token)] == council)
            self.sql("insert into membership (user_id, organisation_id, role) select user_id, organisation_id, 'manager' "
                     f"from token where secret_sha256 = '\\x{digest(self.managers[council])}'")
        self.council, self.token = next(iter(self.managers.items()))
        self.own = len(of_council[self.council])  # of the rows, the first
        self.list = f"{path}.{self.database}"
        self.keep_rows()

    def keep_rows(self):
        with open(self.list, "w", encoding="ascii") as file:
            file.writelines("\t".join(row) + "\n" for row in self.rows)

    def client(self, token):
        return Client(f"http://127.0.0.1:{self.service.port}", token)

    def name_webhooks(self):
        for token in self.managers.values():
            client = self.client(token)
            client.post("/v1/webhooks", {"url": f"http://127.0.0.1:{self.far.ports['http']}/"}, 201)
            client.close()

    def wait_told(self):
        deadline = time.monotonic() + ENDED_SECONDS
        while self.number(UNTOLD):
            if time.monotonic() > deadline:
                raise TimeoutError(f"not everybody was told in {ENDED_SECONDS} s")
            time.sleep(0.2)

    def backlog_rate(self, channel, seconds):
        """(messages a second, how many) of entries that were recorded while nobody could be told of them."""
        self.wait_told()
        self.sql(ASIDE)
        began = self.number(NOW)
        self.ground.load("moves", self.service.port, 16, seconds, self.list, self.body)
        self.far.came()
        self.ground.settle()
        self.sql(ON)
        self.wait_told()
        ((count, seconds),) = self.sql(
            "select count(*), extract(epoch from max(a.ended_real) - min(d.created_real)) "
            f"{TRIES.format(channel)} and d.created_real > to_timestamp({began})")
        came = self.far.came()["posts" if channel == "webhook" else "mails"]
        if came != int(count) or not came:
            raise AssertionError(f"{count} messages were taken, and {came} came")
        return came / float(seconds), came

    def move_by_turns(self, every):
        """Some moves, one after another."""
        began = self.number(NOW)
        with open(self.body, encoding="utf-8") as file:
            body = json.loads(file.read().replace("@DAY@", "17"))
        self.rows = [line.split("\t") for line in lines(self.list)]
        for number in range(LONE):
            placement, token, version, other, others = row = self.rows[number % self.own]
            client = self.client(token)
            client.post(f"/v1/placements/{placement}/moves", body, 200, headers={"If-Match": f'"v{int(version)}"'})
            client.close()
            row[1:] = [other, str(int(others) + 1), token, str(int(version) + 1)]
            time.sleep(every)
        self.keep_rows()
        return began

    def close(self):
        self.ground.drop(self.database)


def at(values, share):
    return round(values[min(int(len(values) * share), len(values) - 1)], 2)


# ---- The live stream ---------------------------------------------------------------------------------


class Listener(threading.Thread):
    """Notes when each event came."""

    def __init__(self, port, path, token):
        super().__init__(daemon=True)
        self.came = []
        self.socket = open_stream(port, path, token)
        self.start()

    def run(self):
        with self.socket.makefile("rb") as lines_in:
            for line in lines_in:
                now = time.time()
                if line.startswith(b"data: "):
                    self.came.append((now, json.loads(line[6:])))

    def stop(self):
        self.socket.shutdown(socket.SHUT_RDWR)
        self.join(5)
        self.socket.close()


def open_stream(port, path, token):
    opened = socket.create_connection(("127.0.0.1", port), 30)
    opened.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\nAccept: text/event-stream\r\n\r\n".encode())
    head = opened.recv(12)
    if not head.startswith(b"HTTP/1.1 200"):
        raise AssertionError(f"the stream was not opened: {head + opened.recv(2000)}")
    opened.settimeout(None)
    return opened


def streams_mib(bench):
    """What so many open streams add to the service."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, max(soft, 4 * STREAMS)), hard))
    before = bench.service.rss_mib()
    opened = [open_stream(bench.service.port, "/v1/events", bench.token) for _ in range(STREAMS)]
    more = bench.service.rss_mib() - before
    for stream in opened:
        stream.close()
    return more


def stream_late(bench, listener, began):
    committed = {(placement, int(recorded)): float(when) for placement, recorded, when in bench.sql(COMMITTED.format(began))}
    late = []
    for now, event in listener.came:
        instant = event["time"].rstrip("Z").split(".")
        us = calendar.timegm(time.strptime(instant[0], "%Y-%m-%dT%H:%M:%S")) * 1_000_000 + int("".join(instant[1:]).ljust(6, "0"))
        if (event["data"]["placement"], us) in committed:
            late.append((now - committed[event["data"]["placement"], us]) * 1000)
    if len(late) < LONE:
        raise AssertionError(f"{len(late)} of {LONE} moves came over the stream")
    return sorted(late)


# ---- All of it ---------------------------------------------------------------------------------------


def telling(ground, table, base, folder, plan):
    late, rates, bare = {}, {}, {}
    with Far() as far:
        for channel in CHANNELS:
            bench = Bench(ground, base, folder, far, channel)
            with bench.service:
                if channel == "webhook":
                    bench.name_webhooks()
                rates[channel], count = bench.backlog_rate(channel, plan.seconds / 2)
                bare[channel] = far.bare_rate(channel, count)
                listener = Listener(bench.service.port, "/v1/events", bench.token) if channel == "webhook" else None
                began = bench.move_by_turns(LONE_EVERY)
                bench.wait_told()
                late[channel] = sorted(float(row[0]) for row in bench.sql(LATE.format(channel, began)))
                if listener:
                    late["stream"] = stream_late(bench, listener, began)
                    began = bench.move_by_turns(CROWD_EVERY)
                    bench.wait_told()
                    late["crowd"] = sorted(float(row[0]) for row in bench.sql(LATE.format(channel, began)))
                    listener.stop()
                    more_mib = streams_mib(bench)
            bench.close()
        peer_base = ground.copy(base)
        peer = graphile_posts(ground.cluster, peer_base, far.ports["http"], count)
        ground.drop(peer_base)
    posts_a_second = peer["fired"] / peer["seconds"]
    table.head("Messages to the far side, out of a backlog", "messages/s")
    table.line("ours, webhooks", round(rates["webhook"], 1))
    table.line("Graphile Worker, posts, 16 jobs at once", round(posts_a_second, 1))
    table.line("bare posts", round(bare["webhook"], 1))
    table.line("ours, e-mails", round(rates["email"], 1))
    table.line("bare e-mails", round(bare["email"], 1))
    table.head(f"A lone entry, {LONE} of them: from its commit", "50% ms", "99% ms")
    for name, what in (("webhook", "to the webhook's answer, recorded"), ("email", "to the mail server's acceptance, recorded"),
                       ("stream", "to a client of the live stream"),
                       ("crowd", f"to the webhook's answer, one each {CROWD_EVERY * 1000:.0f} ms")):
        table.line(what, at(late[name], 0.5), at(late[name], 0.99))
        table.figure(f"told_{name}_p50_ms", at(late[name], 0.5), "ms", None)
        table.figure(f"told_{name}_p99_ms", at(late[name], 0.99), "ms", None)
    table.figure("webhooks_vs_graphile_worker", round(rates["webhook"], 1), "messages/s", rates["webhook"] / posts_a_second)
    table.figure("webhooks_vs_bare", round(rates["webhook"], 1), "messages/s", rates["webhook"] / bare["webhook"])
    table.figure("emails_vs_bare", round(rates["email"], 1), "messages/s", rates["email"] / bare["email"])
    table.figure("streams_1000_mib", round(more_mib, 1), "MiB", more_mib / 64, 1, within=True)
