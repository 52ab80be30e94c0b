"""Who answers to a name is not who it should be: certificates that do not hold, names that lead inside.

| fault | how | what must happen |
|---|---|---|
| F25, F30 TLS | no TLS, self-signed, expired, another name's, where TLS is required | nothing is given, all goes once it is right |
| F31 DNS that changes | a name that was good leads to loopback, private and metadata addresses | judged as it is connected to: nobody inside hears a word |
"""

import pytest

from conftest import ended
from load import PAIRS, Negotiation
from support.receiver import Receiver
from trial import Trial, wait_until
from walled import HOOKS, MAIL, Walls

INSIDE = {"127.0.0.1": "loopback", "::1": "loopback", "::ffff:127.0.0.1": "", "10.0.0.1": "private", "169.254.169.254": "",
          "100.64.0.1": "", "0.0.0.0": ""}


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


def test_nothing_is_given_to_who_cannot_show_the_right_certificate(make_house, walls):
    house = make_house(start=False, lease_ms=500, smtp_require_tls=True, smtp_retry="50ms", webhook_private_targets=True,
                       webhook_retry=" ".join(["50ms"] * 24))
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
            walled.shows(context, "self_signed")
            walk = Negotiation(trial.load, PAIRS[0]).to("negotiating")
            said = set()
            for name in (None, "self_signed", "expired", "elsewhere"):
                house.sink.tls = context if name else None
                if name:
                    walled.shows(context, name)
                before = {channel: len(answers(house, channel)) for channel in ("email", "webhook")}
                # as many as may be under way, and more
                wait_until(lambda before=before: all(len(answers(house, channel)) > before[channel] + 6 for channel in before),
                           "it is not tried again")
                said.update(answers(house, "email")[-1:] + answers(house, "webhook")[-1:])
                trial.did()
            assert not house.sink.messages and not receiver.requests
            assert not any(answer.startswith("250") for answer in answers(house, "email"))
            walled.shows(context, "good")
            trial.rest()
            assert house.sink.messages and receiver.requests
            for word in ("expired", "self", "match"):
                assert any(word in answer.lower() for answer in said), (word, said)
            walk.close()
            trial.notes.append(f"{len(answers(house, 'email')) + len(answers(house, 'webhook'))} tries")
        ended(house)


def test_a_name_that_leads_inside_by_then_is_not_connected_to(make_house, walls):
    house = make_house(start=False, lease_ms=500, webhook_retry="50ms 50ms", webhook_timeout_ms=1000)
    walled = walls(house)
    house.daemon.binary = walled.program
    house.daemon.start()
    with Receiver(tls=walled.context()) as receiver:
        hook = house.hook(receiver, host=HOOKS)
        with Trial(house, "F31", "a name that leads inside by then", threads=0) as trial:
            for address, word in INSIDE.items():
                walled.leads(HOOKS, address)
                before = len(answers(house, "webhook"))
                house.client("MANAGER").post(f"/v1/webhooks/{hook.id}/test", {}, 201)
                trial.rest()
                said = answers(house, "webhook")[before:]
                assert len(said) == 3 and all(a.startswith("Not connected: its name led to an address that is ") and word in a
                                              for a in said), (address, said)
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
            assert len({r.id for r in receiver.requests}) == len(INSIDE), "nothing else had kept it away"
        ended(house)
