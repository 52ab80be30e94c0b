"""What the API tests share: a database where everybody is entered, and houses on copies of it.

Two authorities and two providers, so that each is another tenant to the other. `live` is a house a
module on the database's own clock; `rehearsal(instant)` makes a house that stands at an instant.
"""

import itertools
import os

import pytest

from support.house import House, london, money
from support.journey import Journey
from support.replay import replay
from support.sink import Sink

MORE_PEOPLE = {
    "MANAGER": ("council", "Mona Pike", ["manager"]),
    "COUNCIL_ADMIN": ("council", "Carys Bold", ["administrator"]),
    "PROVIDER_ADMIN": ("larch", "Lena Tarn", ["administrator"]),
    "PROVIDER_SIGNATORY": ("larch", "Lewis Crag", ["signatory"]),
    "OFFICER2": ("southmere", "Olwen Dace", ["case_officer"]),
    "PANEL2": ("southmere", "Piers Roach", ["panel_member"]),
    "SIGNATORY2": ("southmere", "Sabra Tench", ["signatory"]),
    "AUDITOR2": ("southmere", "Anton Bream", ["auditor"]),
}
numbers = itertools.count(1)


class ApiHouse(House):
    replays = True  # every calculation in it comes out the same when the house ends
    verifies = True  # and everything that is stored in it is what was recorded

    def _enter_everybody(self):
        super()._enter_everybody()
        self._organisation("southmere", kind="authority", name="Southmere Council",
                           email="care@southmere.example", division="england-and-wales",
                           panel_weekday=2, panel_threshold=money(0))
        self._people(MORE_PEOPLE)

    def journey(self, stage=None, **kind):
        case = Journey(self, **kind)
        return case.to(stage) if stage else case

    def leave_rehearsal(self):
        """Ends the daemon and takes the rehearsal's clock away, which nothing but a superuser can: what was
        recorded then lies in the past, and is found by whoever starts next as after a long outage."""
        self.daemon.stop()
        self.cluster.psql("delete from rehearsal", self.database)
        self.at = None

    def southmere(self, stage, **kind):
        return self.journey(stage, officer="OFFICER2", panel="PANEL2", signatory="SIGNATORY2", **kind)


@pytest.fixture(scope="session")
def entered(cluster, template, binary, scratch):
    """A house whose daemon has ended: copies of its database begin with everybody there."""
    name = cluster.create_database("concordat_entered", template=template)
    with Sink() as sink:
        house = ApiHouse(cluster, name, sink, binary, os.path.join(scratch, "entered"))
        house.start()
        house.stop()
    return house


@pytest.fixture(scope="session")
def make_house(cluster, entered, binary, scratch):
    """make_house(sink, **settings) -> a house that is not started, on a fresh copy."""
    def make(sink, **settings):
        number = next(numbers)
        name = cluster.create_database(f"concordat_house_{number}", template=entered.database)
        return ApiHouse(cluster, name, sink, binary, os.path.join(scratch, f"house-{number}"), settings)
    return make


def ended(house):
    """Ends well, or the test that used it fails; the database goes either way."""
    try:
        if house.replays and house.daemon.running():
            replay(house)
        if house.verifies and house.daemon.running():
            house.daemon.run("verify", "--jobs", "1")
        house.stop()
    finally:
        house.daemon.kill9()
        house.cluster.drop_database(house.database)


@pytest.fixture(scope="module")
def live(make_house, entered, sink, request):
    house = make_house(sink, **getattr(request.module, "DAEMON_SETTINGS", {}))
    house.start_as(entered)
    yield house
    ended(house)


@pytest.fixture
def rehearsal(make_house, entered):
    """rehearsal("2026-04-01 10:00", **settings) -> a house that stands at that London time."""
    made = []

    def make(text, **settings):
        sink = Sink()
        house = make_house(sink, **settings)
        made.append((house, sink))
        house.start_as(entered, london(text))
        return house

    yield make
    for house, sink in made:
        ended(house)
        sink.stop()
