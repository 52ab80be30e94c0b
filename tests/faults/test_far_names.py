"""Who answers to a name is not who it should be: certificates that do not hold, names that lead inside.

| fault | how | what must happen |
|---|---|---|
| F25, F30 TLS | no TLS, or a certificate that is not theirs or not good, where TLS is required | nothing is given, all goes once it is right |
| F31 DNS that changes | a name that was good leads to loopback, private and metadata addresses | judged as it is connected to: nobody inside hears a word |
"""

import itertools

import pytest

from conftest import ended, pick
from load import PAIRS, Negotiation
from support.receiver import Receiver
from trial import Trial, wait_until
from walled import HOOKS, MAIL, WRONG, Walls

# Addresses inside, and a word of what is said of each.
INSIDE = {"127.0.0.1": "loopback", "::1": "loopback", "::ffff:127.0.0.1": "", "10.0.0.1": "private", "169.254.169.254": "",
          "100.64.0.1": "", "0.0.0.0": ""}
MORE_INSIDE = {"127.255.255.254": "loopback", "172.16.0.1": "private", "172.31.255.255": "private", "192.168.255.255": "private",
               "::ffff:10.1.2.3": "", "::": "", "fe80::1": "", "fd12:3456::1": "", "fc00::1": "", "ff02::1": "", "64:ff9b::7f00:1": "",
               "2002:7f00:1::1": "", "224.0.0.1": "", "240.0.0.1": "", "255.255.255.255": "", "192.0.2.1": "", "198.18.0.1": "",
               "198.51.100.1": "", "203.0.113.1": "", "192.0.0.1": "", "2001:db8::1": ""}


@pytest.fixture
def walls(make_house, scratch):
    if not Walls.possible():
        pytest.skip("No mount namespace can be made here")
    return lambda house: Walls(f"{scratch}/walls-{house.database}", house.daemon.binary)


def answers(house, channel):
    """What was said of each try at that channel so far, the oldest first."""
    return [row[0] for row in house.cluster.psql(
        "select a.answer from delivery_attempt a join delivery d using (dispatch_id) where a.ended_real is not null and "
        f"d.channel = '{channel}' order by a.ended_real", house.database)]


def soon(house):
    """Who would wait for long is tried again now."""
    house.cluster.psql("update dispatch set next_try_real = clock_timestamp(), due_real = clock_timestamp() where state = 'queued' "
                       "and next_try_real > clock_timestamp() + interval '10 s'", house.database)


def tried_in_vain(house):
    """What is said of the tries from now on, at either channel as many as may be under way, and more."""
    before = {channel: len(answers(house, channel)) for channel in ("email", "webhook")}

    def is_tried():
        soon(house)
        return all(len(answers(house, channel)) > count + 6 for channel, count in before.items())

    wait_until(is_tried, "it is not tried again")
    return {answer for channel, count in before.items() for answer in answers(house, channel)[count:]}


def test_nothing_is_given_to_who_cannot_show_the_right_certificate(make_house, walls):
    house = make_house(start=False, lease_ms=500, smtp_require_tls=True, smtp_retry="50ms", webhook_private_targets=True,
                       webhook_retry=" ".join(["50ms"] * 4 + ["500ms"] * 19 + ["1h"]))  # none is given up
    walled = walls(house)
    house.daemon.binary = walled.program
    context = walled.context()
    for name in (MAIL, HOOKS):
        walled.leads(name, "127.0.0.1")
    house.daemon.config["smtp_url"] = f"smtp://{MAIL}:{house.sink.port}"
    house.daemon.start()
    with Receiver(tls=context) as receiver:
        house.hook(receiver, host=HOOKS)
        house.hook(receiver, "PROVIDER_ADMIN", host=HOOKS)
        with Trial(house, "F25, F30", "no TLS, self-signed, expired, another name's", threads=0) as trial:
            said = set()
            for names in pick([(None, *WRONG)], [(None, *WRONG), *[(name,) for name in WRONG], (None,)] * 4):
                walled.shows(context, names[0] or names[-1] or "self_signed")
                house.sink.tls = context if names[0] else None
                walk = Negotiation(trial.load, PAIRS[0], offers=0).to("negotiating")
                told = len(house.sink.messages), len(receiver.requests)
                for name in names:
                    house.sink.tls = context if name else None
                    if name:
                        walled.shows(context, name)
                    said |= tried_in_vain(house)
                    trial.did()
                assert (len(house.sink.messages), len(receiver.requests)) == told
                house.sink.tls = walled.shows(context, "good")
                soon(house)
                trial.rest()
                assert len(house.sink.messages) > told[0] and len(receiver.requests) > told[1]
                walk.close()
            for word in ("expired", "self", "match", "purpose", "local issuer"):
                assert any(word in answer.lower() for answer in said), (word, said)
            trial.notes.append(f"{len(answers(house, 'email')) + len(answers(house, 'webhook'))} tries")
        ended(house)


def test_a_name_that_leads_inside_by_then_is_not_connected_to(make_house, walls):
    house = make_house(start=False, lease_ms=500, webhook_retry="50ms 50ms")
    walled = walls(house)
    house.daemon.binary = walled.program
    house.daemon.start()
    alone = [((address,), word) for address, word in pick(INSIDE, {**INSIDE, **MORE_INSIDE}).items()]
    two_at_once = [(first + second, "") for (first, _), (second, _) in itertools.pairwise(alone)]
    with Receiver(tls=walled.context()) as receiver:
        hook = house.hook(receiver, host=HOOKS)
        with Trial(house, "F31", "a name that leads inside by then", threads=0) as trial:
            for addresses, word in pick(alone, alone + two_at_once):
                walled.leads(HOOKS, *addresses)
                before = len(answers(house, "webhook"))
                house.client("MANAGER").post(f"/v1/webhooks/{hook.id}/test", {}, 201)
                trial.rest()
                said = answers(house, "webhook")[before:]
                assert len(said) == 3 and all(a.startswith("Not connected: its name led to an address that is ") and word in a
                                              for a in said), (addresses, said)
                trial.did()
            assert receiver.connections == 0
            house.clients.clear()
            walled.leads(HOOKS, "127.0.0.1")
            house.daemon.config["webhook_private_targets"] = True
            with trial.watch.troubled():
                house.daemon.stop()
                house.daemon.start()
                house.client("MANAGER").post(f"/v1/webhooks/{hook.id}/replay", {"since": "2020-01-01T00:00:00Z"}, 200)
            trial.rest()
            assert len({r.id for r in receiver.requests}) == trial.count, "nothing else had kept it away"
        ended(house)
