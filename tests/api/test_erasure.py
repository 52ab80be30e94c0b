"""A person's record erased: when it may be, what goes and what stays, and that it stays gone when an older backup comes back."""

import datetime
import json
import os
import uuid

import pytest

from support.journey import CASE_REFERENCE, NAME, PERSONAL_WORDS
from test_record import record, sentences, verify

GROUNDS = "court order 2026/114"


@pytest.fixture(scope="module")
def house(make_house, entered, sink):
    made = make_house(sink)
    made.start_as(entered)
    made._people({"DATA_LEAD": ("council", "Dara Linnet", ["data_protection"])})
    yield made
    made.daemon.run("verify")
    made.stop()
    made.daemon.kill9()
    made.cluster.drop_database(made.database)


def ended(house):
    """A placement with texts and a document, withdrawn."""
    case = house.journey("negotiating")
    body = b"%PDF-1.4 letterwombat " + os.urandom(8).hex().encode()
    document = house.client("OFFICER").request("POST", "/v1/documents", body, {
        "Content-Type": "application/pdf", "Idempotency-Key": str(uuid.uuid4())}).json["id"]
    case.move("OFFICER", "attach", document=document, title="titlewombat")
    case.document = document
    case.move("OFFICER", "withdraw", reason="funding")
    assert case.see()["stage"] == "ended"
    return case


def erase(house, case, *more, person=None, grounds=GROUNDS):
    who = ["--person", person] if person else ["--placement", case.reference]
    return house.daemon.run("erase-person", "--authority", house.organisations["council"], *who, "--grounds", grounds, *more,
                            check=False)


def hold(house, case, command="hold-person", *more):
    return house.daemon.run(command, "--authority", house.organisations["council"], "--placement", case.reference,
                            "--reason", "inquiry 7", *more, check=False)


def person_of(house, case):
    return house.cluster.psql(f"select person_id from placement where id = '{case.id}'", house.database)[0][0]


def left_of(house, person):
    return house.cluster.psql(
        f"select (select count(*) from personal_text where person_id = '{person}'), wrapped_key is null, erased_at is null, "
        f"(select string_agg(kind, ' ' order by seq) from fact where stream_id = '{person}') from person where id = '{person}'",
        house.database)[0]


def said_to(house, who, case):
    client = house.client(who)
    return case.see(who), list(client.pages(f"/v1/placements/{case.id}/facts")), client.get(f"/v1/placements/{case.id}/account").json


def test_a_record_is_kept_for_its_years_and_while_care_goes_on_and_while_a_hold_stands(house):
    running, case = house.journey("preparing"), ended(house)
    for refused, word in ((erase(house, case), "kept until"), (erase(house, running, "--now"), "has not ended"),
                          (erase(house, case, person=house.organisations["council"]), "No placement"),
                          (erase(house, case, grounds="x" * 301), "300 bytes"), (hold(house, case, "release-hold"), "No legal hold")):
        assert refused.returncode in (1, 2) and word in refused.stderr, refused.stderr
    assert "number is 1" in hold(house, case).stdout and "number is 2" in hold(house, case).stdout
    assert "legal hold stands" in erase(house, case, "--now").stderr
    assert "which" in hold(house, case, "release-hold").stderr
    assert hold(house, case, "release-hold", "--hold", "1").returncode == 0
    assert "number 2" in erase(house, case, "--now").stderr
    assert hold(house, case, "release-hold").returncode == 0
    looked = erase(house, case, "--now", "--dry-run")
    assert looked.returncode == 0 and "Nothing was done" in looked.stdout
    assert left_of(house, person_of(house, case))[1:] == ["f", "t", "hold_placed hold_placed hold_released hold_released"]
    assert NAME in json.dumps(case.see())


def test_what_was_said_of_the_person_is_gone_at_once_and_everything_else_stands_and_verifies(house):
    case = ended(house)
    person, body = person_of(house, case), f"/v1/documents/{case.document}"
    before = said_to(house, "OFFICER", case)
    assert house.client("OFFICER").request("GET", body).status == 200
    house.wait_sealed()
    done = erase(house, case, "--now")
    assert done.returncode == 0, done.stderr
    assert left_of(house, person) == ["0", "t", "f", "person_erased"]
    for who in ("OFFICER", "PROVIDER"):
        shown = json.dumps(said_to(house, who, case))
        # the authority's own reference is no text about the person, and stays
        assert [word for word in [*PERSONAL_WORDS, "titlewombat"] if word in shown] in ([], [CASE_REFERENCE]), who
    after = said_to(house, "OFFICER", case)
    assert [fact["kind"] for fact in after[1]] == [fact["kind"] for fact in before[1]] and after[2] == before[2]
    assert after[0]["stage"] == before[0]["stage"] and after[0]["version"] == before[0]["version"]
    assert house.client("OFFICER").request("GET", body).status == 404
    assert house.cluster.psql(f"select wrapped_key is null, length(content) from document where id = '{case.document}'",
                              house.database)[0] == ["t", "0"]
    assert "erased already" in erase(house, case, "--now").stderr and "nothing left to hold" in hold(house, case).stderr
    with open(os.path.join(house.daemon.config["log_dir"], "erasures"), encoding="ascii") as file:
        assert sum(f"{house.organisations['council']} {person} " in line for line in file) == 1
    house.wait_sealed()
    house.daemon.run("verify")


def test_a_record_holds_after_the_erasure_with_the_texts_that_a_party_kept_and_without(house, tmp_path):
    today = datetime.date.today().isoformat()
    case = house.journey("inviting", start=today)
    case.offer("PROVIDER", covering_note="notewallaby")
    case._to_signing()
    case._to_in_force()
    case.move("OFFICER", "confirm_start", started=today)
    case.move("OFFICER", "record_death", died_on=today, last_paid=today, note="notewombat")
    house.wait_sealed()
    kept, later, log = (tmp_path / name for name in ("kept.json", "later.json", "log.jsonl"))
    kept.write_bytes(record(house, "PROVIDER", case).body)
    assert erase(house, case, "--now").returncode == 0
    house.wait_sealed()
    later.write_bytes(record(house, "PROVIDER", case).body)
    log.write_text(house.daemon.run("export", "--authority", house.organisations["council"]).stdout)
    assert json.loads(kept.read_bytes())["texts"] and not json.loads(later.read_bytes())["texts"]
    assert "notewallaby" in kept.read_text() and "notewallaby" not in later.read_text()
    for path in (kept, later, log):
        assert sentences(verify(house, path), "holds")


def test_who_comes_back_with_an_older_backup_is_erased_before_the_doors_open(house):
    case = ended(house)
    person = person_of(house, case)
    assert erase(house, case, "--now").returncode == 0
    house.stop()
    house.clients.clear()
    # what an older dump holds of them: a key that is there, and a text
    house.cluster.psql(f"update person set wrapped_key = '\\x00', erased_at = null where id = '{person}'; "
                       f"insert into personal_text select authority_id, id, 1, 'person_name', person_id, '\\x00' from placement "
                       f"where id = '{case.id}'", house.database)
    # and of a second: erasing was cut off behind its line in the list
    cut = house.cluster.psql("select l.authority_id, l.person_id from placement l join person e on e.id = l.person_id "
                             "where l.stage = 'ended' and e.wrapped_key is not null limit 1", house.database)[0]
    with open(os.path.join(house.daemon.config["log_dir"], "erasures"), "a", encoding="ascii") as file:
        file.write(f"{cut[0]} {cut[1]} 2026-11-02T10:00:00Z\n{cut[0]} torn off")
    house.daemon.start()
    assert left_of(house, person) == ["0", "t", "f", "person_erased person_erased"]
    assert left_of(house, cut[1])[:3] == ["0", "t", "f"]
    assert house.daemon.run("doctor", check=False).returncode in (0, 1)
    house.stop()
    with open(os.path.join(house.daemon.config["log_dir"], "erasures"), "a", encoding="ascii") as file:
        file.write("\n")
    unread = house.daemon.run("serve", check=False)
    assert unread.returncode == 1 and "cannot be read" in unread.stderr
    with open(os.path.join(house.daemon.config["log_dir"], "erasures"), "w", encoding="ascii") as file:
        file.write(f"{cut[0]} {cut[1]} 2026-11-02T10:00:00Z\n")
    house.daemon.start()


def test_who_read_a_persons_texts_is_told_to_those_who_answer_for_it(house):
    case = house.journey("opened")
    case.see("OFFICER")
    case.see("AUDITOR")
    path = f"/v1/placements/{case.id}/readings"
    for who in ("AUDITOR", "MANAGER", "DATA_LEAD"):
        rows = house.client(who).get(path).json["items"]
        assert [row["user"] for row in rows[:2]] == [house.users["AUDITOR"], house.users["OFFICER"]]
        assert set(rows[0]) == {"at", "user", "organisation", "texts"} and rows[0]["texts"] > 0
        assert list(house.client(who).pages(path, limit=1)) == rows
    house.client("OFFICER").get(path, 403)
    for who in ("AUDITOR2", "PROVIDER"):
        house.client(who).get(path, 404)
