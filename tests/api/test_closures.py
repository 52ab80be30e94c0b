"""An authority's own closures: loaded by its administrator, counted by, explained, and kept as they were."""

import json
import threading
import uuid

from support.client import Client
from support.house import five_pm
from test_calendars import count_again, load_version, moved_entries

WEDNESDAY = {"date": "2026-04-15", "title": "Civic offices closed"}
FRIDAY = {"date": "2026-04-17", "title": "Moving house"}


def path(house, organisation="council"):
    return f"/v1/organisations/{house.organisations[organisation]}/closures"


def load(house, version, *closures, who="COUNCIL_ADMIN", expect=201, **more):
    body = {"version": version, "closures": list(closures), **more}
    return house.client(who).post(path(house), body, expect=expect)


def asked(house, rule="3 working days", **more):
    return house.client("OFFICER").get("/v1/dates/explain", **{"from": "2026-04-13T09:00:00Z"}, rule=rule, **more).json


def offer_clock(case, who="PROVIDER"):
    return case.house.client(who).get(case.obligation("make_offer", "PROVIDER")["href"]).json["explain"]


def test_a_closure_moves_that_authoritys_dates_alone_and_says_why(rehearsal):
    house = rehearsal("2026-04-13 10:00")  # a Monday
    case, other = house.journey("inviting"), house.southmere("inviting")
    case.expect_due("make_offer", five_pm("2026-04-27"), "PROVIDER")
    loaded = load(house, 1, WEDNESDAY).json
    assert loaded == {"authority": house.organisations["council"], "version": 1, "calendar_version": 2, "closures": [WEDNESDAY]}
    count_again(house)

    case.expect_due("make_offer", five_pm("2026-04-28"), "PROVIDER")
    why = "Wednesday 15 April 2026 is now a closure of the authority (Civic offices closed)"
    for who in ("OFFICER", "PROVIDER"):
        (entry,) = moved_entries(case, who)
        assert entry["data"] == {"calendar_version": 2, "why": why}
    assert moved_entries(other, "OFFICER2") == []
    explained = offer_clock(case)
    assert {key: explained[key] for key in explained if key.endswith("_version")} == {
        "calendar_version": 2, "bank_holidays_version": 1, "closures_version": 1}
    (step,) = [step for step in explained["steps"] if step["day"] == "2026-04-15"]
    assert not step["counts"] and step["why"] == "Civic offices closed (the authority is closed)"
    assert "leaving out Civic offices closed (the authority is closed)" in explained["sentence"]
    facts = case.fact_count()
    count_again(house)
    assert case.fact_count() == facts, "a second time does nothing"

    load(house, 2)
    count_again(house)
    case.expect_due("make_offer", five_pm("2026-04-27"), "PROVIDER")
    assert moved_entries(case)[1]["data"] == {
        "calendar_version": 3, "why": "Wednesday 15 April 2026 is no longer a closure of the authority (Civic offices closed)"}


def test_newer_bank_holidays_keep_the_closures(rehearsal, tmp_path):
    house = rehearsal("2026-04-13 10:00")
    case = house.journey("inviting")
    load(house, 1, FRIDAY)
    load_version(house, tmp_path, 2, add=["2026-04-15"])
    count_again(house)
    case.expect_due("make_offer", five_pm("2026-04-29"), "PROVIDER")
    explained = offer_clock(case)
    assert (explained["calendar_version"], explained["bank_holidays_version"], explained["closures_version"]) == (3, 2, 1)
    (entry,) = moved_entries(case)
    assert entry["data"]["calendar_version"] == 3 and ", and 1 other day changed" in entry["data"]["why"]


def test_dates_are_explained_for_an_authority(rehearsal):
    house = rehearsal("2026-04-13 10:00")
    council = house.organisations["council"]
    assert asked(house, authority=council) == asked(house), "it has no closures yet"
    load(house, 1, WEDNESDAY)
    found = asked(house, authority=council)
    assert found["due_at"] == five_pm("2026-04-17") and asked(house)["due_at"] == five_pm("2026-04-16")
    assert (found["calendar_version"], found["bank_holidays_version"], found["closures_version"]) == (2, 1, 1)
    assert "Civic offices closed (the authority is closed)" in json.dumps(found)
    for wrong, name in (({"authority": "x"}, "/authority"), ({"authority": str(uuid.uuid4())}, "/authority"),
                        ({"authority": house.organisations["larch"]}, "/authority"),
                        ({"authority": council, "division": "scotland"}, "/division")):
        refused = house.client("PROVIDER").get("/v1/dates/explain", expect=400, rule="1 day",
                                               **{"from": "2026-04-13T09:00:00Z"}, **wrong)
        assert refused.json["errors"][0]["pointer"] == name


def test_the_past_stands_and_every_version_can_be_read(rehearsal):
    house = rehearsal("2026-04-13 10:00")
    load(house, 1, WEDNESDAY, FRIDAY)
    house.go_to(house.at.replace(day=16))
    later = {"date": "2026-04-16", "title": "Today"}
    kept = load(house, 2, later).json
    assert kept["closures"] == [WEDNESDAY, later], kept
    again = load(house, 3, WEDNESDAY, later, FRIDAY).json
    assert again["closures"] == [WEDNESDAY, later, FRIDAY]
    gone = load(house, 4, {"date": "2026-04-14", "title": "Forgotten"}, expect=400)
    assert gone.json["errors"] == [{"pointer": "/closures/0/date", "detail":
                                    "Tuesday 14 April 2026 is past, and what was counted stands. Name days from today on."}]
    listed = house.client("PROVIDER").get(path(house)).json["items"]
    assert [item["version"] for item in listed] == [1, 2, 3]
    assert [item["document"] for item in listed][1] == {"version": 2, "closures": kept["closures"]}
    assert house.client("PROVIDER").get(path(house, "southmere")).json["items"] == []
    house.client("PROVIDER").get(path(house, "larch"), expect=404)
    house.client("PROVIDER").get("/v1/organisations/x/closures", expect=404)


UNSOUND = [
    ([WEDNESDAY, FRIDAY, {"date": "2026-04-15", "title": "Again"}], "/closures/2/date", "stands twice"),
    ([{"date": "2026-04-18", "title": "A Saturday"}], "/closures/0/date", "no working day"),
    ([{"date": "2026-04-10", "title": "Last week"}], "/closures/0/date", "is past"),
    ([WEDNESDAY, {"date": "2029-01-02", "title": "Far off"}], "/closures/1/date", "end on Sunday 31 December 2028"),
    ([{"date": "2026-04-31", "title": "No such day"}], "/closures/0/date", ""),
    ([{"date": "2026-04-15"}], "/closures/0/title", "required"),
    ([{**WEDNESDAY, "reason": "x"}], "/closures/0/reason", ""),
    ([{"date": "2026-04-15", "title": ""}], "/closures/0/title", ""),
]


def test_what_does_not_fit_is_named(rehearsal):
    house = rehearsal("2026-04-13 10:00")
    for closures, pointer, said in UNSOUND:
        refused = load(house, 1, *closures, expect=400).json["errors"]
        assert [error["pointer"] for error in refused] == [pointer] and said in refused[0]["detail"], closures
    assert house.client("OFFICER").get(path(house)).json["items"] == []


def test_only_its_administrator_loads_the_next_one(rehearsal):
    house = rehearsal("2026-04-13 10:00")
    load(house, 1, WEDNESDAY, who="OFFICER", expect=403)
    load(house, 1, WEDNESDAY, who="PROVIDER_ADMIN", expect=404)
    load(house, 1, WEDNESDAY, expect=400, note="x")
    for version in (2, 1000000):
        assert load(house, version, WEDNESDAY, expect=409).code == "closures_version"
    key = {"Idempotency-Key": f'"{uuid.uuid4()}"'}
    admin, body = house.client("COUNCIL_ADMIN"), {"version": 1, "closures": [WEDNESDAY]}
    first = admin.post(path(house), body, expect=201, headers=key).json
    assert admin.post(path(house), body, expect=201, headers=key).json == first
    assert admin.post(path(house), {**body, "version": 2}, expect=422, headers=key).code == "idempotency_key_reused"
    assert "version 2" in load(house, 1, WEDNESDAY, expect=409).json["detail"]
    house.client("ADMIN").post(path(house), {"version": 2, "closures": []}, expect=201)
    house.client("ADMIN").post(path(house, "larch"), body, expect=404)


def test_of_two_at_once_one_is_told(live):
    answers = []

    def send(title):
        client = Client(live.daemon.base_url, live.tokens["COUNCIL_ADMIN"])
        body = {"version": 1, "closures": [{"date": "2027-12-24", "title": title}]}
        answers.append(client.post(path(live), body))
        client.close()

    threads = [threading.Thread(target=send, args=(f"Closed by {n}",)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answer.status for answer in answers) == [201] + [409] * 5
    assert len(live.client("OFFICER").get(path(live)).json["items"]) == 1
    rows = live.cluster.psql(f"select version, bank_holidays_version, closures_version from authority_calendar "
                             f"where authority_id = '{live.organisations['council']}' order by version", live.database)
    assert [tuple(map(int, row)) for row in rows] == [(1, 1, 0), (2, 1, 1)]
