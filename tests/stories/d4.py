"""The mediation of story D4, played in a placement's first round: needs fell, and the two sides cannot agree.

The council offers 1,535.60; both consent to mediation, nothing is settled, every clock goes on with the ticks
that remain, and 1,610.00 is agreed from Monday 5 October.
"""

from d1 import INPUTS, MODEL, line
from house import Case, five_pm, london, money

FEWER_HOURS = {**INPUTS, "one_to_one_hours": "14"}
D4_LIMIT = 162500
REASON = "Her nights need a second person near, which the model does not count."
COUNCIL, LARCH, FAIRHILL = "placements@northfold.example", "fees@larchhouse.example", "office@fairhill.example"


def terms(core_rate):
    return {
        "lines": [
            line("core", "Care and accommodation", "week", "1", core_rate),
            line("one_to_one", "One-to-one support", "hour", "14", "23.20"),
        ],
        "outcomes": [{"key": "bus"}],
        "start": "2026-10-05",
    }


class D4(Case):
    """Celia at Larch House: offers of 1,535.60 and 1,610.00, and a mediation between them."""

    initials, name = "CM", "Celia Merlin"

    def steps(self):
        return [(london(when), f"{self.name}, {self.home}: {words}", function) for when, words, function in [
            ("2026-08-17 10:00", "a placement is opened with needs reassessed on 10 August", self.prepare),
            ("2026-08-17 11:00", "referred to panel", self.refer),
            ("2026-08-19 14:00", "the panel approves with a limit", self.approve),
            ("2026-08-19 15:00", "the provider is invited", self.invite),
            ("2026-08-20 10:00", "the provider acknowledges", self.acknowledge),
            ("2026-09-02 11:00", "the council offers 1,535.60", self.first_offer),
            ("2026-09-07 09:00", "two working days before the answer is due", self.reminded_to_respond),
            ("2026-09-07 10:00", "the council proposes mediation", self.propose),
            ("2026-09-08 15:00", "the provider consents: every clock is paused", self.consent),
            ("2026-09-09 10:00", "the council names a mediator", self.nominate),
            ("2026-09-10 09:00", "no reminder of what is paused", self.nobody_reminded),
            ("2026-09-10 10:00", "the provider agrees to the mediator", self.agree),
            ("2026-09-22 11:00", "the mediator proposes 1,600.00", self.settlement),
            ("2026-09-23 11:00", "the council accepts it, and the provider does not", self.council_accepts),
            ("2026-09-25 12:00", "not settled: every clock goes on", self.conclude),
            ("2026-09-28 15:00", "the provider counters 1,610.00", self.counter),
            ("2026-09-29 10:00", "the council accepts", self.accept),
            ("2026-09-30 11:00", "the council signs", self.council_signs),
            ("2026-10-01 09:00", "the provider signs: an agreement", self.provider_signs),
        ]]

    def told(self, address, containing):
        """What was written to them so far, this step's entries too."""
        self.house.wait_quiet()
        return self.house.mails(address, containing)

    # -- Before

    def prepare(self):
        opened = self.house.client("OFFICER").open_placement(
            person_name=self.name, person_initials=self.initials, care_setting="residential", urgency="ordinary",
            wanted_start="2026-10-05", funding=[{"funder": "authority"}]).json
        self.id, self.reference = opened["placement"], opened["reference"]
        self.move("OFFICER", "describe_needs", assessment_reference="CA-2026-81",
                  needs=[{"area": "daily living", "task": "Support through the day", "times_a_week": 7}],
                  outcomes=[{"key": "bus", "what": "Takes the bus by herself", "owner": "provider"}])
        self.move("OFFICER", "record_involvement", purpose="calculation", took_part="fully", how="At her kitchen table")
        self.move("OFFICER", "calculate", **MODEL, inputs=FEWER_HOURS)

    def refer(self):
        self.move("OFFICER", "refer_to_panel")
        self.expect_due("decide_at_panel", five_pm("2026-08-19"))

    def approve(self):
        self.move("PANEL", "panel_decide", outcome="approved", limit_weekly=money(D4_LIMIT))

    def invite(self):
        self.move("OFFICER", "invite", provider=self.house.organisations["larch"], home=self.house.homes[self.home])
        self.expect_due("make_offer", five_pm("2026-09-03"), who=self.provider)

    def acknowledge(self):
        self.move(self.provider, "acknowledge", contact="Lorcan Ash, 01632 960001")

    def newest_offer(self, who="OFFICER"):
        return self.see(who)["threads"][-1]["offers"][-1]

    def first_offer(self):
        self.move("OFFICER", "make_offer", terms=terms("1210.80"))
        assert self.newest_offer()["terms"]["weekly"]["amount"] == 153560
        for who in ("OFFICER", self.provider):
            self.expect_due("respond", five_pm("2026-09-09"), who=who, owed_by="provider")
            self.expect_due("offer_stands", five_pm("2026-09-30"), who=who)

    # -- Mediation

    def mediation(self, who="OFFICER"):
        return self.see(who)["threads"][-1]["mediation"]

    def reminded_to_respond(self):
        assert len(self.told(LARCH, f"{self.reference}: reminder: respond to the offer")) == 1

    def propose(self):
        self.move("OFFICER", "propose_mediation", appointing_body="Fictional Institute of Mediators",
                  commissioner_share="50", reason="The hours of one-to-one support")
        self.expect_due("consent_to_mediation", five_pm("2026-09-14"), who=self.provider)
        self.expect_due("respond", five_pm("2026-09-09"), who=self.provider)
        own = self.move("OFFICER", "consent_to_mediation", expect=409).json
        assert own["code"] == "others_proposal", own

    def consent(self):
        self.move(self.provider, "consent_to_mediation")
        assert self.see()["stage"] == self.see(self.provider)["stage"] == "mediating"
        for duty in ("respond", "offer_stands"):
            for who in ("OFFICER", self.provider):
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
        assert len(self.told(LARCH, f"{self.reference}: reminder: respond to the offer")) == 2

    def agree(self):
        self.move(self.provider, "agree_mediator")
        self.expect_due("mediate", five_pm("2026-10-08"), who="MEDIATOR")
        for side in ("commissioner", "provider"):
            assert self.obligation("agree_mediator", owed_by=side)["state"] == "met"
        assert self.obligation("appoint_mediator")["state"] == "released"
        seen = self.house.client("MEDIATOR").get(f"/v1/placements/{self.id}").text
        assert self.name not in seen and str(D4_LIMIT) not in seen
        told = self.told(FAIRHILL, self.reference)
        assert len(told) == 1 and "by Thursday 8 October 2026 at 17:00" in told[0].text

    def settlement(self):
        refused = self.move("MEDIATOR", "make_offer", expect=409, terms=terms("1275.20")).json
        assert refused["code"] == "side", refused
        self.move("MEDIATOR", "propose_settlement", terms=terms("1275.20"))
        offer = self.newest_offer(self.provider)
        assert (offer["side"], offer["terms"]["weekly"]["amount"]) == ("mediator", 160000)
        for address in (COUNCIL, LARCH):
            assert self.told(address, "The mediator proposed a settlement to you")

    def council_accepts(self):
        digest = self.newest_offer()["terms_digest"]
        refused = self.move("OFFICER", "accept_settlement", expect=409, terms_digest=digest).json
        assert refused["code"] == "above_guide_reason", refused
        self.move("OFFICER", "accept_settlement", terms_digest=digest, above_guide_reason=REASON)
        assert self.see()["stage"] == "mediating"
        assert self.mediation(self.provider)["accepted"] == {"provider": False}
        assert not self.told(LARCH, f"{self.reference}: settlement accepted")

    def conclude(self):
        self.move("MEDIATOR", "conclude_mediation", outcome="not_settled")
        for who in ("OFFICER", self.provider):
            self.expect_due("respond", five_pm("2026-09-28"), who=who)
            self.expect_due("offer_stands", five_pm("2026-10-19"), who=who)
            assert self.mediation(who)["outcome"] == "not_settled"
        assert self.see()["stage"] == "negotiating" and self.see("MEDIATOR")["stage"] == "ended"
        for address in (COUNCIL, LARCH):
            told = self.told(address, f"{self.reference}: mediation concluded")
            assert "respond to the offer, now by Monday 28 September 2026 at 17:00" in told[0].text

    # -- After

    def counter(self):
        self.move(self.provider, "make_offer", terms=terms("1285.20"),
                  line_reasons=[{"key": "core", "reason": "The home keeps a second person near her at night."}])
        assert self.obligation("respond", self.provider, owed_by="provider")["state"] == "met"
        self.expect_due("respond", five_pm("2026-10-05"), owed_by="commissioner")
        assert self.see("MEDIATOR")["stage"] == "ended"
        assert "161000" not in self.house.client("MEDIATOR").get(f"/v1/placements/{self.id}").text

    def accept(self):
        self.move("OFFICER", "accept", terms_digest=self.newest_offer()["terms_digest"], above_guide_reason=REASON)
        for side in ("commissioner", "provider"):
            self.expect_due("sign", five_pm("2026-10-06"), owed_by=side)

    def council_signs(self):
        self.move("OFFICER", "record_involvement", purpose="signature", took_part="fully", how="Read it with her officer")
        self.move("SIGNATORY", "sign", terms_digest=self.newest_offer()["terms_digest"])

    def provider_signs(self):
        self.move(self.provider, "sign", terms_digest=self.newest_offer(self.provider)["terms_digest"])
        agreement = self.see(self.provider)["agreements"][-1]
        assert (agreement["from"], agreement["terms"]["weekly"]["amount"]) == ("2026-10-05", 161000)
        self.expect_due("confirm_start", five_pm("2026-10-07"))
