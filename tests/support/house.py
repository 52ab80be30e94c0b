"""The house that stories and API tests are played in: a fictional council, two providers, a mediation body.

A House sets up a database, the daemon and a mail sink, and enters everybody through the API as
an administrator would. On a rehearsal database a story is a list of steps, each at an instant of
protocol time; play() moves the rehearsal clock to each and runs it. Started without an instant
the house lives by the database's own clock.
"""

import datetime
import sys
import time
import zoneinfo

from support.client import Client
from support.daemon import Daemon, database_settings

LONDON = zoneinfo.ZoneInfo("Europe/London")
QUIET_SECONDS = 60

# name of the token -> (organisation, user, roles)
PEOPLE = {
    "OFFICER": ("council", "Orla Finch", ["case_officer"]),
    "PANEL": ("council", "Petra Vole", ["panel_member"]),
    "SIGNATORY": ("council", "Silas Moor", ["signatory"]),
    "AUDITOR": ("council", "Audra Wren", ["auditor"]),
    "PROVIDER": ("larch", "Lorcan Ash", ["negotiator", "signatory"]),
    "PROVIDER2": ("alder", "Alma Reed", ["negotiator", "signatory"]),
    "MEDIATOR": ("fairhill", "Magnus Hale", ["mediator"]),
}


def london(text):
    """An instant from London wall time: "2026-04-01 10:00"."""
    return datetime.datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=LONDON)


def rfc3339(instant):
    return instant.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def five_pm(day):
    return rfc3339(london(f"{day} 17:00"))


def money(pence):
    return {"amount": pence, "currency": "GBP"}


class Silent:
    """Says nothing; the demo has a narrator that prints."""

    def step(self, instant, text):
        pass

    def note(self, text):
        pass

    def mail(self, message):
        pass


RELAY_WORDS = ("whosendsit", "openthedoor7")  # a mail server's user and password, to be shown nowhere


class House:
    def __init__(self, cluster, database, sink, binary=None, folder=None, settings=None, narrator=None):
        self.cluster = cluster
        self.database = database
        self.sink = sink
        self.narrator = narrator or Silent()
        config = {
            **database_settings(cluster, database),
            "smtp_url": sink.url.replace("://", f"://{RELAY_WORDS[0]}:{RELAY_WORDS[1]}@"),
            "smtp_from": "concordat@concordat.example",
            "smtp_require_tls": False,
            **(settings or {}),
        }
        self.daemon = Daemon(binary, config, folder).with_log()
        self.tokens = {}
        self.users = {}
        self.clients = {}
        self.organisations = {}
        self.homes = {}
        self.mails_shown = 0
        self.at = None

    def start(self, instant=None):
        """The database must be migrated and loaded; protocol time begins at instant, or is real."""
        self._start_daemon(instant)
        self.tokens["ADMIN"] = self.daemon.run(
            "create-admin", "--email", "admin@concordat.example", "--name", "Ada Quill"
        ).stdout.strip()
        self._enter_everybody()
        return self

    def start_as(self, entered, instant=None):
        """The same on a copy of another house's database: everybody there is here already."""
        self.tokens = dict(entered.tokens)
        self.users = dict(entered.users)
        self.organisations = dict(entered.organisations)
        self.homes = dict(entered.homes)
        self._start_daemon(instant)
        return self

    def _start_daemon(self, instant):
        if instant:
            self.daemon.rehearse(rfc3339(instant))
            self.at = instant
        self.daemon.start()

    def stop(self):
        for client in self.clients.values():
            client.close()
        self.daemon.stop()

    def client(self, who):
        if who not in self.clients:
            self.clients[who] = Client(self.daemon.base_url, self.tokens[who])
        return self.clients[who]

    # -- Everybody

    def _enter_everybody(self):
        self._organisation("council", kind="authority", name="Northfold Council",
                           email="placements@northfold.example", division="england-and-wales",
                           panel_weekday=3, panel_threshold=money(0))
        self._organisation("larch", kind="provider", name="Larch House Care",
                           email="fees@larchhouse.example")
        self._organisation("alder", kind="provider", name="Alder Grove Care",
                           email="fees@aldergrove.example")
        self._organisation("fairhill", kind="mediation_body", name="Fairhill Mediation",
                           email="office@fairhill.example")
        self._home("Larch House", "larch", "1-100000001")
        self._home("Alder Grove", "alder", "1-100000002")
        self._people(PEOPLE)

    def _people(self, people):
        admin = self.client("ADMIN")
        for token, (organisation, name, roles) in people.items():
            user = admin.post("/v1/users", {
                "name": name,
                "email": name.lower().replace(" ", ".") + "@" + organisation + ".example",
                "organisation": self.organisations[organisation],
                "roles": roles,
            }, 201).json
            self.users[token] = user["id"]
            self.tokens[token] = admin.post("/v1/tokens", {
                "user": user["id"], "organisation": self.organisations[organisation],
                "label": "for the rehearsal", "days": 365,
            }, 201).json["secret"]

    def enter_person(self, token, organisation, name, roles):
        self._people({token: (organisation, name, roles)})

    def _organisation(self, key, **body):
        made = self.client("ADMIN").post("/v1/organisations", body, 201).json
        self.organisations[key] = made["id"]

    def _home(self, name, organisation, number):
        made = self.client("ADMIN").post("/v1/homes", {
            "organisation": self.organisations[organisation], "name": name,
            "location_number": number, "address": f"{name}, Northfold",
        }, 201).json
        self.homes[name] = made["id"]

    def enter_provider(self, key, name, email, home, number, token, person):
        """One more provider with a home and somebody who acts for it under that token's name."""
        self._organisation(key, kind="provider", name=name, email=email)
        self._home(home, key, number)
        self.enter_person(token, key, person, ["negotiator", "signatory"])

    # -- Time

    def go_to(self, instant):
        if instant != self.at:
            self.daemon.rehearse(rfc3339(instant))
            self.at = instant
        self.wait_quiet()

    def wait_quiet(self):
        """Until every entry is told, every message is sent and every home is followed."""
        deadline = time.monotonic() + QUIET_SECONDS
        while True:
            waiting = self.cluster.psql(
                "select (select coalesce(sum(h.size - c.next_index), 0) from log_head h "
                "join deliver_cursor c using (authority_id)) "
                "+ (select count(*) from dispatch where next_try_real is null or due_real <= clock_timestamp()) "
                "+ (select count(*) from delivery where outcome_due) "
                "+ (select count(*) from home_follow)",
                self.database)[0][0]
            if int(waiting) == 0:
                break
            assert time.monotonic() < deadline, f"{waiting} messages were not sent in time"
            time.sleep(0.02)
        for message in self.sink.messages[self.mails_shown:]:
            self.narrator.mail(message)
        self.mails_shown = len(self.sink.messages)

    def wait_sealed(self):
        """Until a checkpoint covers every entry."""
        deadline = time.monotonic() + QUIET_SECONDS
        behind = "select count(*) from log_head h left join log_seal s using (authority_id) where h.size > coalesce(s.size, 0)"
        while int(self.cluster.psql(behind, self.database)[0][0]):
            assert time.monotonic() < deadline, "the logs were not sealed in time"
            time.sleep(0.02)

    def play(self, steps):
        """steps: (instant, words, function) in any order; those at one instant keep theirs."""
        for instant, words, function in sorted(steps, key=lambda step: step[0]):
            self.go_to(instant)
            self.narrator.step(instant, words)
            try:
                function()
            except BaseException:
                sys.stderr.write(self.daemon.log_tail() + "\n")
                raise
            self.wait_quiet()

    # -- Looking

    def mails(self, address=None, containing=""):
        return [m for m in self.sink.messages
                if (address is None or address in m.to) and containing in m.subject + m.text]


class Case:
    """One placement in a house: who looks at it, its moves, its obligations."""

    def __init__(self, house, provider="PROVIDER", home="Larch House"):
        self.house = house
        self.provider = provider
        self.home = home
        self.id = None
        self.reference = None

    def see(self, who="OFFICER"):
        return self.house.client(who).placement(self.id)

    def move(self, who, move, expect=200, if_match=None, **body):
        answer = self.house.client(who).move(self.id, move, body, expect, if_match)
        if expect == 200:
            self.house.narrator.note(f"{self.reference}: {move} by {who}: entries {answer.json['entries']}, "
                                     f"{who}'s version {answer.json['version']}")
        return answer

    def obligation(self, duty, who="OFFICER", state=None, owed_by=None):
        """The newest of that duty this party sees."""
        found = [o for o in self.see(who)["obligations"]
                 if o["duty"] == duty and (state is None or o["state"] == state)
                 and (owed_by is None or o["owed_by"] == owed_by)]
        assert found, f"no obligation {duty} in state {state}"
        return found[-1]

    def expect_due(self, duty, due_at, who="OFFICER", owed_by=None, state="open"):
        """The date, and that its explanation reaches the same one; the narrator is told it."""
        obligation = self.obligation(duty, who, state, owed_by)
        assert obligation["due_at"] == due_at, f"{duty} is due {obligation['due_at']}, not {due_at}"
        explained = self.house.client(who).get(
            f"/v1/placements/{self.id}/obligations/{obligation['id']}").json
        assert explained["due_at"] == due_at
        assert explained["explain"]["sentence"]
        self.house.narrator.note(f"{self.reference}: {duty} ({obligation['owed_by']}): "
                                 f"{explained['explain']['sentence']}")
        return obligation
