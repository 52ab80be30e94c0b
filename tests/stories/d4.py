"""Story D4, continuing D1: Amira's needs fall, the calculation is made again, and a mediation settles nothing.

The three-month review reopens the calculation while 1,698.00 is paid. The council offers 1,535.60; both consent to
mediation, every clock goes on afterwards with the ticks that remain, and 1,610.00 is agreed from Monday 5 October.
"""

from d1 import D1, INPUTS, LIMIT, MODEL
from house import COUNCIL, LARCH, five_pm, line, money

FEWER_HOURS = {**INPUTS, "one_to_one_hours": "14"}
GUIDE_14 = {"low": 139200, "mid": 146800, "high": 154900}
D4_LIMIT = 162500
REASON = "Her nights need a second person near, which the model does not count."
FAIRHILL = "office@fairhill.example"
IN_FORCE = (1, "signed", "2026-05-18", 169800)
NEXT = (2, "signed", "2026-10-05", 161000)


def terms(core_rate):
    return {
        "lines": [
            line("core", "Care and accommodation", "week", "1", core_rate),
            line("one_to_one", "One-to-one support", "hour", "14", "23.20"),
        ],
        "outcomes": [{"key": "swimming"}, {"key": "family"}],
        "clauses": [{"key": "notice", "text": "Either side may end the placement with 28 days' notice."}],
        "start": "2026-10-05",
    }


class D4(D1):
    """Amira at Larch House from August on: a review round beside the agreement in force."""

    def review_steps(self):
        return [
            ("2026-08-17 11:00", "the three-month review: needs fell, as reassessed on 10 August", self.review_fallen_needs),
            ("2026-08-17 14:00", "the council asks for the calculation again", self.ask_for_recalculation),
            ("2026-08-24 10:00", "calculated again, for 14 hours one to one instead of 21", self.recalculate),
            ("2026-08-24 11:00", "referred to panel", self.refer_again),
            ("2026-08-26 14:00", "the panel approves with a lower limit", self.approve_less),
            ("2026-09-02 11:00", "the council offers 1,535.60", self.offer_less),
            ("2026-09-07 09:00", "two working days before the answer is due", self.reminded_to_respond),
            ("2026-09-07 10:00", "the council proposes mediation", self.propose),
            ("2026-09-08 15:00", "the provider consents: every clock is paused", self.consent),
            ("2026-09-09 10:00", "the council names a mediator", self.nominate),
            ("2026-09-10 09:00", "no reminder of what is paused", self.nobody_reminded),
            ("2026-09-10 10:00", "the provider agrees to the mediator", self.agree),
            ("2026-09-22 11:00", "the mediator proposes 1,600.00", self.settlement),
            ("2026-09-23 11:00", "the council accepts it, and the provider does not", self.council_accepts_settlement),
            ("2026-09-25 12:00", "not settled: every clock goes on", self.conclude),
            ("2026-09-28 15:00", "the provider counters 1,610.00", self.counter_mediated),
            ("2026-09-29 10:00", "the council accepts", self.accept_mediated),
            ("2026-09-30 11:00", "the council signs", self.council_signs_again),
            ("2026-10-01 09:00", "the provider signs: the second agreement", self.provider_signs_again),
            ("2026-10-05 09:00", "from today 1,610.00 is paid", self.new_fee),
            ("2026-10-12 10:00", "a week later: what was paid, night by night", self.paid),
        ]

    def guide(self, who="OFFICER"):
        return self.see(who)["guide"]

    # -- The review, and the calculation again

    def review_fallen_needs(self):
        fell = {"needs": "fell", "decision": "renegotiate"}
        self.involve("review", "At her kitchen table")
        refused = self.move("OFFICER", "hold_review", expect=409, kind="three_month", held_on="2026-08-17",
                            outcomes=[{"key": "swimming", "result": "met"}], **fell).json
        assert (refused["code"], refused["errors"][0]["pointer"]) == ("review_sound", "/reassessed_on"), refused
        self.hold("three_month", "2026-08-17", reassessed_on="2026-08-10", **fell)
        assert self.obligation("three_month_review")["state"] == "met"
        self.expect_due("yearly_review", five_pm("2027-08-17"))

    def ask_for_recalculation(self):
        self.move("OFFICER", "request_recalculation", reason="Fourteen hours one to one instead of 21")
        for who in ("OFFICER", self.provider):
            self.expect_due("recalculate", five_pm("2026-09-01"), who=who, owed_by="commissioner")
            assert [(r["kind"], r["open"]) for r in self.see(who)["rounds"]] == [("initial", False), ("review", True)]
            self.expect_unchanged(who)

    def expect_unchanged(self, who="OFFICER"):
        """Whatever the round comes to, the agreement stands meanwhile."""
        assert self.see(who)["stage"] == "in_force" and self.agreements(who) == [IN_FORCE]
        assert self.see(who)["fee"]["weekly"] == money(169800)

    def stage_of_round(self, who="OFFICER"):
        return self.see(who)["rounds"][-1]["stage"]

    def recalculate(self):
        self.move("OFFICER", "calculate", **MODEL, inputs=FEWER_HOURS)
        assert self.obligation("recalculate")["state"] == "met"
        for who in ("OFFICER", self.provider):
            guide = self.guide(who)
            assert {name: guide[f"weekly_{name}"]["amount"] for name in GUIDE_14} == GUIDE_14
            compared = self.house.client(who).get(self.see(who)["rounds"][-1]["recalculation"]).json
            assert compared["difference"] == money(146800 - 160400), compared
            assert [(row["key"], row["before"], row["after"]) for row in compared["inputs"]] == [
                ("one_to_one_hours", "21.00", "14.00")]
            one_to_one = next(row for row in compared["lines"] if row["key"] == "one_to_one")
            assert (one_to_one["before_mid"], one_to_one["after_mid"], one_to_one["difference"]) == (
                "274.26", "182.84", "-91.42")

    def refer_again(self):
        self.move("OFFICER", "refer_to_panel")
        self.expect_due("decide_at_panel", five_pm("2026-08-26"))

    def approve_less(self):
        self.move("PANEL", "panel_decide", outcome="approved", limit_weekly=money(D4_LIMIT))
        assert self.stage_of_round() == "negotiating"

    def offer_less(self):
        above = self.move("OFFICER", "make_offer", expect=409, terms=terms("1301.20"), above_guide_reason=REASON).json
        assert above["code"] == "within_approved_limit", above  # 1,626.00 is within the first round's limit alone
        self.move("OFFICER", "make_offer", terms=terms("1210.80"))
        assert self.newest_offer()["terms"]["weekly"]["amount"] == 153560
        for who in ("OFFICER", self.provider):
            self.expect_due("respond", five_pm("2026-09-09"), who=who, owed_by="provider")
            self.expect_due("offer_stands", five_pm("2026-09-30"), who=who)

    # -- Mediation

    def mediation(self, who="OFFICER"):
        return self.see(who)["threads"][-1]["mediation"]

    def reminded_to_respond(self):
        assert len(self.told(LARCH, f"{self.reference}: reminder: respond to the offer")) == self.reminded_before + 1

    @property
    def reminded_before(self):
        """In the first round, of the council's counter-offer of 16 April, due on Thursday 23."""
        return 2

    def propose(self):
        self.move("OFFICER", "propose_mediation", appointing_body="Fictional Institute of Mediators",
                  commissioner_share="50", reason="The hours of one-to-one support")
        self.expect_due("consent_to_mediation", five_pm("2026-09-14"), who=self.provider)
        self.expect_due("respond", five_pm("2026-09-09"), who=self.provider)
        own = self.move("OFFICER", "consent_to_mediation", expect=409).json
        assert own["code"] == "others_proposal", own

    def consent(self):
        self.move(self.provider, "consent_to_mediation")
        for who in ("OFFICER", self.provider):
            assert self.stage_of_round(who) == "mediating"
            self.expect_unchanged(who)
            for duty in ("respond", "offer_stands"):
                assert self.obligation(duty, who)["paused"]
        for side in ("commissioner", "provider"):
            self.expect_due("agree_mediator", five_pm("2026-09-22"), owed_by=side)
        self.expect_due("appoint_mediator", five_pm("2026-09-28"))
        assert self.told(COUNCIL, f"{self.reference}: mediation agreed")

    def nominate(self):
        self.house.client("MEDIATOR").get(f"/v1/placements/{self.id}", expect=404)
        self.move("OFFICER", "nominate_mediator", mediator=self.house.organisations["fairhill"], name="Magnus Hale")
        assert self.told(LARCH, f"{self.reference}: mediator named")

    def nobody_reminded(self):
        """The second reminder of the answer would have gone on Tuesday 8 at 09:00, before the consent."""
        assert len(self.told(LARCH, f"{self.reference}: reminder: respond to the offer")) == self.reminded_before + 2

    def agree(self):
        self.move(self.provider, "agree_mediator")
        self.expect_due("mediate", five_pm("2026-10-08"), who="MEDIATOR")
        for side in ("commissioner", "provider"):
            assert self.obligation("agree_mediator", owed_by=side)["state"] == "met"
        assert self.obligation("appoint_mediator")["state"] == "released"
        seen = self.house.client("MEDIATOR").get(f"/v1/placements/{self.id}").text
        assert not [word for word in (*self.name.split(), self.birth, str(LIMIT), str(D4_LIMIT)) if word in seen]
        told = self.told(FAIRHILL)
        assert len(told) == 1 and "by Thursday 8 October 2026 at 17:00" in told[0].text

    def settlement(self):
        refused = self.move("MEDIATOR", "make_offer", expect=409, terms=terms("1275.20")).json
        assert refused["code"] == "side", refused
        self.move("MEDIATOR", "propose_settlement", terms=terms("1275.20"))
        offer = self.newest_offer(self.provider)
        assert (offer["side"], offer["terms"]["weekly"]["amount"]) == ("mediator", 160000)
        for address in (COUNCIL, LARCH):
            assert self.told(address, "The mediator proposed a settlement to you")

    def council_accepts_settlement(self):
        digest = self.newest_offer()["terms_digest"]
        refused = self.move("OFFICER", "accept_settlement", expect=409, terms_digest=digest).json
        assert refused["code"] == "above_guide_reason", refused
        self.move("OFFICER", "accept_settlement", terms_digest=digest, above_guide_reason=REASON)
        assert self.stage_of_round() == "mediating"
        assert self.mediation(self.provider)["accepted"] == {"provider": False}
        assert not self.told(LARCH, f"{self.reference}: settlement accepted")

    def conclude(self):
        self.move("MEDIATOR", "conclude_mediation", outcome="not_settled")
        for who in ("OFFICER", self.provider):
            self.expect_due("respond", five_pm("2026-09-28"), who=who, owed_by="provider")
            self.expect_due("offer_stands", five_pm("2026-10-19"), who=who)
            assert self.mediation(who)["outcome"] == "not_settled"
            assert self.stage_of_round(who) == "negotiating"
            self.expect_unchanged(who)
        for address in (COUNCIL, LARCH):
            told = self.told(address, f"{self.reference}: mediation concluded")
            assert "respond to the offer, now by Monday 28 September 2026 at 17:00" in told[0].text

    # -- After

    def counter_mediated(self):
        self.move(self.provider, "make_offer", terms=terms("1285.20"),
                  line_reasons=[{"key": "core", "reason": "The home keeps a second person near her at night."}])
        assert self.newest_offer()["terms"]["weekly"]["amount"] == 161000
        assert self.obligation("respond", self.provider, owed_by="provider")["state"] == "met"
        self.expect_due("respond", five_pm("2026-10-05"), owed_by="commissioner")
        assert "161000" not in self.house.client("MEDIATOR").get(f"/v1/placements/{self.id}").text

    def accept_mediated(self):
        self.accept("OFFICER", above_guide_reason=REASON)
        for side in ("commissioner", "provider"):
            self.expect_due("sign", five_pm("2026-10-06"), owed_by=side)

    def council_signs_again(self):
        self.involve("signature", "Read it with her officer")
        self.sign("SIGNATORY")
        self.expect_unchanged()

    def provider_signs_again(self):
        self.sign(self.provider)
        for who in ("OFFICER", self.provider):
            seen = self.see(who)
            assert self.agreements(who) == [IN_FORCE, NEXT]
            assert (seen["fee"]["weekly"], seen["fee_to_come"]["weekly"]) == (money(169800), money(161000))
            assert seen["fee_to_come"]["from"] == "2026-10-05"
            assert [(r["kind"], r["open"]) for r in seen["rounds"]] == [("initial", False), ("review", False)]
        signed = self.entries(self.provider, "signed")[-1]["data"]
        assert signed["agreement"] == 2 and "difference" not in signed  # no night of it is past

    def new_fee(self):
        for who in ("OFFICER", self.provider):
            assert self.see(who)["fee"]["weekly"] == money(161000)

    def paid(self):
        """140 nights at 1,698.00 a week through 4 October, and 7 at 1,610.00: 33,960.00 and 1,610.00."""
        found = self.expect_account([
            ("2026-05-18", "2026-10-04", 1, 169800, 3396000),
            ("2026-10-05", "2026-10-11", 2, 161000, 161000),
        ], [])
        assert (found["nights"], found["due"]) == (147, money(3557000))
        self.expect_no_miss()
