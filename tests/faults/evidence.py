"""What is gathered after a run, once, for checker.py to judge.

The requests that were lost are repeated first; then every placement is read by each of its parties from the
running daemon and from a fresh one that has folded nothing yet; then all tables are read. `of_stream` and the
like are the same rows by what they are looked up by.
"""

import collections
import datetime
import hashlib
import json

from support.client import Client

REPEATED_MOST = 60

TABLES = {
    "facts": "select authority_id, stream_id, seq, recorded_at, header, leaf_index, encode(leaf_hash, 'hex') as leaf_hash, body, "
             "encode(nonce, 'hex') as nonce, kind, actor_id, occurred_at from fact order by authority_id, leaf_index",
    "keys": "select user_id, key, encode(request_sha256, 'hex') as request, authority_id, stream_id, first_seq, last_seq, version, "
            "recorded_at from idempotency where first_seq > 0",
    "streams": "select * from stream",
    "heads": "select * from log_head",
    "cursors": "select * from deliver_cursor",
    "seals": "select authority_id, size, encode(root, 'hex') as root from log_seal",
    "checkpoints": "select authority_id, size, encode(root, 'hex') as root, note from log_checkpoint order by authority_id, size",
    "placements": "select * from placement",
    "parties": "select * from placement_party",
    "obligations": "select * from obligation",
    "deliveries": "select id, authority_id, placement_id, recipient_id, channel, target, kind, leaf_index, obligation_seq, "
                  "obligation_n, due_at, reminder, state, attempts, dispatch_id, case channel when 'webhook' then body end as document "
                  "from delivery",
    "attempts": "select dispatch_id, attempt, address, outcome, status from delivery_attempt order by dispatch_id, attempt",
    "organisations": "select id, email, name from organisation",
}


def instant(text):
    """An instant of the API or of SQL, comparable; None stays."""
    return datetime.datetime.fromisoformat(text) if text else None


class Evidence:
    def __init__(self, trial):
        self.trial, self.house, self.load, self.watch = trial, trial.house, trial.load, trial.watch
        self.repeats = []  # (Asked, [Answer, Answer])
        self._repeat_lost()
        trial.rest()
        self._read_tables()
        self._serve_all()
        self._read_views()
        self.mails = [message for sink in self.house.sinks for message in sink.messages]
        self.requests = [request for receiver in self.house.receivers for request in receiver.requests]

    # -- Requests again

    def _repeat_lost(self):
        """Each request that once had no answer, or a 503, and some others: the same key twice more."""
        asked = [one for one in self.load.asked if not (one.last and one.last.status and 400 <= one.last.status < 500)]
        troubled = [one for one in asked if any(a.status in (None, 503) for a in one.answers) or not one.receipt]
        others = [one for one in asked if one.receipt][:: max(1, len(asked) // 10)]
        clients = {}
        for one in (troubled[-REPEATED_MOST:] + others):
            key = (one.who, one.pair)
            if key not in clients:
                clients[key] = self.load.party(*key)
            self.repeats.append((one, [clients[key].insist(one), clients[key].insist(one)]))
        for client in clients.values():
            client.close()

    # -- The database

    def _read_tables(self):
        for name, sql in TABLES.items():
            setattr(self, name, self.house.cluster.psql_json(sql, self.house.database))
        self.respread()

    def _serve_all(self):
        """Whoever opens a placement is served by that what no e-mail brought, which is an entry, and is told: so that
        is done before views are compared with tables."""
        unserved = {fact["stream_id"] for fact in self.facts if fact["kind"] == "not_served"}
        clients, count = {}, 0
        while unserved and count != len(self.facts):
            count = len(self.facts)
            for placement, _, who in self._readers():
                if placement in unserved:
                    clients.setdefault(who, Client(self.house.daemon.base_url, self.house.tokens[who]))
                    clients[who].get(f"/v1/placements/{placement}", expect=None)
            self.trial.rest()
            self._read_tables()
        for client in clients.values():
            client.close()

    def respread(self):
        """The rows by what they are looked up by."""
        self.organisation = {row["id"]: row for row in self.organisations}
        self.of_stream = collections.defaultdict(list)
        for fact in self.facts:
            fact["data"] = json.loads(fact["body"])
            self.of_stream[fact["stream_id"]].append(fact)
        for facts in self.of_stream.values():
            facts.sort(key=lambda fact: fact["seq"])
        self.leaves_of = collections.defaultdict(list)
        for fact in self.facts:  # in the order of the log
            self.leaves_of[fact["authority_id"]].append(bytes.fromhex(fact["leaf_hash"]))
        self.key_rows = {row["key"]: row for row in self.keys}
        self.kind_of_stream = {row["stream_id"]: row["kind"] for row in self.streams}
        self.obligations_of = collections.defaultdict(dict)
        for row in self.obligations:
            self.obligations_of[row["stream_id"]][(row["seq"], row["n"])] = row

    # -- What the parties see

    def _readers(self):
        """(placement, party row, token name) of everybody who has a token."""
        who = {}
        for pair in self.load_pairs():
            who[self.house.organisations[pair.council]] = pair.officer
            who[self.house.organisations[pair.provider_key]] = pair.provider
        known = {row["id"] for row in self.placements}
        return [(row["placement_id"], row, who[row["organisation_id"]]) for row in self.parties
                if row["organisation_id"] in who and row["placement_id"] in known]

    @staticmethod
    def load_pairs():
        from load import PAIRS
        return PAIRS

    def _read_views(self):
        """(organisation, placement) -> bytes of the view before and from a fresh daemon, and the history."""
        self.before, self.after, self.history = {}, {}, {}
        fresh = self.house.twin(jobs=False)
        fresh.start()
        try:
            old, new = {}, {}
            for placement, row, who in self._readers():
                for clients, daemon in ((old, self.house.daemon), (new, fresh)):
                    if who not in clients:
                        clients[who] = Client(daemon.base_url, self.house.tokens[who], timeout=30)
                place = (row["organisation_id"], placement)
                path = f"/v1/placements/{placement}"
                self.before[place] = old[who].get(path, expect=None)
                self.after[place] = new[who].get(path, expect=None)
                self.history[place] = list(new[who].pages(f"{path}/facts", limit=200))
            for client in [*old.values(), *new.values()]:
                client.close()
        finally:
            fresh.stop()


def request_digest(path, body):
    """As the service keeps it beside the key."""
    return hashlib.sha256(f"POST {path}\n".encode() + body).hexdigest()
