"""Notices that reach nobody: a mail server that refuses for good, and what both sides then see and may do."""

import time

import pytest

from support.house import five_pm, london, rfc3339

WED = "2026-04-01 10:00"
LARCH = "fees@larchhouse.example"
NOBODY = "550 5.1.1 No such user"
FOR_EVER = 1000


def rows(house, sql):
    return house.cluster.psql(sql, house.database)


def wait_for(true, what, seconds=60):
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, what
        time.sleep(0.02)


def invited(house, refusals=FOR_EVER, answer=NOBODY, stage="rcpt"):
    """An invitation whose notice is refused, and so are as many of those after it."""
    case = house.journey("approved")
    house.wait_quiet()
    house.sink.clear()
    house.sink.fail_next(refusals, answer, stage)
    case.invite()
    house.wait_quiet()
    return case


def number(obligation):
    entry, n = obligation["id"].split(".")
    return {"entry": int(entry), "n": int(n)}


def counted(house, who, duty):
    report = house.client(who).get("/v1/reports/timescales", duty=duty).json
    return [(row["missed"], row["lapsed"], row["open"]) for row in report["duties"]]


@pytest.mark.parametrize("stage", ["rcpt", "data"])
def test_a_clock_does_not_run_for_who_was_not_reached_and_a_call_begins_it(rehearsal, stage):
    house = rehearsal(WED)
    case = invited(house, stage=stage)
    for duty in ("acknowledge", "make_offer"):
        seen = case.obligation(duty)
        assert seen["served"] is False and "due_at" not in seen and seen["paused"] is False
        assert seen["not_served_since"].startswith("2026-04-01T09:00")
        assert "telephone or write" in seen["alert"]
    assert case.fact_kinds()[-2:] == ["invited", "not_served"]
    house.go_to(london("2026-05-20 10:00"))
    assert case.fact_kinds()[-1] == "not_served", "nobody is late for what never reached them"
    assert counted(house, "OFFICER", "make_offer") == [(0, 0, 1)]
    listed = {o["duty"]: o for o in house.client("OFFICER").pages("/v1/obligations", owed="to_me")}
    assert listed["make_offer"]["served"] is False and listed["make_offer"]["not_served_since"] == seen["not_served_since"]
    explained = house.client("OFFICER").get(
        f"/v1/placements/{case.id}/obligations/{case.obligation('make_offer')['id']}").json
    assert "has not started" in explained["explain"]["sentence"] and "due_at" not in explained
    case.move("OFFICER", "record_service", how="telephone", reference="Call 14",
              occurred_at="2026-05-19T16:30:00Z", **number(case.obligation("make_offer")))
    seen = case.expect_due("acknowledge", five_pm("2026-05-22"))
    assert seen["served"] is True and "alert" not in seen
    assert (seen["served_by"], seen["served_at"]) == ("telephone", "2026-05-19T16:30:00Z")
    listed = {o["duty"]: o for o in house.client("PROVIDER").pages("/v1/obligations", owed="by_me")}
    assert listed["make_offer"]["served"] is True and "not_served_since" not in listed["make_offer"]
    assert case.expect_due("acknowledge", five_pm("2026-05-22"), "PROVIDER")["served_by"] == "telephone"


def test_whoever_opens_the_placement_is_served_by_that_and_sees_the_date_at_once(rehearsal):
    house = rehearsal(WED)
    case = invited(house)
    version = house.client("OFFICER").placement(case.id)["version"]
    house.go_to(london("2026-04-08 09:00"))
    seen = case.obligation("acknowledge", "PROVIDER")
    assert seen["served"] is True and seen["served_by"] == "service"
    assert seen["due_at"] == five_pm("2026-04-10")
    assert case.fact_kinds()[-2:] == ["not_served", "served"]
    for _ in range(3):
        case.see("PROVIDER")
    assert case.fact_kinds().count("served") == 1
    assert case.see("OFFICER")["version"] != version, "the other side hears of the date"
    case.move("PROVIDER", "acknowledge", contact="Lorcan Ash, fees")
    assert case.obligation("acknowledge", state="met")["served"] is True


def test_a_list_or_another_organisation_serves_nobody(rehearsal):
    house = rehearsal(WED)
    case = invited(house)
    house.client("PROVIDER").get("/v1/placements")
    house.client("PROVIDER2").get(f"/v1/placements/{case.id}", expect=404)
    case.see("OFFICER")
    case.see("AUDITOR")
    assert case.obligation("make_offer")["served"] is False


def test_a_later_message_that_arrives_serves_the_notice(rehearsal):
    house = rehearsal(WED)
    case = invited(house, refusals=1, answer="550 5.7.1 Blocked by policy")
    house.wait_quiet()
    assert case.fact_kinds()[-3:] == ["invited", "not_served", "served"]
    seen = case.obligation("make_offer")
    assert (seen["served"], seen["served_by"]) == (True, "email")
    subjects = [mail.subject.split(": ")[1] for mail in house.mails(LARCH)]
    assert subjects == ["not served", "notice served"]
    assert "could not be reached" in house.mails(LARCH)[0].text


def test_who_has_no_address_cannot_be_told_by_email(rehearsal):
    house = rehearsal(WED)
    case = house.journey("approved")
    rows(house, f"update organisation set email = null where id = '{house.organisations['larch']}'")
    case.invite()
    house.wait_quiet()
    assert case.obligation("make_offer")["served"] is False
    told = house.client("OFFICER").get(f"/v1/placements/{case.id}/facts", limit=200).json["items"][-1]
    assert told["kind"] == "not_served" and told["data"]["side"] == "provider"
    assert rows(house, "select state, attempts from delivery where channel = 'email' and kind = 'invited'") == [["failed", "0"]]


def void_as_reported_then(house, case):
    """Reported on that day it was missed; now it is open, because nobody had been told."""
    then = house.client("OFFICER").get("/v1/reports/timescales", duty="acknowledge", as_known_on="2026-04-07").json
    assert (then["basis"], then["as_known_on"]) == ("as_reported_then", "2026-04-07")
    assert [(row["missed"], row["open"]) for row in then["duties"]] == [(1, 0)]
    [change] = then["changes"]
    assert (change["placement"], change["was"], change["is"], change["because"]) == (case.id, "missed", "open", "not_served")
    assert change["was_due_at"] and "due_at" not in change and "void" in change["why"]
    assert change["id"] == case.obligation("acknowledge")["id"]


def test_a_miss_recorded_while_the_mail_was_still_tried_is_void(rehearsal):
    house = rehearsal(WED, smtp_retry="3600000ms")
    case = house.journey("approved")
    house.wait_quiet()
    house.sink.clear()
    house.sink.fail_next(1, "450 4.2.1 Try again later")
    house.sink.fail_next(FOR_EVER, NOBODY, "rcpt")
    case.invite()
    wait_for(lambda: rows(house, "select 1 from delivery d join dispatch p on p.id = d.dispatch_id "
                                 "where d.kind = 'invited' and p.attempts = 1 and p.state = 'queued'"), "it was not tried")
    house.daemon.rehearse(rfc3339(london("2026-04-08 09:00")))
    house.at = london("2026-04-08 09:00")
    assert case.obligation("acknowledge")["missed_at"]
    assert counted(house, "OFFICER", "acknowledge") == [(1, 0, 0)]
    rows(house, "update dispatch set next_try_real = clock_timestamp()")
    house.wait_quiet()
    seen = case.obligation("acknowledge")
    assert seen["served"] is False and "missed_at" not in seen
    assert counted(house, "OFFICER", "acknowledge") == [(0, 0, 1)]
    void_as_reported_then(house, case)
    void = house.client("OFFICER").get(f"/v1/placements/{case.id}/facts", limit=200).json["items"][-1]["data"]["voids"]
    assert void == [{"n": 1, "duty": "acknowledge", "what": "miss"}]


def test_what_was_not_recorded_before_the_daemon_died_is_recorded_by_the_next(rehearsal):
    house = rehearsal(WED)
    case = house.journey("inviting")
    house.wait_quiet()
    house.daemon.kill9()
    rows(house, "update delivery set state = 'failed', outcome_due = true where kind = 'invited' and channel = 'email'")
    house.daemon.start()
    for client in house.clients.values():
        client.close()
    house.clients.clear()
    wait_for(lambda: case.fact_kinds().count("not_served"), "the notice's failing is lost")
    rows(house, "update delivery set outcome_due = true where kind = 'invited' and channel = 'email'")
    house.wait_quiet()
    assert case.fact_kinds().count("not_served") == 1, "twice does nothing"


def test_what_may_not_be_recorded_as_service_points_at_what_is_wrong(rehearsal):
    house = rehearsal(WED)
    case = invited(house)
    house.go_to(london("2026-04-02 10:00"))
    of = number(case.obligation("make_offer"))
    good = {"how": "telephone", "reference": "Call 14", **of}

    def problem(status, rule=None, who="OFFICER", **changed):
        answer = case.move(who, "record_service", status, **{**good, **changed}).json
        assert rule is None or answer["code"] == rule, answer
        return answer.get("pointer") or [error["pointer"] for error in answer["errors"]][0]

    assert problem(409, "service_instant", occurred_at="2026-04-03T09:00:00Z") == "/occurred_at"
    assert problem(409, "service_instant", occurred_at="2026-03-03T09:00:00Z") == "/occurred_at"
    assert problem(409, "not_served", entry=99) == "/entry"
    assert problem(409, "not_served", n=7) == "/entry"
    assert problem(400, how="pigeon") == "/how"
    assert problem(400, reference="") == "/reference"
    assert problem(400, reference=None) == "/reference"
    assert problem(409, "role", who="PANEL") == "/move"
    assert "record_service" in [move["move"] for move in case.see("OFFICER")["allowed_moves"]]
    case.move("OFFICER", "record_service", **good)
    assert problem(409, "not_served") == "/entry"
    assert "record_service" not in [move["move"] for move in case.see("OFFICER")["allowed_moves"]]


def test_an_entry_is_acknowledged_in_the_recipients_own_numbers(rehearsal):
    house = rehearsal(WED)
    case = house.journey("inviting")
    entry = number(case.obligation("make_offer", "PROVIDER"))["entry"]
    case.move("PROVIDER", "acknowledge_delivery", entry=entry)
    case.move("PROVIDER", "acknowledge_delivery", 409, entry=entry)
    said = house.client("OFFICER").get(f"/v1/placements/{case.id}/facts", limit=200).json["items"][-1]
    theirs = number(case.obligation("make_offer"))["entry"]
    assert said["kind"] == "delivery_acknowledged" and said["data"] == {"entry": theirs}
    assert theirs != entry, "each side has its own numbers"
    house.wait_quiet()
    told = [row for row in house.client("PROVIDER").pages("/v1/deliveries", placement=case.id) if row["kind"] == "invited"]
    reached = [row for row in house.client("OFFICER").pages(f"/v1/placements/{case.id}/deliveries") if row["entry"] == theirs]
    assert {row["acknowledged_at"] for row in told + reached} == {said["recorded_at"]} and told and reached
    assert house.client("PROVIDER").get(f"/v1/deliveries/{told[0]['id']}").json["acknowledged_at"] == said["recorded_at"]
