"""E-mail: both forms of a message, addresses that do not exist, mail that comes back late, letters, and after a death."""

import email
import email.policy
import html
import re

from support.house import five_pm, london
from support.receiver import Receiver
from test_person import enter, represent
from test_served import LARCH, NOBODY, WED, number, rows, wait_for

NAME = "Marta Reyes"
GONE = "Not sent: mail to this address came back with 550 5.1.1 No such user"


def words(text):
    return re.sub(r"[\s-]+", " ", text).strip()


def failed_with(house, kind, address=LARCH):
    return [row[0] for row in rows(
        house, "select a.answer from delivery d join delivery_attempt a using (dispatch_id) where d.channel = 'email' "
        f"and d.state = 'failed' and d.kind = '{kind}' and a.address = '{address}' order by a.attempt")]


def try_now(house, more="attempts = attempts"):
    rows(house, f"update dispatch set next_try_real = clock_timestamp(), {more}")
    rows(house, "select pg_notify('concordat', '')")


def approved(house):
    case = house.journey("approved")
    house.wait_quiet()
    house.sink.clear()
    return case


def test_an_address_that_does_not_exist_is_written_to_no_more_until_it_is_cleared(rehearsal):
    house = rehearsal(WED)
    case = approved(house)
    house.sink.fail_next(1, NOBODY, "rcpt")
    case.invite()
    house.wait_quiet()
    assert house.mails(LARCH) == [] and house.sink.scripted == 0
    assert failed_with(house, "invited") == [NOBODY]
    # what the sender is told by the mail server is kept a moment after it is recorded
    wait_for(lambda: house.client("ADMIN").get("/v1/bounces").json["items"], "the bounce was not kept")
    [bounce] = house.client("ADMIN").get("/v1/bounces").json["items"]
    assert (bounce["address"], bounce["permanent"], bounce["answer"], bounce["times"]) == (LARCH, True, NOBODY, 1)
    house.client("OFFICER").get("/v1/bounces", expect=403)
    case.move("OFFICER", "send_message", message="messagegnu")
    house.wait_quiet()
    assert house.mails(LARCH) == [] and failed_with(house, "message_sent") == [GONE]
    house.client("ADMIN").request("DELETE", f"/v1/bounces/{bounce['id']}", expect=200)
    house.client("ADMIN").request("DELETE", f"/v1/bounces/{bounce['id']}", expect=404)
    case.move("OFFICER", "send_message", message="messagegnat")
    house.wait_quiet()
    mail = next(mail for mail in house.mails(LARCH) if mail.subject.endswith(": message"))
    parsed = email.message_from_bytes(mail.raw, policy=email.policy.default)
    assert parsed.get_content_type() == "multipart/alternative" and parsed["Auto-Submitted"] == "auto-generated"
    assert [part.get_content_type() for part in parsed.iter_parts()] == ["text/plain", "text/html"]
    assert not parsed.defects and "<html lang=\"en-GB\">" in mail.html and "<h1>Placement " in mail.html
    body = html.unescape(re.sub(r"<[^>]*>", " ", mail.html.split("<body>")[1]))
    assert words(body) == words(mail.text)
    for said in (mail.text, mail.html):
        assert NAME not in said and "messagegnat" not in said
    [template] = rows(house, "select distinct template, template_version from delivery where kind = 'message_sent' and channel = 'email'")
    assert template == ["message_sent", "1"]


def test_a_letter_is_there_to_print_until_it_is_recorded_that_they_were_told(rehearsal):
    house = rehearsal(WED)
    case = approved(house)
    assert house.client("OFFICER").get("/v1/letters").json["items"] == []
    house.sink.refuse(LARCH)
    case.invite()
    house.wait_quiet()
    [letter] = house.client("OFFICER").get("/v1/letters").json["items"]
    assert (letter["placement"], letter["reference"], letter["recipient_name"]) == (case.id, case.reference, "Larch House Care")
    assert letter["owed"] == ["acknowledge", "make_offer"] and letter["answer"].startswith("550 5.1.1")
    for who in ("PROVIDER", "PROVIDER2"):
        assert house.client(who).get("/v1/letters").json["items"] == []
        house.client(who).get(f"/v1/letters/{letter['id']}", expect=404)
    assert house.client("OFFICER").get(f"/v1/letters/{letter['id']}").json == letter
    page = house.client("OFFICER").get(f"/v1/letters/{letter['id']}", headers={"Accept": "text/html"})
    assert page.headers["Content-Type"].startswith("text/html")
    for said in ("<div class=\"to\"><div>Larch House Care</div></div>", "<b>Northfold Council</b>",
                 f"<h1>Placement {case.reference}: invitation to make an offer</h1>", "recorded on Wednesday 1 April 2026 at 10:00",
                 "<li>Acknowledge the invitation.</li>", "<li>Make an offer.</li>", "<dd>Wednesday 1 April 2026</dd>",
                 f"/placements/<span class=\"reference\">{case.reference}</span>", "placements@northfold.example", "@media print"):
        assert said in page.text, said
    assert NAME not in page.text and "href" not in page.text
    house.go_to(london("2026-04-02 10:00"))
    case.move("OFFICER", "record_service", how="letter", reference="Letter 3", occurred_at="2026-04-02T08:00:00Z",
              **number(case.obligation("make_offer")))
    assert house.client("OFFICER").get("/v1/letters").json["items"] == []


def test_mail_that_comes_back_late_was_not_served_and_no_more_is_sent(rehearsal):
    house = rehearsal(WED)
    case = approved(house)
    case.invite()
    house.wait_quiet()
    [mail] = house.mails(LARCH)
    assert case.expect_due("acknowledge", five_pm("2026-04-07"))["served"] is True
    report = {"message_id": mail.message_id, "permanent": True, "answer": "550 5.1.1 No such user"}
    house.client("OFFICER").post("/v1/bounces", report, 403)
    house.client("ADMIN").post("/v1/bounces", {**report, "address": LARCH}, 400)
    house.client("ADMIN").post("/v1/bounces", {**report, "message_id": "<no-one@concordat.example>"}, 400)
    house.client("ADMIN").post("/v1/bounces", {**report, "message_id": f"<{case.id}@concordat.example>"}, 400)
    key = {"Idempotency-Key": '"5e0bb8f4-6c1f-4a3c-9b5e-0d2d3c4b5a69"'}
    reported = house.client("ADMIN").post("/v1/bounces", report, 200, headers=key).json
    assert (reported["address"], reported["failed"]) == (LARCH, 1)
    assert house.client("ADMIN").post("/v1/bounces", report, 200, headers=key).json == reported
    house.wait_quiet()
    assert case.fact_kinds()[-2:] == ["invited", "not_served"] and case.obligation("acknowledge")["served"] is False
    assert failed_with(house, "invited") == ["250 OK", "550 5.1.1 No such user"]
    assert failed_with(house, "not_served") == [GONE] and house.mails(LARCH) == [mail]
    [letter] = house.client("OFFICER").get("/v1/letters").json["items"]
    assert letter["subject"] == f"{case.reference}: invitation to make an offer"
    rows(house, f"update organisation set email = 'care@larchhouse.example' where id = '{house.organisations['larch']}'")
    assert house.client("ADMIN").get("/v1/bounces").json["items"] == []


def test_what_waits_goes_to_the_address_of_its_time_and_no_clock_ends_it_early(rehearsal):
    house, anew = rehearsal(WED, smtp_retry="1h"), "care@larchhouse.example"
    case = approved(house)
    house.sink.fail_next(2, "451 4.3.0 Later", "rcpt")
    case.invite()
    tried = "select count(*) from delivery_attempt a join delivery d using (dispatch_id) where d.kind = 'invited' and a.outcome is not null"
    wait_for(lambda: rows(house, tried) == [["1"]], "no try was made")
    # as when the clock is 40 days ahead at the next one
    rows(house, "update delivery_attempt set started_real = started_real - interval '40 days'")
    try_now(house, "due_real = due_real - interval '40 days', created_real = created_real - interval '40 days'")
    wait_for(lambda: rows(house, tried) == [["2"]], "no second try was made")
    house.client("ADMIN").post("/v1/bounces", {"address": LARCH, "permanent": True, "answer": NOBODY}, 200)
    rows(house, f"update organisation set email = '{anew}' where id = '{house.organisations['larch']}'")
    try_now(house)
    wait_for(lambda: house.mails(anew), "it did not go to the address of now")
    house.wait_quiet()
    assert house.mails(LARCH) == []
    [told] = [d for d in house.client("PROVIDER").pages("/v1/deliveries", channel="email") if d["kind"] == "invited"]
    tries = house.client("PROVIDER").get(f"/v1/deliveries/{told['id']}").json["tries"]
    assert [(t["number"], t["address"], t["outcome"]) for t in tries] == [
        (1, LARCH, "later"), (2, LARCH, "later"), (3, anew, "taken")]


def test_a_webhook_that_took_it_serves_a_notice_for_which_no_mail_arrives(rehearsal):
    house = rehearsal(WED, webhook_private_targets=True, webhook_retry="30ms 30ms 30ms 30ms 1s 1s 1s 1s")
    house._people({"LARCH_MANAGER": ("larch", "Bo Marsh", ["manager"])})
    with Receiver() as receiver:
        house.client("LARCH_MANAGER").post("/v1/webhooks", {"url": receiver.url + "/told"}, 201)
        case = approved(house)
        house.sink.refuse(LARCH)
        receiver.always(500, path="/told")
        case.invite()
        wait_for(lambda: failed_with(house, "invited"), "the e-mail did not fail")
        assert "not_served" not in case.fact_kinds(), "one channel may still take it"
        assert case.obligation("make_offer")["served"] is True
        receiver.always(200, path="/told")
        house.wait_quiet()
    assert case.fact_kinds()[-1] == "invited" and house.client("OFFICER").get("/v1/letters").json["items"] == []


def test_what_still_waits_for_the_family_is_not_sent_after_the_death(rehearsal):
    house = rehearsal(WED, smtp_retry="1h")
    enter(house)
    case = house.journey("approved")
    represent(house, case)
    house.wait_quiet()
    house.sink.clear()
    house.sink.fail_next(1000, "451 4.3.0 Later")
    family = "delia@family.example"
    case.move("OFFICER", "send_message", message="messagegnu", to_representative=True)
    waits = f"from dispatch where recipient_id = '{house.organisations['family']}'"
    wait_for(lambda: rows(house, f"select count(*) {waits} and attempts > 0 and state = 'queued'") == [["1"]], "no try was made")
    case.move("OFFICER", "record_death", died_on="2026-04-01")
    house.sink.clear()
    try_now(house)
    wait_for(lambda: failed_with(house, "message_sent", family), "what waited was not given up")
    house.wait_quiet()
    assert failed_with(house, "message_sent", family)[-1].startswith("Not sent: the death was recorded")
    assert house.mails(family) == [] and "not_served" not in case.fact_kinds()
    assert rows(house, f"select count(*) {waits}") == [["0"]]


def test_a_death_keeps_back_no_more_of_a_digest_than_what_it_is_about(rehearsal):
    house = rehearsal(WED)
    enter(house)
    rows(house, f"insert into message_rule (organisation_id, kind, timing) values ('{house.organisations['family']}', '*', 'daily')")
    one, two = house.journey("approved"), house.journey("approved")
    for case in (one, two):
        represent(house, case)
        case.move("OFFICER", "send_message", message="messagegnu", to_representative=True)
    house.wait_quiet()
    one.move("OFFICER", "record_death", died_on="2026-04-01")
    house.wait_quiet()
    rows(house, "update dispatch set next_try_real = clock_timestamp(), due_real = clock_timestamp()")
    house.wait_quiet()
    [mail] = [mail for mail in house.mails("delia@family.example") if "daily" in mail.subject]
    assert two.reference in mail.text and one.reference not in mail.text
    told = f"select x.reference, d.state from delivery d join placement x on x.id = d.placement_id where d.channel = 'email' " \
           f"and d.kind = 'message_sent' and d.recipient_id = '{house.organisations['family']}' order by x.reference"
    assert rows(house, told) == [[one.reference, "failed"], [two.reference, "sent"]]
