"""Any date explained: the service and the command line give the same answer, byte for byte."""

import datetime
import os
import subprocess

import pytest

from support.daemon import ROOT, SANITIZERS
from support.house import LONDON, rfc3339

PROGRAM = os.path.join(ROOT, "build/asan/concordat")


def instant(text):
    """RFC 3339 as it is; London wall time as tests/golden/dates.txt means it."""
    if "T" in text:
        return text
    wall = datetime.datetime.strptime(text, "%Y-%m-%d %H:%M")
    return rfc3339(wall.replace(tzinfo=LONDON, fold=int(wall.month == 10)))


def golden():
    """(from, rule, division, pauses) of every worked date of a shipped calendar."""
    with open(os.path.join(ROOT, "tests/golden/dates.txt"), encoding="utf-8") as file:
        rows = [[field.strip() for field in line.split("|")] for line in file if line.strip() and not line.startswith("#")]
    for start, rule, division, pauses, *_ in rows:
        if "+" in division:
            continue
        split = [pause.split(" .. ") for pause in pauses.split(",")] if pauses != "-" else []
        yield (instant(start), rule, division,
               ["/".join([instant(begin.strip()), "" if end.strip() == "open" else instant(end.strip())])
                for begin, end in split])


def on_the_command_line(start, rule, division, pauses, roll=None):
    words = [PROGRAM, "dates", "explain", "--from", start, "--rule", rule, "--division", division, "--json"]
    words += ["--roll", roll] if roll else []
    for pause in pauses:
        words += ["--pause", pause]
    return subprocess.run(words, cwd=ROOT, env={**os.environ, **SANITIZERS}, capture_output=True, text=True, check=False,
                          timeout=60)


def in_the_service(house, start, rule, division, pauses, roll=None, expect=None):
    query = {"from": start, "rule": rule, "division": division}
    query |= {"pauses": ",".join(pauses)} if pauses else {}
    query |= {"roll": roll} if roll else {}
    return house.client("OFFICER").get("/v1/dates/explain", expect, **query)


def test_every_worked_date_is_the_same_on_the_command_line(live):
    compared = refused = 0
    for asked in golden():
        ours, theirs = on_the_command_line(*asked), in_the_service(live, *asked)
        if ours.returncode == 0:
            assert theirs.status == 200 and ours.stdout == theirs.body.decode() + "\n", asked
            compared += 1
        else:
            assert (ours.returncode, theirs.status) == (1, 400), (asked, ours.stderr)
            assert theirs.json["errors"][0]["detail"] in ours.stderr
            refused += 1
    assert compared > 120 and refused >= 4, (compared, refused)


@pytest.mark.parametrize("change", [
    {"start": "2026-04-02"}, {"rule": "soon"}, {"rule": "1001 days"}, {"rule": "next Someday"}, {"division": "wales"},
    {"roll": "over"}, {"roll": "back"}, {"pauses": ["x"]}, {"pauses": ["2026-04-05T10:00:00Z/2026-04-04T10:00:00Z"]},
])
def test_what_does_not_fit_is_refused_with_the_same_sentence(live, change):
    asked = {"start": "2026-04-02T09:00:00Z", "rule": "5 working days", "division": "scotland", "pauses": [], **change}
    ours, theirs = on_the_command_line(**asked), in_the_service(live, **asked, expect=400)
    (error,) = theirs.json["errors"]
    assert ours.returncode == 2 and error["detail"] in ours.stderr
    assert error["pointer"].removeprefix("/").removesuffix("s") in ours.stderr
