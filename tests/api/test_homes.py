"""A home's records: scores, the flag, what both sides owe by it, and who hears of it when."""

import concurrent.futures
import uuid

import pytest

from support.client import Client
from support.house import five_pm, london

WED = "2026-04-01 10:00"
DETAIL = "Nights were short of staff in March"


def path(house):
    return f"/v1/homes/{house.homes['Larch House']}"


def records(house, who):
    seen = house.client(who).get(path(house)).json
    return {record["authority"]: record for record in seen["records"]}


def record(house, who, authority="council"):
    return records(house, who)[house.organisations[authority]]


def move(house, who, name, expect=200, authority="council", version=None, key=None, **body):
    """In that authority's record, which only a provider must name."""
    provider = who.startswith("PROVIDER")
    version = version or record(house, who, authority)["version"]
    if provider:
        body["authority"] = house.organisations[authority]
    headers = {"If-Match": f'"{version}"', **({"Idempotency-Key": f'"{key}"'} if key else {})}
    return house.client(who).post(path(house) + "/moves", {"move": name, **body}, expect, headers)


def raised(house, level="amber", who="OFFICER", **more):
    return move(house, who, "raise_flag", level=level, reason="staffing", detail=DETAIL, **more)


def entries(house, case, kind):
    rows = house.client("OFFICER").get(f"/v1/placements/{case.id}/facts").json["items"]
    return [row for row in rows if row["kind"] == kind]


def duties(seen, duty):
    return [(d["owed_by"], d["due_at"], d["state"]) for d in seen["duties"] if d["duty"] == duty]


def one_alone(house, level):
    """On a connection of its own."""
    client = Client(house.daemon.base_url, house.tokens["OFFICER"])
    body = {"move": "raise_flag", "level": level, "reason": "safety", "detail": DETAIL}
    try:
        return client.post(path(house) + "/moves", body, headers={"If-Match": '"v0"'}).status
    finally:
        client.close()


def bodies(house, authority):
    return house.cluster.psql(
        "select f.kind, f.body from fact f join stream s using (authority_id, stream_id) where s.kind = 'home' "
        f"and authority_id = '{house.organisations[authority]}' order by f.seq", house.database)


@pytest.fixture
def both(rehearsal):
    """Larch House with one resident of each of two authorities."""
    house = rehearsal(WED)
    house.residents = {"council": house.journey("in_force"), "southmere": house.southmere("in_force")}
    house.go_to(london("2026-04-08 10:00"))
    return house


def test_a_score_holds_from_its_day_and_both_sides_see_it(rehearsal):
    house = rehearsal(WED)
    empty = record(house, "OFFICER")
    assert empty["version"] == "v0" and empty["level"] == "green"
    assert [m["move"] for m in empty["allowed_moves"]] == ["score_quality", "raise_flag"]
    receipt = move(house, "OFFICER", "score_quality", score="87.5", tier="gold", on="2026-03-31").json
    assert (receipt["version"], receipt["entries"], receipt["move"]) == ("v1", [1], "score_quality")
    for who in ("OFFICER", "AUDITOR", "PROVIDER"):
        seen = record(house, who)
        assert (seen["score"], seen["tier"], seen["scored_on"]) == ("87.50", "gold", "2026-03-31")
        assert [e["kind"] for e in seen["entries"]] == ["quality_scored"]
    assert record(house, "AUDITOR")["allowed_moves"] == []


def test_the_fee_follows_the_score_and_says_why(rehearsal):
    house = rehearsal(WED)
    quality = {"bands": [{"from_score": "85", "percent": "2"}], "withheld": "10", "until_score": "60"}
    case = house.journey("in_force", start="2026-04-01", quality=quality)
    bare = house.journey("in_force", start="2026-04-01")
    house.go_to(london("2026-04-15 10:00"))
    case.move("OFFICER", "confirm_start", started="2026-04-01")
    assert case.see()["fee"]["weekly"]["amount"] == 144000 and "home_standing" not in case.see()
    move(house, "OFFICER", "score_quality", score="87.5", on="2026-04-08")
    house.wait_quiet()
    for who in ("OFFICER", "PROVIDER"):
        seen = case.see(who)
        assert (seen["fee"]["weekly"]["amount"], seen["fee"]["quality"]["amount"]) == (163200, 3200)
        assert "87.50%" in seen["fee"]["quality_reason"]
        assert (seen["home_standing"]["score"], seen["home_standing"]["level"]) == ("87.50", "green")
    assert bare.see()["home_standing"]["score"] == "87.50", "shown, though no fee hangs on it"
    assert entries(house, bare, "quality_applied") == []
    account = house.client("PROVIDER").get(f"/v1/placements/{case.id}/account").json
    assert [(p["from"], p["quality"]["amount"]) for p in account["periods"]] == [("2026-04-01", -16000), ("2026-04-08", 3200)]
    assert account["adjustments"][-1]["entry"] == account["periods"][-1]["quality_entry"]
    move(house, "OFFICER", "score_quality", score="50", on="2026-04-08", corrects=1)
    house.wait_quiet()
    assert case.see()["fee"]["weekly"]["amount"] == 144000
    assert move(house, "OFFICER", "score_quality", 409, score="50", on="2026-04-08", corrects=1).code == "score_to_correct"
    assert [e["data"]["home_entry"] for e in entries(house, case, "quality_applied")] == [1, 2]


def test_a_home_is_seen_by_its_provider_and_by_authorities_each_its_own_record(both):
    raised(both)
    assert len(records(both, "PROVIDER")) == 2
    assert list(records(both, "OFFICER2")) == [both.organisations["southmere"]]
    for who in ("PROVIDER2", "MEDIATOR", "ADMIN"):
        both.client(who).get(path(both), expect=404)
        both.client(who).post(path(both) + "/moves", {"move": "raise_flag"}, 404, {"If-Match": '"v0"'})
    both.client("OFFICER").get(f"/v1/homes/{uuid.uuid4()}", expect=404)
    both.client("OFFICER").get("/v1/homes/nothing", expect=404)


def test_amber_and_red_owe_a_plan_and_an_offer_of_help(both):
    raised(both, "amber")
    seen = record(both, "PROVIDER")
    assert duties(seen, "improvement_plan") == [("provider", five_pm("2026-04-22"), "open")]
    assert duties(seen, "offer_help") == [("commissioner", five_pm("2026-04-13"), "open")]
    assert duties(seen, "answer_flag") == [("provider", five_pm("2026-04-15"), "open")]
    standing = both.residents["council"].see("PROVIDER")["home_standing"]
    assert standing["level"] == "amber" and len(standing["duties"]) == 3 and "detail" not in standing["flags"][0]
    raised(both, "red")
    seen = record(both, "OFFICER")
    assert duties(seen, "improvement_plan")[1] == ("provider", five_pm("2026-04-13"), "open")
    assert duties(seen, "improvement_plan")[0][2] == "released"
    move(both, "OFFICER", "offer_help", help="A nurse from the council's team for two weeks")
    move(both, "PROVIDER", "answer_flag", answer="Agency staff are in place")
    both.go_to(london("2026-04-14 10:00"))
    seen = record(both, "PROVIDER")
    assert [d["duty"] for d in seen["duties"] if d["overdue"]] == ["improvement_plan"]
    assert [e["data"]["duty"] for e in seen["entries"] if e["kind"] == "missed"] == ["improvement_plan"], "the clock's"
    told = [(m["subject"], m["kind"]) for m in both.client("PROVIDER").get("/v1/deliveries").json["items"]
            if m["channel"] == "email" and "improvement plan" in m["subject"]]
    assert told == [("Larch House: not done in time: file an improvement plan", "missed"),
                    ("Larch House: reminder: file an improvement plan", "reminder")]
    move(both, "PROVIDER", "file_improvement_plan", plan="Four more on nights", on="2026-05-01")
    seen = record(both, "OFFICER")
    assert duties(seen, "improvement_plan")[1][2] == "met_late" and duties(seen, "offer_help")[1][2] == "met"
    assert (seen["plan"], seen["plan_done_by"]) == ("Four more on nights", "2026-05-01")


def test_red_asks_for_a_check_in_each_placement_which_is_the_authoritys_own_business(both):
    raised(both, "red")
    both.wait_quiet()
    case = both.residents["council"]
    check = case.obligation("confirm_check")
    assert (check["due_at"], check["owed_by"]) == (five_pm("2026-04-10"), "commissioner")
    both.go_to(london("2026-04-13 10:00"))
    assert case.obligation("confirm_check")["missed_at"] == five_pm("2026-04-10")
    case.move("OFFICER", "confirm_check", outcome="all_well", on="2026-04-13", detail="Seen on the ward; well")
    assert case.obligation("confirm_check")["state"] == "met_late"
    seen = both.client("PROVIDER").get(f"/v1/placements/{case.id}").text
    assert "confirm_check" not in seen and "flag_applied" not in seen
    kinds = [e["kind"] for e in both.client("PROVIDER").get(f"/v1/placements/{case.id}/facts").json["items"]]
    assert not {"flag_applied", "check_confirmed", "missed"} & set(kinds)


def test_others_are_told_when_the_provider_has_answered_and_not_before(both):
    raised(both, "red")
    assert record(both, "OFFICER2", "southmere")["flags"] == [] and bodies(both, "southmere") == []
    move(both, "PROVIDER", "answer_flag", answer="Agency staff are in place since Monday")
    told = bodies(both, "southmere")
    assert [row[0] for row in told] == ["flag_told"], "recorded with the answer, before anybody looks"
    assert both.organisations["council"] not in told[0][1]
    seen = record(both, "OFFICER2", "southmere")
    assert seen["level"] == "red" and seen["flags"][0]["told"] is True
    assert seen["flags"][0]["answer"].startswith("Agency staff")
    both.wait_quiet()
    assert both.residents["southmere"].obligation("confirm_check", "OFFICER2")["state"] == "open"
    for who in ("OFFICER", "OFFICER2", "PROVIDER"):
        records(both, who)
    assert len(bodies(both, "southmere")) == 1, "once"
    move(both, "OFFICER", "raise_flag", level="green")
    both.wait_quiet()
    assert record(both, "OFFICER2", "southmere")["level"] == "green"
    assert both.residents["southmere"].obligation("confirm_check", "OFFICER2")["state"] == "released"


def test_others_are_told_of_a_flag_that_nobody_answers_in_time(both):
    raised(both, "red")
    both.go_to(london("2026-04-13 10:00"))
    assert [row[0] for row in bodies(both, "southmere")] == ["flag_told"], "before anybody looks"
    assert both.residents["southmere"].obligation("confirm_check", "OFFICER2")["state"] == "open"
    assert record(both, "OFFICER2", "southmere")["level"] == "red"


def test_who_places_there_later_is_told_with_it(rehearsal):
    house = rehearsal(WED)
    house.journey("in_force")
    raised(house, "red", "PROVIDER")
    assert record(house, "OFFICER2", "southmere")["level"] == "green" and bodies(house, "southmere") == []
    case = house.southmere("in_force")
    house.wait_quiet()
    assert [row[0] for row in bodies(house, "southmere")] == ["flag_told"], "before anybody looks"
    seen = record(house, "OFFICER2", "southmere")
    assert seen["level"] == "red" and [e["kind"] for e in seen["entries"]] == ["flag_told"]
    house.wait_quiet()
    assert case.obligation("confirm_check", "OFFICER2")["due_at"] == five_pm("2026-04-07")


def test_what_is_written_freely_is_sealed_and_each_record_has_a_key_of_its_own(both):
    raised(both, "red", reference="Visit 14")
    move(both, "PROVIDER", "answer_flag", answer="Agency staff are in place")
    facts = bodies(both, "council") + bodies(both, "southmere")
    assert len(facts) == 3 and "Visit 14" in facts[0][1]
    assert not any("short of staff" in body or "Agency" in body for _, body in facts)
    held = both.cluster.psql(
        "select t.seq, t.field, position('staff' in encode(t.sealed, 'escape')) from personal_text t "
        f"where stream_id = '{both.homes['Larch House']}' order by 1, 2", both.database)
    assert sorted(held) == sorted([["1", "detail", "0"], ["2", "answer", "0"], ["1", "detail", "0"], ["1", "answer", "0"]])
    both.cluster.psql(f"update person set wrapped_key = null, erased_at = now() where id = '{both.homes['Larch House']}' "
                      f"and authority_id = '{both.organisations['council']}'; delete from personal_text where stream_id = "
                      f"'{both.homes['Larch House']}' and authority_id = '{both.organisations['council']}'", both.database)
    seen = record(both, "OFFICER")
    assert "detail" not in seen["flags"][0] and seen["entries"][0]["data"]["detail"] is None
    assert move(both, "OFFICER", "offer_help", 409, help="A nurse").code == "texts_erased"
    assert record(both, "OFFICER2", "southmere")["flags"][0]["detail"] == DETAIL


def test_two_at_once_on_one_version_make_one_entry(both):
    record(both, "OFFICER")
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        answers = [pool.submit(one_alone, both, level) for level in ("amber", "red")]
        assert sorted(answer.result() for answer in answers) == [200, 412]
    assert len(record(both, "OFFICER")["entries"]) == 1


def test_a_provider_raises_its_own_flag_and_answers_by_that(both):
    raised(both, "amber", "PROVIDER")
    flag = record(both, "OFFICER")["flags"][0]
    assert (flag["raised_by"], flag["answered"], flag["told"]) == ("provider", True, False)
    flag = record(both, "OFFICER2", "southmere")["flags"][0]
    assert (flag["raised_by"], flag["level"], flag["told"]) == ("provider", "amber", True)
    lower = move(both, "PROVIDER", "raise_flag", 409, level="green")
    assert lower.code == "flag_raised_higher" and lower.json["errors"][0]["pointer"] == "/level"
    assert lower.json["version"] == "v1" and "file_improvement_plan" in [m["move"] for m in lower.json["allowed_moves"]]


def test_what_does_not_fit_is_refused_with_a_pointer(both):
    def pointer(answer):
        return answer.json["errors"][0]["pointer"]

    assert pointer(move(both, "OFFICER", "raise_flag", 409, level="red")) == "/reason"
    assert pointer(move(both, "OFFICER", "raise_flag", 400, level="blue")) == "/level"
    named = move(both, "OFFICER", "raise_flag", 409, level="red", reason="safety", detail="He of PL-1000047-P fell")
    assert named.code == "about_the_home" and pointer(named) == "/detail"
    assert pointer(move(both, "OFFICER", "lower_flag", 400)) == "/move"
    assert pointer(move(both, "OFFICER", "tell_flag", 400)) == "/move"
    assert pointer(move(both, "OFFICER", "score_quality", 400, score="100.1", on="2026-04-01")) == "/score"
    assert pointer(move(both, "OFFICER", "score_quality", 409, score="90", on="2026-12-01")) == "/on"
    assert pointer(move(both, "OFFICER", "raise_flag", 400, level="red", flag=str(uuid.uuid4()))) == "/flag"
    assert move(both, "PROVIDER", "score_quality", 409, score="90", on="2026-04-01").code == "side"
    assert move(both, "SIGNATORY", "raise_flag", 409, level="red").code == "role"
    missing = both.client("PROVIDER").post(path(both) + "/moves", {"move": "answer_flag", "answer": "x"}, 400,
                                           {"If-Match": '"v0"'})
    assert pointer(missing) == "/authority"
    other = both.client("OFFICER").post(
        path(both) + "/moves", {"move": "raise_flag", "level": "red",
                                "authority": both.organisations["southmere"]}, 400, {"If-Match": '"v0"'})
    assert pointer(other) == "/authority"


def test_a_repeat_has_the_same_receipt_and_old_news_moves_nothing(both):
    key = str(uuid.uuid4())
    first = raised(both, "amber", key=key, version="v0")
    again = raised(both, "amber", key=key, version="v0")
    assert again.json == first.json
    assert raised(both, "red", key=key, version="v0", expect=422).code == "idempotency_key_reused"
    stale = raised(both, "red", version="v0", expect=412)
    assert stale.code == "version_stale" and stale.json["version"] == "v1"
    bare = both.client("OFFICER").post(path(both) + "/moves", {"move": "raise_flag", "level": "red"}, 428)
    assert bare.code == "version_required"


def test_a_record_is_chained_in_the_authoritys_log(both):
    raised(both)
    raised(both, "red")
    rows = both.cluster.psql(
        "select f.seq, f.header::json->>'prev', encode(f.leaf_hash, 'hex'), "
        "encode(sha256('\\x00'::bytea || convert_to(f.header, 'UTF8')), 'hex'), "
        "encode(sha256(f.nonce || convert_to(f.body, 'UTF8')), 'hex') = f.header::json->>'body_digest' "
        "from fact f join stream s using (authority_id, stream_id) where s.kind = 'home' order by f.seq", both.database)
    assert [row[0] for row in rows] == ["1", "2"] and all(row[2] == row[3] and row[4] == "t" for row in rows)
    assert rows[0][1] == "0" * 64 and rows[1][1] == rows[0][2]


def test_the_openapi_document_has_each_move(live):
    document = live.client("OFFICER").get("/openapi.json").json
    made = document["paths"]["/v1/homes/{id}/moves"]["post"]
    mapping = made["requestBody"]["content"]["application/json"]["schema"]["discriminator"]["mapping"]
    assert list(mapping) == ["score_quality", "raise_flag", "answer_flag", "file_improvement_plan", "offer_help"]
    asked = document["components"]["schemas"][mapping["raise_flag"].rsplit("/", 1)[1]]
    assert "authority" in str(asked) and "raised_at" not in str(asked)
