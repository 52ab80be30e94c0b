"""Moves: versions, keys, races, and every path that the main story does not take, with its dates."""

import concurrent.futures
import datetime
import itertools
import threading
import uuid

import pytest

from support.client import Client
from support.house import five_pm, london, money, rfc3339
from support.journey import INPUTS, LIMIT, MODEL, NEEDS, opening, terms

WED = "2026-04-01 10:00"  # the day before Easter's


def states(case, duty, who=None):
    return [o["state"] for o in case.see(who)["obligations"] if o["duty"] == duty]


def post_move(house, who, case, move, version, key=None, **body):
    return house.client(who).post(f"/v1/placements/{case.id}/moves", {"move": move, **body}, None,
                                  {"If-Match": version, "Idempotency-Key": key or str(uuid.uuid4())})


# -- Versions

def test_a_move_says_which_version_it_has_seen(live):
    case = live.journey("inviting")
    before = case.fact_count()
    answer = post_move(live, "PROVIDER", case, "acknowledge", None)
    assert (answer.status, answer.code) == (428, "version_required")
    version = case.see("PROVIDER")["version"]
    for wrong in ('"v0"', '"v999"', f'"v{int(version[1:]) - 1}"', f'"v{int(version[1:]) - 1}-00"'):
        answer = post_move(live, "PROVIDER", case, "acknowledge", wrong)
        assert (answer.status, answer.code, answer.json["version"]) == (412, "version_stale", version)
    for malformed in ("v1", version, '"1"', '"v"', '"v-1"', '"v1x"', "*", f'W/"{version}"', '"v99999999999"', '""'):
        answer = post_move(live, "PROVIDER", case, "acknowledge", malformed)
        assert (answer.status, answer.code) == (400, "if_match"), malformed
    assert case.fact_count() == before
    assert post_move(live, "PROVIDER", case, "acknowledge", f'"{version}"').status == 200
    answer = post_move(live, "PROVIDER", case, "decline", f'"{version}"', reason="price")
    assert (answer.status, answer.json["version"]) == (412, case.see("PROVIDER")["version"])


def test_an_etag_serves_as_the_version(live):
    case = live.journey("inviting")
    etag = live.client("PROVIDER").get(f"/v1/placements/{case.id}").headers["ETag"]
    assert etag.startswith(f'"{case.see("PROVIDER")["version"]}-')
    assert post_move(live, "PROVIDER", case, "acknowledge", etag).status == 200
    assert post_move(live, "PROVIDER", case, "acknowledge", etag).status == 412


def test_if_none_match_gives_304_until_something_changes(live):
    case = live.journey("inviting")
    client, path = live.client("OFFICER"), f"/v1/placements/{case.id}"
    etag = client.get(path).headers["ETag"]
    for header in (etag, f'"other", {etag}', "*"):
        answer = client.request("GET", path, headers={"If-None-Match": header})
        assert (answer.status, answer.body, answer.headers["ETag"]) == (304, b"", etag)
        assert "Content-Length" not in answer.headers
    for header in ('"other"', etag[:-2] + '"', '""'):
        assert client.request("GET", path, headers={"If-None-Match": header}).status == 200
    case.move("PROVIDER", "acknowledge")
    answer = client.request("GET", path, headers={"If-None-Match": etag})
    assert answer.status == 200 and answer.headers["ETag"] != etag


def test_a_private_entry_does_not_move_the_other_sides_version(live):
    case = live.journey("negotiating")
    case.move("OFFICER", "refer_to_panel")
    officer, provider = case.see()["version"], case.see("PROVIDER")
    case.move("PANEL", "panel_decide", outcome="returned", reasons="not yet")
    assert case.see()["version"] != officer
    after = case.see("PROVIDER")
    assert (after["version"], after["entries"]) == (provider["version"], provider["entries"])
    assert post_move(live, "PROVIDER", case, "withdraw_offer", f'"{provider["version"]}"').status == 200


def test_a_note_beside_the_terms_moves_no_version(live):
    case = live.journey("negotiating")
    before = case.see()
    case.involve("choice")
    after = case.see()
    assert after["version"] == before["version"] and after["entries"] == before["entries"] + 1


# -- Idempotency

def test_a_repeat_gets_the_same_receipt_byte_for_byte_also_much_later(live):
    case = live.journey("inviting")
    key, version = str(uuid.uuid4()), f'"{case.see("PROVIDER")["version"]}"'
    first = post_move(live, "PROVIDER", case, "acknowledge", version, key)
    assert first.status == 200
    assert set(first.json) == {"entries", "move", "placement", "recorded_at", "reference", "version"}
    again = post_move(live, "PROVIDER", case, "acknowledge", version, key)
    assert (again.status, again.body) == (200, first.body)
    for name in ("negotiating", "signing", "in_force"):
        getattr(case, "_to_" + name)()
    before = case.fact_count()
    for match in (version, '"v1"', None, f'"{case.see("PROVIDER")["version"]}"'):
        again = post_move(live, "PROVIDER", case, "acknowledge", match, key)
        assert (again.status, again.body) == (200, first.body)
    assert case.fact_count() == before


def test_a_repeat_of_an_opening_names_the_same_placement(live):
    key = {"Idempotency-Key": f'"{uuid.uuid4()}"'}
    body = opening()
    first = live.client("OFFICER").post("/v1/placements", body, 201, key)
    again = live.client("OFFICER").post("/v1/placements", body, 201, key)
    assert again.body == first.body
    assert first.headers["Location"] == again.headers["Location"] == f"/v1/placements/{first.json['placement']}"
    live.client("OFFICER").get(first.headers["Location"])
    other = live.client("OFFICER").post("/v1/placements", opening(person_initials="XX"), 422, key)
    assert other.code == "idempotency_key_reused"


def test_the_same_key_with_another_body_or_place_is_422(live):
    case, another = live.journey("inviting"), live.journey("inviting")
    key, version = str(uuid.uuid4()), f'"{case.see("PROVIDER")["version"]}"'
    post_move(live, "PROVIDER", case, "acknowledge", version, key)
    counts = case.fact_count(), another.fact_count()
    for target, move, body in ((case, "acknowledge", {"contact": "x"}), (case, "decline", {"reason": "price"}),
                               (another, "acknowledge", {})):
        answer = post_move(live, "PROVIDER", target, move, version, key, **body)
        assert (answer.status, answer.code) == (422, "idempotency_key_reused")
    assert (case.fact_count(), another.fact_count()) == counts


def test_without_a_key_that_is_a_uuid_nothing_is_posted(live):
    case = live.journey("inviting")
    version = f'"{case.see("PROVIDER")["version"]}"'
    for key in (None, "", "x", '""', "00000000-0000-0000-0000-000000000000", str(uuid.uuid4())[:-1], "1"):
        answer = live.client("PROVIDER").post(f"/v1/placements/{case.id}/moves", {"move": "acknowledge"}, None,
                                              {"If-Match": version, "Idempotency-Key": key})
        assert (answer.status, answer.code) == (400, "idempotency_key"), key
    assert case.see("PROVIDER")["version"] == version.strip('"')


def test_a_refusal_is_not_kept_for_its_key(live):
    case = live.journey("inviting")
    key = str(uuid.uuid4())
    stale = post_move(live, "PROVIDER", case, "acknowledge", '"v0"', key)
    wrong = post_move(live, "PROVIDER", case, "sign", f'"{case.see("PROVIDER")["version"]}"', key, terms_digest="a" * 64)
    good = post_move(live, "PROVIDER", case, "acknowledge", f'"{case.see("PROVIDER")["version"]}"', key)
    assert (stale.status, wrong.status, good.status) == (412, 409, 200)


def at_once(house, calls):
    """calls: (who, function of a fresh client); all begin together. The answers, in order."""
    barrier = threading.Barrier(len(calls))

    def run(call):
        who, function = call
        client = Client(house.daemon.base_url, house.tokens[who])
        try:
            client.get("/livez")
            barrier.wait(30)
            return function(client)
        finally:
            client.close()

    with concurrent.futures.ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def test_fifty_at_once_with_one_key_have_one_effect(live):
    case = live.journey("inviting")
    version, key = case.see("PROVIDER")["version"], str(uuid.uuid4())
    before = case.fact_count()
    answers = at_once(live, [("PROVIDER", lambda client: client.move(
        case.id, "acknowledge", {"contact": "x"}, None, version, key))] * 50)
    assert {answer.status for answer in answers} == {200}
    assert len({answer.body for answer in answers}) == 1
    assert case.fact_count() == before + 1


def test_fifty_openings_at_once_with_one_key_open_one_placement(live):
    body, key = opening(case_reference="FIFTY"), {"Idempotency-Key": str(uuid.uuid4())}
    counted = "select (select count(*) from placement), (select count(*) from person), (select count(*) from stream)"
    before = live.cluster.psql(counted, live.database)[0]
    answers = at_once(live, [("OFFICER", lambda client: client.post("/v1/placements", body, None, key))] * 50)
    assert {answer.status for answer in answers} == {201}
    assert len({answer.body for answer in answers}) == 1
    assert live.cluster.psql(counted, live.database)[0] == [str(int(count) + 1) for count in before]


@pytest.mark.parametrize("turn", range(6))
def test_of_eight_who_answer_one_offer_at_once_exactly_one_wins(live, turn):
    case = live.journey("negotiating")
    digest, lower = case.digest(), terms("1500.00", case.start)
    officer, provider = case.see()["version"], case.see("PROVIDER")["version"]
    moves = [("OFFICER", officer, "accept", {"terms_digest": digest}),
             ("OFFICER", officer, "make_offer", {"terms": lower, **case.reasons("OFFICER", lower)}),
             ("OFFICER", officer, "reject", {"reason": "price"}),
             ("PROVIDER", provider, "withdraw_offer", {})]
    calls = [(who, lambda client, args=(case.id, move, body, None, version): client.move(*args))
             for who, version, move, body in itertools.islice(itertools.cycle(moves), turn, turn + 8)]
    before = case.fact_count()
    answers = at_once(live, calls)
    won = [answer for answer in answers if answer.status == 200]
    assert len(won) == 1, answers
    assert all(answer.status in (409, 412) for answer in answers if answer not in won), answers
    assert case.fact_count() == before + 1
    states_now = case.offers()
    assert states_now.count("accepted") + states_now.count("open") <= 1
    assert states_now[0] == {"accept": "accepted", "make_offer": "countered", "reject": "rejected",
                             "withdraw_offer": "withdrawn"}[won[0].json["move"]]


def test_moves_on_many_placements_at_once_all_stand(live):
    cases = [live.journey("inviting") for _ in range(24)]
    answers = at_once(live, [("PROVIDER", lambda client, case=case: client.move(case.id, "acknowledge", {}, None))
                             for case in cases])
    assert {answer.status for answer in answers} == {200}
    assert all(case.fact_kinds()[-1] == "acknowledged" for case in cases)
    gaps = live.cluster.psql("select authority_id from fact group by 1 having max(leaf_index) + 1 <> count(*) "
                             "or count(distinct leaf_index) <> count(*)", live.database)
    assert gaps == []


# -- The wrong moment, the wrong side, twice

@pytest.mark.parametrize("stage, who, move, code, body", [
    ("opened", "OFFICER", "calculate", "involvement_before_calculation", {**MODEL, "inputs": INPUTS}),
    ("opened", "OFFICER", "refer_to_panel", "guide_calculated", {}),
    ("opened", "OFFICER", "ask", "stage", {"question": "x"}),
    ("opened", "PANEL", "panel_decide", "stage", {"outcome": "returned", "reasons": "x"}),
    ("opened", "SIGNATORY", "sign", "stage", {"terms_digest": "a" * 64}),
    ("preparing", "OFFICER", "confirm_start", "care_agreed", {"started": "2026-01-01"}),
    ("with_panel", "OFFICER", "refer_to_panel", "stage", {}),
    ("with_panel", "OFFICER", "describe_needs", "stage", NEEDS),
    ("inviting", "OFFICER", "accept", "stage", {"terms_digest": "a" * 64}),
    ("inviting", "PROVIDER", "withdraw_offer", "offer_on_table", {}),
    ("inviting", "PROVIDER", "answer", "question_open", {"number": 1, "answer": "x"}),
    ("inviting", "PROVIDER", "describe_needs", "side", NEEDS),
    ("inviting", "OFFICER", "acknowledge", "side", {}),
    ("inviting", "OFFICER", "decline", "side", {"reason": "price"}),
    ("negotiating", "PROVIDER", "decline", "decline_in_time", {"reason": "price"}),
    ("negotiating", "PROVIDER", "acknowledge", "not_acknowledged_yet", {}),
    ("negotiating", "PROVIDER", "make_offer", "turn", {"terms": terms()}),
    ("negotiating", "PROVIDER", "accept", "others_offer", {"terms_digest": "a" * 64}),
    ("negotiating", "PROVIDER", "reject", "others_offer", {"reason": "price"}),
    ("negotiating", "OFFICER", "withdraw_offer", "own_offer", {}),
    ("negotiating", "OFFICER", "accept", "names_digest", {"terms_digest": "a" * 64}),
    ("signing", "OFFICER", "accept", "stage", {"terms_digest": "a" * 64}),
    ("signing", "PROVIDER", "make_offer", "stage", {"terms": terms()}),
    ("signing", "SIGNATORY", "sign", "involvement_before_signature", {"terms_digest": "a" * 64}),
    ("signing", "PROVIDER", "sign", "involvement_before_signature", {"terms_digest": "a" * 64}),
    ("in_force", "PROVIDER", "sign", "stage", {"terms_digest": "a" * 64}),
    ("in_force", "OFFICER", "withdraw", "stage", {"reason": "funding"}),
    ("in_force", "OFFICER", "invite", "stage", {"provider": None}),
    ("in_force", "OFFICER", "hold_review", "review_open", {
        "kind": "first", "held_on": "2026-05-01", "outcomes": [{"key": "swimming", "result": "met"}],
        "needs": "unchanged", "decision": "continue"}),
])
def test_a_move_that_is_not_for_now_is_refused_for_the_right_reason(live, stage, who, move, code, body):
    case = live.journey(stage)
    if body.get("provider", "") is None:
        body = {"provider": live.organisations["alder"]}
    case.refused(who, move, code, **body)


def test_what_is_done_is_not_done_twice(rehearsal):
    house = rehearsal(WED)
    case = house.journey("with_panel", start="2026-04-01")
    case.move("PANEL", "panel_decide", outcome="approved", limit_weekly=money(LIMIT))
    case.refused("PANEL", "panel_decide", "panel_asked", outcome="approved", limit_weekly=money(LIMIT))
    case.invite()
    case.refused("OFFICER", "invite", "one_invitation_at_a_time", provider=house.organisations["alder"])
    case.move("PROVIDER", "acknowledge")
    case.refused("PROVIDER", "acknowledge", "not_acknowledged_yet")
    case.offer("PROVIDER")
    case.refused("PROVIDER", "make_offer", "turn", terms=terms(start=case.start))
    case.move("OFFICER", "refer_to_panel")
    case.refused("OFFICER", "refer_to_panel", "panel_not_waiting")
    case.accept("OFFICER")
    case.refused("OFFICER", "accept", "stage", terms_digest=case.digest())
    case.involve("signature")
    case.sign("SIGNATORY")
    case.refused("SIGNATORY", "sign", "not_signed_yet", terms_digest=case.digest())
    case.sign("PROVIDER")
    case.move("OFFICER", "confirm_start", started="2026-04-01")
    case.refused("PROVIDER", "confirm_start", "start_not_confirmed_yet", started="2026-04-01")
    case.involve("review")
    review = {"kind": "first", "held_on": "2026-04-01", "outcomes": [{"key": "swimming", "result": "met"}],
              "needs": "unchanged", "decision": "continue"}
    case.move("OFFICER", "hold_review", **review)
    case.refused("OFFICER", "hold_review", "review_open", pointer="/kind", **review)


def test_in_an_ended_placement_entries_are_put_right_and_nothing_else(live):
    case = live.journey("preparing")
    case.move("OFFICER", "withdraw", reason="opened_in_error")
    assert {entry["move"] for entry in case.see()["allowed_moves"]} <= {"correct", "mark_entered_in_error", "redact"}
    problem = case.refused("OFFICER", "withdraw", "placement_ended", reason="funding")
    assert "withdrawn" in problem["detail"]
    case.refused("OFFICER", "describe_needs", "placement_ended", **NEEDS)


def test_opener_approver_and_signatory_are_three_people(live):
    admin, council = live.client("ADMIN"), live.organisations["council"]
    for number in (1, 2):
        user = admin.post("/v1/users", {
            "name": "Hatty Many", "email": f"hats{number}@council.example", "organisation": council,
            "roles": ["case_officer", "panel_member", "signatory"]}, 201).json["id"]
        live.tokens[f"HATS{number}"] = admin.post(
            "/v1/tokens", {"user": user, "organisation": council, "days": 1}, 201).json["secret"]
    case = live.journey(officer="HATS1", panel="HATS2", signatory="SIGNATORY").to("with_panel")
    case.refused("HATS1", "panel_decide", "three_people", outcome="approved", limit_weekly=money(LIMIT))
    for name in ("approved", "inviting", "negotiating", "signing"):
        getattr(case, "_to_" + name)()
    case.involve("signature")
    for who in ("HATS1", "HATS2"):
        case.refused(who, "sign", "three_people", terms_digest=case.digest())
    case.sign("SIGNATORY")


# -- Involvement

@pytest.mark.parametrize("took_part, said, pointer", [
    ("fully", {}, "/how"),
    ("with_support", {"how": "x"}, "/supported_by"),
    ("with_support", {"supported_by": "x"}, "/how"),
    ("lacks_capacity", {}, "/capacity_record"),
    ("lacks_capacity", {"reason": "lacks capacity"}, "/capacity_record"),
    ("lacks_capacity", {"capacity_record": "MCA-1"}, "/advocate"),
    ("chose_not_to", {"how": "x"}, "/reason"),
    ("not_yet", {}, "/reason"),
])
def test_involvement_says_how_or_why_not(live, took_part, said, pointer):
    case = live.journey("opened")
    case.refused("OFFICER", "record_involvement", "involvement_explained", pointer=pointer, purpose="calculation",
                 took_part=took_part, **said)


def test_a_decision_specific_capacity_record_and_an_advocate_are_enough(live):
    case = live.journey("opened")
    case.move("OFFICER", "record_involvement", purpose="calculation", took_part="lacks_capacity",
              capacity_record="MCA-1", advocate="supportfossa")
    case.calculate()


def test_involvement_is_asked_for_each_step_and_each_review_of_its_own(rehearsal):
    house = rehearsal(WED)
    case = house.journey("opened", start="2026-04-01")
    case.involve("signature")
    case.refused("OFFICER", "calculate", "involvement_before_calculation", **MODEL, inputs=INPUTS)
    case._to_preparing()
    for name in ("with_panel", "approved", "inviting", "negotiating", "signing"):
        getattr(case, "_to_" + name)()
    case.sign("SIGNATORY")
    case.sign("PROVIDER")
    case.move("PROVIDER", "confirm_start", started="2026-04-01")
    review = {"held_on": "2026-04-01", "outcomes": [{"key": "swimming", "result": "met"}], 
              "needs": "unchanged", "decision": "continue"}
    case.refused("OFFICER", "hold_review", "involvement_before_review", kind="first", **review)
    case.involve("review", "PROVIDER")
    case.move("OFFICER", "hold_review", kind="first", **review)
    case.refused("OFFICER", "hold_review", "involvement_before_review", kind="three_month", **review)


# -- The panel

def test_a_panel_that_returns_it_is_asked_again(rehearsal):
    house = rehearsal(WED)
    case = house.journey("with_panel")
    case.expect_due("decide_at_panel", five_pm("2026-04-08"))
    case.refused("PANEL", "panel_decide", "panel_reasons", pointer="/limit_weekly", outcome="approved")
    case.refused("PANEL", "panel_decide", "panel_reasons", pointer="/reasons", outcome="returned")
    case.refused("PANEL", "panel_decide", "panel_reasons", pointer="/limit_weekly", outcome="refused",
                 reasons="x", limit_weekly=money(1))
    case.move("PANEL", "panel_decide", outcome="returned", reasons="Say more about nights.")
    assert case.see()["stage"] == "preparing"
    assert states(case, "decide_at_panel") == ["met"]
    case.refused("OFFICER", "invite", "panel_approval", provider=house.organisations["larch"])
    case.move("OFFICER", "refer_to_panel")
    case.move("PANEL", "panel_decide", outcome="approved", limit_weekly=money(LIMIT))
    assert case.see()["stage"] == "inviting"
    case.invite()


def test_a_panel_that_refuses_ends_the_placement(rehearsal):
    case = rehearsal(WED).journey("with_panel")
    case.move("PANEL", "panel_decide", outcome="refused", reasons="Not funded.")
    assert (case.see()["stage"], case.see()["end_reason"]) == ("ended", "refused_by_panel")
    assert {o["state"] for o in case.see()["obligations"]} <= {"met", "released"}
    case.refused("OFFICER", "refer_to_panel", "placement_ended")


def test_once_a_provider_negotiates_a_refusal_leaves_the_limit_as_it_was(rehearsal):
    case = rehearsal(WED).journey("inviting")
    case.offer("PROVIDER", "1750.00")
    case.move("OFFICER", "refer_to_panel")
    provider = case.see("PROVIDER")
    case.move("PANEL", "panel_decide", outcome="refused", reasons="Not funded.")
    assert case.see()["stage"] == "negotiating"
    after = case.see("PROVIDER")
    assert (after["stage"], after["version"], after["entries"]) == ("negotiating", provider["version"], provider["entries"])
    case.refused("OFFICER", "accept", "within_approved_limit", terms_digest=case.digest(), above_guide_reason="x")
    case.offer("OFFICER", "1713.13", above_guide_reason="x")


def test_a_second_referral_moves_the_answer_to_the_sitting_and_one_working_day(rehearsal):
    house = rehearsal(WED)
    case = house.journey("inviting")
    case.offer("PROVIDER", "1800.00")
    case.expect_due("respond", five_pm("2026-04-10"), owed_by="commissioner")
    case.refused("OFFICER", "accept", "within_approved_limit", terms_digest=case.digest(), above_guide_reason="x")
    house.go_to(london("2026-04-09 09:00"))
    case.move("OFFICER", "refer_to_panel")
    case.expect_due("decide_at_panel", five_pm("2026-04-15"))
    for who in ("OFFICER", "PROVIDER"):
        case.expect_due("respond", five_pm("2026-04-16"), who, owed_by="commissioner")
    house.go_to(london("2026-04-15 12:00"))
    case.move("PANEL", "panel_decide", outcome="approved", limit_weekly=money(180000))
    case.accept("OFFICER", above_guide_reason="x")
    assert states(case, "respond") == ["met"]


def test_under_the_threshold_no_panel_is_needed_and_the_threshold_is_the_limit(live):
    made = live.client("ADMIN").post("/v1/organisations", {
        "kind": "authority", "name": "Lenient Council", "division": "scotland", "email": "care@lenient.example",
        "panel_threshold": money(175000)}, 201)
    live.organisations["lenient"] = made.json["id"]
    live._people({"LENIENT": ("lenient", "Lee Nient", ["case_officer"])})
    case = live.journey("preparing", officer="LENIENT")
    case.invite()
    case.offer("PROVIDER", "1750.01")
    case.refused("LENIENT", "accept", "within_approved_limit", terms_digest=case.digest(), above_guide_reason="x")
    case.move("PROVIDER", "withdraw_offer")
    case.offer("PROVIDER", "1750.00")
    case.accept("LENIENT", above_guide_reason="x")


# -- Inviting

def test_a_declined_invitation_frees_the_way_for_another(rehearsal):
    house = rehearsal(WED)
    case = house.journey("inviting")
    case.expect_due("make_offer", five_pm("2026-04-17"), "PROVIDER")
    case.move("PROVIDER", "decline", reason="no_vacancy", detail="notejacana")
    assert case.see()["stage"] == "inviting"
    assert states(case, "make_offer") == ["released"] and states(case, "acknowledge") == ["released"]
    case.refused("PROVIDER", "decline", "invitation_declined", reason="price")
    case.refused("PROVIDER", "make_offer", "invitation_declined", terms=terms())
    case.refused("OFFICER", "make_offer", "invitation_open", terms=terms())
    house.go_to(london("2026-04-02 10:00"))
    case.invite("alder", "Alder Grove")
    case.expect_due("make_offer", five_pm("2026-04-20"), "PROVIDER2")
    case.offer("PROVIDER2")
    assert case.see()["threads"][-1]["provider"] == house.organisations["alder"]


def test_an_offer_on_the_last_second_counts_and_one_second_later_is_refused(rehearsal):
    house = rehearsal(WED)
    case, late = house.journey("inviting"), house.journey("inviting", provider="PROVIDER2", invited="alder",
                                                          home="Alder Grove")
    house.go_to(london("2026-04-17 17:00"))
    case.offer("PROVIDER")
    assert states(case, "make_offer") == ["met"]
    house.go_to(london("2026-04-17 17:00").replace(second=1))
    assert late.see()["threads"][0]["state"] == "lapsed"
    assert states(late, "make_offer") == ["lapsed"]
    late.refused("PROVIDER2", "make_offer", "invitation_lapsed", terms=terms())
    late.refused("PROVIDER2", "acknowledge", "invitation_lapsed")
    late.refused("PROVIDER2", "decline", "invitation_lapsed", reason="price")
    lapse = [fact for fact in house.client("OFFICER").pages(f"/v1/placements/{late.id}/facts") if fact["kind"] == "lapsed"]
    assert [fact["occurred_at"] for fact in lapse] == [five_pm("2026-04-17")]
    late.invite("larch", "Larch House")  # the commissioner may go on
    assert late.see("PROVIDER")["stage"] == "inviting"


def test_a_start_that_is_near_halves_the_time_to_offer(rehearsal):
    house = rehearsal(WED)
    near = house.journey("inviting", start="2026-04-29")
    near.expect_due("make_offer", five_pm("2026-04-10"), "PROVIDER")
    far = house.journey("inviting", start="2026-04-30")
    far.expect_due("make_offer", five_pm("2026-04-17"), "PROVIDER")


def test_an_acknowledgement_after_its_day_is_accepted_and_marked_late(rehearsal):
    house = rehearsal(WED)
    case = house.journey("inviting")
    house.go_to(london("2026-04-08 09:00"))
    missed = case.obligation("acknowledge", "PROVIDER")
    assert (missed["state"], missed["missed_at"]) == ("open", five_pm("2026-04-07"))
    case.move("PROVIDER", "acknowledge")
    late = case.obligation("acknowledge", "PROVIDER")
    assert (late["state"], late["late_by_seconds"]) == ("met_late", 16 * 3600)


def test_invite_names_a_provider_and_a_home_of_its_own(live):
    case = live.journey("approved")
    for body, pointer in (({"provider": live.organisations["fairhill"]}, "/provider"),
                          ({"provider": live.organisations["southmere"]}, "/provider"),
                          ({"provider": str(uuid.uuid4())}, "/provider"),
                          ({"provider": live.organisations["larch"], "home": live.homes["Alder Grove"]}, "/home"),
                          ({"provider": live.organisations["larch"], "home": str(uuid.uuid4())}, "/home")):
        case.refused("OFFICER", "invite", "does_not_fit", 400, pointer, **body)


# -- Questions

def test_a_question_nobody_answers_holds_the_clock_for_twenty_working_days(rehearsal):
    house = rehearsal(WED)
    case = house.journey("inviting")
    house.go_to(london("2026-04-09 16:00"))
    case.move("PROVIDER", "ask", question="questiongerenuk")
    case.expect_due("wait_for_answer", five_pm("2026-05-08"), "PROVIDER", owed_by="time")
    house.go_to(london("2026-05-08 17:01"))
    assert case.obligation("answer", "PROVIDER")["missed_at"]
    assert (states(case, "wait_for_answer"), states(case, "answer")) == (["lapsed"], ["open"])
    case.expect_due("make_offer", five_pm("2026-05-19"), "PROVIDER")  # three ticks used, seven remain
    assert case.see("PROVIDER")["threads"][0]["questions"][0]["expired"] is True
    house.go_to(london("2026-05-19 17:01"))
    assert case.see("PROVIDER")["threads"][0]["state"] == "lapsed", "no invitation stays open for ever"


def test_a_question_pauses_its_askers_offer_clock_until_the_answer(rehearsal):
    house = rehearsal(WED)
    case = house.journey("inviting")
    case.expect_due("make_offer", five_pm("2026-04-17"), "PROVIDER")
    house.go_to(london("2026-04-09 18:00"))  # four ticks used: 2, 7, 8, 9 April
    case.move("PROVIDER", "ask", question="questiongerenuk")
    paused = case.obligation("make_offer", "PROVIDER")
    assert paused["paused"] and "due_at" not in paused
    case.expect_due("answer", five_pm("2026-04-15"), owed_by="commissioner")  # received after 17:00
    house.go_to(london("2026-04-14 09:00"))
    assert case.see("PROVIDER")["threads"][0]["state"] == "open", "a paused clock does not lapse"
    case.refused("OFFICER", "answer", "question_open", pointer="/number", number=2, answer="x")
    case.refused("PROVIDER", "answer", "question_open", pointer="/number", number=1, answer="x")
    case.move("OFFICER", "answer", number=1, answer="answerhoatzin")
    assert states(case, "answer") == ["met"]
    resumed = case.expect_due("make_offer", five_pm("2026-04-21"), "PROVIDER")  # six remain
    explained = house.client("PROVIDER").get(resumed["href"]).json["explain"]
    assert explained["pauses"] == [{"from": rfc3339(london("2026-04-09 18:00")), "to": rfc3339(london("2026-04-14 09:00"))}]
    question = case.see("PROVIDER")["threads"][0]["questions"][0]
    assert (question["question"], question["answer"], question["answered"]) == ("questiongerenuk", "answerhoatzin", True)
    case.refused("OFFICER", "answer", "question_open", pointer="/number", number=1, answer="again")
    house.go_to(london("2026-04-21 16:00"))
    case.offer("PROVIDER")
    assert states(case, "make_offer") == ["met"]


def test_a_second_question_keeps_the_clock_paused_until_both_are_answered(rehearsal):
    house = rehearsal(WED)
    case = house.journey("inviting")
    case.move("PROVIDER", "ask", question="one")
    case.move("PROVIDER", "ask", question="two")
    house.go_to(london("2026-04-02 10:00"))
    case.move("OFFICER", "answer", number=2, answer="b")
    assert case.obligation("make_offer", "PROVIDER")["paused"]
    house.go_to(london("2026-04-07 10:00"))
    case.move("OFFICER", "answer", number=1, answer="a")
    # Paused from the start to 7 April: ten ticks from that day on.
    case.expect_due("make_offer", five_pm("2026-04-20"), "PROVIDER")


def test_a_question_that_is_answered_late_is_marked_so(rehearsal):
    house = rehearsal(WED)
    case = house.journey("inviting")
    case.move("PROVIDER", "ask", question="one")
    case.expect_due("answer", five_pm("2026-04-08"), owed_by="commissioner")
    house.go_to(london("2026-04-09 10:00"))
    assert case.obligation("answer")["missed_at"] == five_pm("2026-04-08")
    case.move("OFFICER", "answer", number=1, answer="late")
    assert states(case, "answer") == ["met_late"]
    case.expect_due("make_offer", five_pm("2026-04-22"), "PROVIDER")


def test_either_side_may_ask_and_a_counter_offer_needs_no_answer_first(rehearsal):
    house = rehearsal(WED)
    case = house.journey("negotiating")
    case.move("OFFICER", "ask", question="one")
    case.expect_due("answer", five_pm("2026-04-08"), "PROVIDER", owed_by="provider")
    case.expect_due("respond", five_pm("2026-04-10"))  # a question pauses no answer that is owed
    case.move("PROVIDER", "answer", number=1, answer="x")
    case.offer("OFFICER", "1500.00")


# -- Offers

def test_the_commissioner_may_offer_first(rehearsal):
    house = rehearsal(WED)
    case = house.journey("inviting")
    case.offer("OFFICER", "1600.00")
    assert states(case, "make_offer") == ["released"]
    case.expect_due("respond", five_pm("2026-04-10"), "PROVIDER", owed_by="provider")
    case.refused("OFFICER", "make_offer", "turn", terms=terms())
    case.refused("OFFICER", "accept", "others_offer", terms_digest=case.digest())
    case.accept("PROVIDER")
    assert case.see()["stage"] == "signing"
    assert states(case, "acknowledge") == ["met"]


def test_a_withdrawn_offer_gives_its_maker_the_turn_and_a_date(rehearsal):
    house = rehearsal(WED)
    case = house.journey("negotiating")
    case.move("PROVIDER", "withdraw_offer", reason="notejacana")
    assert case.offers() == ["withdrawn"]
    assert states(case, "respond") == ["released"] and states(case, "offer_stands") == ["released"]
    case.expect_due("offer_again", five_pm("2026-04-10"), "PROVIDER", owed_by="provider")
    case.expect_due("round_stands", five_pm("2026-05-01"))
    case.refused("OFFICER", "accept", "offer_withdrawn", terms_digest="a" * 64)
    case.refused("OFFICER", "reject", "offer_withdrawn", reason="price")
    case.refused("PROVIDER", "withdraw_offer", "offer_withdrawn")
    case.refused("OFFICER", "make_offer", "turn", terms=terms())
    house.go_to(london("2026-04-10 17:00"))
    case.offer("PROVIDER", "1590.00")
    assert states(case, "offer_again") == ["met"] and states(case, "round_stands") == ["released"]
    case.expect_due("respond", five_pm("2026-04-17"), owed_by="commissioner")


def test_a_withdrawn_offer_that_nobody_follows_ends_the_round(rehearsal):
    house = rehearsal(WED)
    case = house.journey("negotiating")
    case.move("PROVIDER", "withdraw_offer")
    house.go_to(london("2026-04-20 12:00"))
    assert case.obligation("offer_again")["missed_at"] == five_pm("2026-04-10")
    house.go_to(london("2026-05-01 17:00"))
    assert case.see()["stage"] == "negotiating"
    house.go_to(london("2026-05-05 09:00"))
    assert (case.see()["stage"], case.see()["end_reason"]) == ("ended", "lapsed")
    assert "open" not in [o["state"] for o in case.see()["obligations"]]
    case.refused("PROVIDER", "make_offer", "placement_ended", terms=terms())


def test_after_a_rejection_either_side_may_offer(rehearsal):
    for who, refused in (("PROVIDER", "OFFICER"), ("OFFICER", "PROVIDER")):
        house = rehearsal(WED)
        case = house.journey("negotiating")
        case.move("OFFICER", "reject", reason="price", detail="notejacana")
        assert case.offers() == ["rejected"] and states(case, "respond") == ["met"]
        either = case.expect_due("after_rejection", five_pm("2026-04-17"))
        assert either["owed_by"] == "either"
        case.expect_due("after_rejection", five_pm("2026-04-17"), "PROVIDER")
        case.refused("OFFICER", "accept", "offer_on_table", terms_digest="a" * 64)
        house.go_to(london("2026-04-17 16:59"))
        case.offer(who, "1550.00")
        assert states(case, "after_rejection") == ["released"]
        case.accept(refused)


def test_a_rejection_that_nobody_follows_ends_the_round(rehearsal):
    house = rehearsal(WED)
    case = house.journey("negotiating")
    case.move("OFFICER", "reject", reason="price")
    house.go_to(london("2026-04-18 09:00"))
    assert (case.see()["stage"], case.see()["end_reason"]) == ("ended", "lapsed")
    assert (case.see("PROVIDER")["stage"], case.see("PROVIDER")["end_reason"]) == ("ended", "lapsed")
    assert "missed" not in case.fact_kinds(), "a right that runs out is no miss"


def test_an_answer_to_an_offer_that_is_late_is_accepted_and_marked_late(rehearsal):
    house = rehearsal(WED)
    case = house.journey("negotiating")
    house.go_to(london("2026-04-13 09:00"))
    assert case.obligation("respond")["missed_at"] == five_pm("2026-04-10")
    rows = list(house.client("OFFICER").pages("/v1/placements"))
    assert rows[0]["overdue"] is True
    case.offer("OFFICER", "1500.00")
    late = case.obligation("respond", owed_by="commissioner")
    assert (late["state"], late["late_by_seconds"]) == ("met_late", 64 * 3600)
    assert list(house.client("OFFICER").pages("/v1/placements"))[0]["overdue"] is False
    for who in ("OFFICER", "PROVIDER"):
        facts = list(house.client(who).pages(f"/v1/placements/{case.id}/facts"))
        assert [fact["kind"] for fact in facts][-2:] == ["missed", "offer_made"]


def test_an_offer_expires_after_20_working_days_and_its_maker_owes_another(rehearsal):
    house = rehearsal(WED)
    case = house.journey("negotiating")
    case.expect_due("offer_stands", five_pm("2026-05-01"))
    house.go_to(london("2026-05-01 17:00"))
    assert case.offers() == ["open"]
    house.go_to(london("2026-05-01 17:00").replace(second=1))
    assert case.offers() == ["expired"]
    assert states(case, "respond") == ["lapsed"] and states(case, "offer_stands") == ["lapsed"]
    case.refused("OFFICER", "accept", "offer_lapsed", terms_digest="a" * 64)
    case.refused("OFFICER", "make_offer", "turn", terms=terms())
    case.expect_due("offer_again", five_pm("2026-05-11"), "PROVIDER", owed_by="provider")  # 4 May is a holiday
    case.offer("PROVIDER", "1580.00")
    case.accept("OFFICER")


def test_an_offer_stands_until_the_day_it_names(rehearsal):
    house = rehearsal(WED)
    case = house.journey("inviting")
    for day in ("2026-04-01", "2026-03-31", "2026-04-09", "2027-04-05"):
        case.refused("PROVIDER", "make_offer", "valid_until", pointer="/valid_until", terms=terms(), valid_until=day)
    case.offer("PROVIDER", valid_until="2026-04-12")  # a Sunday: a right runs to its own day
    case.expect_due("offer_stands", five_pm("2026-04-12"))
    house.go_to(london("2026-04-12 17:00").replace(second=1))
    assert case.offers() == ["expired"]


@pytest.mark.parametrize("changed, code, pointer", [
    ({"lines": [{"key": "a", "label": "x", "unit": "week", "quantity": "1", "rate": "1"}] * 2}, "terms_sound",
     "/terms/lines/1/key"),
    ({"outcomes": [{"key": "swimming"}, {"key": "chess"}]}, "outcome_known", "/terms/outcomes/1/key"),
    ({"lines": [{"key": "a", "label": "x", "unit": "week", "quantity": "1", "rate": "-1"}]}, "terms_sound", "/terms/lines"),
])
def test_terms_that_are_not_sound_are_pointed_at(live, changed, code, pointer):
    case = live.journey("inviting")
    case.refused("PROVIDER", "make_offer", code, pointer=pointer, terms=terms(**changed))


def test_above_the_guides_high_the_commissioner_gives_a_reason_and_stays_within_the_limit(live):
    case = live.journey("inviting")
    case.refused("OFFICER", "make_offer", "above_guide_reason", pointer="/above_guide_reason", terms=terms("1690.01"))
    case.refused("OFFICER", "make_offer", "within_approved_limit", terms=terms("1713.14"), above_guide_reason="x")
    case.offer("PROVIDER", "9000.00")  # a provider may ask for anything
    case.refused("OFFICER", "accept", "within_approved_limit", terms_digest=case.digest(), above_guide_reason="x")
    case.offer("OFFICER", "1713.13", above_guide_reason="x")


def test_each_offer_stands_beside_the_guide_and_the_one_before(live):
    case = live.journey("negotiating")
    case.offer("OFFICER", "1500.00")
    for who in ("OFFICER", "PROVIDER"):
        first, second = case.see(who)["threads"][0]["offers"]
        assert first["comparison"]["to_guide_mid"]["amount"] == 160000 - 160400
        assert second["comparison"]["to_previous"]["amount"] == -10000
        assert second["comparison"]["beside_guide"] == "below"
        assert second["comparison"]["lines"][0]["moved"]["amount"] == -10000


# -- Signing and starting

def test_an_acceptance_that_is_not_signed_lapses_when_care_has_not_started(rehearsal):
    house = rehearsal(WED)
    case = house.journey("signing")
    case.involve("signature")
    case.sign("SIGNATORY")
    case.expect_due("sign", five_pm("2026-04-10"), "PROVIDER", owed_by="provider")
    case.expect_due("acceptance_stands", five_pm("2026-05-01"))
    house.go_to(london("2026-04-20 09:00"))
    assert states(case, "sign") == ["met", "open"] and case.see()["stage"] == "signing"
    house.go_to(london("2026-05-01 18:00"))
    assert case.see()["stage"] == "negotiating" and case.offers() == ["expired"]
    assert states(case, "sign") == ["met", "lapsed"]
    case.refused("PROVIDER", "sign", "acceptance_lapsed", terms_digest=case.digest("PROVIDER"))
    case.refused("OFFICER", "accept", "offer_lapsed", terms_digest="a" * 64)
    case.expect_due("round_stands", five_pm("2026-06-02"))  # two bank holidays in May
    case.offer("OFFICER", "1500.00")  # either side may
    case.accept("PROVIDER")
    case.sign("PROVIDER")
    case.sign("SIGNATORY")
    assert case.see()["stage"] == "in_force"
    assert case.see()["agreements"][0]["weekly"]["amount"] == 150000


def test_an_acceptance_does_not_lapse_once_care_has_started(rehearsal):
    house = rehearsal(WED)
    case = house.journey("signing", start="2026-04-01")
    case.move("PROVIDER", "confirm_start", started="2026-04-01")
    house.go_to(london("2026-05-12 09:00"))
    assert case.see()["stage"] == "signing"
    assert case.obligation("acceptance_stands")["missed_at"] == five_pm("2026-05-01")
    told = [d["reminder"] for d in house.client("OFFICER").pages("/v1/deliveries", placement=case.id)
            if d.get("reminder") and d["due_at"] == five_pm("2026-05-01") and d["channel"] == "service"]
    assert told == ["7 days late"]
    case.involve("signature")
    case.sign("SIGNATORY")
    case.sign("PROVIDER")
    assert case.see()["stage"] == "in_force"
    assert states(case, "sign") == ["met_late", "met_late"]


def test_the_first_signature_is_shown_and_the_second_makes_the_agreement(live):
    case = live.journey("signing")
    assert case.see("PROVIDER")["signed"] == {"commissioner": False, "provider": False}
    case.involve("signature")
    case.refused("PROVIDER", "sign", "names_digest", pointer="/terms_digest", terms_digest="a" * 64)
    case.sign("PROVIDER")
    assert case.see()["signed"] == {"commissioner": False, "provider": True}
    assert case.see()["agreements"] == []
    case.sign("SIGNATORY")
    agreement = case.see()["agreements"][0]
    assert agreement == case.see("PROVIDER")["agreements"][0] | {"entry": agreement.get("entry")}
    assert (agreement["number"], agreement["weekly"]["amount"], agreement["from"]) == (1, 160000, case.start)


def test_the_start_is_a_day_that_has_been_and_not_before_the_placement(rehearsal):
    house = rehearsal(WED)
    case = house.journey("in_force", start="2026-04-01")
    for day in ("2026-04-02", "2026-03-31"):
        case.refused("PROVIDER", "confirm_start", "start_in_past", pointer="/started", started=day)
    case.expect_due("confirm_start", five_pm("2026-04-07"))
    case.move("OFFICER", "confirm_start", started="2026-04-01")
    case.expect_due("first_review", five_pm("2026-05-27"))
    case.expect_due("three_month_review", five_pm("2026-07-01"))


def test_a_short_stay_gets_no_review_it_would_outlive(rehearsal):
    house = rehearsal(WED)
    case = house.journey()
    opened = house.client("OFFICER").open_placement(**opening(wanted_start="2026-04-01", planned_end="2026-06-12")).json
    case.id, case.reference, case.start = opened["placement"], opened["reference"], "2026-04-01"
    for name in ("preparing", "with_panel", "approved", "inviting", "negotiating", "signing", "in_force"):
        getattr(case, "_to_" + name)()
    case.move("OFFICER", "confirm_start", started="2026-04-01")
    assert [o["duty"] for o in case.see()["obligations"] if "review" in o["duty"]] == ["first_review"]


@pytest.mark.parametrize("changed, code, pointer", [
    ({"held_on": "2026-04-02"}, "review_sound", "/held_on"),
    ({"held_on": "2026-03-31"}, "review_sound", "/held_on"),
    ({"needs": "fell"}, "review_sound", "/reassessed_on"),
    ({"needs": "fell", "reassessed_on": "2026-04-02"}, "review_sound", "/reassessed_on"),
    ({"outcomes": [{"key": "chess", "result": "met"}]}, "outcome_known", "/outcomes/0/key"),
])
def test_a_review_that_is_not_sound_is_pointed_at(rehearsal, changed, code, pointer):
    house = rehearsal(WED)
    case = house.journey("in_force", start="2026-04-01")
    case.move("OFFICER", "confirm_start", started="2026-04-01")
    case.involve("review")
    case.refused("OFFICER", "hold_review", code, pointer=pointer, **{
        "kind": "first", "held_on": "2026-04-01", "outcomes": [{"key": "swimming", "result": "met"}],
        "needs": "unchanged", "decision": "continue", **changed})


# -- Withdrawing

@pytest.mark.parametrize("stage", ["opened", "with_panel", "inviting", "negotiating", "signing"])
def test_a_withdrawn_placement_stops_every_clock_and_whoever_was_invited_hears(rehearsal, stage):
    house = rehearsal(WED)
    case = house.journey(stage)
    case.move("OFFICER", "withdraw", reason="person_chose_otherwise", detail="notejacana")
    house.wait_quiet()
    seen = case.see()
    assert (seen["stage"], seen["end_reason"]) == ("ended", "withdrawn")
    assert "open" not in [o["state"] for o in seen["obligations"]]
    invited = stage in ("inviting", "negotiating", "signing")
    heard = house.mails("fees@larchhouse.example", "withdrew the placement")
    assert len(heard) == int(invited)
    if invited:
        assert case.see("PROVIDER")["end_reason"] == "withdrawn"
        case.refused("PROVIDER", "ask", "placement_ended", question="x")
    facts = case.fact_count()
    house.go_to(london("2026-07-01 12:00"))
    assert case.fact_count() == facts, "time acted on an ended placement"


# -- Discharge and emergency: hours of every day

def expect_second(case, duty, second, who="OFFICER", owed_by=None):
    """Hours count from the entry's own microsecond."""
    due_at = datetime.datetime.fromisoformat(case.obligation(duty, who, "open", owed_by)["due_at"].replace("Z", "+00:00"))
    away = abs(due_at - datetime.datetime.fromisoformat(second.replace("Z", "+00:00")))
    assert away < datetime.timedelta(milliseconds=1), f"{duty} is due {due_at}, not {second}"


def test_a_discharge_runs_in_hours(rehearsal):
    house = rehearsal("2026-04-03 15:00")  # Good Friday
    case = house.journey("with_panel", urgency="discharge", start="2026-04-04")
    case.expect_due("decide_at_panel", five_pm("2026-04-08"))  # a working day counts from Tuesday
    case._to_approved()
    case._to_inviting()
    expect_second(case, "acknowledge", rfc3339(london("2026-04-03 19:00")), "PROVIDER")
    expect_second(case, "make_offer", rfc3339(london("2026-04-05 15:00")), "PROVIDER")
    case.move("PROVIDER", "ask", question="x")
    expect_second(case, "answer", rfc3339(london("2026-04-03 19:00")), owed_by="commissioner")
    house.go_to(london("2026-04-03 18:00"))
    case.move("OFFICER", "answer", number=1, answer="y")
    expect_second(case, "make_offer", rfc3339(london("2026-04-05 18:00")), "PROVIDER")
    case.offer("PROVIDER")
    expect_second(case, "respond", rfc3339(london("2026-04-04 18:00")), owed_by="commissioner")
    case.move("PROVIDER", "withdraw_offer")
    expect_second(case, "offer_again", rfc3339(london("2026-04-04 18:00")), "PROVIDER")


def test_an_emergency_runs_in_hours_over_the_change_of_the_clocks(rehearsal):
    house = rehearsal("2026-03-28 18:00")  # GMT; summer time begins that night
    case = house.journey("preparing", urgency="emergency", start="2026-03-28")
    involve = case.expect_due("record_involvement", five_pm("2026-04-08"))
    assert involve["owed_by"] == "commissioner"
    case._to_with_panel()
    expect_second(case, "decide_at_panel", "2026-03-28T22:00:00Z")
    case._to_approved()
    case._to_inviting()
    expect_second(case, "acknowledge", "2026-03-28T22:00:00Z", "PROVIDER")
    expect_second(case, "make_offer", "2026-03-29T18:00:00Z", "PROVIDER")  # 19:00 in London
    case.offer("PROVIDER")
    expect_second(case, "respond", "2026-03-28T22:00:00Z", owed_by="commissioner")
    case.accept("OFFICER")
    case.sign("SIGNATORY")  # in an emergency within five working days after
    case.sign("PROVIDER")
    assert len([o for o in case.see()["obligations"] if o["duty"] == "record_involvement" and o["state"] == "open"]) == 2
    case.involve("calculation")
    case.involve("signature")
    assert states(case, "record_involvement") == ["met", "met"]


def test_an_emergency_still_misses_what_is_not_recorded_after(rehearsal):
    house = rehearsal("2026-03-30 10:00")
    case = house.journey("preparing", urgency="emergency", start="2026-03-30")
    house.go_to(london("2026-04-09 10:00"))
    assert case.obligation("record_involvement")["missed_at"] == five_pm("2026-04-08")
    case.involve("calculation")
    assert states(case, "record_involvement") == ["met_late"]


# -- Calculating

def test_a_calculation_names_a_model_that_is_loaded_in_effect_and_fits(live):
    case = live.journey("opened")
    case.involve("calculation")
    for body, code, pointer in (
            ({"model": "nothing", "version": "1"}, "cost_model_known", "/model"),
            ({"model": "residential-ld", "version": "9"}, "cost_model_known", "/model"),
            ({"model": "home-care-margin", "version": "2014-02"}, "cost_model_in_effect", "/version"),
            ({"inputs": {**INPUTS, "nothing": "1"}}, "inputs_fit_model", "/inputs/nothing"),
            ({"inputs": {**INPUTS, "residents": "0"}}, "inputs_fit_model", "/inputs/residents"),
            ({"inputs": {**INPUTS, "one_to_one_hours": "-1"}}, "inputs_fit_model", "/inputs/one_to_one_hours")):
        case.refused("OFFICER", "calculate", code, pointer=pointer, **{**MODEL, "inputs": INPUTS, **body})


def test_the_newest_calculation_governs_and_all_are_kept(live):
    case = live.journey("preparing")
    first = case.see()["guide"]
    case.move("OFFICER", "calculate", **MODEL, inputs={**INPUTS, "one_to_one_hours": "14"})
    second = case.see()["guide"]
    assert second["weekly_mid"]["amount"] < first["weekly_mid"]["amount"]
    assert case.fact_kinds().count("calculated") == 2


# -- Time settles first

def test_what_fell_due_stands_even_when_the_move_that_found_it_is_refused(rehearsal):
    house = rehearsal(WED, jobs=False)  # nobody watches the clock
    case = house.journey("inviting")
    before = case.see("PROVIDER")
    house.cluster.psql(f"update rehearsal set protocol_at = '{rfc3339(london('2026-04-20 09:00'))}'", house.database)
    house.client("OFFICER").get("/v1/placements")
    facts = case.fact_count()
    looked = case.see("PROVIDER")
    assert looked["stage"] == "ended" and looked["version"] == before["version"], "a look shows it and records nothing"
    assert case.fact_count() == facts
    answer = post_move(house, "PROVIDER", case, "make_offer", f'"{before["version"]}"', terms=terms())
    assert (answer.status, answer.code) == (409, "invitation_lapsed")
    assert case.fact_kinds()[-2:] == ["missed", "lapsed"]
    assert case.see("PROVIDER")["stage"] == "ended"
    assert answer.json["version"] == case.see("PROVIDER")["version"]


def test_a_late_move_records_the_miss_before_itself(rehearsal):
    house = rehearsal(WED, jobs=False)
    case = house.journey("inviting")
    house.cluster.psql(f"update rehearsal set protocol_at = '{rfc3339(london('2026-04-09 09:00'))}'", house.database)
    house.client("OFFICER").get("/v1/placements")
    receipt = case.move("PROVIDER", "acknowledge").json
    assert case.fact_kinds()[-2:] == ["missed", "acknowledged"]
    assert len(receipt["entries"]) == 1, "a receipt names one's own entries"
    assert states(case, "acknowledge") == ["met_late"]
