"""The measures: each puts its figures into a Table, by the name they have in var/bench.json.

A ratio is ours to the other's where two are compared (above 1: ours is faster), and for a figure of our own what
it is of its aim (below 1: within it).
"""

import datetime
import json
import os
import shutil
import statistics
import time
import urllib.request
import uuid

from ground import BINARY, ROOT, VAR, Daemon, Service, database_settings, lines, split_rows
from peers import Peer, graphile
import pgbench

CONNECTIONS = (1, 16, 64)
FIRED_SECONDS = 120
LONE_EVERY_US = 50_000
UPLIFT_TIMES = 5
START_TIMES = 5
QUIET = {"requests_per_second": 0, "jobs": "false"}


def median(values):
    return statistics.median(values)


def take(results, name):
    return round(median([result[name] for result in results]), 3)


# ---- Moves, side by side ----------------------------------------------------------------------------


def moves_once(ground, base, folder, seconds, rows, wanted):
    """One round: at each number of connections ours, the peer and pgbench in turn; each on a copy of its own."""
    sides = ("ours", "peer", "pgbench")
    copies = {side: ground.copy(base) for side in sides}
    lists = {side: split_rows(os.path.join(folder, "moves.tsv"), rows, side) for side in sides[:2]}
    body = os.path.join(folder, "offer.json")
    pgbench.prepare(ground.cluster, copies["pgbench"])
    found = {}
    with Service(ground, copies["ours"], **QUIET) as service, Peer(ground.cluster, copies["peer"], ground.master_key) as peer:
        for at, connections in enumerate(wanted):
            ground.settle()
            found["ours", connections] = ground.load("moves", service.port, connections, seconds, lists["ours"][at], body)
            ground.settle()
            found["peer", connections] = ground.load("moves", peer.port, connections, seconds, lists["peer"][at], body)
            ground.settle()
            limit = pgbench.run(ground.cluster, copies["pgbench"], connections, seconds)
            found["pgbench", connections] = {**limit, "per_second": limit["tps"]}
        rss = service.rss_mib()
    for name in copies.values():
        ground.drop(name)
    return found, rss


def moves(ground, table, base, folder, plan):
    rounds = [moves_once(ground, base, folder, plan.seconds, plan.move_rows, CONNECTIONS) for _ in range(plan.rounds)]
    table.head("Moves through the API: one counter-offer each, its rows durable before the answer", "moves/s", "50% ms", "99% ms")
    for connections in CONNECTIONS:
        rates = {}
        for side in ("ours", "peer", "pgbench"):
            results = [found[side, connections] for found, _ in rounds]
            rates[side] = take(results, "per_second")
            table.line(f"{side}, {connections} connections", rates[side], take(results, "p50_ms"), take(results, "p99_ms"))
        for side, aim in (("peer", 3), ("pgbench", 1.5)):
            name = f"moves_vs_{side}" + ("" if connections == 64 else f"_{connections}")
            table.figure(name, rates["ours"], "moves/s", rates["ours"] / rates[side], aim if connections == 64 else None)
    table.figure("rss_loaded_mib", round(max(rss for _, rss in rounds), 1), "MiB", None)


# ---- Reads ------------------------------------------------------------------------------------------


def reads_once(ground, base, folder, plan):
    found = {}
    for side in ("ours", "peer"):
        copy = ground.copy(base)
        rows = os.path.join(folder, "reads.tsv")
        opened = Service(ground, copy, **QUIET) if side == "ours" else Peer(ground.cluster, copy, ground.master_key)
        with opened as server:
            found[side, "cold"] = ground.load("reads", server.port, 64, plan.cold_seconds, rows)
            found[side, "warm"] = ground.load("reads", server.port, 64, plan.seconds, rows, first=512)
        ground.drop(copy)
    return found


def reads(ground, table, base, folder, plan):
    """Warm: 512 placements again and again. Cold: each placement once, just after a start."""
    rounds = [reads_once(ground, base, folder, plan) for _ in range(plan.rounds)]
    rates = {}
    table.head("Reads of one placement through the API, 64 connections", "reads/s", "50% ms", "99% ms")
    for key in rounds[0]:
        results = [found[key] for found in rounds]
        rates[key] = take(results, "per_second")
        table.line(", ".join(key), rates[key], take(results, "p50_ms"), take(results, "p99_ms"))
    for name, state, aim in (("reads_vs_peer", "warm", 3), ("cold_reads_vs_peer", "cold", None)):
        table.figure(name, rates["ours", state], "reads/s", rates["ours", state] / rates["peer", state], aim)


# ---- What falls due ---------------------------------------------------------------------------------


def recorded(ground, database, ids):
    """How many of these placements have had their miss recorded."""
    return int(ground.cluster.psql(f"select count(*) from fact f join {ids} w using (authority_id, stream_id) where f.kind = 'missed'",
                                   database)[0][0])


def wanted_table(ground, database, path, name):
    """The rows of a list of fill's as a table: authority_id, stream_id, due_at."""
    values = []
    for line in lines(path):
        authority, placement, _, _, due_at_us = line.split("\t")
        values.append(f"('{authority}'::uuid, '{placement}'::uuid, to_timestamp({due_at_us} / 1000000.0))")
    ground.cluster.psql(f"create table {name} (authority_id uuid, stream_id uuid, due_at timestamptz)", database)
    for at in range(0, len(values), 500):  # what one word of a command line may hold
        ground.cluster.psql(f"insert into {name} values {', '.join(values[at:at + 500])}", database)
    ground.cluster.psql(f"alter table {name} add primary key (authority_id, stream_id); analyze {name}", database)
    return len(values)


def fired(ground, table, plan):
    """The service from its start until the last is durable; Graphile Worker from its first job to its last."""
    base = ground.new_database("due")
    _, folder = ground.fill(base, "--placements", 2000, "--due", plan.due)
    wanted_table(ground, base, os.path.join(folder, "due.tsv"), "bench_due")
    copy = ground.copy(base)
    began = time.monotonic()
    with Service(ground, copy, requests_per_second=0) as service:
        while service.figure('concordat_appends_total{outcome="done"}') < plan.due:
            if time.monotonic() > began + FIRED_SECONDS:
                raise TimeoutError("what was due was not fired in time")
            time.sleep(0.05)
        seconds = time.monotonic() - began
    if recorded(ground, copy, "bench_due") != plan.due:
        raise AssertionError("something else was fired than what was due")
    ground.drop(copy)
    copy = ground.copy(base)
    other = graphile(ground.cluster, copy)
    if other["fired"] != plan.due or other["failed"] or recorded(ground, copy, "bench_due") != plan.due:
        raise AssertionError(f"Graphile Worker did not do the same work: {other}")
    ground.drop(copy)
    ours, theirs = plan.due / seconds, other["fired"] / other["seconds"]
    table.head(f"Obligations that are due, {plan.due} at once", "fired/s")
    table.line("ours, from the start of the service", round(ours, 1))
    table.line("Graphile Worker, 16 jobs at once", round(theirs, 1))
    table.figure("fired_vs_graphile_worker", round(ours, 1), "obligations/s", ours / theirs, 5)


def lateness(ground, table, database, plan):
    """Lone obligations, one each 50 ms, in the full database: from the instant each is due to its commit."""
    ahead_us = int((time.time() + plan.lone_ahead) * 1e6)
    _, folder = ground.fill(database, "--placements", 0, "--lone", plan.lone, "--lone-from", ahead_us, "--lone-every-us", LONE_EVERY_US)
    count = wanted_table(ground, database, os.path.join(folder, "lone.tsv"), "bench_lone")
    pending = int(ground.cluster.psql("select count(*) from obligation where next_at is not null", database)[0][0])
    late = ("select extract(epoch from pg_xact_commit_timestamp(f.xmin) - w.due_at) * 1000 from fact f "
            "join bench_lone w using (authority_id, stream_id) where f.kind = 'missed' order by 1")
    ground.settle()
    if time.time() * 1e6 > ahead_us:
        raise AssertionError("filling took longer than was left before the first is due; give lone_ahead more seconds")
    starts = []
    for _ in range(START_TIMES):
        with Service(ground, database, **QUIET) as service:
            starts.append(service.start_ms)
            idle = service.rss_mib()
    with Service(ground, database, requests_per_second=0):
        deadline = ahead_us / 1e6 + count * LONE_EVERY_US / 1e6 + FIRED_SECONDS
        while recorded(ground, database, "bench_lone") < count:
            if time.time() > deadline:
                raise TimeoutError("the lone obligations were not fired in time")
            time.sleep(0.2)
    found = [float(row[0]) for row in ground.cluster.psql(late, database)]
    p50, p99 = found[len(found) // 2], found[int(len(found) * 0.99)]
    table.head(f"A lone obligation with {pending:,} pending, and the service at rest in that database", "50% ms", "99% ms")
    table.line(f"due to committed, {count} of them", round(p50, 2), round(p99, 2))
    table.figure("lateness_p50_ms", round(p50, 2), "ms", None)
    table.figure("lateness_p99_ms", round(p99, 2), "ms", p99 / 50, 1, within=True)
    table.figure("rss_mib", round(idle, 1), "MiB", idle / 64, 1, within=True)
    table.figure("start_ms", round(median(starts), 1), "ms", median(starts) / 200, 1, within=True)


# ---- A newer calendar -------------------------------------------------------------------------------


CALENDAR = "calendars/england-and-wales.json"
NOTICED_SECONDS = 6  # what the service waits after a calendar was loaded, and a little more


def closed_day(calendar):
    """A working day three days from now or soon after: in the span of what was asked today, and not due yet."""
    holidays = {event["date"] for event in calendar["events"]}
    day = datetime.date.today() + datetime.timedelta(days=3)
    while day.weekday() > 4 or day.isoformat() in holidays:
        day += datetime.timedelta(days=1)
    return day.isoformat()


def load_newer_calendar(ground, database):
    """Version 2, with one holiday more."""
    folder = os.path.join(VAR, "newer")
    shutil.copytree(os.path.join(ROOT, "reference"), folder, dirs_exist_ok=True)
    path = os.path.join(folder, CALENDAR)
    with open(path, encoding="utf-8") as file:
        calendar = json.load(file)
    day = closed_day(calendar)
    calendar["version"] = 2
    calendar["events"] = sorted([*calendar["events"], {"title": "A day of thanks", "date": day, "notes": "", "bunting": True}],
                                key=lambda event: event["date"])
    with open(path, "w", encoding="utf-8") as file:
        json.dump(calendar, file)
    Daemon(BINARY, database_settings(ground.cluster, database), os.path.join(VAR, "daemon")).load_reference(folder)
    return day


def recounts(ground, table, plan):
    """A closure is declared: from the start of the service until every open date has been counted again."""
    database = ground.new_database("recount")
    ground.fill(database, "--placements", plan.recounted, "--negotiating-every", 1)
    ask = lambda question: int(ground.cluster.psql(question, database)[0][0])  # noqa: E731
    day = load_newer_calendar(ground, database)
    dates = ask(f"select count(*) from obligation where state = 'open' and due_at >= '{day} 16:00Z'")
    time.sleep(NOTICED_SECONDS)
    ground.settle()
    began = time.monotonic()
    with Service(ground, database, requests_per_second=0):
        while ask("select count(*) from recount_behind"):
            if time.monotonic() > began + FIRED_SECONDS:
                raise TimeoutError("the dates were not counted again in time")
            time.sleep(0.1)
        seconds = time.monotonic() - began
    moved = ask("select sum(jsonb_array_length(body::jsonb -> 'changes')) from fact where kind = 'due_changed'")
    if moved != dates:
        raise AssertionError(f"{moved} dates were moved of {dates}")
    ground.drop(database)
    table.head(f"A closure is declared inside {dates:,} running clocks of {plan.recounted:,} placements", "dates/s", "seconds")
    table.line("counted again, recorded, and both sides' to hear", round(dates / seconds), round(seconds, 1))
    table.figure("recount_100k_s", round(seconds * 100_000 / dates, 1), "s", seconds * 100_000 / dates / 60, 1, within=True)


# ---- An uplift of a whole portfolio -----------------------------------------------------------------


UPLIFT = {
    "figures": {"from": "2027-04-01", "rises": [
        {"index": "nlw", "percent": "4.1"}, {"index": "earnings", "percent": "3.5"}, {"index": "cpi", "percent": "3"},
        {"index": "food", "percent": "4.5"}, {"index": "energy", "percent": "-2"}]},
    "method": {"basis": "by_line"},
}


def preview(service, secret, expected=None):
    """Seconds that the answer took; it must have worked out so many agreements."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{service.port}/v1/uplifts/preview", json.dumps(UPLIFT).encode("ascii"),
        {"Authorization": f"Bearer {secret}", "Content-Type": "application/json", "Idempotency-Key": str(uuid.uuid4())})
    began = time.monotonic()
    with urllib.request.urlopen(request, timeout=120) as answer:
        found = json.load(answer)
    seconds = time.monotonic() - began
    if found["unreadable"] or expected not in (None, found["placements"]):
        raise AssertionError(f"{found['placements']} were worked out and {found['unreadable']} could not be read")
    return seconds


def accounts(ground, table, database, folder, council, plan):
    """What each payer pays for a quarter of a year, as known on a day, beside the plain view of the same placements."""
    rows = os.path.join(folder, "accounts.tsv")
    ids = ground.cluster.psql("select id from placement where stage = 'in_force' order by id", database)
    with open(rows, "w", encoding="ascii") as file:
        file.writelines(f"{row[0]}\t{council}\n" for row in ids)
    today = datetime.date.today()
    rest = f"/account?as_known_on={today}&to={today + datetime.timedelta(days=270)}"
    rates = {}
    table.head(f"An account as known on a day, {len(ids):,} placements, 64 connections", "reads/s", "50% ms", "99% ms")
    for state, first in (("each once", None), ("512 again and again", 512)):
        for what, path in (("the placement", None), ("its account", rest)):
            with Service(ground, database, **QUIET) as service:  # with nothing held
                found = ground.load("reads", service.port, 64, plan.seconds, rows, first=first, rest=path)
            rates[what, state] = found["per_second"]
            table.line(f"{what}, {state}", found["per_second"], found["p50_ms"], found["p99_ms"])
    for name, state in (("account_as_known", "512 again and again"), ("account_as_known_cold", "each once")):
        ours = rates["its account", state]
        table.figure(name, round(ours, 1), "reads/s", ours / rates["the placement", state])


def uplifts(ground, table, plan):
    """One authority's agreements, and those of a provider who has a quarter of them; the first one after a start is
    told apart. Memory: what the daemon holds more after these than after one of the same."""
    database = ground.new_database("uplifts")
    _, folder = ground.fill(database, "--in-force", plan.in_force)
    ground.settle()
    ((council, provider),) = (line.split("\t") for line in lines(os.path.join(folder, "portfolio.tsv")))
    with Service(ground, database, **QUIET) as service:
        cold = preview(service, council, plan.in_force)
        before = service.rss_mib()
        seconds = [preview(service, council, plan.in_force) for _ in range(UPLIFT_TIMES)]
        grown = service.rss_mib() - before
        asked = [preview(service, provider) for _ in range(UPLIFT_TIMES)]
    accounts(ground, table, database, folder, council, plan)
    ground.drop(database)
    table.head(f"What an uplift would make of {plan.in_force:,} agreements in force, half with a method of their own", "seconds")
    table.line("the authority, just after a start", round(cold, 2))
    table.line("the authority", round(median(seconds), 2))
    table.line("a provider with a quarter of them", round(median(asked), 2))
    limit = 5 * plan.in_force / 100_000
    table.figure("uplift_preview_s", round(median(seconds), 3), "s", median(seconds) / limit, 1, within=True)
    table.figure("uplift_preview_rss_mib", round(grown, 2), "MiB", grown / 4, 1, within=True)


def call(service, secret, path, body=None):
    request = urllib.request.Request(
        f"http://127.0.0.1:{service.port}{path}", None if body is None else json.dumps(body).encode("ascii"),
        {"Authorization": f"Bearer {secret}", "Content-Type": "application/json", "Idempotency-Key": str(uuid.uuid4())})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)


def applied(ground, table, plan):
    """An uplift of one authority's agreements, half of which have a method; people of others move meanwhile."""
    database = ground.new_database("applied")
    _, folder = ground.fill(database, "--in-force", plan.uplifted, "--placements", 2 * plan.grown_rows, "--negotiating-every", 2)
    ground.cluster.psql("insert into membership (user_id, organisation_id, role) select distinct user_id, organisation_id, 'manager' "
                        "from membership where role = 'case_officer'", database)
    ground.settle()
    ((council, _),) = (line.split("\t") for line in lines(os.path.join(folder, "portfolio.tsv")))
    (rows,) = split_rows(os.path.join(folder, "moves.tsv"), [plan.grown_rows], "applied")
    figures = {**UPLIFT["figures"], "from": (datetime.date.today() + datetime.timedelta(days=300)).isoformat()}
    with Service(ground, database, requests_per_second=0) as service:
        began = time.monotonic()
        uplift = call(service, council, "/v1/uplifts", {"figures": figures})["id"]
        moved = ground.load("moves", service.port, 16, 2, rows, os.path.join(folder, "offer.json"))
        while (seen := call(service, council, f"/v1/uplifts/{uplift}"))["state"] == "under_way":
            if time.monotonic() > began + FIRED_SECONDS:
                raise TimeoutError("the uplift was not over in time")
            time.sleep(0.1)
        seconds = time.monotonic() - began
    if seen["applied"] + seen["left_out"] != plan.uplifted or seen["applied"] != plan.uplifted // 2:
        raise AssertionError(f"{seen['applied']} were uplifted and {seen['left_out']} left out of {plan.uplifted}")
    ground.drop(database)
    table.head(f"An uplift applied to {seen['applied']:,} of {plan.uplifted:,} agreements, 16 people moving for two seconds meanwhile",
               "a second", "seconds", "moves/s", "99% ms")
    table.line("recorded, and both sides' to hear", round(seen["applied"] / seconds), round(seconds, 1), round(moved["per_second"]),
               moved["p99_ms"])
    per_10k = seconds * 10_000 / seen["applied"]
    table.figure("uplift_apply_10k_s", round(per_10k, 1), "s", per_10k / 60, 1, within=True)


# ---- Growth -----------------------------------------------------------------------------------------


def growth(ground, table, plan):
    """The same load, on as many placements, in a database ten and a hundred times as full. Answers its name."""
    database = ground.new_database("grown")
    filled = 0
    table.head("A move as the database grows, 16 connections, placements that were not held before",
               "us a move", "50% ms", "99% ms")
    costs = []
    for size in plan.sizes:
        _, folder = ground.fill(database, "--placements", size - filled)
        filled = size
        ground.settle()
        (rows,) = split_rows(os.path.join(folder, "moves.tsv"), [plan.grown_rows], "grown")
        with Service(ground, database, **QUIET) as service:
            found = ground.load("moves", service.port, 16, plan.seconds, rows, os.path.join(folder, "offer.json"))
        costs.append(1e6 / found["per_second"])
        table.line(f"{size:,} placements", round(costs[-1], 1), found["p50_ms"], found["p99_ms"])
    table.figure("growth_100x", round(costs[-1], 1), "us/move", costs[-1] / costs[0], 1.5, within=True)
    return database
