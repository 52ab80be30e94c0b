"""Many ask the same at the same instant, of one daemon or of two.

| fault | how | what must happen |
|---|---|---|
| F20 two daemons, one offer | eight clients at a barrier accept, counter, withdraw, reject | one wins; the others 409 or 412 with the present version |
| F20 two daemons, one clock | obligations fall due while both run, one is killed | each is enforced once |
| F21 migrations | three `concordatd migrate` at once on an empty database | one migrates, the others wait by polling; all 0 |
| F23 duplicates | fifty at once; the same key, other body; the same body, other key | one effect; 422; the guard decides |
| F24 answer lost | cut after n bytes of the answer | the key gives the stored receipt |
"""

import collections
import copy
import os
import threading
import time
import uuid

from conftest import numbers, pick
from load import PAIRS, Negotiation, offered
from proxy import CLOSE, DOWN, RESET, Proxy
from session import Session
from support.cluster import free_port
from support.daemon import Daemon, database_settings
from support.house import london, rfc3339
from support.sink import Sink
from trial import FaultHouse, Trial, pause, wait_until


def at_once(tasks):
    """Runs them in a thread each, from one barrier on; what each returned."""
    barrier, results, errors = threading.Barrier(len(tasks)), [None] * len(tasks), []

    def work(number):
        try:
            barrier.wait(30)
            results[number] = tasks[number]()
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=work, args=(number,), daemon=True) for number in range(len(tasks))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert not errors, errors
    return results


def through(load, daemon):
    """The same load, whose parties ask that daemon."""
    other = copy.copy(load)  # what is remembered is shared
    other.base_url = daemon.base_url
    return other


def start_at_once(daemons):
    """A process that we start ends with the thread that started it, so these threads stay."""
    started = [threading.Event() for _ in daemons]

    def work(daemon, event):
        daemon.start()
        event.set()
        threading.Event().wait()

    for daemon, event in zip(daemons, started):
        threading.Thread(target=work, args=(daemon, event), daemon=True).start()
    assert all(event.wait(60) for event in started), "they did not start"


# -- F20

class Table:
    """One negotiation and eight clients at it: two of each move, one through either daemon."""

    def __init__(self, trial, twin, pair):
        self.trial, self.pair, self.walk, self.last = trial, pair, None, None
        loads = (trial.load, through(trial.load, twin))
        # The offer is the provider's, so the provider may withdraw it, and the council do the rest.
        who = {"accept": pair.officer, "make_offer": pair.officer, "reject": pair.officer, "withdraw_offer": pair.provider}
        self.seats = [(move, load.party(name, pair)) for load in loads for move, name in who.items()]

    def body(self, move, digest):
        return {"accept": {"terms_digest": digest}, "withdraw_offer": {}, "reject": {"reason": "price"},
                "make_offer": offered("1500.00")}[move]

    def lay(self):
        """An offer of the provider's stands."""
        if self.walk is None or self.walk.officer.see(self.walk.id)["stage"] != "negotiating":
            if self.walk:
                self.walk.close()
            self.walk = Negotiation(self.trial.load, self.pair).to("negotiating")
        offers = self.walk.provider.see(self.walk.id)["threads"][-1]["offers"]
        if offers[-1]["state"] != "open" or self.last == "make_offer":
            self.walk.provider.move(self.walk.id, "make_offer", offered("1600.00", offers[-1]["state"] == "open"))

    def play(self):
        """One round; the move that won."""
        self.lay()
        path, digest = f"/v1/placements/{self.walk.id}/moves", self.walk.digest(self.walk.officer)
        asked = []
        for move, party in self.seats:
            version = party.see(self.walk.id)["version"]
            asked.append(party.make(path, {"move": move, **self.body(move, digest)}, version))
        at_once([lambda party=party, one=one: party.insist(one) for (_, party), one in zip(self.seats, asked)])
        won = [one for one in asked if one.last.status == 200]
        assert len(won) == 1, [(one.move, one.who, one.last) for one in asked]
        for (_, party), one in zip(self.seats, asked):
            if one is not won[0]:
                assert one.last.status in (409, 412), (one.move, one.last)
                assert one.last.json["version"] == party.see(self.walk.id)["version"], (one.move, one.last)
        self.last = won[0].move
        return self.last, collections.Counter(one.last.status for one in asked)

    def close(self):
        for _, party in self.seats:
            party.close()
        self.walk.close()


def test_of_eight_at_one_offer_through_two_daemons_one_wins(house):
    twin = house.twin()
    with Trial(house, "F20", "eight at one offer, two daemons", threads=0) as trial:
        twin.start()
        table, winners, statuses = Table(trial, twin, PAIRS[0]), collections.Counter(), collections.Counter()
        for _ in range(pick(10, 100)):
            winner, answers = table.play()
            winners[winner] += 1
            statuses += answers
            trial.did()
        table.close()
        trial.notes.append(" ".join(f"{name} {count}" for name, count in winners.items()))
        trial.notes.append(" ".join(f"{status}: {count}" for status, count in sorted(statuses.items())))
        trial.rest()
        twin.stop()


DUE = "select count(*) from obligation where next_at <= clock_timestamp()"


def test_two_daemons_at_one_clock_enforce_each_obligation_once(make_house):
    """One takes the lease; it is killed in the middle, and the other goes on."""
    house = make_house(start=False, lease_ms=100)
    house.daemon.rehearse(rfc3339(london("2026-04-01 10:00")))
    house.daemon.start()
    twin = house.twin()
    with Trial(house, "F20", "two daemons and the clock", threads=0) as trial, trial.watch.troubled():
        walks = [Negotiation(trial.load, PAIRS[n % 2]).to("negotiating" if n % 4 < 2 else "inviting")
                 for n in range(pick(8, 60))]
        house.daemon.stop()
        house.cluster.psql("delete from rehearsal", house.database)
        with Session(house.cluster, house.database) as session:
            due = before = int(session.value(DUE))
            start_at_once([house.daemon, twin])
            for killed in (house.daemon, twin) * pick(1, 4):
                wait_until(lambda due=due: due == 0 or int(session.value(DUE)) < due, "time does not act", every=0)
                killed.kill9()
                due = int(session.value(DUE))
                trial.did()
                killed.start()
        trial.rest()
        trial.notes.append(f"{before} were due, {due} at the last kill")
        twin.stop()
        for walk in walks:
            walk.close()
    house.stop()


# -- F21

SCHEMA = ("select string_agg(t, e'\\n' order by t) from (select table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable as t "
          "from information_schema.columns where table_schema = 'public' union all select indexdef from pg_indexes "
          "where schemaname = 'public' union all select conrelid::regclass || ' ' || pg_get_constraintdef(oid) from pg_constraint "
          "where connamespace = 'public'::regnamespace) s")
LOCKED = ("select count(*) from pg_locks l join pg_stat_activity a using (pid) where not l.granted and a.datname = current_database() "
          "and a.backend_type = 'client backend'")


def migrate_at_once(cluster, binary, scratch, count):
    """An empty database that so many migrate at once; its name, and what each said."""
    database = cluster.create_database(f"migrated_{next(numbers)}")
    daemons = [Daemon(binary, database_settings(cluster, database), os.path.join(scratch, f"migrate-{next(numbers)}"))
               for _ in range(count)]
    waiting = []
    over = threading.Event()

    def watch():
        with Session(cluster, database) as session:
            while not over.is_set():
                waiting.append(int(session.value(LOCKED)))
                over.wait(0.005)

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    done = at_once([lambda daemon=daemon: daemon.run("migrate", check=False) for daemon in daemons])
    over.set()
    watcher.join(10)
    assert [one.returncode for one in done] == [0] * count, [one.stdout + one.stderr for one in done]
    assert not any(waiting), "somebody waited inside PostgreSQL"
    return database, [one.stdout for one in done]


def test_migrations_that_race_are_done_once_and_all_end_well(cluster, binary, scratch, template, database):
    wanted = cluster.psql(SCHEMA, database)
    for count in pick((2,), (2, 3, 2, 3, 5, 8)):
        name, said = migrate_at_once(cluster, binary, scratch, count)
        applied = [text for text in said if "applied" in text]
        assert len(applied) == 1 and sum("nothing to do" in text for text in said) == count - 1, said
        assert cluster.psql(SCHEMA, name) == wanted, f"the schema of {name} is not that of {template}"
        cluster.drop_database(name)


def test_a_house_lives_on_a_database_that_three_migrated_at_once(cluster, binary, scratch):
    name, said = migrate_at_once(cluster, binary, scratch, 3)
    with Sink() as sink:
        house = FaultHouse(cluster, name, sink, binary, os.path.join(scratch, f"fault-{next(numbers)}"))
        house.daemon.load_reference()
        house.start()
        try:
            with Trial(house, "F21", "three migrate at once", threads=2) as trial:
                trial.did(len(said))
                trial.load.wait_for_moves(3)
            house.stop()
        finally:
            house.daemon.kill9()
    cluster.drop_database(name)


# -- F23

def entries(house, placement):
    return int(house.cluster.psql(f"select count(*) from fact where stream_id = '{placement}'", house.database)[0][0])


def test_fifty_duplicates_at_once_have_one_effect(house):
    twin = house.twin()
    with Trial(house, "F23", "50 at once with one key, two daemons", threads=0) as trial:
        twin.config["listen_port"] = free_port()
        twin.start()
        loads = (trial.load, through(trial.load, twin))
        walk = Negotiation(trial.load, PAIRS[0]).to("negotiating")
        crowds = [[loads[n % 2].party(who, PAIRS[0]) for n in range(50)] for who in (PAIRS[0].officer, PAIRS[0].provider)]
        statuses = collections.Counter()
        for n in range(pick(6, 60)):
            twin.kill9()  # one that has nothing in memory is the hardest
            twin.start()
            for party in crowds[0] + crowds[1]:
                party.close()
            # Nobody offers twice in a row; every third time the officer opens another placement.
            crowd = crowds[0] if n % 3 == 2 else crowds[(n - n // 3) % 2]
            version, before = crowd[0].see(walk.id)["version"], entries(house, walk.id)
            if n % 3 < 2:
                body = {"move": "make_offer", **offered(f"{1500 - n}.00")}
                asked = crowd[0].make(f"/v1/placements/{walk.id}/moves", body, version)
            else:
                asked = crowd[0].make("/v1/placements", OPENING, move="open_placement")
            at_once([lambda party=party, asked=asked: party.send(asked) for party in crowd])
            assert all(a.status in (200, 201, 409, 503) for a in asked.answers), collections.Counter(
                (a.status, a.code) for a in asked.answers)
            statuses.update(a.status for a in asked.answers)
            receipts = {party.insist(asked).body for party in crowd[:4]}
            assert len(receipts) == 1, receipts
            assert entries(house, walk.id) == before + (n % 3 < 2)
            trial.did(50)
        for party in crowds[0] + crowds[1]:
            party.close()
        walk.close()
        trial.notes.append(" ".join(f"{status}: {count}" for status, count in sorted(statuses.items())))
        trial.rest()
        twin.stop()


OPENING = {"person_name": f"Zeb {PAIRS[0].private}", "person_initials": "ZQ", "date_of_birth": "1971-02-03",
           "care_setting": "residential", "urgency": "ordinary", "wanted_start": "2027-03-01",
           "funding": [{"funder": "authority"}]}


def test_a_key_is_one_requests_own_and_a_body_may_come_again(house):
    """Two bodies race for one key: one has it, the other is told 422. One body with two keys: the guard decides."""
    with Trial(house, "F23", "one key, two bodies; one body, two keys", threads=0) as trial:
        walk = Negotiation(trial.load, PAIRS[1]).to("negotiating")
        crowd = [trial.load.party(PAIRS[1].officer, PAIRS[1]) for _ in range(12)]
        path = f"/v1/placements/{walk.id}/moves"
        for n in range(pick(3, 40)):
            version, before, key = crowd[0].see(walk.id)["version"], entries(house, walk.id), str(uuid.uuid4())
            bodies = [crowd[0].make(path, {"move": "make_offer", **offered(f"{1500 - n}.{cents}", n == 0)}, version, key)
                      for cents in ("00", "50")]
            with trial.load.lock:  # only the one that has the key is remembered
                del trial.load.asked[-2:]
            at_once([lambda party=party, one=bodies[i % 2]: party.insist(one) for i, party in enumerate(crowd)])
            ends = [{a.status for a in one.answers} - {503} for one in bodies]
            # One that comes while the other is under way may be told that the version has moved on instead.
            assert sorted(map(sorted, ends)) == [[200], [422]], [[(a.status, a.code) for a in one.answers] for one in bodies]
            trial.load.remember(next(one for one in bodies if one.receipt))
            assert entries(house, walk.id) == before + 1
            self_same = [crowd[i].make(path, {"move": "withdraw_offer"}, crowd[0].see(walk.id)["version"]) for i in range(6)]
            at_once([lambda party=party, one=one: party.insist(one) for party, one in zip(crowd, self_same)])
            told = collections.Counter(one.last.status for one in self_same)
            assert told[200] == 1 and set(told) <= {200, 409, 412}, told
            again = crowd[0].insist(crowd[0].make(path, {"move": "withdraw_offer"}, crowd[0].see(walk.id)["version"]))
            assert again.status == 409, again
            trial.did(2)
        for party in crowd:
            party.close()
        walk.close()


# -- F24

def test_an_answer_lost_on_its_way_is_had_again_with_the_key(house):
    proxy = Proxy(("127.0.0.1", house.daemon.port))
    base_url = f"http://127.0.0.1:{proxy.port}"
    with Trial(house, "F24", "cut after n bytes of the answer", threads=0, base_url=base_url) as trial:
        walk = Negotiation(trial.load, PAIRS[0]).to("negotiating")
        path, whole = f"/v1/placements/{walk.id}/moves", 0
        for n, after in enumerate(range(0, pick(420, 700), pick(40, 5))):
            party = (walk.officer, walk.provider)[n % 2]
            version = party.see(walk.id)["version"]
            asked = party.make(path, {"move": "make_offer", **offered(f"{1500 - n}.00")}, version)
            before = entries(house, walk.id)
            cut = proxy.cut_after(after, DOWN, b"", (RESET, CLOSE)[n % 2])
            first = party.send(asked)
            proxy.cut = None
            if cut.happened.is_set():
                first.status = None  # this client takes a head cut short for a whole one
            whole += first.status is not None
            wait_until(lambda before=before: entries(house, walk.id) == before + 1, "the move is not there")
            again = party.insist(asked)
            assert again.status == 200 and entries(house, walk.id) == before + 1
            trial.did(first.status is None)
        walk.close()
        trial.notes.append(f"{whole} came whole")
        assert trial.count > 4
    proxy.stop()


def test_clients_cut_off_again_and_again_lose_nothing(house):
    proxy = Proxy(("127.0.0.1", house.daemon.port))
    with Trial(house, "F24", "clients cut off under load", threads=6, base_url=f"http://127.0.0.1:{proxy.port}") as trial:
        until = time.monotonic() + pick(1, 15)
        while time.monotonic() < until:
            pause(0.05)
            proxy.cut_all((RESET, CLOSE)[trial.count % 2])
            trial.did()
        trial.load.wait_for_moves(2)
    proxy.stop()
