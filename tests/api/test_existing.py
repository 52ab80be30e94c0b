"""Care that already runs: recorded and confirmed one by one, and a caseload brought in as CSV."""

import csv
import datetime
import io
import itertools
import json
import os
import subprocess
import threading
import time
import uuid

import pytest

from support.house import money

TODAY = datetime.date.today()
HEADER = ["person_name", "person_initials", "date_of_birth", "case_reference", "external_reference", "team",
          "care_setting", "provider", "home",
          "started", "start", "weekly", "lines", "person_pays", "nhs_pays", "third_party_pays", "next_review",
          "review_kind", "contract_reference"]
NAME = "Quentin Marsupial"  # nobody else's


def day(ahead):
    return (TODAY + datetime.timedelta(days=ahead)).isoformat()


def existing(house, **changed):
    return {
        "provider": house.organisations["larch"], "home": house.homes["Larch House"],
        "terms": {"lines": [{"key": "care", "label": "Care", "unit": "week", "quantity": "1", "rate": "1420.00"}],
                  "start": "2025-04-07"},
        "started": "2019-06-03", "next_review": day(60), "contract_reference": "CT-118", **changed,
    }


def recorded(house, **changed):
    officer = house.client("OFFICER")
    placement = officer.open_placement(
        person_name=NAME, person_initials="Q.M.", care_setting="residential", urgency="ordinary",
        wanted_start=day(0), funding=[{"funder": "person", "weekly": money(15000)}, {"funder": "authority"}],
    ).json["placement"]
    officer.move(placement, "record_existing_agreement", existing(house, **changed))
    return placement


def confirm(house, placement):
    provider = house.client("PROVIDER")
    digest = provider.placement(placement)["threads"][-1]["offers"][-1]["terms_digest"]
    return provider.move(placement, "confirm_existing_agreement", {"terms_digest": digest})


# -- One by one


def test_the_provider_sees_what_was_recorded_and_may_answer(live):
    placement = recorded(live)
    seen = live.client("PROVIDER").placement(placement)
    thread = seen["threads"][0]
    assert seen["stage"] == "negotiating" and seen["person"]["name"] == NAME
    assert thread["existing"] == {"started": "2019-06-03", "next_review": day(60), "review_kind": "yearly",
                                  "contract_reference": "CT-118"}
    assert thread["offers"][0]["side"] == "commissioner"
    assert thread["offers"][0]["terms"]["weekly"] == money(142000)
    assert {"confirm_existing_agreement", "make_offer", "reject", "decline"} <= set(
        live.client("PROVIDER").allowed_moves(placement))
    assert "accept" not in live.client("PROVIDER").allowed_moves(placement)
    duties = [o["duty"] for o in seen["obligations"] if o["state"] == "open"]
    assert duties == ["confirm_existing_agreement"]
    assert live.client("PROVIDER2").get(f"/v1/placements/{placement}", expect=404)


def test_confirmed_it_is_in_force_and_its_next_review_is_scheduled(live):
    placement = recorded(live)
    confirm(live, placement)
    for who in ("OFFICER", "PROVIDER"):
        seen = live.client(who).placement(placement)
        assert seen["stage"] == "in_force" and seen["started_on"] == "2019-06-03"
        version = seen["agreements"][0]
        assert (version["basis"], version["from"], version["weekly"]) == ("existing", "2025-04-07", money(142000))
        assert [(o["duty"], o["owed_by"]) for o in seen["obligations"] if o["state"] == "open"] == [
            ("yearly_review", "commissioner")]


def test_what_was_paid_before_is_not_put_right(live):
    placement = recorded(live)
    confirm(live, placement)
    account = live.client("OFFICER").get(f"/v1/placements/{placement}/account", **{"from": day(-28), "to": day(-1)}).json
    assert account["due"] == account["charged"] == money(4 * 142000)
    assert account["adjusted"] == money(0) and not account.get("adjustments")


def test_a_home_that_is_not_the_providers_is_refused(live):
    officer = live.client("OFFICER")
    placement = officer.open_placement(
        person_name=NAME, person_initials="Q.M.", care_setting="residential", urgency="ordinary",
        wanted_start=day(0), funding=[{"funder": "authority"}]).json["placement"]
    answer = officer.move(placement, "record_existing_agreement",
                          existing(live, home=live.homes["Alder Grove"]), expect=400).json
    assert answer["errors"][0]["pointer"] == "/home"
    answer = officer.move(placement, "record_existing_agreement", existing(live, started="2015-03-31"),
                          expect=409).json
    assert (answer["code"], answer["errors"][0]["pointer"]) == ("existing_sound", "/started")


def test_the_provider_is_told_what_it_owes_and_never_of_whom(live):
    placement = recorded(live)
    live.wait_quiet()
    reference = live.client("OFFICER").placement(placement)["reference"]
    told = [m for m in live.mails("fees@larchhouse.example") if reference in m.subject]
    assert len(told) == 1
    text = told[0].text
    assert "recorded the terms of care that you already give" in text
    assert "Care started on Monday 3 June 2019" in text and "You: confirm the terms" in text
    assert "Marsupial" not in text


# -- A caseload


OWN = itertools.count(1)


def row(number, **changed):
    return {
        "external_reference": f"X-{next(OWN)}",
        "person_name": f"{NAME} {number}", "person_initials": "Q.M.", "date_of_birth": "1971-02-03",
        "case_reference": f"C-{number}", "care_setting": "residential", "home": "1-100000001",
        "started": "2019-06-03", "start": "2025-04-07", "weekly": "1420.00", "next_review": day(60),
        "contract_reference": f"CT-{number}", **changed,
    }


def file_of(rows, header=HEADER, end="\r\n"):
    out = io.StringIO()
    writer = csv.DictWriter(out, header, lineterminator=end)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def bring(house, body, mode="all", key=None, who="OFFICER", expect=200, content_type="text/csv"):
    headers = {"Content-Type": content_type}
    if key:
        headers["Idempotency-Key"] = f'"{key}"'
    return house.client(who).post(f"/v1/placements/import?mode={mode}", body, expect, headers).json


def count(house):
    return int(house.cluster.psql("select count(*) from placement", house.database)[0][0])


def refusal(answer, number):
    """(code, pointer, detail) of that row in a report."""
    [found] = [item for item in answer["items"] if item["row"] == number]
    return found["code"], found["pointer"], found["detail"]


def test_each_row_becomes_a_placement_that_the_provider_confirms(live):
    rows = [
        row(1, person_pays="150.25", third_party_pays="20"),
        row(2, weekly="", lines="core:week:1:1200;nights:night:7:40.50", home=live.homes["Larch House"],
            provider=live.organisations["larch"]),
        row(3, person_name='Reyes, "Amira"\nof the Elms', review_kind="three_month"),
    ]
    answer = bring(live, b"\xef\xbb\xbf" + file_of(rows), content_type="text/csv; charset=utf-8")
    assert (answer["rows"], answer["placed"], answer["refused"]) == (3, 3, 0)
    # the third row's name has two lines and is one record all the same
    assert [item["row"] for item in answer["items"]] == [2, 3, 4]
    seen = [live.client("OFFICER").placement(item["placement"]) for item in answer["items"]]
    assert [one["reference"] for one in seen] == [item["reference"] for item in answer["items"]]
    assert seen[0]["funding"] and seen[0]["case_reference"] == "C-1"
    offers = [one["threads"][0]["offers"][0]["terms"] for one in seen]
    assert [one["weekly"] for one in offers] == [money(142000), money(120000 + 28350), money(142000)]
    assert seen[2]["person"]["name"] == 'Reyes, "Amira"\nof the Elms'
    assert seen[2]["threads"][0]["existing"]["review_kind"] == "three_month"
    confirm(live, answer["items"][0]["placement"])
    assert live.client("PROVIDER").placement(answer["items"][0]["placement"])["stage"] == "in_force"
    facts = live.client("OFFICER").get(f"/v1/placements/{answer['items'][0]['placement']}/facts").json["items"]
    assert {fact["kind"] for fact in facts} >= {"placement_opened", "existing_agreement_recorded"}


def test_each_provider_gets_one_mail_for_a_caseload_and_each_placement_its_own_message(live):
    live.wait_quiet()
    live.sink.clear()
    body = file_of([row(n) for n in range(4)] + [row(9, home="1-100000002")])
    answer = bring(live, body)
    live.wait_quiet()
    references = {item["reference"] for item in answer["items"]}
    told = {mail.to[0]: mail for mail in live.sink.messages}
    assert len(live.sink.messages) == 2 and len(told) == 2
    larch = told["fees@larchhouse.example"]
    assert larch.subject.startswith("4 placements: ")
    listed = {reference for reference in references if f"- {reference}\n" in larch.text.replace("\r", "")}
    assert len(listed) == 4 and "Northfold Council recorded" in larch.text and "confirm the terms" in larch.text
    [alone] = references - listed
    [other] = [mail for to, mail in told.items() if to != "fees@larchhouse.example"]
    assert other.subject.startswith(alone), "of one placement it is the ordinary message"
    for item in answer["items"][:4]:
        mine = [d for d in live.client("PROVIDER").get("/v1/deliveries", placement=item["placement"]).json["items"]]
        assert {(d["channel"], d["kind"], d["state"]) for d in mine if d["kind"] == "existing_agreement_recorded"} == {
            ("service", "existing_agreement_recorded", "delivered"), ("email", "existing_agreement_recorded", "sent")}
    assert NAME not in larch.text


def test_a_mail_of_many_that_fails_leaves_each_of_them_not_served(live):
    live.wait_quiet()
    live.sink.clear()
    live.sink.fail_next(1000, "550 5.1.1 No such user", "rcpt")
    items = bring(live, file_of([row(n) for n in range(3)]))["items"]
    live.wait_quiet()
    live.sink.clear()
    for item in items:
        kinds = [f["kind"] for f in live.client("OFFICER").get(f"/v1/placements/{item['placement']}/facts").json["items"]]
        assert kinds.count("not_served") == 1
    listed = [o for o in live.client("OFFICER").pages("/v1/obligations", owed="to_me", limit=200)
              if o["placement"] == items[0]["placement"]]
    assert listed and not any(o["served"] for o in listed if o["duty"] == "confirm_existing_agreement")


BAD = {
    "a name left out": ({"person_name": ""}, "does_not_fit", "/person_name"),
    "no such setting": ({"care_setting": "castle"}, "does_not_fit", "/care_setting"),
    "a day that is none": ({"started": "03/06/2019"}, "does_not_fit", "/started"),
    "a start to come": ({"start": day(1)}, "existing_sound", "/start"),
    "a start too old": ({"start": "2015-03-31"}, "terms_sound", "/start"),
    "a review that is past": ({"next_review": day(-1)}, "existing_sound", "/next_review"),
    "an unknown review": ({"review_kind": "weekly"}, "does_not_fit", "/review_kind"),
    "an unknown home": ({"home": "1-999"}, "home_known", "/home"),
    "another's home": ({"home": "1-100000002", "provider": "larch"}, "home_known", "/home"),
    "no provider's id": ({"provider": "Larch House Care"}, "does_not_fit", "/provider"),
    "an amount that is none": ({"person_pays": "1,50"}, "does_not_fit", "/person_pays"),
    "a payer above the fee": ({"person_pays": "1500"}, "existing_sound", "/person_pays"),
    "a fee that is none": ({"weekly": "lots"}, "does_not_fit", "/weekly"),
    "a fee twice": ({"lines": "care:week:1:2"}, "does_not_fit", "/lines"),
    "no fee": ({"weekly": ""}, "does_not_fit", "/weekly"),
    "a line cut short": ({"weekly": "", "lines": "care:week:1"}, "does_not_fit", "/lines"),
    "a line of no unit": ({"weekly": "", "lines": "care:moon:1:2"}, "does_not_fit", "/lines"),
    "no reference of its own": ({"external_reference": ""}, "does_not_fit", "/external_reference"),
    "a formula": ({"person_name": '=HYPERLINK("http://evil.example")'}, "formula", "/person_name"),
    "a formula by plus": ({"case_reference": "+1"}, "formula", "/case_reference"),
    "a formula by at": ({"contract_reference": "@SUM(A1)"}, "formula", "/contract_reference"),
    "an override of direction": ({"person_name": "Q\u202eM"}, "does_not_fit", "/person_name"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_cell_is_named_by_row_and_column(live, name):
    changed, code, pointer = BAD[name]
    if changed.get("provider") == "larch":
        changed = {**changed, "provider": live.organisations["larch"]}
    before = count(live)
    answer = bring(live, file_of([row(1), row(2, **changed)]), expect=409)
    assert answer["code"] == "rows_refused"
    assert [error["pointer"] for error in answer["errors"]] == [f"/3{pointer}"]
    assert count(live) == before
    answer = bring(live, file_of([row(1), row(2, **changed)]), mode="good")  # others, by their own references
    assert (answer["placed"], answer["refused"]) == (1, 1)
    assert refusal(answer, 3)[:2] == (code, pointer)
    assert len(refusal(answer, 3)[2]) > 20
    assert count(live) == before + 1


BROKEN = {
    "a quote never closed": (b'"Quentin,1,2', "malformed_row"),
    "a quote in the middle": (b'Quen"tin' + b"," * 18, "malformed_row"),
    "a NUL": (b"Quen\0tin" + b"," * 18, "malformed_row"),
    "what is not UTF-8": (b"Quen\xe9tin" + b"," * 18, "malformed_row"),
    "a carriage return alone": (b"Quen\rtin" + b"," * 18, "malformed_row"),
    "too few cells": (b"Quentin,1", "columns"),
    "too many cells": (b"Quentin" + b"," * 40, "columns"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_row_that_is_none_is_refused_and_the_rows_before_it_are_read(live, name):
    line, code = BROKEN[name]
    answer = bring(live, file_of([row(1)]) + line, mode="good")
    assert (answer["placed"], answer["refused"]) == (1, 1)
    assert refusal(answer, 3)[:2] == (code, "")


@pytest.mark.parametrize("body,pointer", [
    (b"", ""), (b"\r\n\r\n", ""), (file_of([]), ""), (b"name,home\r\na,b\r\n", "/1"),
    (file_of([row(1)], HEADER).replace(b"person_initials", b"person_name", 1), "/1"),
    (b"person_name,person_initials,care_setting,home,started,start,next_review,external_reference\r\n", "/1"),
    (b"person_name,person_initials,care_setting,home,started,start,next_review,weekly\r\n", "/1"),
    ("\ufeffperson_name".encode("utf-16"), "/1"),
])
def test_a_file_without_rows_or_columns_is_refused(live, body, pointer):
    answer = bring(live, body, expect=400)
    if body:
        assert answer["errors"][0]["pointer"] == pointer
    assert len(answer["detail"]) > 20


def test_who_may_and_how(live):
    body = file_of([row(1)])
    assert bring(live, body, who="PROVIDER", expect=403)["code"] == "not_an_authority"
    assert bring(live, body, who="PANEL", expect=403)["code"] == "role"
    assert bring(live, body, content_type="application/json", expect=415)["code"] == "content_type"
    bring(live, body, mode="some", expect=400)
    bring(live, body, mode="all", key="not a uuid", expect=400)
    bring(live, file_of([row(n) for n in range(10001)]), expect=400)


def test_a_thousand_rows_with_a_bad_one_in_both_modes_and_again(live):
    before = count(live)
    rows = [row(n, weekly="none" if n == 500 else "1420.00") for n in range(1000)]
    answer = bring(live, file_of(rows), expect=409)
    assert answer["errors"][0]["pointer"] == "/502/weekly" and "1 of 1000" in answer["detail"]
    assert count(live) == before

    key = uuid.uuid4()
    answer = bring(live, file_of(rows), mode="good", key=key)
    assert (answer["placed"], answer["refused"], len(answer["items"])) == (999, 1, 1000)
    assert refusal(answer, 502)[1] == "/weekly"
    assert count(live) == before + 999

    assert bring(live, file_of(rows), mode="good", key=key) == answer
    assert count(live) == before + 999

    # put right, the same file goes in whole, and nothing twice
    rows[500] = row(500, external_reference=rows[500]["external_reference"])
    whole = bring(live, file_of(rows), key=key)
    assert (whole["placed"], whole["refused"]) == (1000, 0)
    assert {i["placement"] for i in answer["items"] if "placement" in i} < {i["placement"] for i in whole["items"]}
    assert count(live) == before + 1000

    # another row in the place of one that is in is no repeat
    rows[7] = {**rows[7], "weekly": "1"}
    changed = bring(live, file_of(rows), mode="good", key=key)
    assert (changed["placed"], refusal(changed, 9)[0]) == (999, "idempotency_key_reused")
    assert count(live) == before + 1000


def test_ten_thousand_rows_go_in_within_a_minute(live):
    before = count(live)
    body = file_of([row(n) for n in range(10000)])
    started = time.monotonic()
    answer = bring(live, body)
    took = time.monotonic() - started
    print(f"10,000 rows of {len(body)} bytes in {took:.1f} s")
    assert (answer["placed"], answer["refused"]) == (10000, 0)
    assert count(live) == before + 10000
    assert took < 55
    again = bring(live, body, key=uuid.uuid4(), mode="good")
    assert (again["placed"], again["refused"]) == (0, 10000) and count(live) == before + 10000


def test_what_is_in_already_is_not_brought_in_again_whenever_that_was(live):
    body = file_of([row(1), row(2), row(3, team="Older people, north")])
    [one, two, three] = bring(live, body)["items"]
    assert live.client("OFFICER").placement(three["placement"])["team"] == "Older people, north"
    assert "team" not in live.client("PROVIDER").placement(three["placement"])
    live.cluster.psql("delete from idempotency", live.database)  # as after a day
    before = count(live)
    answer = bring(live, body, expect=409)
    assert [error["pointer"] for error in answer["errors"]] == [f"/{n}/external_reference" for n in (2, 3, 4)]
    assert one["reference"] in answer["errors"][0]["detail"]
    twice = row(9)
    answer = bring(live, body + file_of([twice, twice]).split(b"\r\n", 1)[1], mode="good")
    assert (answer["placed"], answer["refused"]) == (1, 4) and count(live) == before + 1
    there = answer["items"][1]
    assert (there["code"], there["placement"], there["reference"]) == ("already_there", two["placement"], two["reference"])
    assert refusal(answer, 6)[0] == "already_there" and "Row 5 has the same one" in refusal(answer, 6)[2]
    assert live.client("OFFICER").placement(one["placement"])["external_reference"].startswith("X-")
    assert "external_reference" not in live.client("PROVIDER").placement(one["placement"])


def run_cli(house, binary, path, *options, code=0):
    program = os.path.join(os.path.dirname(os.path.realpath(binary)), "concordat")
    env = {**os.environ, "CONCORDAT_SERVER": house.daemon.base_url, "CONCORDAT_TOKEN": house.tokens["OFFICER"]}
    done = subprocess.run([program, "placement", "import", path, *options], env=env, capture_output=True, text=True,
                          check=False, timeout=120)
    assert done.returncode == code, done.stderr
    return done.stderr if code else done.stdout


def test_the_command_line_brings_a_file_in_once(live, binary, tmp_path):
    path = tmp_path / "caseload.csv"
    rows = [row(n, weekly="none" if n == 5 else "1420.00") for n in range(2000)]
    path.write_bytes(file_of(rows))
    before = count(live)
    said = run_cli(live, binary, str(path), code=1)
    assert "1 of 2000 rows were refused" in said and "row 7, weekly: " in said
    assert count(live) == before
    said = run_cli(live, binary, str(path), "--mode", "good")
    assert said.startswith("1999 of 2000 rows are in. Refused: 1.\n    row 7, weekly: ")
    assert json.loads(run_cli(live, binary, str(path), "--mode", "good", "--json"))["placed"] == 1999
    assert count(live) == before + 1999
    assert "Give one of: all, good" in run_cli(live, binary, str(path), "--mode", "some", code=1)
    path.write_bytes(b"")
    assert "The file is empty" in run_cli(live, binary, str(path), code=1)


def test_a_daemon_that_dies_in_the_middle_leaves_whole_rows_and_the_same_call_completes_them(make_house, entered, sink):
    house = make_house(sink)
    house.start_as(entered)
    try:
        key, body = uuid.uuid4(), file_of([row(n) for n in range(1200)])
        house.client("OFFICER").get("/v1/placements")
        broken = threading.Thread(target=lambda: pytest.raises(OSError, bring, house, body, key=key))
        broken.start()
        deadline = time.monotonic() + 30
        while not count(house):
            assert time.monotonic() < deadline, "nothing was brought in"
        house.daemon.kill9()
        broken.join(30)
        written = count(house)
        assert 0 < written < 1200
        halves = house.cluster.psql("select count(*) from (select stream_id from fact group by 1 having count(*) <> 2) h",
                                    house.database)
        assert halves[0][0] == "0"
        house.daemon.start()
        house.clients.clear()
        answer = bring(house, body, key=key)
        assert (answer["placed"], answer["refused"]) == (1200, 0)
        assert count(house) == 1200
        house.wait_quiet()
        [mail] = [mail for mail in house.sink.messages if "1200 placements" in mail.subject]
        assert mail.text.count("PL-") == 1200
        house.stop()
    finally:
        house.daemon.kill9()
        house.cluster.drop_database(house.database)


def test_names_are_nowhere_but_sealed(live):
    bring(live, file_of([row(1, person_name="Walpurga Numbfish")]))
    answer = bring(live, file_of([row(1, person_name="Walpurga Numbfish", home="1-9")]), expect=409)
    assert "Walpurga" not in str(answer)
    assert live.daemon.lines and "Walpurga" not in live.daemon.log_tail(10 ** 6)
    for table in ("fact", "placement", "delivery"):
        found = live.cluster.psql(f"select count(*) from {table} t where t::text like '%Walpurga%'", live.database)
        assert found[0][0] == "0"
