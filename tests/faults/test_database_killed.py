"""PostgreSQL ends, or its processes do, under load.

| fault | how | what must happen |
|---|---|---|
| F6 sessions terminated | pg_terminate_backend of one of the service's sessions, and of all | what was lost is answered by its key |
| F6 a backend killed | kill -9: the server throws all out and recovers | the same; readiness 503, and back by itself |
| F7 the server killed | postmaster and all killed -9, stopped at once, and started again | nothing answered is lost; liveness all along |
| F13 no room for a session | all sessions taken (53300); the server ends and takes no more (57P03) | 503, few tries to connect, back when there is room |
"""

import os
import re
import signal
import time

import pytest

from conftest import pick
from session import Refused, Session
from trial import Trial, pause, wait_until

OURS = "usename like 'concordat%' and datname = '{}'"


def end_sessions(house, where="true", limit=100):
    """pg_terminate_backend of some of the service's sessions; how many there were."""
    with Session(house.cluster, "postgres") as session:
        return len(session.ask("select pg_terminate_backend(pid) from (select pid from pg_stat_activity where "
                               f"{OURS.format(house.database)} and {where} order by random() limit {limit}) s"))


def start_patiently(cluster):
    """After a crash the last server's processes may still be going."""
    deadline = time.monotonic() + 30
    while True:
        try:
            return cluster.start()
        except Exception:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


@pytest.mark.parametrize("where, limit", [
    pytest.param("state = 'active'", 1, id="one-at-work"),
    pytest.param("application_name = 'concordatd append'", 1, id="one-that-appends"),
    pytest.param("true", 100, id="all"),
])
def test_a_session_that_is_terminated_costs_no_move(house, where, limit):
    with Trial(house, "F6", f"terminated: {where}", threads=6) as trial:
        with trial.watch.troubled():
            for _ in range(pick(8, 200)):
                since = time.monotonic()
                wait_until(lambda: end_sessions(house, where, limit), "the service has no such session", 15, every=0.002)
                trial.did()
                wait_until(lambda since=since: trial.load.moves(since), "no move succeeds any more", 30, every=0.005)
        trial.load.wait_for_moves(2)


@pytest.fixture(scope="module")
def durable(make_own_house):
    """A house in a durable cluster, which these tests share: each leaves it as sound as it was."""
    return make_own_house()


def test_a_backend_killed_makes_the_server_recover_and_costs_no_move(durable):
    house = durable
    with Trial(house, "F6", "a backend is killed -9", threads=6) as trial:
        for _ in range(pick(2, 25)):
            trial.load.wait_for_moves(1)
            with trial.watch.troubled():
                with Session(house.cluster, "postgres") as session:
                    pid = int(session.value("select pid from pg_stat_activity where "
                                            f"{OURS.format(house.database)} order by random() limit 1"))
                os.kill(pid, signal.SIGKILL)
                trial.did()
                wait_until(lambda: not house.ready(), "the crash was not noticed", 10, every=0.001)
                wait_until(house.ready, "the service does not come back", 30)
        trial.load.wait_for_moves(2)


@pytest.mark.parametrize("how", ["kill9", "immediate"])
def test_a_server_that_dies_and_comes_back_costs_no_move(durable, how):
    house = durable
    with Trial(house, "F7", f"the server: {how}", threads=6) as trial:
        for _ in range(pick(1, 15)):
            trial.load.wait_for_moves(1)
            with trial.watch.troubled():
                with trial.watch.away(grace=0.5):
                    house.cluster.kill9() if how == "kill9" else house.cluster.stop("immediate")
                    probes = len(trial.watch.probes)
                    wait_until(lambda: len(trial.watch.probes) > probes + 20, "nobody asks for readiness")
                start_patiently(house.cluster)
                trial.did()
                wait_until(house.ready, "the service does not come back", 30)
        trial.load.wait_for_moves(2)


# -- F13: no room for another session

LIMIT = 30  # two daemons of eleven sessions each, the second to compare with, and a few more


@pytest.fixture
def small_house(own_house):
    """A server of few sessions."""
    house = own_house()
    house.daemon.stop()
    house.cluster.stop("fast")
    with open(os.path.join(house.cluster.data, "postgresql.conf"), "a", encoding="utf-8") as file:
        file.write(f"max_connections = {LIMIT}\nsuperuser_reserved_connections = 3\n")
    house.cluster.start()
    house.cluster.psql("create role greedy login", "postgres")
    house.daemon.start()
    return house


def refusals(house, since):
    """Tries to connect that the server refused, in its log from that offset on."""
    with open(house.cluster.log, encoding="utf-8", errors="replace") as file:
        file.seek(since)
        return len(re.findall(r"concordat\w*@\S* FATAL: ", file.read()))


def take_all_sessions(house):
    """As many as there are, by a user of another name so that the log tells whose tries were refused."""
    taken = []
    while True:
        try:
            taken.append(Session(house.cluster, house.database, "greedy"))
        except Refused as refused:
            assert refused.sqlstate == "53300", refused
            return taken


def drive_out(house, taken):
    """Ends the service's sessions and takes what is free, until it has got none back for a while: how many it had.

    A session that ends is anybody's for a moment, and the service dials again at once."""
    ended, deadline, quiet = 0, time.monotonic() + 20, 0
    while quiet < 10:
        assert time.monotonic() < deadline, "the service gets sessions back again and again"
        taken += take_all_sessions(house)
        found = end_sessions(house, "application_name like 'concordatd%'")
        ended, quiet = ended + found, quiet + 1 if not found else 0
        time.sleep(0.02)
    return ended


def test_without_room_for_a_session_the_service_says_503_and_does_not_storm(small_house):
    house, seconds = small_house, pick(2, 20)
    with Trial(house, "F13", f"all sessions taken for {seconds} s (53300)", threads=6) as trial:
        trial.load.wait_for_moves(1)
        with trial.watch.troubled():
            taken, begun, log = [], time.monotonic(), os.path.getsize(house.cluster.log)
            ours = drive_out(house, taken)
            with trial.watch.away(grace=0.5):
                until = time.monotonic() + seconds
                while time.monotonic() < until:  # and none is left when one ends
                    taken += take_all_sessions(house)
                    time.sleep(0.02)
                trial.did()
                tried, took = refusals(house, log), time.monotonic() - begun
            for session in taken:
                session.close()
            begun = time.monotonic()
            wait_until(house.ready, "the service does not come back", 20)
            back = time.monotonic() - begun
        # Each of the eleven by itself, with a back-off that doubles from 50 ms to 5 s, half of it by chance.
        assert ours and 0 < tried < 11 * (8 + took), f"{tried} tries in {took:.1f} s"
        trial.notes.append(f"{tried} tries refused, back after {back:.1f} s")
        trial.load.wait_for_moves(2)


def test_a_server_that_takes_no_more_sessions_is_waited_for(durable):
    """57P03: it shuts down, and waits for a session that does not leave."""
    house = durable
    with Trial(house, "F13", "the server shuts down and waits (57P03)", threads=6) as trial:
        trial.load.wait_for_moves(1)
        with trial.watch.troubled():
            stays = Session(house.cluster, "postgres")
            ends = Session(house.cluster, "postgres")
            with trial.watch.away(grace=2.0):
                log = os.path.getsize(house.cluster.log)
                house.cluster.process.send_signal(signal.SIGTERM)
                try:
                    wait_until(lambda: _is_shutting_down(house), "the server does not shut down")
                    ends.ask(f"select pg_terminate_backend(pid) from pg_stat_activity where {OURS.format(house.database)}")
                    pause(pick(1.5, 10))
                    tried = refusals(house, log)
                finally:
                    ends.close()
                    stays.close()
                house.cluster.process.wait(30)
            start_patiently(house.cluster)
            wait_until(house.ready, "the service does not come back", 30)
            trial.did()
        assert 0 < tried < 7 * (8 + pick(2, 10)), tried
        trial.notes.append(f"{tried} refused")
        trial.load.wait_for_moves(2)


def _is_shutting_down(house):
    try:
        Session(house.cluster, "postgres").close()
        return False
    except Refused as refused:
        return refused.sqlstate == "57P03"
