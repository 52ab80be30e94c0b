"""Notice, the end, a death, another payer, another provider and complaints over the API: who reads what, before and after."""

import uuid

import pytest

from support.house import five_pm, london
from support.journey import NAME, terms
from test_attachments import upload

STARTED = "2026-05-18"
NOTICE = {"ends": "2026-06-29", "clause": "Notice, 28 days", "reason": "person_chose", "detail": "noticedingo"}
ENDING = {"last_day": "2026-06-28", "reason": "terminated", "passed_on": "passedgalah", "owed": "owedkudu"}
NEW_MAIL, OLD_MAIL, COUNCIL_MAIL = "fees@aldergrove.example", "fees@larchhouse.example", "placements@northfold.example"


@pytest.fixture
def care(rehearsal):
    """Care began on Monday 18 May 2026."""
    house = rehearsal(f"{STARTED} 10:00")
    case = house.journey("in_force", start=STARTED)
    case.move("OFFICER", "confirm_start", started=STARTED)
    return house, case


def everything(case, who):
    """All that one can read of it, each answer with its path."""
    client, path = case.house.client(who), f"/v1/placements/{case.id}"
    answers = {}

    def get(address, **query):
        answer = client.get(address, expect=(200, 400, 403, 404), **query)
        answers[address + str(query or "")] = answer.text
        return answer

    view = get(path)
    if view.status != 200:
        return answers
    get(path + "/facts", limit=200)
    for entry in range(1, view.json["entries"] + 1):
        get(f"{path}/facts/{entry}")
    for obligation in view.json["obligations"]:
        get(obligation["href"])
    get(path + "/calculations/1")
    for number in (1, 2):
        get(f"{path}/rounds/{number}/comparison")
        for strand in (1, 2, 3):
            get(f"{path}/rounds/{number}/comparison", thread=strand)
            get(f"{path}/calculations/1/comparison", offer=1, thread=strand)
    for owed in ("by_me", "to_me"):
        get("/v1/obligations", owed=owed, state="all")
    get("/v1/placements")
    get("/v1/deliveries", limit=200)
    return answers


def found(answers, words):
    return sorted({word for text in answers.values() for word in words if word.lower() in text.lower()})


def of_the_placement(answers):
    """What was found there, byte by byte."""
    return {name: text for name, text in answers.items() if "/placements/" in name and "request_id" not in text}


def mails(house, address):
    return {f"mail {i}": m.subject + m.text for i, m in enumerate(house.sink.messages) if address in m.to}


# -- Notice, plans and the end

def test_notice_plans_the_end_and_what_stays_open(care):
    house, case = care
    house.go_to(london("2026-06-01 10:00"))
    case.refused("OFFICER", "give_notice", "notice_sound", pointer="/ends", **{**NOTICE, "ends": "2026-05-31"})
    case.move("OFFICER", "give_notice", **NOTICE)
    case.expect_due("exit_plan", five_pm("2026-06-15"), "PROVIDER")
    case.expect_due("handover_plan", five_pm("2026-06-15"))
    [mine] = [o for o in house.client("PROVIDER").get("/v1/obligations", owed="by_me").json["items"] if o["duty"] == "exit_plan"]
    assert mine["due_at"] == case.obligation("exit_plan", "PROVIDER")["due_at"]
    case.move("PROVIDER", "attach", document=upload(house, "PROVIDER").json["id"], title="planpika")
    attached = case.see("PROVIDER")["entries"]
    case.move("PROVIDER", "file_exit_plan", plan="exitquoll", document=attached)
    for who in ("OFFICER", "PROVIDER"):
        view = case.see(who)
        assert (view["notice"]["by"], view["notice"]["ends"], view["notice"]["detail"]) == (
            "commissioner", "2026-06-29", "noticedingo")
        assert view["exit_plan"]["plan"] == "exitquoll"
        assert view["exit_plan"]["document"] == view["documents"][-1]["entry"] and "handover_plan" not in view
    case.refused("OFFICER", "end", "end_has_come", **ENDING)
    house.go_to(london("2026-06-29 10:00"))
    assert case.obligation("handover_plan")["missed_at"]
    case.refused("OFFICER", "end", "ending_sound", pointer="/last_day", **{**ENDING, "last_day": "2026-05-17"})
    case.move("OFFICER", "end", **ENDING)
    for who in ("OFFICER", "PROVIDER"):
        view = case.see(who)
        assert (view["stage"], view["end_reason"], view["ending"]["last_day"]) == ("ended", "terminated", "2026-06-28")
        assert (view["ending"]["passed_on"], view["ending"]["owed"]) == ("passedgalah", "owedkudu")
        assert not [o for o in view["obligations"] if o["state"] == "open"]
        allowed = {entry["move"] for entry in view["allowed_moves"]}
        assert {"send_message", "attach", "dispute_entry", "raise_complaint"} <= allowed
        assert not allowed & {"confirm_start", "invite", "give_notice", "propose_variation", "end", "novate", "write_note"}
    case.move("PROVIDER", "send_message", message="messagenarwhal")
    case.refused("OFFICER", "confirm_start", "placement_ended", started="2026-06-29")
    case.refused("PROVIDER", "confirm_start", "placement_ended", started="2026-06-29")
    house.wait_quiet()
    told = mails(house, OLD_MAIL)
    assert found(told, ["It ends on Monday 29 June 2026", "The last day was Sunday 28 June 2026"]) == [
        "It ends on Monday 29 June 2026", "The last day was Sunday 28 June 2026"]
    assert found({**told, **{f"council's {name}": text for name, text in mails(house, COUNCIL_MAIL).items()}},
                 ["noticedingo", "exitquoll", "planpika", "passedgalah", "owedkudu", *NAME.split()]) == []


def test_a_death_stops_every_clock_and_every_reminder(care):
    house, case = care
    house.go_to(london("2026-06-04 10:00"))
    case.refused("PROVIDER", "record_death", "death_sound", pointer="/died_on", died_on="2026-05-17", last_paid="2026-06-04")
    case.refused("PROVIDER", "record_death", "death_sound", pointer="/died_on", died_on="2026-06-05", last_paid="2026-06-05")
    case.refused("PROVIDER", "record_death", "death_sound", pointer="/last_paid", died_on="2026-06-03")
    case.move("PROVIDER", "record_death", died_on="2026-06-03", last_paid="2026-06-06", note="notepuma")
    assert {o["state"] for o in case.see()["obligations"] if o["state"] not in ("met", "met_late")} == {"released"}
    house.wait_quiet()
    before = len(house.sink.messages)
    house.go_to(london("2027-06-04 10:00"))
    house.wait_quiet()
    assert len(house.sink.messages) == before
    for who in ("OFFICER", "PROVIDER"):
        view = case.see(who)
        assert (view["stage"], view["end_reason"]) == ("ended", "died")
        assert (view["death"]["died_on"], view["death"]["last_paid"], view["death"]["note"]) == (
            "2026-06-03", "2026-06-06", "notepuma")
    case.refused("OFFICER", "confirm_start", "placement_ended", started="2026-06-04")


def test_another_payer_takes_over(care):
    house, case = care
    house.go_to(london("2026-07-01 10:00"))
    over = {"reason": "ordinary_residence", "payer": "Southmere Council", "from": "2026-07-02", "signed_by": "Sabra Tench"}
    unknown = case.move("OFFICER", "transfer", 400, **over, organisation=str(uuid.uuid4())).json
    assert [error["pointer"] for error in unknown["errors"]] == ["/organisation"]
    case.refused("OFFICER", "transfer", "transfer_sound", pointer="/from", **{**over, "from": "2026-07-03"})
    case.move("OFFICER", "transfer", **over, organisation=house.organisations["southmere"])
    for who in ("OFFICER", "PROVIDER"):
        view = case.see(who)
        assert (view["stage"], view["end_reason"], view["transfer"]["payer"]) == ("ended", "transferred", "Southmere Council")
    house.client("OFFICER2").get(f"/v1/placements/{case.id}", expect=404)


# -- Another provider

OLD_WORDS = ["oldmessageibex", "oldnotejerboa", "oldreasonlynx", "oldconsentmarten", "notejacana", "questiongerenuk",
             "answerhoatzin", "1777.77", "177777"]
BETWEEN_WORDS = ["councilmessageocelot", "councilconsentpangolin"]
AFTER_WORDS = ["newmessagequetzal", "newnoteserval", "welcometakin", "newconsenturial", "1444.44", "144444", "newdetailvole"]


@pytest.fixture
def sold(rehearsal):
    """Care at Larch House, where both sides said a good deal; Alder Grove is to take over on 1 July 2026."""
    house = rehearsal(f"{STARTED} 10:00")
    case = house.journey("inviting", start=STARTED)
    case.move("PROVIDER", "ask", question="questiongerenuk")
    case.move("OFFICER", "answer", number=1, answer="answerhoatzin")
    case.offer("PROVIDER", "1777.77", covering_note="notejacana")
    case.offer("OFFICER", "1600.00")
    case.accept("PROVIDER")
    case._to_in_force()
    case.move("OFFICER", "confirm_start", started=STARTED)
    house.go_to(london("2026-06-02 10:00"))
    case.move("PROVIDER", "send_message", message="oldmessageibex")
    case.move("PROVIDER", "write_note", note="oldnotejerboa")
    case.move("OFFICER", "send_message", message="councilmessageocelot")
    return house, case


def test_who_reads_what_before_and_after_a_home_is_sold(sold):
    house, case = sold
    over = {"provider": house.organisations["alder"], "from": "2026-07-01", "reason": "oldreasonlynx"}
    unknown = case.move("PROVIDER", "novate", 400, **{**over, "provider": str(uuid.uuid4())}).json
    assert [error["pointer"] for error in unknown["errors"]] == ["/provider"]
    case.move("PROVIDER", "novate", **over, home=house.homes["Alder Grove"])
    assert case.see()["novation"]["waits_for"] == "commissioner"

    # Until the council stands by it too, the new provider knows nothing.
    house.client("PROVIDER2").get(f"/v1/placements/{case.id}", expect=404)
    assert mails(house, NEW_MAIL) == {}
    case.move("SIGNATORY", "consent_to_novation", note="councilconsentpangolin")
    early = case.see("PROVIDER2")
    assert early["novation"]["waits_for"] == "new_provider" and early["novation"]["from"] == "2026-07-01"
    assert {entry["move"] for entry in early["allowed_moves"]} <= {"consent_to_novation", "drop_novation", "raise_complaint"}
    assert early["agreements"] == [] and early["threads"][0]["state"] == "novating"
    case.refused("PROVIDER2", "consent_to_novation", "novation_begun")
    case.refused("PROVIDER2", "send_message", "novation_pending", message="x")
    private = [*OLD_WORDS, *BETWEEN_WORDS, "Larch", house.homes["Larch House"], *NAME.split()]
    house.wait_quiet()
    assert found({**everything(case, "PROVIDER2"), **mails(house, NEW_MAIL)}, private) == []

    # All three: the same terms, from the day, with the new one.
    house.go_to(london("2026-07-01 10:00"))
    before = case.see("PROVIDER")
    case.move("PROVIDER2", "consent_to_novation", note="newconsenturial")
    new, council = case.see("PROVIDER2"), case.see()
    [version] = new["agreements"]
    assert (version["basis"], version["number"], version["from"]) == ("novated", 2, "2026-07-01")
    assert version == {**council["agreements"][1], "entry": version["entry"], "thread": 1}
    assert version["terms_digest"] == council["agreements"][0]["terms_digest"]
    assert (new["stage"], new["provider"], new["home"], new["started_on"]) == (
        "in_force", house.organisations["alder"], house.homes["Alder Grove"], STARTED)
    assert new["needs"]["outcomes"] and [i["purpose"] for i in new["involvement"]]
    assert {o["duty"] for o in new["obligations"]} == {
        "first_review", "three_month_review", "yearly_review", "consent_to_novation"}
    assert (council["provider"], council["home"]) == (house.organisations["alder"], house.homes["Alder Grove"])
    private = [*OLD_WORDS, *BETWEEN_WORDS, house.homes["Larch House"]]
    assert found(everything(case, "PROVIDER2"), private) == []

    # The old one reads all that it knew, and its own end, and nothing that comes after.
    ended = case.see("PROVIDER")
    assert (ended["stage"], ended["end_reason"]) == ("ended", "transferred")
    assert ended["entries"] == before["entries"] + 1
    last = everything(case, "PROVIDER")
    assert found(last, ["oldmessageibex", "oldnotejerboa", "notejacana", "councilmessageocelot"]) == [
        "councilmessageocelot", "notejacana", "oldmessageibex", "oldnotejerboa"]
    case.move("PROVIDER2", "send_message", message="newmessagequetzal")
    case.move("PROVIDER2", "write_note", note="newnoteserval")
    case.move("OFFICER", "send_message", message="welcometakin")
    case.move("PROVIDER2", "propose_variation", terms=terms("1444.44", "2026-08-03"))
    house.go_to(london("2026-07-14 10:00"))
    after = everything(case, "PROVIDER")
    assert found(after, [*AFTER_WORDS, "newconsenturial"]) == []
    assert case.see("PROVIDER")["version"] == ended["version"] and case.see("PROVIDER")["entries"] == ended["entries"]
    assert of_the_placement(after) == of_the_placement(last)
    assert found(everything(case, "PROVIDER2"), [*OLD_WORDS, *BETWEEN_WORDS]) == []
    case.refused("PROVIDER", "send_message", "round_ended", message="x")
    assert found(everything(case, "OFFICER"), ["oldmessageibex", "newmessagequetzal"]) == ["newmessagequetzal", "oldmessageibex"]
    house.wait_quiet()
    assert found(mails(house, OLD_MAIL), ["proposed a variation"]) == []


def test_who_never_consented_reads_no_more_once_it_is_over(sold):
    house, case = sold
    over = {"provider": house.organisations["alder"], "from": "2026-07-01", "reason": "The home is sold"}
    case.move("PROVIDER", "novate", **over)
    [due] = [o for o in case.see()["obligations"] if o["duty"] == "consent_to_novation"]
    assert (due["owed_by"], due["state"]) == ("commissioner", "open")
    case.move("SIGNATORY", "consent_to_novation")
    assert case.see("PROVIDER2")["entries"]
    case.move("PROVIDER", "drop_novation", reason="It fell through")
    client = house.client("PROVIDER2")
    for path in ("", "/facts", "/account"):
        client.get(f"/v1/placements/{case.id}{path}", expect=404)
    assert case.id not in [p["id"] for p in client.pages("/v1/placements")]
    assert "novation" not in case.see() and "novation" not in case.see("PROVIDER")
    house.wait_quiet()
    assert any("change of provider dropped" in text and "Your access to this placement has ended" in text
               for text in mails(house, NEW_MAIL).values())


# -- Complaints

def test_a_complaint_goes_up_its_ladder_and_both_sides_are_counted(care):
    house, case = care
    house.go_to(london("2026-06-01 10:00"))
    problem = case.refused("PROVIDER", "raise_complaint", "not_safeguarding", pointer="/subject", subject="safeguarding",
                           complaint="complaintyak")
    assert "safeguarding team" in problem["detail"] and "emergency services" in problem["detail"]
    case.move("PROVIDER", "raise_complaint", subject="delay", complaint="complaintyak")
    case.expect_due("acknowledge_complaint", five_pm("2026-06-04"))
    case.expect_due("answer_complaint", five_pm("2026-06-15"), "PROVIDER")
    house.go_to(london("2026-06-16 10:00"))
    case.refused("OFFICER", "escalate", "can_escalate", pointer="/number", number=1, to="manager", reason="x")
    case.move("PROVIDER", "escalate", number=1, to="manager", reason="reasonzebu")
    case.move("MANAGER", "answer_complaint", number=1, outcome="upheld", answer="answeraddax")
    case.move("PROVIDER", "escalate", number=1, to="ombudsman", reason="reasonzebu")
    for who in ("OFFICER", "PROVIDER"):
        [complaint] = case.see(who)["complaints"]
        assert (complaint["raised_by"], complaint["state"], complaint["subject"], complaint["complaint"]) == (
            "provider", "with_body", "delay", "complaintyak")
        assert [(step["step"], step["by"]) for step in complaint["steps"]] == [
            ("escalated", "provider"), ("answered", "commissioner"), ("escalated", "provider")]
        assert complaint["steps"][1]["answer"] == "answeraddax"
    house.client("PROVIDER2").get(f"/v1/placements/{case.id}", expect=404)
    counted = {row["duty"]: row for row in house.client("OFFICER").get("/v1/reports/timescales").json["duties"]
               if row["side"] == "commissioner"}
    assert (counted["acknowledge_complaint"]["total"], counted["acknowledge_complaint"]["released_after_miss"]) == (1, 1)
    assert (counted["answer_complaint"]["total"], counted["answer_complaint"]["met"]) == (2, 1)
    house.wait_quiet()
    assert found(mails(house, OLD_MAIL), ["complaintyak", "answeraddax", "reasonzebu"]) == []
    assert found(mails(house, COUNCIL_MAIL), ["complaintyak", "answeraddax", "reasonzebu"]) == []
