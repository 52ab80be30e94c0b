"""What must hold after every run, whatever was broken in it.

    evidence = checker.Evidence(trial)         gathers all there is to look at, once (evidence.py)
    checker.I4_each_fact_is_told_once(evidence)  -> a list of sentences; empty: it holds
    checker.CHECKS                             all of them, in order; Trial runs them and fails with what they say

A trial may leave one out where the fault itself takes away what it looks at (checks=[...]). Each function is
independent, written from the words of the design, and shares no code with the service.
"""

import base64
import collections
import glob
import hashlib
import hmac
import json
import os
import re

import load as load_words
from evidence import Evidence, instant, request_digest  # noqa: F401  Evidence is part of this module's face

FACT_OF = {  # the kind that a move leaves behind
    "open_placement": "placement_opened", "describe_needs": "needs_described", "record_involvement": "involvement_recorded",
    "calculate": "calculated", "refer_to_panel": "panel_referred", "panel_decide": "panel_decided", "invite": "invited",
    "acknowledge": "acknowledged", "decline": "declined", "ask": "asked", "answer": "answered", "make_offer": "offer_made",
    "withdraw_offer": "offer_withdrawn", "accept": "accepted", "reject": "rejected", "sign": "signed",
    "confirm_start": "start_confirmed", "hold_review": "review_held", "withdraw": "withdrawn", "send_message": "message_sent",
}
MAILBOX = "00000000-0000-0000-0000-000000000000"
TERMINAL = ("sent", "delivered", "failed", "unknown")
RESIDENT_MORE = {"asan": 600, "release": 64}  # MiB; the sanitizer keeps what was freed for a while


def I1_each_receipt_is_in_the_ledger_once(e):
    told = []
    for one in e.load.asked:
        if one.receipt is None:
            continue
        receipt, row = one.receipt.json, e.key_rows.get(one.key)
        what = f"{one.move} by {one.who} with key {one.key}"
        if row is None:
            told.append(f"{what} was answered with {one.receipt.status}, and its key is not there")
            continue
        if row["request"] != request_digest(one.path, one.body):
            told.append(f"{what}: the key is there for another request")
        if (row["stream_id"], f"v{row['version']}") != (receipt["placement"], receipt["version"]) \
                or instant(row["recorded_at"]) != instant(receipt["recorded_at"]):
            told.append(f"{what}: the receipt {receipt} is not what is stored: {row}")
        facts = [f for f in e.of_stream[row["stream_id"]] if row["first_seq"] <= f["seq"] <= row["last_seq"]]
        if len(facts) != row["last_seq"] - row["first_seq"] + 1 or not facts:
            told.append(f"{what}: entries {row['first_seq']} to {row['last_seq']} are not all in the ledger")
        elif facts[0]["kind"] != FACT_OF[one.move] or facts[0]["actor_id"] != e.house.users[one.who]:
            told.append(f"{what}: the ledger has {facts[0]['kind']} by {facts[0]['actor_id']} there")
        elif instant(facts[0]["recorded_at"]) != instant(receipt["recorded_at"]):
            told.append(f"{what}: the ledger has another time than the receipt")
    return told


def I2_no_answer_means_absent_or_there_once(e):
    told = []
    for key, row in e.key_rows.items():
        if key not in e.house.known_keys:
            told.append(f"key {key} is in the database, and no client sent it: {row}")
    for one in e.load.asked:
        last = one.last
        if last and last.status and 400 <= last.status < 500 and one.key in e.key_rows:
            told.append(f"{one.move} by {one.who} was refused with {last.status} {last.code}, and yet it was recorded")
        receipts = {a.body for a in one.answers if a.status in (200, 201)}
        if len(receipts) > 1:
            told.append(f"{one.move} by {one.who} with key {one.key} had {len(receipts)} different receipts: {receipts}")
    for one, answers in e.repeats:
        if answers[0].status not in (200, 201) or answers[0].body != answers[1].body:
            told.append(f"{one.move} by {one.who} with key {one.key}, repeated at the end: {answers}")
    covered = collections.Counter()
    for row in e.keys:
        covered.update((row["stream_id"], seq) for seq in range(row["first_seq"], row["last_seq"] + 1))
    for fact in e.facts:
        times = covered[(fact["stream_id"], fact["seq"])]
        if times != (0 if fact["actor_id"] is None else 1):
            told.append(f"{fact['kind']} at {fact['stream_id']} entry {fact['seq']} belongs to {times} requests")
    return told


def I3_streams_have_no_gap(e):
    told = []
    for stream in e.streams:
        seqs = [fact["seq"] for fact in e.of_stream[stream["stream_id"]]]
        if seqs != list(range(1, stream["seq"] + 1)):
            told.append(f"stream {stream['stream_id']} says {stream['seq']}, and has entries {seqs}")
    for stream in e.of_stream.keys() - {row["stream_id"] for row in e.streams}:
        told.append(f"entries of {stream} have no stream")
    for row in e.parties:
        place = (row["organisation_id"], row["placement_id"])
        entries = [item["entry"] for item in e.history.get(place, [])]
        if place in e.history and entries != list(range(1, row["entries"] + 1)):
            told.append(f"a party with {row['entries']} entries is shown {entries}")
    organisation_of = {}
    for pair in load_words.PAIRS:
        for who in (pair.officer, pair.panel, pair.signatory):
            organisation_of[who] = e.house.organisations[pair.council]
        organisation_of[pair.provider] = e.house.organisations[pair.provider_key]
    shown = collections.defaultdict(list)
    for one in e.load.asked:
        if one.receipt:
            receipt = one.receipt.json
            shown[(organisation_of[one.who], receipt["placement"])].append((receipt["entries"], receipt["version"], one))
    for place, receipts in shown.items():
        receipts.sort(key=lambda item: item[0])
        versions = [int(version[1:]) for _, version, _ in receipts]
        if versions != sorted(versions):
            told.append(f"versions of {place} in the order of their entries: {versions}")
        for entries, _, one in receipts:
            found = [item["kind"] for item in e.history.get(place, []) if item["entry"] in entries]
            if len(found) != len(entries) or FACT_OF[one.move] not in found:
                told.append(f"the receipt of {one.move} by {one.who} names entries {entries}, which are {found}")
        numbers = [number for entries, _, _ in receipts for number in entries]
        if len(numbers) != len(set(numbers)):
            told.append(f"two receipts of {place} name one entry: {sorted(numbers)}")
    return told


def without_log(body):
    """How far the log is sealed goes out with it, as it was known a moment ago."""
    return re.sub(rb',"log":\{[^{}]*\}\}$', b"}", body)


def I3_folding_again_gives_what_is_stored(e):
    told = []
    placements = {row["id"]: row for row in e.placements}
    for row in e.parties:
        place = (row["organisation_id"], row["placement_id"])
        if place not in e.after:
            continue
        before, after = e.before[place], e.after[place]
        if after.status != 200 or without_log(before.body) != without_log(after.body):
            told.append(f"{place} is shown otherwise by a fresh daemon: {before} and {after}"[:1500])
            continue
        view, placement = after.json, placements[row["placement_id"]]
        told += _columns(row, placement, view)
        if row["side"] == "commissioner":
            told += _obligation_rows(e.obligations_of[row["placement_id"]], view)
    return told


def _columns(row, placement, view):
    owed = [o for o in view["obligations"] if o["state"] == "open" and o.get("owed_by_organisation") == row["organisation_id"]]
    dues = [instant(o["due_at"]) for o in owed if o.get("due_at")]
    agreements = view.get("agreements") or []
    # The strand that lists show: the one agreed, or the one that is open.
    strand = next((t for t in reversed(view.get("threads", [])) if t["state"] in ("open", "agreed")), {})
    wanted = {
        "stage": (row["stage"], view["stage"]),
        "version": (f"v{row['version']}", view["version"]),
        "entries": (row["entries"], view["entries"]),
        "next_due_at": (instant(row["next_due_at"]), min(dues, default=None)),
        "overdue": (row["overdue"], any(o.get("missed_at") for o in owed)),
        "reference": (placement["reference"], view["reference"]),
        "provider": (placement["provider_id"], strand.get("provider")),
        "home": (placement["home_id"], strand.get("home")),
        "weekly": (placement["weekly_p"], agreements[-1]["weekly"]["amount"] if agreements else None),
    }
    if row["side"] == "commissioner":
        wanted["placement's stage"] = (placement["stage"], view["stage"])
    return [f"{name} of {row['placement_id']} is stored as {stored} and folds to {folded}"
            for name, (stored, folded) in wanted.items() if stored != folded]


def _obligation_rows(rows, view):
    shown = {tuple(int(part) for part in o["id"].split(".")): o for o in view["obligations"]}
    told = [f"obligation {place} is stored and not shown, or the other way about" for place in rows.keys() ^ shown.keys()]
    for place in rows.keys() & shown.keys():
        row, o = rows[place], shown[place]
        stored = (row["kind"], row["owed_by"], row["owed_by_id"], row["state"], instant(row["due_at"]))
        folded = (o["duty"], o["owed_by"], o.get("owed_by_organisation"), o["state"], instant(o.get("due_at")))
        if stored != folded:
            told.append(f"obligation {place} is stored as {stored} and folds to {folded}")
        if (row["next_at"] is not None) and row["state"] != "open":
            told.append(f"obligation {place} is {row['state']}, and time still looks at it")
    return told


def I3_one_offer_is_accepted_and_only_while_it_stands(e):
    told = []
    for stream, facts in e.of_stream.items():
        standing, accepted = {}, collections.Counter()
        for fact in facts:
            body, kind = fact["data"], fact["kind"]
            data, thread, where = body["data"], body.get("thread"), f"entry {fact['seq']} of {stream}"
            if kind == "offer_made":
                standing[thread] = (data["number"], data["terms_digest"], data["side"])
            elif kind in ("offer_withdrawn", "rejected"):
                if standing.pop(thread, (None,))[0] != data["number"]:
                    told.append(f"{where}: {kind} of an offer that did not stand")
            elif kind == "lapsed" and data["duty"] in ("offer_stands", "round_stands"):
                standing.pop(thread, None)
            elif kind == "lapsed" and data["duty"] == "acceptance_stands":
                accepted[body.get("round")] -= 1
            elif kind == "accepted":
                number, digest, side = standing.pop(thread, (None, None, None))
                if (number, digest) != (data["number"], data["terms_digest"]):
                    told.append(f"{where}: an acceptance of offer {data['number']} while offer {number} stands")
                if side == body["actor"]["side"]:
                    told.append(f"{where}: {side} accepted its own offer")
                accepted[body.get("round")] += 1
                if accepted[body.get("round")] > 1:
                    told.append(f"{where}: a second offer is accepted in round {body.get('round')}")
    return told


def I4_each_fact_is_told_once(e):
    told = []
    made = collections.Counter((d["authority_id"], d["leaf_index"], d["recipient_id"], d["channel"], d["target"])
                               for d in e.deliveries if d["leaf_index"] is not None)
    told += [f"delivery {place} was made {times} times" for place, times in made.items() if times > 1]
    told += [f"delivery {d['id']} ({d['channel']}, {d['kind']}) is still {d['state']}"
             for d in e.deliveries if d["state"] not in TERMINAL]
    cursors = {row["authority_id"]: row["next_index"] for row in e.cursors}
    told += [f"the log of {h['authority_id']} has {h['size']} entries, and {cursors.get(h['authority_id'], 0)} are told"
             for h in e.heads if h["size"] != cursors.get(h["authority_id"], 0)]
    seen_by = collections.defaultdict(set)
    for (organisation, placement), items in e.history.items():
        for item in items:
            seen_by[(placement, item["kind"], instant(item["recorded_at"]))].add(organisation)
    since = {(row["organisation_id"], row["placement_id"]): instant(row["since"]) for row in e.parties}
    wanted = set()
    for fact in e.facts:
        if e.kind_of_stream.get(fact["stream_id"]) != "placement" or fact["actor_id"] is None:
            continue
        at, by = instant(fact["recorded_at"]), fact["data"]["actor"].get("organisation")
        for organisation in seen_by[(fact["stream_id"], fact["kind"], at)]:
            if since[(organisation, fact["stream_id"])] > at:
                continue
            place = (fact["authority_id"], fact["leaf_index"], organisation)
            wanted.add((*place, "service", MAILBOX))
            if organisation != by and e.organisation[organisation]["email"]:
                wanted.add((*place, "email", MAILBOX))
            wanted.update((*place, "webhook", hook.id) for hook in e.house.hooks if hook.organisation == organisation)
    by_time = {(f["authority_id"], f["leaf_index"]) for f in e.facts if f["actor_id"] is None}
    unsteady = {hook.id for hook in e.house.hooks if not hook.steady}
    told += [f"nobody was told: {place}" for place in wanted - made.keys() if place[-1] not in unsteady]
    told += [f"told without need: {place}" for place in made.keys() - wanted if place[:2] not in by_time]
    return told


def I4_what_left_came_once_or_as_often_as_its_end_was_not_seen(e):
    """As many copies as were seen to be taken, and one more for each try whose end nobody saw."""
    seen, unseen, tries = collections.Counter(), collections.Counter(), collections.Counter()
    for attempt in e.attempts:
        tries[attempt["dispatch_id"]] += 1
        seen[attempt["dispatch_id"]] += attempt["outcome"] == "taken"
        unseen[attempt["dispatch_id"]] += attempt["outcome"] != "taken" and attempt["status"] is None
    mails, requests = _by_id(e.mails, mail_id), _by_id(e.requests, lambda request: request.id)
    taken = {**mails, **_by_id([r for r in e.requests if r.taken], lambda request: request.id)}
    told = [f"{name} came {len(copies)} times; {seen[name]} tries were seen to be taken, of {unseen[name]} nobody saw the end"
            for name, copies in taken.items() if not seen[name] <= len(copies) <= seen[name] + unseen[name]]
    told += [f"{name} was sent {len(copies)} times in {tries[name]} tries" for name, copies in requests.items()
             if len(copies) > tries[name]]
    told += [f"delivery {d['id']} ({d['channel']}) is marked {d['state']}, and never came" for d in e.deliveries
             if (d["channel"], d["state"]) in (("email", "sent"), ("webhook", "delivered")) and d["dispatch_id"] not in taken]
    return told + _mails(e, mails) + _requests(e, requests)


def mail_id(message):
    return message.message_id.strip("<>").split("@")[0]


def _by_id(came, name):
    copies = collections.defaultdict(list)
    for one in came:
        copies[name(one)].append(one)
    return copies


def _mails(e, mails):
    ours = {d["dispatch_id"] for d in e.deliveries if d["channel"] == "email"}
    went = {(attempt["dispatch_id"], attempt["address"]) for attempt in e.attempts}
    told = [f"e-mail {name} is no delivery's" for name in mails.keys() - ours]
    told += [f"e-mail {name} came to {message.to}, where no try went" for name, copies in mails.items() for message in copies
             if name in ours and not {(name, to) for to in message.to} <= went]
    return told + [f"e-mail {name} has other words at another try" for name, copies in mails.items()
                   if len({message.raw for message in copies}) > 1]


def _requests(e, requests):
    hooks = {hook.path: hook for hook in e.house.hooks}
    rows = {d["dispatch_id"]: d for d in e.deliveries if d["channel"] == "webhook"}
    told = []
    for name, copies in requests.items():
        for one in copies:
            if one.path not in hooks or name not in rows:
                told.append(f"request {name} came to {one.path}, and nobody is to be told anything there")
                continue
            if rows[name]["target"] != hooks[one.path].id:
                told.append(f"request {name} was for another webhook than {one.path}")
            if one.body.decode() != rows[name]["document"]:
                told.append(f"request {name} has another body than what is kept")
            if signature(hooks[one.path].secret, one) not in one.signatures:
                told.append(f"request {name} is not signed with its webhook's secret")
    return told


def signature(secret, request):
    """As Standard Webhooks has it."""
    words = f"{request.id}.{request.headers['webhook-timestamp']}.".encode() + request.body
    made = hmac.digest(base64.b64decode(secret.removeprefix("whsec_")), words, "sha256")
    return "v1," + base64.b64encode(made).decode()


def I5_an_obligation_ends_once_and_is_missed_at_most_once(e):
    told = []
    for stream, facts in e.of_stream.items():
        opened, ended, due, missed = {}, {}, {}, collections.Counter()
        for fact in facts:
            body, where = fact["data"], f"entry {fact['seq']} of {stream}"
            for o in body.get("opens", []):
                opened[(fact["seq"], o["n"])] = o["duty"]
                due[(fact["seq"], o["n"])] = o.get("due_at")
            for change in body.get("changes", []):
                due[(change["entry"], change["n"])] = change.get("new_due_at")
            for closed in body.get("closes", []):
                place = (closed["entry"], closed["n"])
                if place in ended:
                    told.append(f"{where} ends obligation {place} again: {ended[place]}, now {closed['state']}")
                if place not in opened:
                    told.append(f"{where} ends obligation {place}, which never began")
                ended[place] = closed["state"]
            if fact["kind"] in ("missed", "lapsed"):
                place = (body["data"]["entry"], body["data"]["n"])
                if {instant(body["data"]["due_at"]), instant(fact["occurred_at"])} != {instant(due.get(place))}:
                    told.append(f"{where}: {fact['kind']} of {place} carries {body['data']['due_at']}, due {due.get(place)}")
                missed[place] += fact["kind"] == "missed"
        told += [f"obligation {place} of {stream} was missed {times} times" for place, times in missed.items() if times > 1]
        if e.kind_of_stream.get(stream) == "placement":
            told += _stored_obligations(e.obligations_of[stream], opened, ended, due)
    return told


def _stored_obligations(rows, opened, ended, due):
    folded = {place: (duty, ended.get(place, "open"), instant(due[place])) for place, duty in opened.items()}
    stored = {place: (row["kind"], row["state"], instant(row["due_at"])) for place, row in rows.items()}
    return [f"obligation {place} is stored as {stored.get(place)} and folds from the bodies to {folded.get(place)}"
            for place in stored.keys() | folded.keys() if stored.get(place) != folded.get(place)]


def I6_the_chain_and_the_log_hold(e):
    told = []
    previous = {}
    for stream, facts in e.of_stream.items():
        for fact in facts:
            where, header = f"entry {fact['seq']} of {stream}", json.loads(fact["header"])
            if header["prev"] != previous.get(stream, "0" * 64):
                told.append(f"{where}: its header does not follow the one before")
            leaf = hashlib.sha256(b"\0" + fact["header"].encode()).hexdigest()
            if leaf != fact["leaf_hash"]:
                told.append(f"{where}: the leaf's hash is not that of its header")
            body = hashlib.sha256(bytes.fromhex(fact["nonce"]) + fact["body"].encode()).hexdigest()
            if body != header["body_digest"]:
                told.append(f"{where}: the body's digest is not that of its body")
            if (header["seq"], header["stream"], header["authority"]) != (fact["seq"], stream, fact["authority_id"]) \
                    or instant(header["recorded_at"]) != instant(fact["recorded_at"]):
                told.append(f"{where}: header and row differ")
            copies = (fact["data"]["kind"], fact["data"]["actor"].get("user"), instant(fact["data"]["occurred_at"]))
            if copies != (fact["kind"], fact["actor_id"], instant(fact["occurred_at"])):
                told.append(f"{where}: body and copies differ")
            previous[stream] = leaf
        times = [instant(fact["recorded_at"]) for fact in facts]
        if times != sorted(times):
            told.append(f"{stream}: entries are not in the order of their times")
    leaves = collections.defaultdict(list)
    for fact in e.facts:
        leaves[fact["authority_id"]].append(fact["leaf_index"])
    for head in e.heads:
        if sorted(leaves[head["authority_id"]]) != list(range(head["size"])):
            told.append(f"the log of {head['authority_id']} says {head['size']}, and has {len(leaves[head['authority_id']])} leaves")
    return told


class Tree:
    """A Merkle tree's root as leaves are added: the complete subtrees that there are."""

    def __init__(self):
        self.size, self.subtrees = 0, []

    def add(self, leaf):
        at = self.size
        while at & 1:
            leaf, at = hashlib.sha256(b"\1" + self.subtrees.pop() + leaf).digest(), at >> 1
        self.subtrees.append(leaf)
        self.size += 1

    def root(self):
        root = self.subtrees[-1] if self.subtrees else hashlib.sha256(b"").digest()
        for left in reversed(self.subtrees[:-1]):
            root = hashlib.sha256(b"\1" + left + root).digest()
        return root.hex()


def I6_what_was_signed_is_of_these_entries(e):
    told = []
    sealed = {row["authority_id"]: (row["size"], row["root"]) for row in e.seals}
    for authority, leaves in e.leaves_of.items():
        tree, newest = Tree(), None
        for row in [row for row in e.checkpoints if row["authority_id"] == authority]:
            while tree.size < min(row["size"], len(leaves)):
                tree.add(leaves[tree.size])
            newest = (row["size"], row["root"])
            if newest != (tree.size, tree.root()):
                told.append(f"the log of {authority}: the checkpoint of {row['size']} is not of its entries")
            if f"\n{row['size']}\n{base64.b64encode(bytes.fromhex(row['root'])).decode()}\n\n" not in row["note"]:
                told.append(f"the log of {authority}: the note of {row['size']} says something else")
        if sealed.get(authority) != newest or newest is None or newest[0] != len(leaves):
            told.append(f"the log of {authority} is sealed to {sealed.get(authority)}, of {len(leaves)} entries")
    return told


def I7_no_word_of_one_tenant_reached_another(e):
    told = sorted(set(e.load.leaks))
    owner = {}
    for pair in load_words.PAIRS:
        owner[e.house.organisations[pair.council]] = owner[e.house.organisations[pair.provider_key]] = pair
    for place, answer in e.after.items():
        for pair in load_words.PAIRS:
            if pair is not owner[place[0]] and (pair.shared.encode() in answer.body or pair.private.encode() in answer.body):
                told.append(f"the view of {place} says a word of {pair.name}")
    return told


def I8_nothing_is_held_on_to(e):
    baseline, told = e.watch.baseline, []
    descriptors, resident, sessions = e.watch.settled_sizes(baseline[0] + 2)
    if descriptors > baseline[0] + 2:
        told.append(f"{descriptors} descriptors are open; before there were {baseline[0]}")
    if sessions != baseline[2]:
        told.append(f"PostgreSQL has {sessions} sessions of the service; before there were {baseline[2]}")
    more = RESIDENT_MORE["asan" if "asan" in e.house.daemon.binary else "release"]
    if resident > baseline[1] + more:
        told.append(f"{resident:.0f} MiB are resident; before there were {baseline[1]:.0f}")
    return told + [f"idle in a transaction for more than five seconds: {what}" for what in sorted(set(e.watch.idle))]


def I9_no_personal_word_or_secret_is_told(e):
    secrets = {**{word: "a personal word" for word in load_words.WORDS}, "1971-02-03": "a date of birth"}
    secrets.update({token: f"the token of {who}" for who, token in e.house.tokens.items()})
    with open(e.house.daemon.config["master_key_file"], encoding="ascii") as file:
        secrets[file.read().strip()] = "the master key"
    places = {"the log": "\n".join(json.dumps(line, ensure_ascii=False) for line in e.house.daemon.all_lines)}
    places["a message"] = "\n".join(m.raw.decode(errors="replace") for m in e.mails)
    places["a request"] = "\n".join(request.body.decode(errors="replace") for request in e.requests)
    places["a fact"] = "\n".join(fact["body"] + fact["header"] for fact in e.facts)
    told = [f"{what} stands in {place}" for secret, what in secrets.items() for place, text in places.items() if secret in text]
    return told + [f"a core file was left: {path}" for folder in (e.house.daemon.folder, os.getcwd())
                   for path in glob.glob(os.path.join(folder, "core*")) if os.path.isfile(path)]


def I10_it_ended_only_by_our_hand_and_readiness_told_the_truth(e):
    daemon, told = e.house.daemon, []
    if not daemon.running():
        told.append(f"the daemon has ended by itself with {daemon.process and daemon.process.returncode}")
    told += [f"the daemon ended with {code}, and {wanted} was expected" for code, wanted in daemon.ends if code != wanted]
    told += sorted(set(f"an odd answer: {odd}" for odd in e.load.odd)) + [f"a client: {error}" for error in e.load.errors]
    told += [f"the log says: {line.get('raw') or line['message']}" for line in daemon.all_lines[e.trial.log_from:]
             if line.get("level") == "error" or "raw" in line]
    moved = sorted(one.receipt.at for one in e.load.asked if one.receipt)
    for asked, answered, path, status in e.watch.probes:
        kind = e.watch.kind_at(asked, answered)
        if status is None:
            if kind is not None:
                told.append(f"{path} was not answered, {answered - asked:.1f} s")
        elif path == "/livez" and status != 200:
            told.append(f"/livez said {status}")
        elif path == "/readyz" and kind and status != {"calm": 200, "away": 503}[kind]:
            told.append(f"/readyz said {status} while the service was {kind}")
        elif path == "/readyz" and kind == "calm" and _load_ran(e.load, asked) and \
                not any(asked - 5 < at < asked + 5 for at in moved):
            told.append("/readyz said 200, and no move succeeded within five seconds of it")
    return told


def _load_ran(load, at):
    return load.threads and load.began_at and load.began_at + 5 < at < (load.ended_at or at) - 5


CHECKS = [value for name, value in list(globals().items()) if name.startswith("I") and name[1:2].isdigit()]
