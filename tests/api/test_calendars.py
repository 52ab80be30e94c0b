"""A new version of a calendar: what runs goes on by the version that set it, what begins goes by the new one."""

import json
import os
import shutil

from support.daemon import ROOT
from support.house import five_pm

CALENDAR = "reference/calendars/england-and-wales.json"


def load_next_version(house, folder, holiday):
    """Version 2, which has one holiday more."""
    shutil.copytree(os.path.join(ROOT, "reference"), folder / "reference")
    path = folder / CALENDAR
    with open(path, encoding="utf-8") as file:
        calendar = json.load(file)
    calendar["version"] = 2
    calendar["events"].append({"title": "A day of thanks", "date": holiday, "notes": "", "bunting": True})
    calendar["events"].sort(key=lambda event: event["date"])
    path.write_text(json.dumps(calendar), encoding="utf-8")
    house.daemon.load_reference(str(folder / "reference"))


def test_a_clock_is_explained_by_the_calendar_that_set_it(rehearsal, tmp_path):
    house = rehearsal("2026-04-13 10:00")  # a Monday
    case = house.journey("inviting")
    case.move("PROVIDER", "ask", question="questiongerenuk")
    before = case.obligation("answer")
    load_next_version(house, tmp_path, "2026-04-15")
    house.daemon.stop()
    house.clients.clear()
    house.daemon.start()

    case.expect_due("answer", before["due_at"])
    explained = house.client("OFFICER").get(case.obligation("answer")["href"]).json["explain"]
    assert explained["calendar_version"] == 1
    assert "A day of thanks" not in json.dumps(explained)

    case.move("PROVIDER", "ask", question="questiongerenuk")
    newer = [o for o in case.see()["obligations"] if o["duty"] == "answer"][-1]
    assert newer["due_at"] > before["due_at"]
    explained = house.client("OFFICER").get(newer["href"]).json
    assert explained["explain"]["due_at"] == newer["due_at"]
    assert explained["explain"]["calendar_version"] == 2
    assert "A day of thanks" in json.dumps(explained["explain"])
    # what is asked without a placement goes by the newest
    asked = house.client("OFFICER").get("/v1/dates/explain", division="england-and-wales",
                                        **{"from": "2026-04-13T09:00:00Z"}, rule="2 working days").json
    assert (asked["calendar_version"], asked["due_at"]) == (2, five_pm("2026-04-16"))
