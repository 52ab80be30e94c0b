"""Who pays a share of the fee: what it is shown of a placement, what it does in it, and until when it takes part."""

import json
import uuid

import pytest

from support.house import london, money
from support.journey import PERSONAL_WORDS, terms
from test_attachments import read, upload

START = "2026-05-18"
PERSON, NHS, TOP_UP = 14317, 23519, 9173
PAYERS = {"BOARD": "nhs", "BROTHER": "third_party"}


def enter_payers(house):
    house._organisation("board", kind="authority", name="Wold Integrated Care Board", email="funding@wold.example",
                        division="england-and-wales", panel_weekday=2, panel_threshold=money(0))
    house._organisation("brother", kind="representative", name="The Reyes family", email="abel@family.example")
    house._people({"BOARD": ("board", "Wilma Stone", ["case_officer", "signatory"]),
                   "BROTHER": ("brother", "Abel Reyes", ["representative"])})


def shared(house, nhs=NHS, board="board", brother="brother"):
    """The person, the NHS, a third party and the council; whose part it is, where it is an organisation's."""
    named = {key: {"organisation": house.organisations[key]} for key in (board, brother) if key}
    return [{"funder": "person", "weekly": money(PERSON)},
            {"funder": "nhs", "weekly": money(nhs), **named.get(board, {})},
            {"funder": "third_party", "weekly": money(TOP_UP), **named.get(brother, {})},
            {"funder": "authority"}]


def change(house, case, day, **who):
    return case.move("OFFICER", "change_funding", **{"from": day, "reference": "referencejerboa"},
                     funding=shared(house, **who))


def paths(case):
    return [f"/v1/placements/{case.id}", f"/v1/placements/{case.id}/account",
            f"/v1/placements/{case.id}/account?as_known_on=2026-06-15"]


def statement(house, who, csv=False):
    headers = {"headers": {"Accept": "text/csv"}} if csv else {}
    return house.client(who).get("/v1/statements", **{"from": START, "to": "2026-07-05"}, **headers)


def everything(house, case, who):
    """All that this party can be sent, as one text of JSON."""
    client = house.client(who)
    said = [client.get(path).json for path in paths(case)]
    said.append(list(client.pages(f"/v1/placements/{case.id}/facts")))
    for path in ("/v1/placements", "/v1/deliveries", "/v1/organisations", "/v1/homes", "/v1/reviews"):
        said.append(list(client.pages(path)))
    for query in ("owed=by_me&state=all", "owed=to_me&state=all"):
        said.append(client.get(f"/v1/obligations?{query}").json)
    said.append(client.get("/v1/reports/timescales").json)
    said.append(statement(house, who).json)
    return said


def amounts(of):
    """Every sum of money in it, but nothing."""
    if isinstance(of, dict):
        found = {of["amount"]} if "amount" in of else set()
        return found.union(*(amounts(value) for value in of.values())) - {0}
    return set().union(*(amounts(value) for value in of)) - {0} if isinstance(of, list) else set()


def parts_of(of, funder):
    """The same of one payer's parts alone."""
    if isinstance(of, dict):
        own = amounts(of) if of.get("funder") == funder else set()
        return own.union(*(parts_of(value, funder) for value in of.values()))
    return set().union(*(parts_of(value, funder) for value in of)) if isinstance(of, list) else set()


@pytest.fixture
def case(rehearsal):
    """1,687.41 a week is signed; care began on 18 May; the payers are known on 15 June, from 1 June."""
    house = rehearsal("2026-04-01 10:00")
    enter_payers(house)
    case = house.journey("inviting", start=START)
    case.offer("PROVIDER", "1687.41")
    case.accept("OFFICER")
    case._to_in_force()
    house.go_to(london("2026-05-19 10:00"))
    case.move("PROVIDER", "confirm_start", started=START)
    house.go_to(london("2026-06-15 10:00"))
    return case


@pytest.fixture
def paid(case):
    change(case.house, case, "2026-06-01")
    case.house.wait_quiet()
    return case


def told(house, who, kind):
    """What it was told of entries of that kind."""
    return [row["body"] for row in house.client(who).pages("/v1/deliveries")
            if row["channel"] == "service" and row["kind"] == kind]


def test_it_takes_part_from_the_change_that_names_it(case):
    house, board = case.house, case.house.client("BOARD")
    for path in paths(case) + [f"/v1/placements/{case.id}/facts"]:
        board.get(path, expect=404)
    assert list(board.pages("/v1/placements")) == []
    change(house, case, "2026-06-01")
    seen = case.see("BOARD")
    assert [party["side"] for party in seen["parties"]] == ["commissioner", "provider", "co_payer"]
    assert seen["shares"] == [{"from": "2026-06-01", "weekly": money(NHS), "top_up_unsigned": False}]
    assert (seen["stage"], seen["started_on"], seen["version"], seen["entries"]) == ("in_force", START, "v2", 2)
    facts = list(board.pages(f"/v1/placements/{case.id}/facts"))
    assert [(fact["kind"], fact["data"]) for fact in facts] == [
        ("start_confirmed", {"started": START}), ("funding_changed", {"from": "2026-06-01"})]
    assert not [fact for fact in facts if {"opens", "closes", "changes", "thread", "round"} & fact.keys()]
    assert board.post("/v1/calendar-feeds", {"scope": "organisation"}, 409).code == "no_dates"  # it has none
    row, = board.pages("/v1/placements")
    assert (row["id"], row["stage"]) == (case.id, "in_force") and not {"weekly", "owner", "provider"} & row.keys()
    names = {row["name"] for row in board.pages("/v1/organisations")}
    assert {"Northfold Council", "Larch House Care"} <= names
    assert "Wold Integrated Care Board" in {row["name"] for row in house.client("OFFICER").pages("/v1/organisations")}


def test_no_figure_of_another_payer_reaches_it_nor_a_word_of_the_persons(paid):
    house = paid.house
    before = paid.see("BOARD")
    paid.move("PROVIDER", "request_review", reason="needs_rose", detail="detailtapir")
    for who in ("OFFICER", "PROVIDER"):
        paid.move(who, "send_message", message="messagekakapo")
    paid.move("BROTHER", "sign_top_up", signed_on="2026-06-15", reference="TU-12", weekly=money(TOP_UP))
    letter = upload(house, "OFFICER").json["id"]
    paid.move("OFFICER", "attach", document=letter, title="titlefossa", co_payer=house.organisations["brother"])
    house.wait_quiet()
    whole = everything(house, paid, "OFFICER") + [house.client("OFFICER").get(
        f"/v1/placements/{paid.id}/rounds/1/comparison").json]
    for who, funder in PAYERS.items():
        said = everything(house, paid, who)
        text = json.dumps(said) + statement(house, who, csv=True).text
        own = parts_of(whole, funder)
        assert amounts(said) and not amounts(said) - own, who
        others = amounts(whole) - own
        assert len(others) > 10 and not [p for p in others if p > 9999 and f"{p // 100}.{p % 100:02}" in text], who
        for word in [*PERSONAL_WORDS, "detailtapir", "messagekakapo", "referencejerboa", "requested_review", "guide",
                     "\"offers\"", "quality"]:
            assert word not in text, (who, word)
        for path in ("rounds/1/comparison", "calculations/1", "obligations/7.1", "obligations/7.1/no-reply",
                     "agreements/1", "agreements/1/record", "agreements/1/proof"):
            house.client(who).get(f"/v1/placements/{paid.id}/{path}", expect=404)
    assert "TU-12" not in json.dumps(everything(house, paid, "BOARD"))
    house.client("BOARD").get(f"/v1/documents/{letter}", expect=404)
    assert read(house, "BROTHER", letter).status == 200
    after = paid.see("BOARD")
    assert (after["version"], after["entries"]) == (before["version"], before["entries"])


def test_its_account_is_its_own_part_to_the_penny(paid):
    house = paid.house
    house.go_to(london("2026-07-06 10:00"))
    whole = house.client("OFFICER").get(f"/v1/placements/{paid.id}/account").json
    own = house.client("BOARD").get(f"/v1/placements/{paid.id}/account").json
    part, = [row for row in whole["by_payer"] if row["funder"] == "nhs"]
    assert own["by_payer"] == [part]
    assert own["due"]["amount"] == own["charged"]["amount"] + own["adjusted"]["amount"] == NHS * 5
    assert [(row["from"], row["to"], row["nights"]) for row in own["periods"]] == [("2026-06-01", "2026-07-05", 35)]
    line, = statement(house, "BOARD").json["items"]
    assert [row["funder"] for row in line["by_payer"]] == ["nhs"] and line["due"] == part["due"]


def test_it_is_told_when_its_share_changes_and_of_arrears_and_of_a_death(paid):
    house = paid.house
    for who in PAYERS:
        body, = told(house, who, "funding_changed")
        assert "It changes what you pay" in body and "nights already past" in body
    change(house, paid, "2026-07-06", nhs=30000)
    house.wait_quiet()
    assert len(told(house, "BROTHER", "funding_changed")) == 1
    bodies = told(house, "BOARD", "funding_changed")
    assert sorted("nights already past" in body for body in bodies) == [False, True]
    paid.move("PROVIDER", "record_death", died_on="2026-06-14", last_paid="2026-06-14", note="notejacana")
    house.wait_quiet()
    for who in PAYERS:
        assert len(told(house, who, "death_recorded")) == 1
        seen = paid.see(who)
        assert (seen["stage"], seen["end_reason"], seen["shares"][-1]["to"]) == ("ended", "died", "2026-06-14")
        assert seen["death"]["died_on"] == "2026-06-14" and "note" not in seen["death"]


def test_it_signs_its_top_up_and_disputes_what_it_sees_and_does_nothing_else(paid):
    house = paid.house
    assert set(house.client("BROTHER").allowed_moves(paid.id)) == {"sign_top_up", "dispute_entry"}
    assert set(house.client("BOARD").allowed_moves(paid.id)) == {"dispute_entry"}
    paid.refused("BROTHER", "sign_top_up", "top_up_there", pointer="/weekly", signed_on="2026-06-15", reference="TU-12",
                 weekly=money(NHS))
    paid.move("BROTHER", "sign_top_up", signed_on="2026-06-15", reference="TU-12", weekly=money(TOP_UP))
    assert paid.see("BROTHER")["shares"][0]["top_up_unsigned"] is False
    for who in ("OFFICER", "PROVIDER"):
        assert [row["reference"] for row in paid.see(who)["top_ups"]] == ["TU-12"]
    assert paid.see("BOARD")["top_ups"] == []
    paid.move("OFFICER", "send_message", message="messagetoher", co_payer=house.organisations["board"])
    assert [row["message"] for row in paid.see("BOARD")["messages"]] == ["messagetoher"]
    paid.move("BOARD", "dispute_entry", entry=2, statement="statementkinkajou")
    for who in ("BOARD", "OFFICER"):
        dispute, = paid.see(who)["disputes"]
        assert (dispute["by"], dispute["statement"]) == ("co_payer", "statementkinkajou")
    for who in ("BROTHER", "PROVIDER"):
        assert paid.see(who)["disputes"] == [] and "messagetoher" not in json.dumps(paid.see(who))
    paid.refused("BOARD", "send_message", "side", pointer="/move", message="x")
    paid.refused("OFFICER", "send_message", "addressee_known", pointer="/co_payer", message="x",
                 co_payer=house.organisations["larch"])


def test_its_part_is_over_after_the_last_night_that_it_pays_for_and_its_account_stays(paid):
    house = paid.house
    change(house, paid, "2026-06-22", board=None)
    assert paid.see("BOARD")["shares"] == [
        {"from": "2026-06-01", "to": "2026-06-21", "weekly": money(NHS), "top_up_unsigned": False}]
    house.go_to(london("2026-07-06 10:00"))
    paid.move("PROVIDER", "record_absence", kind="hospital", **{"from": "2026-07-01", "to": "2026-07-03"}, held="50")
    seen = paid.see("BOARD")
    assert seen["stage"] == "ended" and seen["allowed_moves"] == []
    house.wait_quiet()
    assert not told(house, "BOARD", "absence_recorded") and told(house, "BROTHER", "absence_recorded")
    own = house.client("BOARD").get(f"/v1/placements/{paid.id}/account").json
    assert own["due"]["amount"] == 3 * NHS
    paid.refused("BOARD", "dispute_entry", "pays_no_longer", entry=2, statement="x")


@pytest.mark.parametrize("named", ["larch", "fairhill", "nobody"])
def test_whoever_is_not_here_or_pays_for_no_care_is_not_named(case, named):
    house = case.house
    house.organisations["nobody"] = str(uuid.uuid4())
    case.refused("OFFICER", "change_funding", "does_not_fit", 400, "/funding/1/organisation",
                 **{"from": "2026-06-01"}, funding=shared(house, board=named))
    case.refused("OFFICER", "propose_variation", "does_not_fit", 400, "/terms/funding/1/organisation",
                 terms=terms("1690.00", "2026-07-06", funding=shared(house, board=named)))
    case.refused("OFFICER", "change_funding", "funding_fits", pointer="/funding/0/organisation", **{"from": "2026-06-01"},
                 funding=[{"funder": "person", "weekly": money(PERSON), "organisation": house.organisations["board"]},
                          {"funder": "authority"}])
