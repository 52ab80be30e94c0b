"""Clocks that are wrong, and nights that are an hour longer or shorter.

| fault | how | what must happen |
|---|---|---|
| F17 the daemon's clock | +1 h, +40 days, -3 h while it runs (libfaketime) | time stands still until both agree; people go on |
| F17 the database's clock | the same on the live postmaster | the same; people's moves follow it, facts keep their order |
| F17 both clocks, together | five hours forward | what falls due by it is enforced, once |
| F18 the nights of 29 March and 25 October 2026 | live, and on the rehearsal's clock | hours and working days end at the right instants, once |
"""

import datetime
import os
import stat
import time

import pytest

from conftest import pick
from evidence import instant
from load import INPUTS, MODEL, PAIRS, Negotiation
from support.figures import figure
from support.house import london, rfc3339
from test_limits import release
from trial import Trial, wait_until

LIBRARY = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1"
HOUR, DAY = 3600, 86400


class FakeClock:
    """A clock that is so many seconds off, for every program started by its wrappers."""

    def __init__(self, folder, name):
        self.path = os.path.join(folder, f"{name}.offset")
        self.folder, self.name = folder, name
        self.set(0)

    def set(self, seconds):
        with open(self.path + ".part", "w", encoding="ascii") as file:
            file.write(f"{seconds:+.3f}\n")
        os.chmod(self.path + ".part", 0o644)
        os.replace(self.path + ".part", self.path)

    def wrap(self, program, path):
        """A program at path that is the other one under this clock; timers stay as they are."""
        with open(path, "w", encoding="ascii") as file:
            file.write(f"#!/bin/sh\nexec env LD_PRELOAD={LIBRARY} FAKETIME_TIMESTAMP_FILE={self.path} FAKETIME_NO_CACHE=1 "
                       f'FAKETIME_DONT_FAKE_MONOTONIC=1 FAKETIME_DONT_RESET=1 {program} "$@"\n')
        os.chmod(path, stat.S_IRWXU | stat.S_IRGRP | stat.S_IXGRP | stat.S_IROTH | stat.S_IXOTH)
        return path


class Clocks:
    """A house whose daemon and whose PostgreSQL have a clock each that a test may move."""

    def __init__(self, house, folder):
        assert os.path.exists(LIBRARY), "libfaketime is not installed; run `make install-packages`."
        os.makedirs(folder)
        os.chmod(folder, 0o755)
        self.house = house
        self.daemon, self.database = FakeClock(folder, "daemon"), FakeClock(folder, "database")
        house.daemon.binary = self.daemon.wrap(release(), os.path.join(folder, "release"))
        house.daemon.stop()
        house.cluster.stop("fast")
        programs = os.path.join(folder, "bin")
        os.makedirs(programs)
        for name in os.listdir(house.cluster.bin):
            if name != "postgres":
                os.symlink(os.path.join(house.cluster.bin, name), os.path.join(programs, name))
        self.database.wrap(os.path.join(house.cluster.bin, "postgres"), os.path.join(programs, "postgres"))
        house.cluster.bin = programs
        house.cluster.start()

    def both(self, seconds):
        self.daemon.set(seconds)
        self.database.set(seconds)

    def now(self):
        return instant(self.house.cluster.psql("select clock_timestamp()", self.house.database)[0][0])


@pytest.fixture
def clocks(own_house, scratch):
    house = own_house()
    house.daemon.config["lease_ms"] = 300
    clocks = Clocks(house, os.path.join(scratch, f"clocks-{time.monotonic_ns()}"))
    yield clocks
    clocks.both(0)


def stands_still(house):
    return figure(house, "concordat_clock_stands_still") == 1


class Emergency(Negotiation):
    """A placement whose panel has four hours, by elapsed time, from the referral."""

    def refer(self):
        self.id = self.officer.post("/v1/placements", {
            "person_name": f"Zeb {self.pair.private}", "person_initials": "ZQ", "date_of_birth": "1971-02-03",
            "care_setting": "residential", "urgency": "emergency", "wanted_start": "2027-03-01",
            "funding": [{"funder": "authority"}]}, "open_placement")["placement"]
        self.load.placements.append((self.id, self.pair))
        word = self.pair.shared
        self.officer.move(self.id, "describe_needs", {
            "needs": [{"area": "daily living", "task": word, "times_a_week": 7, "minutes": 60, "staff": 1}],
            "outcomes": [{"key": "swimming", "what": word, "owner": "provider", "measure": word}]})
        self.officer.move(self.id, "calculate", {**MODEL, "inputs": INPUTS})
        self.officer.move(self.id, "refer_to_panel", {"note": self.pair.private})
        return self

    def ask(self, number):
        """A move that anybody may make at any time."""
        return self.officer.move(self.id, "record_involvement", {
            "purpose": "calculation", "took_part": "with_support", "how": f"{number} {self.pair.shared}",
            "supported_by": self.pair.shared, "words": self.pair.shared})


def missed(house, placement):
    """[(occurred, recorded)] of what time recorded of the panel's duty."""
    rows = house.cluster.psql(f"select occurred_at, recorded_at from fact where stream_id = '{placement}' and kind = 'missed' "
                              "order by seq", house.database)
    return [tuple(instant(cell) for cell in row) for row in rows]


def referred(house, placement):
    """When the panel was asked."""
    return instant(house.cluster.psql(f"select occurred_at from fact where stream_id = '{placement}' and kind = 'panel_referred'",
                                      house.database)[0][0])


class Live(Trial):
    """A trial on a house whose daemon has been started by the test, with the clocks where it wants them."""

    def __init__(self, clocks, what, offset=0, **more):
        self.clocks = clocks
        clocks.both(offset)
        clocks.house.daemon.start()
        super().__init__(clocks.house, more.pop("fault", "F17"), what, threads=0, **more)


def still_nothing(house, walks, seconds):
    """For so long nothing is recorded by time, though it is due by one of the clocks."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        assert not any(missed(house, walk.id) for walk in walks), "time has acted while the clocks were apart"
        time.sleep(0.05)


def test_time_stands_still_while_the_daemons_clock_is_wrong_and_people_go_on(clocks):
    house = clocks.house
    offsets = pick((5 * HOUR, -3 * HOUR), (5 * HOUR, 40 * DAY, -3 * HOUR, 2.5, -2.5))
    with Live(clocks, "the daemon's clock " + " ".join(f"{offset / HOUR:+g} h" for offset in offsets)) as trial:
        walks = [Emergency(trial.load, PAIRS[n % 2], 0).refer() for n in range(pick(2, 8))]
        for number, offset in enumerate(offsets):
            clocks.daemon.set(offset)
            wait_until(lambda: stands_still(house), "the daemon does not see that the clocks are apart")
            for walk in walks:
                before = clocks.now()
                receipt = walk.ask(number)
                assert before <= instant(receipt["recorded_at"]) <= clocks.now(), "a move does not follow the database's clock"
            still_nothing(house, walks, pick(0.3, 5))
            clocks.daemon.set(0)
            wait_until(lambda: not stands_still(house), "the daemon does not see that the clocks agree again")
            trial.did()
        clocks.both(5 * HOUR)  # now it is true: five hours are over
        wait_until(lambda: all(missed(house, walk.id) for walk in walks), "time does not act when both clocks agree")
        assert all(len(missed(house, walk.id)) == 1 for walk in walks)
        clocks.both(0)
        wait_until(lambda: not stands_still(house), "the clocks agree")
        for walk in walks:
            walk.close()


def test_moves_follow_the_databases_clock_and_keep_their_order(clocks):
    house = clocks.house
    offsets = pick((HOUR, 40 * DAY, -3 * HOUR), (HOUR, 40 * DAY, -3 * HOUR, HOUR, -3 * HOUR, 41 * DAY, 2.5))
    with Live(clocks, "the database's clock " + " ".join(f"{offset / HOUR:+g} h" for offset in offsets)) as trial:
        walks = [Negotiation(trial.load, PAIRS[n % 2], 0).to("preparing") for n in range(pick(2, 6))]
        trial.rest()
        clamped = 0
        for number, offset in enumerate(offsets):
            clocks.database.set(offset)
            wait_until(lambda: stands_still(house), "the daemon does not see that the clocks are apart")
            for walk in walks:
                before = clocks.now()
                at = instant(Emergency.ask(walk, number)["recorded_at"])
                last = instant(house.cluster.psql(f"select max(recorded_at) from fact where stream_id = '{walk.id}' and "
                                                  f"recorded_at < '{at.isoformat()}'", house.database)[0][0])
                if before <= at <= clocks.now():
                    continue
                # The database says that it is earlier than what stands there already.
                assert last > before and at - last == datetime.timedelta(microseconds=1), (before, at, last)
                clamped += 1
            trial.did()
            clocks.database.set(0)
            wait_until(lambda: not stands_still(house), "the daemon does not see that the clocks agree again")
        assert clamped, "no move came after one of a later time"
        trial.notes.append(f"{clamped} moves one microsecond after the last")
        for walk in walks:
            walk.close()


def test_a_clock_set_back_under_the_leases_delays_and_repeats_nothing(clocks):
    """Who holds a lease goes on holding it by a clock that was set back; who holds none may have to wait."""
    house = clocks.house
    with Live(clocks, "both clocks to and fro") as trial:
        walks = [Emergency(trial.load, PAIRS[n % 2], 0).refer() for n in range(2)]
        for number in range(pick(1, 6)):
            for offset in (-3 * HOUR, 3 * HOUR, 0):
                clocks.both(offset)
                for walk in walks:
                    walk.ask(number)
                trial.did()
        clocks.both(0)
        for walk in walks:
            walk.close()


# -- F18

CHANGES = {
    # The night: the referral, and the instants (UTC) that four hours, a day, and the working days end at.
    "March": {"evening": "2026-03-28 21:30", "panel": "2026-03-29T01:30:00Z", "friday": "2026-03-27 10:00",
              "acknowledge": "2026-03-31T16:00:00Z", "offer": "2026-04-14T16:00:00Z", "day": "2026-03-29T21:30:00Z"},
    "October": {"evening": "2026-10-24 22:30", "panel": "2026-10-25T01:30:00Z", "friday": "2026-10-23 10:00",
                "acknowledge": "2026-10-27T17:00:00Z", "offer": "2026-11-06T17:00:00Z", "day": "2026-10-25T21:30:00Z"},
}


def due_of(party, placement, duty):
    """To the second: while rehearsed time stands still, entries follow one another by a microsecond."""
    return {o["due_at"][:19] + "Z" for o in party.see(placement)["obligations"] if o["duty"] == duty}


def ends(house, placement):
    """(kind, occurred, recorded) of what time did there."""
    return [(row[0], rfc3339(instant(row[1])), rfc3339(instant(row[2]))) for row in house.cluster.psql(
        f"select kind, occurred_at, recorded_at from fact where stream_id = '{placement}' and actor_id is null order by seq",
        house.database)]


@pytest.mark.parametrize("month", CHANGES)
def test_duties_end_at_the_right_instants_around_the_change_of_the_clocks(make_house, month):
    at = CHANGES[month]
    house = make_house(start=False)
    house.daemon.rehearse(rfc3339(london(at["friday"])))
    house.daemon.start()
    with Trial(house, "F18", f"the change in {month}, rehearsed", threads=0) as trial, trial.watch.troubled():
        walks = [Negotiation(trial.load, PAIRS[n], 0).to("inviting") for n in range(2)]
        for walk in walks:
            assert due_of(walk.provider, walk.id, "acknowledge") == {at["acknowledge"]}
        house.daemon.rehearse(rfc3339(london(at["evening"])))
        urgent = [Emergency(trial.load, PAIRS[n], 0).refer() for n in range(2)]
        for walk in urgent:
            assert due_of(walk.officer, walk.id, "decide_at_panel") == {at["panel"]}
        house.daemon.rehearse(at["panel"])
        assert not any(ends(house, walk.id) for walk in urgent), "four hours are over only after the instant that ends them"
        house.daemon.rehearse(at["day"])
        for walk in urgent:
            assert ends(house, walk.id) == [("missed", at["panel"], at["panel"])], ends(house, walk.id)
        house.daemon.rehearse(at["offer"].replace("00:00Z", "30:00Z"))
        for walk in walks:
            assert ends(house, walk.id)[0] == ("missed", at["acknowledge"], at["acknowledge"])
            assert [end[1:] for end in ends(house, walk.id) if end[0] == "lapsed"] == [(at["offer"], at["offer"])], ends(house, walk.id)
        trial.did(len(walks) + len(urgent))
        house.daemon.stop()
        house.cluster.psql("delete from rehearsal", house.database)
        house.daemon.start()
        for walk in walks + urgent:
            walk.close()
    house.stop()


@pytest.mark.parametrize("month", pick(("March",), tuple(CHANGES)))
def test_the_night_of_the_change_is_lived_through(clocks, month):
    """The live daemon, on clocks that say it is that night: four hours that end half an hour after the change."""
    at, house = CHANGES[month], clocks.house
    evening = london(at["evening"]).timestamp()
    with Live(clocks, f"the change in {month}, live", evening - time.time(), fault="F18") as trial:
        walks = [Emergency(trial.load, PAIRS[n % 2], 0).refer() for n in range(pick(2, 6))]
        dues = {walk.id: instant(max(due_of(walk.officer, walk.id, "decide_at_panel"))) for walk in walks}
        for placement, due in dues.items():  # hours that have elapsed, whatever the wall says
            assert due == referred(house, placement).replace(microsecond=0) + datetime.timedelta(hours=4) >= instant(at["panel"])
        clocks.both(max(dues.values()).timestamp() - time.time() - 1.0)
        wait_until(lambda: all(missed(house, walk.id) for walk in walks), "time does not act")
        for walk in walks:
            (occurred, recorded), = missed(house, walk.id)
            assert occurred.replace(microsecond=0) == dues[walk.id], (occurred, dues)
            # as soon as it can be: an hour too late is the mistake that would be made
            assert datetime.timedelta(0) <= recorded - occurred < datetime.timedelta(minutes=10), (occurred, recorded)
            trial.did()
        for walk in walks:
            walk.close()
