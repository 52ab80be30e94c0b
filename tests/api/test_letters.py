"""Letters: how an organisation is reached when no e-mail gets there, and the queue of who is to be written to or telephoned."""

import os
import uuid

import pytest

from support.daemon import Daemon
from support.house import london
from test_mail import approved
from test_person import enter, on_behalf, represent
from test_served import LARCH, WED, number, rows

ADDRESS = {"line_1": "Larch House", "line_2": "7 Fell Lane", "town": "Northfold", "postcode": "nf4 2qt"}
KEPT = {**ADDRESS, "postcode": "NF4 2QT"}
PHONE = "01632 960147"
FAMILY = "delia@family.example"


def contact(house, who, organisation, body, expect=200, **more):
    return house.client(who).post(f"/v1/organisations/{house.organisations.get(organisation, organisation)}/contact", body, expect, **more)


def organisation(house, who, name):
    return next(row for row in house.client(who).pages("/v1/organisations") if row["name"] == name)


def letters(house, who="OFFICER", client=None):
    return list((client or house.client(who)).pages("/v1/letters"))


def page(house, path="/v1/letters", who="OFFICER", **query):
    answer = house.client(who).get(path, headers={"Accept": "text/html"}, **query)
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    return answer.text


def unreached(house, count=1):
    """Invitations of which no e-mail arrives."""
    house.sink.refuse(LARCH)
    cases = [house.journey("approved") for _ in range(count)]
    for case in cases:
        case.invite()
    house.wait_quiet()
    return cases


# -- How an organisation is reached

def test_an_administrator_says_how_their_own_organisation_is_reached_and_others_do_not_learn_it(rehearsal):
    house = rehearsal(WED)
    enter(house)
    house._people({"LARCH_ADMIN": ("larch", "Bo Marsh", ["administrator"])})
    said = {"email": "Notices@LarchHouse.example", "telephone": PHONE, "address": ADDRESS}
    key = {"Idempotency-Key": str(uuid.uuid4())}
    made = contact(house, "LARCH_ADMIN", "larch", said, headers=key).json
    assert (made["email"], made["telephone"], made["address"]) == ("notices@larchhouse.example", PHONE, KEPT)
    assert made == organisation(house, "PROVIDER", "Larch House Care") == organisation(house, "ADMIN", "Larch House Care")
    for who in ("OFFICER", "DAUGHTER"):
        seen = [row for row in house.client(who).pages("/v1/organisations") if row["name"] == "Larch House Care"]
        assert all(not {"email", "telephone", "address"} & set(row) for row in seen)
    contact(house, "PROVIDER", "larch", said, 403)
    for who, other in (("OFFICER", "larch"), ("LARCH_ADMIN", "council"), ("LARCH_ADMIN", "alder"), ("ADMIN", str(uuid.uuid4())),
                       ("ADMIN", "x")):
        contact(house, who, other, said, 404)
    # all of it anew; but the mailbox, from which clocks run, is replaced and never taken away
    answer = contact(house, "LARCH_ADMIN", "larch", {"telephone": PHONE}, 400).json
    assert [error["pointer"] for error in answer["errors"]] == ["/email"]
    changed = contact(house, "ADMIN", "larch", {"email": LARCH}).json
    assert changed["email"] == LARCH and not {"telephone", "address"} & set(changed)
    # a repeat answers as the first time and changes nothing
    assert contact(house, "LARCH_ADMIN", "larch", said, headers=key).json == made
    assert contact(house, "LARCH_ADMIN", "larch", {**said, "telephone": "9601470"}, 422, headers=key).code == "idempotency_key_reused"
    assert organisation(house, "PROVIDER", "Larch House Care") == changed
    # an authority's own, which stays when it adopts a protocol; and from the beginning
    council = contact(house, "ADMIN", "council", {"email": "placements@northfold.example", "address": ADDRESS}).json
    adopted = house.client("ADMIN").post(f"/v1/organisations/{council['id']}/protocol", council["protocol"], 200).json
    assert adopted == council and council["address"] == KEPT and council["division"] == "england-and-wales"
    born = house.client("ADMIN").post("/v1/organisations", {"kind": "provider", "name": "Born Care", **said}, 201).json
    assert born["address"] == KEPT and born == organisation(house, "ADMIN", "Born Care")


@pytest.mark.parametrize("change, pointer", [
    ({"telephone": "call us"}, "/telephone"),
    ({"telephone": "01632 960147\r\n"}, "/telephone"),
    ({"telephone": "0" * 31}, "/telephone"),
    ({"email": "nobody"}, "/email"),
    ({"address": {"line_1": "7 Fell Lane", "town": "Northfold"}}, "/address/postcode"),
    ({"address": {"postcode": "NF4 2QT"}}, "/address/line_1"),
    ({"address": {**ADDRESS, "postcode": "12345"}}, "/address/postcode"),
    ({"address": {**ADDRESS, "line_2": "a\nb"}}, "/address/line_2"),
    ({"address": {**ADDRESS, "town": " "}}, "/address/town"),
    ({"address": {**ADDRESS, "line_3": "x" * 61}}, "/address/line_3"),
    ({"address": {**ADDRESS, "county": "x"}}, "/address/county"),
    ({"address": "7 Fell Lane"}, "/address"),
])
def test_what_cannot_be_written_to_or_dialled_is_pointed_at(live, change, pointer):
    before = rows(live, "select count(*) from contact")
    for path, body in (("/v1/organisations", {"kind": "provider", "name": "X"}),
                       (f"/v1/organisations/{live.organisations['larch']}/contact", {"email": LARCH})):
        answer = live.client("ADMIN").post(path, {**body, **change}, 400).json
        assert pointer in [error["pointer"] for error in answer["errors"]]
    assert rows(live, "select count(*) from contact") == before


# -- The queue

def test_the_queue_says_whom_to_telephone_or_write_to_and_how_to_record_it(rehearsal):
    house = rehearsal(WED)
    [case] = unreached(house)
    [letter] = letters(house)
    assert not {"telephone", "address"} & set(letter) and "No postal address and no telephone number" in letter["alert"]
    contact(house, "ADMIN", "larch", {"email": LARCH, "telephone": PHONE})
    [letter] = letters(house)
    assert letter["telephone"] == PHONE and letter["alert"].startswith("No postal address is held. Telephone them")
    contact(house, "ADMIN", "larch", {"email": LARCH, "telephone": PHONE, "address": ADDRESS})
    [letter] = letters(house)
    assert letter["address"] == KEPT and "alert" not in letter and letter["owed"] == ["acknowledge", "make_offer"]
    record = letter["record"]
    assert record == {"move": "record_service", "href": f"/v1/placements/{case.id}/moves", "version": case.see()["version"],
                      **number(case.obligation("acknowledge"))}
    for who, expect in (("OFFICER2", 404), ("PROVIDER", 404), ("PROVIDER2", 404), ("ADMIN", 404), ("OFFICER", 200)):
        house.client(who).get(f"/v1/letters/{letter['id']}", expect=expect)
        assert (letters(house, who) == [letter]) == (expect == 200)
    house.go_to(london("2026-04-02 10:00"))
    [record] = [letter["record"] for letter in letters(house)]
    # what the row says is the move, as it stands
    house.client("OFFICER").post(record["href"], {
        **{name: record[name] for name in ("move", "entry", "n")}, "how": "telephone", "reference": "Call 3",
        "occurred_at": "2026-04-02T08:30:00Z"}, 200, headers={"If-Match": f"\"{record['version']}\""})
    assert letters(house) == [] and "<article" not in page(house)
    house.client("OFFICER").get(f"/v1/letters/{letter['id']}", expect=404)
    for duty in ("acknowledge", "make_offer"):
        assert case.obligation(duty)["served_by"] == "telephone", "the whole notice is served at once"


def test_letters_are_printed_together_one_a_sheet_and_none_without_an_address(rehearsal):
    house = rehearsal(WED)
    contact(house, "ADMIN", "council", {"email": "placements@northfold.example", "telephone": "01632 960100", "address": {
        "line_1": "Civic Centre", "town": "Northfold <b>", "postcode": "NF1 1AA"}})
    cases = unreached(house, 3)
    told = page(house)
    assert "0 of 3 letters are to be printed" in told and told.count("No postal address") == 3 and "<article" not in told
    contact(house, "ADMIN", "larch", {"email": LARCH, "address": {**ADDRESS, "line_1": "A & B <House>"}})
    told = page(house)
    assert "3 of 3 letters are to be printed" in told and told.count("<article class=\"letter\">") == 3
    for case in cases:
        assert told.count(f"<h1>Placement {case.reference}: invitation to make an offer</h1>") == 1
    for said in ("<div>Larch House Care</div><div>A &amp; B &lt;House&gt;</div><div>7 Fell Lane</div>",
                 "<div>Northfold &lt;b&gt;</div><div>NF1 1AA</div><div>Telephone 01632 960100</div>",
                 "telephone us on 01632 960100, e-mail us at placements@northfold.example or write to us at the address above",
                 "@page{size:A4", "break-after:page"):
        assert said in told, said
    assert "<script" not in told and "href" not in told and "There are more" not in told and "Marta Reyes" not in told
    # a page at a time, as the rows come
    first = house.client("OFFICER").get("/v1/letters", limit=2, headers={"Accept": "text/html"})
    after = first.text.split("/v1/letters?")[1].split("</p>")[0].replace("&amp;", "&")
    assert first.text.count("<article") == 2 and f"/v1/letters?{after}" in first.headers["Link"]
    rest = house.client("OFFICER").get(f"/v1/letters?{after}", headers={"Accept": "text/html"}).text
    assert rest.count("<article") == 1 and "1 of 1 letter is" in rest
    assert [row["id"] for row in house.client("OFFICER").pages("/v1/letters", limit=1)] == [row["id"] for row in letters(house)]


def test_a_letter_goes_when_its_reader_is_reached_by_a_new_mailbox_or_the_placement_closes(rehearsal):
    house = rehearsal(WED)
    reached, closed = unreached(house, 2)
    assert len(letters(house)) == 2
    closed.move("OFFICER", "withdraw", reason="funding")
    house.wait_quiet()
    assert [row["placement"] for row in letters(house)] == [reached.id]
    contact(house, "ADMIN", "larch", {"email": "care@larchhouse.example"})
    assert len(letters(house)) == 1, "nothing has arrived there yet"
    reached.move("OFFICER", "send_message", message="Please look")
    house.wait_quiet()
    assert letters(house) == [] and reached.obligation("make_offer")["served_by"] == "email"


def test_every_daemon_shows_the_same_queue(rehearsal, binary, scratch):
    house = rehearsal(WED)
    unreached(house)
    twin = Daemon(binary, {**house.daemon.config, "listen_port": 0, "jobs": False}, os.path.join(scratch, "letters-twin"))
    with twin:
        other = type(house.client("OFFICER"))(twin.base_url, house.tokens["OFFICER"])
        assert letters(house, client=other) == letters(house) != []
        contact(house, "ADMIN", "larch", {"email": LARCH, "address": ADDRESS})
        assert letters(house, client=other)[0]["address"] == KEPT
        other.close()


def test_what_the_family_is_to_hear_is_the_councils_to_tell_and_nobodys_after_a_death(rehearsal):
    house = rehearsal(WED)
    enter(house)
    case = house.journey("approved")
    represent(house, case)
    house.wait_quiet()
    house.sink.refuse(FAMILY)
    case.move("OFFICER", "send_message", message="As she told us", **on_behalf(house))
    house.wait_quiet()
    [letter] = letters(house)
    assert letter["recipient"] == house.organisations["family"] and letter["owed"] == ["dispute_entry"]
    assert letter["record"]["entry"] == number(case.obligation("dispute_entry"))["entry"]
    case.move("OFFICER", "record_death", died_on="2026-04-01")
    house.wait_quiet()
    assert letters(house) == []
    house.client("OFFICER").get(f"/v1/letters/{letter['id']}", expect=404)


def test_a_right_is_told_by_letter_too_whoever_caused_it_and_never_as_something_due(rehearsal):
    house = rehearsal(WED)
    enter(house)
    case = house.journey("negotiating")
    represent(house, case)
    house.wait_quiet()
    house.sink.refuse(FAMILY)
    house.sink.refuse(LARCH)
    # what a provider enters of the family's words is the council's to tell them of
    case.involve("review", who="PROVIDER", **on_behalf(house))
    case.move("OFFICER", "reject", reason="price")
    house.wait_quiet()
    assert letters(house, "PROVIDER") == letters(house, "DAUGHTER") == []
    told = {row["recipient"]: row for row in letters(house)}
    family, larch = (told[house.organisations[key]] for key in ("family", "larch"))
    assert (family["owed"], larch["owed"], len(told)) == (["dispute_entry"], ["after_rejection"], 2)
    for letter, action in ((family, "Dispute the entry"), (larch, "Make another offer after the rejection")):
        said = page(house, f"/v1/letters/{letter['id']}")
        assert f"<h2>What you may do</h2>\n<ul>\n<li>{action}.</li>" in said and "due from you" not in said
    house.go_to(london("2026-04-02 10:00"))
    for letter in (family, larch):
        [record] = [row["record"] for row in letters(house) if row["id"] == letter["id"]]
        house.client("OFFICER").post(record["href"], {
            **{name: record[name] for name in ("move", "entry", "n")}, "how": "letter", "reference": "Letter 4",
            "occurred_at": "2026-04-02T08:30:00Z"}, 200, headers={"If-Match": f"\"{record['version']}\""})
    assert letters(house) == []
