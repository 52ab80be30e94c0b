"""Open contracting data: off unless it is switched on, the authority's alone, as the standard has it, and never the person."""

import re

import pytest

from support.house import london
from support.journey import NAME, terms
from test_reviews import hold, started

STARTED = "2026-05-18"
PREFIX = "ocds-x1y2z3"
DATE_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")

# The members that we write, with their kinds, code lists and what is required of them, as release-schema.json,
# release-package-schema.json and record-package-schema.json of the Open Contracting Data Standard 1.1 have them
# (standard.open-contracting.org/1.1/en/schema/). What is not listed here may not be written.
ORGANISATION = {"name": str, "id!": str, "roles": [("buyer", "supplier")]}
REFERENCE = {"name": str, "id": str}
VALUE = {"amount": (int, float), "currency": ("GBP",)}
MILESTONE = {
    "id!": str, "title": str, "type": ("preProcurement", "approval", "engagement", "assessment", "delivery",
                                       "reporting", "financing"),
    "dueDate": DATE_TIME, "dateMet": DATE_TIME, "status": ("scheduled", "met", "notMet", "partiallyMet"),
}
CONTRACT = {
    "id!": str, "awardID!": str, "title": str, "status": ("pending", "active", "cancelled", "terminated"),
    "period": {"startDate": DATE_TIME, "endDate": DATE_TIME}, "dateSigned": DATE_TIME,
    "items": [{"id!": str, "description": str, "quantity": int,
               "unit": {"scheme": ("UNCEFACT", "QUDT"), "id": str, "name": str, "value": VALUE}}],
    "amendments": [{"date": DATE_TIME, "rationale": str, "id": str, "amendsReleaseID": str, "releaseID": str}],
    "milestones": [MILESTONE],
}
RELEASE = {
    "ocid!": str, "id!": str, "date!": DATE_TIME,
    "tag!": [("contract", "contractAmendment", "implementation", "implementationUpdate", "contractTermination", "compiled")],
    "initiationType!": ("tender",), "language": str, "parties": [ORGANISATION], "buyer": REFERENCE,
    "awards": [{"id!": str, "status": ("pending", "active", "cancelled", "unsuccessful"), "suppliers": [REFERENCE]}],
    "contracts": [CONTRACT],
}
PACKAGE = {"uri!": str, "version!": ("1.1",), "publishedDate!": DATE_TIME, "publisher!": {"name!": str}}
RELEASES = {**PACKAGE, "releases!": [RELEASE]}
RECORDS = {**PACKAGE, "records!": [{"ocid!": str, "releases!": [RELEASE], "compiledRelease": RELEASE}]}


def fits(value, rule, path=""):
    """What does not fit, each with its path."""
    if isinstance(rule, dict):
        if not isinstance(value, dict):
            return [f"{path}: no object"]
        known = {name.rstrip("!"): of for name, of in rule.items()}
        wrong = [f"{path}/{name[:-1]}: missing" for name in rule if name.endswith("!") and name[:-1] not in value]
        wrong += [f"{path}/{name}: not in the standard" for name in value if name not in known]
        return wrong + [w for name in value if name in known for w in fits(value[name], known[name], f"{path}/{name}")]
    if isinstance(rule, list):
        if not isinstance(value, list):
            return [f"{path}: no list"]
        same = [one for one in value if value.count(one) > 1]
        return [f"{path}: twice"] * bool(same) + [w for i, one in enumerate(value) for w in fits(one, rule[0], f"{path}/{i}")]
    if isinstance(rule, re.Pattern):
        return [] if isinstance(value, str) and rule.fullmatch(value) else [f"{path}: {value!r} is no date"]
    if isinstance(rule, tuple) and isinstance(rule[0], str):
        return [] if value in rule else [f"{path}: {value!r} is not in the code list"]
    return [] if isinstance(value, rule) and value != "" else [f"{path}: {value!r}"]


def ask(case, who="OFFICER", rest="/ocds", expect=200):
    return case.house.client(who).get(f"/v1/placements/{case.id}{rest}", expect)


@pytest.fixture
def published(rehearsal):
    """Care that began, was reviewed, and cost less afterwards."""
    house = rehearsal(f"{STARTED} 10:00", ocds_prefix=PREFIX)
    case = started(house)
    house.go_to(london("2026-07-10 10:00"))
    hold(case, "first", "2026-07-10")
    asked = terms("1540.00", start="2026-08-03")
    case.move("PROVIDER", "propose_variation", terms=asked)
    return case


def test_the_checker_of_the_standard_finds_what_does_not_fit():
    good = {"uri": "x", "version": "1.1", "publishedDate": "2026-07-10T09:00:00Z", "publisher": {"name": "N"},
            "releases": [{"ocid": "a", "id": "b", "date": "2026-07-10T09:00:00Z", "tag": ["contract"],
                          "initiationType": "tender"}]}
    assert fits(good, RELEASES) == []
    for member in ("uri", "publisher", "releases"):
        assert fits({k: v for k, v in good.items() if k != member}, RELEASES) == [f"/{member}: missing"]
    for member, value in (("date", "2026-07-10"), ("tag", ["signed"]), ("person", "N"), ("initiationType", "")):
        assert len(fits({**good, "releases": [{**good["releases"][0], member: value}]}, RELEASES)) == 1


def test_nothing_is_given_out_unless_it_is_switched_on(live):
    case = live.journey("in_force")
    assert ask(case, expect=409).json["code"] == "not_published"
    assert ask(case, rest="/agreements/1/ocds", expect=409).json["code"] == "not_published"
    for who in ("PROVIDER", "OFFICER2", "PROVIDER2"):
        ask(case, who, expect=404)


def test_an_agreement_is_a_release_and_the_placement_a_record(published):
    case = published
    package = ask(case, rest="/agreements/1/ocds").json
    assert fits(package, RELEASES) == []
    [release] = package["releases"]
    [contract] = release["contracts"]
    assert release["ocid"] == f"{PREFIX}-{case.id}" and release["tag"] == ["contract"]
    assert [(p["name"], p["roles"]) for p in release["parties"]] == [
        ("Northfold Council", ["buyer"]), ("Larch House Care", ["supplier"])]
    weekly = case.see()["agreements"][0]["weekly"]["amount"]
    assert contract["items"][0]["unit"]["value"] == {"amount": weekly / 100, "currency": "GBP"}
    assert contract["period"]["startDate"] == f"{case.start}T00:00:00+01:00" and "amendments" not in contract

    record = ask(case).json
    assert fits(record, RECORDS) == []
    [one] = record["records"]
    assert [r["tag"] for r in one["releases"]] == [["contract"], ["implementation"]]
    assert one["releases"][0] == release
    assert one["compiledRelease"]["tag"] == ["compiled"]
    milestones = one["compiledRelease"]["contracts"][0]["milestones"]
    assert ("First review", "met", "2026-07-10T00:00:00+01:00") in [
        (m["title"], m["status"], m.get("dateMet")) for m in milestones]
    assert ("Three-month review", "scheduled") in [(m["title"], m["status"]) for m in milestones]


def test_a_release_never_changes_and_an_amendment_says_why(published):
    case = published
    before = ask(case, rest="/agreements/1/ocds").json["releases"]
    case.accept("OFFICER")
    case.involve("signature")
    case.sign("SIGNATORY")
    case.sign("PROVIDER")
    assert ask(case, rest="/agreements/1/ocds").json["releases"] == before
    [release] = ask(case, rest="/agreements/2/ocds").json["releases"]
    [amendment] = release["contracts"][0]["amendments"]
    assert release["tag"] == ["contractAmendment"]
    assert amendment["rationale"] == "A variation agreed by both parties."
    assert (amendment["amendsReleaseID"], amendment["releaseID"]) == (before[0]["id"], release["id"])
    ask(case, rest="/agreements/3/ocds", expect=404)


def test_how_it_ended_and_who_it_was_for_is_in_none_of_it(published):
    case = published
    case.move("OFFICER", "record_death", died_on="2026-07-10", last_paid="2026-07-10", note="notejacana")
    text = ask(case).text
    record = ask(case).json["records"][0]
    assert record["releases"][-1]["tag"] == ["contractTermination"]
    assert record["compiledRelease"]["contracts"][0]["status"] == "terminated"
    assert fits(ask(case).json, RECORDS) == []
    for word in (NAME, "notejacana", "swimming", "died", "death", case.house.homes["Larch House"], case.reference):
        assert word.lower() not in text.lower()
