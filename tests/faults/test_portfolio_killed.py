"""A daemon killed while a portfolio is uplifted: whoever starts next goes on, and no fee rises twice.

| fault | how | what must happen |
|---|---|---|
| SIGKILL at the k-th write to the database of an uplift | strace on the idle daemon, then the order; several k | each agreement rises once, is told once and is counted once |
| an uplift whose request cannot be read | a row beside it in the database | it is stopped, and the others go on |
"""

import signal
import time
import uuid

import pytest

from conftest import pick
from kill import killer
from support.client import Client
from support.journey import Journey
from trial import wait_until

METHOD = {"basis": "flat", "flat": "1.00", "flat_unit": "week"}


def insist(house, key, day):
    """The order's answer, asked for with the same key until there is one."""
    deadline = time.monotonic() + 60
    while True:
        client = Client(house.daemon.base_url, house.tokens["MANAGER"], timeout=5)
        try:
            answer = client.request("POST", "/v1/uplifts", {"figures": {"from": day}}, {"Idempotency-Key": key})
            if answer.status == 201:
                return answer.json["id"]
            assert answer.status == 503, answer
        except (OSError, EOFError):
            pass
        finally:
            client.close()
        if not house.daemon.running():
            house.daemon.start()
        assert time.monotonic() < deadline, "the order was not answered"
        time.sleep(0.02)


def progress(house, uplift):
    client = Client(house.daemon.base_url, house.tokens["MANAGER"], timeout=10)
    try:
        return client.get(f"/v1/uplifts/{uplift}").json
    finally:
        client.close()


def number(house, statement):
    return int(house.cluster.psql(statement, house.database)[0][0])


@pytest.mark.parametrize("call", ["sendto", "recvfrom"])
def test_a_daemon_killed_while_a_portfolio_is_uplifted_does_each_once(make_house, call):
    house = make_house(lease_ms=300)
    cases = [Journey(house, uplift=METHOD).to("in_force") for _ in range(pick(6, 40))]
    points, cut = list(pick((2, 5, 9, 14), range(1, 60, 2))), 0

    def is_over(uplift):
        """Whoever has died is followed by another."""
        nonlocal cut
        if not house.daemon.running():
            house.daemon.start()
            cut += 1
        return progress_or_none(house, uplift) == "done"

    for n, k in enumerate(points):
        house.wait_quiet()
        day = f"2027-{4 + n // 28:02}-{1 + n % 28:02}"
        key = str(uuid.uuid4())
        tracer = killer(house.daemon, call, k)
        house.daemon.expects(-signal.SIGKILL)
        uplift = insist(house, key, day)
        wait_until(lambda: not house.daemon.running() or progress_or_none(house, uplift) == "done", "it goes on")
        tracer.end()
        wait_until(lambda uplift=uplift: is_over(uplift), "the uplift is not over")
        if not cut and points[-1] == k < 60:  # it was killed before it was at it
            points.append(k + 6)
        seen = progress(house, uplift)
        assert (seen["applied"], seen["offered"], seen["left_out"]) == (len(cases), 0, 0), (k, seen)
        assert seen["weekly_after"]["amount"] - seen["weekly_before"]["amount"] == 100 * len(cases)
        facts = f"from fact where kind = 'uplift_applied' and body like '%\"{uplift}\"%'"
        assert number(house, f"select count(*) {facts}") == len(cases), k
        assert number(house, f"select count(distinct stream_id) {facts}") == len(cases), k
    assert cut, "the daemon was never killed while it was at it"
    house.wait_quiet()
    twice = ("select count(*) from (select 1 from delivery where leaf_index is not null "
             "group by authority_id, leaf_index, recipient_id, channel having count(*) > 1) d")
    assert number(house, twice) == 0
    told = number(house, "select count(*) from delivery where kind = 'uplift_applied' and channel = 'service'")
    assert told == number(house, "select count(*) from fact where kind = 'uplift_applied'")
    house.stop()


def progress_or_none(house, uplift):
    try:
        return progress(house, uplift)["state"]
    except (OSError, EOFError, KeyError):
        return None


def test_an_uplift_that_cannot_be_read_is_stopped_and_keeps_none_waiting(make_house):
    house = make_house(lease_ms=300)
    Journey(house, uplift=METHOD).to("in_force")
    broken = str(uuid.uuid4())
    house.cluster.psql("insert into uplift (id, authority_id, asked_by, request, state, total, created_at) values "
                       f"('{broken}', '{uuid.uuid4()}', '{uuid.uuid4()}', '[]', 'under_way', 1, now())", house.database)
    uplift = insist(house, str(uuid.uuid4()), "2027-04-01")
    wait_until(lambda: progress(house, uplift)["state"] == "done", "the uplift is over")
    assert progress(house, uplift)["applied"] == 1
    wait_until(lambda: number(house, f"select count(*) from uplift where id = '{broken}' and state = 'stopped'") == 1,
               "the other is stopped")
    house.stop()
