"""Bad bodies: each is refused with a pointer at what is wrong, and nothing changes."""

import json
import uuid

import pytest

from support.journey import INPUTS, MODEL, NEEDS, opening, terms

NOTHING_CHANGED = "select (select count(*) from fact), (select count(*) from placement), (select count(*) from person), " \
                  "(select count(*) from idempotency), (select count(*) from personal_text), (select sum(seq) from stream)"


@pytest.fixture(scope="module")
def cases(live):
    """A placement at each stage that a move begins from; a refused move leaves it there."""
    return {stage: live.journey(stage) for stage in ("opened", "approved", "inviting", "negotiating", "in_force")}


def pointers(answer):
    return [error["pointer"] for error in answer.json.get("errors", [])]


def assert_refused(answer, code, pointer):
    assert answer.status == 400, answer
    problem = answer.json
    assert problem["code"] == code, problem
    assert pointer in pointers(answer), problem["errors"]
    assert all(error["detail"].endswith(".") for error in problem["errors"])


def refused(house, post, code, pointer):
    before = house.cluster.psql(NOTHING_CHANGED, house.database)
    assert_refused(post(), code, pointer)
    assert house.cluster.psql(NOTHING_CHANGED, house.database) == before


def deep(levels):
    return b'{"x":' + b"[" * (levels - 1) + b"]" * (levels - 1) + b"}"


NOT_JSON = {
    "empty": (b"", ""),
    "blank": (b" \n\t", ""),
    "cut short": (b'{"person_name":', "/person_name"),
    "cut in a string": (b'{"person_name":"x', "/person_name"),
    "a word": (b"yes", ""),
    "trailing comma": (b'{"a":1,}', ""),
    "trailing bytes": (b"{} x", ""),
    "two objects": (b"{}{}", ""),
    "single quotes": (b"{'a':1}", ""),
    "no quotes": (b"{a:1}", ""),
    "comment": (b'{"a":1/*x*/}', "/a"),
    "byte order mark": (b"\xef\xbb\xbf{}", ""),
    "UTF-16": ("{}".encode("utf-16"), ""),
    "broken UTF-8": (b'{"a":"\xff"}', "/a"),
    "overlong UTF-8": (b'{"a":"\xc0\xaf"}', "/a"),
    "surrogate in UTF-8": (b'{"a":"\xed\xa0\x80"}', "/a"),
    "lone surrogate": (b'{"a":"\\ud800"}', "/a"),
    "escaped NUL": (b'{"a":"x\\u0000y"}', "/a"),
    "raw NUL": (b'{"a":"x\0y"}', "/a"),
    "NUL after a number": (b'{"a":1\0}', "/a"),
    "NUL after it all": (b"{}\0", ""),
    "raw control character": (b'{"a":"x\x01y"}', "/a"),
    "raw line feed in a string": (b'{"a":"x\ny"}', "/a"),
    "bad escape": (b'{"a":"\\x41"}', "/a"),
    "NaN": (b'{"a":NaN}', "/a"),
    "Infinity": (b'{"a":-Infinity}', "/a"),
    "leading zero": (b'{"a":01}', "/a"),
    "plus sign": (b'{"a":+1}', "/a"),
    "hex": (b'{"a":0x1}', "/a"),
    "2^63": (b'{"a":9223372036854775808}', "/a"),
    "1e400": (b'{"a":1e400}', "/a"),
    "duplicate key": (b'{"a":1,"a":1}', "/a"),
    "duplicate key by an escape": (b'{"a":1,"\\u0061":2}', "/a"),
    "duplicate key inside": (b'{"b":[{"a":1,"a":2}]}', "/b/0/a"),
    "33 levels": (deep(33), "/x" + "/0" * 31),
    "2049 levels": (deep(2049), "/x" + "/0" * 31),
    "100,000 levels": (deep(100000), "/x" + "/0" * 31),
    "a mix of levels": (b'{"x":' * 40 + b"1" + b"}" * 40, "/x" * 32),
    "a list": (b"[]", ""),
}


@pytest.mark.parametrize("wrong", NOT_JSON)
def test_what_is_not_json_is_400_with_the_place(live, cases, wrong):
    body, pointer = NOT_JSON[wrong]
    case = cases["opened"]
    officer = live.client("OFFICER")
    code = "does_not_fit" if wrong in ("a list", "a word never") else "malformed_json"
    refused(live, lambda: officer.post("/v1/placements", body), code, pointer)
    move = {"If-Match": f'"{case.see()["version"]}"'}
    answer = officer.post(f"/v1/placements/{case.id}/moves", body, None, move)
    assert answer.status == 400 and answer.json["errors"]
    answer = live.client("ADMIN").post("/v1/organisations", body)
    assert answer.status == 400 and pointer in pointers(answer)


def test_32_levels_are_still_read(live):
    answer = live.client("OFFICER").post("/v1/placements", deep(32))
    assert answer.status == 400 and "/x" in pointers(answer)


def test_a_big_body_of_many_keys_is_answered_with_a_few_errors(live):
    body = json.dumps({f"k{n}": n for n in range(10000)}).encode()
    answer = live.client("OFFICER").post("/v1/placements", body)
    assert answer.status == 400 and len(answer.json["errors"]) <= 20


def test_ten_things_that_are_wrong_are_told_at_once(live):
    answer = live.client("OFFICER").post("/v1/placements", {"urgency": "now", "wanted_start": "soon", "funding": []})
    assert set(pointers(answer)) == {"/person_name", "/person_initials", "/care_setting", "/urgency", "/wanted_start",
                                     "/funding"}


# -- Members

OPENING = {
    # changed: (what is given, pointer)
    "name missing": ({"person_name": None}, "/person_name"),
    "name empty": ({"person_name": ""}, "/person_name"),
    "name too long": ({"person_name": "x" * 201}, "/person_name"),
    "name too long in characters, not bytes": ({"person_name": "é" * 201}, "/person_name"),
    "name a number": ({"person_name": 1}, "/person_name"),
    "name a list": ({"person_name": ["x"]}, "/person_name"),
    "name with a direction override": ({"person_name": "Ann\u202eyrreB"}, "/person_name"),
    "name with a direction isolate": ({"person_name": "Ann\u2066x"}, "/person_name"),
    "name with a control character": ({"person_name": "Ann\x07"}, "/person_name"),
    "name with a next-line control": ({"person_name": "Ann\u0085"}, "/person_name"),
    "initials too long": ({"person_initials": "ABCDEFGHI"}, "/person_initials"),
    "setting unknown": ({"care_setting": "castle"}, "/care_setting"),
    "setting in capitals": ({"care_setting": "Residential"}, "/care_setting"),
    "setting a number": ({"care_setting": 0}, "/care_setting"),
    "urgency true": ({"urgency": True}, "/urgency"),
    "30 February": ({"wanted_start": "2026-02-30"}, "/wanted_start"),
    "29 February of no leap year": ({"wanted_start": "2027-02-29"}, "/wanted_start"),
    "month 13": ({"wanted_start": "2026-13-01"}, "/wanted_start"),
    "day 0": ({"wanted_start": "2026-01-00"}, "/wanted_start"),
    "short year": ({"wanted_start": "26-01-01"}, "/wanted_start"),
    "no leading zeros": ({"wanted_start": "2026-1-1"}, "/wanted_start"),
    "an instant for a day": ({"wanted_start": "2026-01-01T00:00:00Z"}, "/wanted_start"),
    "day with a blank": ({"wanted_start": " 2026-01-01"}, "/wanted_start"),
    "day a number": ({"wanted_start": 20260101}, "/wanted_start"),
    "year 0000": ({"wanted_start": "0000-01-01"}, "/wanted_start"),
    "funding empty": ({"funding": []}, "/funding"),
    "funding an object": ({"funding": {"funder": "authority"}}, "/funding"),
    "funding of nine": ({"funding": [{"funder": "nhs"}] * 9}, "/funding"),
    "funder unknown": ({"funding": [{"funder": "bank"}]}, "/funding/0/funder"),
    "second funder unknown": ({"funding": [{"funder": "nhs"}, {"funder": "bank"}]}, "/funding/1/funder"),
    "funder null": ({"funding": [None]}, "/funding/0"),
    "money a number": ({"funding": [{"funder": "nhs", "weekly": 100}]}, "/funding/0/weekly"),
    "money a text": ({"funding": [{"funder": "nhs", "weekly": "1.00"}]}, "/funding/0/weekly"),
    "money without currency": ({"funding": [{"funder": "nhs", "weekly": {"amount": 1}}]}, "/funding/0/weekly"),
    "money with more": ({"funding": [{"funder": "nhs", "weekly": {"amount": 1, "currency": "GBP", "x": 1}}]},
                        "/funding/0/weekly"),
    "money in euro": ({"funding": [{"funder": "nhs", "weekly": {"amount": 1, "currency": "EUR"}}]},
                      "/funding/0/weekly/currency"),
    "money in small letters": ({"funding": [{"funder": "nhs", "weekly": {"amount": 1, "currency": "gbp"}}]},
                               "/funding/0/weekly/currency"),
    "money a float": ({"funding": [{"funder": "nhs", "weekly": {"amount": 1.5, "currency": "GBP"}}]},
                      "/funding/0/weekly/amount"),
    "money a whole float": ({"funding": [{"funder": "nhs", "weekly": {"amount": 1.0, "currency": "GBP"}}]},
                            "/funding/0/weekly/amount"),
    "money below zero": ({"funding": [{"funder": "nhs", "weekly": {"amount": -1, "currency": "GBP"}}]},
                         "/funding/0/weekly/amount"),
    "money beyond ten million": ({"funding": [{"funder": "nhs", "weekly": {"amount": 10**9 + 1, "currency": "GBP"}}]},
                                 "/funding/0/weekly/amount"),
    "money of 2^63-1": ({"funding": [{"funder": "nhs", "weekly": {"amount": 2**63 - 1, "currency": "GBP"}}]},
                        "/funding/0/weekly/amount"),
    "money of -2^63": ({"funding": [{"funder": "nhs", "weekly": {"amount": -2**63, "currency": "GBP"}}]},
                       "/funding/0/weekly/amount"),
    "null": ({"planned_end": "null"}, "/planned_end"),
    "what the service works out": ({"reference": "PL-1"}, "/reference"),
    "the person's id": ({"person": str(uuid.uuid4())}, "/person"),
}


@pytest.mark.parametrize("wrong", OPENING)
def test_a_member_that_does_not_fit_is_pointed_at(live, wrong):
    changed, pointer = OPENING[wrong]
    body = opening(**changed)
    if None in changed.values():
        body = {name: value for name, value in body.items() if value is not None}
    if "null" in changed.values():
        body["planned_end"] = None
    refused(live, lambda: live.client("OFFICER").post("/v1/placements", body), "does_not_fit", pointer)


@pytest.mark.parametrize("member, meant", [
    ("person_nam", "person_name"), ("urgancy", "urgency"), ("wantedstart", "wanted_start"), ("foundings", "funding"),
    ("x", None), ("a/b~c", None), ("", None), ("é", None),
])
def test_an_unknown_member_is_pointed_at_and_the_meant_one_suggested(live, member, meant):
    body = {**opening(), member: "x"}
    before = live.cluster.psql(NOTHING_CHANGED, live.database)
    answer = live.client("OFFICER").post("/v1/placements", body)
    pointer = "/" + member.replace("~", "~0").replace("/", "~1")
    assert_refused(answer, "does_not_fit", pointer)
    detail = [error["detail"] for error in answer.json["errors"] if error["pointer"] == pointer][0]
    assert (f'Did you mean "{meant}"?' in detail) if meant else ("Did you mean" not in detail)
    assert live.cluster.psql(NOTHING_CHANGED, live.database) == before


def test_an_opening_whose_parts_contradict_one_another_is_refused(live):
    for changed, pointer in (({"planned_end": "2027-02-28"}, "/planned_end"),
                             ({"funding": [{"funder": "nhs"}, {"funder": "person"}]}, "/funding"),
                             ({"funding": [{"funder": "nhs", "weekly": {"amount": 1, "currency": "GBP"}}]}, "/funding")):
        answer = live.client("OFFICER").open_placement(409, **opening(**changed))
        assert (answer.code, pointers(answer)) == ("opening_sound", [pointer])


def line(**changed):
    made = {"key": "core", "label": "Core", "unit": "week", "quantity": "1", "rate": "1", **changed}
    return {"terms": terms(lines=[{name: value for name, value in made.items() if value is not None}])}


MOVES = {
    # what: (stage, who, move, body, pointer)
    "no move": ("opened", "OFFICER", None, {}, "/move"),
    "unknown move": ("opened", "OFFICER", "make_ofer", {}, "/move"),
    "time's move": ("opened", "OFFICER", "miss", {}, "/move"),
    "time's other move": ("opened", "OFFICER", "lapse", {}, "/move"),
    "move a number": ("opened", "OFFICER", 7, {}, "/move"),
    "move a list": ("opened", "OFFICER", ["calculate"], {}, "/move"),
    "move null": ("opened", "OFFICER", "null", {}, "/move"),
    "move with another's member": ("inviting", "PROVIDER", "acknowledge", {"reason": "price"}, "/reason"),
    "thread zero": ("inviting", "PROVIDER", "acknowledge", {"thread": 0}, "/thread"),
    "thread a text": ("inviting", "PROVIDER", "acknowledge", {"thread": "1"}, "/thread"),
    "thread a float": ("inviting", "PROVIDER", "acknowledge", {"thread": 1.0}, "/thread"),
    "needs missing": ("opened", "OFFICER", "describe_needs", {"outcomes": NEEDS["outcomes"]}, "/needs"),
    "needs empty": ("opened", "OFFICER", "describe_needs", {**NEEDS, "needs": []}, "/needs"),
    "needs of 101": ("opened", "OFFICER", "describe_needs", {**NEEDS, "needs": NEEDS["needs"] * 101}, "/needs"),
    "need without its area": ("opened", "OFFICER", "describe_needs", {**NEEDS, "needs": [{"task": "x"}]}, "/needs/0/area"),
    "minutes a text": ("opened", "OFFICER", "describe_needs",
                       {**NEEDS, "needs": [{**NEEDS["needs"][0], "minutes": "60"}]}, "/needs/0/minutes"),
    "minutes a float": ("opened", "OFFICER", "describe_needs",
                        {**NEEDS, "needs": [{**NEEDS["needs"][0], "minutes": 60.5}]}, "/needs/0/minutes"),
    "outcome's owner unknown": ("opened", "OFFICER", "describe_needs",
                                {**NEEDS, "outcomes": [{"key": "a", "what": "b", "owner": "me"}]}, "/outcomes/0/owner"),
    "words too long": ("opened", "OFFICER", "record_involvement",
                       {"purpose": "calculation", "took_part": "fully", "how": "x" * 4001}, "/how"),
    "purpose unknown": ("opened", "OFFICER", "record_involvement", {"purpose": "lunch", "took_part": "fully", "how": "x"},
                        "/purpose"),
    "inputs missing": ("opened", "OFFICER", "calculate", MODEL, "/inputs"),
    "inputs a list": ("opened", "OFFICER", "calculate", {**MODEL, "inputs": []}, "/inputs"),
    "input a float": ("opened", "OFFICER", "calculate", {**MODEL, "inputs": {"miles": 1.5}}, "/inputs/miles"),
    "input with five decimals": ("opened", "OFFICER", "calculate", {**MODEL, "inputs": {"miles": "1.00001"}}, "/inputs/miles"),
    "input true": ("opened", "OFFICER", "calculate", {**MODEL, "inputs": {"miles": True}}, "/inputs/miles"),
    "input in exponent form": ("opened", "OFFICER", "calculate", {**MODEL, "inputs": {"miles": "1e2"}}, "/inputs/miles"),
    "input's name with a blank": ("opened", "OFFICER", "calculate", {**MODEL, "inputs": {"a b": 1}}, "/inputs/a b"),
    "what the calculation works out": ("opened", "OFFICER", "calculate",
                                       {**MODEL, "inputs": INPUTS, "weekly_mid": {"amount": 1, "currency": "GBP"}},
                                       "/weekly_mid"),
    "provider no id": ("approved", "OFFICER", "invite", {"provider": "larch"}, "/provider"),
    "provider cut short": ("approved", "OFFICER", "invite", {"provider": str(uuid.uuid4())[:-1]}, "/provider"),
    "provider of zeros": ("approved", "OFFICER", "invite", {"provider": "00000000-0000-0000-0000-000000000000"}, "/provider"),
    "reason missing": ("inviting", "PROVIDER", "decline", {}, "/reason"),
    "reason unknown": ("inviting", "PROVIDER", "decline", {"reason": "tired"}, "/reason"),
    "question missing": ("inviting", "PROVIDER", "ask", {}, "/question"),
    "question empty": ("inviting", "PROVIDER", "ask", {"question": ""}, "/question"),
    "answer's number zero": ("inviting", "PROVIDER", "answer", {"number": 0, "answer": "x"}, "/number"),
    "answer's number beyond": ("inviting", "PROVIDER", "answer", {"number": 1000001, "answer": "x"}, "/number"),
    "answer's number 2^53": ("inviting", "PROVIDER", "answer", {"number": 2**53, "answer": "x"}, "/number"),
    "terms missing": ("inviting", "PROVIDER", "make_offer", {}, "/terms"),
    "terms empty": ("inviting", "PROVIDER", "make_offer", {"terms": {}}, "/terms/lines"),
    "lines empty": ("inviting", "PROVIDER", "make_offer", {"terms": terms(lines=[])}, "/terms/lines"),
    "lines of 61": ("inviting", "PROVIDER", "make_offer",
                    {"terms": terms(lines=[line()["terms"]["lines"][0] | {"key": f"k{n}"} for n in range(61)])}, "/terms/lines"),
    "outcomes of 51": ("inviting", "PROVIDER", "make_offer",
                       {"terms": terms(outcomes=[{"key": f"k{n}"} for n in range(51)])}, "/terms/outcomes"),
    "start 31 April": ("inviting", "PROVIDER", "make_offer", {"terms": terms(start="2026-04-31")}, "/terms/start"),
    "rate a number": ("inviting", "PROVIDER", "make_offer", line(rate=12), "/terms/lines/0/rate"),
    "rate a float": ("inviting", "PROVIDER", "make_offer", line(rate=12.5), "/terms/lines/0/rate"),
    "rate with five decimals": ("inviting", "PROVIDER", "make_offer", line(rate="1.00001"), "/terms/lines/0/rate"),
    "rate with a comma": ("inviting", "PROVIDER", "make_offer", line(rate="1,5"), "/terms/lines/0/rate"),
    "rate with a pound sign": ("inviting", "PROVIDER", "make_offer", line(rate="£1"), "/terms/lines/0/rate"),
    "rate with a plus": ("inviting", "PROVIDER", "make_offer", line(rate="+1"), "/terms/lines/0/rate"),
    "rate with a blank": ("inviting", "PROVIDER", "make_offer", line(rate="1 "), "/terms/lines/0/rate"),
    "rate empty": ("inviting", "PROVIDER", "make_offer", line(rate=""), "/terms/lines/0/rate"),
    "rate too large": ("inviting", "PROVIDER", "make_offer", line(rate="10000000.01"), "/terms/lines/0/rate"),
    "rate far too large": ("inviting", "PROVIDER", "make_offer", line(rate="9" * 30), "/terms/lines/0/rate"),
    "quantity zero": ("inviting", "PROVIDER", "make_offer", line(quantity="0"), "/terms/lines/0/quantity"),
    "quantity below zero": ("inviting", "PROVIDER", "make_offer", line(quantity="-1"), "/terms/lines/0/quantity"),
    "quantity missing": ("inviting", "PROVIDER", "make_offer", line(quantity=None), "/terms/lines/0/quantity"),
    "unit unknown": ("inviting", "PROVIDER", "make_offer", line(unit="month"), "/terms/lines/0/unit"),
    "weekly given": ("inviting", "PROVIDER", "make_offer", line(weekly={"amount": 1, "currency": "GBP"}),
                     "/terms/lines/0/weekly"),
    "total given": ("inviting", "PROVIDER", "make_offer", {"terms": terms(weekly=None) | {
        "weekly": {"amount": 1, "currency": "GBP"}}}, "/terms/weekly"),
    "clause too long": ("inviting", "PROVIDER", "make_offer",
                        {"terms": terms(clauses=[{"key": "a", "text": "x" * 4001}])}, "/terms/clauses/0/text"),
    "side given": ("inviting", "PROVIDER", "make_offer", {"terms": terms(), "side": "commissioner"}, "/side"),
    "digest missing": ("negotiating", "OFFICER", "accept", {}, "/terms_digest"),
    "digest short": ("negotiating", "OFFICER", "accept", {"terms_digest": "a" * 63}, "/terms_digest"),
    "digest not hexadecimal": ("negotiating", "OFFICER", "accept", {"terms_digest": "g" * 64}, "/terms_digest"),
    "digest of zeros": ("negotiating", "OFFICER", "accept", {"terms_digest": "0" * 64}, "/terms_digest"),
    "valid until a number": ("negotiating", "OFFICER", "make_offer", {"terms": terms(), "valid_until": 7}, "/valid_until"),
    "started missing": ("in_force", "PROVIDER", "confirm_start", {}, "/started"),
    "started an instant": ("in_force", "PROVIDER", "confirm_start", {"started": "2026-04-01T00:00:00Z"}, "/started"),
}


@pytest.mark.parametrize("wrong", MOVES)
def test_a_move_that_does_not_fit_is_pointed_at(live, cases, wrong):
    stage, who, move, body, pointer = MOVES[wrong]
    case = cases[stage]
    asked = {**({} if move is None else {"move": None if move == "null" else move}), **body}
    headers = {"If-Match": f'"{case.see(who)["version"]}"'}
    refused(live, lambda: live.client(who).post(f"/v1/placements/{case.id}/moves", asked, None, headers), "does_not_fit", pointer)


def test_a_move_named_twice_is_400(live, cases):
    case = cases["opened"]
    body = b'{"move":"withdraw","move":"withdraw","reason":"funding"}'
    headers = {"If-Match": f'"{case.see()["version"]}"'}
    refused(live, lambda: live.client("OFFICER").post(f"/v1/placements/{case.id}/moves", body, None, headers), "malformed_json", "/move")


@pytest.mark.parametrize("path", [
    "/v1/placements/x", "/v1/placements/1", "/v1/placements/00000000-0000-0000-0000-000000000000",
    "/v1/placements/{id}x", "/v1/placements/{upper}x", "/v1/placements/PL-1000001-I", "/v1/placements/x/facts",
    "/v1/placements/{id}/obligations/x", "/v1/placements/{id}/obligations/0.0", "/v1/placements/{id}/obligations/1",
    "/v1/placements/{id}/obligations/1.1.1", "/v1/placements/{id}/obligations/-1.1", "/v1/placements/{id}/obligations/1.",
    "/v1/placements/{id}/obligations/99999999999.1", "/v1/placements/{id}/obligations/999.1",
    "/v1/cost-models/residential-ld/9", "/v1/cost-models/nothing/0.1", "/v1/cost-models/residential-ld'--/0.1",
])
def test_an_id_that_names_nothing_is_404(live, cases, path):
    path = path.replace("{id}", cases["opened"].id).replace("{upper}", cases["opened"].id.upper())
    assert live.client("OFFICER").get(path, 404).code == "not_found"


def test_texts_are_stored_as_given(live):
    """Combining marks, emoji, right-to-left letters: nothing is normalised, nothing is lost."""
    for name in ("Zoe\u0301 O'Brien-Núñez", "שרה כהן", "李小龍", "👩‍🦽 Ann", "a\tb\nc", "<script>&\"'\\</script>", "x" * 200):
        opened = live.client("OFFICER").open_placement(**opening(person_name=name)).json
        assert live.client("OFFICER").placement(opened["placement"])["person"]["name"] == name


def test_sql_in_a_text_is_a_text(live, cases):
    words = "'; drop table fact; -- $1 \\x00 %s"
    case = live.journey("inviting")
    case.move("PROVIDER", "ask", question=words)
    assert case.see()["threads"][0]["questions"][0]["question"] == words


def test_get_and_delete_take_no_body_to_heart(live):
    answer = live.client("ADMIN").request("DELETE", f"/v1/tokens/{uuid.uuid4()}", b"not json")
    assert answer.status == 404
