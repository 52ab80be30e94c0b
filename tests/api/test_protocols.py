"""Protocols as data: checked as a file, adopted by an authority, pinned by a placement; one table, every print."""

import json
import os
import re
import subprocess

import pytest

from support.daemon import ROOT
from support.house import five_pm

STANDARD, SMALL = {"id": "standard", "version": 1}, {"id": "small-packages", "version": 1}
SMALL_FILE = "reference/protocols/small-packages-1.json"


@pytest.fixture(scope="session")
def run(binary):
    def run(*words, code=0):
        done = subprocess.run([binary, *words], cwd=ROOT, capture_output=True, text=True, check=False, timeout=30)
        assert done.returncode == code, done
        return done.stdout if code == 0 else done.stderr
    return run


# -- A file

def changed(folder, change):
    with open(os.path.join(ROOT, SMALL_FILE), encoding="utf-8") as file:
        document = json.load(file)
    change(document, {row["duty"]: row for row in document["timescales"]})
    path = folder / "own.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    return str(path)


def test_what_is_shipped_is_sound(run):
    assert run("protocol", "check", SMALL_FILE).startswith("small-packages version 1 is sound: 38 timescales")
    assert run("protocol", "check", "reference/protocols/standard-1.json").startswith("standard version 1 is sound")


@pytest.mark.parametrize("change, pointer, words", [
    (lambda d, t: t["make_offer"].update(reminders=[{"before": 28, "unit": "days"}]),
     "/timescales/2/reminders/0", "before the action begins, which is due after 5 working days"),
    (lambda d, t: t["appoint_mediator"]["ordinary"].update(count=5),
     "/timescales/20/ordinary", "before the appointing body may name somebody"),
    (lambda d, t: t["sign"]["ordinary"].update(count=0), "/timescales/10/ordinary/count", ""),
    (lambda d, t: t["sign"].update(when_not_done="lapse"), "/timescales/10/when_not_done", "cannot lapse"),
    (lambda d, t: d["timescales"].pop(), "/timescales", ""),
    (lambda d, t: d.update(moves=[]), "/moves", ""),
])
def test_a_flaw_is_pointed_at(run, tmp_path, change, pointer, words):
    said = run("protocol", "check", changed(tmp_path, change), code=1)
    assert f'at "{pointer}"' in said and words in said, said


def test_the_command_takes_one_file_or_one_form(run, tmp_path):
    assert "cannot be read" in run("protocol", "check", str(tmp_path / "none.json"), code=1)
    assert "Name the file" in run("protocol", "check", code=2)
    assert run("protocol", "--json", SMALL_FILE) == json.dumps(
        json.loads(run("protocol", "--json", SMALL_FILE)), separators=(",", ":"), sort_keys=True, ensure_ascii=False) + "\n"
    for words in (["protocol"], ["protocol", SMALL_FILE], ["protocol", "--dot", "--json"],
                  ["protocol", "check", SMALL_FILE, SMALL_FILE]):
        run(*words, code=2)


# -- One table, every print

@pytest.fixture(scope="module")
def document(live):
    return live.client("OFFICER").get("/openapi.json").json


def request_of(document, path):
    return document["paths"][path]["post"]["requestBody"]["content"]["application/json"]["schema"]


def fields_of(document, ref):
    return document["components"]["schemas"][ref.rsplit("/", 1)[-1]]


def test_every_move_is_printed_and_asked_for_alike(run, document):
    page, drawn = run("protocol", "--markdown"), run("protocol", "--dot")
    chapters = dict(re.findall(r"^### (\w+)\n(.*?)(?=^##)", page, re.S | re.M))
    asked = request_of(document, "/v1/placements/{id}/moves")
    by_time = {name for name, text in chapters.items() if "\n- by: time\n" in text}
    assert by_time == {"miss", "lapse", "open_offers", "change_due", "not_served", "served", "apply_quality", "apply_flag"}
    assert set(asked["discriminator"]["mapping"]) == set(chapters) - by_time - {"open_placement"}
    assert len(asked["oneOf"]) == len(asked["discriminator"]["mapping"])
    for name, ref in asked["discriminator"]["mapping"].items():
        fields = fields_of(document, ref)
        assert fields["properties"]["move"] == {"const": name} or name in str(fields["properties"]["move"]), name
        assert "move" in fields["required"]
    assert request_of(document, "/v1/placements")["$ref"].endswith("/open_placement")
    # where the page says that a move leads, the diagram has an arrow of its name, and no other has one
    led = {name for name, text in chapters.items() if "- leads to: no other stage" not in text}
    assert led >= {"open_placement", "sign", "consent_to_mediation", "open_offers"}
    assert set(re.findall(r'label="(\w+)', drawn)) == led


def test_the_moves_of_a_placement_are_those_of_the_document(live, document):
    case = live.journey("negotiating")
    named = set(request_of(document, "/v1/placements/{id}/moves")["discriminator"]["mapping"])
    for who in ("OFFICER", "PROVIDER"):
        allowed = set(live.client(who).allowed_moves(case.id))
        assert allowed and allowed <= named


UNITS = {"working_days": "working day", "hours": "hour", "days": "day", "months": "month"}
ROLLS = {"none": "", "back": ", or the working day before", "forward": ", or the working day after"}


def words(rule):
    if rule["unit"] == "weekday":
        return "the next sitting"
    return f"{rule['count']} {UNITS[rule['unit']]}{'' if rule['count'] == 1 else 's'}{ROLLS[rule['roll']]}"


@pytest.mark.parametrize("file", [SMALL_FILE, "reference/protocols/standard-1.json"])
def test_every_timescale_on_the_page_is_that_of_the_file(run, file):
    with open(os.path.join(ROOT, file), encoding="utf-8") as opened:
        times = json.load(opened)["timescales"]
    page = run("protocol", "--markdown", file)
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in page.splitlines() if line.startswith("| ")]
    table = {row[0]: row[1:] for row in rows if len(row) == 6 and row[0] != "what is due"}
    assert set(table) == {row["duty"] for row in times}
    for row in times:
        reminders = ", ".join(f"{r['before']} {'wd' if r['unit'] == 'working_days' else 'd'}"
                              for r in row.get("reminders", [])) or "-"
        assert table[row["duty"]][:4] == [*(words(row[u]) for u in ("ordinary", "discharge", "emergency")), reminders]
        assert re.split("[:,]", table[row["duty"]][4])[0] == row["when_not_done"]
        assert f"then every {row['repeat_days']} days" in table[row["duty"]][4] if "repeat_days" in row else True


# -- An authority's

def adopt(house, who, protocol, expect=200, authority="council", headers=None):
    return house.client(who).post(f"/v1/organisations/{house.organisations[authority]}/protocol", protocol, expect, headers)


def opened_under(house, case):
    return house.cluster.psql(f"select distinct body::jsonb ->> 'protocol' from fact where stream_id = '{case.id}'",
                              house.database)


def test_an_authority_on_small_packages_has_its_dates(rehearsal):
    house = rehearsal("2026-04-13 10:00")  # a Monday
    adopt(house, "COUNCIL_ADMIN", SMALL)
    case = house.journey("inviting", start="2026-12-07")
    assert opened_under(house, case) == [["small-packages/1"]]
    case.expect_due("acknowledge", five_pm("2026-04-14"))
    case.expect_due("make_offer", five_pm("2026-04-20"))
    case.offer("PROVIDER")
    case.expect_due("respond", five_pm("2026-04-16"))
    case.expect_due("offer_stands", five_pm("2026-04-27"))
    case.move("OFFICER", "propose_mediation", appointing_body="The fictional Institute of Mediators", commissioner_share="50")
    case.expect_due("consent_to_mediation", five_pm("2026-04-16"))
    case.move("PROVIDER", "consent_to_mediation")
    case.expect_due("agree_mediator", five_pm("2026-04-20"), owed_by="provider")
    near = house.journey("inviting", start="2026-04-24")  # within 14 days: three working days
    near.expect_due("make_offer", five_pm("2026-04-16"))
    # another authority goes by its own
    other = house.southmere("inviting", start="2026-12-07")
    assert opened_under(house, other) == [["standard/1"]]
    assert other.obligation("make_offer", "OFFICER2")["due_at"] == five_pm("2026-04-27")


def test_what_runs_keeps_the_protocol_it_was_opened_under(rehearsal):
    house = rehearsal("2026-04-13 10:00")
    before = house.journey("inviting", start="2026-12-07")
    adopt(house, "COUNCIL_ADMIN", SMALL)
    after = house.journey("inviting", start="2026-12-07")
    before.expect_due("make_offer", five_pm("2026-04-27"))
    after.expect_due("make_offer", five_pm("2026-04-20"))
    house.daemon.stop()
    house.clients.clear()
    house.daemon.start()
    for case, respond in ((before, "2026-04-20"), (after, "2026-04-16")):
        case.offer("PROVIDER")
        case.expect_due("respond", five_pm(respond))
    assert opened_under(house, before) == [["standard/1"]]
    # and back again
    adopt(house, "ADMIN", STANDARD)
    house.journey("inviting", start="2026-12-07").expect_due("make_offer", five_pm("2026-04-27"))
    after.expect_due("respond", five_pm("2026-04-16"))


def test_who_may_adopt_and_what(live):
    assert adopt(live, "COUNCIL_ADMIN", SMALL).json["protocol"] == SMALL
    shown = live.client("COUNCIL_ADMIN").get("/v1/organisations", q="Northfold").json["items"][0]
    assert shown["protocol"] == SMALL
    assert adopt(live, "OFFICER", STANDARD, 403).code == "forbidden"
    adopt(live, "PROVIDER_ADMIN", STANDARD, 404)
    adopt(live, "COUNCIL_ADMIN", STANDARD, 404, authority="southmere")
    adopt(live, "PROVIDER_ADMIN", STANDARD, 404, authority="larch")  # no authority
    for protocol, pointer in (({"id": "standard", "version": 2}, "/id"), ({"id": "nothing", "version": 1}, "/id"),
                              ({"id": "standard"}, "/version"), ({"version": 1}, "/id"),
                              ({**STANDARD, "note": "x"}, "/note")):
        answer = adopt(live, "COUNCIL_ADMIN", protocol, 400)
        assert answer.json["errors"][0]["pointer"] == pointer, answer
    live.client("COUNCIL_ADMIN").post("/v1/organisations/nobody/protocol", STANDARD, 404)
    assert live.client("COUNCIL_ADMIN").get("/v1/organisations", q="Northfold").json["items"][0]["protocol"] == SMALL
    # the operator's administrator may, and a repeat answers as the first time
    key = {"Idempotency-Key": '"0198a5a0-0000-7000-8000-00000000aaaa"'}
    first = adopt(live, "ADMIN", STANDARD, headers=key).json
    adopt(live, "ADMIN", SMALL)
    assert adopt(live, "ADMIN", STANDARD, headers=key).json == first
    assert adopt(live, "ADMIN", SMALL, 422, headers=key).code == "idempotency_key_reused"
    assert live.client("COUNCIL_ADMIN").get("/v1/organisations", q="Northfold").json["items"][0]["protocol"] == SMALL
