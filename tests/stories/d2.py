"""Story D2, a Friday discharge: care starts before the paper, at interim terms agreed by telephone.

1,100.00 a week is paid until 1,064.00 is signed two weeks later, from the first day; what was paid above it goes back.
"""

from house import COUNCIL, LARCH, Story, five_pm, line, london, money, rfc3339

MODEL = {"model": "residential-ld", "version": "0.1"}
INPUTS = {
    "one_to_one_hours": "0", "two_to_one_hours": "0", "shared_hours": "168", "people_sharing": "8",
    "waking_nights": "7", "sleep_ins": "0", "residents": "8", "miles": "20",
}
GUIDE = {"low": 105800, "mid": 112200, "high": 118900}
LIMIT = 110500
CALLED = "2026-08-28 15:00"


def terms(rate):
    return {"lines": [line("core", "Care and accommodation", "week", "1", rate)],
            "outcomes": [{"key": "stairs"}], "start": "2026-08-28"}


def interim(weekly):
    return {"weekly": money(weekly), "basis": "subject_to_adjustment", "from": "2026-08-28"}


class D2(Story):
    """Joseph at Larch House, from hospital on Friday 28 August."""

    initials, name = "JP", "Joseph Plover"

    def script(self):
        return [
            ("2026-08-28 10:00", "opened for a discharge that afternoon; a guide price", self.prepare),
            ("2026-08-28 10:30", "referred to panel", self.refer),
            ("2026-08-28 12:00", "approved by a named officer the same day", self.approve),
            ("2026-09-01 09:30", "the provider is invited, on the first working day", self.invite),
            ("2026-09-01 10:00", "what was agreed by telephone on Friday is recorded for it too", self.record_call),
            ("2026-09-01 11:00", "he moved in on Friday", self.start_care),
            ("2026-09-02 15:00", "the provider offers 1,100.00", self.first_offer),
            ("2026-09-03 11:00", "the council counters 1,064.00", self.counter),
            ("2026-09-04 10:00", "the provider accepts", self.provider_accepts),
            ("2026-09-09 09:00", "nobody disputed what was recorded", self.undisputed),
            ("2026-09-10 11:00", "the council signs", self.council_signs),
            ("2026-09-11 10:00", "the provider signs: 72.00 goes back", self.provider_signs),
            ("2026-10-22 14:00", "the first review is held", self.first_review),
            ("2026-10-30 09:00", "28 days before the three-month review", lambda: self.reminded("28 days")),
            ("2026-11-13 09:00", "14 days before", lambda: self.reminded("14 days")),
            ("2026-11-20 09:00", "7 days before", lambda: self.reminded("7 days")),
            ("2026-11-26 14:00", "the three-month review is held", self.three_month_review),
            ("2026-11-30 09:00", "and nothing was missed", self.expect_no_miss),
        ]

    def prepare(self):
        self.open(urgency="discharge", wanted_start="2026-08-28")
        self.move("OFFICER", "describe_needs", assessment_reference="WARD-2026-118",
                  needs=[{"area": "mobility", "task": "Somebody beside him on the stairs", "times_a_week": 28}],
                  outcomes=[{"key": "stairs", "what": "Climbs the stairs by himself", "owner": "provider"}])
        self.involve("calculation", "By his bed, with the ward's sister")
        self.move("OFFICER", "calculate", **MODEL, inputs=INPUTS)
        guide = self.see()["guide"]
        assert {name: guide[f"weekly_{name}"]["amount"] for name in GUIDE} == GUIDE, guide

    def refer(self):
        self.move("OFFICER", "refer_to_panel")
        self.expect_due("decide_at_panel", five_pm("2026-09-01"))  # Monday is a holiday

    def approve(self):
        self.move("PANEL", "panel_decide", outcome="approved", limit_weekly=money(LIMIT))

    def invite(self):
        self.move("OFFICER", "invite", provider=self.house.organisations["larch"], home=self.house.homes[self.home])
        self.expect_due("acknowledge", rfc3339(london("2026-09-01 13:30")), who=self.provider)
        self.expect_due("make_offer", rfc3339(london("2026-09-03 09:30")), who=self.provider)

    # -- Interim terms

    def record_call(self):
        self.move("OFFICER", "agree_interim_terms", **interim(110000))
        said = {"on_behalf_of": "provider", "occurred_at": rfc3339(london(CALLED)),
                "evidence": {"reference": "Call of Friday 28 August, 15:00"}}
        self.move("OFFICER", "agree_interim_terms", **interim(110000), **said)
        for who in ("OFFICER", self.provider):
            self.expect_due("dispute_entry", five_pm("2026-09-08"), who=who, owed_by="provider")
            for side in ("commissioner", "provider"):
                self.expect_due("signed_terms", five_pm("2026-09-28"), who=who, owed_by=side)
            assert [(one["side"], one["agreed"]) for one in self.see(who)["interim_terms"]] == [("commissioner", True)]
        assert self.obligation("make_offer")["state"] == "released"
        entry = self.entries(self.provider, "interim_terms_entered")[-1]
        assert (entry["actor"]["side"], entry["on_behalf_of"]) == ("commissioner", "provider")
        assert entry["occurred_at"].startswith("2026-08-28T14:00:00")
        assert "disputed_by" not in entry
        told = self.told(LARCH, "on behalf of you")[0].text
        assert "You may dispute the entry, until Tuesday 8 September 2026 at 17:00" in told

    def start_care(self):
        self.move("OFFICER", "confirm_start", started="2026-08-28")
        self.expect_due("first_review", five_pm("2026-10-23"))
        review = self.expect_due("three_month_review", five_pm("2026-11-27"))
        assert review["nominal_day"] == "2026-11-28"
        self.expect_due("yearly_review", five_pm("2027-08-27"))
        self.expect_account([("2026-08-28", "2026-08-31", None, 110000, 62857)], [(4, 62857, "2026-09-01", "2026-09-01")])

    # -- The paper

    def first_offer(self):
        self.move(self.provider, "make_offer", terms=terms("1100.00"))
        self.expect_due("respond", rfc3339(london("2026-09-03 15:00")), owed_by="commissioner")

    def counter(self):
        self.move("OFFICER", "make_offer", terms=terms("1064.00"),
                  line_reasons=[{"key": "core", "reason": "Nights are shared, as the guide has it."}])
        self.expect_due("respond", rfc3339(london("2026-09-04 11:00")), who=self.provider, owed_by="provider")

    def provider_accepts(self):
        self.accept(self.provider)
        for side in ("commissioner", "provider"):
            self.expect_due("sign", five_pm("2026-09-11"), owed_by=side)

    def undisputed(self):
        for who in (self.provider, "OFFICER"):
            self.expect_due("dispute_entry", five_pm("2026-09-08"), who=who, owed_by="provider", state="lapsed")
        assert "disputes" not in self.see() or self.see()["disputes"] == []

    def council_signs(self):
        self.involve("signature", "Read it with him at Larch House")
        self.sign("SIGNATORY")

    def provider_signs(self):
        """1,100.00 less 1,064.00 is 36.00 a week; for 14 nights 72.00."""
        self.sign(self.provider)
        for who in ("OFFICER", self.provider):
            assert self.agreements(who) == [(1, "signed", "2026-08-28", 106400)]
            signed = self.entries(who, "signed")[-1]["data"]
            assert (signed["agreement"], signed["difference"], signed["nights"]) == (1, money(-7200), 14)
            assert signed["differences"] == [{"funder": "authority", "amount": money(-7200)}]
            assert {o["state"] for o in self.see(who)["obligations"] if o["duty"] == "signed_terms"} == {"met"}
        self.expect_account([("2026-08-28", "2026-09-10", 1, 106400, 212800)],
                            [(4, 62857, "2026-09-01", "2026-09-01"), (14, -7200, "2026-09-11", "2026-09-11")])
        self.expect_account([("2026-08-28", "2026-09-09", None, 110000, 204286)], as_known_on="2026-09-10")

    # -- Reviews

    def hold(self, kind, day):
        self.involve("review", "In his room")
        self.move("OFFICER", "hold_review", kind=kind, held_on=day, outcomes=[{"key": "stairs", "result": "partly"}],
                  needs="unchanged", decision="continue")
        assert self.obligation(f"{kind}_review")["state"] == "met"

    def first_review(self):
        self.hold("first", "2026-10-22")

    def reminded(self, when):
        self.expect_reminder(when, "2026-11-27", "three-month review")

    def three_month_review(self):
        self.hold("three_month", "2026-11-26")
        self.expect_due("yearly_review", five_pm("2027-11-26"))
        assert not self.told(COUNCIL, "not done in time") and not self.told(LARCH, "not done in time")
