"""Reviews over the API: asked for, held, told, listed, and the calculation they reopen."""

import json
import os
import subprocess

import pytest

from support.daemon import ROOT, SANITIZERS
from support.house import five_pm, london, money
from support.journey import INPUTS, LIMIT, MODEL, terms
from test_served import wait_for

COUNCIL, MANAGER = "placements@northfold.example", "mona.pike@council.example"
STARTED = "2026-05-18"


def hold(case, kind, day, **body):
    case.involve("review")
    return case.move("OFFICER", "hold_review", **{
        "kind": kind, "held_on": day, "outcomes": [{"key": "swimming", "result": "met"}], "needs": "unchanged",
        "decision": "continue", **body})


def reviews(house, who="OFFICER", **query):
    return list(house.client(who).pages("/v1/reviews", **query))


def started(house, **kind):
    case = house.journey("in_force", start=STARTED, **kind)
    case.move("OFFICER", "confirm_start", started=STARTED)
    return case


@pytest.fixture
def begun(rehearsal):
    """Care began on Monday 18 May 2026."""
    house = rehearsal(f"{STARTED} 10:00")
    return house, started(house)


# -- Asked for, held, declined, spoken of

def test_a_review_is_asked_for_and_declined_with_reasons(begun):
    house, case = begun
    case.refused("PROVIDER", "request_review", "review_request_sound", pointer="/detail", reason="other")
    case.move("PROVIDER", "request_review", reason="needs_rose", detail="notejacana")
    case.expect_due("requested_review", five_pm("2026-06-15"))
    case.expect_due("requested_review", five_pm("2026-06-15"), "PROVIDER")
    [request] = case.see("OFFICER")["review_requests"]
    assert (request["by"], request["reason"], request["number"], request["detail"]) == (
        "provider", "needs_rose", 1, "notejacana")
    case.refused("OFFICER", "decline_review", "review_requested", pointer="/number", number=2, reasons="x")
    case.move("OFFICER", "decline_review", number=1, reasons="notejacana")
    assert case.obligation("requested_review")["state"] == "met"
    [declined] = case.see("PROVIDER")["declined_reviews"]
    assert (declined["number"], declined["reasons"], declined.get("unreasonable")) == (1, "notejacana", None)


def test_each_side_gives_its_own_feedback(begun):
    house, case = begun
    before = case.see("OFFICER")["version"]
    case.move("OFFICER", "give_feedback", kind="first", feedback="wordsechidna")
    case.move("PROVIDER", "give_feedback", kind="first", feedback="wordsechidna")
    case.refused("PROVIDER", "give_feedback", "feedback_open", pointer="/kind", kind="requested", feedback="x")
    for who in ("OFFICER", "PROVIDER"):
        assert [(f["by"], f["feedback"]) for f in case.see(who)["feedback"]] == [
            ("commissioner", "wordsechidna"), ("provider", "wordsechidna")]
    assert case.see("OFFICER")["version"] == before


def test_what_a_review_once_held_in_feedback_is_not_taken(begun):
    _, case = begun
    case.involve("review")
    case.move("OFFICER", "hold_review", 400, kind="first", held_on=STARTED, needs="unchanged", decision="continue",
              outcomes=[{"key": "swimming", "result": "met"}], person_feedback="x")


def test_reviews_that_are_near_reopen_the_calculation(begun):
    house, case = begun
    case.refused("PROVIDER", "request_recalculation", "within_review")
    house.go_to(london("2026-07-10 10:00"))
    hold(case, "first", "2026-07-10")
    case.move("PROVIDER", "request_recalculation", reason="notejacana")
    case.expect_due("recalculate", five_pm("2026-07-24"))
    seen = case.see("PROVIDER")
    assert [(r["kind"], r["open"], r["stage"]) for r in seen["rounds"]] == [
        ("initial", False, "in_force"), ("review", True, "negotiating")]
    assert seen["stage"] == "in_force" and "recalculation" not in seen["rounds"][1]
    [request] = seen["recalculation_requests"]
    assert (request["model"], request["version"], request.get("is_newer")) == (
        MODEL["model"], MODEL["version"], None)
    case.move("OFFICER", "calculate", **MODEL, inputs={**INPUTS, "one_to_one_hours": "14"})
    assert case.obligation("recalculate")["state"] == "met"
    for who in ("OFFICER", "PROVIDER"):
        compared = house.client(who).get(case.see(who)["rounds"][1]["recalculation"]).json
        assert compared["difference"]["amount"] < 0, compared
    case.refused("OFFICER", "request_recalculation", "recalculation_model", pointer="/version", **MODEL)
    assert case.see("OFFICER")["agreements"][-1]["weekly"] == money(160000)


def test_a_review_may_decide_it(begun):
    house, case = begun
    hold(case, "first", STARTED, needs="rose", decision="recalculate")
    case.expect_due("recalculate", five_pm("2026-06-02"))
    case.expect_due("round_stands", five_pm("2026-06-16"))
    assert [r["kind"] for r in case.see("PROVIDER")["rounds"]] == ["initial", "review"]


def test_what_was_decided_is_told_with_what_to_do_next(begun):
    house, case = begun
    hold(case, "first", STARTED, decision="end")
    house.wait_quiet()
    [mail] = house.mails("fees@larchhouse.example", "The placement is to end: give notice")
    assert case.reference in mail.subject


# -- What is not done goes to the manager

def test_what_is_overdue_goes_to_the_manager_every_week(begun):
    house, case = begun
    hold(case, "first", STARTED)
    house.go_to(london("2026-08-18 12:00"))
    assert not house.mails(MANAGER)
    house.client("MANAGER").post("/v1/message-rules", {"kind": "reminder", "timing": "immediate"}, 200)
    house.go_to(london("2026-09-02 12:00"))
    assert [m.subject for m in house.mails(MANAGER, "three-month")] == [
        f"{case.reference}: still to do: hold the three-month review"] * 2
    assert "again and again until it is done" in house.mails(MANAGER, "three-month")[0].text, "and once each, rule or no rule"
    house.client("MANAGER").request("DELETE", "/v1/message-rules/reminder", expect=200)
    assert not house.mails(COUNCIL, "still to do"), "it goes to the manager instead"
    hold(case, "three_month", "2026-09-02")
    house.go_to(london("2026-09-10 12:00"))
    assert len(house.mails(MANAGER, "three-month")) == 2
    case.move("PROVIDER", "request_review", reason="needs_rose")
    house.go_to(london("2026-10-23 12:00"))  # due on Thursday 8 October
    assert len(house.mails(MANAGER, "that was asked for")) == 2
    house.go_to(london("2027-11-02 12:00"))  # the yearly one was due on Thursday 2 September
    assert len(house.mails(MANAGER, "yearly")) == 2, "monthly"


def test_without_a_manager_the_council_itself_is_told(begun):
    house, case = begun
    house.cluster.psql(f"delete from membership where role = 'manager'", house.database)
    hold(case, "first", STARTED)
    house.go_to(london("2026-08-26 12:00"))
    assert len(house.mails(COUNCIL, "still to do: hold the three-month review")) == 1


# -- The list

def test_the_list_says_what_is_coming_due_and_overdue_and_why(begun):
    house, case = begun
    house.go_to(london("2026-07-20 10:00"))
    rows = reviews(house)
    assert [(r["kind"], r["state"], r["due_at"]) for r in rows] == [
        ("first", "overdue", five_pm("2026-07-13")), ("three_month", "coming", five_pm("2026-08-18")),
        ("yearly", "coming", five_pm("2027-05-18"))]
    first = rows[0]
    assert first["missed_at"] == first["due_at"] and first["owner"] == house.users["OFFICER"]
    assert (first["placement"], first["home"], first["home_name"]) == (
        case.id, house.homes["Larch House"], "Larch House")
    assert (first["last_reminder"], first["last_reminder_at"]) == ("7 days before", "2026-07-06T08:00:00Z")
    assert first["because"] == house.client("OFFICER").get(first["href"]).json["explain"]["sentence"]
    assert "nominal_day" not in first and first["due_day"] == "2026-07-13"
    house.go_to(london("2026-07-21 10:00"))
    assert [r["state"] for r in reviews(house)] == ["overdue", "due", "coming"]
    assert reviews(house)[1]["last_reminder"] == "28 days before"


def test_a_date_brought_forward_names_both_days(rehearsal):
    house = rehearsal("2026-05-30 10:00")
    case = house.journey("in_force", start="2026-05-30")
    case.move("OFFICER", "confirm_start", started="2026-05-30")
    [row] = reviews(house, kind="three_month")  # Sunday 30 August, before a holiday
    assert (row["nominal_day"], row["due_day"]) == ("2026-08-30", "2026-08-28")


def test_the_list_is_narrowed_and_paged(begun):
    house, case = begun
    other = started(house, provider="PROVIDER2", invited="alder", home="Alder Grove")
    house.go_to(london("2026-07-20 10:00"))
    assert len(reviews(house)) == 6
    assert {r["placement"] for r in reviews(house, home=house.homes["Alder Grove"])} == {other.id}
    assert len(reviews(house, owner=house.users["OFFICER"])) == 6
    assert reviews(house, owner=house.users["MANAGER"]) == []
    assert len(reviews(house, authority=house.organisations["council"])) == 6
    assert reviews(house, authority=house.organisations["southmere"]) == []
    assert {r["placement"] for r in reviews(house, q=other.reference.lower())} == {other.id}
    assert [r["kind"] for r in reviews(house, state="overdue")] == ["first"] * 2
    assert [r["kind"] for r in reviews(house, state="coming", kind="yearly")] == ["yearly"] * 2
    assert reviews(house, state="due") == []
    assert [r["id"] for r in house.client("OFFICER").pages("/v1/reviews", limit=1)] == [r["id"] for r in reviews(house)]
    page = house.client("OFFICER").get("/v1/reviews", limit=2).json
    assert len(page["items"]) == 2 and page["next"]
    for wrong in ({"state": "late"}, {"kind": "weekly"}, {"owner": "me"}, {"after": "00"}, {"limit": 0}):
        assert house.client("OFFICER").get("/v1/reviews", 400, **wrong).code == "query"


def test_a_team_is_the_commissioners_own_and_narrows_what_it_looks_at(begun):
    house, case = begun
    other = house.journey("opened", start=STARTED, team="Older people, north")
    south = started(house, team="South")
    for path in ("/v1/reviews", "/v1/placements", "/v1/obligations"):
        assert list(house.client("OFFICER").pages(path)), path
        assert {r.get("placement", r.get("id")) for r in house.client("OFFICER").pages(path, team="Older people, north")} <= {other.id}
        assert list(house.client("OFFICER").pages(path, team="Other")) == []
        assert list(house.client("PROVIDER").pages(path, team="Older people, north")) == []
    [row] = house.client("OFFICER").get("/v1/placements", team="Older people, north").json["items"]
    assert (row["id"], row["team"]) == (other.id, "Older people, north")
    assert {(r["team"], r["placement"]) for r in reviews(house, team="South")} == {("South", south.id)}
    assert "team" not in reviews(house, q=case.reference)[0]
    assert all("team" not in r for r in reviews(house, "PROVIDER")) and reviews(house, "PROVIDER")
    assert "Larch House, South" in asked(house, "OFFICER", "due", "--team", "South")
    assert asked(house, "OFFICER", "due", "--team", "North") == "No review is open.\n"
    assert house.client("OFFICER").get("/v1/obligations", owed="by_me", team="South").json["items"]


def test_a_provider_sees_its_own_and_another_council_none(begun):
    house, case = begun
    started(house, provider="PROVIDER2", invited="alder", home="Alder Grove")
    house.go_to(london("2026-07-20 10:00"))
    rows = reviews(house, "PROVIDER")
    assert {r["placement"] for r in rows} == {case.id} and len(rows) == 3
    assert all("owner" not in r and "last_reminder" not in r for r in rows)
    assert rows[0]["because"] == house.client("PROVIDER").get(rows[0]["href"]).json["explain"]["sentence"]
    assert reviews(house, "PROVIDER", owner=house.users["OFFICER"]) == []
    assert [r["id"] for r in house.client("PROVIDER").pages("/v1/reviews", limit=1)] == [r["id"] for r in rows]
    assert len(reviews(house, "AUDITOR")) == 6
    assert reviews(house, "OFFICER2") == [] and reviews(house, "MEDIATOR") == []


def test_what_is_held_is_listed_no_more(begun):
    house, case = begun
    hold(case, "first", STARTED)
    assert [r["kind"] for r in reviews(house)] == ["three_month", "yearly"]
    case.move("OFFICER", "request_review", reason="ask_to_move")
    assert [r["kind"] for r in reviews(house)] == ["requested", "three_month", "yearly"]


def test_a_stay_planned_to_end_sooner_gets_none_it_would_outlive(rehearsal):
    house = rehearsal(f"{STARTED} 10:00")
    case = house.journey(start=STARTED)
    opened = house.client("OFFICER").open_placement(**{
        "person_name": "A", "person_initials": "A.", "care_setting": "residential", "urgency": "ordinary",
        "wanted_start": STARTED, "planned_end": "2026-07-31", "funding": [{"funder": "authority"}]}).json
    case.id, case.reference = opened["placement"], opened["reference"]
    for name in ("preparing", "with_panel", "approved", "inviting", "negotiating", "signing", "in_force"):
        getattr(case, "_to_" + name)()
    case.move("OFFICER", "confirm_start", started=STARTED)
    assert [r["kind"] for r in reviews(house)] == ["first"]


def test_the_openapi_document_has_the_list(live):
    listed = live.client("OFFICER").get("/openapi.json").json["paths"]["/v1/reviews"]["get"]
    assert {p["name"] for p in listed["parameters"]} == {
        "state", "kind", "owner", "team", "home", "authority", "q", "limit", "after"}


# -- On the command line

def asked(house, who, *words, code=0, token=None):
    program = os.path.join(ROOT, os.path.dirname(house.daemon.binary), "concordat")
    done = subprocess.run([program, *words], cwd=ROOT, capture_output=True, check=False, timeout=60, text=True, env={
        **os.environ, **SANITIZERS, "CONCORDAT_SERVER": house.daemon.base_url,
        "CONCORDAT_TOKEN": token or house.tokens[who]})
    assert done.returncode == code, done.stderr or done.stdout
    return done.stderr if code else done.stdout


def test_due_lists_what_is_overdue_first_and_why(begun):
    house, case = begun
    house.go_to(london("2026-07-22 10:00"))
    wait_for(lambda: all("log" in row for row in reviews(house)), "how far the log is sealed was never told")
    said = asked(house, "OFFICER", "due")
    assert [line for line in said.split("\n") if line and line[0] != " "] == ["Overdue: 1", "Due: 1", "Coming: 1"]
    assert f"    {case.reference}: First review, Larch House\n" in said
    assert "by Monday 13 July 2026 at 17:00; told last: 7 days before" in said
    for row in reviews(house):
        assert " ".join(row["because"].split()) in " ".join(said.split())
    assert "Coming" not in asked(house, "OFFICER", "due", "--state", "overdue")
    assert "Yearly" not in asked(house, "PROVIDER", "due", "--kind", "first", "--home", house.homes["Larch House"])
    assert asked(house, "MEDIATOR", "due") == "No review is open.\n"


def test_due_as_json_is_every_row_of_every_page(begun):
    house, _ = begun
    started(house, provider="PROVIDER2", invited="alder", home="Alder Grove")
    assert json.loads(asked(house, "OFFICER", "due", "--json"))["items"] == reviews(house)
    assert json.loads(asked(house, "MEDIATOR", "due", "--json"))["items"] == []


def test_review_shows_one_placement_day_by_day(begun):
    house, case = begun
    other = started(house, provider="PROVIDER2", invited="alder", home="Alder Grove")
    said = asked(house, "OFFICER", "review", case.reference)
    assert said.count("review, Larch House") == 3 and other.reference not in said
    for row in reviews(house, q=case.reference):
        for step in house.client("OFFICER").get(row["href"]).json["explain"]["steps"]:
            assert step["day_words"] in said
    assert "No review is open there" in asked(house, "OFFICER", "review", "PL-9999999")


def test_what_the_service_refuses_is_said_in_its_words(begun):
    house, _ = begun
    assert "state does not fit" in asked(house, "OFFICER", "due", "--state", "late", code=1)
    assert asked(house, "OFFICER", "due", code=1, token="cnc_nobody")
