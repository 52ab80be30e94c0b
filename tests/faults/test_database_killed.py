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
    deadline = time.monotonic() + 60
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
                wait_until(lambda: end_sessions(house, where, limit), "the service has no such session", every=0.002)
                trial.did()
                wait_until(lambda since=since: trial.load.moves(since), "no move succeeds any more", every=0.005)
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
                    before = house.backends()
                    os.kill(pid, signal.SIGKILL)
                trial.did()
                wait_until(lambda before=before: (now := house.backends()) and not now & before, "the server does not throw all out")
                wait_until(house.connections, "the service does not come back")
        trial.load.wait_for_moves(2)


@pytest.mark.parametrize("how", ["kill9", "immediate"])
def test_a_server_that_dies_and_comes_back_costs_no_move(durable, how):
    house = durable
    with Trial(house, "F7", f"the server: {how}", threads=6) as trial:
        for _ in range(pick(1, 15)):
            trial.load.wait_for_moves(1)
            with trial.watch.troubled():
                house.cluster.kill9() if how == "kill9" else house.cluster.stop("immediate")
                with trial.watch.away():
                    pass  # the server is gone, for as long as it takes to be told so
                start_patiently(house.cluster)
                trial.did()
                wait_until(house.ready, "the service does not come back")
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
    """Tries to connect that the server refused, in its log from that offset on; sessions that were ended are none."""
    with open(house.cluster.log, encoding="utf-8", errors="replace") as file:
        file.seek(since)
        return len(re.findall(r"concordat\w*@\S* FATAL:  (?!terminating)", file.read()))


def most_refusals(connections, seconds):
    """Each connection is tried again with a back-off that doubles from 50 ms to 5 s, half of it by chance."""
    return connections * (8 + seconds)


def all_are_known(house, session):
    """Whether the server has no process that is still deciding whether to let somebody in."""
    known = {int(row[0]) for row in session.ask("select pid from pg_stat_activity")}
    return house.cluster.children() <= known


def take_all_sessions(house):
    """As many as there are, by a user of another name so that the log tells whose tries were refused."""
    taken = []
    while True:
        try:
            taken.append(Session(house.cluster, house.database, "greedy"))
        except Refused as refused:
            assert refused.sqlstate == "53300", refused
            return taken


END_OURS = f"select pg_terminate_backend(pid) from pg_stat_activity where {OURS} and application_name like 'concordatd%'"


def drive_out(house, taken, session):
    """Ends the service's sessions and takes what is free, until none is left, none is free and none is on its way in.

    A session that ends is anybody's for a moment, and the service dials again at once. `session` stays open all the
    while: if it were made for each question, what it leaves would be free too."""
    deadline, ended, quiet = time.monotonic() + 60, 0, 0
    while quiet < 5:
        assert time.monotonic() < deadline, "the service gets sessions back again and again"
        more, found = take_all_sessions(house), session.ask(END_OURS.format(house.database))
        taken += more
        ended += len(found)
        quiet = quiet + 1 if not more and not found and all_are_known(house, session) else 0
        time.sleep(0.02)
    assert ended, "the service had no session"


def test_without_room_for_a_session_the_service_says_503_and_does_not_storm(small_house):
    house, seconds = small_house, pick(2, 20)
    with Trial(house, "F13", f"all sessions taken for {seconds} s (53300)", threads=6) as trial:
        trial.load.wait_for_moves(1)
        with trial.watch.troubled():
            taken, connections, holder = [], house.connections(), Session(house.cluster, "postgres", timeout=60)
            drive_out(house, taken, holder)
            begun, log = time.monotonic(), os.path.getsize(house.cluster.log)
            with trial.watch.away():
                pause(seconds)
                wait_until(lambda: refusals(house, log), "it does not try again")
                trial.did()
                tried, took = refusals(house, log), time.monotonic() - begun
            for session in (*taken, holder):
                session.close()
            begun = time.monotonic()
            wait_until(house.ready, "the service does not come back")
            back = time.monotonic() - begun
        assert tried < most_refusals(connections, took), f"{tried} tries in {took:.1f} s"
        trial.notes.append(f"{tried} tries refused, back after {back:.1f} s")
        trial.load.wait_for_moves(2)


def test_a_server_that_takes_no_more_sessions_is_waited_for(durable):
    """57P03: it shuts down, and waits for a session that does not leave."""
    house = durable
    with Trial(house, "F13", "the server shuts down and waits (57P03)", threads=6) as trial:
        trial.load.wait_for_moves(1)
        with trial.watch.troubled():
            log, begun, connections = os.path.getsize(house.cluster.log), time.monotonic(), house.connections()
            with Session(house.cluster, "postgres", timeout=60) as stays:
                house.cluster.process.send_signal(signal.SIGTERM)
                wait_until(lambda: _is_shutting_down(house), "the server does not shut down")
                # one that was let in before may still be on its way
                wait_until(lambda: not stays.ask(END_OURS.format(house.database)) and all_are_known(house, stays),
                           "the service's sessions do not end")
                with trial.watch.away():
                    pause(pick(1.5, 10))
                    wait_until(lambda: refusals(house, log), "it does not try again")
                    tried, took = refusals(house, log), time.monotonic() - begun
            house.cluster.process.wait(60)
            start_patiently(house.cluster)
            wait_until(house.ready, "the service does not come back")
            trial.did()
        assert tried < most_refusals(connections, took), f"{tried} tries in {took:.1f} s"
        trial.notes.append(f"{tried} refused")
        trial.load.wait_for_moves(2)


def _is_shutting_down(house):
    try:
        Session(house.cluster, "postgres").close()
        return False
    except Refused as refused:
        return refused.sqlstate == "57P03"
