"""The checker itself: what is wrong in the evidence is told by the function that must see it."""

import copy
import dataclasses
import json

import pytest

import checker
from load import PAIRS, Negotiation
from support.receiver import Receiver
from trial import Trial


@pytest.fixture(scope="module")
def sound(make_house):
    """The evidence of one placement walked to its signature, in a house that runs to the end of the module."""
    house = make_house(webhook_private_targets=True)
    with Receiver() as receiver:
        house.hook(receiver)
        house.hook(receiver, "PROVIDER_ADMIN")
        with Trial(house, "none", "one placement, walked alone", threads=0) as trial:
            walk = Negotiation(trial.load, PAIRS[0])
            walk.walk(lambda: False)
            walk.close()
        yield checker.Evidence(trial)


ROWS = ("facts", "keys", "streams", "heads", "cursors", "parties", "obligations", "deliveries", "placements",
        "seals", "checkpoints", "attempts")


@pytest.fixture
def evidence(sound):
    """A copy whose rows may be spoilt; look-ups are made anew by respread()."""
    spoilt = copy.copy(sound)
    for name in ROWS:
        setattr(spoilt, name, copy.deepcopy(getattr(sound, name)))
    spoilt.load = copy.copy(sound.load)
    spoilt.load.asked = [dataclasses.replace(one, answers=list(one.answers)) for one in sound.load.asked]
    spoilt.watch = copy.copy(sound.watch)
    spoilt.repeats = list(sound.repeats)
    spoilt.mails, spoilt.requests = copy.copy(sound.mails), [copy.copy(request) for request in sound.requests]
    spoilt.before, spoilt.after, spoilt.history = dict(sound.before), dict(sound.after), copy.deepcopy(sound.history)
    return spoilt


def told(check, evidence):
    """What it says once the look-ups follow the spoilt rows."""
    evidence.respread()
    return check(evidence)


def fact(evidence, kind):
    return next(f for f in evidence.facts if f["kind"] == kind)


def respell(row, change):
    body = json.loads(row["body"])
    change(body)
    row["body"] = json.dumps(body)


def lose_key(e):
    e.keys.pop()


def lose_fact(e):
    e.facts.remove(fact(e, "invited"))


def two_effects(e):
    copied = copy.deepcopy(e.facts[-1])
    copied["seq"] += 1
    e.facts.append(copied)


def another_receipt(e):
    one = e.load.asked[3]
    one.answers.append(dataclasses.replace(one.receipt, body=one.receipt.body.replace(b'"v', b'"v1')))


def stored_stage(e):
    e.parties[0]["stage"] = "negotiating"


def stored_due(e):
    e.obligations[0]["due_at"] = "2026-01-01T17:00:00+00:00"


def accept_another(e):
    respell(fact(e, "accepted"), lambda body: body["data"].update(number=1))


def told_twice(e):
    e.deliveries.append(copy.deepcopy(e.deliveries[0]))


def told_nobody(e):
    e.deliveries.pop(0)


def not_sent(e):
    next(d for d in e.deliveries if d["channel"] == "email")["state"] = "queued"


def told_a_webhook_twice(e):
    row = copy.deepcopy(next(d for d in e.deliveries if d["channel"] == "webhook"))
    e.deliveries.append({**row, "id": "another", "dispatch_id": "another"})


def a_webhook_was_not_told(e):
    e.deliveries.remove(next(d for d in e.deliveries if d["channel"] == "webhook"))


def never_came(e):
    e.mails.pop()


def a_request_never_came(e):
    e.requests.pop()


def mail_came_twice(e):
    e.mails.append(e.mails[0])


def request_came_twice(e):
    e.requests.append(e.requests[0])


def another_document(e):
    e.requests[0].body += b" "


def another_secret(e):
    e.requests[0].headers = {**dict(e.requests[0].headers), "webhook-timestamp": "1"}


def to_another_webhook(e):
    e.requests[0].path = next(r.path for r in e.requests if r.path != e.requests[0].path)


def personal_request(e):
    e.requests[0].body += PAIRS[0].private.encode()


def ends_twice(e):
    last = e.facts[-1]
    closed = json.loads(fact(e, "accepted")["body"])["closes"]
    respell(last, lambda body: body.update(closes=closed))


def break_chain(e):
    row = fact(e, "invited")
    row["header"] = row["header"].replace('"prev":"', '"prev":"0')


def another_body(e):
    fact(e, "invited")["body"] += " "


def lose_leaf(e):
    e.heads[0]["size"] += 1


def sign_another_tree(e):
    e.checkpoints[-1]["root"] = e.seals[-1]["root"] = "ab" * 32


def seal_less(e):
    last = e.checkpoints.pop()
    e.seals = [row for row in e.seals if row["authority_id"] != last["authority_id"]]


def leak(e):
    e.load.leaks = ["PROVIDER2 was sent northfoldzorilla"]


def hold_descriptors(e):
    e.watch.baseline = (0, 0, e.watch.baseline[2])
    e.watch.settled_sizes = lambda descriptors: e.watch.sizes()


def personal_fact(e):
    respell(fact(e, "invited"), lambda body: body["data"].update(note=PAIRS[0].private))


def odd_answer(e):
    e.load.odd = ["500"]


def not_ready(e):
    e.watch.probes = [(0.0, 0.1, "/readyz", 503)]


SPOILT = (
    (checker.I1_each_receipt_is_in_the_ledger_once, lose_key), (checker.I1_each_receipt_is_in_the_ledger_once, lose_fact),
    (checker.I2_no_answer_means_absent_or_there_once, two_effects), (checker.I2_no_answer_means_absent_or_there_once, another_receipt),
    (checker.I3_streams_have_no_gap, lose_fact), (checker.I3_folding_again_gives_what_is_stored, stored_stage),
    (checker.I3_folding_again_gives_what_is_stored, stored_due),
    (checker.I3_one_offer_is_accepted_and_only_while_it_stands, accept_another),
    (checker.I4_each_fact_is_told_once, told_twice), (checker.I4_each_fact_is_told_once, told_nobody),
    (checker.I4_each_fact_is_told_once, not_sent), (checker.I4_each_fact_is_told_once, told_a_webhook_twice),
    (checker.I4_each_fact_is_told_once, a_webhook_was_not_told),
    *((checker.I4_what_left_came_once_or_as_often_as_its_end_was_not_seen, spoil) for spoil in (
        never_came, a_request_never_came, mail_came_twice, request_came_twice, another_document, another_secret,
        to_another_webhook)),
    (checker.I9_no_personal_word_or_secret_is_told, personal_request),
    (checker.I5_an_obligation_ends_once_and_is_missed_at_most_once, ends_twice),
    (checker.I5_an_obligation_ends_once_and_is_missed_at_most_once, stored_due),
    (checker.I6_the_chain_and_the_log_hold, break_chain), (checker.I6_the_chain_and_the_log_hold, another_body),
    (checker.I6_the_chain_and_the_log_hold, lose_leaf),
    (checker.I6_what_was_signed_is_of_these_entries, sign_another_tree),
    (checker.I6_what_was_signed_is_of_these_entries, seal_less), (checker.I7_no_word_of_one_tenant_reached_another, leak),
    (checker.I8_nothing_is_held_on_to, hold_descriptors), (checker.I9_no_personal_word_or_secret_is_told, personal_fact),
    (checker.I10_it_ended_only_by_our_hand_and_readiness_told_the_truth, odd_answer),
    (checker.I10_it_ended_only_by_our_hand_and_readiness_told_the_truth, not_ready),
)


def test_what_may_have_been_taken_unseen_may_come_twice(evidence):
    check = checker.I4_what_left_came_once_or_as_often_as_its_end_was_not_seen
    for copies, name in ((evidence.mails, checker.mail_id(evidence.mails[0])), (evidence.requests, evidence.requests[0].id)):
        copies.append(copies[0])
        assert told(check, evidence) != []
        evidence.attempts.append({"dispatch_id": name, "attempt": 2, "address": None, "outcome": None, "status": None})
        assert told(check, evidence) == []


@pytest.mark.parametrize("check, spoil", SPOILT, ids=lambda one: one.__name__)
def test_what_is_wrong_is_told(evidence, check, spoil):
    assert told(check, evidence) == []
    spoil(evidence)
    assert told(check, evidence) != []
