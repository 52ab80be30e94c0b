"""`concordat verify`: what was handed out is checked by public keys alone, and whatever was changed is named."""

import json
import os
import subprocess

import pytest

from conftest import GOLDEN, PROGRAM
from support.daemon import ROOT, SANITIZERS

KEY = f"{GOLDEN}/log.pub"
GROWN = ["--old", f"{GOLDEN}/old.checkpoint", "--new", f"{GOLDEN}/new.checkpoint", "--proof", f"{GOLDEN}/consistency.json"]


def verify(*words, code=0, key=KEY, stdin=b""):
    """What it printed: the finding is the result, whether it holds or not."""
    done = subprocess.run([PROGRAM, "verify", *words, "--key", key], cwd=ROOT, env={**os.environ, **SANITIZERS}, input=stdin,
                          capture_output=True, check=False, timeout=60)
    assert done.returncode == code, done.stdout + done.stderr
    assert (done.stderr == b"") == (code < 2)
    return (done.stdout + done.stderr).decode()


def content(name):
    with open(os.path.join(ROOT, GOLDEN, name), "rb") as file:
        return file.read()


@pytest.mark.parametrize("words, said", [
    ([f"{GOLDEN}/agreed-terms.json"], "version 1, £911.42 a week from 6 April 2026"),
    ([f"{GOLDEN}/no-reply.json"], "none of"),
    ([f"{GOLDEN}/export.jsonl"], "2 checkpoints up to 5 entries"),
    (GROWN, "had 3 entries and has 5 now"),
])
def test_what_was_handed_out_holds(words, said):
    page = verify(*words)
    assert said in page and "What could not be checked:" in page and page.endswith("\nIt holds.\n")
    answer = json.loads(verify(*words, "--json"))
    assert answer["holds"] is True and {one["kind"] for one in answer["findings"]} == {"holds", "unchecked"}


@pytest.mark.parametrize("name, before, after, where", [
    ("agreed-terms.json", b'"weekly":{"amount":91142,"currency":"GBP"}}', b'"weekly":{"amount":91143,"currency":"GBP"}}',
     "/terms/weekly"),
    ("agreed-terms.json", b"PL-1000047-P", b"PL-1000048-P", "/signature"),
    ("agreed-terms.json", b"Officer One", b"Officer Two", "/signature"),
    ("no-reply.json", b'"due_at":"2026-04-07', b'"due_at":"2026-04-08', "/due_at"),
    ("export.jsonl", b'"leaf_index":2', b'"leaf_index":3', "line 4"),
    ("export.jsonl", b"standard/1", b"standard/2", "line 2"),
])
def test_what_was_changed_is_named(written, name, before, after, where):
    assert before in content(name)
    path = written(name, content(name).replace(before, after, 1))
    page = verify(path, code=1)
    assert f"It does not hold. The first thing that is wrong:\n    {where}: " in page
    fault = json.loads(verify(path, "--json", code=1))["findings"][-1]
    assert (fault["kind"], fault["where"]) == ("fault", where)


def test_an_export_whose_newest_checkpoint_was_taken_out_does_not_hold(written):
    """Else anybody could write entries behind the one before."""
    lines = content("export.jsonl").splitlines(keepends=True)
    end = {**json.loads(lines[-1]), "checkpoint": json.loads(lines[4])["note"]}
    forged = b"".join(lines[:-2]) + json.dumps(end, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
    assert "2 entries stand behind the newest checkpoint" in verify(written("forged.jsonl", forged), code=1)


def test_nothing_in_a_file_commands_the_terminal_and_no_name_is_told_unsigned(written):
    label, name = "Care\u009b31m\u202e and\x7f support…".encode(), "Officer \\u001b[31mNobody".encode()
    before, behind = content("agreed-terms.json").rsplit(b"Care and support", 1)  # in the terms, behind the entries
    page = " ".join(verify(written("label", before + label + behind), code=1).split())
    assert "Care31m and support…" in page
    page = verify(written("name", content("agreed-terms.json").replace(b"Officer One", name, 1)), code=1)
    assert "/signature: " in page and "Nobody" not in page


@pytest.mark.parametrize("name", ["agreed-terms.json", "no-reply.json", "export.jsonl"])
def test_what_was_cut_off_does_not_hold(written, name):
    assert "It does not hold" in verify(written(name, content(name)[:-40]), code=1)


def test_another_key_verifies_nothing(written):
    other = written("other.pub", content("log.pub").replace(b"/log/", b"/lag/"))
    said = verify(f"{GOLDEN}/agreed-terms.json", code=3, key=other)
    assert said.startswith(f"concordat: {other}: Line 1:")


def test_the_other_way_round_a_log_has_lost_entries():
    assert "has lost entries" in verify("--old", GROWN[3], "--new", GROWN[1], "--proof", GROWN[5], code=1)


@pytest.mark.parametrize("words, code, said", [
    (["/nowhere"], 3, "There is no such file"), (["-"], 3, "none of the documents that can be checked"),
    ([f"{GOLDEN}/terms.json"], 3, "none of the documents that can be checked"),
    ([], 2, "Name one thing to check"), (["a", "--old", "b"], 2, "Name one thing to check"),
    (["--old", KEY], 2, "Name three files"), (["--server", "http://127.0.0.1:9"], 2, "Name the checkpoint that you kept"),
])
def test_what_cannot_be_checked_is_told_from_what_does_not_hold(words, code, said):
    assert said in verify(*words, code=code)


def test_a_document_is_read_from_standard_input():
    assert "standard input: a record of agreed terms" in verify("-", stdin=content("agreed-terms.json"))


def test_what_is_fetched_is_named_by_its_id(concordat):
    env = {"CONCORDAT_SERVER": "http://127.0.0.1:9", "CONCORDAT_TOKEN": "cnc_x"}
    place = "019b7c11-5d2e-7c4a-9a51-3f6f0c1f2a10"
    assert "is no identifier" in concordat("log", "record", "PL-1000047-P", "1", code=2, env=env)
    assert "is no number" in concordat("log", "statement", place, "../x", code=2, env=env)
    for words in (["record", place, "1"], ["statement", place, "12.1"], ["keys", place], ["checkpoint", place]):
        assert "cannot be reached" in concordat("log", *words, code=4, env=env)
