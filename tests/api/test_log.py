"""The log: what is recorded is sealed within a moment, and whoever has a part in it can check it with a public key alone."""

import base64
import json
import os
import subprocess
import time
import uuid

import pytest

from support.daemon import Daemon, DaemonError, write_log_key
from support.log import Checkpoint, Proof, grown, leaf_of, root_of


def log_of(house, who, what, expect=200, authority="council", **query):
    return house.client(who).get(f"/v1/log/{house.organisations[authority]}/{what}", expect, **query)


def leaves_of(house, authority="council"):
    rows = house.cluster.psql("select encode(leaf_hash, 'hex') from fact where authority_id = "
                              f"'{house.organisations[authority]}' order by leaf_index", house.database)
    return [bytes.fromhex(row[0]) for row in rows]


def newest(house, who="OFFICER", authority="council"):
    return Checkpoint(log_of(house, who, "checkpoint", authority=authority).text)


def headers_of(house, who, case):
    return list(house.client(who).pages(f"/v1/log/{house.organisations['council']}/headers", placement=case.id))


@pytest.fixture(scope="module")
def sealed(live):
    case = live.journey("negotiating")
    live.wait_sealed()
    return case


# -- Checking it

def test_a_checkpoint_is_signed_over_every_entry_there_is(live, sealed):
    checkpoint, leaves = newest(live), leaves_of(live)
    assert checkpoint.verified(log_of(live, "OFFICER", "keys").text)
    assert checkpoint.origin == f"127.0.0.1/log/{live.organisations['council']}"
    assert (checkpoint.size, checkpoint.root) == (len(leaves), root_of(leaves))
    assert not Checkpoint(checkpoint.note.replace(f"\n{checkpoint.size}\n", f"\n{checkpoint.size + 1}\n", 1)).verified(
        log_of(live, "OFFICER", "keys").text)


def test_each_entry_that_a_party_sees_is_proven_to_it_by_its_own_number(live, sealed):
    keys = log_of(live, "PROVIDER", "keys").text
    for who in ("OFFICER", "PROVIDER"):
        headers = headers_of(live, who, sealed)
        facts = list(live.client(who).pages(f"/v1/placements/{sealed.id}/facts"))
        assert [header["entry"] for header in headers] == [fact["entry"] for fact in facts]
        for header in headers:
            proof = Proof(log_of(live, who, "proof", placement=sealed.id, entry=header["entry"]).text)
            assert proof.index == header["leaf_index"] and proof.holds(header["header"])
            assert not proof.holds(header["header"] + " ")
        assert proof.checkpoint.verified(keys)


def test_a_header_says_nothing_but_that_something_was_recorded(live, sealed):
    for header in headers_of(live, "PROVIDER", sealed):
        assert set(json.loads(header["header"])) == {"v", "authority", "stream", "seq", "prev", "recorded_at", "body_digest"}


def test_headers_come_a_page_at_a_time(live, sealed):
    everything = headers_of(live, "OFFICER", sealed)
    pages = list(live.client("OFFICER").pages(f"/v1/log/{live.organisations['council']}/headers", placement=sealed.id, limit=2))
    assert pages == everything and len(everything) > 4


def test_the_log_is_shown_to_begin_with_what_it_was_at_every_size(live, sealed):
    checkpoint, leaves = newest(live), leaves_of(live)
    for size in range(checkpoint.size + 1):
        answer = log_of(live, "PROVIDER", "consistency", **{"from": size}).json
        path = [base64.b64decode(line) for line in answer["hashes"]]
        assert (answer["from"], answer["to"], answer["checkpoint"]) == (size, checkpoint.size, checkpoint.note)
        assert grown(size, root_of(leaves[:size]), checkpoint.size, checkpoint.root, path)
        middle = log_of(live, "PROVIDER", "consistency", **{"from": size // 2}, to=max(size, 1)).json
        path = [base64.b64decode(line) for line in middle["hashes"]]
        assert grown(size // 2, root_of(leaves[:size // 2]), max(size, 1), root_of(leaves[:max(size, 1)]), path)


def test_what_a_party_reads_of_its_agreements_and_reviews_tells_how_far_the_log_is(rehearsal):
    house = rehearsal("2026-05-18 10:00")
    case = house.journey("in_force", start="2026-05-18")
    case.move("OFFICER", "confirm_start", started="2026-05-18")
    house.wait_sealed()
    checkpoint = newest(house)
    assert checkpoint.origin.startswith("rehearsal.") and checkpoint.verified(log_of(house, "OFFICER", "keys").text)
    told = {"origin": checkpoint.origin, "size": checkpoint.size, "root": base64.b64encode(checkpoint.root).decode()}
    deadline = time.monotonic() + 60
    while case.see("PROVIDER").get("log") != told:
        assert time.monotonic() < deadline, "the newest size does not go out"
        time.sleep(0.05)
    assert case.see("OFFICER")["log"] == told and "log" not in house.journey("opened").see("OFFICER")
    rows = house.client("OFFICER").get("/v1/reviews").json["items"]
    assert rows and rows[0]["log"]["origin"] == checkpoint.origin and rows[0]["log"]["size"] >= checkpoint.size


# -- Who may

def test_another_council_and_a_provider_without_a_placement_there_find_nothing(live, sealed):
    for who in ("OFFICER2", "PROVIDER2"):
        for what, query in (("checkpoint", {}), ("keys", {}), ("consistency", {"from": 0}), ("headers", {"placement": sealed.id}),
                            ("proof", {"placement": sealed.id, "entry": 1})):
            log_of(live, who, what, 404, **query)
    log_of(live, "OFFICER", "checkpoint", 404, authority="southmere")


def test_an_entry_of_another_log_is_not_found_in_this_one(live, sealed):
    other = live.southmere("negotiating")
    live.wait_sealed()
    log_of(live, "PROVIDER", "headers", placement=other.id, authority="southmere")
    log_of(live, "PROVIDER", "headers", 404, placement=other.id)
    log_of(live, "PROVIDER", "proof", 404, placement=sealed.id, entry=1, authority="southmere")


def test_what_makes_no_sense_is_refused(live, sealed):
    beyond = newest(live).size + 1
    log_of(live, "OFFICER", "proof", 404, placement=sealed.id, entry=9999)
    log_of(live, "OFFICER", "proof", 404, placement=uuid.uuid4(), entry=1)
    for query in ({}, {"placement": sealed.id}, {"entry": 1}, {"placement": "x", "entry": 1}, {"placement": sealed.id, "entry": 0}):
        log_of(live, "OFFICER", "proof", 400, **query)
    for query in ({}, {"from": "x"}, {"from": -1}, {"from": 3, "to": 2}, {"from": 0, "to": 0}, {"from": 1 << 62}):
        log_of(live, "OFFICER", "consistency", 400, **query)
    for query in ({"from": beyond + 1000}, {"from": 0, "to": beyond + 1000}):
        answer = log_of(live, "OFFICER", "consistency", 409, **query)
        assert answer.code == "not_sealed_yet" and answer.headers["Retry-After"] == "1"
    live.client("OFFICER").get("/v1/log/nothing/checkpoint", 404)


# -- Keys

def test_after_a_new_key_old_checkpoints_verify_on(live, sealed, tmp_path):
    live.wait_sealed()
    before, old_keys = newest(live), log_of(live, "OFFICER", "keys").text
    os.rename(live.daemon.config["log_key_file"], tmp_path / "old.pem")
    write_log_key(live.daemon.config["log_key_file"])
    live.daemon.reload()
    live.daemon.wait_for_line(lambda line: line.get("message") == "Reference data was read again")
    live.journey("opened")
    live.wait_sealed()
    after, keys = newest(live), log_of(live, "OFFICER", "keys").text
    assert keys.startswith(old_keys) and len(keys.splitlines()) == len(old_keys.splitlines()) + 1
    assert before.verified(keys) and after.verified(keys)
    assert before.verified(old_keys) and not after.verified(old_keys)
    printed = live.daemon.run("log-keys", "--authority", live.organisations["council"]).stdout
    assert printed == keys


def test_a_new_key_is_made_for_its_owner_alone_and_never_over_another(binary, tmp_path):
    path = tmp_path / "log.pem"
    done = subprocess.run([binary, "log-key", str(path)], capture_output=True, text=True, check=True)
    assert path.stat().st_mode & 0o777 == 0o600 and "SHA-256 of the public key: " in done.stdout
    shown = subprocess.run(["openssl", "pkey", "-in", str(path), "-noout", "-text"], capture_output=True, text=True, check=True)
    assert "ED25519" in shown.stdout
    again = subprocess.run([binary, "log-key", str(path)], capture_output=True, text=True, check=False)
    assert again.returncode == 1 and "there already" in again.stderr


@pytest.mark.parametrize("setting, word", [
    ({"log_key_file": "/nowhere/log.pem"}, "log-key"), ({"log_dir": "/nowhere"}, "no folder"),
    ({"seal_after": "sometimes"}, "standby:NAME"), ({"seal_after": "standby:"}, "standby:NAME"),
])
def test_a_service_that_could_not_seal_as_it_is_told_does_not_start(make_house, sink, setting, word):
    house = make_house(sink, **setting)
    with pytest.raises(DaemonError):
        house.daemon.start()
    assert word in house.daemon.log_tail()
    house.cluster.drop_database(house.database)


# -- Logs that do not fit together

class Tampered:
    """A house whose daemon has ended with all sealed; what is then done to its database must be noticed."""

    def __init__(self, house):
        self.house = house
        self.council = house.organisations["council"]
        house.journey("opened")
        house.southmere("opened")
        house.wait_sealed()
        self.before = newest(house)
        house.daemon.stop()
        house.clients.clear()

    def sql(self, statements):
        return self.house.cluster.psql(statements.format(council=f"'{self.council}'"), self.house.database)

    def refused(self):
        """Starts it again: the council's log is refused, said, and southmere's goes on."""
        house = self.house
        house.daemon.start()
        line = house.daemon.wait_for_line(lambda l: "is not sealed any further" in l.get("message", ""))
        assert line["authority"] == self.council and line["level"] == "error"
        house.southmere("opened")
        behind = ("select authority_id from log_head h left join log_seal s using (authority_id) "
                  "where h.size > coalesce(s.size, 0) and authority_id <> '%s'" % self.council)
        deadline = time.monotonic() + 60
        while house.cluster.psql(behind, house.database):
            assert time.monotonic() < deadline, "another authority's log does not go on"
            time.sleep(0.05)
        findings = {f["name"]: f for f in json.loads(house.daemon.run("doctor", "--json", check=False).stdout)["findings"]}
        assert findings["logs"]["grade"] == "fail" and self.council in findings["logs"]["found"]
        assert line["fault"] in findings["logs"]["found"]
        page = house.client("OFFICER").request("GET", "/metrics").text
        assert "concordat_logs_refused 1\n" in page
        return line["fault"]


@pytest.fixture
def tampered(make_house, entered, sink):
    made = []

    def make():
        house = make_house(sink)
        made.append(house)
        return Tampered(house.start_as(entered))

    yield make
    for house in made:
        house.daemon.stop()
        house.cluster.drop_database(house.database)


@pytest.mark.parametrize("sql, fault", [
    ("update log_tile set hashes = set_byte(hashes, 7, get_byte(hashes, 7) # 1) where authority_id = {council}",
     "its tree does not come to the root"),
    ("delete from log_seal where authority_id = {council}", "newest checkpoint is of another size"),
], ids=["tile", "seal"])
def test_a_log_that_was_changed_is_sealed_no_further_and_others_go_on(tampered, sql, fault):
    t = tampered()
    t.sql(sql)
    assert fault in t.refused()


def test_a_database_that_was_put_back_is_noticed_and_its_log_may_be_begun_again(tampered):
    t = tampered()
    house = t.house
    backup = house.cluster.create_database(f"{house.database}_backup", template=house.database)
    house.daemon.start()
    house.journey("opened")
    house.wait_sealed()
    after, keys = newest(house), log_of(house, "OFFICER", "keys").text
    house.daemon.stop()
    house.clients.clear()
    with open(os.path.join(house.daemon.config["log_dir"], "checkpoints"), encoding="utf-8") as file:
        assert f"{t.council} {len(after.note.encode())}\n{after.note}" in file.read()
    house.cluster.drop_database(house.database)
    house.cluster.psql(f'alter database "{backup}" rename to "{house.database}"', "postgres")
    assert "an older backup was put back" in t.refused()
    assert newest(house).note == t.before.note, "nothing was signed"
    said = house.daemon.run("log-restart", "--authority", t.council, "--reason", "The disk was lost").stdout
    assert f"{after.origin}/2" in said
    house.wait_sealed()
    begun = newest(house)
    assert begun.origin == f"{after.origin}/2" and begun.verified(log_of(house, "OFFICER", "keys").text)
    assert (begun.size, begun.root) == (len(leaves_of(house)), root_of(leaves_of(house)))
    ((origin, note, reason),) = t.sql("select old_origin, old_checkpoint, reason from log_restart")
    assert (origin, note.rstrip("\n"), reason) == (after.origin, after.note.rstrip("\n"), "The disk was lost")
    assert Checkpoint(note.rstrip("\n") + "\n").verified(keys)
    again = house.daemon.run("log-restart", "--authority", t.council, "--reason", "Again", check=False)
    assert again.returncode == 1 and "Nothing is wrong" in again.stderr


def test_nothing_is_sealed_before_the_standby_that_is_named_has_it(make_house, entered, sink):
    house = make_house(sink, seal_after="standby:elsewhere")
    house.start_as(entered)
    case = house.journey("opened")
    line = house.daemon.wait_for_line(lambda l: l.get("message", "").startswith("Nothing is sealed"))
    assert "not connected" in line["message"] and line["seal_after"] == "standby:elsewhere"
    log_of(house, "OFFICER", "checkpoint", 404)
    answer = log_of(house, "OFFICER", "proof", 409, placement=case.id, entry=1)
    assert answer.code == "not_sealed_yet" and answer.headers["Retry-After"] == "1"
    findings = {f["name"]: f for f in json.loads(house.daemon.run("doctor", "--json", check=False).stdout)["findings"]}
    assert findings["seal_after"]["grade"] == "fail" and "elsewhere" in findings["seal_after"]["found"]
    house.stop()
    house.daemon.config["seal_after"] = "local"
    house.daemon.start()
    house.wait_sealed()
    house.daemon.stop()
    house.cluster.drop_database(house.database)


def test_two_daemons_seal_one_log_one_after_the_other(make_house, entered, sink, binary, scratch):
    house = make_house(sink, lease_ms=300)
    house.start_as(entered)
    second = Daemon(binary, {**house.daemon.config, "listen_port": 0}, os.path.join(scratch, "second-sealer"))
    second.start()
    for _ in range(3):
        house.journey("opened")
        house.wait_sealed()
    house.daemon.kill9()
    house.clients.clear()
    house.daemon.process = None
    first, house.daemon = house.daemon, second
    house.journey("opened")
    house.wait_sealed()
    rows = house.cluster.psql("select size, encode(root, 'hex') from log_checkpoint where authority_id = "
                              f"'{house.organisations['council']}' order by size", house.database)
    leaves = leaves_of(house)
    assert [(int(size), root) for size, root in rows] == [(int(size), root_of(leaves[:int(size)]).hex()) for size, _ in rows]
    house.daemon.stop()
    first.kill9()
    house.cluster.drop_database(house.database)
