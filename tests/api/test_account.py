"""Money by date: what each payer pays for each night, as known on any day, the same to both sides."""

import csv
import io
import json

import pytest

from support.house import london, money
from support.journey import line
from test_person import enter, represent

FUNDING = [{"funder": "person", "weekly": money(15000)}, {"funder": "authority"}]


def account(case, who="OFFICER", expect=200, **query):
    return case.house.client(who).get(f"/v1/placements/{case.id}/account", expect, **query)


def statement(house, who, day, last, **query):
    return house.client(who).get("/v1/statements", **{"from": day, "to": last, **query})


def pence(of, name):
    return of[name]["amount"] if name in of else None


def parts(of, name):
    return {row["funder"]: row[name]["amount"] for row in of["by_payer"] if name in row}


def rows(answer):
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8; header=present"
    return list(csv.DictReader(io.StringIO(answer.text, newline="")))


def enter_interim(case, weekly, day):
    """By the officer, and what the provider said on the telephone on its behalf."""
    terms = {"weekly": money(weekly), "basis": "subject_to_adjustment", "from": day}
    case.move("OFFICER", "agree_interim_terms", **terms)
    return case.move("OFFICER", "agree_interim_terms", on_behalf_of="provider", occurred_at="2026-08-28T15:00:00+01:00",
                     evidence={"reference": "Call of 28 August"}, **terms)


@pytest.fixture
def discharged(rehearsal):
    """He moves in on a Friday on interim terms of 1,100.00; 1,064.00 is signed two weeks later, from the first day."""
    house = rehearsal("2026-08-27 10:00")
    case = house.journey("inviting", start="2026-08-28")
    house.go_to(london("2026-09-01 10:00"))
    enter_interim(case, 110000, "2026-08-28")
    case.move("OFFICER", "confirm_start", started="2026-08-28")
    house.go_to(london("2026-09-09 10:00"))
    case.offer("PROVIDER", "1064.00")
    case.accept("OFFICER")
    house.go_to(london("2026-09-11 10:00"))
    case._to_in_force()
    return case


def test_interim_terms_are_paid_until_what_is_signed_puts_it_right(discharged):
    case = discharged
    case.expect_due("dispute_entry", "2026-09-08T16:00:00Z", owed_by="provider", state="lapsed")
    assert {o["state"] for o in case.see()["obligations"] if o["duty"] == "signed_terms"} == {"met"}
    facts = case.house.client("PROVIDER").get(f"/v1/placements/{case.id}/facts", limit=200).json["items"]
    signed = [fact for fact in facts if fact["kind"] == "signed"][-1]["data"]
    assert (pence(signed, "difference"), signed["nights"]) == (-7200, 14)
    assert signed["differences"] == [{"funder": "authority", "amount": money(-7200)}]

    now = account(case).json
    assert (now["nights"], pence(now, "due")) == (14, 212800)
    assert pence(now, "charged") + pence(now, "adjusted") == pence(now, "due")
    [period] = now["periods"]
    assert (period["from"], period["to"], period["agreement"], pence(period, "weekly")) == ("2026-08-28", "2026-09-10", 1, 106400)
    assert [(a["nights"], pence(a, "difference"), a["known_on"]) for a in now["adjustments"]] == [
        (4, 62857, "2026-09-01"), (14, -7200, "2026-09-11")]
    then = account(case, as_known_on="2026-09-10").json
    assert [(p["from"], p["to"], pence(p, "weekly")) for p in then["periods"]] == [("2026-08-28", "2026-09-09", 110000)]
    assert account(case, as_known_on="2026-08-31").json["periods"] == []


def test_both_sides_see_the_same_account_and_nobody_else_sees_any(discharged):
    case = discharged
    council, home = account(case).json, account(case, "PROVIDER").json
    for one in (council, home):
        for row in one["periods"] + one["adjustments"]:
            for number in ("entry", "funding_entry"):
                row.pop(number, None)
    assert council == home
    account(case, "PROVIDER2", 404)
    account(case, "OFFICER2", 404)
    assert account(case, "AUDITOR").json["due"] == council["due"]


def test_the_placement_shows_the_fee_today_and_the_one_to_come(discharged):
    case = discharged
    case.house.go_to(london("2026-09-14 10:00"))
    case.move("PROVIDER", "propose_variation", terms={
        "lines": [line("core", "week", "1", "1000.00")], "outcomes": [{"key": "swimming"}], "start": "2026-10-05"})
    case.accept("OFFICER")
    case.sign("SIGNATORY")
    case.sign("PROVIDER")
    for who in ("OFFICER", "PROVIDER"):
        see = case.see(who)
        assert (pence(see["fee"], "weekly"), see["fee"]["away"]) == (106400, False)
        assert parts(see["fee"], "weekly") == {"authority": 106400}
        assert (see["fee_to_come"]["from"], pence(see["fee_to_come"], "weekly")) == ("2026-10-05", 100000)
        assert [(one["side"], one["agreed"]) for one in see["interim_terms"]] == [("commissioner", True)]


def test_other_payers_and_nights_away_are_put_right_to_the_penny(discharged):
    case, house = discharged, discharged.house
    house.go_to(london("2026-09-18 10:00"))
    case.refused("OFFICER", "change_funding", "funding_fits", pointer="/funding/0", **{"from": "2026-09-04"}, funding=[
        {"funder": "third_party", "weekly": money(106401)}, {"funder": "authority"}])
    case.move("OFFICER", "change_funding", **{"from": "2026-09-04"}, funding=[
        {"funder": "third_party", "weekly": money(7000)}, {"funder": "person", "share": "25"}, {"funder": "authority"}])
    [changed] = [a for a in account(case).json["adjustments"] if pence(a, "difference") == 0]
    assert changed["nights"] == 14
    assert parts(changed, "difference") == {"authority": -67200, "person": 53200, "third_party": 14000}
    fee = case.see("PROVIDER")["fee"]
    assert [row["funder"] for row in fee["by_payer"] if row.get("stands_behind")] == ["third_party"]
    case.move("OFFICER", "sign_top_up", signed_on="2026-09-17", reference="TU-1", weekly=money(7000))
    assert not any(row.get("stands_behind") for row in case.see("PROVIDER")["fee"]["by_payer"])

    case.move("PROVIDER", "record_absence", kind="hospital", **{"from": "2026-09-16"}, held="80")
    case.refused("OFFICER", "record_absence", "absence_sound", pointer="/from", kind="holiday", **{"from": "2026-09-20"})
    house.go_to(london("2026-09-24 10:00"))
    case.move("OFFICER", "end_absence", to="2026-09-22")
    away = [p for p in account(case).json["periods"] if "absence_entry" in p]
    assert [(p["from"], p["to"], pence(p, "weekly"), pence(p, "due")) for p in away] == [
        ("2026-09-16", "2026-09-22", 85120, 85120)]
    whole = account(case).json
    for name in ("authority", "person", "third_party"):
        assert parts(whole, "charged").get(name, 0) + parts(whole, "adjusted").get(name, 0) == parts(whole, "due")[name]


def test_a_range_may_be_cut_and_comes_to_the_same(discharged):
    whole = account(discharged, **{"from": "2026-08-28", "to": "2026-09-10"}).json
    first = account(discharged, **{"from": "2026-08-28", "to": "2026-08-30"}).json
    second = account(discharged, **{"from": "2026-08-31", "to": "2026-09-10"}).json
    for name in ("charged", "adjusted", "due"):
        assert pence(first, name) + pence(second, name) == pence(whole, name)


@pytest.mark.parametrize("query, pointer", [
    ({"from": "soon"}, "/from"), ({"to": "2026-08-27", "from": "2026-08-28"}, "/to"), ({"as_known_on": "2027-01-01"}, "/as_known_on"),
])
def test_a_range_that_is_none_is_refused(discharged, query, pointer):
    assert account(discharged, expect=400, **query).json["errors"][0]["pointer"] == pointer


def test_the_account_as_lines(discharged):
    answer = account(discharged, headers={"Accept": "text/csv"})
    assert "account.csv" in answer.headers["Content-Disposition"]
    told = rows(answer)
    assert [(r["list"], r["nights"], r["payer"], r["weekly"], r["amount"]) for r in told] == [
        ("due", "14", "authority", "1064.00", "2128.00"),
        ("adjustment", "4", "authority", "", "628.57"), ("adjustment", "14", "authority", "", "-72.00")]


def test_statements_in_a_row_come_to_the_account(discharged):
    house = discharged.house
    house.go_to(london("2026-10-01 10:00"))
    august = statement(house, "PROVIDER", "2026-08-01", "2026-08-31").json["items"]
    [september] = statement(house, "PROVIDER", "2026-09-01", "2026-09-30").json["items"]
    assert august == []  # nothing was known of it then
    whole = account(discharged, "PROVIDER", to="2026-09-30").json
    assert pence(september, "due") == pence(whole, "due")
    assert pence(september, "adjusted") == 62857 - 7200
    assert (september["authority_name"], september["reference"]) == ("Northfold Council", discharged.reference)
    assert statement(house, "OFFICER", "2026-09-01", "2026-09-30").json["items"] == [september]
    for who in ("PROVIDER2", "OFFICER2", "MEDIATOR"):
        assert statement(house, who, "2026-09-01", "2026-09-30").json["items"] == []


def test_a_statement_is_paged_by_home_and_may_be_lines(rehearsal):
    house = rehearsal("2026-04-13 10:00")
    cases = [house.journey("in_force", start="2026-04-13") for _ in range(3)]
    cases.append(house.southmere("in_force", start="2026-04-13"))
    for case in cases:
        case.move("PROVIDER", "confirm_start", started="2026-04-13")
    house.go_to(london("2026-04-27 10:00"))
    day, last = "2026-04-13", "2026-04-26"
    items, query = [], {"limit": 2}
    while query:
        page = statement(house, "PROVIDER", day, last, **query).json
        items += page["items"]
        query = {"limit": 2, "after": page["next"]} if page["next"] else None
    assert {row["placement"] for row in items} == {case.id for case in cases}
    assert all((row["nights"], pence(row, "due")) == (14, 320000) for row in items)
    assert {row["authority_name"] for row in items} == {"Northfold Council", "Southmere Council"}
    answer = statement(house, "PROVIDER", day, last, limit=3, headers={"Accept": "text/csv"})
    assert len(rows(answer)) == 3 and 'rel="next"' in answer.headers["Link"]
    assert {(r["payer"], r["nights"], r["due"]) for r in rows(answer)} == {("authority", "14", "3200.00")}
    assert len(statement(house, "PROVIDER", day, last, home=house.homes["Larch House"]).json["items"]) == 4
    assert statement(house, "PROVIDER", day, last, home=house.homes["Alder Grove"]).json["items"] == []
    for query, pointer in (({"from": day}, "/to"), ({"to": last}, "/from"), ({"from": last, "to": day}, "/to")):
        problem = house.client("PROVIDER").get("/v1/statements", 400, **query).json
        assert problem["errors"][0]["pointer"] == pointer


def test_who_represents_the_person_sees_the_persons_part_alone(discharged):
    case, house = discharged, discharged.house
    enter(house)
    represent(house, case)
    case.move("OFFICER", "change_funding", **{"from": "2026-08-28"}, funding=FUNDING)
    mine = account(case, "DAUGHTER").json
    assert parts(mine, "due") == {"person": 30000}
    assert [parts(p, "weekly") for p in mine["periods"]] == [{"person": 15000}]
    whole = json.dumps(mine) + json.dumps(case.see("DAUGHTER")["fee"])
    assert "authority" not in whole and "106400" not in whole and "212800" not in whole
    assert parts(case.see("DAUGHTER")["fee"], "weekly") == {"person": 15000}
    assert statement(house, "DAUGHTER", "2026-09-01", "2026-09-30").json["items"] == []
