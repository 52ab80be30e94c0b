"""Reading: lists and pages, dates explained, cost models, the document of the API, health."""

import json
import re
from pathlib import Path

import pytest

from support.house import five_pm, london, rfc3339
from support.journey import INPUTS, NAME, opening

COUNT = 23


@pytest.fixture(scope="module")
def many(live):
    """Placements at several stages, the same for the council and for Larch."""
    stages = ["inviting", "negotiating", "signing", "in_force"]
    return [live.journey(stages[n % 4] if n else "preparing") for n in range(COUNT)]


# -- Pages

LISTED = [
    ("OFFICER", "/v1/placements", {}),
    ("OFFICER", "/v1/placements", {"sort": "changed"}),
    ("OFFICER", "/v1/placements", {"sort": "due"}),
    ("OFFICER", "/v1/placements", {"stage": "negotiating"}),
    ("OFFICER", "/v1/placements", {"q": "pl-1"}),
    ("PROVIDER", "/v1/placements", {"sort": "due"}),
    ("OFFICER", "/v1/obligations", {}),
    ("OFFICER", "/v1/obligations", {"owed": "to_me"}),
    ("OFFICER", "/v1/obligations", {"state": "all"}),
    ("PROVIDER", "/v1/obligations", {"owed": "by_me", "state": "all"}),
    ("PROVIDER", "/v1/obligations", {"owed": "to_me", "state": "all"}),
    ("OFFICER", "/v1/deliveries", {}),
    ("PROVIDER", "/v1/deliveries", {"state": "delivered"}),
    ("ADMIN", "/v1/organisations", {}),
    ("OFFICER", "/v1/organisations", {"kind": "provider"}),
    ("OFFICER", "/v1/homes", {}),
    ("ADMIN", "/v1/homes", {"q": "house"}),
]


def key_of(row):
    return (row.get("placement"), row["id"])


@pytest.mark.parametrize("who, path, query", LISTED)
@pytest.mark.parametrize("limit", [1, 7, 200])
def test_all_pages_together_hold_everything_once_in_order(live, many, who, path, query, limit):
    live.wait_quiet()
    client = live.client(who)
    if limit == 1 and path == "/v1/deliveries":
        limit = 29
    whole = client.get(path, limit=200, **query).json
    expected = list(whole["items"])
    while whole["next"]:
        whole = client.get(path, limit=200, after=whole["next"], **query).json
        expected += whole["items"]
    assert expected, "nothing to page through"
    pages = []
    after = None
    while True:
        page = client.get(path, limit=limit, **query, **({"after": after} if after else {}))
        assert 1 <= len(page.json["items"]) <= limit
        pages += page.json["items"]
        after = page.json["next"]
        if not after:
            assert page.headers["Link"] is None
            break
        address, relation = re.fullmatch(r"<([^>]+)>; (.*)", page.headers["Link"]).groups()
        assert relation == 'rel="next"'
        assert client.get(address).json == client.get(path, limit=limit, after=after, **query).json
    assert pages == expected
    assert len({key_of(row) for row in pages}) == len(pages)


def test_the_history_comes_in_pages_too(live, many):
    case = many[3]
    client = live.client("OFFICER")
    path = f"/v1/placements/{case.id}/facts"
    facts = list(client.pages(path, limit=3))
    assert facts == client.get(path, limit=200).json["items"]
    assert [fact["kind"] for fact in facts] == case.fact_kinds()
    assert [fact["entry"] for fact in facts] == list(range(1, len(facts) + 1))


def test_what_comes_while_paging_neither_repeats_nor_hides_anything(live, many):
    client = live.client("OFFICER")
    first = client.get("/v1/placements", limit=5).json
    another = live.journey("opened")
    rest = list(client.pages("/v1/placements", limit=5, after=first["next"]))
    seen = [row["id"] for row in first["items"] + rest]
    assert len(seen) == len(set(seen)) and {case.id for case in many} <= set(seen) and another.id in seen


@pytest.mark.parametrize("path", ["/v1/placements", "/v1/obligations", "/v1/deliveries", "/v1/organisations", "/v1/homes"])
@pytest.mark.parametrize("cursor", [
    "x", "", "zz", "0", "00", "ff" * 10, "a" * 2001, "706c6163656d656e74733a", b"placements:reference|x".hex(),
    b"placements:reference|x|y".hex(), b"deliveries|x".hex(), b"obligations:by_me|1|2|3|4".hex(), b"organisations|1|2".hex(),
    b"homes|1|2".hex(), b"obligations:by_me|1".hex(),
])
def test_a_malformed_cursor_is_refused(live, path, cursor):
    answer = live.client("OFFICER").request("GET", f"{path}?after={cursor}")
    assert (answer.status, answer.code) in ((400, "query"), (414, "target_too_long")), answer
    if answer.status == 400:
        assert answer.json["errors"][0]["pointer"] == "/after"


def test_a_cursor_of_another_list_or_sort_is_refused(live, many):
    client = live.client("OFFICER")
    cursor = client.get("/v1/placements", limit=1).json["next"]
    for path in ("/v1/placements?sort=due&", "/v1/obligations?", "/v1/deliveries?", "/v1/organisations?", "/v1/homes?"):
        answer = client.request("GET", f"{path}after={cursor}")
        assert (answer.status, answer.json["errors"][0]["pointer"]) == (400, "/after")
    owed = client.get("/v1/obligations", limit=1).json["next"]
    assert client.request("GET", f"/v1/obligations?owed=to_me&after={owed}").status == 400


@pytest.mark.parametrize("query, pointer", [
    ("limit=0", "/limit"), ("limit=201", "/limit"), ("limit=x", "/limit"), ("limit=", "/limit"), ("limit=-1", "/limit"),
    ("stage=nowhere", "/stage"), ("sort=colour", "/sort"), ("provider=x", "/provider"), ("due=soon", "/due"),
    ("due=2026-02-30", "/due"), ("q=" + "x" * 61, "/q"), ("q=%01", "/q"),
])
def test_a_filter_that_does_not_fit_is_pointed_at(live, query, pointer):
    answer = live.client("OFFICER").get("/v1/placements?" + query, 400)
    assert answer.code == "query"
    assert [error["pointer"] for error in answer.json["errors"]] == [pointer]


# -- What lists say

def test_placements_are_filtered_and_sorted(live, many):
    client = live.client("OFFICER")

    def listed(**query):
        return list(client.pages("/v1/placements", **query))

    mine = {case.id: case for case in many}
    for stage in ("preparing", "inviting", "negotiating", "signing", "in_force"):
        found = {row["id"] for row in listed(stage=stage)}
        assert {case.id for case in many if case.see()["stage"] == stage} <= found
        assert {row["stage"] for row in listed(stage=stage)} == {stage}
    by_reference = [row["reference"] for row in listed() if row["id"] in mine]
    assert by_reference == sorted(by_reference)
    changed = [row["changed_at"] for row in listed(sort="changed")]
    assert changed == sorted(changed, reverse=True)
    due = [row.get("next_due_at") for row in listed(sort="due")]
    dated = [at for at in due if at]
    assert due == sorted(dated) + [None] * (len(due) - len(dated)) and dated
    one = many[5]
    assert [row["id"] for row in listed(q=one.reference.lower())] == [one.id]
    assert listed(q="%") == listed(q="_") == []
    assert {row["provider"] for row in listed(provider=live.organisations["larch"])} == {live.organisations["larch"]}
    assert listed(provider=live.organisations["alder"]) == []
    assert listed(due="2020-01-01") == []
    assert len(listed(due="2031-01-01")) == len(dated)


def test_a_row_says_what_the_placement_says(live, many):
    for who in ("OFFICER", "PROVIDER"):
        rows = {row["id"]: row for row in live.client(who).pages("/v1/placements")}
        for case in many[1:5]:
            seen, row = case.see(who), rows[case.id]
            for name in ("reference", "stage", "version", "care_setting", "urgency", "provider", "home"):
                assert row[name] == seen[name], name
            if seen["stage"] == "in_force":
                assert row["weekly"] == seen["agreements"][-1]["weekly"]
            else:
                assert "weekly" not in row
            assert ("owner" in row) == (who == "OFFICER")


def test_actions_due_are_mine_or_theirs_soonest_first(live, many):
    for who, side, other in (("OFFICER", "commissioner", "provider"), ("PROVIDER", "provider", "commissioner")):
        for owed, sides in (("by_me", {side, "either"}), ("to_me", {other})):
            rows = list(live.client(who).pages("/v1/obligations", owed=owed))
            assert rows and {row["owed_by"] for row in rows} <= sides
            dates = [row["due_at"] for row in rows if "due_at" in row]
            assert dates == sorted(dates)
            assert {row["state"] for row in rows} == {"open"}
            for row in rows[:10]:
                explained = live.client(who).get(row["href"]).json
                assert (explained["duty"], explained["due_at"]) == (row["duty"], row["due_at"])


def test_the_lists_agree_with_the_placements(live, many):
    for who in ("OFFICER", "PROVIDER"):
        listed = {(row["placement"], row["id"]) for owed in ("by_me", "to_me")
                  for row in live.client(who).pages("/v1/obligations", owed=owed)}
        for case in many:
            if who == "PROVIDER" and case is many[0]:
                continue
            seen = {(case.id, o["id"]) for o in case.see(who)["obligations"]
                    if o["state"] == "open" and o["owed_by"] != "time"}
            assert {pair for pair in listed if pair[0] == case.id} == seen, (who, case.see(who)["stage"])


# -- Dates

def explain(house, expect=200, **query):
    return house.client("OFFICER").get("/v1/dates/explain", expect, **query)


WORKED = [
    ("2026-04-02 10:00", "5 working days", "england-and-wales", five_pm("2026-04-13")),
    ("2026-04-02 10:00", "5 working days", "scotland", five_pm("2026-04-10")),
    ("2026-12-23 12:00", "5 working days", "england-and-wales", five_pm("2027-01-04")),
    ("2026-03-27 17:01", "1 working day", "england-and-wales", "2026-03-31T16:00:00Z"),
    ("2026-03-27 17:00", "1 working day", "england-and-wales", "2026-03-30T16:00:00Z"),
    ("2025-11-30 00:00", "3 months", "england-and-wales", None),
    ("2024-02-05 10:00", "28 days", "england-and-wales", "2024-03-04T17:00:00Z"),
    ("2026-03-28 18:00", "24 hours", "england-and-wales", "2026-03-29T18:00:00Z"),
]


@pytest.mark.parametrize("start, rule, division, due", [row for row in WORKED if row[3]])
def test_the_worked_dates(live, start, rule, division, due):
    found = explain(live, **{"from": rfc3339(london(start)), "rule": rule, "division": division}).json
    assert found["due_at"] == due and found["division"] == division and found["sentence"].endswith(".")
    if "working" in rule:
        assert sum(step["counts"] for step in found["steps"]) == int(rule.split()[0])
        assert all(step["why"] for step in found["steps"] if not step["counts"])


def test_a_review_date_rolls_back_and_keeps_both_days(live):
    found = explain(live, **{"from": rfc3339(london("2025-11-30 00:00")), "rule": "3 months", "roll": "back"}).json
    assert (found["due_at"], found["nominal_day"]) == ("2026-02-27T17:00:00Z", "2026-02-28")
    found = explain(live, **{"from": rfc3339(london("2025-11-30 00:00")), "rule": "3 months", "roll": "forward"}).json
    assert found["due_at"] == "2026-03-02T17:00:00Z"


def test_a_paused_clock_keeps_the_ticks_that_remain(live):
    query = {"from": rfc3339(london("2026-03-02 10:00")), "rule": "10 working days"}
    pause, resume = rfc3339(london("2026-03-06 18:00")), rfc3339(london("2026-03-23 09:00"))
    found = explain(live, **query, pauses=f"{pause}/{resume}").json
    assert found["due_at"] == "2026-03-30T16:00:00Z"
    middle = rfc3339(london("2026-03-12 09:00"))
    assert explain(live, **query, pauses=f"{pause}/{middle},{middle}/{resume}").json["due_at"] == found["due_at"]
    assert explain(live, **query, pauses=f"{pause}/").json["paused"] is True


@pytest.mark.parametrize("query, pointer", [
    ({"rule": "5 working days"}, "/from"),
    ({"from": "2026-04-02", "rule": "5 working days"}, "/from"),
    ({"from": "2026-04-02T10:00:00", "rule": "5 working days"}, "/from"),
    ({"from": "2026-04-31T10:00:00Z", "rule": "5 working days"}, "/from"),
    ({"from": "2026-04-02T10:00:00Z"}, "/rule"),
    ({"from": "2026-04-02T10:00:00Z", "rule": "soon"}, "/rule"),
    ({"from": "2026-04-02T10:00:00Z", "rule": "0 days"}, "/rule"),
    ({"from": "2026-04-02T10:00:00Z", "rule": "-1 days"}, "/rule"),
    ({"from": "2026-04-02T10:00:00Z", "rule": "99999999999 days"}, "/rule"),
    ({"from": "2026-04-02T10:00:00Z", "rule": "5 days", "division": "wales"}, "/division"),
    ({"from": "2026-04-02T10:00:00Z", "rule": "5 days", "roll": "over"}, "/roll"),
    ({"from": "2026-04-02T10:00:00Z", "rule": "5 days", "pauses": "x"}, "/pauses"),
    ({"from": "2026-04-02T10:00:00Z", "rule": "5 days", "pauses": "2026-04-05T10:00:00Z/2026-04-04T10:00:00Z"}, "/pauses"),
    ({"from": "2028-12-20T10:00:00Z", "rule": "20 working days"}, "/rule"),
])
def test_a_date_that_cannot_be_explained_says_why(live, query, pointer):
    answer = explain(live, 400, **query)
    assert [error["pointer"] for error in answer.json["errors"]] == [pointer]


def test_an_obligations_date_is_explained_day_by_day(rehearsal):
    house = rehearsal("2026-04-01 10:00")
    case = house.journey("inviting")
    due = case.expect_due("make_offer", five_pm("2026-04-17"), "PROVIDER")
    explained = house.client("PROVIDER").get(due["href"]).json
    assert {name: explained[name] for name in due} == due
    steps = explained["explain"]["steps"]
    skipped = {step["day"]: step["why"] for step in steps if not step["counts"]}
    assert "Good Friday" in skipped["2026-04-03"] and "Easter Monday" in skipped["2026-04-06"]
    assert [step["day"] for step in steps if step["counts"]][-1] == "2026-04-17"
    assert len([step for step in steps if step["counts"]]) == 10
    assert explained["rule"] == "10 working days" and explained["explain"]["division"] == "england-and-wales"


# -- Cost models

def test_cost_models_are_listed_and_given_as_loaded(live):
    officer = live.client("OFFICER")
    rows = {f"{row['id']}-{row['version']}": row for row in officer.get("/v1/cost-models").json["items"]}
    shipped = {path.stem: path for path in Path("reference/cost-models").glob("*.json")}
    assert set(shipped) <= set(rows) and len(shipped) >= 11
    assert rows["residential-ld-0.1"]["illustrative"] is True and "effective_to" not in rows["residential-ld-0.1"]
    assert rows["home-care-margin-2014-02"]["effective_to"] == "2014-09-30"
    for name, path in shipped.items():
        assert officer.get(rows[name]["document"]).json == json.loads(path.read_text(encoding="utf-8"))


def calculate(house, model, inputs, expect=200, who="OFFICER"):
    return house.client(who).post(f"/v1/cost-models/{model}/calculate", {"inputs": inputs}, expect)


@pytest.mark.parametrize("who", ["OFFICER", "PROVIDER", "AUDITOR", "ADMIN"])
def test_the_published_price_of_home_care_is_met_to_the_penny(live, who):
    """UKHCA's minimum price of February 2014, as the press reported it: a what-if, though its days are past."""
    guide = calculate(live, "home-care-margin/2014-02", {}, who=who).json
    assert guide["unit"] == "hour" and guide["mid"]["amount"] == 1519
    lines = {line["key"]: line for line in guide["lines"]}
    assert float(lines["profit"]["mid"]) == pytest.approx(0.46, abs=0.005)
    assert float(lines["running"]["mid"]) == pytest.approx(4.10, abs=0.005)
    assert sum(round(float(lines[key]["mid"]), 2) for key in (
        "pay", "travel", "national_insurance", "holiday", "training", "pension", "mileage", "running", "profit")
               ) == pytest.approx(15.20, abs=0.001)


def test_a_what_if_gives_what_the_move_records_and_records_nothing(live):
    case = live.journey("preparing")
    before = case.fact_count()
    guide = calculate(live, "residential-ld/0.1", INPUTS).json
    recorded = case.see()["guide"]
    for name in ("weekly_low", "weekly_mid", "weekly_high"):
        assert guide[name] == recorded[name]
    assert {line["key"]: line["mid"] for line in guide["lines"]} == {line["key"]: line["mid"] for line in recorded["lines"]}
    assert case.fact_count() == before
    assert all(line["words"] for line in guide["lines"] if "words" in line)


@pytest.mark.parametrize("inputs, pointer", [
    ({"nothing": 1}, "/inputs/nothing"), ({"hours_a_week": "0"}, "/inputs/hours_a_week"),
    ({"miles": "-1"}, "/inputs/miles"), ({"miles": "x"}, "/inputs/miles"), ({"miles": 1.5}, "/inputs/miles"),
    ({"miles": "99999999"}, "/inputs/miles"), ({"miles": None}, "/inputs/miles"), ({"miles": [1]}, "/inputs/miles"),
    ({f"k{n}": 1 for n in range(101)}, "/inputs"), ([], "/inputs"), (None, "/inputs"),
])
def test_a_bad_input_is_pointed_at(live, inputs, pointer):
    answer = calculate(live, "home-care-margin/2014-02", inputs, 400)
    assert pointer in [error["pointer"] for error in answer.json["errors"]]


def test_an_unknown_model_is_404_and_a_body_without_inputs_is_refused(live):
    calculate(live, "home-care-margin/2015-02", {}, 404)
    calculate(live, "nothing/1", {}, 404)
    answer = live.client("OFFICER").post("/v1/cost-models/home-care-margin/2014-02/calculate", {}, 400)
    assert answer.json["errors"][0]["pointer"] == "/inputs"


def test_protocols_and_calendars_are_given_whole(live):
    protocols = live.client("PROVIDER").get("/v1/protocols").json["items"]
    assert [(row["id"], row["version"]) for row in protocols] == [("small-packages", 1), ("standard", 1)]
    assert len(protocols[0]["document"]["timescales"]) >= 16
    calendars = live.client("PROVIDER").get("/v1/calendars").json["items"]
    assert {row["division"] for row in calendars} == {"england-and-wales", "scotland", "northern-ireland"}
    assert all(any(event["date"] == "2026-04-03" for event in row["document"]["events"]) for row in calendars)


# -- The document

@pytest.fixture(scope="module")
def document(live):
    answer = live.client("OFFICER").request("GET", "/openapi.json", headers={"Authorization": None})
    assert answer.status == 200
    return answer.json


def objects(value):
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    for inner in value if isinstance(value, list) else []:
        yield from objects(inner)


def test_every_reference_of_the_document_resolves(document):
    found = {one["$ref"] for one in objects(document) if "$ref" in one}
    assert found
    for reference in found:
        at = document
        assert reference.startswith("#/"), reference
        for part in reference[2:].split("/"):
            at = at[part.replace("~1", "/").replace("~0", "~")]


def test_the_document_is_openapi_3_1_with_ids_and_answers_everywhere(document):
    assert document["openapi"].startswith("3.1") and document["info"]["version"]
    ids = [operation["operationId"] for methods in document["paths"].values() for operation in methods.values()]
    assert len(ids) == len(set(ids))
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            assert operation["summary"], (path, method)
            assert any(code.startswith("2") for code in operation["responses"]), (path, method)
            named = {p["name"] for p in operation.get("parameters", []) if p["in"] == "path"}
            assert named == set(re.findall(r"{(\w+)}", path)), path


def test_the_document_holds_every_route_and_each_of_them_answers(live, document):
    with open("server/http/routes.c", encoding="utf-8") as file:
        table = re.findall(r"{HTTP_(\w+)_, \"([^\"]+)\"", file.read())
    written = {(method.upper(), path) for path, methods in document["paths"].items() for method in methods}
    assert written == set(table)
    for method, path in table:
        asked = re.sub(r"{\w+}", "x", path)
        answer = live.client("ADMIN").request(method, asked, b"{}" if method == "POST" else None)
        assert answer.status != 405 and answer.code != "method", path


def test_every_query_parameter_of_the_document_is_taken(live, document):
    for path, methods in document["paths"].items():
        for parameter in methods.get("get", {}).get("parameters", []):
            if parameter["in"] == "query":
                answer = live.client("OFFICER").request("GET", f"{re.sub('{[a-z]+}', 'x', path)}?{parameter['name']}=x")
                assert answer.code != "query_unknown", (path, parameter)


def test_each_allowed_move_names_a_schema_that_is_there(live, document):
    for stage in ("opened", "inviting", "negotiating"):
        case = live.journey(stage)
        for who in ("OFFICER",) + (("PROVIDER",) if stage != "opened" else ()):
            for entry in case.see(who)["allowed_moves"]:
                name = entry["schema"].removeprefix("/openapi.json#/components/schemas/")
                schema = document["components"]["schemas"][name]
                assert schema["type"] == "object" and name == entry["move"]


# -- Health

def test_health_needs_no_token(live):
    client = live.client("OFFICER").as_(None)
    assert client.get("/livez").json == {"live": True}
    assert client.get("/readyz").json == {"ready": True}
    assert client.get("/metrics").status == 200
