"""The mail server is away, slow, silent, or says no.

| fault | how | what must happen |
|---|---|---|
| F25 refused | nobody listens on its port | nothing is lost, all goes when it is back |
| F25 slow | a pause before each of its answers; silence at any stage, past the limit | sent within the limit; else tried again |
| F26 4xx, then 250 | 421, 450, 451, 452 at the greeting, the recipient, the message | tried again, delivered once |
| F27 5xx | 550, 552, 554 at the recipient, the message | final: one try, and no copy; an unknown address is written to no more |
| F28 cut after the final dot | with the message taken, and without | once more under the same Message-ID, so twice at most |
"""

import collections

import pytest

from checker import mail_id
from conftest import ended, pick
from trial import Trial, wait_until

LIMIT = 1.0  # seconds that one try may last: ten leases
NOBODY = "550 5.1.1 No such user"
TEMPORARY = (("greeting", "421 4.3.2 Going down"), ("mail", "421 4.3.2 Going down"), ("rcpt", "421 4.3.2 Going down"),
             ("rcpt", "450 4.2.1 Greylisted"), ("rcpt", "451 4.7.1 Greylisted"), ("data", "421 4.3.2 Going down"),
             ("data", "450 4.2.1 Try later"), ("data", "451 4.3.0 Try later"), ("data", "452 4.3.1 Full"))
FINAL = (("rcpt", "552 5.2.2 Mailbox full"), ("rcpt", "554 5.7.1 Not wanted"), ("data", "550 5.7.1 Not wanted"),
         ("data", "552 5.3.4 Too big"), ("data", "554 5.6.0 Not understood"))


@pytest.fixture(scope="module")
def posted(make_house):
    """A house that these tests share: each leaves it as sound as it was."""
    house = make_house(lease_ms=100, smtp_retry="50ms 100ms")
    yield house
    ended(house)


def tried(house):
    """How often each answer was given so far; what was never said is told by its first words."""
    rows = house.cluster.psql("select coalesce(a.status::text, split_part(a.answer, ':', 1), ''), count(*) from delivery_attempt a "
                              "group by 1", house.database)
    return collections.Counter({answer: int(count) for answer, count in rows})


def failed(house):
    return int(house.cluster.psql("select count(*) from delivery where channel = 'email' and state <> 'sent' "
                                  "and state <> 'queued'", house.database)[0][0])


class Mail(Trial):
    """Counts what each try was answered with meanwhile, for the table."""

    def __init__(self, house, fault, what, threads=4):
        super().__init__(house, fault, what, threads)
        self.before, self.failed_before = tried(house), failed(house)

    def silent(self):
        """Tries whose end nobody saw, or that came to nothing."""
        return self.answers()["Not given to the mail server"] + self.answers()["No answer after the whole message was given"]

    def answers(self):
        now = tried(self.house)
        now.subtract(self.before)
        return now

    def all_are_sent(self):
        self.load.stop()
        self.rest()
        assert failed(self.house) == self.failed_before, "some were given up"
        self.notes.append(f"{self.answers()['250']} mails sent")


def copies(house):
    return collections.Counter(mail_id(message) for message in house.sink.messages)


def test_mail_waits_for_a_server_that_refuses_connections(posted):
    with Mail(posted, "F25", "SMTP refused") as trial:
        for _ in range(pick(2, 20)):
            with posted.sink.away():
                before = trial.answers()["Not given to the mail server"]
                trial.load.wait_for_moves(1)
                wait_until(lambda before=before: trial.answers()["Not given to the mail server"] > before + 4, "nothing is tried")
            came = len(posted.sink.messages)
            wait_until(lambda came=came: len(posted.sink.messages) > came, "nothing is sent when it is back")
        trial.did(trial.answers()["Not given to the mail server"])
        trial.all_are_sent()


def test_mail_goes_through_a_server_that_is_slow_within_the_limit(posted):
    with Mail(posted, "F25", "SMTP slow, within the limit") as trial:
        begun = posted.cluster.psql("select clock_timestamp()", posted.database)[0][0]
        posted.sink.pace = LIMIT / 20  # eight answers a message
        try:
            wait_until(lambda: trial.answers()["250"] >= pick(8, 200), "it sends nothing")
        finally:
            posted.sink.pace = 0
        trial.all_are_sent()
        trial.did(trial.answers()["250"])
        # but for those that the machine itself kept past the limit
        given_up = posted.cluster.psql("select answer from delivery_attempt where status is distinct from 250 and started_real > "
                                       f"'{begun}' and ended_real - started_real < interval '{LIMIT} s'", posted.database)
        assert not given_up, given_up


def test_mail_is_given_again_after_silence_at_any_stage(posted):
    with Mail(posted, "F25", "SMTP stalled at each stage, past the limit") as trial:
        for _ in range(pick(1, 12)):
            for stage in ("greeting", "mail", "rcpt", "begin", "data", "data"):
                posted.sink.stall_next(1, stage, keep=stage == "data")
                trial.did()
            posted.sink.wait_until_scripted_failures_happened()
            trial.load.wait_for_moves(1)  # and nobody waits for it
        trial.all_are_sent()
        assert trial.silent() >= trial.count, trial.answers()
        trial.notes.append(f"{sum(n > 1 for n in copies(posted).values())} came again")


def test_mail_that_was_put_off_is_delivered_once(posted):
    with Mail(posted, "F26", "421, 450, 451, 452, then 250") as trial:
        for stage, answer in TEMPORARY:
            posted.sink.fail_next(pick(1, 20), answer, stage)
            posted.sink.wait_until_scripted_failures_happened()
        trial.all_are_sent()
        said = {answer: count for answer, count in trial.answers().items() if answer.startswith("4")}
        trial.did(sum(said.values()))
        assert trial.count <= len(TEMPORARY) * pick(1, 20) <= trial.count + trial.silent(), trial.answers()


def test_mail_that_is_refused_for_good_is_not_sent_again(posted):
    with Mail(posted, "F27", "550, 552, 554") as trial:
        for _ in range(pick(1, 10)):
            for stage, answer in FINAL:
                posted.sink.fail_next(1, answer, stage)
                posted.sink.wait_until_scripted_failures_happened()
                trial.did()
        trial.load.stop()
        trial.rest()
        rows = posted.cluster.psql("select d.state, a.outcome, d.attempts = a.attempt from delivery d join delivery_attempt a "
                                   "using (dispatch_id) where a.status >= 500", posted.database)
        assert len(rows) == failed(posted) - trial.failed_before, rows
        assert 0 < len(rows) <= trial.count <= len(rows) + trial.silent(), rows
        assert {tuple(row) for row in rows} == {("failed", "refused", "t")}, rows


def test_an_address_that_does_not_exist_is_left_alone_until_it_is_cleared(posted):
    with Mail(posted, "F27", "550 5.1.1, and after it") as trial:
        admin = posted.client("ADMIN")

        def permanent():
            return [b for b in admin.get("/v1/bounces").json["items"] if b["permanent"]]

        def clear():
            for kept in permanent():
                admin.request("DELETE", f"/v1/bounces/{kept['id']}", expect=200)

        for _ in range(pick(1, 8)):
            kept_back, silent = trial.answers()["Not sent"], trial.silent()
            posted.sink.fail_next(1, NOBODY, "rcpt")
            while not permanent():
                wait_until(lambda silent=silent: permanent() or trial.silent() > silent, "the address is not kept")
                silent = trial.silent()
                if not permanent() and not posted.sink.scripted:  # the answer may have been what was not heard
                    posted.sink.fail_next(1, NOBODY, "rcpt")
            gone = permanent()[0]
            wait_until(lambda kept_back=kept_back: trial.answers()["Not sent"] > kept_back, "nothing is to go there")
            trial.load.wait_for_moves(1)
            came = len([m for m in posted.sink.messages if gone["address"] in m.to])
            clear()
            wait_until(lambda came=came, gone=gone: len([m for m in posted.sink.messages if gone["address"] in m.to]) > came,
                       "it is not written to again")
            trial.did()
        wait_until(lambda: not posted.sink.scripted, "nobody is written to")
        trial.load.stop()
        trial.rest()
        clear()
        kept_back = {row[0] for row in posted.cluster.psql("select dispatch_id from delivery_attempt where answer like 'Not sent%'",
                                                           posted.database)}
        assert not kept_back & copies(posted).keys()
        trial.notes.append(f"{trial.answers()['Not sent']} not sent")


def test_mail_whose_answer_was_cut_off_comes_again(posted):
    """As often as nobody saw its end, and no more: the checker counts."""
    with Mail(posted, "F28", "cut after the final dot") as trial:
        before = copies(posted)
        for turn in range(pick(6, 60)):
            kept = turn % 2 == 0  # its server has it, or it has not
            posted.sink.drop_next(1, keep=kept)
            posted.sink.wait_until_scripted_failures_happened()
            trial.did()
            twice = turn // 2 + 1
            wait_until(lambda twice=twice: sum(n > 1 for n in (copies(posted) - before).values()) >= twice, "it is not sent again")
        trial.all_are_sent()
        came = copies(posted) - before
        trial.notes.append(f"{sum(n > 1 for n in came.values())} came twice")
