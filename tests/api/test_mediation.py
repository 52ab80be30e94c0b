"""Mediation by consent of both: who may do what, what each of the three sees, what is told to whom."""

import json

import pytest

from support.house import five_pm, london
from support.journey import PRIVATE_WORDS, LIMIT, terms

BODY = {"appointing_body": "The fictional Institute of Mediators", "commissioner_share": "50"}
COUNCIL, LARCH, FAIRHILL = "placements@northfold.example", "fees@larchhouse.example", "office@fairhill.example"
START = "2026-10-05"


def offered(house):
    """The council offers 1,535.60 on Wednesday 2 September at 11:00: reply by Wednesday 9."""
    case = house.journey("inviting", start=START)
    case.move("PROVIDER", "acknowledge")
    case.offer("OFFICER", "1535.60")
    return case


def mediating(house, case):
    """Proposed Monday 7, consented to on Tuesday 8 at 15:00, a mediator agreed on Thursday 10."""
    house.go_to(london("2026-09-07 10:00"))
    case.move("OFFICER", "propose_mediation", reason="notejacana", **BODY)
    house.go_to(london("2026-09-08 15:00"))
    case.move("PROVIDER", "consent_to_mediation")
    house.go_to(london("2026-09-09 10:00"))
    case.move("PROVIDER", "nominate_mediator", mediator=house.organisations["fairhill"], name="Magnus Hale")
    house.go_to(london("2026-09-10 10:00"))
    case.move("OFFICER", "agree_mediator")
    return case


def settle(case, weekly):
    return case.move("MEDIATOR", "propose_settlement", terms=terms(weekly, START))


def mediation(case, who="OFFICER"):
    return case.see(who)["threads"][-1]["mediation"]


def facts(house, case, who):
    return list(house.client(who).pages(f"/v1/placements/{case.id}/facts"))


def everything(house, case, who):
    """All that this party can be sent about the placement."""
    client = house.client(who)
    said = client.get(f"/v1/placements/{case.id}").text + json.dumps(facts(house, case, who))
    for path in ("/v1/placements", "/v1/obligations?owed=by_me&state=all", "/v1/obligations?owed=to_me&state=all",
                 "/v1/deliveries"):
        said += json.dumps(list(client.pages(path))) if "?" not in path else client.get(path).text
    return said


@pytest.fixture
def house(rehearsal):
    return rehearsal("2026-09-02 11:00")


@pytest.fixture
def case(house):
    return mediating(house, offered(house))


def test_the_clocks_stop_at_consent_and_go_on_with_the_ticks_that_remain(house, case):
    for who in ("OFFICER", "PROVIDER"):
        respond = case.obligation("respond", who)
        assert respond["paused"] and "due_at" not in respond
        assert case.obligation("offer_stands", who)["paused"]
    case.expect_due("mediate", five_pm("2026-10-08"), who="MEDIATOR")
    house.go_to(london("2026-09-25 12:00"))
    case.move("MEDIATOR", "conclude_mediation", outcome="not_settled")
    for who in ("OFFICER", "PROVIDER"):
        case.expect_due("respond", five_pm("2026-09-28"), who=who)
        case.expect_due("offer_stands", five_pm("2026-10-19"), who=who)
        seen = mediation(case, who)
        assert (seen["state"], seen["ended_as"], seen["outcome"]) == ("over", "concluded", "not_settled")


def test_each_of_the_three_sees_the_mediation(house, case):
    for who in ("OFFICER", "PROVIDER", "MEDIATOR"):
        seen = mediation(case, who)
        assert (seen["state"], seen["proposed_by"]) == ("under_way", "commissioner")
        assert seen["appointing_body"] == BODY["appointing_body"] and seen["commissioner_share"] == "50.00"
        assert seen["nominee"] == {"organisation": house.organisations["fairhill"], "name": "Magnus Hale",
                                   "named_by": "provider"}
        assert seen["mediator"] == house.organisations["fairhill"] and seen["reason"] == "notejacana"
        sides = {party["side"] for party in case.see(who)["parties"]}
        assert sides == {"commissioner", "provider", "mediator"}


def test_a_mediator_sees_its_placement_from_its_appointment_and_no_other(rehearsal):
    house = rehearsal("2026-09-02 11:00")
    other = house.journey("negotiating", start=START, provider="PROVIDER2", invited="alder", home="Alder Grove")
    case = offered(house)
    mediator = house.client("MEDIATOR")
    house.go_to(london("2026-09-07 10:00"))
    for path in ("", "/facts", "/facts/1", "/obligations/1.1", "/rounds/1/comparison"):
        mediator.get(f"/v1/placements/{case.id}{path}", expect=404)
    mediator.post(f"/v1/placements/{case.id}/moves", {"move": "conclude_mediation", "outcome": "settled"}, 404,
                  {"If-Match": '"v1"'})
    assert list(mediator.pages("/v1/placements")) == []
    mediating(house, case)
    assert [row["id"] for row in mediator.pages("/v1/placements")] == [case.id]
    mediator.get(f"/v1/placements/{other.id}", expect=404)
    kinds = [fact["kind"] for fact in facts(house, case, "MEDIATOR")]
    assert kinds[-5:] == ["offer_made", "mediation_proposed", "mediation_consented", "mediator_nominated",
                          "mediator_agreed"]
    assert "panel_decided" not in kinds and "invited" in kinds
    assert len(mediator.get(f"/v1/placements/{case.id}/rounds/1/comparison").json["offers"]) == 1


def test_nothing_private_to_a_side_reaches_the_mediator(house, case):
    case.move("OFFICER", "write_note", note="councilnoteserval")
    case.move("PROVIDER", "write_note", note="providernotecivet")
    case.move("MEDIATOR", "write_note", note="mediatornotegenet")
    house.wait_quiet()
    said = everything(house, case, "MEDIATOR")
    for word in [*PRIVATE_WORDS, "councilnoteserval", "providernotecivet", str(LIMIT)]:
        assert word not in said, word
    assert "mediatornotegenet" in said
    for who in ("OFFICER", "PROVIDER", "PROVIDER2"):
        others = house.client(who).get(f"/v1/placements/{case.id}/facts", expect=(200, 404)).text
        assert "mediatornotegenet" not in others
    assert "providernotecivet" not in everything(house, case, "OFFICER")


def test_each_party_counts_its_entries_without_a_gap(house, case):
    case.move("PROVIDER", "write_note", note="notejacana")
    settle(case, "1610.00")
    case.move("PROVIDER", "accept_settlement", terms_digest=case.digest("PROVIDER"))
    case.move("MEDIATOR", "write_note", note="notejacana")
    case.move("OFFICER", "record_involvement", purpose="signature", took_part="fully", how="howdugong")
    for who in ("OFFICER", "PROVIDER", "MEDIATOR"):
        seen, listed = case.see(who), facts(house, case, who)
        assert [fact["entry"] for fact in listed] == list(range(1, seen["entries"] + 1)), who
        ids = {o["id"]: o for o in seen["obligations"]}
        for owed in ("by_me", "to_me"):
            for row in house.client(who).pages("/v1/obligations", owed=owed, state="all"):
                assert ids[row["id"]]["duty"] == row["duty"], (who, row)
                found = house.client(who).get(row["href"]).json
                assert (found["duty"], found["owed_by"]) == (row["duty"], row["owed_by"])


def test_the_mediators_list_names_what_it_owes_and_no_right_of_the_sides(house, case):
    rows = list(house.client("MEDIATOR").pages("/v1/obligations", owed="by_me"))
    assert [(row["duty"], row["due_at"]) for row in rows] == [("mediate", five_pm("2026-10-08"))]
    listed = list(house.client("MEDIATOR").pages("/v1/placements"))[0]
    assert (listed["stage"], listed["next_due_at"]) == ("mediating", five_pm("2026-10-08"))
    owed_to = [row["duty"] for row in house.client("MEDIATOR").pages("/v1/obligations", owed="to_me")]
    assert owed_to == ["respond"]


@pytest.mark.parametrize("move, body", [
    ("make_offer", {"terms": terms("1.00", START)}), ("accept", {"terms_digest": "11" * 32}),
    ("accept_settlement", {"terms_digest": "11" * 32}), ("leave_mediation", {}), ("consent_to_mediation", {}),
    ("withdraw", {"reason": "other"}), ("sign", {"terms_digest": "11" * 32}), ("ask", {"question": "Why?"}),
])
def test_the_mediator_makes_no_move_of_a_side(house, case, move, body):
    case.refused("MEDIATOR", move, "side", **body)


def test_the_sides_make_no_move_of_the_mediator(house, case):
    for who in ("OFFICER", "PROVIDER"):
        case.refused(who, "propose_settlement", "side", terms=terms("1610.00", START))
        case.refused(who, "conclude_mediation", "side", outcome="settled")
    assert set(house.client("MEDIATOR").allowed_moves(case.id)) >= {
        "propose_settlement", "conclude_mediation", "send_message", "write_note"}
    assert "leave_mediation" in house.client("PROVIDER").allowed_moves(case.id)


def test_only_a_mediation_body_that_is_neither_side_mediates(house):
    case = offered(house)
    case.move("OFFICER", "propose_mediation", **BODY)
    case.refused("OFFICER", "consent_to_mediation", "others_proposal")
    case.refused("OFFICER", "nominate_mediator", "stage", mediator=house.organisations["fairhill"])
    case.move("PROVIDER", "consent_to_mediation")
    for name in ("council", "larch", "alder"):
        case.refused("PROVIDER", "nominate_mediator", "does_not_fit", 400, "/mediator",
                     mediator=house.organisations[name])
    case.refused("PROVIDER", "nominate_mediator", "does_not_fit", 400, "/mediator",
                 mediator="01999999-0000-7000-8000-000000000001")
    case.refused("PROVIDER", "appoint_by_body", "agreeing_took_too_long", mediator=house.organisations["fairhill"],
                 letter="L-1")
    case.refused("OFFICER", "agree_mediator", "others_nominee")
    case.refused("PROVIDER", "make_offer", "stage", terms=terms("1600.00", START))
    house.client("MEDIATOR").get(f"/v1/placements/{case.id}", expect=404)


def test_that_one_side_has_accepted_the_other_learns_when_both_have(house, case):
    settle(case, "1610.00")
    before = {who: house.client(who).get(f"/v1/placements/{case.id}").headers["ETag"] for who in ("OFFICER",)}
    listed = list(house.client("OFFICER").pages("/v1/placements"))
    house.go_to(london("2026-09-11 10:00"))
    case.move("PROVIDER", "accept_settlement", terms_digest=case.digest("PROVIDER"))
    house.wait_quiet()
    assert house.client("OFFICER").get(f"/v1/placements/{case.id}").headers["ETag"] == before["OFFICER"]
    assert list(house.client("OFFICER").pages("/v1/placements")) == listed
    assert mediation(case, "OFFICER")["accepted"] == {"commissioner": False}
    assert mediation(case, "PROVIDER")["accepted"] == {"provider": True}
    assert mediation(case, "MEDIATOR")["accepted"] == {"commissioner": False, "provider": True}
    assert not house.mails(COUNCIL, "settlement accepted") and house.mails(FAIRHILL, "settlement accepted")
    case.refused("PROVIDER", "accept_settlement", "settlement_not_accepted_yet",
                 terms_digest=case.digest("PROVIDER"))
    case.refused("OFFICER", "accept_settlement", "names_digest", pointer="/terms_digest", terms_digest="11" * 32)
    house.go_to(london("2026-09-14 10:00"))
    case.move("OFFICER", "accept_settlement", terms_digest=case.digest())
    for who in ("OFFICER", "PROVIDER", "MEDIATOR"):
        assert mediation(case, who)["accepted"] == {"commissioner": True, "provider": True}
        assert mediation(case, who)["ended_as"] == "settled"
    assert case.see()["stage"] == case.see("PROVIDER")["stage"] == "signing"
    for side in ("commissioner", "provider"):
        case.expect_due("sign", five_pm("2026-09-21"), owed_by=side)
    assert case.obligation("mediate")["state"] == "met"
    case._to_in_force()
    assert case.see()["agreements"][-1]["terms"]["weekly"]["amount"] == 161000


def test_the_limit_and_the_guide_hold_for_a_settlement(house, case):
    settle(case, "1713.14")
    refused = case.refused("OFFICER", "accept_settlement", "within_approved_limit", terms_digest=case.digest())
    assert str(LIMIT) not in json.dumps(refused)
    case.move("PROVIDER", "accept_settlement", terms_digest=case.digest("PROVIDER"))
    settle(case, "1700.00")
    assert mediation(case, "PROVIDER")["accepted"] == {"provider": False}
    case.refused("OFFICER", "accept_settlement", "above_guide_reason", pointer="/above_guide_reason",
                 terms_digest=case.digest())
    case.move("OFFICER", "accept_settlement", terms_digest=case.digest(), above_guide_reason="aboveguidenumbat")
    for who in ("PROVIDER", "MEDIATOR"):
        assert "aboveguidenumbat" not in everything(house, case, who)


def test_a_mediator_sees_nothing_that_comes_after_its_end(house, case):
    case.move("MEDIATOR", "conclude_mediation", outcome="part_settled")
    house.wait_quiet()
    before = house.client("MEDIATOR").get(f"/v1/placements/{case.id}").json
    assert before["stage"] == "ended" and before["allowed_moves"] == []
    case.offer("PROVIDER", "1650.00", line_reasons=[{"key": "core", "reason": "notejacana"}])
    case.move("OFFICER", "send_message", message="messagequoll")
    case.move("OFFICER", "withdraw", reason="needs_changed", detail="notejacana")
    house.wait_quiet()
    after = house.client("MEDIATOR").get(f"/v1/placements/{case.id}").json
    assert after == before
    assert facts(house, case, "MEDIATOR")[-1]["kind"] == "mediation_concluded"
    said = everything(house, case, "MEDIATOR")
    assert "165000" not in said and "messagequoll" not in said and "withdrawn" not in said
    rows = list(house.client("MEDIATOR").pages("/v1/obligations", owed="to_me", state="all"))
    assert rows == []
    mine = list(house.client("MEDIATOR").pages("/v1/obligations", owed="by_me", state="all"))
    assert [(row["duty"], row["state"]) for row in mine] == [("mediate", "met")]
    assert all("withdrawn" not in mail.subject for mail in house.mails(FAIRHILL))
    case.refused("MEDIATOR", "propose_settlement", "mediation_over", pointer="/move", terms=terms("1610.00", START))


def test_a_second_mediation_has_a_mediator_of_its_own(house, case):
    house.client("ADMIN")
    house._organisation("brook", kind="mediation_body", name="Brook Mediation", email="post@brook.example")
    house._people({"MEDIATOR2": ("brook", "Maud Brook", ["mediator"])})
    case.move("MEDIATOR", "conclude_mediation", outcome="not_settled")
    before = house.client("MEDIATOR").get(f"/v1/placements/{case.id}").json
    case.move("PROVIDER", "propose_mediation", **BODY)
    case.move("OFFICER", "consent_to_mediation")
    case.move("OFFICER", "nominate_mediator", mediator=house.organisations["brook"])
    case.move("PROVIDER", "agree_mediator")
    house.wait_quiet()
    assert house.client("MEDIATOR").get(f"/v1/placements/{case.id}").json == before
    case.refused("MEDIATOR", "conclude_mediation", "mediation_over", outcome="settled")
    assert mediation(case, "MEDIATOR2")["mediator"] == house.organisations["brook"]
    owners = [o["owed_by_organisation"] for o in case.see()["obligations"] if o["duty"] == "mediate"]
    assert owners == [house.organisations["fairhill"], house.organisations["brook"]]
    assert [row["duty"] for row in house.client("MEDIATOR2").pages("/v1/obligations", owed="by_me")] == ["mediate"]
    case.move("MEDIATOR2", "conclude_mediation", outcome="settled")


def test_the_three_are_told_and_only_the_mediator_is_reminded(house, case):
    house.go_to(london("2026-10-01 09:00"))
    assert [m.subject for m in house.mails(FAIRHILL)] == [
        f"{case.reference}: mediator agreed", f"{case.reference}: reminder: mediate"]
    agreed = house.mails(FAIRHILL, "mediator agreed")[0].text
    assert "The commissioner agreed, as the other side has, that you mediate" in agreed
    assert "- You: mediate, by Thursday 8 October 2026 at 17:00." in agreed
    consented = house.mails(COUNCIL, "mediation agreed")[0].text
    assert "every clock is paused" in consented
    assert "The provider: respond to the offer, has no date while it is paused." in consented
    assert not house.mails(COUNCIL, "reminder: mediate") and not house.mails(LARCH, "reminder: mediate")
    house.go_to(london("2026-10-09 09:00"))
    for address in (COUNCIL, LARCH, FAIRHILL):
        lapsed = house.mails(address, "expired: the mediation")
        assert len(lapsed) == 1 and "nothing is settled; clocks go on" in lapsed[0].text, address
    case.expect_due("respond", five_pm("2026-10-12"))
    house.go_to(london("2026-10-14 09:00"))
    assert len(house.mails(FAIRHILL)) == 3


def test_row_level_security_gives_a_mediator_its_placement_and_no_other(rehearsal):
    house = rehearsal("2026-09-02 11:00")
    other = house.journey("negotiating", start=START, provider="PROVIDER2", invited="alder", home="Alder Grove")
    case = mediating(house, offered(house))
    for organisation, wanted in (("fairhill", {case.id}), ("larch", {case.id}), ("alder", {other.id})):
        rows = house.cluster.psql(
            "begin; set local role concordat_reader; "
            f"set local concordat.organisation = '{house.organisations[organisation]}'; "
            "select distinct stream_id from fact", house.database)
        assert {row[0] for row in rows} == wanted, organisation
