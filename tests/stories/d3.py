"""Story D3, a silent home: the fee is uplifted by the agreement's own method, and nobody answers.

812.00 a week becomes 842.94 from Easter Monday, announced on 20 May and paid from 8 June with what is owed since. The
home may challenge until 11 June and does not, which is no miss. A second home's notice bounces: it is not served, and
its time to challenge has not begun. Both agreements ran already when they were brought here.
"""

from house import COUNCIL, Story, five_pm, line, money

METHOD = {"basis": "weighted", "weights": [{"index": "nlw", "percent": "73.7"}, {"index": "cpi", "percent": "26.3"}]}
FIGURES = {"from": "2026-04-06", "rises": [{"index": "nlw", "percent": "4.10"}, {"index": "cpi", "percent": "3.00"}]}
TERMS = {"lines": [line("core", "Care and accommodation", "week", "1", "812.00")], "outcomes": [],
         "start": "2025-04-07", "uplift": METHOD}
BEFORE, AFTER = (1, "existing", "2025-04-07", 81200), (2, "uplifted", "2026-04-06", 84294)


class D3(Story):
    """Nesta at Fern Bank, whose people read what they are sent and answer nothing."""

    initials, name = "NR", "Nesta Rook"
    provider_key, provider_name, person = "fernbank", "Fern Bank Care", "Fergus Holm"
    email, number = "office@fernbank.example", "1-100000003"

    def __init__(self, house):
        super().__init__(house, "SILENT", "Fern Bank")

    def script(self):
        return [
            ("2026-03-24 10:00", "care since 2021, at 812.00 a week, is brought here", self.bring_in),
            ("2026-03-26 11:00", "the provider confirms its terms", self.confirm),
            ("2026-05-20 10:00", "the council uplifts the fee by the agreement's method", self.uplift),
            *self.after(),
        ]

    def after(self):
        return [
            ("2026-06-04 09:00", "five working days before the challenge ends", lambda: self.reminded(1)),
            ("2026-06-08 09:00", "842.94 is paid from today, and 278.46 for 63 nights", self.paid),
            ("2026-06-09 09:00", "two working days before", lambda: self.reminded(2)),
            ("2026-06-12 09:00", "nobody answered: the right has lapsed, and nothing was missed", self.silent),
        ]

    def bring_in(self):
        self.house.enter_provider(self.provider_key, self.provider_name, self.email, self.home, self.number,
                                  self.provider, self.person)
        self.open(wanted_start="2026-03-24")
        self.move("OFFICER", "record_existing_agreement", provider=self.house.organisations[self.provider_key],
                  home=self.house.homes[self.home], terms=TERMS, started="2021-06-07", next_review="2026-11-16",
                  contract_reference=f"CT-{self.initials}")
        self.expect_due("confirm_existing_agreement", five_pm("2026-04-09"), who=self.provider, owed_by="provider")

    def confirm(self):
        self.move(self.provider, "confirm_existing_agreement",
                  terms_digest=self.newest_offer(self.provider)["terms_digest"])
        for who in ("OFFICER", self.provider):
            assert self.see(who)["stage"] == "in_force" and self.agreements(who) == [BEFORE]
        self.expect_due("yearly_review", five_pm("2026-11-16"))

    # -- The rise

    def uplift(self):
        """73.7% by 4.10% and 26.3% by 3.00% is 3.8107%; of 812.00 that is 30.94 to the penny, which is 3.8103%."""
        self.move("OFFICER", "apply_uplift", figures=FIGURES, paid_from="2026-06-08")
        applied = self.entries("OFFICER", "uplift_applied")[-1]["data"]
        assert (applied["rule"], applied["percent"]) == ("weighted", "3.8103"), applied
        assert "3.8107%" in applied["reason"] and applied["weekly_before"] == money(81200)
        assert self.agreements() == [BEFORE, AFTER]

    def expect_right(self, state, who="OFFICER"):
        assert self.see(who)["agreements"][1]["challenge"] == {"state": state, "until": five_pm("2026-06-11")}
        self.expect_due("challenge_uplift", five_pm("2026-06-11"), who=who, owed_by="provider", state=state)

    def expect_arrears(self, adjusted):
        self.expect_account([("2026-03-26", "2026-04-05", 1, 81200, 127600), ("2026-04-06", "2026-06-07", 2, 84294, 758646)],
                            adjusted, **{"from": "2026-03-26", "to": "2026-06-07"})

    def reminded(self, count):
        for who in ("OFFICER", self.provider):
            self.expect_right("open", who)
            assert self.agreements(who) == [BEFORE, AFTER]
        assert len(self.told(self.email, "challenge the uplift")) == count + 1, self.told(self.email)

    def paid(self):
        """30.94 a week for nine weeks, the nights from 6 April to 7 June."""
        for who in ("OFFICER", self.provider):
            assert self.see(who)["fee"]["weekly"] == money(84294)
        self.expect_arrears([(63, 27846, "2026-05-20", "2026-06-08")])

    def silent(self):
        for who in ("OFFICER", self.provider):
            self.expect_right("lapsed", who)
            assert self.agreements(who) == [BEFORE, AFTER]
        self.expect_no_miss()
        assert not self.told(self.email, "not done in time")
        refused = self.move(self.provider, "challenge_uplift", expect=409, reason="Too late").json
        assert refused["code"] == "right_to_challenge", refused


class Bounced(D3):
    """Oswin at Tidewell, to whom no notice comes through."""

    initials, name = "OT", "Oswin Teal"
    provider_key, provider_name, person = "tidewell", "Tidewell Care", "Tamsin Weir"
    email, number = "office@tidewell.example", "1-100000004"
    minutes = 5

    def __init__(self, house):
        super().__init__(house)
        self.provider, self.home = "UNREACHED", "Tidewell"

    def after(self):
        return [
            ("2026-06-12 09:00", "the home was never reached: its time to challenge has not begun", self.not_served),
            ("2026-06-12 11:00", "the council telephones: it begins", self.telephone),
            ("2026-07-06 09:00", "and has ended, with no miss", self.silent),
        ]

    def uplift(self):
        self.house.sink.refuse(self.email)
        super().uplift()
        self.house.wait_quiet()
        self.expect_not_served()
        told = self.told(COUNCIL, f"{self.reference}: not served")
        assert len(told) == 1, told

    def expect_not_served(self):
        right = self.obligation("challenge_uplift")
        assert (right["state"], right["served"], right["paused"]) == ("open", False, False), right
        assert "due_at" not in right and right["not_served_since"].startswith("2026-05-20T09:05")
        assert "telephone or write" in right["alert"]
        explained = self.house.client("OFFICER").get(f"/v1/placements/{self.id}/obligations/{right['id']}").json
        assert "due_at" not in explained and "has not started" in explained["explain"]["sentence"]
        self.house.narrator.note(f"{self.reference}: challenge_uplift (provider): {explained['explain']['sentence']}")
        challenge = self.see()["agreements"][1]["challenge"]
        assert challenge["state"] == "open" and "until" not in challenge, challenge
        return right

    def not_served(self):
        """On 12 June the other home's right has lapsed; this one's clock has not run at all."""
        self.expect_not_served()
        kinds = [fact["kind"] for fact in self.entries()]
        assert kinds[-2:] == ["uplift_applied", "not_served"] and "lapsed" not in kinds
        assert not [mail for mail in self.told(self.email) if "uplift" in mail.subject]
        assert self.see()["fee"]["weekly"] == money(84294)  # payable without acceptance

    def letters(self):
        return self.house.client("OFFICER").get("/v1/letters").json["items"]

    def reach_home(self):
        """The queue of letters says that no address is held, until the operator enters how the home is reached."""
        [letter] = self.letters()
        assert "No postal address and no telephone number" in letter["alert"], letter
        self.house.client("ADMIN").post(f"/v1/organisations/{letter['recipient']}/contact", {
            "email": self.email, "telephone": "01632 960147",
            "address": {"line_1": "Tidewell", "line_2": "3 Quay Street", "town": "Northfold", "postcode": "NF7 3TW"}}, 200)
        [letter] = self.letters()
        assert "alert" not in letter and letter["record"]["move"] == "record_service", letter
        self.house.narrator.note(f"{self.reference}: /v1/letters has a letter to print for {letter['recipient_name']}, "
                                 f"{', '.join(letter['address'].values())}, and its telephone number, {letter['telephone']}")
        return {name: letter["record"][name] for name in ("entry", "n")}

    def telephone(self):
        self.expect_not_served()
        self.move("OFFICER", "record_service", how="telephone", reference="Call of 12 June",
                  occurred_at="2026-06-12T10:00:00Z", **self.reach_home())
        assert self.letters() == []
        right = self.expect_due("challenge_uplift", five_pm("2026-07-03"), owed_by="provider")
        assert (right["served"], right["served_by"]) == (True, "telephone")

    def silent(self):
        for who in ("OFFICER", self.provider):
            self.expect_due("challenge_uplift", five_pm("2026-07-03"), who=who, owed_by="provider", state="lapsed")
        self.expect_no_miss()
        self.expect_arrears([(63, 27846, "2026-05-20", "2026-06-08")])
