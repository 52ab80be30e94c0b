"""The database or the daemon goes away in the middle: what was answered stands once, and a key tells the rest."""

import concurrent.futures
import http.client
import itertools
import os
import signal
import subprocess
import threading
import time
import uuid

import pytest

from support.client import Client
from support.cluster import Cluster, free_port
from support.daemon import Daemon, database_settings
from support.house import london
from support.journey import NEEDS, Journey

from conftest import ApiHouse, ended

PATIENCE = 60


def wait_until(true, what, seconds=PATIENCE):
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, what
        time.sleep(0.02)


@pytest.fixture(scope="module")
def fragile(scratch, entered, binary, sink):
    """A house in a durable cluster of its own, with the daemon and the database always on the same ports."""
    cluster = Cluster(os.path.join(scratch, "fragile"), fsync=True, port=free_port()).start()
    name = cluster.create_database("concordat_fragile")
    house = ApiHouse(cluster, name, sink, binary, os.path.join(scratch, "fragile-daemon"),
                     {"listen_port": free_port()})
    house.daemon.migrate()
    house.daemon.load_reference()
    house.start()
    yield house
    house.stop()
    cluster.stop("immediate")


def is_ready(house):
    try:
        return house.client("OFFICER").request("GET", "/readyz").status == 200
    except OSError:
        return False


def assert_away(answer):
    assert answer.status == 503, answer
    assert int(answer.headers["Retry-After"]) >= 1
    assert answer.code in ("database_away", "outcome_unknown", "timeout", "not_ready"), answer


# -- A stream of moves whose every outcome is written down

class Stream:
    """Needs of one placement, described again and again, each time with a key, until it is told to stop."""

    def __init__(self, house, case):
        self.house, self.case = house, case
        self.client = Client(house.daemon.base_url, house.tokens["OFFICER"], timeout=20)
        self.version = case.see()["version"]
        self.receipts = []  # (key, body of the receipt)
        self.retries = 0
        self.error = None
        self.stopping = threading.Event()

    def run(self):
        try:
            for number in itertools.count(1):
                if self.stopping.is_set():
                    return
                key, body = str(uuid.uuid4()), {**NEEDS, "assessment_reference": f"CA-{number}"}
                self.receipts.append((key, body, self._until_answered(key, body)))
        except BaseException as error:
            self.error = error
            raise

    def _until_answered(self, key, body):
        """A 503 or a lost connection says to try again with the same key: nothing else is done about it."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            try:
                answer = self.client.move(self.case.id, "describe_needs", body, (200, 503), self.version, key)
            except (OSError, http.client.HTTPException):
                answer = None
            if answer is not None and answer.status == 200:
                self.version = answer.json["version"]
                return answer.body
            if answer is not None:
                assert "Retry-After" in answer.headers
            self.retries += 1
            time.sleep(0.02)
        raise AssertionError("a move was not answered in time")

    def check(self):
        found = [fact["data"]["assessment_reference"] for fact in self.client.pages(
            f"/v1/placements/{self.case.id}/facts", limit=200) if fact["kind"] == "needs_described"]
        assert found == [body["assessment_reference"] for _, body, _ in self.receipts], \
            "each answered move is there once, in order, and no other"
        for key, body, receipt in self.receipts[:: max(1, len(self.receipts) // 10)]:
            again = self.client.move(self.case.id, "describe_needs", body, 200, "v1", key)
            assert again.body == receipt
        self.client.close()


def wait_for_more(streams, more=2):
    """Until each stream has had so many more answers."""
    before = [len(stream.receipts) for stream in streams]

    def have_more():
        for stream in streams:
            if stream.error:
                raise stream.error
        return all(len(stream.receipts) > count + more for stream, count in zip(streams, before))

    wait_until(have_more, "a stream of moves does not go on")


def run_streams(house, disturb, count=4):
    """disturb() happens while the streams run; then all must hold."""
    streams = [Stream(house, Journey(house).to("opened")) for _ in range(count)]
    with concurrent.futures.ThreadPoolExecutor(count) as pool:
        running = [pool.submit(stream.run) for stream in streams]
        try:
            wait_for_more(streams)
            disturb(streams)
        finally:
            for stream in streams:
                stream.stopping.set()
        for one in running:
            one.result(PATIENCE)
    for stream in streams:
        stream.check()
    assert_ledger(house)
    return streams


def assert_ledger(house):
    def none(sql):
        assert house.cluster.psql(sql, house.database) == [], sql
    none("select stream_id from fact group by 1 having max(seq) <> count(*) or min(seq) <> 1")
    none("select s.stream_id from stream s where seq <> (select count(*) from fact f where f.stream_id = s.stream_id)")
    none("select authority_id from fact group by 1 having max(leaf_index) + 1 <> count(*) "
         "or count(distinct leaf_index) <> count(*)")
    none("select h.authority_id from log_head h where size <> (select count(*) from fact f where f.authority_id = h.authority_id)")
    none("select 1 from (select header::json->>'prev' as prev, lag(encode(leaf_hash, 'hex'), 1, repeat('0', 64)) "
         "over (partition by stream_id order by seq) as before from fact) f where prev <> before")
    none("select i.key from idempotency i join stream s using (stream_id) where not exists (select from fact f where f.stream_id = i.stream_id "
         "and f.seq = i.first_seq)")


# -- The database

def test_while_the_database_is_away_the_process_lives_and_says_so_and_comes_back_by_itself(fragile):
    house = fragile
    case = house.journey("inviting")
    pid, version = house.daemon.process.pid, case.see("PROVIDER")["version"]
    officer, provider = house.client("OFFICER"), house.client("PROVIDER")
    key = str(uuid.uuid4())
    house.cluster.stop("fast")
    try:
        wait_until(lambda: officer.request("GET", "/readyz").status == 503, "readiness does not tell the truth")
        assert officer.get("/livez").status == 200
        assert_away(officer.request("GET", "/readyz"))
        assert_away(officer.request("GET", "/v1/placements"))
        assert_away(officer.request("GET", f"/v1/placements/{case.id}"))
        assert_away(provider.move(case.id, "acknowledge", {}, None, version, key))
        assert_away(officer.as_("cnc_" + "a" * 43).request("GET", "/v1/placements"))
        assert officer.get("/openapi.json").status == 200
    finally:
        house.cluster.start()
    wait_until(lambda: is_ready(house), "the daemon does not find the database again")
    assert house.daemon.process.pid == pid and house.daemon.running()
    assert provider.move(case.id, "acknowledge", {}, 200, version, key).json["version"]
    assert case.fact_kinds().count("acknowledged") == 1


def test_moves_go_on_over_a_restart_of_the_database(fragile):
    def restart(streams):
        fragile.cluster.stop("immediate")
        fragile.cluster.start()
        wait_until(lambda: is_ready(fragile), "the daemon does not find the database again")
        wait_for_more(streams)
    streams = run_streams(fragile, restart)
    assert sum(stream.retries for stream in streams) > 0, "the restart was not noticed"


def test_moves_go_on_while_their_connections_are_killed(fragile):
    def kill(streams):
        until = time.monotonic() + 2
        while time.monotonic() < until:
            fragile.cluster.psql("select pg_terminate_backend(pid) from pg_stat_activity where usename in "
                                 "('concordat_service', 'concordat_reader')", "postgres")
            time.sleep(0.05)
        wait_until(lambda: is_ready(fragile), "the daemon does not connect again")
        wait_for_more(streams)
    run_streams(fragile, kill)


def lock_held(house):
    """What every move needs is held meanwhile, as by a slow database."""
    return house.cluster.locked("lock table stream in exclusive mode", house.database)


def wait_until_held_up(house):
    waiting = "select 1 from pg_stat_activity where wait_event_type = 'Lock' and usename = 'concordat_service'"
    wait_until(lambda: house.cluster.psql(waiting, house.database), "nothing waits for the lock")


def test_a_slow_database_stops_neither_health_nor_time_out(fragile, scratch):
    case = fragile.journey("inviting")
    version, key = case.see("PROVIDER")["version"], str(uuid.uuid4())
    config = {**fragile.daemon.config, "listen_port": 0, "jobs": False, "statement_timeout_ms": 500}
    with Daemon(fragile.daemon.binary, config, os.path.join(scratch, "impatient")) as daemon:
        clients = [Client(daemon.base_url, fragile.tokens["PROVIDER"]) for _ in range(2)]
        clients[0].placement(case.id)
        with lock_held(fragile), concurrent.futures.ThreadPoolExecutor(1) as pool:
            quick, deadline = 0, time.monotonic() + PATIENCE
            while quick < 20:  # more than a loop that waits for the database would come to while a move does
                assert time.monotonic() < deadline, f"only {quick} times was health told at once"
                move, quick = pool.submit(clients[0].move, case.id, "acknowledge", {}, None, version, key), 0
                while not move.done():
                    begun = time.monotonic()
                    clients[1].get("/livez")
                    quick += time.monotonic() - begun < 0.1
                assert_away(move.result())
        receipt = clients[0].move(case.id, "acknowledge", {}, 200, version, key).json
        for client in clients:
            client.close()
    assert receipt["move"] == "acknowledge" and case.fact_kinds().count("acknowledged") == 1


# -- The daemon

def test_a_daemon_that_is_killed_in_a_stream_leaves_nothing_half_done(fragile):
    def kill(streams):
        for _ in range(3):
            fragile.daemon.kill9()
            fragile.daemon.start()
            wait_for_more(streams)
    streams = run_streams(fragile, kill)
    assert sum(stream.retries for stream in streams) > 0


def test_sigterm_answers_what_is_in_flight_and_ends_with_0(fragile):
    case = fragile.journey("inviting")
    version = case.see("PROVIDER")["version"]
    idle = Client(fragile.daemon.base_url, fragile.tokens["OFFICER"])
    idle.get("/livez")
    process = fragile.daemon.process
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        client = Client(fragile.daemon.base_url, fragile.tokens["PROVIDER"])
        with lock_held(fragile):
            move = pool.submit(client.move, case.id, "acknowledge", {}, None, version)
            wait_until_held_up(fragile)
            process.send_signal(signal.SIGTERM)
            fragile.daemon.wait_for_line(lambda line: line.get("message") == "Draining")
            with pytest.raises(OSError):
                Client(fragile.daemon.base_url).get("/livez")  # no new connections
        answer = move.result(PATIENCE)
    assert (answer.status, answer.headers["Connection"]) == (200, "close")
    assert process.wait(PATIENCE) == 0
    client.close(), idle.close()
    fragile.daemon.process = None
    fragile.daemon.start()
    assert case.fact_kinds().count("acknowledged") == 1


def test_a_second_sigterm_ends_at_once(fragile):
    case = fragile.journey("inviting")
    version, key = case.see("PROVIDER")["version"], str(uuid.uuid4())
    process = fragile.daemon.process
    with lock_held(fragile), concurrent.futures.ThreadPoolExecutor(1) as pool:
        client = Client(fragile.daemon.base_url, fragile.tokens["PROVIDER"])
        move = pool.submit(client.move, case.id, "acknowledge", {}, None, version, key)
        wait_until_held_up(fragile)
        process.send_signal(signal.SIGTERM)
        fragile.daemon.wait_for_line(lambda line: line.get("message") == "Draining")
        begun = time.monotonic()
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) in (0, 143, -signal.SIGTERM)
        assert time.monotonic() - begun < 5  # one signal alone leaves it ten seconds
        with pytest.raises((OSError, http.client.HTTPException)):
            move.result(PATIENCE)
    fragile.daemon.process = None
    fragile.daemon.start()
    wait_until(lambda: is_ready(fragile), "the daemon does not start again")
    fragile.client("PROVIDER").move(case.id, "acknowledge", {}, 200, version, key)
    assert case.fact_kinds().count("acknowledged") == 1


def test_a_wrong_master_key_or_schema_is_told_at_the_start(fragile, scratch):
    empty = fragile.cluster.create_database("concordat_empty")
    config = {**fragile.daemon.config, "listen_port": 0}
    for setting in ("database", "database_reader", "database_owner"):
        config[setting] = config[setting].replace(f"dbname={fragile.database}", f"dbname={empty}")
    stranger = Daemon(fragile.daemon.binary, config, os.path.join(scratch, "stranger"))
    stranger._write_config()
    process = subprocess.Popen([stranger.binary, "serve", "--config", stranger.config_file],
                               stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    said = process.communicate(timeout=PATIENCE)[1]
    assert process.returncode != 0 and "migrate" in said
    fragile.cluster.drop_database(empty)


# -- Two daemons

@pytest.fixture
def twins(make_house, entered, sink, scratch):
    made = []

    def make(instant=None, **settings):
        house = make_house(sink, **settings)
        house.start_as(entered, instant)
        twin = Daemon(house.daemon.binary, house.daemon.config, house.daemon.folder + "-twin")
        twin.start()
        made.append((house, twin))
        return house, twin

    yield make
    for house, twin in made:
        try:
            twin.stop()
        finally:
            twin.kill9()
            ended(house)


def test_two_daemons_that_race_on_one_placement_give_one_winner_each_time(twins):
    house, twin = twins()
    addresses = [house.daemon.base_url, twin.base_url]
    case = house.journey("inviting")
    for turn in range(12):
        version = case.see("PROVIDER")["version"]
        barrier = threading.Barrier(8)

        def ask(n, version=version, turn=turn):
            client = Client(addresses[n % 2], house.tokens["PROVIDER"])
            client.get("/livez")
            barrier.wait(PATIENCE)
            answer = client.move(case.id, "ask", {"question": f"{turn}.{n}"}, None, version)
            client.close()
            return answer

        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(ask, range(8)))
        assert sorted(answer.status for answer in answers) == [200] + [412] * 7, answers
    for address in addresses:  # what one recorded the other shows at once
        seen = Client(address, house.tokens["PROVIDER"]).placement(case.id)
        assert len(seen["threads"][0]["questions"]) == 12
    assert_ledger(house)


def test_one_key_at_two_daemons_has_one_effect(twins):
    house, twin = twins()
    case = house.journey("inviting")
    version, key = case.see("PROVIDER")["version"], str(uuid.uuid4())
    barrier = threading.Barrier(20)

    def acknowledge(n):
        client = Client([house.daemon.base_url, twin.base_url][n % 2], house.tokens["PROVIDER"])
        client.get("/livez")
        barrier.wait(PATIENCE)
        answer = client.move(case.id, "acknowledge", {}, None, version, key)
        client.close()
        return answer

    with concurrent.futures.ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(acknowledge, range(20)))
    assert {answer.status for answer in answers} == {200} and len({answer.body for answer in answers}) == 1
    assert case.fact_kinds().count("acknowledged") == 1


def overdue_house(make_house, entered, sink):
    """Twelve placements made in spring, half of them invited and half with an offer, and nobody has looked since."""
    house = make_house(sink, lease_ms=500)
    house.start_as(entered, london("2026-04-01 10:00"))
    cases = [house.journey("negotiating" if n % 2 else "inviting") for n in range(12)]
    house.leave_rehearsal()
    return house, cases


def assert_enforced_once(house, cases):
    due = "select count(*) from obligation where next_at <= clock_timestamp()"
    wait_until(lambda: house.cluster.psql(due, house.database) == [["0"]], "time does not act")
    for n, case in enumerate(cases):
        ends = [kind for kind in case.fact_kinds() if kind in ("missed", "lapsed")]
        # the offer: no answer, expired, no other, the round ends; the invitation: not acknowledged, expired
        assert ends == (["missed", "lapsed", "missed", "lapsed"] if n % 2 else ["missed", "lapsed"]), ends
        assert case.see()["stage"] == ("ended" if n % 2 else "inviting")
    late = house.cluster.psql("select 1 from fact where kind in ('missed', 'lapsed') and "
                              "(occurred_at > '2026-06-10' or recorded_at < '2026-06-10')", house.database)
    assert late == [], "it happened when it was due, and is recorded when it was found"
    house.wait_quiet()
    twice = "select 1 from delivery where leaf_index is not null group by authority_id, leaf_index, recipient_id, channel " \
            "having count(*) > 1"
    assert house.cluster.psql(twice, house.database) == []
    assert_ledger(house)


def test_two_daemons_enforce_what_was_missed_once(make_house, entered, sink):
    house, cases = overdue_house(make_house, entered, sink)
    twin = Daemon(house.daemon.binary, house.daemon.config, house.daemon.folder + "-twin")
    try:
        with lock_held(house):  # so that neither is done before the other begins
            house.daemon.start()
            twin.start()
            house.clients.clear()
        assert_enforced_once(house, cases)
        twin.stop()
    finally:
        twin.kill9()
        ended(house)


def test_another_daemon_takes_over_from_one_that_is_killed_at_it(make_house, entered, sink):
    house, cases = overdue_house(make_house, entered, sink)
    twin = Daemon(house.daemon.binary, house.daemon.config, house.daemon.folder + "-twin")
    try:
        with lock_held(house):
            twin.start()
            wait_until_held_up(house)
            house.clients.clear()
            house.daemon.start()
            twin.kill9()
        assert_enforced_once(house, cases)
    finally:
        twin.kill9()
        ended(house)


def test_two_that_migrate_at_once_both_succeed_and_each_step_is_made_once(cluster, binary, scratch):
    name = cluster.create_database("concordat_migrated_twice")
    daemons = [Daemon(binary, database_settings(cluster, name), os.path.join(scratch, f"migrate-{n}")) for n in range(4)]
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda daemon: daemon.run("migrate", check=False), daemons))
    assert [one.returncode for one in done] == [0] * 4, done
    versions = cluster.psql("select version, count(*) from schema_version group by 1 order by 1", name)
    assert versions and {count for _, count in versions} == {"1"}
    assert daemons[0].run("migrate").returncode == 0
    cluster.drop_database(name)
