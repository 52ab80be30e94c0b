"""The database keeps a request waiting: a move counts by when it came, and a fault is told as one."""

import datetime
import os
import signal
import threading
import time
import uuid

import pytest

from support.client import Client
from support.daemon import Daemon
from support.house import money, rfc3339
from support.journey import opening, terms


def locked(house, table):
    """Nobody reads the table meanwhile."""
    return house.cluster.locked(f"lock table {table}", house.database)


def wait_until(true, what):
    deadline = time.monotonic() + 60
    while not true():
        assert time.monotonic() < deadline, what
        time.sleep(0.01)


def waits(house, table):
    return house.cluster.psql(f"select 1 from pg_locks where not granted and relation = '{table}'::regclass",
                              house.database)


def while_kept_waiting(house, post, meanwhile):
    """The answer to a post that waits for the database while something happens."""
    answers = []
    with locked(house, "placement_party"):
        thread = threading.Thread(target=lambda: answers.append(post()))
        thread.start()
        wait_until(lambda: waits(house, "placement_party"), "the request did not reach the database")
        meanwhile()
    thread.join()
    return answers[0]


def go_past(house, instant):
    house.cluster.psql(f"update rehearsal set protocol_at = '{rfc3339(instant)}'", house.database)
    # the daemon learns of it with its next answer from the database
    house.client("ADMIN").as_("cnc_" + "x" * 43).request("GET", "/v1/placements", expect=401)


def test_a_move_that_came_in_time_is_in_time_though_the_database_kept_it_waiting(rehearsal):
    house = rehearsal("2026-04-01 10:00")
    case = house.journey("inviting")
    due = datetime.datetime.fromisoformat(case.obligation("make_offer", "PROVIDER")["due_at"].replace("Z", "+00:00"))
    came, late = due - datetime.timedelta(seconds=1), due + datetime.timedelta(minutes=1)
    house.go_to(came)
    version, client = case.see("PROVIDER")["version"], house.client("PROVIDER").as_(house.tokens["PROVIDER"])
    client.get("/v1/placements")
    answer = while_kept_waiting(
        house, lambda: client.move(case.id, "make_offer", {"terms": terms(start=case.start)}, None, version),
        lambda: go_past(house, late))
    assert answer.status == 200, answer
    assert answer.json["recorded_at"].startswith(rfc3339(came)[:-1])
    assert case.offers() == ["open"]
    # and what comes after it is too late for this
    assert house.client("OFFICER").placement(case.id)["stage"] == "negotiating"


def test_an_opening_counts_by_when_it_came_too(rehearsal):
    house = rehearsal("2026-04-01 16:59")
    client = house.client("OFFICER").as_(house.tokens["OFFICER"])
    answer = while_kept_waiting(house, lambda: client.post("/v1/placements", opening()),
                                lambda: go_past(house, house.at + datetime.timedelta(minutes=2)))
    assert answer.status == 201, answer
    assert answer.json["recorded_at"].startswith(rfc3339(house.at)[:-1])


@pytest.fixture
def second(make_house, entered, sink, scratch, binary):
    """A house and another daemon on its database, which gives a statement half a second."""
    house = make_house(sink)
    house.start_as(entered)
    other = Daemon(binary, {**house.daemon.config, "statement_timeout_ms": 500, "jobs": False},
                   os.path.join(scratch, f"second-{uuid.uuid4().hex[:8]}")).start()
    yield house, other
    other.stop()
    house.stop()
    house.cluster.drop_database(house.database)


def test_settings_that_cannot_be_read_just_now_are_a_fault_that_passes(second):
    house, other = second
    other.process.send_signal(signal.SIGSTOP)  # or it would hear of what is new within two seconds
    house._organisation("eastwick", kind="authority", name="Eastwick Council", division="england-and-wales",
                        panel_weekday=2, panel_threshold=money(0))
    house._people({"EAST": ("eastwick", "Edda Teal", ["case_officer"])})
    made = house.client("EAST").open_placement(**opening()).json["placement"]
    # The other daemon has not heard of this authority yet, and now cannot look.
    east = Client(other.base_url, house.tokens["EAST"])
    with locked(house, "cost_model"):
        other.process.send_signal(signal.SIGCONT)
        for answer in (east.request("GET", f"/v1/placements/{made}"), east.post("/v1/placements", opening())):
            # it waited for the lock itself, or behind another look that did
            assert answer.status == 503 and answer.code in ("timeout", "database_away"), answer
            assert answer.headers["Retry-After"]
    assert not [line for line in other.lines if "cannot be folded" in line["message"]]
    east.get(f"/v1/placements/{made}")
    east.post("/v1/placements", opening(), 201)
