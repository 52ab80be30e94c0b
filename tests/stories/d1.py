"""Story D1, ordinary: from calculation to signed agreement and its reviews.

Every date and penny is asserted. Late is a second placement with the same dates whose
three-month review is late and then held.
"""

from house import COUNCIL, Story, five_pm, line, money, pounds

MODEL = {"model": "residential-ld", "version": "0.1"}
INPUTS = {
    "one_to_one_hours": "21", "two_to_one_hours": "0", "shared_hours": "196", "people_sharing": "8",
    "waking_nights": "7", "sleep_ins": "0", "residents": "8", "miles": "30",
}
GUIDE = (152400, 160400, 169000)
LIMIT = 170000
WHY_LESS = "Nights are shared between eight people, as the guide has it."
WHY_MORE = "One of the three waking nights is hers alone."


def terms(core_rate, one_to_one_rate):
    return {
        "lines": [
            line("core", "Care and accommodation", "week", "1", core_rate),
            line("one_to_one", "One-to-one support", "hour", "21", one_to_one_rate),
        ],
        "outcomes": [{"key": "swimming"}, {"key": "family"}],
        "clauses": [{"key": "notice", "text": "Either side may end the placement with 28 days' notice."}],
        "start": "2026-05-18",
    }


class D1(Story):
    """Amira at Larch House: offers of 1,812.00, 1,655.50 and 1,698.00."""

    initials, name, birth = "AK", "Amira Kestrel", "1990-02-03"

    def script(self):
        return [
            ("2026-03-23 10:00", "a placement is opened, needs described, a guide price calculated", self.prepare),
            ("2026-03-23 11:00", "referred to panel", self.refer),
            ("2026-03-25 14:00", "the panel approves with a limit", self.approve),
            ("2026-04-01 10:00", "the provider is invited", self.invite),
            ("2026-04-02 09:30", "the provider acknowledges", self.acknowledge),
            ("2026-04-09 18:20", "the provider offers 1,812.00, after 17:00", self.first_offer),
            ("2026-04-16 11:00", "the council counters 1,655.50", self.counter),
            ("2026-04-22 15:00", "the provider counters 1,698.00", self.last_offer),
            ("2026-04-28 10:00", "the council accepts, with a reason", self.council_accepts),
            ("2026-04-30 11:00", "the council signs", self.council_signs),
            ("2026-05-01 09:15", "the provider signs: an agreement", self.provider_signs),
            ("2026-05-18 16:00", "care starts", self.start_care),
            ("2026-07-10 14:00", "the first review is held", self.first_review),
            ("2026-07-21 09:00", "28 days before the three-month review", lambda: self.reminded("28 days")),
            ("2026-08-04 09:00", "14 days before", lambda: self.reminded("14 days")),
            ("2026-08-11 09:00", "7 days before", lambda: self.reminded("7 days")),
            *self.review_steps(),
        ]

    def review_steps(self):
        return [("2026-08-17 11:00", "the three-month review is held", lambda: self.review_in_time())]

    # -- Preparing

    def prepare(self):
        self.open(date_of_birth=self.birth, case_reference=f"CASE-{self.initials}", wanted_start="2026-05-18")
        assert self.see()["stage"] == "preparing"
        self.move("OFFICER", "calculate", expect=409, **MODEL, inputs=INPUTS)  # nobody asked the person yet
        self.move("OFFICER", "describe_needs", assessment_reference="CA-2026-17", needs=[
            {"area": "daily living", "task": "Support through the day", "times_a_week": 7, "minutes": 180, "staff": 1},
            {"area": "nights", "task": "Somebody awake at night", "times_a_week": 7, "minutes": 600, "staff": 1},
        ], outcomes=[
            {"key": "swimming", "what": "Goes swimming each week", "owner": "provider",
             "measure": "Times a month", "target": "Four by August"},
            {"key": "family", "what": "Sees her sister every fortnight", "owner": "provider"},
        ])
        self.move("OFFICER", "record_involvement", purpose="calculation", took_part="with_support",
                  how="Talked it through with pictures", supported_by="Her sister",
                  words="I want a room with a window on the garden.")
        self.move("OFFICER", "calculate", **MODEL, inputs=INPUTS,
                  completed_by=[{"section": "staffing", "side": "commissioner"}])
        guide = self.see()["guide"]
        found = tuple(guide[name]["amount"] for name in ("weekly_low", "weekly_mid", "weekly_high"))
        assert found == GUIDE, found

    def refer(self):
        self.move("OFFICER", "refer_to_panel", note="Within the usual range.")
        self.expect_due("decide_at_panel", five_pm("2026-03-25"))
        assert self.see()["stage"] == "with_panel"

    def approve(self):
        self.move("OFFICER", "panel_decide", expect=409, outcome="approved", limit_weekly=money(LIMIT))
        self.move("PANEL", "panel_decide", outcome="approved", limit_weekly=money(LIMIT))
        assert self.see()["stage"] == "inviting"
        assert self.obligation("decide_at_panel")["state"] == "met"

    # -- Inviting and negotiating

    def invite(self):
        self.house.client(self.provider).get(f"/v1/placements/{self.id}", expect=404)
        self.move("OFFICER", "invite",
                  provider=self.house.organisations["larch" if self.provider == "PROVIDER" else "alder"],
                  home=self.house.homes[self.home])
        self.expect_due("acknowledge", five_pm("2026-04-07"), who=self.provider)
        self.expect_due("make_offer", five_pm("2026-04-17"), who=self.provider)
        seen = self.house.client(self.provider).get(f"/v1/placements/{self.id}").text
        assert self.name not in seen and self.birth not in seen and str(LIMIT) not in seen
        assert str(GUIDE[2]) in seen

    def acknowledge(self):
        self.move(self.provider, "acknowledge", contact="Lorcan Ash, 01632 960001")
        assert self.obligation("acknowledge")["state"] == "met"

    def offer(self, who, weekly, core, one_to_one, reason=None):
        """A counter-offer accepts the one-to-one support as it is and moves the rest, with a reason."""
        why = {"line_reasons": [{"key": "core", "reason": reason}]} if reason else {}
        answer = self.move(who, "make_offer", terms=terms(core, one_to_one), **why)
        offer = self.newest_offer()
        assert offer["terms"]["weekly"]["amount"] == weekly, offer
        self.compare()
        return answer

    def compare(self):
        """Every offer so far beside the guide, the same to both sides; the narrator is told the gap."""
        both = [self.house.client(who).get(f"/v1/placements/{self.id}/rounds/1/comparison")
                for who in ("OFFICER", self.provider)]
        assert both[0].body == both[1].body and str(LIMIT) not in both[0].text
        compared = both[0].json
        last = compared["offers"][-1]
        gap = f"the sides are {pounds(compared['gap'])} apart" if "gap" in compared else "the other side has not offered yet"
        self.house.narrator.note(
            f"{self.reference}: offer {last['number']}, {pounds(last['weekly'])} a week: "
            f"{pounds(last['comparison']['to_guide_mid'], '+')} beside the guide's middle; {gap}.")
        return compared

    def first_offer(self):
        self.offer(self.provider, 181200, "1324.80", "23.20")
        assert self.obligation("make_offer")["state"] == "met"
        self.expect_due("respond", five_pm("2026-04-17"), owed_by="commissioner")
        self.move(self.provider, "make_offer", expect=409, terms=terms("1300.00", "23.20"))  # twice in a row
        assert self.see()["stage"] == "negotiating"

    def counter(self):
        silent = self.move("OFFICER", "make_offer", expect=409, terms=terms("1168.30", "23.20")).json
        assert (silent["code"], silent["errors"][0]["pointer"]) == ("lines_answered", "/line_reasons"), silent
        above = self.move("OFFICER", "make_offer", expect=409, terms=terms("1240.80", "23.20"),
                          line_reasons=[{"key": "core", "reason": WHY_LESS}]).json
        assert above["code"] == "within_approved_limit", above
        self.offer("OFFICER", 165550, "1168.30", "23.20", WHY_LESS)
        assert self.obligation("respond", owed_by="commissioner")["state"] == "met"
        self.expect_due("respond", five_pm("2026-04-23"), who=self.provider, owed_by="provider")

    def last_offer(self):
        self.offer(self.provider, 169800, "1210.80", "23.20", WHY_MORE)
        self.expect_due("respond", five_pm("2026-04-29"), owed_by="commissioner")
        self.compared()

    def compared(self):
        """The three offers line by line, as both sides then have them."""
        found = self.compare()
        guide = found["guide"]
        assert tuple(guide[name]["amount"] for name in ("low", "mid", "high")) == GUIDE
        assert (guide["model"], guide["version"]) == (MODEL["model"], MODEL["version"])
        self.house.client(self.provider).get(guide["document"])
        self.house.client(self.provider).get(guide["workings"])
        offers = found["offers"]
        assert [(o["side"], o["state"], o["weekly"]["amount"], o.get("answers")) for o in offers] == [
            ("provider", "countered", 181200, None), ("commissioner", "countered", 165550, 1),
            ("provider", "open", 169800, 2)]
        beside = [o["comparison"] for o in offers]
        assert [b["beside_guide"] for b in beside] == ["above", "within", "above"]
        for name, figures in (("to_guide_mid", [20800, 5150, 9400]), ("to_previous", [None, -15650, 4250]),
                              ("gap", [None, 15650, 4250])):
            assert [b[name]["amount"] if name in b else None for b in beside] == figures, name
        core, one_to_one = ([next(row for row in b["lines"] if row["key"] == key) for b in beside]
                            for key in ("core", "one_to_one"))
        assert [row.get("answer") for row in core] == [None, "moved", "moved"]
        assert [row.get("answer") for row in one_to_one] == [None, "accepted", "accepted"]
        assert [row.get("reason") for row in core] == [None, WHY_LESS, WHY_MORE]
        assert [row["moved"]["amount"] for row in core[1:]] == [-15650, 4250]
        assert [row["moved"]["amount"] for row in one_to_one[1:]] == [0, 0]
        assert {row["weekly"]["amount"] for row in one_to_one} == {48720}
        assert found["gap"]["amount"] == 4250

    def council_accepts(self):
        digest = self.newest_offer()["terms_digest"]
        refused = self.move("OFFICER", "accept", expect=409, terms_digest=digest).json
        assert refused["code"] == "above_guide_reason", refused
        assert refused["errors"][0]["pointer"] == "/above_guide_reason"
        self.accept("OFFICER", above_guide_reason="One-to-one support at the rate the person's nurse advised.")
        assert self.see()["stage"] == "signing"
        for side in ("commissioner", "provider"):
            self.expect_due("sign", five_pm("2026-05-06"), owed_by=side)
        seen = self.house.client(self.provider).get(f"/v1/placements/{self.id}").text
        assert str(LIMIT) not in seen and "nurse advised" not in seen

    def council_signs(self):
        digest = self.newest_offer()["terms_digest"]
        refused = self.move("SIGNATORY", "sign", expect=409, terms_digest=digest).json
        assert refused["code"] == "involvement_before_signature", refused
        self.involve("signature", "Read the agreement with her officer")
        self.sign("SIGNATORY")

    def provider_signs(self):
        self.sign(self.provider)
        seen = self.see(self.provider)
        assert seen["stage"] == "in_force"
        assert seen["agreements"][-1]["terms"]["weekly"]["amount"] == 169800
        self.expect_due("confirm_start", five_pm("2026-05-20"))

    # -- In force

    def start_care(self):
        self.move(self.provider, "confirm_start", started="2026-05-18")
        self.expect_due("first_review", five_pm("2026-07-13"))
        self.expect_due("three_month_review", five_pm("2026-08-18"))
        self.expect_due("yearly_review", five_pm("2027-05-18"))

    def hold(self, kind, day, **body):
        self.involve("review", "Met at home")
        self.move("OFFICER", "hold_review", kind=kind, held_on=day, outcomes=[
            {"key": "swimming", "result": "partly", "comment": "Twice a month so far"},
            {"key": "family", "result": "met"},
        ], **{"needs": "unchanged", "decision": "continue", **body})
        self.move("OFFICER", "give_feedback", kind=kind, feedback="Settling in.")
        self.move(self.provider, "give_feedback", kind=kind, feedback="Settling in well.")

    def first_review(self):
        self.hold("first", "2026-07-10")
        assert self.obligation("first_review")["state"] == "met"

    def reminded(self, when):
        self.expect_reminder(when, "2026-08-18", "three-month review")

    def review_in_time(self):
        self.hold("three_month", "2026-08-17")
        assert self.obligation("three_month_review")["state"] == "met"
        self.expect_due("yearly_review", five_pm("2027-08-17"))


class Late(D1):
    """The same dates five minutes later; the three-month review is late and then held."""

    initials, name, birth = "BT", "Bryn Teasel", "1988-11-30"
    minutes = 5

    def __init__(self, house):
        super().__init__(house, "PROVIDER2", "Alder Grove")

    def review_steps(self):
        return [
            ("2026-08-19 09:00", "the three-month review was not held in time", self.missed),
            ("2026-08-25 09:00", "a week later the manager hears", self.escalated),
            ("2026-08-26 15:00", "the three-month review is held, late", self.review_late),
        ]

    def missed(self):
        obligation = self.obligation("three_month_review")
        assert obligation["state"] == "open" and obligation["missed_at"] == five_pm("2026-08-18"), obligation
        for party in (COUNCIL, "fees@aldergrove.example"):
            assert any("not done in time" in m.subject + m.text for m in self.house.mails(party, self.reference))

    def escalated(self):
        told = [d for d in self.house.client("OFFICER").pages("/v1/deliveries", placement=self.id)
                if d.get("reminder") == "7 days late"]
        assert told, "nobody was told a week after the miss"

    def review_late(self):
        self.hold("three_month", "2026-08-26")
        obligation = self.obligation("three_month_review", state="met_late")
        assert obligation["late_by_seconds"] > 7 * 86400, obligation
        self.expect_due("yearly_review", five_pm("2027-08-26"))
