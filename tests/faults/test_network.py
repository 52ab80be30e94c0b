"""The way between the daemon and PostgreSQL is cut, slow or silent (proxy.py).

| fault | how | what must happen |
|---|---|---|
| F8 cut in the middle of an exchange | after the n-th byte up or down, closed, reset or half closed | each request is answered once; its key tells |
| F8 slow way | a delay, few bytes a second | all goes on, slower |
| F9 half open | both ways silent, nothing closed | noticed by our own deadlines; readiness 503, liveness 200 |
| F8 connections refused | taken and closed at once | 503, back when it is over |
"""

import itertools
import time

import pytest

from conftest import FULL, pick
from load import PAIRS, Negotiation
from proxy import CLOSE, DOWN, HALF, HOLE, RESET, UP, led_through, to_database
from trial import Trial, pause, wait_until

QUESTIONS_OF_A_PLACEMENT = 18  # a party may have 20 open


@pytest.fixture
def proxied(make_house):
    """proxied(**settings) -> (house, proxy): the daemon reaches the database through the proxy only."""
    made = []

    def make(**settings):
        house = make_house(start=False, **settings)
        proxy = to_database(house.cluster)
        for name in ("database", "database_reader", "database_owner"):
            house.daemon.config[name] = led_through(proxy, house.cluster, house.daemon.config[name])
        house.daemon.start()
        made.append((house, proxy))
        return house, proxy

    yield make
    for house, proxy in made:
        try:
            house.stop()
        finally:
            house.daemon.kill9()
            proxy.stop()


class Asker:
    """Questions by either side in turn, on placements that stay small."""

    def __init__(self, trial):
        self.trial, self.count, self.walk = trial, 0, None

    def ready(self):
        if self.count % QUESTIONS_OF_A_PLACEMENT == 0:
            if self.walk:
                self.walk.close()
            self.walk = Negotiation(self.trial.load, PAIRS[self.count // QUESTIONS_OF_A_PLACEMENT % 2]).to("inviting")
            self.version = self.walk.provider.see(self.walk.id)["version"]
        self.count += 1
        body = {"move": "ask", "question": f"{self.count} {self.walk.pair.shared}"}
        return self.walk.provider.make(f"/v1/placements/{self.walk.id}/moves", body, self.version)

    def ask(self, asked):
        """Until it is answered with a receipt; how often it was put off."""
        answer = self.walk.provider.insist(asked)
        assert answer.status == 200, answer
        self.version = answer.json["version"]
        return len(asked.answers) - 1


def offsets(most, cuts):
    """So many in the short form. In the whole form every byte, but in the middle of a long request, where one
    parameter is like another, every fourth."""
    if not FULL:
        return range(1, most + 2, max(1, most // cuts))
    return [n for n in range(1, most + 2) if n <= 500 or n > most - 500 or n % 4 == 0]


def cut_at(trial, proxy, asker, words, after, direction, how):
    """One move; the exchange is cut at that byte, if it comes to it."""
    asked = asker.ready()
    cut = proxy.cut_after(after, direction, words, how)
    asker.ask(asked)
    trial.did(cut.happened.is_set())
    proxy.cut = None


@pytest.mark.parametrize("words, cuts", [
    pytest.param(b"concordatd append", 10, id="append"), pytest.param(b"concordatd read", 5, id="read"),
])
def test_an_exchange_cut_at_any_byte_is_answered_once(proxied, words, cuts):
    house, proxy = proxied(readers=1)
    with Trial(house, "F8", f"cut after n bytes: {words.decode()}", threads=0) as trial:
        asker = Asker(trial)
        for _ in range(3):
            asker.ask(asker.ready())
        count = proxy.cut_after(None, UP, words)
        asker.ask(asker.ready())
        sizes = dict(count.counted)
        assert sizes[UP] > 200 and sizes[DOWN] > 50, sizes
        ends = itertools.cycle((RESET, CLOSE, HALF))
        with trial.watch.troubled():
            for direction in (UP, DOWN):
                for after in offsets(sizes[direction], cuts):
                    cut_at(trial, proxy, asker, words, after, direction, next(ends))
        asker.walk.close()
        trial.notes.append(f"{sizes[UP]} bytes up, {sizes[DOWN]} down")


def test_a_connection_cut_while_it_is_made_is_made_again(proxied):
    """Dialling, the first statements and their preparation; all the daemon's connections at once."""
    house, proxy = proxied()
    with Trial(house, "F8", "cut while connecting", threads=2) as trial:
        connections = house.connections()
        with trial.watch.troubled():
            for after in range(1, pick(800, 1600), pick(100, 8)):
                cut = proxy.cut_after(after, (UP, DOWN)[after // 2 % 2], b"", (RESET, CLOSE)[after // 4 % 2])
                before = proxy.accepted
                proxy.cut_all(RESET)
                wait_until(lambda cut=cut, before=before: cut.happened.is_set() or
                           (proxy.accepted >= before + connections and house.ready()), "the daemon does not dial", 20)
                trial.did(cut.happened.is_set())
        proxy.cut = None
        wait_until(house.ready, "the daemon does not come back")
        trial.load.wait_for_moves(2)


def test_a_slow_way_only_slows_the_moves(proxied):
    house, proxy = proxied()
    with Trial(house, "F8", "delay 30 ms, then 200 kB a second", threads=4) as trial:
        proxy.delay = 0.03
        trial.load.wait_for_moves(pick(3, 30))
        proxy.delay, proxy.rate = 0.0, 200_000
        trial.load.wait_for_moves(pick(3, 30))
        proxy.rate = 0
        trial.did(2)


def test_connections_refused_are_tried_with_patience(proxied):
    house, proxy = proxied()
    seconds = pick(1.5, 20)
    with Trial(house, "F8", f"connections refused for {seconds} s", threads=4) as trial:
        trial.load.wait_for_moves(1)
        with trial.watch.troubled():
            connections = house.connections()
            before, begun = proxy.accepted, time.monotonic()
            proxy.refuse_all(RESET)
            with trial.watch.away():
                pause(seconds)
                wait_until(lambda: proxy.accepted > before, "it does not try again")
                tried, took = proxy.accepted - before, time.monotonic() - begun
            proxy.closed = False
            trial.did()
            wait_until(house.ready, "the daemon does not come back")
        # Each with a back-off that doubles from 50 ms to 5 s, half of it by chance.
        assert tried < connections * (8 + took), f"{tried} tries in {took:.1f} s"
        trial.notes.append(f"{tried} tries")
        trial.load.wait_for_moves(2)


@pytest.mark.parametrize("loaded", [True, False], ids=["under-load", "idle"])
def test_a_silent_way_is_noticed_by_our_own_deadlines(proxied, loaded):
    house, proxy = proxied(statement_timeout_ms=1000)  # two more are allowed for, so a pause of the machine is no silence
    with Trial(house, "F9", "half open, " + ("under load" if loaded else "idle"), threads=4 if loaded else 0) as trial:
        if loaded:
            trial.load.wait_for_moves(2)
        for _ in range(pick(1, 5)):
            with trial.watch.troubled():
                begun = time.monotonic()
                proxy.hole = True
                wait_until(lambda: not house.ready(), "the silence was not noticed")
                noticed = time.monotonic() - begun
                with trial.watch.away():
                    pause(0.7)
                proxy.cut_all(RESET)  # what was half open ends at the server's side too
                proxy.hole = False
                trial.did()
                wait_until(house.connections, "not every connection is made again")
            trial.notes.append(f"noticed after {noticed:.1f} s")
        if loaded:
            trial.load.wait_for_moves(2)


def test_one_connection_that_falls_silent_in_an_exchange_is_given_up(proxied):
    house, proxy = proxied(statement_timeout_ms=1000)
    with Trial(house, "F9", "one append falls silent", threads=0) as trial:
        asker = Asker(trial)
        for _ in range(2):
            asker.ask(asker.ready())
        with trial.watch.troubled():
            for after, direction in itertools.islice(itertools.product((1, 400, 1500), (UP, DOWN)), pick(1, 6)):
                cut_at(trial, proxy, asker, b"concordatd append", after if direction == UP else 1 + after // 30, direction, HOLE)
                proxy.cut_all(RESET)
        asker.walk.close()
