"""What was agreed, handed out with what proves it: the record, its page, its proof, and that no reply was recorded."""

import html.parser
import json
import os
import subprocess

import pytest

from support.daemon import ROOT
from support.house import london, money
from support.journey import ABOVE_GUIDE, CASE_REFERENCE, NAME, terms
from support.log import Proof
from support.sink import Sink
from test_existing import bring, confirm, file_of, row
from test_uplift_apply import WEIGHTED, figures, finished, order

CLI = os.path.join(ROOT, "build", "asan", "concordat")
NOTE = "notewallaby"


def verify(house, path, *words, code=0, authority="council"):
    """The findings of `concordat verify`, run where there is no service to ask."""
    keys = path.parent / "log.pub"
    keys.write_text(house.client("OFFICER").get(f"/v1/log/{house.organisations[authority]}/keys").text)
    done = subprocess.run([CLI, "verify", str(path), "--key", str(keys), "--json", *words], cwd=path.parent,
                          capture_output=True, check=False, timeout=60)
    assert done.returncode == code, done.stdout + done.stderr
    return json.loads(done.stdout)


def sentences(found, kind):
    return " ".join(one["sentence"] for one in found["findings"] if one["kind"] == kind)


def record(house, who, case, number=1, expect=200, **headers):
    return house.client(who).get(f"/v1/placements/{case.id}/agreements/{number}/record", expect, headers=headers or None)


def kinds(document):
    return [json.loads(entry["body"])["kind"] for entry in document["entries"] if "body" in entry]


@pytest.fixture(scope="module")
def agreed(live):
    """Above the guide, so that the commissioner gave a reason that is its own."""
    case = live.journey("inviting")
    case.offer("PROVIDER", "1700.00", covering_note=NOTE)
    case.accept("OFFICER", above_guide_reason=ABOVE_GUIDE)
    case._to_in_force()
    live.wait_sealed()
    return case


def test_both_sides_have_a_record_that_holds_without_the_service(live, agreed, tmp_path):
    for who in ("OFFICER", "AUDITOR", "PROVIDER"):
        answer = record(live, who, agreed)
        document = answer.json
        assert answer.headers["Content-Disposition"] == f'attachment; filename="agreed-terms-{agreed.reference}-1.json"'
        assert kinds(document) == ["calculated", "invited", "offer_made", "accepted", "signed", "signed"]
        assert document["terms"]["weekly"] == money(170000) and document["reference"] == agreed.reference
        path = tmp_path / f"{who}.json"
        path.write_bytes(answer.body)
        found = verify(live, path)
        holds = sentences(found, "holds")
        assert "6 entries are in the log" in holds and "£1,700.00 a week from 1 March 2027" in holds
        assert "worked again from model residential-ld 0.1" in holds
        assert "Accepted for the commissioner" in holds and "Signed for the provider" in holds


def test_a_penny_changed_is_found_and_named(live, agreed, tmp_path):
    path = tmp_path / "record.json"
    path.write_bytes(record(live, "PROVIDER", agreed).body.replace(b'"rate":"1700.00","unit":"week","weekly"',
                                                                  b'"rate":"1700.01","unit":"week","weekly"'))
    fault = verify(live, path, code=1)["findings"][-1]
    assert (fault["kind"], fault["where"]) == ("fault", "/terms/lines/0/rate")
    assert '"1700.01"' in fault["sentence"] and '"1700.00"' in fault["sentence"]


def test_what_is_the_commissioners_own_is_in_its_record_alone(live, agreed):
    officer, provider = (record(live, who, agreed).text for who in ("OFFICER", "PROVIDER"))
    assert ABOVE_GUIDE in officer and NOTE in officer
    assert NOTE in provider
    for word in (ABOVE_GUIDE, NAME, CASE_REFERENCE):
        assert word not in provider


def test_others_have_no_record(live, agreed):
    for who, path in (("PROVIDER2", "agreements/1/record"), ("OFFICER2", "agreements/1/record"),
                      ("PROVIDER", "agreements/2/record"), ("PROVIDER", "agreements/0/record"),
                      ("PROVIDER2", "agreements/1/proof"), ("OFFICER2", "agreements/1"),
                      ("OFFICER2", "obligations/1.1/no-reply")):
        assert live.client(who).get(f"/v1/placements/{agreed.id}/{path}", 404).code == "not_found"


def test_a_version_is_shown_as_the_placement_shows_it(live, agreed):
    for who in ("OFFICER", "PROVIDER"):
        shown = live.client(who).get(f"/v1/placements/{agreed.id}/agreements/1").json
        assert shown == agreed.see(who)["agreements"][0]


def test_the_version_is_proven_by_the_entry_that_made_it(live, agreed):
    proof = Proof(live.client("PROVIDER").get(f"/v1/placements/{agreed.id}/agreements/1/proof").text)
    last = record(live, "PROVIDER", agreed).json["entries"][-1]
    assert proof.holds(last["header"]) and proof.index == Proof(last["proof"]).index


class Page(html.parser.HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.tags, self.headings, self.lang = [], [], None
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        if tag == "html":
            self.lang = dict(attrs).get("lang")
        if tag in ("h1", "h2", "h3", "h4"):
            self.headings.append(int(tag[1]))


def test_the_page_is_plain_and_printable_and_says_the_same(live, agreed):
    answer = record(live, "PROVIDER", agreed, Accept="text/html")
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    page = Page(answer.text)
    assert page.lang == "en-GB" and page.headings[0] == 1 and page.headings.count(1) == 1
    assert all(after - before <= 1 for before, after in zip(page.headings, page.headings[1:]))
    assert page.tags.count("caption") == page.tags.count("table") > 2
    assert not {"script", "img", "link", "iframe"} & set(page.tags) and "@media print" in answer.text
    for words in (agreed.reference, "£1,700.00", "1 March 2027", "Larch House", NOTE, "residential-ld"):
        assert words in answer.text


# -- Versions that came about otherwise


def held(house, who, case, number, folder):
    """What verify says of that version's record, which holds."""
    answer = record(house, who, case, number)
    path = folder / f"{who}-{number}.json"
    path.write_bytes(answer.body)
    return answer.json, verify(house, path)


def test_an_uplifted_fee_is_proven_to_both_sides_alone_and_as_one_of_many(live, tmp_path):
    one, many = (live.journey("in_force", uplift=WEIGHTED, setting="floating_support") for _ in range(2))
    one.move("OFFICER", "apply_uplift", figures=figures("2027-09-06"))
    uplift = order(live, figures=figures("2027-09-06"), filter={"setting": "floating_support"}).json["id"]
    finished(live, uplift)
    live.wait_sealed()
    for who in ("OFFICER", "PROVIDER"):
        for case in (one, many):
            document, found = held(live, who, case, 2, tmp_path)
            assert kinds(document) == ["calculated", "invited", "uplift_applied"]
            assert document["basis"] == "uplifted"
            assert "Uplifted for the commissioner" in sentences(found, "holds")
            assert (uplift in json.dumps(document)) == (case is many)


def test_an_imported_agreement_is_proven_by_who_confirmed_it(live, tmp_path):
    placement = bring(live, file_of([row(1)]))["items"][0]["placement"]
    confirm(live, placement)
    live.wait_sealed()
    case = live.journey()
    case.id = placement
    document, found = held(live, "PROVIDER", case, 1, tmp_path)
    assert kinds(document) == ["existing_agreement_confirmed"] and len(document["entries"]) == 2
    assert "The words of 1 of the 2 entries are not here" in sentences(found, "unchecked")
    document, found = held(live, "OFFICER", case, 1, tmp_path)
    assert kinds(document) == ["existing_agreement_recorded", "existing_agreement_confirmed"]
    assert "Confirmed for the provider" in sentences(found, "holds")
    case.move("PROVIDER", "propose_variation", terms=terms("1400.00", start="2027-01-04", outcomes=[]))
    case.accept("OFFICER")
    case.involve("signature")
    case.sign("SIGNATORY")
    case.sign("PROVIDER")
    live.wait_sealed()
    for who in ("OFFICER", "PROVIDER"):
        document, found = held(live, who, case, 2, tmp_path)
        assert document["basis"] == "signed" and kinds(document)[-2:] == ["signed", "signed"]


def test_what_passed_to_another_provider_is_proven_without_the_first_ones_words(rehearsal, tmp_path):
    house = rehearsal("2026-06-01 10:00")
    case = house.journey("inviting", start="2026-06-01", uplift=WEIGHTED)
    case.offer("PROVIDER", covering_note=NOTE)
    case._to_signing()
    case._to_in_force()
    case.move("OFFICER", "confirm_start", started="2026-06-01")
    house.go_to(london("2026-06-02 10:00"))
    case.move("PROVIDER", "novate", provider=house.organisations["alder"], home=house.homes["Alder Grove"],
              reason="the home is sold", **{"from": "2026-07-01"})
    case.move("SIGNATORY", "consent_to_novation")
    house.go_to(london("2026-07-01 10:00"))
    case.move("PROVIDER2", "consent_to_novation")
    house.wait_sealed()
    for who in ("OFFICER", "PROVIDER2"):
        document, found = held(house, who, case, 2, tmp_path)
        assert set(kinds(document)) <= {"novation_proposed", "novation_consented", "calculated"}
        assert "Consented to for the provider" in sentences(found, "holds")
        assert who == "OFFICER" or (NOTE not in json.dumps(document) and "Larch" not in json.dumps(document))
    assert record(house, "PROVIDER", case, 2, expect=404).code == "not_found"
    held(house, "PROVIDER", case, 1, tmp_path)
    case.move("OFFICER", "apply_uplift", figures=figures("2026-08-03"))
    house.wait_sealed()
    for who in ("OFFICER", "PROVIDER2"):
        document, found = held(house, who, case, 3, tmp_path)
        assert document["basis"] == "uplifted" and "novation_consented" in kinds(document)


# -- No reply


@pytest.fixture(scope="module")
def unanswered(make_house, entered):
    """An offer that the commissioner left without an answer for longer than it may, and a note of the provider's own."""
    sink = Sink()
    house = make_house(sink)
    house.start_as(entered, london("2026-09-01 10:00"))
    case = house.journey("negotiating")
    case.move("OFFICER", "write_note", note="notejacana")
    house.go_to(london("2026-10-12 12:00"))
    house.wait_sealed()
    yield house, case
    house.stop()
    sink.stop()


def obligation(case, who, duty, state=None):
    return [one for one in case.see(who)["obligations"]
            if one["duty"] == duty and (state is None or one["state"] == state)][0]


def statement(house, who, case, one, expect=200, **query):
    return house.client(who).get(f"/v1/placements/{case.id}/obligations/{one['id']}/no-reply", expect, **query)


def test_that_no_reply_was_recorded_is_stated_and_holds(unanswered, tmp_path):
    house, case = unanswered
    respond = obligation(case, "PROVIDER", "respond")
    answer = statement(house, "PROVIDER", case, respond)
    document = answer.json
    assert document["until"] in ("missed", "lapsed") and document["owed_by"] == "commissioner"
    headers = [json.loads(entry["header"]) for entry in document["entries"]]
    assert [header["seq"] for header in headers] == list(range(1, len(headers) + 1))
    shown = kinds(document)
    assert shown[0] == "offer_made" and shown[-1] == document["until"] and "note_written" not in shown
    path = tmp_path / "no-reply.json"
    path.write_bytes(answer.body)
    found = verify(house, path)
    assert "none of those answers it" in sentences(found, "holds")
    assert "does not show that no answer was given elsewhere" in sentences(found, "unchecked")
    path.write_bytes(answer.body.replace(b'"n":1,', b'"n":2,', 1))
    verify(house, path, code=1)


def test_what_is_not_missed_is_stated_only_on_request_up_to_the_newest_entry(unanswered, tmp_path):
    house, _ = unanswered
    case = house.journey("inviting")
    house.wait_sealed()
    open_one = obligation(case, "PROVIDER", "acknowledge")
    assert statement(house, "OFFICER", case, obligation(case, "OFFICER", "acknowledge"), 409).code == "still_open"
    assert statement(house, "PROVIDER", case, open_one, 409, until="newest").code == "owed_by_you"
    open_one = obligation(case, "OFFICER", "acknowledge")
    assert statement(house, "OFFICER", case, open_one, 400, until="tomorrow").code
    answer = statement(house, "OFFICER", case, open_one, until="newest")
    assert answer.json["until"] == "newest" and "due_at" not in answer.json
    path = tmp_path / "no-reply.json"
    path.write_bytes(answer.body)
    assert "none of those answers it" in sentences(verify(house, path), "holds")
    case.move("PROVIDER", "acknowledge", contact="contactkoala")
    assert statement(house, "OFFICER", case, open_one, 409, until="newest").code == "not_missed"


# -- The command line that fetches and compares


def test_the_log_of_today_begins_with_a_checkpoint_that_was_kept(live, agreed, tmp_path):
    authority = live.organisations["council"]
    (tmp_path / "token").write_text(live.tokens["PROVIDER"])
    asked = ["--server", live.daemon.base_url, "--token-file", str(tmp_path / "token")]

    def run(*words, code=0):
        done = subprocess.run([CLI, *words, *asked], capture_output=True, check=False, timeout=60)
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout

    for name in ("checkpoint", "keys"):
        (tmp_path / name).write_bytes(run("log", name, authority))
    live.journey("opened")
    live.wait_sealed()
    compare = ["verify", "--since", str(tmp_path / "checkpoint"), "--key", str(tmp_path / "keys")]
    assert b"nothing that was sealed was changed" in run(*compare)
    assert run("log", "record", agreed.id, "1").startswith(b'{"agreement":1,')
    other = tmp_path / "checkpoint"
    other.write_bytes(other.read_bytes().replace(b"\n", b"\n1", 1))
    run(*compare, code=1)


# -- A service that seals nothing


def test_without_a_log_nothing_is_handed_out(rehearsal):
    house = rehearsal("2026-09-01 10:00", log_key_file="")
    case = house.journey("in_force")
    assert record(house, "OFFICER", case, expect=409).code == "log_not_kept"
