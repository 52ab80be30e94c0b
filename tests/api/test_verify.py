"""The whole of what is stored, checked against what was recorded: untouched it holds; what is changed is named.

One database, played once; each change is made to what was kept of it then.
"""

import json
import os
import re
import subprocess

import pytest

from support.daemon import ROOT

TABLES = ("fact", "stream", "placement", "placement_party", "obligation", "obligation_was", "person", "personal_text",
          "log_head", "log_seal", "log_checkpoint", "log_tile", "log_key")
# What nothing follows from: when the row was written, and what is part of a row's name (taken out and put in below).
NOT_DERIVED = {
    "placement": {"authority_id", "id"}, "placement_party": {"organisation_id", "placement_id", "authority_id"},
    "obligation": {"authority_id", "stream_id", "seq", "n"},
    "obligation_was": {"authority_id", "stream_id", "seq", "n", "until_at"},
}
KEYS = {"placement": "id", "placement_party": "placement_id, organisation_id", "obligation": "stream_id, seq, n",
        "obligation_was": "stream_id, seq, n, until_at"}
FLIPS = {
    "text": "coalesce({0}, '') || 'x'", "integer": "coalesce({0}, 0) + 1", "bigint": "coalesce({0}, 0) + 1",
    "boolean": "not {0}", "uuid": "'11111111-2222-7333-8444-555555555555'",
    "timestamp with time zone": "coalesce({0}, '2026-01-01') + interval '1 microsecond'",
}


class Kept:
    """A house whose daemon has ended, and what was stored in it kept in schemas beside."""

    def __init__(self, house):
        self.house = house

    def sql(self, sql):
        return self.house.cluster.psql(sql, self.house.database)

    def keep(self, name):
        self.sql(f"create schema {name}; " + "; ".join(f"create table {name}.{table} as table {table}" for table in TABLES))

    def change(self, sql="select", kept="today"):
        """What was stored then, with this done to it."""
        self.sql("truncate " + ", ".join(TABLES) + "; " +
                 "".join(f"insert into {table} table {kept}.{table}; " for table in TABLES) + sql)

    def verify(self, *arguments, code=1):
        done = self.house.daemon.run("verify", *arguments, check=False)
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout


@pytest.fixture(scope="module")
def kept(live):
    kept = Kept(live)
    for _ in range(14):
        live.journey("opened")
    live.journey("in_force")
    live.wait_sealed()
    kept.keep("yesterday")
    live.journey("signing")
    gone = live.journey("opened")
    gone.move("OFFICER", "withdraw", reason="funding")
    live.daemon.run("erase-person", "--authority", live.organisations["council"], "--placement", gone.reference, "--now",
                    "--grounds", "court order 2026/114")
    live.southmere("negotiating")
    live.wait_quiet()
    live.wait_sealed()
    live.daemon.stop()
    for table, name in kept.sql("select conrelid::regclass, conname from pg_constraint where contype = 'c' and conrelid <> 0 "
                                "and connamespace = 'public'::regnamespace"):
        kept.sql(f"alter table {table} drop constraint {name}")  # what would refuse a change before it is there to be found
    kept.keep("today")
    return kept


def test_what_nobody_touched_holds(kept):
    kept.change()
    said = kept.verify(code=0)
    assert re.search(r"Northfold Council .*: \d+ entries in 18 ledgers are as they were recorded", said)
    assert re.search(r"2 authorities, \d+ entries, \d+ texts .*: 0 faults", said)
    one = kept.verify("--authority", kept.house.organisations["southmere"], "--jobs", "1", code=0)
    assert "Southmere" in one and "Northfold" not in one


@pytest.mark.parametrize("table", KEYS)
def test_every_column_that_follows_from_the_entries_is_compared(kept, table):
    columns = [(name, kind) for name, kind in kept.sql(
        f"select column_name, data_type from information_schema.columns where table_schema = 'public' and table_name = '{table}' "
        "order by ordinal_position") if name not in NOT_DERIVED[table]]
    assert int(kept.sql(f"select count(*) from today.{table}")[0][0]) >= len(columns)
    # each in a row of its own, so that each is a fault of its own
    kept.change("; ".join(f"update {table} set {name} = {FLIPS[kind].format(name)} "
                          f"where ctid = (select ctid from {table} order by {KEYS[table]} offset {at} limit 1)"
                          for at, (name, kind) in enumerate(columns)))
    assert sum(map(int, re.findall(rf" (\d+) in {table}\b", kept.verify()))) == len(columns)


@pytest.mark.parametrize("table", KEYS)
def test_a_row_that_is_taken_out_or_put_in_is_missed(kept, table):
    columns = ", ".join(name for name, in kept.sql("select column_name from information_schema.columns where "
                                                   f"table_schema = 'public' and table_name = '{table}' order by ordinal_position"))
    last = KEYS[table].split(", ")[-1]
    other = {"id": "gen_random_uuid()", "organisation_id": "gen_random_uuid()", "n": "n + 77", "until_at": "until_at + interval '1 day'"}
    copied = re.sub(rf"\b{last}\b", other[last], columns)
    if table == "placement":
        copied = copied.replace(", reference", ", reference || 'x'")
    kept.change(f"insert into {table} select {copied} from {table} limit 1")
    assert "there is a row that no entry made" in kept.verify()
    kept.change(f"delete from {table} where ctid = (select ctid from {table} limit 1)")
    assert "the row is missing; by the entries there should be one" in kept.verify()


ENTRY = "stream_id = (select stream_id from fact group by 1 order by count(*) desc limit 1) and seq = 3"


@pytest.mark.parametrize("change, said", [
    ("recorded_at = recorded_at + interval '1 microsecond'", "recorded_at is .* and should be .*, by its header"),
    ("header = replace(header, '\"v\":1', '\"v\":2')", "header is .* and should be .*, by leaf_hash"),
    ("leaf_hash = sha256(''::bytea)", "leaf_hash is e3b0c44298fc.* and should be .*, by its header"),
    ("body = replace(body, '\"v\":1', '\"v\":2')", "body or nonce is not what was recorded"),
    ("nonce = decode(md5('other'), 'hex')", "body or nonce is not what was recorded"),
    ("kind = 'note_added'", "kind is \"note_added\" and should be \".*\", by its body"),
    ("actor_id = null", "actor_id is null and should be \".*\", by its body"),
    ("occurred_at = occurred_at - interval '1 hour'", "occurred_at is .* and should be .*, by its body"),
    ("leaf_index = leaf_index + 5000", "entry [34]: leaf_index is .*, which does not follow on"),
    ("seq = 5000", "entry 3: the row is missing; the next that is there is entry 4"),
    ("stream_id = '11111111-2222-7333-8444-555555555555'", "entry [13]: the row is missing; the next that is there is entry [34]"),
    ("authority_id = '11111111-2222-7333-8444-555555555555'", "entry 3: the row is missing"),
], ids=lambda words: words[:30])
def test_a_change_to_any_column_of_an_entry_is_named(kept, change, said):
    kept.change(f"update fact set {change} where {ENTRY}")
    assert re.search(rf"The first: fact, ledger .*(?:{said})", found := kept.verify()), found


TWO = "(select stream_id from fact group by 1 order by count(*) desc limit 1)"


@pytest.mark.parametrize("change, said", [
    # the last rows dropped, and then everything that counts them made to fit
    ("delete from fact f where leaf_index = (select max(leaf_index) from fact g where g.authority_id = f.authority_id)",
     "the row is missing: stream.seq is"),
    ("with gone as (delete from fact f where leaf_index = (select max(leaf_index) from fact g where g.authority_id = f.authority_id) "
     "returning *), a as (update stream s set seq = s.seq - 1 from gone where gone.stream_id = s.stream_id) "
     "update log_head h set size = size - 1", "placement, .*: stage is .* and should be"),
    ("delete from fact where authority_id = (select id from authority limit 1); " +
     "; ".join(f"delete from {table} where authority_id = (select id from authority limit 1)" for table in TABLES[1:8]) +
     "; update log_head set size = 0", "log_seal, .*: size is .*, and there are 0 entries: the last are lost"),
    # two rows swapped: their places in the ledger, and in the log
    (f"update fact set seq = 1007 - seq where stream_id = {TWO} and seq in (3, 4); "
     f"update fact set seq = seq - 1000 where stream_id = {TWO} and seq > 1000", "seq is 3 and should be 4, by its header"),
    (f"update fact set leaf_index = -1 - leaf_index where stream_id = {TWO} and seq in (3, 4); update fact f set leaf_index = "
     "(select -1 - g.leaf_index from fact g where g.leaf_index < 0 and g.seq <> f.seq and g.stream_id = f.stream_id) "
     f"where stream_id = {TWO} and seq = 3; update fact f set leaf_index = (select min(leaf_index) - 1 from fact g where "
     f"g.stream_id = f.stream_id and seq in (3, 5)) where stream_id = {TWO} and seq = 4", "leaf_index is"),
    # a row of another ledger in the place of one
    (f"update fact f set header = g.header, body = g.body, nonce = g.nonce, leaf_hash = g.leaf_hash, recorded_at = g.recorded_at, "
     f"kind = g.kind, actor_id = g.actor_id, occurred_at = g.occurred_at from fact g where f.stream_id = {TWO} and f.seq = 1 "
     f"and g.seq = 1 and g.authority_id = f.authority_id and g.stream_id = (select min(stream_id::text)::uuid from fact s "
     "where s.authority_id = f.authority_id)",
     "stream_id is .* and should be .*, by its header"),
    ("update stream set seq = seq - 1 where seq > 3", "stream, ledger .*: seq is .* and should be .*, that of its last entry"),
    ("update stream set kind = 'home' where seq > 3", "kind is \"home\" and should be \"placement\", by its entries"),
    ("delete from stream where seq > 3", "stream, ledger .*: the row is missing, though there are"),
    # the log
    ("update log_head set size = size + 1", "the entry with leaf_index .* is missing"),
    ("update log_head set size = size - 1", "log_(seal|head), .*: size is"),
    ("update log_tile set hashes = set_byte(hashes, 40, get_byte(hashes, 40) # 1)", "log_tile, .*, level 0, n 0: hash 1 is .* and should be"),
    ("update log_tile set hashes = substring(hashes for 32)", "log_tile, .*: it is 32 bytes long and should be"),
    ("delete from log_tile", "log_tile, .*: the row is missing"),
    ("insert into log_tile select authority_id, 1, 0, hashes from log_tile", "log_tile, .*: there are 2 rows and should be 1"),
    ("update log_checkpoint set root = sha256(''::bytea)", "log_checkpoint, .*: root is .* and should be"),
    ("update log_checkpoint set note = replace(note, '/log/', '/lag/')", "log_checkpoint, .*: note is not signed by a key of this log"),
    ("update log_checkpoint set size = size + 500", "log_checkpoint, .*: the number of entries is"),
    ("delete from log_checkpoint", "log_seal, .*: size is .*, and the newest checkpoint is of 0 entries"),
    ("update log_seal set root = sha256(''::bytea)", "log_seal, .*: root is .* and should be"),
    ("update log_seal set size = size - 1", "log_dir, .*: a checkpoint of .* entries was published"),
    ("update log_seal set origin = origin || 'x'", "log_dir, .*: a checkpoint of .* was published; log_seal.origin is"),
    ("delete from log_seal", "log_dir, .*: a checkpoint of .* was published"),
    ("update log_key set public_key = sha256(''::bytea)", "is no checkpoint that this service signed"),
    # the person
    ("update personal_text set sealed = set_byte(sealed, 20, get_byte(sealed, 20) # 1) where seq = 1", "sealed does not open"),
    ("update personal_text set field = field || 'x' where seq = 1", "the row is missing; the entry has the digest of a text"),
    ("update personal_text set person_id = stream_id where seq = 1", "person_id is .* and should be"),
    ("delete from personal_text where seq = 1", "the row is missing; the entry has the digest of a text"),
    ("update person set wrapped_key = set_byte(wrapped_key, 20, get_byte(wrapped_key, 20) # 1) where id is not null", "does not open under the master key"),
    ("update person set wrapped_key = null", "a key is gone when, and only when, the person was erased"),
    ("update person set wrapped_key = null, erased_at = now(); delete from personal_text",
     "person, .*: wrapped_key is null, and no entry says that the person was erased"),
    ("update person set erased_at = now() where wrapped_key is null", "person, .*: erased_at is .* and should be .*, by the entries"),
    ("update person set wrapped_key = sha256(''::bytea) where wrapped_key is null", "wrapped_key is there and (?:should be null|erased_at is set)"),
    ("insert into personal_text select p.authority_id, p.id, 1, 'person_name', e.id, '\\x00' from person e join placement p on "
     "p.person_id = e.id where e.wrapped_key is null", "personal_text, .*: the row is there, though the person was erased"),
    ("delete from person", "person, .*: the row is missing, and with it the key to every text"),
], ids=lambda words: words[:40])
def test_what_was_done_to_a_database_is_named(kept, change, said):
    kept.change(change)
    assert re.search(rf"The first: .*(?:{said})", found := kept.verify()), found


def test_the_state_of_yesterday_put_back_is_noticed_by_what_was_published(kept):
    kept.change(kept="yesterday")
    assert "an older backup was put back, or entries are lost" in kept.verify()


def test_an_authority_that_has_no_log_is_said_not_to_be_there(kept):
    done = kept.house.daemon.run("verify", "--authority", kept.house.organisations["larch"], check=False)
    assert done.returncode == 1 and "No authority with that id has a log here" in done.stderr
    for words in (("--authority", "Northfold"), ("--jobs", "0"), ("--jobs", "many")):
        assert kept.house.daemon.run("verify", *words, check=False).returncode == 2


# -- The log handed out


def offline(kept, path, keys):
    binary = os.path.join(ROOT, os.path.dirname(kept.house.daemon.binary), "concordat")
    return subprocess.run([binary, "verify", path, "--key", keys], capture_output=True, text=True, check=False)


@pytest.fixture
def exported(kept, tmp_path):
    path, keys = str(tmp_path / "log.jsonl"), tmp_path / "keys"
    council = kept.house.organisations["council"]
    kept.change()
    kept.house.daemon.run("export", "--authority", council, "--out", path)
    keys.write_text(kept.house.daemon.run("log-keys", "--authority", council).stdout)
    return path, str(keys)


def test_an_exported_log_is_whole_and_anybody_can_check_it(kept, exported):
    path, keys = exported
    lines = [json.loads(line) for line in open(path, encoding="utf-8")]
    facts = [line for line in lines if "leaf_index" in line]
    stored = kept.sql(f"select header, body from fact where authority_id = '{kept.house.organisations['council']}' order by leaf_index")
    assert [[fact["header"], fact["body"]] for fact in facts] == stored
    assert [fact["leaf_index"] for fact in facts] == list(range(len(stored)))
    assert lines[0]["format"] == "concordat-export/1" and lines[0]["keys"] == open(keys, encoding="utf-8").read().split()
    assert lines[-1]["facts"] == len(stored) and lines[-1]["checkpoint"] == [x for x in lines if "note" in x][-1]["note"]
    done = offline(kept, path, keys)
    assert done.returncode == 0, done.stdout + done.stderr


def test_what_is_not_sealed_yet_is_left_out_of_an_export_and_counted(kept, exported, tmp_path):
    path, council = tmp_path / "log.jsonl", kept.house.organisations["council"]
    kept.change("update log_seal s set size = (select size from log_checkpoint c where c.authority_id = s.authority_id "
                f"order by size desc offset 1 limit 1) where authority_id = '{council}'")
    done = kept.house.daemon.run("export", "--authority", council, "--out", str(path))
    lines = [json.loads(line) for line in open(path, encoding="utf-8")]
    facts, last = [line for line in lines if "leaf_index" in line], lines[-1]
    (size, head), = kept.sql(f"select s.size, h.size from log_seal s join log_head h using (authority_id) where authority_id = '{council}'")
    assert len(facts) == last["facts"] == int(size) and last["left_out"] == int(head) - int(size) > 0
    assert f"{last['left_out']} entries more are left out" in done.stderr
    done = offline(kept, str(path), exported[1])
    assert done.returncode == 0 and f"{last['left_out']} entries were not sealed yet" in done.stdout.replace("\n       ", "")


def test_an_export_with_a_line_changed_taken_out_or_cut_off_does_not_hold(kept, exported, tmp_path):
    path, keys = exported
    lines = open(path, encoding="utf-8").read().splitlines(keepends=True)
    for wrong in (lines[:5] + [lines[5].replace("v\\\":1", "v\\\":2", 1)] + lines[6:], lines[:5] + lines[6:], lines[:-1],
                  lines[:5] + [lines[6], lines[5]] + lines[7:]):
        assert wrong != lines
        other = tmp_path / "other.jsonl"
        other.write_text("".join(wrong), encoding="utf-8")
        assert offline(kept, str(other), keys).returncode == 1


def test_a_log_that_is_not_there_is_not_exported(kept, tmp_path):
    path = tmp_path / "none.jsonl"
    done = kept.house.daemon.run("export", "--authority", kept.house.organisations["larch"], "--out", str(path), check=False)
    assert done.returncode == 1 and "No log of that authority is sealed" in done.stderr and not path.exists()
    assert kept.house.daemon.run("export", check=False).returncode == 2
