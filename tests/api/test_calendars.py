"""A new version of a calendar: what it moves is moved once and told to both; what it does not concern stays."""

import datetime
import json
import os
import shutil
import time

from support.client import Client
from support.daemon import ROOT
from support.house import five_pm, london, rfc3339

from test_deliveries import Program

CALENDAR = "reference/calendars/england-and-wales.json"
COUNCIL, LARCH = "placements@northfold.example", "fees@larchhouse.example"
QUIET_SECONDS = 60
DAEMON_SETTINGS = {"lease_ms": 500}  # what a killed daemon was sending is another's after twelve of these


def load_version(house, folder, version, add=(), remove=(), last_day=None):
    """The shipped calendar as another version: days more, days fewer, a longer span."""
    folder = folder / f"version-{version}"
    shutil.copytree(os.path.join(ROOT, "reference"), folder / "reference")
    path = folder / CALENDAR
    with open(path, encoding="utf-8") as file:
        calendar = json.load(file)
    calendar["version"] = version
    calendar["events"] = [event for event in calendar["events"] if event["date"] not in remove]
    calendar["events"] += [{"title": "A day of thanks", "date": day, "notes": "", "bunting": True} for day in add]
    calendar["events"].sort(key=lambda event: event["date"])
    calendar["last_day"] = last_day or calendar["last_day"]
    path.write_text(json.dumps(calendar), encoding="utf-8")
    house.daemon.load_reference(str(folder / "reference"))


def count_again(house):
    """Time stands still, and is given its turn."""
    house.daemon.rehearse(rfc3339(house.at))
    house.wait_quiet()


def asked(house, **query):
    return house.client("OFFICER").get("/v1/dates/explain", division="england-and-wales", **query).json


def until_noticed(house, version):
    deadline = time.monotonic() + QUIET_SECONDS
    while asked(house, **{"from": "2026-04-13T09:00:00Z"}, rule="1 day")["calendar_version"] != version:
        assert time.monotonic() < deadline, "the daemon has not noticed the newer calendar"
        time.sleep(0.05)


def moved_entries(case, who="OFFICER"):
    facts = case.house.client(who).pages(f"/v1/placements/{case.id}/facts")
    return [fact for fact in facts if fact["kind"] == "due_changed"]


def test_a_closure_declared_inside_a_running_clock_moves_it_and_both_hear(rehearsal, tmp_path):
    house = rehearsal("2026-04-13 10:00")  # a Monday
    case = house.journey("inviting")
    case.move("PROVIDER", "acknowledge", contact="Larch House, 01632 960002")
    case.expect_due("make_offer", five_pm("2026-04-27"), "PROVIDER")
    versions = {who: case.see(who)["version"] for who in ("OFFICER", "PROVIDER")}
    load_version(house, tmp_path, 2, add=["2026-04-15"])
    count_again(house)

    case.expect_due("make_offer", five_pm("2026-04-28"), "PROVIDER")
    why = "Wednesday 15 April 2026 is now a holiday (A day of thanks)"
    for who in ("OFFICER", "PROVIDER"):
        (entry,) = moved_entries(case, who)
        assert entry["actor"] == {"side": "time"}
        assert entry["data"] == {"calendar_version": 2, "why": why}
        (change,) = entry["changes"]
        assert (change["old_due_at"], change["new_due_at"]) == (five_pm("2026-04-27"), five_pm("2026-04-28"))
        assert (change["why"], change["calendar_version"]) == ("calendar_changed", 2)
        assert case.see(who)["version"] != versions[who]
    for address in (COUNCIL, LARCH):
        (mail,) = house.mails(address, "dates changed")
        assert why in mail.text and "Tuesday 28 April 2026 at 17:00" in mail.text and "Monday 27 April" in mail.text
    explained = house.client("PROVIDER").get(case.obligation("make_offer", "PROVIDER")["href"]).json["explain"]
    assert explained["calendar_version"] == 2 and "A day of thanks" in json.dumps(explained)

    facts, mails = case.fact_count(), len(house.sink.messages)
    count_again(house)
    assert (case.fact_count(), len(house.sink.messages)) == (facts, mails), "a second time does nothing"
    until_noticed(house, 2)
    found = asked(house, **{"from": "2026-04-13T09:00:00Z"}, rule="2 working days")
    assert found["due_at"] == five_pm("2026-04-16")


def test_who_moves_first_moves_on_the_new_date(rehearsal, tmp_path):
    """The daemon notices by itself, and nobody is judged by a date that is no longer true."""
    house = rehearsal("2026-04-13 10:00")
    case = house.journey("inviting")
    case.move("PROVIDER", "ask", question="questiongerenuk")
    case.expect_due("answer", five_pm("2026-04-16"))
    load_version(house, tmp_path, 2, add=["2026-04-16"])
    until_noticed(house, 2)
    assert case.obligation("answer")["due_at"] == five_pm("2026-04-17"), "a look shows it before it is recorded"
    assert moved_entries(case) == []
    case.move("OFFICER", "answer", number=1, answer="answerhoatzin")
    assert case.fact_kinds()[-2:] == ["due_changed", "answered"]
    # what the question had paused counts by the newest calendar
    explained = house.client("PROVIDER").get(case.obligation("make_offer", "PROVIDER")["href"]).json["explain"]
    assert explained["calendar_version"] == 2 and explained["due_at"] == five_pm("2026-04-28")
    count_again(house)
    assert len(moved_entries(case)) == 1


def test_a_holiday_removed_and_a_change_that_concerns_nothing(rehearsal, tmp_path):
    house = rehearsal("2026-04-30 10:00")  # a Thursday; Monday 4 May is a bank holiday
    case = house.journey("inviting")
    case.expect_due("acknowledge", five_pm("2026-05-05"), "PROVIDER")
    case.expect_due("make_offer", five_pm("2026-05-15"), "PROVIDER")
    load_version(house, tmp_path, 2, add=["2026-05-18"])
    count_again(house)
    assert moved_entries(case) == []
    explained = house.client("PROVIDER").get(case.obligation("make_offer", "PROVIDER")["href"]).json["explain"]
    assert explained["calendar_version"] == 1, "what nothing moved is explained by what set it"
    load_version(house, tmp_path, 3, remove=["2026-05-04"])
    count_again(house)
    case.expect_due("acknowledge", five_pm("2026-05-04"), "PROVIDER")
    case.expect_due("make_offer", five_pm("2026-05-14"), "PROVIDER")
    (entry,) = moved_entries(case, "PROVIDER")
    assert entry["data"]["why"] == "Monday 4 May 2026 is no longer a holiday (Early May bank holiday)"
    house.go_to(house.at + datetime.timedelta(days=4, hours=8))  # Monday, after 17:00
    assert case.obligation("acknowledge")["missed_at"] == five_pm("2026-05-04")


def test_a_date_past_the_calendars_end_becomes_firm_when_it_grows(rehearsal, tmp_path):
    house = rehearsal("2028-01-10 10:00")
    case = house.journey("in_force", start="2028-01-10")
    case.move("OFFICER", "confirm_start", started="2028-01-10")
    yearly = case.obligation("yearly_review")
    assert (yearly["due_at"], yearly["provisional"]) == (five_pm("2029-01-10"), True)
    others = [o for o in case.see()["obligations"] if o["duty"] != "yearly_review"]
    load_version(house, tmp_path, 2, last_day="2029-12-31", add=["2029-01-01"])
    count_again(house)
    yearly = case.obligation("yearly_review")
    assert (yearly["due_at"], yearly["provisional"]) == (five_pm("2029-01-10"), False)
    assert [o for o in case.see()["obligations"] if o["duty"] != "yearly_review"] == others
    (mail,) = house.mails(COUNCIL, "dates changed")
    assert "no longer provisional" in mail.text and not house.mails(LARCH, "dates changed now")


def times_told(house, organisation, channel):
    found = house.cluster.psql("select created_at at time zone 'Europe/London' from delivery where kind = 'calendar_ends' and "
                               f"recipient_id = '{organisation}' and channel = '{channel}' order by created_at", house.database)
    return [when[:16] for (when,) in found]


def test_an_authority_is_told_that_its_calendar_ends_monthly_then_weekly_until_a_newer_one_is_loaded(rehearsal, tmp_path):
    house = rehearsal("2028-06-29 10:00")
    council, southmere = house.organisations["council"], house.organisations["southmere"]
    assert times_told(house, council, "service") == []
    house.go_to(london("2028-07-31 08:59"))
    assert times_told(house, council, "service") == ["2028-06-30 09:00"]
    house.go_to(london("2028-12-15 10:00"))
    expected = ["2028-06-30 09:00", "2028-07-31 09:00", "2028-08-31 09:00", "2028-09-30 09:00", "2028-10-31 09:00",
                "2028-11-30 09:00", "2028-12-07 09:00", "2028-12-14 09:00"]
    for organisation in (council, southmere):
        for channel in ("service", "email"):
            assert times_told(house, organisation, channel) == expected
    assert len(house.mails("mona.pike@council.example", "end on Sunday 31 December 2028")) == len(expected), "its manager's"
    assert len(house.mails("care@southmere.example", "load-reference")) == len(expected), "it has no manager"
    assert len(house.sink.messages) == 2 * len(expected), "nobody else is told"

    load_version(house, tmp_path, 2, last_day="2028-12-31")
    load_version(house, tmp_path, 3, last_day="2029-06-30")
    house.go_to(london("2028-12-29 10:00"))
    assert times_told(house, council, "service") == expected
    house.go_to(london("2028-12-30 10:00"))
    assert times_told(house, council, "service") == expected + ["2028-12-30 09:00"], "six months before the newer one's end"


def test_after_an_outage_the_end_of_a_calendar_is_told_once_and_by_rule(rehearsal):
    house = rehearsal("2029-01-20 10:00", webhook_private_targets="true")
    house.wait_quiet()
    council = house.organisations["council"]
    assert times_told(house, council, "service") == ["2029-01-20 10:00"]
    assert len(house.mails("care@southmere.example", "ended on Sunday 31 December 2028")) == 1
    house.client("MANAGER").post("/v1/message-rules", {"for": "mailbox", "kind": "calendar_ends", "timing": "none"}, 200)
    for who, timing in (("OFFICER", "immediate"), ("PANEL", "daily")):
        house.client(who).post("/v1/message-rules", {"kind": "calendar_ends", "timing": timing}, 200)
    with Program() as program:
        house.client("COUNCIL_ADMIN").post("/v1/webhooks", {"url": program.url, "kinds": ["calendar_ends"]}, 201)
        house.go_to(london("2029-01-25 09:00"))
        [(_, body)] = program.got
    told = json.loads(body)
    assert (told["type"], told["subject"], told["data"]["authority"]) == ("calendar_ends", "england-and-wales", council)
    assert times_told(house, council, "service") == ["2029-01-20 10:00", "2029-01-25 09:00"]
    found = house.cluster.psql("select d.target, p.kind from delivery d left join dispatch p on p.id = d.dispatch_id where "
                               f"d.channel = 'email' and d.kind = 'calendar_ends' and d.recipient_id = '{council}' "
                               "and d.created_at > '2029-01-21'", house.database)
    assert sorted(found) == sorted([[house.users["OFFICER"], None], [house.users["PANEL"], "digest"]])
    assert len(house.mails("care@southmere.example")) == 2


def working_days_from_now(house, count):
    now = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)
    return asked(house, **{"from": rfc3339(now)}, rule=f"{count} working days")["due_at"][:10]


def until_moved(house, cases):
    deadline = time.monotonic() + QUIET_SECONDS
    while True:
        moved = [len([kind for kind in case.fact_kinds() if kind == "due_changed"]) for case in cases]
        if min(moved) == 1:
            return moved
        assert time.monotonic() < deadline, moved
        time.sleep(0.1)


def test_several_daemons_one_killed_move_each_date_once(live, make_daemon, tmp_path):
    cases = [live.journey("inviting") for _ in range(12)]
    day = working_days_from_now(live, 4)
    other = make_daemon(live.database, lease_ms=1000, master_key_file=live.daemon.config["master_key_file"]).start()
    load_version(live, tmp_path, 2, add=[day])
    time_loaded = time.monotonic()
    while time.monotonic() < time_loaded + QUIET_SECONDS:  # somewhere in the walk, or just before it
        begun = live.cluster.psql("select count(*) from recount where version = 2", live.database)[0][0]
        if int(begun):
            break
        time.sleep(0.01)
    live.daemon.kill9()
    live.daemon.start()
    for client in live.clients.values():
        client.close()
    live.clients.clear()
    until_moved(live, cases)
    live.wait_quiet()
    assert until_moved(live, cases) == [1] * len(cases)
    told = live.cluster.psql("select count(*), count(distinct (placement_id, recipient_id)) from delivery "
                             "where kind = 'due_changed' and channel = 'service'", live.database)[0]
    assert tuple(map(int, told)) == (2 * len(cases),) * 2
    assert Client(other.base_url, live.tokens["OFFICER"]).placement(cases[0].id)["id"] == cases[0].id
    other.stop()
