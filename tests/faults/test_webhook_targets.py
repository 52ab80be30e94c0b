"""The programs that are told are away, slow, broken, or say no.

| fault | how | what must happen |
|---|---|---|
| F30 no 2xx | 500, 400, 404, 502, 503, 504, 429 with Retry-After | tried again under the same id, not before it was asked to be |
| F31 3xx | 301, 302, 303, 307, 308 to another place | a failure: that place hears nothing |
| F30 no answer | refused, not read, silent, reset, cut, a drip of bytes, a body without end | ended in time, tried again; others wait for none of it |
| F30 410 | one of several | disabled, its owner is told; replayed once it is enabled, all arrives |
| F30 for good | 500, silence, refused to the last try | failed, or unknown where it may have come; a replay brings all |
"""

import collections

import pytest

from conftest import ended, pick
from support.receiver import Receiver
from trial import Trial, wait_until

LONG_AGO = "2020-01-01T00:00:00Z"
WHERE = "d.channel = 'webhook' and d.target = '{}'"


@pytest.fixture(scope="module")
def told(make_house):
    """A house with three programs at one place, and one at another that always answers."""
    house = make_house(lease_ms=100, webhook_private_targets=True, webhook_retry=" ".join(["100ms"] * 24), webhook_timeout_ms=400)
    with Receiver() as receiver, Receiver() as sound:
        house.receiver, house.sound = receiver, sound
        house.council, house.larch, house.southmere = (house.hook(receiver, who) for who in ("MANAGER", "PROVIDER_ADMIN", "MANAGER2"))
        house.other = house.hook(sound)
        yield house
        ended(house)


def count(house, where, hook):
    return int(house.cluster.psql("select count(*) from delivery d where " + WHERE.format(hook.id) + f" and {where}", house.database)[0][0])


class Told(Trial):
    """Counts what was sent again meanwhile, for the table."""

    def __init__(self, house, fault, what, threads=4):
        super().__init__(house, fault, what, threads)
        self.begun = len(house.receiver.requests)

    def all_are_taken(self):
        self.load.stop()
        self.rest()
        requests = self.house.receiver.requests[self.begun:]
        again = collections.Counter(request.id for request in requests)
        self.notes.append(f"{len(requests)} requests of {len(again)} events, {sum(n > 1 for n in again.values())} more than once")
        missed = self.house.cluster.psql("select state, count(*) from delivery where channel = 'webhook' and state <> 'delivered' "
                                         "group by 1", self.house.database)
        assert not missed, missed
        return requests


ANSWERS = [(500, {}), (400, {}), (404, {}), (502, {"Retry-After": "1"}), (503, {"Retry-After": "1"}), (504, {"Retry-After": "1"}),
           (429, {"Retry-After": "1"})]


ASKING = (429, 502, 503, 504)
# (status, seconds to the next try, others begun at that webhook meanwhile) of each answer that asked for rest
RESTS = """
select a.status, extract(epoch from n.started_real - a.ended_real),
	(select count(*) from delivery e join delivery_attempt o using (dispatch_id) where e.target = d.target and
	 o.started_real between a.ended_real + interval '0.5 s' and a.ended_real + interval '0.95 s')
from delivery d join delivery_attempt a using (dispatch_id) join delivery_attempt n on n.dispatch_id = a.dispatch_id
	and n.attempt = a.attempt + 1
where a.status in ({statuses})
"""


def test_what_is_not_taken_is_sent_again_when_it_was_asked_to_be(told):
    with Told(told, "F30", "400, 404, 500, 502, 503, 504, 429") as trial:
        for _ in range(pick(1, 10)):
            for status, headers in ANSWERS:
                told.receiver.next(status, headers)
                trial.did()
            wait_until(lambda: not told.receiver.scripted, "they were not all answered so")
        requests = trial.all_are_taken()
        assert sum(r.status in ASKING for r in requests) == len(ASKING) * pick(1, 10)
        # by the service's own record: what we saw may have been given up when we saw it
        rests = told.cluster.psql(RESTS.format(statuses=", ".join(map(str, ASKING))), told.database)
        assert rests and all(float(later) >= 0.95 for _, later, _ in rests), rests
        # the others at its webhook wait too, but for one that was under way already, or was just being claimed
        assert sum(int(meanwhile) > 0 for _, _, meanwhile in rests) * 2 <= len(rests), rests


def test_a_place_that_it_is_redirected_to_hears_nothing(told):
    with Told(told, "F31", "301, 302, 303, 307, 308") as trial, Receiver() as elsewhere:
        for status in (301, 302, 303, 307, 308) * pick(1, 10):
            told.receiver.next(status, {"Location": elsewhere.url + "/elsewhere"})
            trial.did()
        wait_until(lambda: not told.receiver.scripted, "they were not all answered so")
        requests = trial.all_are_taken()
        assert elsewhere.connections == 0
        assert sum(300 <= r.status < 400 for r in requests) == trial.count


def test_one_that_does_not_answer_is_tried_again_and_keeps_nobody_waiting(told):
    with Told(told, "F30", "refused, unread, silent, reset, cut, drip, huge") as trial:
        for _ in range(pick(1, 8)):
            for how, status in (("silent", 200), ("reset", 200), ("cut", 200), ("drip", 500), ("huge", 500), ("drip", 200), ("huge", 200)):
                told.receiver.next(status, how=how)
                trial.did()
            wait_until(lambda: not told.receiver.scripted, "they were not all answered so")
            told.receiver.reading.clear()
            before = told.receiver.connections
            told.receiver.wait_until(lambda before=before: told.receiver.connections >= before + 3, "nobody connects")
            told.receiver.reading.set()
            with told.receiver.away():
                trial.load.wait_for_moves(1)
            trial.did(2)
        trial.all_are_taken()
        waits = told.cluster.psql("select percentile_cont(0.5) within group (order by w), max(w) from (select extract(epoch from "
                                  "a.ended_real - d.created_at) as w from delivery d join delivery_attempt a using (dispatch_id) "
                                  f"where {WHERE.format(told.other.id)}) s", told.database)[0]
        most, longest = map(float, waits)  # the longest may be the machine's
        assert most < 3, f"what went to the one that answers came after {most:.1f} s"
        trial.notes.append(f"the other's within {longest:.2f} s")


def test_one_that_is_gone_is_disabled_and_may_be_sent_all_of_it_later(told):
    client, hook = told.client("MANAGER"), told.council
    hook.steady = False
    with Told(told, "F30", "410, then enabled and replayed") as trial:
        for _ in range(pick(1, 8)):
            told.receiver.next(410, path=hook.path)
            wait_until(lambda: client.get(f"/v1/webhooks/{hook.id}").json["state"] == "disabled", "it is not disabled")
            since = told.cluster.psql("select clock_timestamp()", told.database)[0][0]
            trial.load.wait_for_moves(1)
            since_then = told.cluster.psql(f"select dispatch_id from delivery d where {WHERE.format(hook.id)} and d.created_at > '{since}'",
                                           told.database)
            assert not {row[0] for row in since_then} & {r.id for r in told.receiver.sent(hook.path)}
            missed = count(told, "d.state = 'failed'", hook)
            until = told.cluster.psql("select clock_timestamp()", told.database)[0][0]
            client.post(f"/v1/webhooks/{hook.id}/enable", {}, 200)
            assert client.post(f"/v1/webhooks/{hook.id}/replay", {"since": LONG_AGO}, 200).json["queued"] >= missed > 0
            wait_until(lambda until=until: not count(told, f"d.state <> 'delivered' and d.created_at < '{until}'", hook),
                       "the replay is not taken")
            trial.did()
        trial.all_are_taken()
        owner = {m.message_id for m in told.sink.messages if hook.id in m.text and m.to == ["placements@northfold.example"]}
        assert len(owner) == trial.count, "its owner is told once each time"


def restart(house, **settings):
    house.daemon.stop()
    house.daemon.config.update(settings)
    house.clients.clear()
    house.daemon.start()


def test_what_was_never_taken_has_failed_and_a_replay_brings_it(told):
    """Few tries; the three programs fail each in a way of its own, and the place that all are at is closed at last."""
    patience = {name: told.daemon.config[name] for name in ("webhook_retry", "webhook_timeout_ms")}
    restart(told, webhook_retry="50ms 50ms", webhook_timeout_ms=100, webhook_per_target=8)
    before = len(told.receiver.sent(told.larch.path))
    whose = {told.council: "MANAGER", told.larch: "PROVIDER_ADMIN", told.southmere: "MANAGER2"}
    with Told(told, "F30", "500, silence, refused to the last try") as trial:
        told.receiver.always(500, path=told.council.path)
        told.receiver.always(how="silent", path=told.larch.path)
        told.receiver.always(500, path=told.southmere.path)
        trial.load.wait_for_moves(pick(1, 5))
        told.receiver.wait(before + 3, told.larch.path)
        trial.load.stop()
        wait_until(lambda: count(told, "d.state = 'failed'", told.council), "nothing is given up")
        wait_until(lambda: count(told, "d.state = 'unknown'", told.larch), "what may have come there is not known to have")
        with told.receiver.away():
            trial.rest()
        assert not count(told, "d.state = 'unknown' and (select status from delivery_attempt a where a.dispatch_id = d.dispatch_id "
                         "order by attempt desc limit 1) is not null", told.council)
        for hook in whose:
            told.receiver.always(200, path=hook.path)
        trial.did(sum(count(told, "d.state in ('failed', 'unknown')", hook) for hook in whose))
        with trial.watch.troubled():
            restart(told, **patience)
        for hook, who in whose.items():
            missed = count(told, "d.state in ('failed', 'unknown')", hook)
            assert told.client(who).post(f"/v1/webhooks/{hook.id}/replay", {"since": LONG_AGO}, 200).json["queued"] == missed
            told.clients.pop(who).close()
        trial.all_are_taken()
