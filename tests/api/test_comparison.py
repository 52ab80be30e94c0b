"""One guide price beside another, or beside an offer: what moved it, the same for both sides, and nobody else's."""

import re
import uuid

import pytest

from support.house import money
from support.journey import INPUTS, MODEL, line, terms

COUNCIL = ["OFFICER", "PANEL", "SIGNATORY", "MANAGER", "AUDITOR", "COUNCIL_ADMIN"]
LARCH = ["PROVIDER", "PROVIDER_ADMIN", "PROVIDER_SIGNATORY"]
STRANGERS = ["PROVIDER2", "OFFICER2", "AUDITOR2", "ADMIN", "MEDIATOR"]
FURTHER = {**INPUTS, "miles": "60"}
NOTE = "A guide price is a starting point and not a conclusion."
HOURLY = {
    "id": "visiting", "version": "1", "title": "Visits", "price_unit": "hour", "effective_from": "2020-01-01",
    "illustrative": True, "rounding": "penny_nearest", "range_is": "total_of_runs",
    "inputs": [{"key": "hours_a_week", "label": "Hours a week", "unit": "hour", "least": "0", "most": "168",
                "default": "10"}],
    "assumptions": [
        {"key": "wage", "label": "Wage", "unit": "pound", "low": "13", "mid": "14", "high": "15", "source": "ours"},
        {"key": "rent_figure", "label": "Rent", "unit": "pound", "value": "4", "source": "ours"}],
    "lines": [
        {"key": "pay", "label": "Pay", "group": "staff", "kind": "amount", "value": "wage", "source": "ours"},
        {"key": "rent", "label": "Rent", "group": "premises", "kind": "amount", "value": "rent_figure",
         "counts": "outside", "source": "ours"}],
}


def path_of(case, number=1, rest=""):
    return f"/v1/placements/{case.id}/calculations/{number}{rest}"


def compared(case, who, query, number=1, expect=200):
    return case.house.client(who).get(path_of(case, number, f"/comparison?{query}"), expect)


def pence(amount):
    return amount["amount"]


def parts(answer):
    return [pence(answer[name]) for name in ("by_inputs", "by_rates", "by_model")]


@pytest.fixture(scope="module")
def twice(live):
    """Calculated twice, by other inputs, and an offer made."""
    case = live.journey("preparing")
    case.move("OFFICER", "calculate", **MODEL, inputs=FURTHER)
    for name in ("with_panel", "approved", "inviting", "negotiating"):
        getattr(case, "_to_" + name)()
    return case


@pytest.fixture(scope="module")
def newer(live):
    """A version of the same model whose wage and return are others."""
    client = live.client("ADMIN")
    document = client.get(f"/v1/cost-models/{MODEL['model']}/{MODEL['version']}").json
    document["version"] = "0.1-higher"
    wage = next(a for a in document["assumptions"] if a["key"] == "living_wage")
    wage["value"] = "13.50"
    client.post("/v1/cost-models", document, 201)
    return {"model": MODEL["model"], "version": document["version"]}


# -- One calculation

def test_a_calculation_is_shown_as_recorded_and_run_again(twice):
    seen = {who: twice.house.client(who).get(path_of(twice)).json for who in ("OFFICER", "PROVIDER")}
    answer = seen["OFFICER"]
    assert answer["same"] is True and answer["calculation"] == 1 and answer["note"] == NOTE
    assert answer["inputs"] == {key: f"{float(value):.2f}" for key, value in INPUTS.items()}
    assert [row["key"] for row in answer["workings"]] == [row["key"] for row in answer["lines"]]
    assert all(row["working"] and row["source"] for row in answer["workings"])
    assert set(answer.get("defaulted", {})).isdisjoint(INPUTS)
    kinds = twice.fact_kinds()
    assert kinds[answer["entry"] - 1] == "calculated"
    for each in seen.values():
        del each["entry"]
    assert seen["OFFICER"] == seen["PROVIDER"]


@pytest.mark.parametrize("who", COUNCIL + LARCH)
def test_all_of_both_sides_may_ask(twice, who):
    for number in (1, 2):
        assert twice.house.client(who).get(path_of(twice, number)).json["same"] is True
        assert compared(twice, who, "calculation=2", number).json["summary"]
        assert compared(twice, who, "offer=1", number).json["lines"]


def test_what_is_not_there_is_not_found(twice):
    client = twice.house.client("OFFICER")
    for number in ("0", "3", "01", "-1", "1.0", "x", "99999999999", "+1"):
        client.get(path_of(twice, number), 404)
        client.get(path_of(twice, number, "/comparison?calculation=1"), 404)


def test_a_number_that_does_not_fit_is_named(twice):
    for query, parameter in (("", "calculation"), ("calculation=1&offer=1", "calculation"),
                             ("calculation=0", "calculation"), ("calculation=x", "calculation"), ("calculation=-1", "calculation"),
                             ("offer=01", "offer"), ("offer=", "offer"), ("offer=1&thread=0", "thread"),
                             ("calculation=2&thread=1", "thread"), ("thread=1", "calculation")):
        problem = compared(twice, "OFFICER", query, expect=400).json
        assert (problem["code"], problem["errors"][0]["pointer"]) == ("query", f"/{parameter}"), query
    for query in ("calculation=3", "offer=2", "offer=1&thread=2", "offer=1&thread=99999"):
        assert compared(twice, "OFFICER", query, expect=404).code == "not_found"


# -- Beside another

def test_other_inputs_moved_the_price(twice):
    answer = compared(twice, "OFFICER", "calculation=2").json
    assert answer["before"] == {"calculation": 1, **MODEL} and answer["after"] == {"calculation": 2, **MODEL}
    assert answer["same_version"] is True and answer["note"] == NOTE
    difference = pence(answer["difference"])
    assert difference > 0 and parts(answer) == [difference, 0, 0]
    assert [(row["key"], row["before"], row["after"]) for row in answer["inputs"]] == [("miles", "30.00", "60.00")]
    assert "rates" not in answer
    moved = [row for row in answer["lines"] if row["difference"] != "0.00"]
    # A line is moved by what it is made of; a percentage of the price by its percentage only.
    assert [row["key"] for row in moved if "moved_by" in row]
    assert all([by["key"] for by in row["moved_by"]] == ["miles"] for row in moved if "moved_by" in row)
    assert answer["summary"] == f"The weekly mid price rises by £{difference / 100:.2f}, all of it from the inputs."
    back = compared(twice, "OFFICER", "calculation=1", 2).json
    assert pence(back["difference"]) == -difference


def test_a_calculation_beside_itself_has_not_moved(twice):
    answer = compared(twice, "PROVIDER", "calculation=1").json
    assert pence(answer["difference"]) == 0 and parts(answer) == [0, 0, 0]
    assert {row["difference"] for row in answer["lines"]} == {"0.00"}


def test_both_sides_get_the_same_bytes(twice):
    for query in ("calculation=2", "calculation=1", "offer=1"):
        assert len({compared(twice, who, query).body for who in COUNCIL + LARCH}) == 1


def test_a_newer_version_is_told_apart_from_the_inputs(live, newer):
    case = live.journey("preparing")
    case.move("OFFICER", "calculate", **newer, inputs=FURTHER)
    answer = compared(case, "OFFICER", "calculation=2").json
    assert "same_version" not in answer
    by_inputs, by_rates, by_model = parts(answer)
    assert by_inputs > 0 and by_rates > 0 and by_model == 0
    assert by_inputs + by_rates == pence(answer["difference"])
    assert [(row["key"], row["before"], row["after"]) for row in answer["rates"]] == [("living_wage", "12.71", "13.50")]
    assert re.fullmatch(r"The weekly mid price rises by £[\d.]+: £[\d.]+ from the inputs, £[\d.]+ from the rates\.",
                        answer["summary"])
    # An old calculation is what it was, whatever was loaded since.
    assert live.client("OFFICER").get(path_of(case)).json["same"] is True


# -- Beside an offer

def test_an_offer_stands_beside_the_guide_line_by_line(live):
    case = live.journey("inviting")
    guide = live.client("OFFICER").get(path_of(case)).json
    first = next(row for row in guide["workings"] if row.get("in_fee"))
    case.move("PROVIDER", "make_offer", terms={**terms(start=case.start), "lines": [
        line("extra", "week", "1", "25.00"), line(first["key"], "week", "1", first["mid"])]})
    answer = compared(case, "PROVIDER", "offer=1").json
    assert (answer["guide"], answer["provider"], answer["offer"]) == (
        {"calculation": 1, **MODEL}, live.organisations["larch"], 1)
    rows = answer["lines"]
    assert [row["key"] for row in rows[:2]] == ["extra", first["key"]]
    assert rows[0]["beside"] == "no_guide" and "guide_mid" not in rows[0] and pence(rows[0]["to_mid"]) == 2500
    assert rows[1]["beside"] == "within" and pence(rows[1]["to_mid"]) == 0
    in_fee = [row["key"] for row in guide["workings"] if row.get("in_fee")]
    assert {row["key"] for row in rows[1:]} == set(in_fee) and len(rows) == 1 + len(in_fee)
    assert all("offered" not in row for row in rows[2:])
    assert (answer["guide_mid"], answer["guide_low"]) == (guide["weekly_mid"], guide["weekly_low"])
    assert pence(answer["to_mid"]) == pence(answer["offered"]) - pence(answer["guide_mid"])
    assert answer["beside"] == "below"
    assert abs(sum(pence(row["to_mid"]) for row in rows) - pence(answer["to_mid"])) <= len(rows)


def test_an_hourly_guide_is_made_weekly(live):
    live.client("ADMIN").post("/v1/cost-models", HOURLY, 201)
    case = live.journey("preparing")
    asked = {"model": HOURLY["id"], "version": HOURLY["version"]}
    case.move("OFFICER", "calculate", **asked, inputs={})
    case.move("OFFICER", "calculate", **asked, inputs={"hours_a_week": "20"})
    for name in ("with_panel", "approved", "inviting"):
        getattr(case, "_to_" + name)()
    case.move("PROVIDER", "make_offer", terms={**terms(start=case.start), "lines": [line("pay", "week", "1", "290.00")]})
    for number, hours in ((2, 10), (3, 20)):
        answer = compared(case, "PROVIDER", "offer=1", number).json
        assert [row["key"] for row in answer["lines"]] == ["pay"], "rent is outside the fee"
        assert pence(answer["lines"][0]["guide_mid"]) == pence(answer["guide_mid"]) == 1400 * hours
        assert answer["beside"] == ("above" if hours == 10 else "within")
    problem = compared(case, "OFFICER", "calculation=2", expect=400).json
    assert problem["errors"][0]["pointer"] == "/calculation" and "hour" in problem["detail"]


# -- Who may

@pytest.mark.parametrize("who", STRANGERS)
def test_a_stranger_finds_nothing(twice, who):
    client, nowhere = twice.house.client(who), str(uuid.uuid4())
    for rest in ("", "/comparison?calculation=2", "/comparison?offer=1", "/comparison?offer=1&thread=1", "/comparison",
                 "/comparison?offer=x"):
        here = client.get(path_of(twice, 1, rest), 404)
        there = client.get(path_of(twice, 1, rest).replace(twice.id, nowhere), 404)
        assert here.text.replace(here.headers["X-Request-Id"], "") == there.text.replace(there.headers["X-Request-Id"], "")


def test_a_rival_sees_neither_the_others_offers_nor_what_came_later(live):
    case = live.journey("inviting")
    case.move("PROVIDER", "decline", reason="price")
    case.move("OFFICER", "calculate", **MODEL, inputs=FURTHER)
    case.invite("alder", "Alder Grove")
    case.offer("PROVIDER2", "1500.00")
    case.offer("OFFICER", "1450.00")
    # The newest strand to the commissioner, one's own to a provider.
    theirs = compared(case, "OFFICER", "offer=2").json
    assert (theirs["provider"], theirs["offered"]) == (live.organisations["alder"], money(145000))
    assert compared(case, "PROVIDER2", "offer=2").json == compared(case, "OFFICER", "offer=2&thread=2").json == theirs
    # which is the second to the commissioner, and to the provider its first
    assert compared(case, "PROVIDER2", "offer=2&thread=1").json == theirs
    assert compared(case, "PROVIDER2", "calculation=2").body == compared(case, "OFFICER", "calculation=2").body
    # And nobody another's; an ended strand does not hear what was calculated since.
    for query in ("offer=1", "offer=2", "offer=1&thread=2", "offer=1&thread=1", "offer=1&thread=3", "calculation=2"):
        nothing = compared(case, "PROVIDER", query, expect=404)
        assert nothing.code == "not_found" and "1500" not in nothing.text
    compared(case, "PROVIDER2", "offer=1&thread=2", expect=404)
    live.client("PROVIDER").get(path_of(case, 2), 404)
    assert live.client("PROVIDER").get(path_of(case, 1)).json["same"] is True
    assert live.client("PROVIDER2").get(path_of(case, 2)).json["same"] is True
    # An offer that another has answered is still there.
    assert compared(case, "PROVIDER2", "offer=1").json["offered"] == money(150000)


def test_it_takes_a_sign_in(live, twice):
    for path in (path_of(twice), path_of(twice, 1, "/comparison?calculation=2")):
        assert live.client("OFFICER").request("GET", path, headers={"Authorization": None}).status == 401


# -- What if

def what_if(live, before, after, expect=200, who="PROVIDER"):
    return live.client(who).post("/v1/cost-models/compare", {"before": before, "after": after}, expect).json


def test_anybody_may_compare_what_is_kept_nowhere(live, newer, twice):
    before, after = {**MODEL, "inputs": INPUTS}, {**MODEL, "inputs": FURTHER}
    answer = what_if(live, before, after)
    assert answer["note"] == NOTE
    stored = compared(twice, "PROVIDER", "calculation=2").json
    assert {key: value for key, value in stored.items() if key not in ("before", "after")} == answer
    assert what_if(live, before, after, who="OFFICER2") == answer
    assert parts(what_if(live, before, {**newer, "inputs": INPUTS}))[1] > 0


def test_an_unknown_model_is_named(live):
    known = {**MODEL, "inputs": INPUTS}
    for before, after, pointer in ((known, {**known, "version": "99"}, "/after/model"),
                                   ({**known, "model": "none"}, known, "/before/model")):
        problem = what_if(live, before, after, 404)
        assert (problem["code"], problem["errors"][0]["pointer"]) == ("cost_model_known", pointer)


def test_what_does_not_fit_is_named(live):
    known = {**MODEL, "inputs": INPUTS}
    hourly = {"model": "home-care-margin", "version": "2014-02", "inputs": {}}
    for before, after, pointer in (
            (known, {**known, "inputs": {**INPUTS, "bananas": "1"}}, "/after/inputs/bananas"),
            ({**known, "inputs": {**INPUTS, "residents": "0"}}, known, "/before/inputs/residents"),
            ({**known, "inputs": {"residents": "8", "hours": "many"}}, known, "/before/inputs/hours"),
            (known, {"model": "x", "inputs": {}}, "/after/version"),
            (known, hourly, "/after/model")):
        problem = what_if(live, before, after, 400)
        assert [error["pointer"] for error in problem["errors"]] == [pointer], problem
    live.client("OFFICER").post("/v1/cost-models/compare", {"before": known}, 400)
    live.client("OFFICER").get("/v1/cost-models/compare", 405)
