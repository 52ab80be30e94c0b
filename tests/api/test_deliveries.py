"""Messages as people see them, and the rules that say who gets them: once for each recipient, channel and target."""

import http.server
import json
import threading

from support.house import london
from test_telling import LARCH, WED, rows, wait_for


class Program:
    """A webhook's far side that keeps what it gets; slow: it answers nothing until it is let go."""

    def __init__(self, slow=False):
        self.got, self.free = [], threading.Event()
        if not slow:
            self.free.set()
        program = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                program.got.append((self.headers["webhook-id"], body))
                program.free.wait(30)
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}/"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.free.set()
        self.server.shutdown()
        self.server.server_close()


def webhook(house, who, url):
    return house.client(who).post("/v1/webhooks", {"url": url}, 201).json["id"]


def rule(house, who, **asked):
    return house.client(who).post("/v1/message-rules", asked, 200).json


def messages(house, who, **filters):
    return list(house.client(who).pages("/v1/deliveries", **filters))


def test_each_channel_and_target_is_told_once_and_the_queue_is_empty_then(rehearsal):
    house = rehearsal(WED, webhook_private_targets="true")
    with Program() as one, Program() as two:
        hooks = {webhook(house, "PROVIDER_ADMIN", one.url), webhook(house, "PROVIDER_ADMIN", two.url)}
        rule(house, "PROVIDER", timing="immediate")
        case = house.journey("inviting")
        house.wait_quiet()
        invited = [row for row in messages(house, "PROVIDER", placement=case.id) if row["kind"] == "invited"]
        assert sorted((row["channel"], row["state"]) for row in invited) == [
            ("email", "sent"), ("email", "sent"), ("service", "delivered"), ("webhook", "delivered"), ("webhook", "delivered")]
        assert len({(row["channel"], row.get("target")) for row in invited}) == 5
        assert {row["target"] for row in invited if row["channel"] == "webhook"} == hooks
        assert {number for number, _ in one.got} | {number for number, _ in two.got} == {
            row["id"] for row in messages(house, "PROVIDER", channel="webhook")}
        assert rows(house, "select 1 from dispatch") == []
        reached = [row for row in house.client("OFFICER").pages(f"/v1/placements/{case.id}/deliveries") if row["kind"] == "invited"]
        assert sorted((row["channel"], "answer" in row) for row in reached) == [
            ("email", True), ("service", False), ("webhook", False), ("webhook", False)], "their people and programs are their own"
        house.go_to(london("2026-04-14 09:00"))
        [reminder] = [json.loads(body) for _, body in one.got if json.loads(body)["type"] == "reminder"]
        assert reminder["id"].startswith("reminder.") and reminder["subject"] == case.reference
        assert [json.loads(body) for _, body in two.got if json.loads(body)["type"] == "reminder"] == [reminder]


def test_a_slow_target_keeps_nobody_waiting(rehearsal):
    house = rehearsal(WED, webhook_private_targets="true", webhook_concurrency=4, webhook_per_target=2)
    with Program(slow=True) as slow, Program() as quick:
        webhook(house, "PROVIDER_ADMIN", slow.url)
        webhook(house, "COUNCIL_ADMIN", quick.url)
        case = house.journey("inviting")
        for _ in range(3):
            case.move("PROVIDER", "ask", question="Which room?")
        told = "select count(*) from delivery where channel = 'webhook' and recipient_id = '{}' and state = '{}'"
        council, larch = house.organisations["council"], house.organisations["larch"]
        wait_for(lambda: rows(house, told.format(council, "queued")) == [["0"]] and rows(
            house, told.format(council, "delivered"))[0][0] != "0" and len(slow.got) == 2
            and rows(house, told.format(larch, "queued")) == [["4"]], "the quick one waits")
        slow.free.set()
        house.wait_quiet()
        assert len({number for number, _ in slow.got}) == len(slow.got) > 2


def test_what_is_not_to_be_done_goes_once_a_day_as_one_email(rehearsal):
    house = rehearsal(WED)
    asked = {"for": "mailbox", "timing": "daily", "digest_hour": 9}
    assert rule(house, "PROVIDER_ADMIN", **asked)["digest_hour"] == 9
    case = house.journey("inviting")
    house.wait_quiet()
    assert [mail.subject.split(": ")[1] for mail in house.mails(LARCH)] == ["invitation to make an offer"], "that is theirs to do"
    case.move("OFFICER", "send_message", message="One")
    case.move("OFFICER", "send_message", message="Two")
    waiting = "select count(*) from delivery d join dispatch p on p.id = d.dispatch_id where p.kind = 'digest' and p.attempts = 0"
    wait_for(lambda: rows(house, waiting) == [["2"]], "they do not wait")
    assert rows(house, "select extract(hour from next_try_real at time zone 'Europe/London'), "
                       "next_try_real > clock_timestamp() from dispatch") == [["9", "t"]]
    rows(house, "update dispatch set next_try_real = clock_timestamp(), due_real = clock_timestamp()")
    house.wait_quiet()
    digest = house.mails(LARCH)[-1]
    assert len(house.mails(LARCH)) == 2 and digest.subject == "Your daily message: 2 events"
    assert digest.text.count(case.reference) == 2 and "One" not in digest.text
    sent = [row for row in messages(house, "PROVIDER", channel="email") if row["kind"] == "message_sent"]
    assert [row["state"] for row in sent] == ["sent", "sent"] and sent[0]["attempts"] == 1


def test_a_rule_says_who_hears_of_what(rehearsal):
    house = rehearsal(WED)
    rule(house, "PROVIDER", kind="message_sent", timing="immediate")
    rule(house, "PROVIDER_ADMIN", timing="none", **{"for": "mailbox"})
    rule(house, "OFFICER", timing="immediate", placements="own")
    house.client("PROVIDER").post("/v1/message-rules", {"for": "mailbox", "timing": "none"}, 403)
    house.client("PROVIDER").post("/v1/message-rules", {"timing": "sometimes"}, 400)
    case = house.journey("inviting")
    case.move("OFFICER", "send_message", message="One")
    case.move("PROVIDER", "ask", question="Which room?")
    house.wait_quiet()
    heard = {(row["kind"], "target" in row) for row in messages(house, "PROVIDER", channel="email")}
    assert heard == {("invited", False), ("message_sent", True)}, "what is to be done is never kept back"
    assert {row["kind"] for row in messages(house, "OFFICER", channel="email") if "target" in row} >= {"asked"}
    listed = house.client("PROVIDER").get("/v1/message-rules").json["items"]
    assert sorted((one["for"], one.get("kind"), one["timing"]) for one in listed) == [
        ("mailbox", None, "none"), ("me", "message_sent", "immediate")]
    house.client("PROVIDER").request("DELETE", "/v1/message-rules/all?for=mailbox", expect=403)
    house.client("PROVIDER").request("DELETE", "/v1/message-rules/message_sent", expect=200)
    house.client("PROVIDER").request("DELETE", "/v1/message-rules/message_sent", expect=404)


def test_a_message_shows_every_try_and_that_it_was_read(rehearsal):
    house = rehearsal(WED, smtp_retry="50ms")
    case = house.journey("approved")
    house.wait_quiet()
    house.sink.fail_next(1, "450 4.2.1 Try again later")
    case.invite()
    house.wait_quiet()
    [mail] = [row for row in messages(house, "PROVIDER", channel="email", read="false") if row["kind"] == "invited"]
    seen = house.client("PROVIDER").get(f"/v1/deliveries/{mail['id']}").json
    assert [(one["number"], one["outcome"], one["status"], one["answer"][:3]) for one in seen["tries"]] == [
        (1, "later", 450, "450"), (2, "taken", 250, "250")]
    assert (seen["state"], seen["attempts"]) == ("sent", 2) and "read_at" not in seen
    house.client("OFFICER").get(f"/v1/deliveries/{mail['id']}", expect=404)
    house.client("OFFICER").post(f"/v1/deliveries/{mail['id']}/read", {}, 404)
    read = house.client("PROVIDER").post(f"/v1/deliveries/{mail['id']}/read", {}, 200).json
    assert house.client("PROVIDER").post(f"/v1/deliveries/{mail['id']}/read", {}, 200).json["read_at"] == read["read_at"]
    assert mail["id"] in {row["id"] for row in messages(house, "PROVIDER", read="true")}
    reached = [row for row in house.client("OFFICER").pages(f"/v1/placements/{case.id}/deliveries") if row["kind"] == "invited"]
    assert {(row["channel"], row["state"], row["recipient"]) for row in reached} == {
        (channel, state, house.organisations["larch"]) for channel, state in (("email", "sent"), ("service", "delivered"))}
    [sent] = [row for row in reached if row["channel"] == "email"]
    assert sent["answer"].startswith("250") and sent["attempts"] == 2 and sent["read_at"] == read["read_at"]
    entry = house.client("OFFICER").get(f"/v1/placements/{case.id}/facts/{sent['entry']}").json
    assert entry["kind"] == "invited"
    theirs = list(house.client("PROVIDER").pages(f"/v1/placements/{case.id}/deliveries"))
    assert theirs == [], "it has done nothing yet"
    house.client("PROVIDER2").get(f"/v1/placements/{case.id}/deliveries", expect=404)


def test_a_message_that_may_have_arrived_is_unknown_once_it_is_given_up(rehearsal):
    house = rehearsal(WED, smtp_retry="24h")
    case = house.journey("approved")
    house.wait_quiet()
    rows(house, "create function tried_for_days() returns trigger language plpgsql as 'begin new.begun_after := -5; return new; end'; "
                "create trigger tried before insert on dispatch for each row execute function tried_for_days()")
    house.sink.drop_next(3)  # what tells both sides of it too
    case.invite()
    house.sink.wait_until_scripted_failures_happened()
    house.wait_quiet()
    [mail] = [row for row in messages(house, "PROVIDER", channel="email") if row["kind"] == "invited"]
    assert (mail["state"], mail["attempts"]) == ("unknown", 1)
    assert case.fact_kinds()[-1] == "not_served", "nobody has said that it came"
    [letter] = house.client("OFFICER").get("/v1/letters").json["items"]
    assert letter["placement"] == case.id and letter["answer"].startswith("No answer after the whole message was given")


def test_what_waited_long_for_its_first_try_is_not_given_up_after_it(rehearsal):
    house = rehearsal(WED, smtp_retry="50ms")
    case = house.journey("approved")
    house.wait_quiet()
    rows(house, "create function old() returns trigger language plpgsql as 'begin new.due_real := now() - interval ''6 days''; "
                "return new; end'; create trigger old before insert on dispatch for each row execute function old()")
    house.sink.fail_next(1)
    case.invite()
    house.wait_quiet()
    [mail] = [row for row in messages(house, "PROVIDER", channel="email") if row["kind"] == "invited"]
    assert (mail["state"], mail["attempts"]) == ("sent", 2) and case.fact_kinds()[-1] == "invited"


def test_who_has_left_gets_no_digest_and_what_was_told_already_makes_none(rehearsal):
    house = rehearsal(WED)
    rule(house, "PROVIDER", timing="daily")
    case = house.journey("inviting")
    case.move("OFFICER", "send_message", message="One")
    waiting = "select count(*) from dispatch where kind = 'digest'"
    wait_for(lambda: rows(house, waiting) == [["1"]], "there is no digest")
    rows(house, "delete from membership where user_id = (select user_id from message_rule)")
    rows(house, "update dispatch set next_try_real = clock_timestamp(), due_real = clock_timestamp()")
    house.wait_quiet()
    assert [(mail.to, mail.subject) for mail in house.sink.messages if "daily" in mail.subject] == []
    left = "select d.state, a.answer from delivery d join delivery_attempt a using (dispatch_id) where d.target <> " \
           "'00000000-0000-0000-0000-000000000000' and d.kind = 'message_sent'"
    assert rows(house, left) == [["failed", "Not sent: whom it was for has left the organisation"]]
    larch = house.organisations["larch"]
    rows(house, f"insert into message_rule (organisation_id, kind, timing) values ('{larch}', '*', 'daily')")
    remind = f"select told from deliver('{house.organisations['council']}', now(), 8, 7, 2, now()::date, '-infinity', false, " \
             f"array['{case.id}']::uuid[], array['{larch}']::uuid[], array['reminder'], array['reminder'], array[0]::bigint[], " \
             "array[gen_random_uuid()], array[true], array[false], array['PL: reminder'], array['It stands.'], array[null], " \
             "array['reminder'], array[1], array[null]::uuid[], array[null]::uuid[], array[null]::text[], array['again'], " \
             "array[now()::date - 2])"
    assert rows(house, remind) == [["2"]]
    rows(house, "update dispatch set next_try_real = clock_timestamp(), due_real = clock_timestamp()")
    house.wait_quiet()
    assert rows(house, remind) == [["0"]] and rows(house, "select 1 from dispatch") == []


def test_a_reminder_comes_at_nine_where_its_reader_is(rehearsal):
    """Clocks go forward in London between the two reminders, and have gone in New York."""
    house = rehearsal("2026-03-18 10:00")
    case = house.journey("inviting")  # reminded of on 27 and 31 March
    rule(house, "PROVIDER_ADMIN", timing="immediate", time_zone="Asia/Tokyo")
    rule(house, "PROVIDER", timing="immediate", time_zone="America/New_York")
    mailbox = "00000000-0000-0000-0000-000000000000"
    found = "select to_char(created_at at time zone 'Europe/London', 'DD HH24:MI'), channel from delivery where reminder like " \
            f"'% before' and placement_id = '{case.id}' and (channel = 'service' or target <> '{mailbox}') order by created_at, channel desc"
    friday = [["27 00:00", "email"], ["27 09:00", "service"], ["27 13:00", "email"]]
    house.go_to(london("2026-03-27 00:00"))
    assert rows(house, found) == friday[:1]
    house.go_to(london("2026-03-27 12:59"))
    assert rows(house, found) == friday[:2], "the organisation itself is in London"
    house.go_to(london("2026-03-30 12:00"))
    assert rows(house, found) == friday
    rule(house, "PROVIDER_ADMIN", timing="immediate", time_zone="Asia/Kolkata")
    rule(house, "PROVIDER_ADMIN", timing="immediate", time_zone="Asia/Tokyo", **{"for": "mailbox"})
    house.go_to(london("2026-03-31 01:00"))
    assert rows(house, found) == friday + [["31 01:00", "service"]]
    rule(house, "PROVIDER_ADMIN", timing="immediate", time_zone="Pacific/Auckland")
    house.go_to(london("2026-03-31 02:00"))
    assert rows(house, found)[4][1] == "email", "what has been where one comes to is told at once"
    rule(house, "PROVIDER_ADMIN", timing="immediate", time_zone="Pacific/Honolulu")
    house.go_to(london("2026-04-01 12:00"))
    assert rows(house, found)[5:] == [["31 14:00", "email"]], "and nobody is told again by going elsewhere"


def test_a_time_zone_is_one_that_there_is(rehearsal):
    house = rehearsal(WED)
    for given, meant in (("Europe/Londn", "Did you mean Europe/London?"), ("tokyo", "Did you mean Asia/Tokyo?"),
                         ("Middle earth", "Give its name in the IANA list, as Europe/London.")):
        refused = house.client("PROVIDER").post("/v1/message-rules", {"timing": "daily", "time_zone": given}, 400).json
        assert refused["errors"] == [{"pointer": "/time_zone", "detail": "There is no such time zone. " + meant}]
    assert house.client("PROVIDER").get("/v1/message-rules").json["items"] == []
    rule(house, "PROVIDER_ADMIN", timing="daily", digest_hour=7, time_zone="Asia/Tokyo", **{"for": "mailbox"})
    assert rule(house, "PROVIDER", timing="daily", time_zone="America/New_York")["time_zone"] == "America/New_York"
    assert "digest_hour" not in rule(house, "PROVIDER", timing="daily", kind="message_sent")
    listed = house.client("PROVIDER").get("/v1/message-rules").json["items"]
    assert {(one["for"], one.get("digest_hour"), one["time_zone"]) for one in listed} == {
        ("mailbox", 7, "Asia/Tokyo"), ("me", None, "America/New_York")}
    case = house.journey("inviting")
    case.move("OFFICER", "send_message", message="One")
    waiting = "select extract(hour from next_try_real at time zone 'Asia/Tokyo'), extract(hour from next_try_real at time zone " \
              "'America/New_York'), target = '00000000-0000-0000-0000-000000000000' from dispatch where kind = 'digest'"
    wait_for(lambda: len(rows(house, waiting)) == 2, "there are no digests")
    assert {(tokyo if mailbox == "t" else new_york) for tokyo, new_york, mailbox in rows(house, waiting)} == {"7"}, \
        "the hour is the mailbox's, the zone one's own"


def test_with_the_hint_dead_the_slow_look_tells(rehearsal):
    house = rehearsal(WED)
    case = house.journey("approved")
    house.wait_quiet()
    rows(house, "delete from delivery; update deliver_cursor set next_index = 0")  # nothing is appended, so nothing hints
    house.wait_quiet()
    assert {row["kind"] for row in messages(house, "OFFICER", placement=case.id)} >= {"receipt"}
