"""The scorecard: how both sides kept to their timescales, each seeing what it may know and nothing of a rival."""

import csv
import io

import pytest

from support.house import london

COUNTS = ("total", "met", "met_late", "missed", "lapsed", "released", "open")


def report(house, who, **query):
    return house.client(who).get("/v1/reports/timescales", **query).json


def as_csv(house, who, **query):
    answer = house.client(who).get("/v1/reports/timescales", headers={"Accept": "text/csv"}, **query)
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8; header=present"
    assert "timescales.csv" in answer.headers["Content-Disposition"]
    assert answer.text.endswith("\r\n") and answer.text.count("\n") == answer.text.count("\r\n")
    return list(csv.DictReader(io.StringIO(answer.text, newline="")))


def counts(rows):
    """(side, organisation, duty) -> the counts that are not nothing."""
    return {(row["side"], row.get("organisation_name"), row["duty"]):
            {name: row[name] for name in COUNTS[1:] if row[name]} for row in rows}


@pytest.fixture
def played(rehearsal):
    """One strand with Larch House, in which each side is late once; another with Alder Grove that lapses."""
    house = rehearsal("2026-04-13 10:00")  # a Monday
    case = house.journey("inviting", start="2026-12-07")
    rival = house.journey("inviting", start="2026-12-07", provider="PROVIDER2", invited="alder", home="Alder Grove")
    house.go_to(london("2026-04-16 11:30"))
    case.move("PROVIDER", "acknowledge", contact="Lorcan Ash, fees")  # due on the 15th: 18 h 30 min, one working day
    case.offer("PROVIDER")  # in time; an answer is due on the 23rd
    house.go_to(london("2026-04-28 09:00"))  # the rival's invitation lapsed on the 27th
    case.offer("OFFICER", "1590.00")  # three working days late
    house.go_to(london("2026-05-06 12:00"))  # Larch House's answer was due on the 6th of May, at 17:00
    case.rival = rival
    case.house = house
    return case


COUNCIL, LARCH, ALDER = "Northfold Council", "Larch House Care", "Alder Grove Care"


def test_both_sides_are_counted_alike_and_exactly(played):
    found = report(played.house, "OFFICER")
    assert counts(found["duties"]) == {
        ("commissioner", COUNCIL, "decide_at_panel"): {"met": 2},
        ("commissioner", COUNCIL, "respond"): {"met_late": 1},
        ("provider", LARCH, "acknowledge"): {"met_late": 1},
        ("provider", LARCH, "make_offer"): {"met": 1},
        ("provider", LARCH, "respond"): {"open": 1},
        ("provider", ALDER, "acknowledge"): {"released": 1},
        ("provider", ALDER, "make_offer"): {"lapsed": 1},
    }
    assert counts(found["rights"]) == {("time", None, "offer_stands"): {"released": 1, "open": 1}}
    late = {row["duty"]: row for row in found["duties"] if row["met_late"]}
    assert late["acknowledge"]["late_median_seconds"] == late["acknowledge"]["late_most_seconds"] == 66600
    assert late["acknowledge"]["late_median"] == "1 working day"
    assert late["respond"]["late_most_seconds"] == 4 * 86400 + 16 * 3600
    assert late["respond"]["late_most"] == "3 working days"
    for row in found["duties"] + found["rights"]:
        assert row["total"] == sum(row[name] for name in COUNTS[1:])
        assert row["authority_name"] == COUNCIL and row["late_untimed"] == 0
        assert ("late_median" in row) == bool(row["met_late"])


def test_a_provider_sees_its_own_and_the_authoritys_and_no_rival(played):
    larch, alder = report(played.house, "PROVIDER"), report(played.house, "PROVIDER2")
    council = report(played.house, "OFFICER")
    seen = counts(larch["duties"])
    assert seen == {key: value for key, value in counts(council["duties"]).items()
                    if key[1] == LARCH or key == ("commissioner", COUNCIL, "respond")}
    assert counts(larch["rights"]) == counts(council["rights"])
    assert counts(alder["duties"]) == {key: value for key, value in counts(council["duties"]).items() if key[1] == ALDER}
    assert alder["rights"] == []
    for who in ("OFFICER2", "MEDIATOR", "ADMIN"):
        assert report(played.house, who)["duties"] == report(played.house, who)["rights"] == []
    assert report(played.house, "AUDITOR") == council


def test_what_was_not_done_is_missed_until_it_is_released(played):
    house = played.house
    house.go_to(london("2026-05-07 09:00"))
    row = report(house, "PROVIDER", side="provider", duty="respond")["duties"]
    assert [(one["missed"], one["open"]) for one in row] == [(1, 0)]
    played.move("OFFICER", "withdraw", reason="person_chose_otherwise")
    [row] = report(house, "OFFICER", side="provider", duty="respond")["duties"]
    assert (row["missed"], row["released"], row["released_after_miss"]) == (0, 1, 1)


def test_it_is_narrowed_by_day_side_and_duty(played):
    house = played.house
    assert counts(report(house, "OFFICER", **{"from": "2026-04-15", "to": "2026-04-15"})["duties"]).keys() == {
        ("commissioner", COUNCIL, "decide_at_panel"), ("provider", LARCH, "acknowledge"), ("provider", ALDER, "acknowledge")}
    # the day holds what is due at 17:00 of it, and no other
    assert {row["duty"] for row in report(house, "OFFICER", **{"from": "2026-04-23", "to": "2026-04-23"})["duties"]} == {"respond"}
    assert report(house, "OFFICER", **{"from": "2026-04-24", "to": "2026-04-26"})["duties"] == []
    assert {row["side"] for row in report(house, "OFFICER", side="provider")["duties"]} == {"provider"}
    assert report(house, "OFFICER", side="provider")["rights"] == []
    assert {row["duty"] for row in report(house, "OFFICER", duty="respond")["duties"]} == {"respond"}
    assert report(house, "OFFICER", **{"from": "2026-04-15"})["from"] == "2026-04-15"
    for query, pointer in (({"from": "soon"}, "/from"), ({"to": "2026-02-30"}, "/to"), ({"side": "us"}, "/side"),
                           ({"duty": "sing"}, "/duty"), ({"from": "2026-04-15", "to": "2026-04-14"}, "/to")):
        answer = house.client("OFFICER").get("/v1/reports/timescales", 400, **query)
        assert answer.json["errors"][0]["pointer"] == pointer


def test_the_csv_says_the_same(played):
    house = played.house
    for who in ("OFFICER", "PROVIDER", "PROVIDER2"):
        told, rows = report(house, who), as_csv(house, who)
        assert [row["list"] for row in rows] == ["duty"] * len(told["duties"]) + ["right"] * len(told["rights"])
        for row, one in zip(rows, told["duties"] + told["rights"]):
            assert {name: int(row[name]) for name in COUNTS} == {name: one[name] for name in COUNTS}
            assert (row["authority"], row["authority_id"]) == (one["authority_name"], one["authority"])
            assert (row["organisation_id"], row["duty"]) == (one.get("organisation", ""), one["duty"])
            assert row["late_most"] == one.get("late_most", "")
            assert row["late_median_seconds"] == str(one.get("late_median_seconds", ""))
    assert as_csv(house, "OFFICER2") == []


def test_it_is_told_as_it_was_known_on_a_day_with_what_changed_since(played):
    house = played.house
    council = report(house, "OFFICER")
    assert council["basis"] == "as_corrected_now" and "as_known_on" not in council and "changes" not in council
    assert report(house, "OFFICER", as_known_on="2026-05-06")["duties"] == council["duties"]
    then = report(house, "OFFICER", as_known_on="2026-04-22", to="2026-04-24")
    assert (then["basis"], then["as_known_on"]) == ("as_reported_then", "2026-04-22")
    assert counts(then["duties"]) == {
        ("commissioner", COUNCIL, "decide_at_panel"): {"met": 2},
        ("commissioner", COUNCIL, "respond"): {"open": 1},
        ("provider", LARCH, "acknowledge"): {"met_late": 1},
        ("provider", ALDER, "acknowledge"): {"missed": 1},
    }
    changes = {(change["side"], change["duty"], change["reference"]): change for change in then["changes"]}
    answered = changes["commissioner", "respond", played.reference]
    assert (answered["was"], answered["is"], answered["because"]) == ("open", "met_late", "offer_made")
    assert answered["was_due_at"] == answered["due_at"] == "2026-04-23T16:00:00Z"
    assert answered["entry"] and answered["known_at"].startswith("2026-04-28")
    for who, rival in (("PROVIDER", played.rival.reference), ("PROVIDER2", played.reference)):
        seen = report(house, who, as_known_on="2026-04-22")
        assert seen["changes"] and rival not in {change["reference"] for change in seen["changes"]}
    assert report(house, "OFFICER", as_known_on="2026-04-12")["duties"] == []
    assert {row["as_known_on"] for row in as_csv(house, "OFFICER", as_known_on="2026-04-22")} == {"2026-04-22"}
    assert {row["as_known_on"] for row in as_csv(house, "OFFICER")} == {""}
    house.cluster.psql("update obligation_history set since = '2026-04-23 10:00Z'", house.database)
    refused = house.client("OFFICER").get("/v1/reports/timescales", 400, as_known_on="2026-04-22")
    assert refused.json["errors"][0]["pointer"] == "/as_known_on" and "Thursday 23 April 2026" in refused.json["detail"]
    house.client("OFFICER").get("/v1/reports/timescales", as_known_on="2026-04-23")
    house.cluster.psql("update obligation_history set since = null", house.database)


def test_a_cell_is_never_a_formula(played):
    house = played.house
    for name, told in (('=HYPERLINK("http://x.example","a")', None), ("+1 Care", None), ("@home, \"Larch\"", None),
                       ("-2", None), ("Care, comma", "Care, comma"), ('Care "quoted"', 'Care "quoted"')):
        house.cluster.psql("update organisation set name = '{}' where id = '{}'".format(
            name.replace("'", "''"), house.organisations["larch"]), house.database)
        names = {row["organisation"] for row in as_csv(house, "PROVIDER", side="provider")}
        assert names == {told or "'" + name}


@pytest.mark.parametrize("accept, wanted", [
    ("application/json", "application/json"), ("*/*", "application/json"), ("text/csv", "text/csv"), ("text/*", "text/csv"),
    ("text/csv;q=0.5, application/json", "application/json"), ("text/csv, application/json;q=0.9", "text/csv"),
    ("text/csv, */*;q=0.1", "text/csv"), ("text/html, application/*;q=0.2", "application/json"),
    ("text/csv;q=0, */*", "application/json"), ("application/json;q=0, */*", "text/csv"),
    ("text/html", None), ("text/csv;q=0, application/json;q=0.000", None),
])
def test_the_form_is_the_one_accepted(live, accept, wanted):
    answer = live.client("OFFICER").get("/v1/reports/timescales", 200 if wanted else 406, headers={"Accept": accept})
    if wanted:
        assert answer.headers["Content-Type"].startswith(wanted)
    else:
        assert answer.code == "accept"


def test_hours_late_are_hours_and_the_median_is_the_earlier_of_two(rehearsal):
    house = rehearsal("2026-04-13 10:00")
    cases = [house.journey("inviting", urgency="discharge", start="2026-04-20") for _ in range(4)]
    for when, case in zip(("2026-04-13 13:00", "2026-04-13 15:30", "2026-04-14 20:00", "2026-04-15 09:00"), cases):
        house.go_to(london(when))  # each is due at 14:00, four hours on
        case.move("PROVIDER", "acknowledge", contact="Lorcan Ash, fees")
    [row] = report(house, "PROVIDER", duty="acknowledge")["duties"]
    assert (row["met"], row["met_late"]) == (1, 3)
    # the clock stood a few microseconds past ten when each was invited
    assert (row["late_median_seconds"], row["late_median"]) == (30 * 3600 - 1, "30 hours")
    assert (row["late_most_seconds"], row["late_most"]) == (43 * 3600 - 1, "43 hours")
    [row] = report(house, "PROVIDER", duty="acknowledge", to="2026-04-13")["duties"]
    assert row["total"] == 4
    # two of them: the earlier; one whose end was not kept is counted and not timed
    house.verifies = False  # by the entries it would be known
    house.cluster.psql(f"update obligation set closed_at = null where kind = 'acknowledge' and stream_id = '{cases[3].id}'",
                       house.database)
    [row] = report(house, "PROVIDER", duty="acknowledge")["duties"]
    assert (row["met_late"], row["late_untimed"], row["late_median"], row["late_most"]) == (3, 1, "2 hours", "30 hours")


def test_a_review_is_as_late_as_it_was_held_and_not_entered(rehearsal):
    house = rehearsal("2026-04-13 10:00")
    case = house.journey("in_force", start="2026-04-13")
    case.move("OFFICER", "confirm_start", started="2026-04-13")
    house.go_to(london("2026-06-20 10:00"))  # due on the 8th of June
    case.involve("review")
    case.move("OFFICER", "hold_review", kind="first", held_on="2026-06-10", needs="unchanged",
              outcomes=[{"key": "swimming", "result": "met"}], decision="continue")
    [row] = report(house, "OFFICER", duty="first_review")["duties"]
    assert (row["met_late"], row["late_most"], row["late_most_seconds"]) == (1, "2 working days", 2 * 86400)
