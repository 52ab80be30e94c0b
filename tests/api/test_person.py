"""The person, and whoever represents them: what is said for them, what they see, and what they say themselves."""

import datetime
import json

import pytest

from support.house import five_pm, london, money, rfc3339
from support.journey import LIMIT, NAME, Journey, opening
from test_attachments import read, upload

COUNCIL, FAMILY = "placements@northfold.example", "delia@family.example"
START = "2026-05-18"
# What nobody but the sides may read; each stands nowhere else.
BETWEEN = {"detail": "detailnumbat", "note": "notequoll", "message": "messagebetweensides", "title": "titlebetween"}
OFFERED, COUNTERED = "161137", "165251"


def enter(house, key="family", who="DAUGHTER", name="Delia Reyes"):
    """As the operator would: one organisation for one family, and who speaks for it."""
    house._organisation(key, kind="representative", name=f"The {key} of the person", email=f"delia@{key}.example")
    house._people({who: (key, name, ["representative"])})


def represent(house, case, key="family"):
    return case.move("OFFICER", "invite_representative", representative=house.organisations[key],
                     relation="relationdaughter")


def on_behalf(house, **more):
    at = house.at or datetime.datetime.now(datetime.timezone.utc)
    return {"on_behalf_of": "representative", "occurred_at": rfc3339(at), "evidence": {"reference": "Call note 9"}, **more}


def funded_journey(house):
    case = Journey(house, start=START)
    opened = house.client("OFFICER").open_placement(**opening(wanted_start=START, funding=[
        {"funder": "person", "weekly": money(14317)}, {"funder": "nhs", "weekly": money(23519)},
        {"funder": "authority"}])).json
    case.id, case.reference = opened["placement"], opened["reference"]
    for stage in ("preparing", "with_panel", "approved", "inviting"):
        getattr(case, f"_to_{stage}")()
    return case


def facts(house, case, who="DAUGHTER"):
    return list(house.client(who).pages(f"/v1/placements/{case.id}/facts"))


def everything(house, case, who="DAUGHTER"):
    """All that this party can be sent."""
    client = house.client(who)
    said = client.get(f"/v1/placements/{case.id}").text + json.dumps(facts(house, case, who))
    for path in ("/v1/placements", "/v1/deliveries", "/v1/organisations", "/v1/homes"):
        said += json.dumps(list(client.pages(path)))
    for query in ("owed=by_me&state=all", "owed=to_me&state=all"):
        said += client.get(f"/v1/obligations?{query}").text
    return said + client.get("/v1/reports/timescales").text


@pytest.fixture
def house(rehearsal):
    house = rehearsal("2026-04-01 10:00")
    enter(house)
    return house


@pytest.fixture
def case(house):
    case = funded_journey(house)
    represent(house, case)
    return case


def test_she_sees_what_she_may_from_her_invitation_on(house):
    case = funded_journey(house)
    daughter = house.client("DAUGHTER")
    for path in ("", "/facts", "/facts/1"):
        daughter.get(f"/v1/placements/{case.id}{path}", expect=404)
    represent(house, case)
    seen = case.see("DAUGHTER")
    assert seen["person"]["name"] == NAME and seen["stage"] == "preparing"
    assert seen["needs"]["needs"][0]["task"] == "taskaardvark"
    assert seen["needs"]["outcomes"][0]["what"] == "outcomebilby"
    assert [entry["words"] for entry in seen["involvement"]] == ["wordsechidna"]
    assert seen["contribution"]["weekly"] == money(14317)
    assert [party["side"] for party in seen["parties"]] == ["commissioner", "representative"]
    assert [row["id"] for row in daughter.pages("/v1/placements")] == [case.id]
    assert [fact["kind"] for fact in facts(house, case)] == [
        "placement_opened", "needs_described", "involvement_recorded", "representative_invited"]
    assert set(daughter.allowed_moves(case.id)) == {
        "record_involvement", "send_message", "attach", "dispute_entry", "raise_complaint"}


def test_nothing_between_the_sides_reaches_her(house, case):
    before = case.see("DAUGHTER")
    case.move("PROVIDER", "acknowledge")
    case.move("PROVIDER", "ask", question=BETWEEN["detail"])
    case.move("OFFICER", "answer", number=1, answer=BETWEEN["detail"])
    case.offer("PROVIDER", "1611.37")
    case.offer("OFFICER", "1652.51")
    for who in ("OFFICER", "PROVIDER"):
        case.move(who, "send_message", message=BETWEEN["message"])
        case.move(who, "write_note", note=BETWEEN["note"])
        case.move(who, "attach", document=upload(house, who).json["id"], title=BETWEEN["title"])
    case.move("PROVIDER", "propose_mediation", appointing_body="bodybetween", commissioner_share="50",
              reason=BETWEEN["detail"])
    case.move("OFFICER", "consent_to_mediation")
    case.move("PROVIDER", "leave_mediation", reason=BETWEEN["detail"])
    house.wait_quiet()
    said = everything(house, case)
    for word in [*BETWEEN.values(), "bodybetween", OFFERED, COUNTERED, "1611.37", "1652.51", str(LIMIT), "23519",
                 "panelnotequagga", "panelreasonokapi", "ZQX-7741", "offer", "mediat", "Larch", "larch",
                 house.organisations["larch"], house.homes["Larch House"], "threads\": [{", "terms"]:
        assert word not in said, word
    assert case.see("DAUGHTER")["stage"] == "preparing" and case.see("DAUGHTER")["version"] == before["version"]
    assert case.see("DAUGHTER")["entries"] == before["entries"]
    for path in ("rounds/1/comparison", "calculations/1", "obligations/7.1", "agreements/1"):
        house.client("DAUGHTER").get(f"/v1/placements/{case.id}/{path}", expect=404)


def test_with_the_agreement_she_learns_the_fee_her_mothers_part_and_who_cares(house, case):
    case.offer("PROVIDER", "1611.37")
    case.accept("OFFICER")
    case._to_in_force()
    house.go_to(london("2026-05-20 10:00"))
    case.move("OFFICER", "confirm_start", started=START, note=BETWEEN["note"])
    seen = case.see("DAUGHTER")
    agreement = seen["agreements"][0]
    assert agreement["weekly"] == money(161137) and agreement["contribution"]["pays"] == money(14317)
    assert set(agreement) == {"number", "entry", "basis", "agreed_at", "from", "weekly", "contribution"}
    assert seen["stage"] == "in_force" and seen["started_on"] == START
    assert seen["provider"] == house.organisations["larch"] and seen["home"] == house.homes["Larch House"]
    assert {o["duty"] for o in seen["obligations"]} == {"first_review", "three_month_review", "yearly_review"}
    house.wait_quiet()
    said = everything(house, case)
    for word in (BETWEEN["note"], "23519", str(LIMIT), "terms_digest", "offer"):
        assert word not in said, word
    listed = list(house.client("DAUGHTER").pages("/v1/obligations", owed="to_me"))
    assert {row["duty"] for row in listed} == {"first_review", "three_month_review", "yearly_review"}
    ids = {o["id"]: o for o in seen["obligations"]}
    for row in listed:
        assert ids[row["id"]]["duty"] == row["duty"]
        assert house.client("DAUGHTER").get(row["href"]).json["duty"] == row["duty"]
    house.go_to(london("2026-07-10 10:00"))
    assert {"request_review", "give_feedback", "give_notice", "raise_complaint"} <= set(
        house.client("DAUGHTER").allowed_moves(case.id))
    case.move("DAUGHTER", "give_feedback", kind="first", feedback="wordsaboutthegarden")
    case.involve("review")
    case.move("OFFICER", "hold_review", kind="first", held_on="2026-07-10", needs="unchanged", decision="continue",
              outcomes=[{"key": "swimming", "result": "met"}])
    seen = case.see("DAUGHTER")
    assert [(f["by"], f["feedback"]) for f in seen["feedback"]] == [("representative", "wordsaboutthegarden")]
    assert [(r["kind"], r["outcomes"][0]["result"]) for r in seen["reviews"]] == [("first", "met")]


def test_she_records_her_words_and_writes_to_the_commissioner(house, case):
    case.involve("signature", "DAUGHTER")
    case.move("DAUGHTER", "send_message", message="messagefromher")
    case.move("OFFICER", "send_message", message="messagetoher", to_representative=True)
    document = upload(house, "DAUGHTER").json["id"]
    case.move("DAUGHTER", "attach", document=document, title="titlefromher")
    ours = upload(house, "OFFICER").json["id"]
    case.move("OFFICER", "attach", document=ours, title="titletoher", to_representative=True)
    for who in ("DAUGHTER", "OFFICER"):
        seen = case.see(who)
        assert [m["message"] for m in seen["messages"]] == ["messagefromher", "messagetoher"]
        assert [d["title"] for d in seen["documents"]] == ["titlefromher", "titletoher"]
        assert [i["by"] for i in seen["involvement"]] == ["commissioner", "representative"]
        for one in (document, ours):
            assert read(house, who, one).status == 200
    house.wait_quiet()
    for word in ("messagefromher", "messagetoher", "titlefromher", "titletoher", house.organisations["family"] + "x"):
        assert word not in everything(house, case, "PROVIDER"), word
    assert case.see("PROVIDER")["involvement"][1]["words"] == "wordsechidna"
    assert read(house, "PROVIDER", document).status == 404
    told = [d for d in house.client("DAUGHTER").pages("/v1/deliveries") if d["kind"] == "message_sent"]
    assert told and all("sent you a message" in d["body"] and "messagetoher" not in d["body"] for d in told)
    assert house.mails(COUNCIL, "sent you a message") and house.mails(FAMILY, "invited you to represent the person")
    for who in ("DAUGHTER", "OFFICER", "PROVIDER"):
        numbers = [fact["entry"] for fact in facts(house, case, who)]
        assert numbers == list(range(1, case.see(who)["entries"] + 1)), who


def test_she_disputes_what_was_entered_for_her_mother_within_five_working_days(house, case):
    case.involve("choice", **on_behalf(house))
    seen = case.see("DAUGHTER")
    assert (seen["involvement"][-1]["by"], seen["involvement"][-1]["on_behalf_of"]) == ("commissioner", "representative")
    right = case.expect_due("dispute_entry", five_pm("2026-04-10"), who="DAUGHTER")
    assert right["owed_by"] == "representative" and right["owed_by_organisation"] == house.organisations["family"]
    assert [row["id"] for row in house.client("DAUGHTER").pages("/v1/obligations", owed="by_me")] == [right["id"]]
    house.wait_quiet()
    told = next(d for d in house.client("DAUGHTER").pages("/v1/deliveries") if d["kind"] == "involvement_recorded")
    assert "on behalf of you" in told["body"] and "You may dispute the entry, until" in told["body"]
    house.go_to(london("2026-04-10 16:00"))
    case.move("DAUGHTER", "dispute_entry", entry=seen["entries"], statement="statementkinkajou")
    for who in ("DAUGHTER", "OFFICER"):
        dispute = case.see(who)["disputes"][0]
        assert (dispute["by"], dispute["statement"]) == ("representative", "statementkinkajou")
    assert "statementkinkajou" not in everything(house, case, "PROVIDER")
    assert case.obligation("dispute_entry", "DAUGHTER")["state"] == "met"


def test_and_is_refused_after(house, case):
    case.involve("choice", **on_behalf(house))
    entry = case.see("DAUGHTER")["entries"]
    house.go_to(london("2026-04-13 10:00"))
    case.refused("DAUGHTER", "dispute_entry", "entry_known", pointer="/entry", entry=entry, statement="statementlate")
    assert case.obligation("dispute_entry", "DAUGHTER")["state"] == "lapsed"


def test_a_provider_records_the_persons_words_and_she_disputes_them(house, case):
    case.involve("signature", "PROVIDER", **on_behalf(house))
    entry = case.see("DAUGHTER")["involvement"][-1]
    assert (entry["by"], entry["words"]) == ("provider", "wordsechidna")
    case.move("DAUGHTER", "dispute_entry", entry=entry["entry"], statement="statementkinkajou")
    for who in ("PROVIDER", "OFFICER", "DAUGHTER"):
        assert case.see(who)["disputes"][0]["statement"] == "statementkinkajou", who


def test_without_a_representative_the_persons_words_are_kept_and_no_right_runs(house):
    case = funded_journey(house)
    case.involve("choice", **on_behalf(house))
    case.move("OFFICER", "send_message", message="messagefromher", **on_behalf(house))
    fact = facts(house, case, "OFFICER")[-1]
    assert (fact["kind"], fact["on_behalf_of"], fact["evidence"]) == (
        "message_sent", "representative", {"reference": "Call note 9"})
    assert "opens" not in fact and "messagefromher" not in everything(house, case, "PROVIDER")


def test_her_access_ends_with_her_part(house, case):
    case.move("DAUGHTER", "send_message", message="messagefromher")
    case.involve("choice", **on_behalf(house))
    version = case.see("DAUGHTER")["version"]
    case.move("OFFICER", "release_representative", reason=BETWEEN["detail"])
    house.wait_quiet()
    daughter = house.client("DAUGHTER")
    for path in ("", "/facts", "/facts/1", "/obligations/5.1"):
        daughter.get(f"/v1/placements/{case.id}{path}", expect=404)
    daughter.post(f"/v1/placements/{case.id}/moves", {"move": "send_message", "message": "x"}, 404,
                  {"If-Match": f'"{version}"'})
    assert list(daughter.pages("/v1/placements")) == [] and list(daughter.pages("/v1/obligations", owed="by_me")) == []
    before = list(daughter.pages("/v1/deliveries"))
    assert any("your access has ended" in d["body"] for d in before) and BETWEEN["detail"] not in json.dumps(before)
    case.move("OFFICER", "withdraw", reason="needs_changed")
    house.wait_quiet()
    assert list(daughter.pages("/v1/deliveries")) == before


def test_another_representative_reads_no_letter_to_the_one_before(house, case):
    case.move("OFFICER", "send_message", message="messagetoher", to_representative=True)
    case.move("OFFICER", "release_representative")
    enter(house, "advocates", "ADVOCATE", "Ada Vane")
    represent(house, case, "advocates")
    seen = case.see("ADVOCATE")
    assert seen["messages"] == [] and len(seen["involvement"]) == 1
    assert "messagetoher" not in everything(house, case, "ADVOCATE")
    house.client("DAUGHTER").get(f"/v1/placements/{case.id}", expect=404)


def test_only_a_representative_is_invited_as_one(house):
    case = funded_journey(house)
    for key in ("council", "larch", "fairhill"):
        case.refused("OFFICER", "invite_representative", "does_not_fit", 400, "/representative",
                     representative=house.organisations[key], relation="none")
    case.refused("OFFICER", "send_message", "addressee_known", pointer="/to_representative", message="x",
                 to_representative=True)
    case.refused("PROVIDER", "invite_representative", "side", representative=house.organisations["family"], relation="x")
    case.refused("OFFICER", "invite", "does_not_fit", 400, "/provider", provider=house.organisations["family"])
    represent(house, case)
    case.refused("OFFICER", "invite_representative", "nobody_represents",
                 representative=house.organisations["family"], relation="x")
    names = [o["name"] for o in house.client("OFFICER").pages("/v1/organisations", kind="representative")]
    assert names == ["The family of the person"]
    assert [o["kind"] for o in house.client("PROVIDER").pages("/v1/organisations") if o["kind"] == "representative"] == []


def test_she_learns_that_the_panel_refused_and_no_reason(house):
    case = Journey(house, start=START)
    case.to("with_panel")
    represent(house, case)
    case.move("PANEL", "panel_decide", outcome="refused", reasons="panelreasonokapi")
    house.wait_quiet()
    seen = case.see("DAUGHTER")
    assert (seen["stage"], seen["end_reason"]) == ("ended", "refused_by_panel")
    assert seen["needs"]["needs"][0]["task"] == "taskaardvark"
    assert "panelreasonokapi" not in everything(house, case)
    assert house.mails(FAMILY, "placement ended")


def test_that_no_agreement_came_about_is_told_without_why(house, case):
    case.offer("PROVIDER", "1611.37")
    case.move("OFFICER", "reject", reason="price")
    house.go_to(london("2026-06-01 10:00"))
    seen = case.see("DAUGHTER")
    assert (seen["stage"], seen["end_reason"]) == ("ended", "lapsed")
    said = everything(house, case)
    assert "rejection" not in said and "offer" not in said and OFFERED not in said
    assert house.mails(FAMILY, "No agreement was reached in time")
