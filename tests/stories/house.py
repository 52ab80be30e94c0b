"""Where the stories find the house they are played in, and what they share; tests/support/house.py builds it."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))

from support.house import PEOPLE, Case, House, five_pm, london, money, rfc3339  # noqa: E402, F401

COUNCIL = "placements@northfold.example"
LARCH = "fees@larchhouse.example"


def line(key, label, unit, quantity, rate):
    return {"key": key, "label": label, "unit": unit, "quantity": quantity, "rate": rate}


def pounds(amount, sign=""):
    return f"£{amount['amount'] / 100:{sign},.2f}"


def pence(of, *names):
    """The amounts of that name; None where there is none."""
    found = tuple(of[name]["amount"] if name in of else None for name in names)
    return found if len(names) > 1 else found[0]


class Story(Case):
    """One person's placement as a story has it: a script of what happens when, and how it is looked at."""

    initials = name = None
    minutes = 0  # later than written, for a second one of the same dates

    def script(self):
        """(London time, words, function), in any order."""
        raise NotImplementedError

    def steps(self):
        return [(self.at(when), f"{self.name}, {self.home}: {words}", function) for when, words, function in self.script()]

    def at(self, text):
        moment = london(text)
        return moment.replace(minute=moment.minute + self.minutes)

    # -- Doing

    def open(self, **body):
        opened = self.house.client("OFFICER").open_placement(**{
            "person_name": self.name, "person_initials": self.initials, "care_setting": "residential",
            "urgency": "ordinary", "funding": [{"funder": "authority"}], **body}).json
        self.id, self.reference = opened["placement"], opened["reference"]

    def accept(self, who, **body):
        return self.move(who, "accept", terms_digest=self.newest_offer(who)["terms_digest"], **body)

    def sign(self, who):
        return self.move(who, "sign", terms_digest=self.newest_offer(who)["terms_digest"])

    def involve(self, purpose, how):
        self.move("OFFICER", "record_involvement", purpose=purpose, took_part="fully", how=how)

    # -- Looking

    def newest_offer(self, who="OFFICER"):
        return self.see(who)["threads"][-1]["offers"][-1]

    def agreements(self, who="OFFICER"):
        return [(a["number"], a["basis"], a["from"], pence(a, "weekly")) for a in self.see(who)["agreements"]]

    def entries(self, who="OFFICER", kind=None):
        return [fact for fact in self.house.client(who).pages(f"/v1/placements/{self.id}/facts")
                if kind in (None, fact["kind"])]

    def expect_no_miss(self):
        """Neither in the history, nor on anything that is due, of either side."""
        for who in ("OFFICER", self.provider):
            assert not self.entries(who, "missed")
            assert not [o for o in self.see(who)["obligations"] if "missed_at" in o or o["state"] == "met_late"]

    def account(self, who="OFFICER", **query):
        return self.house.client(who).get(f"/v1/placements/{self.id}/account", **query).json

    def expect_account(self, periods, adjustments=None, **query):
        """The same to both sides: (first night, last night, agreement, weekly, due), and (nights, difference, known,
        paid) of what was put right. The narrator is told what is due."""
        for who in ("OFFICER", self.provider):
            found = self.account(who, **query)
            assert [(p["from"], p["to"], p.get("agreement"), *pence(p, "weekly", "due")) for p in found["periods"]] == \
                periods, found["periods"]
            if adjustments is not None:
                assert [(a["nights"], pence(a, "difference"), a["known_on"], a["paid_on"])
                        for a in found["adjustments"]] == adjustments, found["adjustments"]
            assert pence(found, "charged") + pence(found, "adjusted") == pence(found, "due")
        later = f", {pounds(found['adjusted'], '+')} of it put right later" if pence(found, "adjusted") else ""
        self.house.narrator.note(f"{self.reference}: the account: {found['nights']} nights, {pounds(found['due'])} due{later}.")
        return found

    def told(self, address, containing=""):
        """What was written to them so far about this placement, this step's entries too."""
        self.house.wait_quiet()
        return [mail for mail in self.house.mails(address, containing) if self.reference in mail.subject]

    def as_known_on(self, who, day):
        """The placement as that side knew it on that day."""
        return self.house.client(who).placement(self.id, as_known_on=day)

    def expect_reminder(self, when, due_day, words):
        """The council hears at 09:00, once, and by e-mail."""
        told = [d for d in self.house.client("OFFICER").pages("/v1/deliveries", placement=self.id)
                if d.get("reminder") == f"{when} before" and d["due_at"] == five_pm(due_day) and d["channel"] == "email"]
        assert len(told) == 1 and words in told[0]["subject"], told
        day = london(f"{due_day} 17:00")
        mails = [mail for mail in self.told(COUNCIL, f"A reminder ({when} before)")
                 if f"{day.day} {day:%B %Y} at 17:00" in mail.text]
        assert len(mails) == 1, mails
