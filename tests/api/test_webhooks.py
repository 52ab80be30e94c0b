"""Webhooks: programs that are told, signed as Standard Webhooks has it; what each answer means; whose they are."""

import base64
import datetime
import email.utils
import hmac
import json
import os
import re
import ssl
import subprocess
import time
import uuid

import pytest

from support.cluster import ClusterError
from support.daemon import ROOT
from support.journey import NAME
from support.node import node
from support.receiver import Receiver

DAEMON_SETTINGS = {"webhook_private_targets": True, "webhook_retry": "30ms 30ms", "webhook_timeout_ms": 2000}
MANAGERS = ("MANAGER", "COUNCIL_ADMIN")


@pytest.fixture(scope="module")
def receiver():
    with Receiver() as made:
        yield made


@pytest.fixture
def hook(live, receiver):
    """hook(**body) -> a webhook of the council's that goes to a path of its own; removed in the end."""
    made = []

    def make(who="MANAGER", **body):
        path = "/" + uuid.uuid4().hex
        answer = live.client(who).post("/v1/webhooks", {"url": receiver.url + path, **body}, 201).json
        made.append((who, answer["id"]))
        return {**answer, "path": path}

    yield make
    for who, one in made:
        live.client(who).request("DELETE", f"/v1/webhooks/{one}", expect=(200, 404))


def wait_for(true, what, seconds=60):
    deadline = time.monotonic() + seconds
    while not (found := true()):
        assert time.monotonic() < deadline, what
        time.sleep(0.02)
    return found


def test_event(house, hook, who="MANAGER", expect=201):
    return house.client(who).post(f"/v1/webhooks/{hook['id']}/test", {}, expect).json.get("delivery")


test_event.__test__ = False


def now(house, hook, who="MANAGER"):
    return house.client(who).get(f"/v1/webhooks/{hook['id']}").json


def failures(house, hook):
    return house.client("MANAGER").get(f"/v1/webhooks/{hook['id']}/failures").json["items"]


def state(house, delivery):
    return house.cluster.psql(f"select state from delivery where id = '{delivery}'", house.database)[0][0]


def verified(secrets, requests):
    given = {"secrets": secrets, "requests": [
        {"headers": dict(r.headers.items()), "body": r.body.decode()} for r in requests]}
    return node("webhook.js", json.dumps(given).encode())


def readme_verify():
    """What the README shows to whoever has no library for it."""
    with open(os.path.join(ROOT, "README.md"), encoding="utf-8") as file:
        [shown] = re.findall(r"```python\n(.*?)```", file.read(), re.DOTALL)
    found = {"base64": base64, "hmac": hmac, "time": time}
    exec(shown, found)
    return found["verify"]


def test_who_asked_is_traced_through_to_each_try(live, receiver, hook):
    trace, parent = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
    one, case = hook(), live.journey("opened")
    receiver.wait(1, one["path"])
    receiver.next(503, path=one["path"])
    live.client("OFFICER").post(f"/v1/placements/{case.id}/moves", {"move": "write_note", "note": "notejacana"}, 200, {
        "If-Match": f'"{live.client("OFFICER").version(case.id)}"', "traceparent": f"00-{trace}-{parent}-01"})
    untraced, *tries = receiver.wait(3, one["path"])
    assert untraced.headers["traceparent"] is None and b"traceparent" not in untraced.body
    assert [json.loads(request.body)["traceparent"] for request in tries] == [f"00-{trace}-{parent}-01"] * 2
    below = [request.headers["traceparent"].split("-") for request in tries]
    assert [(version, of, flags) for version, of, _, flags in below] == [("00", trace, "01")] * 2
    assert len({own for _, _, own, _ in below} | {parent, "0" * 16}) == 4  # each is a parent of its own
    for number, end in ((1, "later"), (2, "taken")):
        line = live.daemon.wait_for_line(lambda line: line.get("message") == "send" and line["dispatch"] == tries[0].id
                                         and line["number"] == str(number))
        assert (line["trace_id"], line["end"], line["traceparent"]) == (trace, end, "-".join(below[number - 1]))


def test_every_entry_that_a_party_may_see_is_sent_once_and_verifies(live, receiver, hook):
    ours, theirs, by_hand = hook(), hook("PROVIDER_ADMIN"), readme_verify()
    case = live.journey("negotiating")
    for who, one in (("OFFICER", ours), ("PROVIDER", theirs)):
        facts = list(live.client(who).pages(f"/v1/placements/{case.id}/facts"))
        if who == "PROVIDER":  # one who is invited hears from then on
            facts = facts[[fact["kind"] for fact in facts].index("invited"):]
        requests = receiver.wait(len(facts), one["path"])
        events = [answers[0] for answers in verified([one["secret"]], requests)]
        assert sorted(event["type"] for event in events) == sorted(fact["kind"] for fact in facts)
        assert sorted(event["data"]["entry"] for event in events) == sorted(fact["entry"] for fact in facts)
        for request, event in zip(requests, events):
            assert request.headers["content-type"] == "application/cloudevents+json"
            assert event["data"]["placement"] == case.id and event["subject"] == case.reference
            assert event["id"] == f"{case.id}.{event['data']['entry']}"
            assert uuid.UUID(request.id) and NAME not in request.body.decode()
            assert by_hand(one["secret"], request.headers, request.body)
            assert not by_hand(one["secret"], request.headers, request.body + b" ")
    live.wait_quiet()
    assert len({r.id for r in receiver.sent(ours["path"])}) == len(receiver.sent(ours["path"]))


def test_only_the_kinds_asked_for_are_sent(live, receiver, hook):
    one = hook(kinds=["invited"], description="invitations only")
    assert one["kinds"] == ["invited"] and one["description"] == "invitations only"
    case = live.journey("inviting")
    live.wait_quiet()
    assert [json.loads(r.body)["data"]["placement"] for r in receiver.sent(one["path"])] == [case.id]


def test_a_secret_is_shown_once_and_while_it_is_rotated_both_sign(live, receiver, hook):
    client, key = live.client("MANAGER"), {"Idempotency-Key": f'"{uuid.uuid4()}"'}
    body = {"url": receiver.url + "/" + uuid.uuid4().hex}
    first = client.post("/v1/webhooks", body, 201, key).json
    again = client.post("/v1/webhooks", body, 201, key).json
    assert again == {name: value for name, value in first.items() if name != "secret"}
    client.post("/v1/webhooks", {"url": receiver.url + "/other"}, 422, key)
    path, key = f"/v1/webhooks/{first['id']}/rotate", {"Idempotency-Key": f'"{uuid.uuid4()}"'}
    second = client.post(path, {}, 200, key).json
    assert "secret" not in client.post(path, {}, 200, key).json
    assert second["secret"] != first["secret"] and second["old_secret_until"]
    test_event(live, first)
    request = receiver.wait(1, body["url"][len(receiver.url):])[0]
    assert len(request.signatures) == 2
    by_first, by_second, by_other = verified([first["secret"], second["secret"], hook()["secret"]], [request])[0]
    assert by_first["type"] == by_second["type"] == "test" and by_other is None
    # A day later only the new one does.
    live.cluster.psql("update webhook set old_secret_until_real = clock_timestamp() "
                      f"where id = '{first['id']}'", live.database)
    test_event(live, first)
    request = receiver.wait(2, request.path)[1]
    assert verified([first["secret"], second["secret"]], [request])[0][0] is None and len(request.signatures) == 1
    # Nowhere in clear, and nowhere in the log.
    stored = live.cluster.psql("select w::text || encode(w.secret, 'escape') || coalesce(encode(w.old_secret, 'escape'), '') "
                               "from webhook w union all select i::text from idempotency i "
                               "union all select d::text from delivery d where d.channel = 'webhook'", live.database)
    for secret in (first["secret"], second["secret"]):
        assert all(secret not in row[0] and secret[6:] not in row[0] for row in stored)
        assert secret[6:] not in live.daemon.log_tail(1000000)
    client.request("DELETE", f"/v1/webhooks/{first['id']}", expect=200)
    client.get(f"/v1/webhooks/{first['id']}", expect=404)


def test_a_redirect_and_what_else_is_no_2xx_fail_and_a_replay_has_the_same_id(live, receiver, hook):
    one = hook()
    for status in (302, 500, 204):
        receiver.next(status, {"Location": receiver.url + "/elsewhere"}, path=one["path"])
    taken = test_event(live, one)
    wait_for(lambda: state(live, taken) == "delivered", "the third try was not taken")
    wait_for(lambda: "failing_since" not in now(live, one), "what was taken did not end its failing")
    receiver.always(307, {"Location": receiver.url + "/elsewhere"}, path=one["path"])
    missed = test_event(live, one)
    wait_for(lambda: state(live, missed) == "failed", "it did not fail")
    listed = failures(live, one)
    assert [(f["delivery"], f["state"], f["attempts"], f["status"]) for f in listed] == [(missed, "failed", 3, 307)]
    assert listed[0]["answer"] == "307 Temporary Redirect" and listed[0]["kind"] == "test"
    wait_for(lambda: now(live, one).get("failing_since"), "its failing is not shown")
    receiver.always(200, path=one["path"])
    client, path = live.client("MANAGER"), f"/v1/webhooks/{one['id']}/replay"
    client.post(path, {"delivery": str(uuid.uuid4())}, 404)
    client.post(path, {}, 400)
    key = {"Idempotency-Key": f'"{uuid.uuid4()}"'}
    for _ in range(2):  # a repeat of the call replays nothing more
        replayed = client.post(path, {"delivery": missed}, 200, key).json
        assert replayed["queued"] == 1 and not replayed.get("more")
    wait_for(lambda: state(live, missed) == "delivered", "the replay was not taken")
    since = live.cluster.psql(f"select min(created_at) - interval '1 s' from delivery where target = '{one['id']}'",
                              live.database)[0][0]
    since = datetime.datetime.fromisoformat(since + ":00" if since[-3] in "+-" else since).isoformat()
    assert client.post(path, {"since": since}, 200).json["queued"] == 0  # nothing of it failed
    assert client.post(path, {"since": since, "delivered": True}, 200).json["queued"] == 2
    live.wait_quiet()
    wait_for(lambda: len(receiver.sent(one["path"])) == 9, "it was not sent again")
    sent = [r.id for r in receiver.sent(one["path"])]
    assert sent[:7] == [taken] * 3 + [missed] * 4 and sorted(sent[7:]) == sorted([taken, missed])
    assert len({r.body for r in receiver.sent(one["path"])}) == 2  # the same bytes at every try
    assert receiver.sent("/elsewhere") == [] and failures(live, one) == []


def test_a_replay_begins_the_schedule_anew_under_the_same_id(live, receiver, hook):
    one, client = hook(), live.client("MANAGER")
    replay = f"/v1/webhooks/{one['id']}/replay"
    receiver.always(500, path=one["path"])
    missed = test_event(live, one)
    wait_for(lambda: failures(live, one) and failures(live, one)[0]["state"] == "failed", "it did not fail")
    assert client.post(replay, {"delivery": missed}, 200).json["queued"] == 1
    wait_for(lambda: failures(live, one)[0]["attempts"] == 6, "the replay had not three tries")
    wait_for(lambda: failures(live, one)[0]["state"] == "failed", "the replay did not end")
    moved = client.post(f"/v1/webhooks/{one['id']}", {"url": receiver.url + one["path"] + "/moved"}, 200).json["url"]
    assert failures(live, one)[0]["url"] == receiver.url + one["path"]
    for how in ("whole", "whole", "held"):
        receiver.next(500, how=how, path=one["path"] + "/moved")
    receiver.answering.clear()
    assert client.post(replay, {"since": "2026-01-01T00:00:00Z"}, 200).json["queued"] == 1
    receiver.wait(3, one["path"] + "/moved")
    # during its last try: one more schedule
    assert client.post(replay, {"since": "2026-01-01T00:00:00Z", "delivered": True}, 200).json["queued"] == 1
    receiver.answering.set()
    wait_for(lambda: state(live, missed) == "delivered", "it was not tried again")
    tries = client.get(f"/v1/deliveries/{missed}").json["tries"]
    assert [(t["number"], t.get("status")) for t in tries] == [(n, 500) for n in range(1, 10)] + [(10, 200)]
    assert {r.id for r in receiver.sent(one["path"]) + receiver.sent(one["path"] + "/moved")} == {missed}
    assert live.cluster.psql(f"select attempt, address from delivery_attempt where dispatch_id = '{missed}' and attempt in (6, 7)",
                             live.database) == [["6", receiver.url + one["path"]], ["7", moved]]


def test_410_disables_and_the_owner_hears_of_it(live, receiver, hook):
    one = hook()
    receiver.next(410, path=one["path"])
    gone = test_event(live, one)
    wait_for(lambda: now(live, one)["state"] == "disabled", "it was not disabled")
    assert now(live, one)["disabled_because"] == "It answered 410 Gone." and state(live, gone) == "failed"
    wait_for(lambda: live.mails("placements@northfold.example", one["id"]), "nobody was written to")
    client = live.client("MANAGER")
    assert client.post(f"/v1/webhooks/{one['id']}/test", {}, 409).code == "webhook_disabled"
    assert client.post(f"/v1/webhooks/{one['id']}/replay", {"delivery": gone}, 409).code == "webhook_disabled"
    live.journey("opened")
    live.wait_quiet()
    assert len(receiver.sent(one["path"])) == 1  # and nothing more is sent there
    assert client.post(f"/v1/webhooks/{one['id']}/enable", {}, 200).json["state"] == "active"
    client.post(f"/v1/webhooks/{one['id']}/replay", {"delivery": gone}, 200)
    assert receiver.wait(2, one["path"])[1].id == gone


def test_what_was_under_way_to_an_old_address_says_nothing_of_the_new(live, receiver, hook):
    one, client = hook(), live.client("MANAGER")
    receiver.answering.clear()
    receiver.next(410, how="held", path=one["path"])
    gone = test_event(live, one)
    receiver.wait(1, one["path"])
    changed = client.post(f"/v1/webhooks/{one['id']}", {"url": receiver.url + "/moved"}, 200).json
    receiver.answering.set()
    wait_for(lambda: state(live, gone) == "failed", "it did not fail")
    live.wait_quiet()
    assert now(live, one) == changed
    assert receiver.sent("/moved") == [] and test_event(live, one) == receiver.wait(1, "/moved")[0].id


def test_days_of_nothing_but_failures_disable(live, receiver, hook):
    one = hook()
    receiver.always(500, path=one["path"])
    live.cluster.psql("update webhook set failing_since_real = clock_timestamp() - interval '4.9 days' "
                      f"where id = '{one['id']}'", live.database)
    wait_for(lambda d=test_event(live, one): state(live, d) == "failed", "it did not fail")
    assert now(live, one)["state"] == "active"
    live.cluster.psql("update webhook set failing_since_real = clock_timestamp() - interval '5.1 days' "
                      f"where id = '{one['id']}'", live.database)
    test_event(live, one)
    wait_for(lambda: now(live, one)["state"] == "disabled", "it was not disabled")
    assert now(live, one)["disabled_because"] == "It took nothing for 5 days."
    live.wait_quiet()
    told = live.cluster.psql("select channel, state from delivery where kind = 'webhook_disabled' and body like "
                             f"'%{one['id']}%' order by channel", live.database)
    assert [tuple(row) for row in told] == [("email", "sent"), ("service", "delivered")]


@pytest.mark.parametrize("status,after", [(429, "1"), (503, "date")])
def test_one_that_asks_for_rest_is_left_alone_and_nobody_else(live, receiver, hook, status, after):
    one, other = hook(), hook()
    until = None
    if after == "date":
        wall = int(time.time()) + 3
        until, after = time.monotonic() + wall - time.time(), email.utils.formatdate(wall, usegmt=True)
    receiver.next(status, {"Retry-After": after}, path=one["path"])
    first = test_event(live, one)
    until = until or receiver.wait(1, one["path"])[0].at + int(after)
    wait_for(lambda: now(live, one).get("slowed_until") or time.monotonic() > until, "it is not slowed down")
    second = test_event(live, one)
    test_event(live, other)
    assert receiver.wait(1, other["path"]) and not now(live, other).get("slowed_until")
    later = receiver.wait(3, one["path"])[1:]
    assert {r.id for r in later} == {first, second}
    assert all(r.at > until - 0.1 for r in later)
    wait_for(lambda: not now(live, one).get("slowed_until"), "it is slowed down still")


@pytest.mark.parametrize("how", ["huge", "reset", "cut"])
def test_an_answer_out_of_order_is_tried_again_under_the_same_id(live, receiver, hook, how):
    one = hook()
    receiver.next(500, how=how, path=one["path"])
    delivery = test_event(live, one)
    wait_for(lambda: state(live, delivery) == "delivered", "it was not delivered")
    assert [r.id for r in receiver.sent(one["path"])] == [delivery] * 2


def test_a_certificate_that_nobody_vouches_for_is_not_believed(live, tmp_path):
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                    "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate],
                   check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with Receiver(tls=context) as receiver:
        one = live.client("MANAGER").post("/v1/webhooks", {"url": receiver.url + "/"}, 201).json
        delivery = test_event(live, one)
        wait_for(lambda: state(live, delivery) == "failed", "it did not fail")
        assert "certificate" in failures(live, one)[0]["answer"] and receiver.sent() == []
    live.client("MANAGER").request("DELETE", f"/v1/webhooks/{one['id']}", expect=200)


def begun_before(live, what, slow):
    """How many tries at the slow ones were begun before that instant of another query."""
    targets = ", ".join(f"'{one['id']}'" for one in slow)
    return int(live.cluster.psql("select count(*) from delivery_attempt a join delivery d using (dispatch_id) where d.target in "
                                 f"({targets}) and a.attempt = 1 and a.started_real < ({what})", live.database)[0][0])


FIRST = "select coalesce(min({}), 'infinity') from delivery_attempt join delivery e using (dispatch_id) where e.target = '{}'"


def test_one_that_never_answers_keeps_nobody_else_waiting(live, receiver, hook):
    slow, other = hook(), hook()
    receiver.always(how="silent", path=slow["path"])
    for _ in range(20):  # more than are sent at the same time
        test_event(live, slow)
    receiver.wait(2, slow["path"])
    test_event(live, other)
    assert receiver.wait(1, other["path"])
    assert begun_before(live, FIRST.format("started_real", other["id"]), [slow]) < 20  # it was not behind all of them
    assert begun_before(live, FIRST.format("ended_real", slow["id"]), [slow]) == 2  # its share of the places


def test_an_organisation_whose_programs_are_all_slow_keeps_no_other_waiting(live, receiver, hook):
    slow, other = [hook() for _ in range(10)], hook("PROVIDER_ADMIN")
    for one in slow:
        receiver.always(how="silent", path=one["path"])
    for one in slow * 4:  # more than twice what is sent at the same time
        test_event(live, one)
    test_event(live, other, "PROVIDER_ADMIN")
    assert receiver.wait(1, other["path"])
    assert begun_before(live, FIRST.format("started_real", other["id"]), slow) < 40  # behind some, and not behind all of them


def test_a_webhook_is_its_managers_and_nobody_elses(live, hook):
    one = hook()
    paths = [("GET", ""), ("POST", ""), ("DELETE", ""), ("POST", "/rotate"), ("POST", "/enable"), ("POST", "/test"),
             ("POST", "/replay"), ("GET", "/failures")]
    bodies = {"": {"url": "https://hooks.council.example/"}, "/replay": {"delivery": str(uuid.uuid4())}}
    for who, status in (("PROVIDER_ADMIN", 404), ("ADMIN", 404), ("OFFICER", 403), ("AUDITOR", 403), ("PROVIDER", 403)):
        for method, part in paths:
            path = f"/v1/webhooks/{one['id']}{part}"
            if method == "POST":
                live.client(who).post(path, bodies.get(part, {}), status)
            else:
                live.client(who).request(method, path, expect=status)
    assert one["id"] not in [w["id"] for w in live.client("PROVIDER_ADMIN").pages("/v1/webhooks")]
    # Nor in SQL, for whoever reads: another's not at all, and nobody's secret.
    reader = f"concordat_reader options='-c concordat.organisation={live.organisations['larch']}'"
    assert [one["id"]] not in live.cluster.psql("select id from webhook", live.database, reader)
    with pytest.raises(ClusterError, match="permission denied"):
        live.cluster.psql("select secret from webhook", live.database, reader)
    for who in MANAGERS:
        assert one["id"] in [w["id"] for w in live.client(who).pages("/v1/webhooks", limit=1)]
    for who in ("OFFICER", "PROVIDER"):
        live.client(who).get("/v1/webhooks", expect=403)
        live.client(who).post("/v1/webhooks", bodies[""], 403)


def test_a_change_says_all_of_it_anew_and_what_waits_for_one_removed_fails(live, receiver, hook):
    one = hook(description="first", kinds=["invited", "missed"])
    client = live.client("MANAGER")
    changed = client.post(f"/v1/webhooks/{one['id']}", {"url": receiver.url + "/changed"}, 200).json
    assert changed == {"id": one["id"], "url": receiver.url + "/changed", "state": "active",
                       "created_at": one["created_at"]}
    receiver.next(500, {"Retry-After": "1"}, path="/changed")
    receiver.next(429, {"Retry-After": "1"}, path="/changed")
    waits = test_event(live, one)
    wait_for(lambda: now(live, one).get("slowed_until"), "it is not slowed down")
    assert client.request("DELETE", f"/v1/webhooks/{one['id']}", expect=200).json["removed"]
    wait_for(lambda: state(live, waits) == "failed", "it waits for a webhook that is no more")
    answer = live.cluster.psql(f"select answer from delivery_attempt where dispatch_id = '{waits}' "
                               "order by attempt desc limit 1", live.database)[0][0]
    assert answer == "The webhook was removed"


def test_the_document_lists_every_kind_that_may_be_sent(live):
    document = live.client("OFFICER").get("/openapi.json").json
    kinds = document["components"]["schemas"]["webhook_request"]["properties"]["kinds"]["items"]["enum"]
    assert sorted(document["webhooks"]) == sorted([*kinds, "test"]) and "offer_made" in kinds and "reminder" in kinds


def test_what_is_inside_is_refused_when_it_is_saved_and_when_it_was_saved_before(live, receiver, hook):
    one = hook()
    assert "Webhooks may go to addresses inside this network." in live.daemon.run("doctor", check=False).stdout
    live.daemon.stop()
    live.daemon.config["webhook_private_targets"] = False
    live.daemon.start()
    live.clients.clear()
    client = live.client("MANAGER")
    for url in (receiver.url, "https://127.0.0.1/", "https://[::1]/", "https://169.254.169.254/latest/meta-data",
                "https://localhost/", "https://2130706433/", "https://0x7f.1/", "https://user@hooks.council.example/",
                "https://hooks.council.example:5432/", "https://metadata.google.internal/", "https://[64:ff9b::7f00:1]/"):
        refused = client.post("/v1/webhooks", {"url": url}, 400).json
        assert [error["pointer"] for error in refused["errors"]] == ["/url"], url
        client.post(f"/v1/webhooks/{one['id']}", {"url": url}, 400)
    kept_out = test_event(live, one)
    wait_for(lambda: state(live, kept_out) == "failed", "it was sent, or waits")
    assert receiver.sent(one["path"]) == []
    assert failures(live, one)[0]["answer"] == "The webhook's address may not be sent to"
