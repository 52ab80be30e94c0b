"""What the sides agree about time, say on each other's behalf, write and dispute: through the API."""

import datetime

from support.house import five_pm, london, rfc3339

NOTE = "notewallaby"
MESSAGE = "messagetapir"
PERSONAL = [NOTE, MESSAGE, "reasonquoll", "statementkinkajou"]


def obligation(case, who, duty):
    return next(o for o in case.see(who)["obligations"] if o["duty"] == duty)


def call(instant, side="provider", **evidence):
    return {"on_behalf_of": side, "occurred_at": instant, "evidence": evidence or {"reference": "Call note 17"}}


def test_more_time_is_asked_for_agreed_to_and_taken_back(rehearsal):
    house = rehearsal("2026-04-01 10:00")
    case = house.journey("inviting", start="2026-09-01")
    for who, number in (("PROVIDER", None), ("OFFICER", None)):
        assert case.see(who)["extensions"] == []
    due = obligation(case, "PROVIDER", "make_offer")
    assert due["due_at"] == five_pm("2026-04-17")
    entry, n = due["id"].split(".")
    case.move("PROVIDER", "change_timescale", entry=int(entry), n=int(n), more=5, reason="reasonquoll")
    seen = case.see("OFFICER")["extensions"][0]
    assert (seen["number"], seen["more"], seen["unit"], seen["asked_by"], seen["state"]) == \
        (1, 5, "working_days", "provider", "proposed")
    assert seen["obligation"] == obligation(case, "OFFICER", "make_offer")["id"] and seen["reason"] == "reasonquoll"
    case.refused("PROVIDER", "consent_to_timescale", "others_extension", pointer="/number", number=1)
    case.move("OFFICER", "consent_to_timescale", number=1)
    for who in ("PROVIDER", "OFFICER"):
        assert obligation(case, who, "make_offer")["due_at"] == five_pm("2026-04-24")
        assert case.see(who)["extensions"][0]["state"] == "agreed"
    case.move("OFFICER", "remove_extension", number=1)
    assert case.see("PROVIDER")["extensions"][0]["commissioner_takes_back"] is True
    case.move("PROVIDER", "remove_extension", number=1, reason="reasonquoll")
    assert obligation(case, "OFFICER", "make_offer")["due_at"] == five_pm("2026-04-17")
    assert case.see("OFFICER")["extensions"][0]["state"] == "removed"


def test_more_time_is_refused_or_asked_for_in_vain(rehearsal):
    house = rehearsal("2026-04-01 10:00")
    case = house.journey("inviting", start="2026-09-01")
    entry, n = map(int, obligation(case, "PROVIDER", "make_offer")["id"].split("."))
    case.move("PROVIDER", "change_timescale", entry=entry, n=n, more=5, reason="reasonquoll")
    case.refused("PROVIDER", "refuse_timescale", "others_extension", pointer="/number", number=1)
    case.move("OFFICER", "refuse_timescale", number=1, reason="reasonnumbat")
    case.move("PROVIDER", "change_timescale", entry=entry, n=n, more=2, reason="reasonquoll")
    case.move("PROVIDER", "decline", reason="staffing")
    for who in ("PROVIDER", "OFFICER"):
        assert [e["state"] for e in case.see(who)["extensions"]] == ["refused", "released"]
    refusal = next(fact for fact in house.client("PROVIDER").pages(f"/v1/placements/{case.id}/facts")
                   if fact["kind"] == "timescale_refused")
    assert refusal["data"] == {"number": 1, "reason": "reasonnumbat"} and "changes" not in refusal
    house.wait_quiet()
    told = [d for d in house.client("PROVIDER").pages("/v1/deliveries") if "more time refused" in d["subject"]]
    assert told and "reasonnumbat" not in told[0]["body"]


def test_a_date_that_moved_is_told_to_both_with_old_and_new(rehearsal):
    house = rehearsal("2026-04-01 10:00")
    case = house.journey("inviting", start="2026-09-01")
    entry, n = obligation(case, "OFFICER", "make_offer")["id"].split(".")
    case.move("OFFICER", "change_timescale", entry=int(entry), n=int(n), more=5, reason="reasonquoll")
    case.move("PROVIDER", "consent_to_timescale", number=1)
    house.wait_quiet()
    for who in ("OFFICER", "PROVIDER"):
        told = [d for d in house.client(who).pages("/v1/deliveries") if "more time agreed" in d["subject"]]
        assert told, who
        assert "24 April 2026" in told[0]["body"] and "17 April 2026" in told[0]["body"]
        assert "reasonquoll" not in told[0]["body"]


def test_what_was_said_by_telephone_is_kept_as_such_and_may_be_disputed(rehearsal):
    house = rehearsal("2026-04-09 10:00")
    case = house.journey("inviting", start="2026-09-01")
    said = rfc3339(london("2026-04-09 10:00"))
    case.move("OFFICER", "acknowledge", contact="Larch House", **call(said))
    entry = case.see("PROVIDER")["entries"]
    fact = house.client("PROVIDER").get(f"/v1/placements/{case.id}/facts/{entry}").json
    assert fact["actor"]["side"] == "commissioner" and fact["on_behalf_of"] == "provider"
    assert fact["evidence"] == {"reference": "Call note 17"}
    assert fact["occurred_at"][:19] == said[:19]
    assert "disputed_by" not in fact
    right = obligation(case, "PROVIDER", "dispute_entry")
    assert right["state"] == "open" and right["due_at"] == five_pm("2026-04-16")
    house.wait_quiet()
    told = [d for d in house.client("PROVIDER").pages("/v1/deliveries") if "acknowledged" in d["subject"]][0]
    assert "on behalf of you" in told["body"] and "You may dispute the entry, until" in told["body"]
    case.move("PROVIDER", "dispute_entry", entry=entry, statement="statementkinkajou")
    for who in ("PROVIDER", "OFFICER"):
        seen = case.see(who)
        dispute = seen["disputes"][0]
        assert (dispute["by"], dispute["statement"]) == ("provider", "statementkinkajou")
        fact = house.client(who).get(f"/v1/placements/{case.id}/facts/{dispute['disputes']}").json
        assert fact["kind"] == "acknowledged" and fact["disputed_by"] == dispute["entry"] == seen["entries"]
        assert next(o for o in seen["obligations"] if o["duty"] == "dispute_entry")["state"] == "met"


def test_evidence_may_be_an_attached_document(live):
    from test_attachments import upload
    case = live.journey("inviting")
    document = upload(live, "OFFICER").json["id"]
    case.move("OFFICER", "attach", document=document, title="Their letter")
    entry = case.see("OFFICER")["entries"]
    now = rfc3339(datetime.datetime.now(datetime.timezone.utc))
    case.move("OFFICER", "acknowledge", contact="Larch House", **call(now, entry=entry))
    seen = case.see("PROVIDER")["entries"]
    fact = live.client("PROVIDER").get(f"/v1/placements/{case.id}/facts/{seen}").json
    evidence = live.client("PROVIDER").get(f"/v1/placements/{case.id}/facts/{fact['evidence']['entry']}").json
    assert evidence["kind"] == "document_attached" and evidence["data"]["document"] == document


def test_what_is_said_for_another_is_said_whole_and_ones_own_is_not(live):
    case = live.journey("inviting")
    now = rfc3339(datetime.datetime.now(datetime.timezone.utc))
    whole = call(now)
    for missing in ("occurred_at", "evidence"):
        body = {name: value for name, value in whole.items() if name != missing}
        case.refused("OFFICER", "acknowledge", "does_not_fit", 400, f"/{missing}", **body)
    for alone in ("occurred_at", "evidence"):
        case.refused("PROVIDER", "acknowledge", "does_not_fit", 400, f"/{alone}", **{alone: whole[alone]})
    case.refused("OFFICER", "acknowledge", "does_not_fit", 400, "/on_behalf_of", **{**whole, "on_behalf_of": "somebody"})
    case.refused("OFFICER", "acknowledge", "does_not_fit", 400, "/occurred_at", **{**whole, "occurred_at": "yesterday"})
    case.refused("OFFICER", "acknowledge", "does_not_fit", 400, "/evidence/reference",
                 **{**whole, "evidence": {"reference": ""}})
    case.refused("PROVIDER", "acknowledge", "other_side_said_it", pointer="/on_behalf_of", **whole)
    case.refused("OFFICER", "acknowledge", "occurred_at_sound", pointer="/occurred_at",
                 **{**whole, "occurred_at": "2190-01-01T00:00:00Z"})
    case.refused("OFFICER", "acknowledge", "occurred_at_sound", pointer="/occurred_at",
                 **{**whole, "occurred_at": "2001-01-01T00:00:00Z"})
    case.refused("PANEL", "acknowledge", "recorder", pointer="/on_behalf_of", **whole)
    case.refused("OFFICER", "withdraw", "recordable", pointer="/on_behalf_of", reason="funding", **whole)


def test_an_entry_made_later_turns_a_miss_into_met(rehearsal):
    house = rehearsal("2026-04-01 10:00")
    case = house.journey("inviting", start="2026-09-01")
    house.go_to(london("2026-04-08 10:00"))
    assert "missed_at" in obligation(case, "OFFICER", "acknowledge")
    case.move("OFFICER", "acknowledge", **call(rfc3339(london("2026-04-07 16:00"))))
    for who in ("OFFICER", "PROVIDER"):
        assert obligation(case, who, "acknowledge")["state"] == "met"


def test_a_note_is_nowhere_on_the_other_side(rehearsal):
    house = rehearsal("2026-04-01 10:00")
    case = house.journey("negotiating", start="2026-09-01")
    for writer, other in (("PROVIDER", "OFFICER"), ("OFFICER", "PROVIDER")):
        client = house.client(other)
        house.wait_quiet()
        look = lambda: (client.get(f"/v1/placements/{case.id}").body, client.get(f"/v1/placements/{case.id}/facts").body,
                        list(client.pages("/v1/placements")), list(client.pages("/v1/obligations", owed="by_me")),
                        list(client.pages("/v1/deliveries")))
        before, version = look(), case.see(writer)["version"]
        case.move(writer, "write_note", note=NOTE)
        house.wait_quiet()
        assert look() == before
        assert case.see(writer)["version"] == version
        assert NOTE in [note["note"] for note in case.see(writer)["notes"]]
        assert all(NOTE not in delivery["body"] for delivery in house.client(writer).pages("/v1/deliveries"))


def test_own_numbers_have_no_gap_where_the_other_side_noted_something(live):
    case = live.journey("negotiating")
    case.move("PROVIDER", "write_note", note=NOTE)
    case.move("PROVIDER", "ask", question="questiongerenuk")
    facts = list(live.client("OFFICER").pages(f"/v1/placements/{case.id}/facts"))
    assert [fact["entry"] for fact in facts] == list(range(1, len(facts) + 1))
    owed = obligation(case, "OFFICER", "answer")
    assert owed["id"] == f"{len(facts)}.1"
    listed = [o for o in live.client("OFFICER").pages("/v1/obligations", owed="by_me") if o["placement"] == case.id
              and o["duty"] == "answer"]
    assert [o["id"] for o in listed] == [owed["id"]]
    assert live.client("OFFICER").get(f"/v1/placements/{case.id}/obligations/{owed['id']}").json["duty"] == "answer"


def test_a_message_is_for_the_strand_and_told_without_its_words(live):
    case = live.journey("negotiating")
    version = case.see("PROVIDER")["version"]
    case.move("OFFICER", "send_message", message=MESSAGE)
    assert [m["message"] for m in case.see("PROVIDER")["messages"]] == [MESSAGE]
    assert case.see("PROVIDER")["version"] == version
    live.wait_quiet()
    told = [d for d in live.client("PROVIDER").pages("/v1/deliveries", placement=case.id) if d["kind"] == "message_sent"]
    assert len(told) == 1 or {d["channel"] for d in told} == {"service", "email"}
    assert all(MESSAGE not in d["body"] for d in told)


def test_what_is_written_lies_encrypted(live):
    case = live.journey("negotiating")
    case.move("PROVIDER", "write_note", note=NOTE)
    case.move("OFFICER", "send_message", message=MESSAGE)
    bodies = live.cluster.psql(f"select string_agg(body, ' ') from fact where stream_id = '{case.id}'", live.database)[0][0]
    assert bodies and not [word for word in PERSONAL if word in bodies]
