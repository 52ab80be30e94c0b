"""Calendar feeds: whose placements are in them, how events follow their dates, and who reads them."""

import os
import subprocess
import urllib.parse

import pytest

from support.cluster import ClusterError
from support.daemon import ROOT, SANITIZERS
from support.house import london
from support.journey import NAME, PERSONAL_WORDS
from support.node import node

COMPANY = [*NAME.split(), "Northfold", "Ophelia"]  # nobody's name, and no place


def feed(house, who, expect=201, **asked):
    return house.client(who).post("/v1/calendar-feeds", asked, expect).json


def path_of(made):
    return urllib.parse.urlsplit(made["address"]).path


def read(house, made, expect=200, headers=None):
    """As a calendar program does: no token, any kind of answer."""
    return house.client("OFFICER").as_(None).get(path_of(made), expect, {"Accept": "*/*", **(headers or {})})


def judged(text):
    """The events by their summary, as ical.js reads what libical finds sound."""
    checker = os.path.join(ROOT, "build/asan/tests/api/ical_check")
    done = subprocess.run([checker], input=text, capture_output=True, check=False, timeout=60,
                          env={**os.environ, **SANITIZERS})
    assert done.returncode == 0, done.stderr.decode()
    calendar = node("calendar.js", text)
    assert int(done.stdout) == len(calendar["events"])
    assert calendar["method"] == "PUBLISH" and calendar["version"] == "2.0"
    return {event["summary"]: event for event in calendar["events"]}


def shown(house, made):
    answer = read(house, made)
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer.headers["Cache-Control"].startswith("private")
    assert not [word for word in PERSONAL_WORDS + COMPANY if word in answer.text]
    return judged(answer.body)


def correct(case):
    [entry] = [fact["entry"] for fact in case.house.client("OFFICER").pages(f"/v1/placements/{case.id}/facts")
               if fact["kind"] == "start_confirmed"]
    case.move("OFFICER", "correct", entry=entry, field="started", reason="reasonaxolotl",
              **{"was": "2026-03-09", "is": "2026-03-02"})


def test_events_follow_their_dates_and_are_called_off_for_ninety_days(rehearsal):
    house = rehearsal("2026-02-02 10:00")
    case = house.journey("in_force", start="2026-03-02", team="South; a,b")
    house.journey("opened", team="North")
    house.southmere("in_force", provider="PROVIDER2", invited="alder", home="Alder Grove", start="2026-03-02")
    house.go_to(london("2026-03-10 10:00"))
    case.move("OFFICER", "confirm_start", started="2026-03-09")
    mine = feed(house, "OFFICER", scope="user")
    team = feed(house, "MANAGER", scope="team", team="South; a,b")
    nobodys = feed(house, "MANAGER", scope="user")
    council = feed(house, "MANAGER", scope="organisation")
    larch = feed(house, "PROVIDER", scope="organisation")
    own, theirs = f"{case.reference}: hold the three-month review", (
        f"{case.reference}: the commissioner is to hold the three-month review")

    before = shown(house, mine)
    review = before[own]
    assert (review["dtstart"], review["dtend"], review["all_day"]) == ("2026-06-09", "2026-06-10", True)
    assert (review["status"], review["categories"]) == ("CONFIRMED", "Review")
    assert review["description"] == "By Tuesday 9 June 2026 at 17:00, London time."
    assert review["url"].endswith(f"/placements/{case.reference}")
    assert all(case.reference in name for name in before)
    assert shown(house, team) == before and own in shown(house, council) and shown(house, nobodys) == {}
    assert "\r\nNAME:Concordat: team South\\; a\\,b\r\n" in read(house, team).text
    there = shown(house, larch)
    assert there[theirs]["dtstart"] == "2026-06-09" and there[theirs]["uid"] != review["uid"]
    assert there[theirs]["sequence"] == review["sequence"] and own not in there
    assert len({event["uid"] for event in before.values()}) == len(before)

    answer = read(house, mine)
    tag = answer.headers["ETag"]
    again = read(house, mine, 304, {"If-None-Match": tag})
    assert again.body == b"" and again.headers["ETag"] == tag and read(house, mine).body == answer.body
    house.go_to(london("2026-04-13 10:00"))
    correct(case)
    assert read(house, mine, headers={"If-None-Match": tag}).headers["ETag"] != tag
    moved = shown(house, mine)[own]
    assert (moved["dtstart"], moved["uid"], moved["status"]) == ("2026-06-02", review["uid"], "CONFIRMED")
    assert int(moved["sequence"]) == int(review["sequence"]) + 1
    assert moved["last-modified"] == "2026-04-13T09:00:00Z" > review["last-modified"]
    assert shown(house, larch)[theirs]["sequence"] == moved["sequence"]

    started = {name for name, event in shown(house, mine).items() if "confirm the start" in name}
    case.move("OFFICER", "record_death", died_on="2026-04-10", last_paid="2026-04-12")
    house.wait_quiet()
    for made, name in ((mine, own), (larch, theirs)):
        event = shown(house, made)[name]
        assert (event["status"], event["dtstart"], event["uid"]) == (
            "CANCELLED", "2026-06-02", (review if made is mine else there[theirs])["uid"])
        assert int(event["sequence"]) == int(moved["sequence"]) + 1
        assert event["description"] == "No longer due Tuesday 2 June 2026 at 17:00."
    assert started and all(shown(house, mine)[name]["status"] == "CONFIRMED" for name in started), "what was done stays"
    house.go_to(london("2026-07-12 10:00"))
    assert own in shown(house, mine)
    house.go_to(london("2026-07-13 10:00"))
    assert shown(house, mine) == {}


def test_what_is_counted_in_hours_ends_at_its_instant_and_what_pauses_has_no_date(rehearsal):
    house = rehearsal("2026-11-16 10:00")
    case = house.journey("inviting", urgency="emergency", start="2026-11-30")
    larch = feed(house, "PROVIDER", scope="organisation")
    name = f"{case.reference}: make an offer"

    def due():
        return case.obligation("make_offer", "PROVIDER")["due_at"][:19] + "Z"

    was = due()
    event = shown(house, larch)[name]
    assert (event["dtend"], event["all_day"], event["duration"], event["status"]) == (was, False, "PT30M", "CONFIRMED")
    case.move("PROVIDER", "ask", question="questiongerenuk")
    paused = shown(house, larch)[name]
    assert (paused["status"], paused["dtend"]) == ("CANCELLED", was)
    house.go_to(london("2026-11-16 11:00"))
    case.move("OFFICER", "answer", number=1, answer="answerhoatzin")
    resumed = shown(house, larch)[name]
    assert (resumed["status"], resumed["dtend"]) == ("CONFIRMED", due()) and due() > was
    assert [int(one["sequence"]) for one in (event, paused, resumed)] == [0, 1, 2]


def test_only_whoever_has_the_address_reads_a_feed_until_it_is_revoked(live):
    case = live.journey("in_force")
    officer, admin = live.client("OFFICER"), live.client("COUNCIL_ADMIN")
    key = {"Idempotency-Key": '"5b0c1a52-6d3e-4a4e-9b0f-7c8d9e0f1a2b"'}
    made = officer.post("/v1/calendar-feeds", {"scope": "user"}, 201, key).json
    again = officer.post("/v1/calendar-feeds", {"scope": "user"}, 201, key).json
    assert again == {name: value for name, value in made.items() if name != "address"}
    assert officer.post("/v1/calendar-feeds", {"scope": "organisation"}, 422, key).code == "idempotency_key_reused"
    assert made["user"] == live.users["OFFICER"] and len(path_of(made)) == len("/calendar/.ics") + 43
    other = feed(live, "OFFICER2", scope="organisation")
    assert any(case.reference in name for name in shown(live, made)) and shown(live, other) == {}

    for who, asked, pointer in (("PROVIDER", {"scope": "user"}, "/scope"), ("PROVIDER", {"scope": "team", "team": "x"}, "/scope"),
                                ("OFFICER", {"scope": "team"}, "/team"), ("OFFICER", {"scope": "user", "team": "x"}, "/team"),
                                ("OFFICER", {"scope": "all"}, "/scope"), ("OFFICER", {}, "/scope")):
        assert feed(live, who, 400, **asked)["errors"][0]["pointer"] == pointer
    assert [row["id"] for row in officer.pages("/v1/calendar-feeds")] == [made["id"]]
    assert "address" not in officer.get("/v1/calendar-feeds").json["items"][0]
    theirs = feed(live, "MANAGER", scope="organisation")
    assert [row["id"] for row in admin.pages("/v1/calendar-feeds", limit=1)] == [made["id"], theirs["id"]]
    assert [row["id"] for row in live.client("OFFICER2").pages("/v1/calendar-feeds")] == [other["id"]]

    def revoke(who, row, expect):
        return live.client(who).request("DELETE", f"/v1/calendar-feeds/{row['id']}", expect=expect)

    for organisation, rows in (("council", "2"), ("southmere", "1"), ("larch", "0")):
        reader = f"concordat_reader options='-c concordat.organisation={live.organisations[organisation]}'"
        assert live.cluster.psql("select count(*) from calendar_feed", live.database, reader) == [[rows]]
        with pytest.raises(ClusterError, match="permission denied"):
            live.cluster.psql("select secret_sha256 from calendar_feed", live.database, reader)
    revoke("OFFICER", theirs, 403), revoke("OFFICER2", made, 404), revoke("PROVIDER", made, 404)
    assert revoke("COUNCIL_ADMIN", theirs, 200).json == {"id": theirs["id"], "revoked": True}
    read(live, theirs, 404)
    revoke("OFFICER", made, 200), revoke("OFFICER", made, 200)
    assert read(live, made, 404).code == "not_found"
    assert [row["id"] for row in officer.pages("/v1/calendar-feeds")] == []
    secret = path_of(made)[len("/calendar/"):-len(".ics")]
    for path in (f"/calendar/{secret[:-1]}A.ics", "/calendar/x.ics", "/calendar/.ics", f"/calendar/{secret}", f"/calendar/{secret}.ics/",
                 f"/calendar/{live.tokens['OFFICER']}.ics"):
        officer.as_(None).get(path, 404)
    officer.as_(None).get(path_of(other) + "?x=1", 400)

    # who has no role there any more reads nothing
    read(live, other)
    live.cluster.psql(f"delete from membership where user_id = '{live.users['OFFICER2']}'", live.database)
    try:
        read(live, other, 404)
    finally:
        live.cluster.psql(f"insert into membership values ('{live.users['OFFICER2']}', '{other['organisation']}', 'case_officer')",
                          live.database)
    asked = read(live, other).headers["X-Request-Id"]
    line = live.daemon.wait_for_line(lambda line: line.get("request_id") == asked)
    assert line["route"] == "/calendar/{secret}.ics" and line["organisation"] == other["organisation"]
    log, stored = live.daemon.log_tail(100000), live.cluster.psql("select f::text from calendar_feed f", live.database)
    for made in (made, theirs, other):
        secret = path_of(made)[len("/calendar/"):-len(".ics")]
        assert secret not in log and secret not in str(stored)


def test_what_is_due_by_a_homes_record_is_in_the_feeds_of_who_owes_it(rehearsal):
    house = rehearsal("2026-04-08 10:00")
    home = house.homes["Larch House"]
    case = house.journey("in_force")
    house.client("OFFICER").post(f"/v1/homes/{home}/moves", {"move": "raise_flag", "level": "amber", "reason": "staffing",
                                                              "detail": "detailgharial"}, 200, {"If-Match": '"v0"'})
    larch, alder, council, mine = (feed(house, who, scope=scope) for who, scope in (
        ("PROVIDER", "organisation"), ("PROVIDER2", "organisation"), ("MANAGER", "organisation"), ("OFFICER", "user")))

    def of_home(made):
        return {name.removeprefix("Larch House: "): event for name, event in shown(house, made).items() if case.reference not in name}

    theirs, ours = of_home(larch), of_home(council)
    assert sorted(theirs) == ["answer the flag", "file an improvement plan"] and list(ours) == ["offer the home help"]
    assert of_home(alder) == of_home(mine) == {}
    due = {d["duty"]: d["due_at"][:10] for d in house.client("PROVIDER").get(f"/v1/homes/{home}").json["records"][0]["duties"]}
    answer = theirs["answer the flag"]
    assert (answer["dtstart"], answer["status"], answer["categories"]) == (due["answer_flag"], "CONFIRMED", "Action due")
    assert answer["url"].endswith(f"/homes/{home}") and answer["uid"].startswith(house.organisations["council"])
