"""Documents: uploaded as bytes, sealed in the database, attached to a placement, read by whoever sees the entry."""

import hashlib
import os
import uuid

import pytest

PDF = b"%PDF-1.4\nsecretpdfnarwhal\n" + b"0" * 1000
TYPES = {
    "application/pdf": PDF,
    "image/png": b"\x89PNG\r\n\x1a\nrest",
    "image/jpeg": b"\xff\xd8\xffrest",
    "text/plain": "Frühstück um acht\n".encode(),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": b"PK\x03\x04rest",
    "application/vnd.oasis.opendocument.text": b"PK\x03\x04rest",
}
MIB = 1024 * 1024


def upload(house, who, body=PDF, kind="application/pdf", key=None, **headers):
    return house.client(who).request("POST", "/v1/documents", body, {
        "Content-Type": kind, "Idempotency-Key": key or str(uuid.uuid4()), **headers})


def read(house, who, document, headers=None):
    return house.client(who).request("GET", f"/v1/documents/{document}", headers=headers)


def count(house):
    return int(house.cluster.psql("select count(*) from document", house.database)[0][0])


@pytest.mark.parametrize("kind", TYPES)
def test_bytes_come_back_as_they_were_sent(live, kind):
    body = TYPES[kind]
    answer = upload(live, "PROVIDER", body, kind)
    assert answer.status == 201, answer
    digest = hashlib.sha256(body).hexdigest()
    document = answer.json["id"]
    assert answer.json == {"id": document, "sha256": digest, "bytes": len(body), "media_type": kind}
    assert answer.headers["Location"] == f"/v1/documents/{document}"
    got = read(live, "PROVIDER", document)
    assert (got.status, got.body) == (200, body)
    assert got.headers["Content-Type"] == kind
    assert got.headers["Content-Disposition"] == f'attachment; filename="{document}"'
    assert got.headers["X-Content-Type-Options"] == "nosniff"
    assert got.headers["ETag"] == f'"{digest}"'
    same = read(live, "PROVIDER", document, {"If-None-Match": got.headers["ETag"]})
    assert (same.status, same.body) == (304, b"")


def test_what_is_stored_says_nothing_without_the_key(live):
    document = upload(live, "PROVIDER").json["id"]
    stored = live.cluster.psql("select position('secretpdfnarwhal'::bytea in content), position('%PDF'::bytea in content), "
                               f"length(content), bytes from document where id = '{document}'", live.database)[0]
    assert [int(cell) for cell in stored] == [0, 0, len(PDF) + 28, len(PDF)]


def test_a_repeat_gets_the_same_document_and_another_body_is_422(live):
    key, before = str(uuid.uuid4()), count(live)
    first, again = upload(live, "OFFICER", key=key), upload(live, "OFFICER", key=key)
    assert (again.status, again.body) == (201, first.body)
    other = upload(live, "OFFICER", PDF + b"x", key=key)
    assert (other.status, other.code) == (422, "idempotency_key_reused")
    other = upload(live, "OFFICER", b"PDF", "text/plain", key=key)
    assert (other.status, other.code) == (422, "idempotency_key_reused")
    assert count(live) == before + 1


def test_what_is_not_taken(live):
    before = count(live)
    for kind in ("application/zip", "text/html", "image/svg+xml", "application/json", "", None):
        answer = upload(live, "PROVIDER", kind=kind)
        assert (answer.status, answer.code) == (415, "content_type"), kind
    for kind, body in (("image/png", PDF), ("application/pdf", b"MZ"), ("text/plain", b"\xff\xfe"), ("text/plain", b"a\0b")):
        answer = upload(live, "PROVIDER", body, kind)
        assert (answer.status, answer.code) == (415, "content_type"), kind
    assert upload(live, "PROVIDER", "Grüße".encode(), "text/plain; charset=utf-8").status == 201
    answer = upload(live, "PROVIDER", b"")
    assert (answer.status, answer.code) == (400, "document_empty")
    answer = upload(live, "PROVIDER", key="7")
    assert (answer.status, answer.code) == (400, "idempotency_key")
    answer = live.client("PROVIDER").as_("cnc_" + "0" * 43).request(
        "POST", "/v1/documents", PDF, {"Content-Type": "application/pdf", "Idempotency-Key": str(uuid.uuid4())})
    assert answer.status == 401
    assert count(live) == before + 1


def test_five_mebibytes_are_taken_and_a_byte_more_is_not(live):
    body = PDF + os.urandom(5 * MIB - len(PDF))
    answer = upload(live, "PROVIDER", body)
    assert answer.status == 201, answer
    assert read(live, "PROVIDER", answer.json["id"]).body == body
    answer = upload(live, "PROVIDER", body + b"0")
    assert (answer.status, answer.code) == (413, "body_too_large")
    # No other address takes as much.
    answer = live.client("OFFICER").post("/v1/placements", b" " * (256 * 1024 + 1))
    assert (answer.status, answer.code) == (413, "body_too_large")


def attached(house, who="PROVIDER", stage="negotiating"):
    case = house.journey(stage)
    document = upload(house, who).json["id"]
    case.move(who, "attach", document=document, title="titlemarkhor")
    return case, document


def test_an_attached_document_is_read_by_both_sides_and_nobody_else(live):
    case, document = attached(live)
    for who in ("PROVIDER", "OFFICER", "PANEL"):
        assert read(live, who, document).body == PDF
    for who in ("PROVIDER2", "OFFICER2"):
        answer = read(live, who, document)
        assert (answer.status, answer.code) == (404, "not_found"), who
    for who in ("PROVIDER", "OFFICER"):
        entry = case.see(who)["documents"][0]
        assert (entry["document"], entry["bytes"], entry["title"]) == (document, len(PDF), "titlemarkhor")
        assert entry["sha256"] == hashlib.sha256(PDF).hexdigest()
    for missing in (uuid.uuid4(), uuid.UUID(int=0), "x"):
        assert read(live, "OFFICER", missing).status == 404


def test_what_is_attached_nowhere_is_its_organisations_own(live):
    document = upload(live, "PROVIDER").json["id"]
    assert read(live, "PROVIDER_SIGNATORY", document).status == 200
    assert read(live, "OFFICER", document).status == 404


def test_reading_an_attached_document_is_recorded(live):
    case, document = attached(live)
    reads = f"select count(*) from personal_access where placement_id = '{case.id}'"
    before = int(live.cluster.psql(reads, live.database)[0][0])
    read(live, "OFFICER", document)
    assert int(live.cluster.psql(reads, live.database)[0][0]) == before + 1


def test_only_ones_own_document_is_attached(live):
    case = live.journey("negotiating")
    theirs = upload(live, "OFFICER").json["id"]
    case.refused("PROVIDER", "attach", "document_known", pointer="/document", document=theirs, title="x")
    case.refused("PROVIDER", "attach", "document_known", pointer="/document", document=str(uuid.uuid4()), title="x")
    case.move("OFFICER", "attach", document=theirs, title="x")
    assert read(live, "PROVIDER", theirs).body == PDF


def test_a_document_whose_key_is_gone_is_not_there(live):
    case, document = attached(live)
    live.cluster.psql(f"update document set wrapped_key = null where id = '{document}'", live.database)
    assert read(live, "PROVIDER", document).status == 404
    assert read(live, "OFFICER", document).status == 404
    assert case.see("OFFICER")["documents"][0]["sha256"] == hashlib.sha256(PDF).hexdigest()


def test_what_was_answered_survives_a_daemon_that_dies(make_house, entered, sink):
    house = make_house(sink)
    house.start_as(entered)
    try:
        case, document = attached(house)
        house.daemon.kill9()
        house.daemon.start()
        house.clients.clear()
        assert read(house, "OFFICER", document).body == PDF
        assert case.see("OFFICER")["documents"][0]["document"] == document
    finally:
        house.daemon.kill9()
        house.cluster.drop_database(house.database)


def test_what_was_attached_nowhere_in_time_is_removed(make_house, entered, sink):
    """A day to attach it; ten minutes later it goes. What is attached stays, and is not looked at again."""
    house = make_house(sink)
    house.start_as(entered)
    try:
        case, kept = attached(house)
        fresh, late, gone = (upload(house, "PROVIDER").json["id"] for _ in range(3))
        ask = lambda question: house.cluster.psql(question, house.database)  # noqa: E731
        given = ask(f"select round(extract(epoch from until_real - created_real)) from document where id = '{fresh}'")
        assert given[0][0] == str(24 * 3600)
        ask(f"update document set until_real = until_real - interval '24 hours 11 minutes' where id in ('{kept}', '{gone}'); "
            f"update document set until_real = until_real - interval '24 hours 1 minute' where id = '{late}'")
        case.refused("PROVIDER", "attach", "document_known", pointer="/document", document=late, title="x")
        house.daemon.stop()
        house.daemon.start()
        house.clients.clear()
        line = house.daemon.wait_for_line(lambda line: line.get("message") == "Documents that were attached nowhere are removed")
        assert line["count"] == "1"
        left = {row[0]: row[1] for row in ask("select id, until_real is null from document")}
        assert left == {kept: "t", late: "f", fresh: "f"}
        assert read(house, "PROVIDER", gone).status == 404
        assert read(house, "OFFICER", kept).body == PDF and read(house, "PROVIDER", late).body == PDF
        case.move("PROVIDER", "attach", document=fresh, title="x")
    finally:
        house.daemon.kill9()
        house.cluster.drop_database(house.database)
