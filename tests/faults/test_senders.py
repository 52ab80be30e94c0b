"""Who sends is killed, doubled or loses its database while mails and requests are half sent.

| fault | how | what must happen |
|---|---|---|
| F1 kill -9 at each stage of a send | a far side that hangs there, or a lock | nothing is lost; what may have been taken comes again under the same id |
| F3 two daemons | one database, both at work | everything goes out once |
| F7 PostgreSQL restarted | while mails and requests are under way | nothing is lost |
| F17 the clocks moved | both, forward and back, while some wait for their next try | nothing is lost, and nothing waits for hours |
"""

import collections
import contextlib
import os

import pytest

from checker import mail_id
from conftest import ended, pick
from load import PAIRS, Negotiation
from session import Session
from support.receiver import Receiver
from test_clocks import HOUR, Clocks
from test_database_killed import start_patiently
from trial import Trial, wait_until

RETRIES = {"smtp_retry": "50ms", "webhook_retry": " ".join(["100ms"] * 24)}
HOOKS = {"webhook_private_targets": True, **RETRIES}
BLOCKED = ("select count(*) from pg_stat_activity where wait_event_type = 'Lock' and usename = 'concordat_service' and "
           "datname = '{}'")


def hooked(house, receiver):
    for who in ("MANAGER", "PROVIDER_ADMIN", "MANAGER2"):
        house.hook(receiver, who)
    return house


def copies(house, receiver):
    """How often each e-mail and each request was taken."""
    return (collections.Counter(mail_id(message) for message in house.sink.messages),
            collections.Counter(request.id for request in receiver.requests if request.taken))


def tell_twice(trial, mails, requests):
    """That nothing comes again but what nobody saw the end of is the checker's to say."""
    trial.notes.append(f"{sum(n > 1 for n in mails.values())} of {len(mails)} mails twice, "
                       f"{sum(n > 1 for n in requests.values())} of {len(requests)} requests")


# -- Killed at each stage

class Stage:
    """A question whose telling hangs at one stage, a daemon that is killed there, and the hold taken away."""

    def __init__(self, trial, walk, receiver):
        self.trial, self.house, self.walk, self.receiver = trial, trial.house, walk, receiver
        self.number = 0

    def ask(self):
        self.number += 1
        self.walk.officer.move(self.walk.id, "send_message", {"message": f"{self.number} {self.walk.pair.shared}"})

    @contextlib.contextmanager
    def locked(self, table):
        """Who writes to it waits, and so this goes on once somebody does."""
        with Session(self.house.cluster, self.house.database) as session:
            session.ask(f"begin; lock table {table} in exclusive mode")
            yield

    def blocked(self):
        with Session(self.house.cluster, "postgres") as session:
            wait_until(lambda: session.value(BLOCKED.format(self.house.database)) != "0", "nobody waits for the lock")

    def kill(self, undone=False):
        """undone: what the database was asked last is not done either."""
        self.house.daemon.kill9()
        if undone:
            with Session(self.house.cluster, "postgres") as session:
                session.ask("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'concordat_service' and "
                            f"datname = '{self.house.database}'")

    def far_side_hangs(self):
        """At the answer to what was given; both have it."""
        self.receiver.answering.clear()
        self.receiver.always(200, how="held")
        self.house.sink.stall_next(1, keep=True)
        sent = len(self.receiver.requests)
        self.ask()
        self.house.sink.wait_until_scripted_failures_happened()
        self.receiver.wait(sent + 1)

    def goes_on(self):
        self.receiver.answering.set()
        self.receiver.always(200)
        self.house.sink.go_on()

    # The stages

    def while_it_is_told(self):
        with self.locked("dispatch"):
            self.ask()
            self.blocked()
            self.kill()

    def before_the_claim(self):
        with self.locked("delivery_attempt"):
            self.ask()
            self.blocked()
            self.kill(undone=True)

    def after_the_claim(self):
        with self.locked("delivery_attempt"):
            self.ask()
            self.blocked()
            self.kill()

    def while_connected(self):
        self.receiver.reading.clear()
        before = self.receiver.connections
        self.house.sink.stall_next(1, "greeting")
        self.ask()
        self.house.sink.wait_until_scripted_failures_happened()
        self.receiver.wait_until(lambda: self.receiver.connections > before, "nobody connects")
        self.kill()
        self.receiver.reading.set()

    def before_the_answer(self):
        self.far_side_hangs()
        self.kill()
        self.goes_on()

    def before_the_answer_is_recorded(self, undone=True):
        self.far_side_hangs()
        with self.locked("delivery_attempt"):
            self.goes_on()
            self.blocked()
            self.kill(undone)

    def as_the_answer_is_recorded(self):
        self.before_the_answer_is_recorded(undone=False)


STAGES = ("while_it_is_told", "before_the_claim", "while_connected", "before_the_answer", "before_the_answer_is_recorded",
          "after_the_claim", "as_the_answer_is_recorded")  # the last two are like others, and for the whole form


def test_a_daemon_killed_at_each_stage_of_a_send_loses_nothing(make_house):
    house = make_house(lease_ms=100, webhook_timeout_ms=1000, **HOOKS)
    with Receiver() as receiver, Trial(hooked(house, receiver), "F1", "kill -9 at each stage of a send", threads=0) as trial:
        walk = Negotiation(trial.load, PAIRS[0]).to("negotiating")
        trial.rest()
        stage, before = Stage(trial, walk, receiver), copies(house, receiver)
        for name in pick(STAGES[:5], STAGES * 6):
            with trial.watch.troubled():
                getattr(stage, name)()
                house.daemon.start()
                trial.rest()
            trial.did()
        mails, requests = (now - then for now, then in zip(copies(house, receiver), before))
        assert len(mails) == trial.count and len(requests) == 2 * trial.count, (mails, requests)
        tell_twice(trial, mails, requests)
        walk.close()
    ended(house)


# -- Two daemons

def test_two_daemons_send_everything_once(make_house):
    house = make_house(**HOOKS)
    twin = house.twin()
    twin.start()
    with Receiver() as receiver, Trial(hooked(house, receiver), "F3", "two daemons at once", threads=6) as trial:
        wait_until(lambda: len(receiver.requests) > pick(100, 3000), "nothing is sent", 120)
        trial.load.stop()
        trial.rest()
        mails, requests = copies(house, receiver)
        unseen = int(house.cluster.psql("select count(*) from delivery_attempt where outcome is distinct from 'taken'", house.database)[0][0])
        # but for those whose try lasted so long that it was given up
        assert sum(n - 1 for n in (*mails.values(), *requests.values())) <= unseen
        trial.did(2)
        tell_twice(trial, mails, requests)
    twin.stop()
    ended(house)


# -- A database that is restarted, and clocks that are moved

@pytest.fixture(scope="module")
def clocks(make_own_house, scratch):
    """One house for both: its daemon and its server live by clocks that a test may move."""
    house = make_own_house(lease_ms=300, watch_ms=100, **HOOKS)
    clocks = Clocks(house, os.path.join(scratch, "senders-clocks"))
    house.daemon.start()
    with Receiver() as receiver:
        clocks.receiver = receiver
        hooked(house, receiver)
        yield clocks
        clocks.both(0)
        house.daemon.stop()


def test_a_database_restarted_while_much_is_under_way_loses_nothing(clocks):
    house, receiver = clocks.house, clocks.receiver
    with Trial(house, "F7", "PostgreSQL restarted while it sends") as trial:
        house.sink.pace = 0.02
        for _ in range(pick(2, 20)):
            came = len(house.sink.messages), len(receiver.requests)
            wait_until(lambda came=came: len(house.sink.messages) > came[0] and len(receiver.requests) > came[1], "nothing is sent")
            with trial.watch.troubled():
                house.cluster.stop("fast")
                start_patiently(house.cluster)
                trial.did()
                wait_until(house.ready, "the service does not come back")
        house.sink.pace = 0
        trial.load.wait_for_moves(1)
        trial.load.stop()
        trial.rest()
        tell_twice(trial, *copies(house, receiver))


def test_clocks_moved_while_much_waits_for_its_next_try_lose_nothing(clocks):
    house, receiver = clocks.house, clocks.receiver
    with Trial(house, "F17", "both clocks +3 h, back, -3 h, back", threads=2) as trial, trial.watch.troubled():
        for _ in range(pick(1, 6)):
            for offset in (3 * HOUR, 0, -3 * HOUR, 0):
                house.sink.fail_next(2, "451 4.3.0 Try later")
                for _ in range(3):
                    receiver.next(500)
                house.sink.wait_until_scripted_failures_happened()
                wait_until(lambda: not receiver.scripted, "no request is made")
                clocks.both(offset)
                trial.did()
        trial.load.stop()
        trial.rest()
        tell_twice(trial, *copies(house, receiver))
