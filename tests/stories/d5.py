"""Story D5, a correction: the start was typed a week late, and the night line was signed too high.

The day is put right by a correction beside the entry, and what counts from it moves. What both signed is put right by
a version that both sign, from the original day: 1,256.00 for 1,265.00. What was known before stays as it was known.
Spurned is a second placement of the same dates whose provider refuses: 1,265.00 stands there, marked disputed.
"""

from house import COUNCIL, LARCH, Story, five_pm, line, money

MODEL = {"model": "residential-ld", "version": "0.1"}
INPUTS = {
    "one_to_one_hours": "7", "two_to_one_hours": "0", "shared_hours": "168", "people_sharing": "8",
    "waking_nights": "7", "sleep_ins": "0", "residents": "8", "miles": "20",
}
GUIDE = {"low": 119000, "mid": 125800, "high": 133100}
LIMIT = 130000
REASON = "The care log begins on Monday 2 March."
WHY = "The night line should have been 171.00, as both sides wrote on 24 February."
SIGNED, CORRECTED = (1, "signed", "2026-03-02", 126500), (2, "signed", "2026-03-02", 125600)


def terms(nights):
    return {
        "lines": [
            line("core", "Care and accommodation", "week", "1", "1085.00"),
            line("nights", "A share of the waking night", "week", "1", nights),
        ],
        "outcomes": [{"key": "choir"}],
        "start": "2026-03-02",
    }


class D5(Story):
    """Maud at Larch House since 2 March, as the care log has it."""

    initials, name = "MD", "Maud Dunnock"

    def script(self):
        return [
            ("2026-02-16 10:00", "opened, needs described, a guide price", self.prepare),
            ("2026-02-16 11:00", "referred to panel", self.refer),
            ("2026-02-18 14:00", "the panel approves with a limit", self.approve),
            ("2026-02-18 15:00", "the provider is invited", self.invite),
            ("2026-02-24 10:00", "the provider offers 1,265.00", self.offer),
            ("2026-03-03 10:00", "the council accepts", self.council_accepts),
            ("2026-03-10 11:00", "both sign, from 2 March", self.both_sign),
            ("2026-03-10 16:00", "the start is typed as 9 March", self.start_care),
            ("2026-04-01 10:00", "nobody knows better yet", self.first_of_april),
            ("2026-04-13 10:00", "it was 2 March: the council corrects its entry", self.correct_start),
            ("2026-04-13 11:00", "the night line is wrong too: the council proposes a correction", self.propose),
            *self.answered(),
            ("2026-04-24 14:00", "the first review is held", lambda: self.hold("first", "2026-04-24")),
            ("2026-05-05 09:00", "28 days before the three-month review", lambda: self.reminded("28 days")),
            ("2026-05-19 09:00", "14 days before", lambda: self.reminded("14 days")),
            ("2026-05-26 09:00", "7 days before", lambda: self.reminded("7 days")),
            ("2026-05-29 14:00", "the three-month review is held", self.three_month_review),
        ]

    def answered(self):
        return [
            ("2026-04-13 12:00", "the provider agrees", self.provider_agrees),
            ("2026-04-13 14:00", "the council signs", self.council_signs),
            ("2026-04-13 15:00", "the provider signs: 54.00 is credited", self.provider_signs),
        ]

    def prepare(self):
        self.open(wanted_start="2026-03-02")
        self.move("OFFICER", "describe_needs", assessment_reference="CA-2026-09",
                  needs=[{"area": "nights", "task": "Somebody awake at night", "times_a_week": 7}],
                  outcomes=[{"key": "choir", "what": "Sings with the choir", "owner": "provider"}])
        self.involve("calculation", "At her daughter's")
        self.move("OFFICER", "calculate", **MODEL, inputs=INPUTS)
        guide = self.see()["guide"]
        assert {name: guide[f"weekly_{name}"]["amount"] for name in GUIDE} == GUIDE, guide

    def refer(self):
        self.move("OFFICER", "refer_to_panel")
        self.expect_due("decide_at_panel", five_pm("2026-02-18"))

    def approve(self):
        self.move("PANEL", "panel_decide", outcome="approved", limit_weekly=money(LIMIT))

    def invite(self):
        self.move("OFFICER", "invite", provider=self.house.organisations["larch"], home=self.house.homes[self.home])
        self.expect_due("make_offer", five_pm("2026-02-25"), who=self.provider)

    def offer(self):
        self.move(self.provider, "make_offer", terms=terms("180.00"))
        self.expect_due("respond", five_pm("2026-03-03"), owed_by="commissioner")

    def council_accepts(self):
        self.accept("OFFICER")
        for side in ("commissioner", "provider"):
            self.expect_due("sign", five_pm("2026-03-10"), owed_by=side)

    def both_sign(self):
        self.involve("signature", "Read it with her daughter")
        self.sign("SIGNATORY")
        self.sign(self.provider)
        assert self.agreements() == self.agreements(self.provider) == [SIGNED]

    # -- The start

    def reviews(self, first, three_month, yearly):
        for who in ("OFFICER", self.provider):
            self.expect_due("first_review", five_pm(first), who=who)
            self.expect_due("three_month_review", five_pm(three_month), who=who)
            self.expect_due("yearly_review", five_pm(yearly), who=who)

    def start_care(self):
        self.move("OFFICER", "confirm_start", started="2026-03-09")
        self.reviews("2026-05-01", "2026-06-09", "2027-03-09")  # 4 May is a holiday, and reviews roll back

    def first_of_april(self):
        """What both then read, to be read again as of this day from April on."""
        self.then = {who: self.see(who) for who in ("OFFICER", self.provider)}
        self.account_then = {who: self.account(who, to="2026-03-31") for who in ("OFFICER", self.provider)}

    def correct_start(self):
        entry = self.entries("OFFICER", "start_confirmed")[-1]["entry"]
        said = {"entry": entry, "field": "started", "was": "2026-03-09", "is": "2026-03-02", "reason": REASON}
        theirs = {**said, "entry": self.entries(self.provider, "start_confirmed")[-1]["entry"]}
        refused = self.move(self.provider, "correct", expect=409, **theirs).json
        assert (refused["code"], refused["errors"][0]["pointer"]) == ("entry_correctable", "/entry"), refused
        self.move("OFFICER", "correct", **said)
        self.reviews("2026-04-27", "2026-06-02", "2027-03-02")
        for who in ("OFFICER", self.provider):
            assert self.see(who)["started_on"] == "2026-03-02"
            original, correction = self.entries(who, "start_confirmed")[-1], self.entries(who, "corrected")[-1]
            assert (original["data"]["started"], original["corrected_by"]) == ("2026-03-09", correction["entry"])
            assert {name: correction["data"][name] for name in ("was", "is", "reason")} == {
                "was": "2026-03-09", "is": "2026-03-02", "reason": REASON}
            moved = [(c["old_due_at"], c["new_due_at"]) for c in correction["changes"]]
            assert (five_pm("2026-06-09"), five_pm("2026-06-02")) in moved, moved
        told = self.told(LARCH, "2 June 2026")
        assert len(told) == 1 and "9 June 2026" in told[0].text and REASON not in told[0].text

    # -- What both signed

    def propose(self):
        self.move("OFFICER", "propose_correction", terms=terms("171.00"), covering_note=WHY)
        for who in ("OFFICER", self.provider):
            self.expect_due("respond", five_pm("2026-04-20"), who=who, owed_by="provider")
            self.expect_disputed(who)

    def expect_disputed(self, who="OFFICER"):
        """Until both have signed another, what they signed stands."""
        agreements = self.see(who)["agreements"]
        assert self.agreements(who) == [SIGNED] and agreements[0]["disputed"] is True, agreements
        assert self.see(who)["fee"]["weekly"] == money(126500)

    def provider_agrees(self):
        self.accept(self.provider)

    def council_signs(self):
        self.involve("signature", "Told her daughter what was wrong")
        self.sign("SIGNATORY")
        self.expect_disputed()

    def provider_signs(self):
        """9.00 a week for the 42 nights from 2 March to 12 April is 54.00."""
        self.sign(self.provider)
        for who in ("OFFICER", self.provider):
            agreements = self.see(who)["agreements"]
            assert self.agreements(who) == [SIGNED, CORRECTED] and agreements[1]["corrects"] == 1
            assert "disputed" not in agreements[0] and "disputed" not in agreements[1]
            assert self.see(who)["fee"]["weekly"] == money(125600)
            signed = self.entries(who, "signed")[-1]["data"]
            assert (signed["difference"], signed["nights"]) == (money(-5400), 42), signed
        self.expect_account([("2026-03-02", "2026-04-12", 2, 125600, 753600)])
        assert [(a["nights"], a["difference"]["amount"]) for a in self.account()["adjustments"]][-1] == (42, -5400)
        self.expect_as_known_then()

    def expect_as_known_then(self):
        """1 April as it was known: 1,265.00, from 9 March, the review on 9 June."""
        for who in ("OFFICER", self.provider):
            then = self.as_known_on(who, "2026-04-01")
            assert then["as_known_on"] == "2026-04-01" and then["allowed_moves"] == []
            assert [a["weekly"] for a in then["agreements"]] == [money(126500)] and "disputed" not in then["agreements"][0]
            assert then["fee"]["weekly"] == money(126500) and then["started_on"] == "2026-03-09"
            assert [o["due_at"] for o in then["obligations"] if o["duty"] == "three_month_review"] == [five_pm("2026-06-09")]
            for name in ("stage", "agreements", "obligations", "fee", "started_on", "threads", "rounds", "entries"):
                assert then.get(name) == self.then[who].get(name), name
            found = self.account(who, as_known_on="2026-04-01", to="2026-03-31")
            assert {p["weekly"]["amount"] for p in found["periods"]} == {126500}
            assert found["periods"] == self.account_then[who]["periods"] and found["due"] == self.account_then[who]["due"]

    # -- Reviews

    def hold(self, kind, day):
        self.involve("review", "In the garden room")
        self.move("OFFICER", "hold_review", kind=kind, held_on=day, outcomes=[{"key": "choir", "result": "met"}],
                  needs="unchanged", decision="continue")
        assert self.obligation(f"{kind}_review")["state"] == "met"

    def reminded(self, when):
        self.expect_reminder(when, "2026-06-02", "three-month review")

    def three_month_review(self):
        self.hold("three_month", "2026-05-29")
        for mail in self.told(COUNCIL, "reminder"):
            assert "9 June 2026" not in mail.text
        self.expect_as_known_then()


class Spurned(D5):
    """Percy's, the same in all but the provider's answer."""

    initials, name = "PW", "Percy Wagtail"
    minutes = 5

    def __init__(self, house):
        super().__init__(house, "PROVIDER2", "Alder Grove")

    def invite(self):
        self.move("OFFICER", "invite", provider=self.house.organisations["alder"], home=self.house.homes[self.home])

    def answered(self):
        return [
            ("2026-04-13 15:00", "the provider refuses", self.provider_refuses),
            ("2026-04-28 09:00", "ten working days later the round is over: 1,265.00 stands", self.stands),
        ]

    def correct_start(self):
        entry = self.entries("OFFICER", "start_confirmed")[-1]["entry"]
        said = {"entry": entry, "field": "started", "was": "2026-03-09", "is": "2026-03-02", "reason": REASON}
        self.move("OFFICER", "correct", **said)
        self.reviews("2026-04-27", "2026-06-02", "2027-03-02")

    def provider_refuses(self):
        self.move(self.provider, "reject", reason="price", detail="The night line was meant as signed.")
        for who in ("OFFICER", self.provider):
            self.expect_due("after_rejection", five_pm("2026-04-27"), who=who)
            self.expect_disputed(who)
        self.expect_as_known_then()

    def stands(self):
        for who in ("OFFICER", self.provider):
            self.expect_disputed(who)
            assert [(r["kind"], r["open"]) for r in self.see(who)["rounds"]] == [("initial", False), ("correction", False)]
            assert all(a["difference"]["amount"] >= 0 for a in self.account(who)["adjustments"])
        self.expect_account([("2026-03-02", "2026-04-27", 1, 126500, 1030071)])
