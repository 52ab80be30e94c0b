"""Due dates offline: the date, every step, where the bank holidays come from, and what does not fit."""

import json
import os
import shutil
import subprocess

import pytest

from conftest import PROGRAM
from support.daemon import ROOT, SANITIZERS

FROM = ["--from", "2026-04-02T10:00:00+01:00"]
FIVE = [*FROM, "--rule", "5 working days"]
CALENDARS = "reference/calendars"


@pytest.fixture
def explain(concordat):
    def run(*words, **more):
        return json.loads(concordat("dates", "explain", *words, "--json", **more))
    return run


def test_a_date_and_every_day_that_led_to_it(explain, concordat):
    found = explain(*FIVE)
    assert found["due_at"] == "2026-04-13T16:00:00Z" and found["from"] == "2026-04-02T09:00:00Z"
    assert (found["division"], found["calendar_version"], found["rule"]) == ("england-and-wales", 1, "5 working days")
    assert (found["paused"], found["provisional"], found["nominal_day"]) == (False, False, "2026-04-13")
    assert [step["day"] for step in found["steps"]] == [f"2026-04-{day:02}" for day in range(2, 14)]
    assert [step["why"] for step in found["steps"] if not step["counts"]] == [
        "day 0", "Good Friday", "Saturday", "Sunday", "Easter Monday", "Saturday", "Sunday"]
    page = concordat("dates", "explain", *FIVE)
    assert page.startswith("Due Monday 13 April 2026 at 17:00.\n")
    for step in found["steps"]:
        assert f"{step['day_words']:<30}{step['why']}\n" in page
    assert page.endswith("By the bank holidays of england-and-wales, version 1.\n")


@pytest.mark.parametrize("division, due", [
    ("england-and-wales", "2026-04-13T16:00:00Z"), ("scotland", "2026-04-10T16:00:00Z"),
    ("northern-ireland", "2026-04-13T16:00:00Z"),
])
def test_each_division_has_its_own_holidays(explain, division, due):
    assert explain(*FIVE, "--division", division)["due_at"] == due


def test_pauses_in_any_number(explain, concordat):
    ten = ["--from", "2026-03-02T10:00:00Z", "--rule", "10 wd"]
    whole = explain(*ten, "--pause", "2026-03-06T18:00:00Z/2026-03-23T09:00:00Z")
    assert whole["due_at"] == "2026-03-30T16:00:00Z"
    split = ["--pause", "2026-03-12T09:00:00Z/2026-03-23T09:00:00Z", "--pause=2026-03-06T18:00:00Z/2026-03-12T09:00:00Z"]
    assert explain(*ten, *split) == whole
    paused = explain(*ten, "--pause", "2026-03-06T18:00:00Z/")
    assert paused["paused"] is True and "due_at" not in paused
    assert concordat("dates", "explain", *ten, "--pause", "2026-03-06T18:00:00Z/").startswith("Paused: no due date yet.\n")


def test_a_date_rolls_as_the_rule_or_the_option_says(explain):
    three = ["--from", "2025-11-30T00:00:00Z", "--rule"]
    for words in (["3 months", "--roll", "back"], ["3 months, or the working day before"]):
        found = explain(*three, *words)
        assert (found["due_at"], found["nominal_day"]) == ("2026-02-27T17:00:00Z", "2026-02-28")
    assert explain(*three, "3 months", "--roll", "forward")["due_at"] == "2026-03-02T17:00:00Z"
    assert explain(*three, "3 months, or the working day before", "--roll", "none")["due_at"] == "2026-02-28T17:00:00Z"


def test_a_date_past_the_calendars_end_is_provisional(explain):
    assert explain("--from", "2028-11-15T10:00:00Z", "--rule", "3 months", "--roll", "back")["provisional"] is True


def test_a_calendar_of_ones_own(explain, written):
    with open(os.path.join(ROOT, CALENDARS, "scotland.json"), encoding="utf-8") as file:
        calendar = json.load(file)
    calendar["version"] = 7
    calendar["events"].append({"title": "A day of thanks", "date": "2026-04-08", "notes": "", "bunting": True})
    found = explain(*FIVE, "--calendar", written("mine.json", calendar))
    assert (found["division"], found["calendar_version"], found["due_at"]) == ("scotland", 7, "2026-04-13T16:00:00Z")
    assert "A day of thanks" in found["sentence"]
    assert explain(*FIVE, "--calendar", "-", stdin=json.dumps(calendar).encode()) == found


CLOSURES = {"version": 4, "closures": [{"date": "2026-04-08", "title": "Civic offices closed"}]}


def test_an_authoritys_closures_beside_the_bank_holidays(explain, concordat, written):
    found = explain(*FIVE, "--closures", written("closures.json", CLOSURES))
    assert found["due_at"] == "2026-04-14T16:00:00Z" and "calendar_version" not in found
    assert (found["bank_holidays_version"], found["closures_version"]) == (1, 4)
    assert [step["why"] for step in found["steps"] if step["day"] == "2026-04-08"] == ["Civic offices closed (the authority is closed)"]
    shown = concordat("dates", "explain", *FIVE, "--closures", "-", stdin=json.dumps(CLOSURES).encode())
    assert shown.endswith("By the bank holidays of england-and-wales, version 1, and the authority's closures, version 4.\n")
    for closures, said in (([{"date": "2026-04-11", "title": "x"}], '"/closures/0/date": Saturday 11 April 2026 is no working day'),
                           ([{"date": "2026-04-08", "title": "x"}] * 2, "stands twice"),
                           ([{"date": "2026-04-08"}], '"/closures/0/title"'), ("x", '"/closures"')):
        path = written("unsound.json", {"version": 1, "closures": closures})
        assert said in concordat("dates", "explain", *FIVE, "--closures", path, code=1)


def test_where_calendars_are_found(explain, concordat, tmp_path):
    shutil.copytree(os.path.join(ROOT, CALENDARS), tmp_path / "calendars")
    assert explain(*FIVE, "--reference", str(tmp_path)) == explain(*FIVE)
    assert "There is no such file." in concordat("dates", "explain", *FIVE, "--reference", str(tmp_path / "x"), code=3)
    done = subprocess.run([PROGRAM, "dates", "explain", *FIVE], cwd=tmp_path, env={**os.environ, **SANITIZERS},
                          capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode in (0, 3), "where nothing is installed, the folder that was looked in is named"
    assert done.returncode == 0 or "/usr/share/concordat/calendars/england-and-wales.json" in done.stderr


@pytest.mark.parametrize("words, said", [
    (["--from", "2026-04-02", "--rule", "5 days"], "--from does not fit. Give an instant with its offset"),
    (["--from", "2026-04-02T10:00:00", "--rule", "5 days"], "--from does not fit."),
    ([*FROM, "--rule", "soon"], "--rule does not fit. Give one such as"),
    ([*FROM, "--rule", "0 days"], "--rule does not fit."),
    ([*FIVE, "--division", "wales"], "--division does not fit. Give one of: england-and-wales, scotland, northern-ireland."),
    ([*FIVE, "--roll", "over"], "--roll does not fit. Give one of: none, forward, back."),
    ([*FIVE, "--roll", "back"], "--roll does not fit. Only clocks of days"),
    ([*FIVE, "--pause", "2026-04-05T10:00:00Z"], "--pause does not fit. Give each as FROM/TO"),
    ([*FIVE, "--pause", "2026-04-05T10:00:00Z/2026-04-04T10:00:00Z"], "--pause does not fit."),
])
def test_a_word_that_does_not_fit_is_wrong_use(concordat, words, said):
    assert said in concordat("dates", "explain", *words, code=2)


@pytest.mark.parametrize("words, said", [
    (["--from", "2028-12-20T10:00:00Z", "--rule", "20 working days"], "Load one that covers the clock"),
    ([*FIVE, "--calendar", f"{CALENDARS}/scotland.json", "--division", "northern-ireland"], "This is the calendar for scotland"),
    ([*FIVE, "--calendar", "reference/protocols/standard-1.json"], "is required"),
])
def test_what_a_calendar_does_not_answer_is_said(concordat, words, said):
    complaint = concordat("dates", "explain", *words, code=1)
    assert said in complaint and "Nothing was worked out." in complaint
