"""Telling the parties: each fact once to each on each channel, whatever the mail server does; never a name."""

import datetime
import subprocess
import time

import pytest

from support.house import LONDON, five_pm, london
from support.journey import NAME, PANEL_REASONS, PERSONAL_WORDS
from support.sink import Sink

from conftest import ended

WED = "2026-04-01 10:00"
COUNCIL, LARCH = "placements@northfold.example", "fees@larchhouse.example"


def rows(house, sql):
    return house.cluster.psql(sql, house.database)


def wait_for(true, what, seconds=60):
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, what
        time.sleep(0.02)


def whole_story(house):
    """From opening to a review, with a question, a withdrawn offer and a rejection on the way."""
    case = house.journey("inviting", start="2026-04-01")
    case.move("PROVIDER", "ask", question="questiongerenuk")
    case.move("OFFICER", "answer", number=1, answer="answerhoatzin")
    case.offer("PROVIDER", "1700.00", covering_note="notejacana")
    case.move("PROVIDER", "withdraw_offer", reason="notejacana")
    case.offer("PROVIDER", "1695.00")
    case.move("OFFICER", "reject", reason="price", detail="notejacana")
    for name in ("negotiating", "signing", "in_force"):
        getattr(case, "_to_" + name)()
    case.move("PROVIDER", "confirm_start", started="2026-04-01", note="notejacana")
    case.involve("review")
    case.move("OFFICER", "hold_review", kind="first", held_on="2026-04-01",
              outcomes=[{"key": "swimming", "result": "met", "comment": "notejacana"}], needs="unchanged",
              decision="continue")
    case.move("PROVIDER", "give_feedback", kind="first", feedback="wordsechidna")
    house.wait_quiet()
    return case


@pytest.fixture(scope="module")
def told(make_house, entered):
    """The whole story, played once for the tests that only look at what it told: the house and the placement."""
    with Sink() as sink:
        house = make_house(sink)
        house.start_as(entered, london(WED))
        yield house, whole_story(house)
        ended(house)


def test_each_fact_is_told_once_to_each_who_may_see_it_on_each_channel(told):
    house, case = told
    council, larch = house.organisations["council"], house.organisations["larch"]
    for organisation, who in ((council, "OFFICER"), (larch, "PROVIDER")):
        facts = list(house.client(who).pages(f"/v1/placements/{case.id}/facts"))
        if who == "PROVIDER":  # one who is invited hears from then on
            facts = facts[[fact["kind"] for fact in facts].index("invited"):]
        for channel in ("service", "email"):  # and nobody is written to about their own moves
            expected = [fact["kind"] for fact in facts
                        if channel == "service" or fact["actor"]["organisation"] != organisation]
            heard = rows(house, "select f.kind, count(*) from delivery d join fact f using (authority_id, leaf_index) "
                               f"where d.recipient_id = '{organisation}' and d.channel = '{channel}' "
                               f"and d.placement_id = '{case.id}' group by f.kind, f.seq")
            assert {count for _, count in heard} == {"1"}
            assert sorted(kind for kind, _ in heard) == sorted(expected), (who, channel)
    others = rows(house, f"select 1 from delivery where recipient_id not in ('{council}', '{larch}')")
    assert others == []


def test_every_email_is_one_message_with_an_id_of_its_own(told):
    house, case = told
    mails = house.sink.messages
    assert len(mails) == int(rows(house, "select count(*) from delivery where channel = 'email'")[0][0])
    assert len({mail.message_id for mail in mails}) == len(mails)
    for mail in mails:
        assert mail.to in ([COUNCIL], [LARCH])
        assert mail.sender == "concordat@concordat.example"
        assert case.reference in mail.subject and case.reference in mail.text
        assert mail.text.strip()
        assert {"From", "To", "Date", "Message-ID", "MIME-Version", "Subject"} <= set(mail.headers)
        assert b"\r\n" in mail.raw and b"\0" not in mail.raw
        assert all(len(line) <= 998 for line in mail.raw.split(b"\r\n"))
    states = rows(house, "select state, count(*) from delivery where channel = 'email' group by 1")
    assert [state for state, _ in states] == ["sent"]
    unanswered = rows(house, "select 1 from delivery_attempt where answer is null or ended_real is null")
    assert unanswered == []


def test_no_message_holds_what_was_said_about_the_person(told):
    house, _ = told
    for mail in house.sink.messages:
        for word in PERSONAL_WORDS:
            assert word.lower() not in mail.raw.decode().lower(), mail.subject
    said = str(rows(house, "select subject, body from delivery"))
    for who in ("OFFICER", "PROVIDER"):
        said += house.client(who).get("/v1/deliveries", limit=200).text
    assert [word for word in PERSONAL_WORDS if word.lower() in said.lower()] == []


def test_personal_text_lies_in_the_database_only_encrypted(told, cluster):
    """Looked for in every byte of every table, as text and as hexadecimal, and in the log and the server's own log."""
    house, case = told
    dump = subprocess.run([f"{cluster.bin}/pg_dump", "--data-only", "--inserts", cluster.conninfo(house.database)],
                          cwd="/", capture_output=True, check=True).stdout.decode("utf-8", "replace").lower()
    assert case.reference.lower() in dump and len(rows(house, "select 1 from personal_text")) > 20
    for word in PERSONAL_WORDS:
        if word == "ZQX-7741":
            continue  # the authority's own reference says nothing by itself
        assert word.lower() not in dump, word
        assert word.encode().hex() not in dump, word
    with open(cluster.log, encoding="utf-8", errors="replace") as file:
        logged = file.read()
    logged += "\n".join(str(line) for line in house.daemon.lines)
    assert [word for word in PERSONAL_WORDS if word in logged] == []
    for token in house.tokens.values():
        assert token not in logged and token not in dump


def test_a_refused_body_is_not_repeated_in_the_log(rehearsal):
    house = rehearsal(WED)
    case = house.journey("inviting")
    house.client("OFFICER").post("/v1/placements", {"person_name": NAME, "urgency": NAME}, 400)
    house.client("OFFICER").post("/v1/placements", f'{{"person_name": "{NAME}'.encode(), 400)
    case.move("PROVIDER", "answer", 409, number=1, answer=PANEL_REASONS)
    house.client("OFFICER").get("/v1/placements", q="Quillfeather")
    logged = "\n".join(str(line) for line in house.daemon.lines)
    assert "Quillfeather" not in logged and PANEL_REASONS not in logged
    assert '"cnc_' not in logged and "Bearer" not in logged


def test_after_450_a_message_is_tried_again_with_the_same_id(rehearsal):
    house = rehearsal(WED, smtp_retry="50ms")
    case = house.journey("approved")
    house.wait_quiet()
    house.sink.clear()
    house.sink.fail_next(2, "450 4.2.1 Try again later")
    case.invite()
    house.sink.wait_until_scripted_failures_happened()
    house.wait_quiet()
    assert [mail.to[0] for mail in house.sink.messages] == [LARCH]
    tried = rows(house, "select d.state, d.attempts, (select count(*) from delivery_attempt a where a.dispatch_id = d.dispatch_id), "
                        "(select string_agg(left(answer, 3), ',' order by attempt) from delivery_attempt a "
                        "where a.dispatch_id = d.dispatch_id) "
                        "from delivery d where channel = 'email' and kind = 'invited'")
    assert tried == [["sent", "3", "3", "450,450,250"]]


def test_a_connection_lost_before_the_answer_brings_the_same_id_again(rehearsal):
    house = rehearsal(WED, smtp_retry="50ms")
    case = house.journey("approved")
    house.wait_quiet()
    house.sink.clear()
    house.sink.drop_next()
    case.invite()
    house.sink.wait_until_scripted_failures_happened()
    house.wait_quiet()
    ids = [mail.message_id for mail in house.sink.messages]
    made = rows(house, "select id, state, attempts from delivery where channel = 'email' and kind = 'invited'")
    assert [row[1:] for row in made] == [["sent", "2"]]
    assert len(ids) == 1 and made[0][0].replace("-", "") in ids[0].replace("-", "")


@pytest.mark.parametrize("stage", ["rcpt", "data"])
def test_after_550_a_message_has_failed_for_good(rehearsal, stage):
    house = rehearsal(WED, smtp_retry="50ms")
    case = house.journey("approved")
    house.wait_quiet()
    house.sink.clear()
    house.sink.fail_next(1, "550 5.7.1 Not wanted", stage)
    case.invite()
    house.sink.wait_until_scripted_failures_happened()
    house.wait_quiet()
    failed = rows(house, "select attempts, exists (select from dispatch) from delivery where state = 'failed'")
    assert failed == [["1", "f"]]
    case.move("PROVIDER", "acknowledge")
    house.wait_quiet()
    assert {mail.subject.split(": ")[1] for mail in house.sink.messages} == {
        "not served", "notice served", "invitation acknowledged"}, "the next message tells of the first"
    told = [row for row in house.client("PROVIDER").pages("/v1/deliveries", placement=case.id) if row["kind"] == "invited"]
    assert sorted((row["channel"], row["state"]) for row in told) == [("email", "failed"), ("service", "delivered")]


def test_a_mail_server_that_is_away_loses_nothing(rehearsal):
    house = rehearsal(WED, smtp_retry="50ms")
    port = house.sink.port
    house.sink.stop()
    case = house.journey("inviting")
    wait_for(lambda: rows(house, "select 1 from dispatch where attempts > 1"), "it is not tried again")
    assert case.see("PROVIDER")["stage"] == "inviting", "moves do not wait for the mail"
    back = Sink(port)
    try:
        wait_for(lambda: not rows(house, "select 1 from dispatch"), "some were not sent")
        assert len(back.messages) == len(rows(house, "select 1 from delivery where channel = 'email' and state = 'sent'")) > 0
        assert len({mail.message_id for mail in back.messages}) == len(back.messages)
    finally:
        back.stop()
        house.sink.stop = lambda: None  # it has stopped


def test_a_daemon_killed_while_it_tells_tells_each_once(rehearsal):
    house = rehearsal(WED, lease_ms=300)
    cases = [house.journey("negotiating") for _ in range(6)]
    for _ in range(3):
        house.daemon.kill9()
        house.daemon.start()
        for client in house.clients.values():
            client.close()
        house.clients.clear()
        cases.append(house.journey("inviting"))
    house.wait_quiet()
    twice = rows(house, "select 1 from delivery where leaf_index is not null group by authority_id, leaf_index, recipient_id, "
                        "channel having count(*) > 1")
    assert twice == []
    untold = rows(house, "select 1 from fact f where not exists (select from delivery d where d.authority_id = f.authority_id "
                         "and d.leaf_index = f.leaf_index)")
    assert untold == [], "each fact is told to somebody"
    ids = [mail.message_id for mail in house.sink.messages]
    sent = rows(house, "select count(*) from delivery where channel = 'email' and state = 'sent'")
    assert len(set(ids)) == int(sent[0][0])


# -- Reminders

def reminders(house, case, duty, who="OFFICER"):
    due = case.obligation(duty, who)["due_at"]
    return [(row["reminder"], row["channel"]) for row in house.client(who).pages("/v1/deliveries", placement=case.id)
            if row.get("reminder") and row["due_at"] == due]


def test_reminders_go_at_nine_each_once(rehearsal):
    house = rehearsal(WED)
    case = house.journey("inviting")
    case.expect_due("make_offer", five_pm("2026-04-17"), "PROVIDER")
    house.go_to(london("2026-04-14 08:59"))
    assert reminders(house, case, "make_offer", "PROVIDER") == []
    house.go_to(london("2026-04-14 09:00"))
    assert sorted(reminders(house, case, "make_offer", "PROVIDER")) == [("3 working days before", "email"),
                                                                         ("3 working days before", "service")]
    house.go_to(london("2026-04-17 12:00"))
    assert len(reminders(house, case, "make_offer", "PROVIDER")) == 4
    assert len(house.mails(LARCH, "(1 working day before)")) == 1


def test_what_is_done_reminds_nobody(rehearsal):
    house = rehearsal(WED)
    case = house.journey("inviting")
    case.offer("PROVIDER")
    case.accept("OFFICER")
    case.involve("signature")
    case.sign("SIGNATORY")
    case.sign("PROVIDER")
    house.go_to(london("2026-04-30 12:00"))
    assert rows(house, "select 1 from delivery where reminder is not null") == []


def test_after_an_outage_reminders_collapse_to_one(rehearsal):
    """Care started 80 days ago, and nobody was there since: of two reminders that passed, the later is told."""
    now = datetime.datetime.now(LONDON).replace(hour=10, minute=0, second=0, microsecond=0)
    began = now - datetime.timedelta(days=80)
    house = rehearsal(began.strftime("%Y-%m-%d %H:%M"))
    case = house.journey("in_force", start=began.strftime("%Y-%m-%d"))
    case.move("PROVIDER", "confirm_start", started=began.strftime("%Y-%m-%d"))
    house.wait_quiet()
    house.leave_rehearsal()
    house.clients.clear()
    house.daemon.start()
    wait_for(lambda: rows(house, "select count(*) from obligation where next_at <= clock_timestamp()") == [["0"]],
             "time does not act")
    house.wait_quiet()
    assert sorted(reminders(house, case, "three_month_review")) == [("14 days before", "email"), ("14 days before", "service")]
    assert reminders(house, case, "three_month_review", "PROVIDER") == [], "who owes it is reminded"
    assert reminders(house, case, "first_review") == [], "what is missed already reminds nobody of its day"
    assert case.fact_kinds().count("missed") == 1
    assert len(house.mails(COUNCIL, "not done in time")) == 1
    house.daemon.stop()
    house.clients.clear()
    house.daemon.start()
    house.wait_quiet()
    assert len(reminders(house, case, "three_month_review")) == 2, "and not again after a restart"
