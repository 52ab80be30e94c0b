"""Clients that make real moves while something is broken, and remember all they sent and got.

    load = Load(house)                   house: a trial.FaultHouse that runs
    load.start()                         four threads, each walking placement after placement from opening to
                                         signature with offers and counter-offers in turn, two in each authority;
                                         both sides read what the other did
    load.wait_for_moves(5)               until every thread has had five more receipts
    load.stop()                          each ends the request it is at (repeating its key until it is answered)
    load.asked                           a list of Asked: key, body and every answer of each request with a key

    party = load.party("OFFICER", "northfold")   one person's client, for a test that moves by itself:
    party.see(placement), party.move(placement, "ask", {...}), party.post(path, body)
    Negotiation(load, pair).to("inviting")       the same walk, step by step, in the test's own thread

A lost answer or a 503 is never given up: the same request with the same key is sent again until it is answered
or PATIENCE is over, which is an error of the run. Anything else but a receipt is an error too, except that a
version which has moved on is read again. All that a client got is searched at once for words of the other
tenant, and of the commissioner's own side for a provider: load.leaks.
"""

import dataclasses
import http.client
import json
import re
import threading
import time
import urllib.parse
import uuid

from support.journey import INPUTS, LIMIT, LINE_REASON, MODEL, terms
from support.house import money

PATIENCE = 90
ASK_SECONDS = 20
PAUSE = 0.03
STEPS = ("opened", "preparing", "approved", "inviting", "negotiating", "signing", "in_force")


@dataclasses.dataclass(frozen=True)
class Pair:
    """A council and the provider it negotiates with, and the words that only they use."""
    name: str
    council: str
    provider_key: str
    home: str
    officer: str
    panel: str
    signatory: str
    provider: str

    @property
    def shared(self):
        return f"{self.name}quokka"

    @property
    def private(self):
        """Of the council alone: the person's name, the panel's note and reasons."""
        return f"{self.name}zorilla"


PAIRS = (
    Pair("northfold", "council", "larch", "Larch House", "OFFICER", "PANEL", "SIGNATORY", "PROVIDER"),
    Pair("southmere", "southmere", "alder", "Alder Grove", "OFFICER2", "PANEL2", "SIGNATORY2", "PROVIDER2"),
)
WORDS = [word for pair in PAIRS for word in (pair.shared, pair.private)]


def offered(weekly, counters=True, reason=LINE_REASON):
    """An offer of one line; one that counters another fee says why."""
    why = {"line_reasons": [{"key": "core", "reason": reason}]} if counters else {}
    return {"terms": terms(weekly, "2027-03-01"), **why}


class Lost(Exception):
    """No answer: the connection was refused, cut or silent."""


@dataclasses.dataclass
class Answer:
    at: float  # monotonic
    status: object  # None: lost
    body: bytes
    code: str = ""

    @property
    def json(self):
        return json.loads(self.body)


@dataclasses.dataclass
class Asked:
    """One request with a key. Sent once for each of its answers, always the same bytes."""
    who: str
    pair: str
    path: str
    key: str
    version: object
    body: bytes
    move: str
    begun: float
    answers: list = dataclasses.field(default_factory=list)

    @property
    def receipt(self):
        return next((a for a in self.answers if a.status in (200, 201)), None)

    @property
    def last(self):
        return self.answers[-1] if self.answers else None

    @property
    def lost(self):
        return sum(a.status is None for a in self.answers)


class Party:
    """One person's connection. Not for two threads at once."""

    def __init__(self, load, who, pair):
        self.load, self.who, self.pair = load, who, pair
        self.token = load.house.tokens[who]
        self.connection = None
        own = {pair.shared, pair.private} if who != pair.provider else {pair.shared}
        self.forbidden = re.compile("|".join(word for word in WORDS if word not in own).encode())

    # -- One exchange

    def exchange(self, method, path, data=None, headers=None):
        """(status, headers, body) of one try; Lost when there is no answer."""
        sent = {"Authorization": f"Bearer {self.token}", "Accept": "application/json", **(headers or {})}
        address = urllib.parse.urlsplit(self.load.base_url or self.load.house.daemon.base_url)
        if self.connection is None or self.connection.port != address.port:
            self.close()
            self.connection = http.client.HTTPConnection(address.hostname, address.port, timeout=ASK_SECONDS)
        try:
            self.connection.request(method, path, data, sent)
            answer = self.connection.getresponse()
            body = answer.read()
        except (OSError, http.client.HTTPException) as error:
            self.close()
            raise Lost(repr(error)) from None
        self._search(answer, body, path)
        return answer.status, answer.headers, body

    def _search(self, answer, body, path):
        for got in (body, str(answer.headers).encode()):
            found = self.forbidden.search(got)
            if found:
                self.load.leaks.append(f"{self.who} was sent {found.group().decode()} by {path}")

    def close(self):
        if self.connection:
            self.connection.close()
            self.connection = None

    # -- Reading

    def get(self, path):
        """The JSON of a GET, asked until it is answered with 200."""
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                status, headers, body = self.exchange("GET", path)
                self.load.count_read(status)
                if status == 200:
                    return json.loads(body)
                self.load.judge(status, headers, body, f"GET {path} by {self.who}")
                assert status == 503, f"GET {path} by {self.who} was answered with {status}: {body[:500]!r}"
            except Lost:
                self.load.count_read(None)
            assert not self.load.given_up, "given up"
            assert time.monotonic() < deadline, f"GET {path} by {self.who} was not answered in {PATIENCE} s"
            time.sleep(PAUSE)

    def see(self, placement):
        return self.get(f"/v1/placements/{placement}")

    # -- Moving

    def make(self, path, body, version=None, key=None, move=""):
        """A request that is remembered, and not sent yet."""
        data = json.dumps(body, ensure_ascii=False).encode()
        return self.load.remember(Asked(self.who, self.pair.name, path, key or str(uuid.uuid4()), version, data,
                                        move or body.get("move", ""), time.monotonic()))

    def send(self, asked):
        """One try at it; the Answer, which is remembered too, lost or not."""
        headers = {"Content-Type": "application/json", "Idempotency-Key": f'"{asked.key}"'}
        if asked.version:
            headers["If-Match"] = f'"{asked.version}"'
        try:
            status, got, body = self.exchange("POST", asked.path, asked.body, headers)
            answer = Answer(time.monotonic(), status, body)
            if status not in (200, 201):
                answer.code = self.load.judge(status, got, body, f"{asked.move} by {self.who}")
        except Lost:
            answer = Answer(time.monotonic(), None, b"")
        asked.answers.append(answer)
        return answer

    def insist(self, asked):
        """Sends it until it is answered with anything but 503."""
        deadline = time.monotonic() + PATIENCE
        while True:
            answer = self.send(asked)
            if answer.status not in (None, 503):
                return answer
            assert not self.load.given_up, "given up"
            assert time.monotonic() < deadline, f"{asked.move} by {self.who} was not answered in {PATIENCE} s"
            time.sleep(PAUSE)

    def post(self, path, body, move=""):
        answer = self.insist(self.make(path, body, move=move))
        assert answer.status in (200, 201), f"{path} by {self.who}: {answer}"
        return answer.json

    def move(self, placement, move, body=None):
        """The receipt of a move on what this party sees now."""
        for _ in range(10):
            version = self.see(placement)["version"]
            asked = self.make(f"/v1/placements/{placement}/moves", {"move": move, **(body or {})}, version)
            answer = self.insist(asked)
            if answer.status == 200:
                return answer.json
            assert answer.status == 412, f"{move} by {self.who} at {version}: {answer}"
        raise AssertionError(f"{move} by {self.who}: the version moved on ten times")


class Negotiation:
    """One placement of a pair, from opening to signature."""

    def __init__(self, load, pair, offers=6):
        self.load, self.pair, self.offers = load, pair, offers
        self.parties = {who: load.party(who, pair)
                        for who in (pair.officer, pair.panel, pair.signatory, pair.provider)}
        self.officer, self.provider = self.parties[pair.officer], self.parties[pair.provider]
        self.panel, self.signatory = self.parties[pair.panel], self.parties[pair.signatory]
        self.id = None
        self.turn = 0

    def to(self, step):
        for name in STEPS[:STEPS.index(step) + 1]:
            getattr(self, "_to_" + name)()
        return self

    def walk(self, stopped):
        """All steps, or until stopped() says so."""
        for name in STEPS:
            if stopped():
                break
            getattr(self, "_to_" + name)()
            for _ in range(self.offers if name == "negotiating" else 0):
                if stopped():
                    break
                self.counter()

    def close(self):
        for party in self.parties.values():
            party.close()

    def _to_opened(self):
        words = self.pair
        opened = self.officer.post("/v1/placements", {
            "person_name": f"Zeb {words.private}", "person_initials": "ZQ", "date_of_birth": "1971-02-03",
            "care_setting": "residential", "urgency": "ordinary", "wanted_start": "2027-03-01",
            "funding": [{"funder": "authority"}]}, "open_placement")
        self.id = opened["placement"]
        self.load.placements.append((self.id, self.pair))

    def _to_preparing(self):
        word = self.pair.shared
        self.officer.move(self.id, "describe_needs", {
            "needs": [{"area": "daily living", "task": word, "times_a_week": 7, "minutes": 60, "staff": 1}],
            "outcomes": [{"key": "swimming", "what": word, "owner": "provider", "measure": word}]})
        self._involve("calculation")
        self.officer.move(self.id, "calculate", {**MODEL, "inputs": INPUTS})

    def _involve(self, purpose):
        self.officer.move(self.id, "record_involvement", {
            "purpose": purpose, "took_part": "with_support", "how": self.pair.shared,
            "supported_by": self.pair.shared, "words": self.pair.shared})

    def _to_approved(self):
        self.officer.move(self.id, "refer_to_panel", {"note": self.pair.private})
        self.panel.move(self.id, "panel_decide", {
            "outcome": "approved", "limit_weekly": money(LIMIT), "reasons": self.pair.private})

    def _to_inviting(self):
        house = self.load.house
        self.officer.move(self.id, "invite", {
            "provider": house.organisations[self.pair.provider_key], "home": house.homes[self.pair.home]})

    def _to_negotiating(self):
        self.provider.move(self.id, "acknowledge", {"contact": self.pair.shared})
        self.counter()

    def counter(self):
        """The next offer, by whoever's turn it is; the other side reads it, and now and again asks."""
        sides = (self.provider, self.officer)
        mine, other = sides[self.turn % 2], sides[(self.turn + 1) % 2]
        # Each moves the fee by a pound, so that each after the first owes the other side a reason.
        mine.move(self.id, "make_offer", {**offered(f"{1600 - self.turn}.00", self.turn > 0, self.pair.shared),
                                          "covering_note": self.pair.shared})
        self.turn += 1
        seen = other.see(self.id)
        assert seen["threads"][-1]["offers"][-1]["state"] == "open", seen["threads"][-1]["offers"]
        if self.turn % 3 == 0:
            other.get("/v1/placements?limit=20")
            other.get(f"/v1/placements/{self.id}/facts?limit=20")
            mine.get("/v1/obligations?owed=to_me&limit=20")

    def digest(self, party):
        return party.see(self.id)["threads"][-1]["offers"][-1]["terms_digest"]

    def _to_signing(self):
        accepts = (self.officer, self.provider)[(self.turn + 1) % 2]
        accepts.move(self.id, "accept", {"terms_digest": self.digest(accepts)})

    def _to_in_force(self):
        self._involve("signature")
        for party in (self.signatory, self.provider):
            party.move(self.id, "sign", {"terms_digest": self.digest(party)})


class Load:
    """base_url: where to ask instead of the house's own daemon, as a proxy's address."""

    def __init__(self, house, threads=4, offers=6, base_url=None):
        self.house, self.threads, self.offers, self.base_url = house, threads, offers, base_url
        self.asked, self.placements = [], []
        self.leaks, self.errors, self.odd = [], [], []
        self.reads = self.reads_lost = self.reads_put_off = 0
        self.lock = threading.Lock()
        self.stopping = threading.Event()
        self.running = []
        self.receipts = [0] * threads
        self.began_at = self.ended_at = None
        self.given_up = False  # the test has failed: nobody waits for answers any more

    # -- What the parties say

    def party(self, who, pair):
        pair = next(p for p in PAIRS if p.name == pair) if isinstance(pair, str) else pair
        return Party(self, who, pair)

    def remember(self, asked):
        with self.lock:
            self.asked.append(asked)
            self.house.known_keys.add(asked.key)
        return asked

    def count_read(self, status):
        with self.lock:
            self.reads += 1
            self.reads_lost += status is None
            self.reads_put_off += status == 503

    def judge(self, status, headers, body, what):
        """The code of a problem. A 500, a 503 without a time to wait or of an unknown kind is odd."""
        try:
            code = json.loads(body).get("code", "")
        except (ValueError, AttributeError):
            code = ""
        known = ("database_away", "outcome_unknown", "timeout", "not_ready", "storage", "busy", "answer_timeout")
        with self.lock:
            if status == 503 and not headers.get("Retry-After"):
                self.odd.append(f"{what}: a 503 without Retry-After: {body[:300]!r}")
            if (status == 503 and code not in known) or (status >= 500 and status != 503) or not code:
                self.odd.append(f"{what}: {status} {body[:300]!r}")
        return code

    # -- Threads

    def start(self):
        self.began_at = time.monotonic()
        for number in range(self.threads):
            thread = threading.Thread(target=self._work, args=(number,), daemon=True)
            self.running.append(thread)
            thread.start()
        return self

    def _work(self, number):
        pair = PAIRS[number % len(PAIRS)]
        try:
            while not self.stopping.is_set():
                negotiation = Negotiation(self, pair, self.offers)
                try:
                    negotiation.walk(self.stopping.is_set)
                finally:
                    negotiation.close()
        except BaseException as error:  # told by the checker, and by whoever waits
            self.errors.append(f"{type(error).__name__}: {error}")

    def stop(self):
        self.stopping.set()
        for thread in self.running:
            thread.join(PATIENCE + ASK_SECONDS)
            assert not thread.is_alive(), "a client does not come to its end"
        if self.running:  # stopped again, it has ended when it did
            self.ended_at = time.monotonic()
        self.running = []

    def moves(self, since=0.0):
        """How many receipts there were since that instant."""
        with self.lock:
            asked = list(self.asked)
        count = 0
        for one in reversed(asked):
            if one.answers and one.answers[-1].at < since and one.receipt:
                break  # those before are older still, but for the few that were asked side by side
            count += one.receipt is not None and one.receipt.at >= since
        return count

    def wait_for_moves(self, more=4, seconds=PATIENCE):
        """Until each client has had so many more receipts, on average."""
        since, deadline = time.monotonic(), time.monotonic() + seconds
        while self.moves(since) < more * max(1, self.threads):
            assert not self.errors, self.errors
            assert time.monotonic() < deadline, f"{self.moves(since)} moves in {seconds} s: the service does not go on"
            time.sleep(0.02)

    def unanswered(self):
        """What is under way for the first time, or is about to be."""
        with self.lock:
            return [one for one in self.asked if not one.answers]

    @property
    def lost(self):
        """Tries at a move that were not answered."""
        with self.lock:
            return sum(one.lost for one in self.asked)

    @property
    def put_off(self):
        """Tries at a move that were answered with 503."""
        with self.lock:
            return sum(a.status == 503 for one in self.asked for a in one.answers)
