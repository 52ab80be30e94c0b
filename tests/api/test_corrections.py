"""Entries put right without being edited: two times, as it was known then and as it is known now."""

import uuid

import pytest

from support.house import five_pm

PEOPLE = {
    "SECOND": ("council", "Sabine Lark", ["case_officer"]),
    "PROTECTION": ("council", "Dora Pike", ["data_protection"]),
}
REASON, ERROR = "reasonaxolotl", "reasonmarkhor"


def entry_of(case, who, kind):
    return [fact["entry"] for fact in case.house.client(who).pages(f"/v1/placements/{case.id}/facts")
            if fact["kind"] == kind][-1]


def due(case, who, duty):
    return [one for one in case.see(who)["obligations"] if one["duty"] == duty][-1]


def known(case, who, day, expect=200):
    return case.house.client(who).get(f"/v1/placements/{case.id}?as_known_on={day}", expect).json


@pytest.fixture
def mistyped(rehearsal):
    """Signed on 10 March and begun on 9 March, as somebody typed; it was the 2nd."""
    house = rehearsal("2026-02-02 10:00")
    house._people(PEOPLE)
    case = house.journey("in_force", start="2026-03-02")
    house.go_to(house.at.replace(month=3, day=10))
    case.move("OFFICER", "confirm_start", started="2026-03-09")
    return case


def correct(case, who="OFFICER", expect=200, **changed):
    body = {"entry": entry_of(case, who, "start_confirmed"), "field": "started", "was": "2026-03-09",
            "is": "2026-03-02", "reason": REASON, **changed}
    return case.move(who, "correct", expect, **body)


def test_a_date_put_right_moves_what_counts_from_it_and_the_entry_stays(mistyped):
    case = mistyped
    assert due(case, "PROVIDER", "three_month_review")["due_at"] == five_pm("2026-06-09")
    case.house.go_to(case.house.at.replace(month=4, day=13))
    correct(case)
    for who in ("OFFICER", "PROVIDER"):
        seen = case.see(who)
        assert seen["started_on"] == "2026-03-02"
        assert due(case, who, "three_month_review")["due_at"] == five_pm("2026-06-02")
        client = case.house.client(who)
        entry = entry_of(case, who, "start_confirmed")
        fact = client.get(f"/v1/placements/{case.id}/facts/{entry}").json
        assert fact["data"]["started"] == "2026-03-09"
        assert fact["corrected_by"] == entry_of(case, who, "corrected")
        marked = client.get(f"/v1/placements/{case.id}/facts/{fact['corrected_by']}").json
        assert marked["data"]["entry"] == entry and marked["data"]["is"] == "2026-03-02"
        assert marked["data"]["reason"] == REASON
    case.house.wait_quiet()
    told = [d for d in case.house.client("PROVIDER").pages("/v1/deliveries") if "2 June 2026" in d["body"]]
    assert told and "9 June 2026" in told[0]["body"] and REASON not in told[0]["body"]


def test_what_was_known_on_a_day_is_shown_as_it_was_then(mistyped):
    case = mistyped
    case.house.go_to(case.house.at.replace(month=4, day=13))
    correct(case)
    for who in ("OFFICER", "PROVIDER"):
        then, before, now = known(case, who, "2026-04-01"), known(case, who, "2026-03-09"), case.see(who)
        assert then["as_known_on"] == "2026-04-01" and then["allowed_moves"] == []
        assert then["started_on"] == "2026-03-09"
        assert [o["due_at"] for o in then["obligations"] if o["duty"] == "three_month_review"] == \
            [five_pm("2026-06-09")]
        assert "started_on" not in before
        assert "as_known_on" not in now and now["started_on"] == "2026-03-02"
        assert known(case, who, "2026-04-13")["started_on"] == "2026-03-02"
        facts = case.house.client(who).get(f"/v1/placements/{case.id}/facts?as_known_on=2026-04-01").json["items"]
        assert "corrected" not in [fact["kind"] for fact in facts]
        assert all("corrected_by" not in fact for fact in facts)
    known(case, "OFFICER", "2026-01-31", 404)
    known(case, "OFFICER", "yesterday", 400)
    assert known(case, "PROVIDER2", "2026-04-01", 404)["code"] == "not_found"


def test_only_one_s_own_words_are_corrected(mistyped):
    case = mistyped
    case.refused("PROVIDER", "correct", "entry_correctable", pointer="/entry", field="started", was="2026-03-09",
                 reason=REASON, entry=entry_of(case, "PROVIDER", "start_confirmed"), **{"is": "2026-03-02"})
    case.refused("OFFICER", "correct", "correction_sound", pointer="/was", field="started", was="2026-03-08",
                 reason=REASON, entry=entry_of(case, "OFFICER", "start_confirmed"), **{"is": "2026-03-02"})
    case.refused("OFFICER", "correct", "entry_correctable", pointer="/field", field="note", was="a",
                 reason=REASON, entry=entry_of(case, "OFFICER", "start_confirmed"), **{"is": "b"})


def test_an_entry_made_in_error_is_void_and_stays_counted(mistyped):
    case = mistyped
    entries = case.see("OFFICER")["entries"]
    mark = {"entry": entry_of(case, "OFFICER", "start_confirmed"), "why": "wrong_person", "reason": ERROR}
    case.refused("OFFICER", "mark_entered_in_error", "second_officer", pointer="/entry", **mark)
    case.move("SECOND", "mark_entered_in_error", **mark)
    seen = case.see("OFFICER")
    assert seen["entries"] == entries + 1 and "started_on" not in seen
    assert due(case, "OFFICER", "three_month_review")["state"] == "released"
    fact = case.house.client("PROVIDER").get(
        f"/v1/placements/{case.id}/facts/{entry_of(case, 'PROVIDER', 'start_confirmed')}").json
    assert fact["in_error_by"] == entry_of(case, "PROVIDER", "entered_in_error")
    case.move("OFFICER", "confirm_start", started="2026-03-02")
    assert due(case, "OFFICER", "three_month_review")["due_at"] == five_pm("2026-06-02")


def test_a_redacted_documents_bytes_are_gone_and_its_digest_size_and_type_stay(mistyped):
    case, house = mistyped, mistyped.house
    sent = house.client("PROVIDER").request("POST", "/v1/documents", b"A plan for pangolins", {
        "Content-Type": "text/plain", "Idempotency-Key": str(uuid.uuid4())})
    document = sent.json["id"]
    case.move("PROVIDER", "attach", document=document, title="titlepangolin")
    assert house.client("OFFICER").request("GET", f"/v1/documents/{document}").body == b"A plan for pangolins"
    case.move("PROTECTION", "redact", entry=entry_of(case, "OFFICER", "document_attached"), grounds="Article 17, request 15")
    for who in ("OFFICER", "PROVIDER"):
        seen = case.see(who)["documents"][0]
        assert (seen["title"], seen["bytes"], seen["media_type"]) == (None, 20, "text/plain")
        assert seen["sha256"] == sent.json["sha256"] and seen["redacted_by"]
        assert house.client(who).request("GET", f"/v1/documents/{document}").status == 404
    assert house.cluster.psql(f"select wrapped_key is null, length(content), bytes, media_type from document "
                              f"where id = '{document}'", house.database) == [["t", "0", "20", "text/plain"]]
    case.refused("PROVIDER", "attach", "document_known", pointer="/document", document=document, title="again")


def test_a_redacted_text_is_gone_and_its_digest_stays(mistyped):
    case = mistyped
    case.move("OFFICER", "send_message", message="messagepangolin")
    entry = entry_of(case, "OFFICER", "message_sent")
    body = case.house.cluster.psql(
        f"select body from fact where stream_id = '{case.id}' and kind = 'message_sent'", case.house.database)
    case.refused("OFFICER", "redact", "role", pointer="/move", entry=entry, grounds="Article 17, request 14")
    case.move("PROTECTION", "redact", entry=entry, grounds="Article 17, request 14")
    for who in ("OFFICER", "PROVIDER"):
        message = case.see(who)["messages"][0]
        assert message["message"] is None
        fact = case.house.client(who).get(
            f"/v1/placements/{case.id}/facts/{message['redacted_by']}").json
        assert fact["data"]["grounds"] == "Article 17, request 14"
    assert case.house.cluster.psql(
        f"select count(*) from personal_text t join fact f using (stream_id, seq) "
        f"where stream_id = '{case.id}' and f.kind = 'message_sent'", case.house.database) == [["0"]]
    assert body == case.house.cluster.psql(
        f"select body from fact where stream_id = '{case.id}' and kind = 'message_sent'", case.house.database)
    case.refused("PROTECTION", "redact", "entry_redactable", pointer="/entry", entry=entry, grounds="again")
