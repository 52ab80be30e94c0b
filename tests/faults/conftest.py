"""Faults, and what must hold after each (checker.py). Short by default; FAULTS=full for the whole form.

Each test breaks one thing under load (load.py) within a Trial (trial.py), which brings the house to rest and
judges it. The table of what was done, how often and with what result is printed at the end. Every test has a
house of its own, on a copy of one that was entered once; `shared` PostgreSQL is for those that do not harm it,
and `own` makes a durable cluster for those that do.
"""

import itertools
import os
import sys

import pytest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from support.cluster import Cluster, free_port  # noqa: E402
from support.sink import Sink  # noqa: E402
from trial import TABLE, FaultHouse  # noqa: E402

FULL = os.environ.get("FAULTS") == "full"
numbers = itertools.count(1)


def pick(short, full):
    """The one or the other, by the form of the run."""
    return full if FULL else short


@pytest.fixture(scope="session")
def full():
    return FULL


def enter(cluster, name, sink, binary, folder):
    """A database, migrated and loaded, where everybody is entered; its house has ended."""
    house = FaultHouse(cluster, cluster.create_database(name), sink, binary, folder)
    house.daemon.migrate()
    house.daemon.load_reference()
    house.start()
    house.stop()
    return house


def ended(house):
    """Ends well, or the test that used it fails; the database goes either way."""
    try:
        if house.daemon.running():
            house.stop()
    finally:
        house.daemon.kill9()


@pytest.fixture(scope="module")
def make_house(cluster, binary, scratch):
    """make_house(**settings) -> a running house on a fresh copy; its daemon always has the same port.

    start=False leaves the daemon to the test."""
    with Sink() as first:
        entered = enter(cluster, f"faults_entered_{next(numbers)}", first, binary,
                        os.path.join(scratch, f"faults-{next(numbers)}"))
    made = []

    def make(start=True, **settings):
        number = next(numbers)
        name = cluster.create_database(f"faults_{number}", template=entered.database)
        sink = Sink()
        settings = {"listen_port": free_port(), "master_key_file": entered.daemon.config["master_key_file"], **settings}
        house = FaultHouse(cluster, name, sink, binary, os.path.join(scratch, f"fault-{number}"), settings)
        made.append((house, sink))
        house.live_as(entered)
        if start:
            house.daemon.start()
        return house

    yield make
    for house, sink in made:
        house.daemon.kill9()
        sink.stop()
        cluster.drop_database(house.database)
    cluster.drop_database(entered.database)


@pytest.fixture
def house(make_house):
    """A house on the shared cluster (without fsync)."""
    house = make_house()
    yield house
    ended(house)


def own_houses(scratch, binary):
    """What own_house and make_own_house do: a cluster for each house made, removed at the end."""
    made = []

    def make(folder=None, **settings):
        number = next(numbers)
        cluster = Cluster(folder or os.path.join(scratch, f"own-{number}"), fsync=True, port=free_port())
        sink = Sink()
        made.append([cluster, sink, None])
        cluster.start()
        house = enter(cluster, f"faults_{number}", sink, binary, os.path.join(scratch, f"own-fault-{number}"))
        house.daemon.config.update({"listen_port": free_port(), **settings})
        made[-1][2] = house
        house.clients.clear()
        house.daemon.start()
        return house

    yield make
    for cluster, sink, house in made:
        try:
            if house:
                ended(house)
        finally:
            cluster.remove()
            sink.stop()


@pytest.fixture
def own_house(scratch, binary):
    """own_house(folder=None, **settings) -> a running house in a durable cluster of its own, always on the same port."""
    yield from own_houses(scratch, binary)


@pytest.fixture(scope="module")
def make_own_house(scratch, binary):
    """The same for a whole module."""
    yield from own_houses(scratch, binary)


def pytest_terminal_summary(terminalreporter):
    if not TABLE:
        return
    columns = list(TABLE[0])
    rows = [columns] + [[str(row[column]) for column in columns] for row in TABLE]
    widths = [max(len(row[i]) for row in rows) for i in range(len(columns))]
    terminalreporter.section(f"faults, {'whole' if FULL else 'short'} form")
    for row in rows:
        terminalreporter.write_line("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip())
