"""A placement walked to any stage in the fewest moves, for tests that begin there.

    case = Journey(house).to("negotiating")

The stages follow one another; each method makes the moves that lead from the one before.
Everything personal says CANARY words, so that a test can look for them where they must not be.
"""

from decimal import Decimal

from support.house import Case, money

MODEL = {"model": "residential-ld", "version": "0.1"}
INPUTS = {
    "one_to_one_hours": "21", "two_to_one_hours": "0", "shared_hours": "196", "people_sharing": "8",
    "waking_nights": "7", "sleep_ins": "0", "residents": "8", "miles": "30",
}
GUIDE_HIGH = 169000
LIMIT = 171313  # a figure nobody else would name

# Words that nobody else would write. Identity and private ones never reach a provider.
NAME = "Zebedee Quillfeather"
CASE_REFERENCE = "ZQX-7741"
PANEL_NOTE = "panelnotequagga"
PANEL_REASONS = "panelreasonokapi"
ABOVE_GUIDE = "aboveguidenumbat"
PRIVATE_WORDS = [*NAME.split(), "1971-02-03", CASE_REFERENCE, PANEL_NOTE, PANEL_REASONS, ABOVE_GUIDE]
LINE_REASON = "linereasonkakapo"
# What both sides may read, but only encrypted in the database and never in a message or a log.
PERSONAL_WORDS = [
    *PRIVATE_WORDS, "taskaardvark", "outcomebilby", "measurecoati", "howdugong", "wordsechidna",
    "supportfossa", "questiongerenuk", "answerhoatzin", "notejacana", LINE_REASON,
]
STAGES = ("opened", "preparing", "with_panel", "approved", "inviting", "negotiating", "signing", "in_force")


def line(key, unit, quantity, rate):
    return {"key": key, "label": key.replace("_", " "), "unit": unit, "quantity": quantity, "rate": rate}


def terms(weekly="1600.00", start="2026-12-07", **changed):
    return {
        "lines": [line("core", "week", "1", weekly)],
        "outcomes": [{"key": "swimming"}],
        "start": start,
        **changed,
    }


def changed_lines(before, after):
    """The keys of the lines that a counter-offer must give reasons for."""
    def lines(of):
        return {one["key"]: (one["unit"], Decimal(one["quantity"]), Decimal(one["rate"]), one.get("index"))
                for one in of["lines"]}
    was, now = lines(before), lines(after)
    return [key for key in {**now, **was} if was.get(key) != now.get(key)]


def reasons_for(before, after, reason=LINE_REASON):
    found = [{"key": key, "reason": reason} for key in changed_lines(before, after)]
    return {"line_reasons": found} if found else {}


def opening(**changed):
    return {
        "person_name": NAME, "person_initials": "ZQ", "date_of_birth": "1971-02-03",
        "case_reference": CASE_REFERENCE, "care_setting": "residential", "urgency": "ordinary",
        "wanted_start": "2027-03-01", "funding": [{"funder": "authority"}], **changed,
    }


NEEDS = {
    "needs": [{"area": "daily living", "task": "taskaardvark", "times_a_week": 7, "minutes": 60, "staff": 1}],
    "outcomes": [{"key": "swimming", "what": "outcomebilby", "owner": "provider", "measure": "measurecoati"}],
}


class Journey(Case):
    """who: the tokens that act; another authority's or provider's may be given. more_terms: members of every offer."""

    def __init__(self, house, officer="OFFICER", panel="PANEL", signatory="SIGNATORY", provider="PROVIDER",
                 invited="larch", home="Larch House", start="2027-03-01", urgency="ordinary", setting="residential",
                 team=None, **more_terms):
        super().__init__(house, provider, home)
        self.officer, self.panel, self.signatory = officer, panel, signatory
        self.invited, self.start, self.urgency, self.setting = invited, start, urgency, setting
        self.team, self.more_terms = team, more_terms

    def see(self, who=None):
        return super().see(who or self.officer)

    def to(self, stage):
        for name in STAGES[:STAGES.index(stage) + 1]:
            getattr(self, "_to_" + name)()
        return self

    def _to_opened(self):
        opened = self.house.client(self.officer).open_placement(
            **opening(wanted_start=self.start, urgency=self.urgency, care_setting=self.setting),
            **({"team": self.team} if self.team else {})).json
        self.id, self.reference = opened["placement"], opened["reference"]

    def involve(self, purpose, who=None, **body):
        return self.move(who or self.officer, "record_involvement", purpose=purpose, took_part="with_support",
                         how="howdugong", supported_by="supportfossa", words="wordsechidna", **body)

    def calculate(self, expect=200):
        return self.move(self.officer, "calculate", expect, **MODEL, inputs=INPUTS)

    def _to_preparing(self):
        self.move(self.officer, "describe_needs", **NEEDS)
        if self.urgency != "emergency":
            self.involve("calculation")
        self.calculate()

    def _to_with_panel(self):
        self.move(self.officer, "refer_to_panel", note=PANEL_NOTE)

    def _to_approved(self):
        self.move(self.panel, "panel_decide", outcome="approved", limit_weekly=money(LIMIT))

    def invite(self, invited=None, home=None, expect=200):
        return self.move(self.officer, "invite", expect,
                         provider=self.house.organisations[invited or self.invited],
                         home=self.house.homes[home or self.home])

    def _to_inviting(self):
        self.invite()

    def offer(self, who, weekly="1600.00", expect=200, **body):
        """A counter-offer gives its reasons; more_terms may hold other lines than the one."""
        asked = terms(weekly, self.start, **self.more_terms)
        return self.move(who, "make_offer", expect, **{"terms": asked, **self.reasons(who, asked), **body})

    def reasons(self, who, asked):
        """line_reasons for whatever these terms change of the offer that is open; nothing when they answer none."""
        threads = self.see(who)["threads"]
        answered = [offer for offer in threads[-1]["offers"] if offer["state"] == "open"] if threads else []
        return reasons_for(answered[-1]["terms"], asked) if answered else {}

    def _to_negotiating(self):
        self.offer(self.provider)

    def digest(self, who=None):
        """Of the newest offer that party sees."""
        return self.see(who)["threads"][-1]["offers"][-1]["terms_digest"]

    def accept(self, who, expect=200, **body):
        return self.move(who, "accept", expect, terms_digest=self.digest(who), **body)

    def _to_signing(self):
        self.accept(self.officer)

    def sign(self, who, expect=200):
        return self.move(who, "sign", expect, terms_digest=self.digest(who))

    def _to_in_force(self):
        if self.urgency != "emergency":
            self.involve("signature")
        self.sign(self.signatory)
        self.sign(self.provider)

    # -- Looking

    def offers(self, who=None):
        return [offer["state"] for thread in self.see(who)["threads"] for offer in thread["offers"]]

    def fact_count(self):
        """In the ledger, whoever may see them."""
        return int(self.house.cluster.psql(
            f"select count(*) from fact where stream_id = '{self.id}'", self.house.database)[0][0])

    def fact_kinds(self):
        return [row[0] for row in self.house.cluster.psql(
            f"select kind from fact where stream_id = '{self.id}' order by seq", self.house.database)]

    def refused(self, who, move, code, status=409, pointer=None, **body):
        """The move is refused for that reason, its legal next moves are named, and nothing changes."""
        before, see = self.fact_count(), self.house.client(who).get(f"/v1/placements/{self.id}")
        answer = self.move(who, move, status, **body)
        problem = answer.json
        assert problem["code"] == code, problem
        assert problem["detail"] and problem["request_id"] and problem["title"], problem
        if status == 409:
            allowed = [entry["move"] for entry in problem["allowed_moves"]]
            assert allowed == [entry["move"] for entry in see.json["allowed_moves"]], problem
            assert problem["version"] == see.json["version"]
        if pointer:
            assert [error["pointer"] for error in problem["errors"]] == [pointer], problem
        assert self.fact_count() == before, f"{move} was refused, and yet something was recorded"
        assert self.house.client(who).get(f"/v1/placements/{self.id}").headers["ETag"] == see.headers["ETag"]
        return problem
