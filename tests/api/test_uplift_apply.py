"""The fee uplifted by the agreement's own method: one placement, and a portfolio that a worker walks through."""

import json
import os
import subprocess
import time
import uuid

import pytest

from support.house import five_pm, london, money
from support.journey import line

WEIGHTED = {"basis": "weighted", "weights": [{"index": "nlw", "percent": "73.7"}, {"index": "cpi", "percent": "26.3"}]}
RISES = [{"index": "nlw", "percent": "4.10", "source": "Illustrative"}, {"index": "cpi", "percent": "3.00"}]
FALLS = [{"index": "nlw", "percent": "-4.10"}, {"index": "cpi", "percent": "0"}]
WHY = "challengemarten"


def figures(day="2026-04-06", rises=None):
    return {"from": day, "rises": RISES if rises is None else rises}


@pytest.fixture
def agree():
    def make(house, start="2026-03-30", weekly="812.00", **kind):
        case = house.journey("inviting", start=start, **{"uplift": WEIGHTED, **kind})
        case.offer(case.provider, weekly)
        case._to_signing()
        case._to_in_force()
        return case
    return make


def versions(case, who=None):
    return [(a["number"], a["basis"], a["from"], a["weekly"]["amount"]) for a in case.see(who)["agreements"]]


def right(case, who="PROVIDER"):
    return next(o for o in case.see(who)["obligations"] if o["duty"] == "challenge_uplift")


# ---- One placement ----------------------------------------------------------------------------------


def test_a_silent_home_gets_the_rise_and_misses_nothing(rehearsal, agree):
    house = rehearsal("2026-03-25 10:00")
    case = agree(house)
    house.go_to(london("2026-05-20 10:00"))
    case.move("OFFICER", "apply_uplift", figures=figures(), paid_from="2026-06-08")
    for who in ("OFFICER", "PROVIDER"):
        assert versions(case, who) == [(1, "signed", "2026-03-30", 81200), (2, "uplifted", "2026-04-06", 84294)]
        version = case.see(who)["agreements"][1]
        assert version["paid_from"] == "2026-06-08" and version["challenge"] == {"state": "open", "until": five_pm("2026-06-11")}
        assert version["terms"]["start"] == "2026-04-06" and version["terms"]["began"] == "2026-03-30"
        assert right(case, who)["due_at"] == five_pm("2026-06-11")
    entry = case.see("PROVIDER")["agreements"][1]["entry"]
    told = house.client("PROVIDER").get(f"/v1/placements/{case.id}/facts/{entry}").json
    assert told["kind"] == "uplift_applied" and "3.8107%" in told["data"]["reason"]
    assert told["data"]["weekly_before"] == money(81200) and told["data"]["rule"] == "weighted"
    house.wait_quiet()
    mail = [d for d in house.client("PROVIDER").pages("/v1/deliveries") if "fee uplifted" in d["subject"]][0]
    assert "from Monday 6 April 2026, and paid from Monday 8 June 2026" in mail["body"]
    assert "You may challenge the uplift, until Thursday 11 June 2026 at 17:00" in mail["body"]
    house.go_to(london("2026-06-12 10:00"))
    assert right(case)["state"] == "lapsed" and case.see("PROVIDER")["agreements"][1]["challenge"]["state"] == "lapsed"
    assert "missed" not in case.fact_kinds()[-2:]
    case.refused("PROVIDER", "challenge_uplift", "right_to_challenge", reason=WHY)
    case.refused("OFFICER", "apply_uplift", "uplifted_once", pointer="/figures/from", figures=figures())


def test_a_challenge_opens_a_round_and_the_rise_stands(rehearsal, agree):
    house = rehearsal("2026-03-25 10:00")
    case = agree(house)
    house.go_to(london("2026-05-20 10:00"))
    case.move("OFFICER", "apply_uplift", figures=figures())
    case.move("PROVIDER", "challenge_uplift", reason=WHY)
    for who in ("OFFICER", "PROVIDER"):
        seen = case.see(who)
        assert [(r["kind"], r["open"]) for r in seen["rounds"]] == [("initial", False), ("uplift", True)]
        assert seen["agreements"][1]["challenge"]["state"] == "met" and seen["stage"] == "in_force"
    entry = case.see("OFFICER")["entries"]
    fact = house.client("OFFICER").get(f"/v1/placements/{case.id}/facts/{entry}").json
    assert (fact["kind"], fact["data"]["reason"], fact["data"]["version"]) == ("uplift_challenged", WHY, 2)
    case.offer("PROVIDER", "850.00")
    assert case.offers("OFFICER")[-1] == "open"
    assert versions(case)[-1] == (2, "uplifted", "2026-04-06", 84294)


def test_a_fall_is_an_offer_to_sign_or_not(live, agree):
    case = agree(live, start="2027-03-01")
    case.move("OFFICER", "apply_uplift", figures=figures("2027-04-05", FALLS))
    assert [a["number"] for a in case.see()["agreements"]] == [1]
    assert case.see("PROVIDER")["threads"][-1]["offers"][-1]["terms"]["weekly"] == money(78746)
    case.accept("PROVIDER")
    for who in ("SIGNATORY", "PROVIDER"):
        case.sign(who)
    assert versions(case) == [(1, "signed", "2027-03-01", 81200), (2, "signed", "2027-04-05", 78746)]


def test_what_cannot_be_uplifted_is_refused_for_its_reason(live, agree):
    case = agree(live, start="2027-03-01", uplift={**WEIGHTED, "not_within_months": 6})
    case.refused("OFFICER", "apply_uplift", "too_young", figures=figures("2027-04-05"), pointer="/figures")
    case.refused("OFFICER", "apply_uplift", "uplift_covered", figures=figures("2027-02-28"), pointer="/figures/from")
    case.refused("OFFICER", "apply_uplift", "figure_missing", figures=figures("2027-09-06", RISES[:1]), pointer="/figures")
    case.refused("PROVIDER", "apply_uplift", "side", figures=figures("2027-09-06"))
    bare = live.journey("in_force")
    problem = bare.refused("OFFICER", "apply_uplift", "uplift_method", figures=figures("2027-09-06"))
    assert "propose a variation" in problem["detail"]
    assert "apply_uplift" not in [m["move"] for m in bare.see()["allowed_moves"]]
    case.refused("OFFICER", "apply_uplift", "does_not_fit", 400, figures=figures("2027-09-06"), version=2)


def test_an_agreement_is_extended_as_it_says(live):
    clause = {"end": "2030-02-28", "extension": {"months": 12, "times": 1, "least_score": "4"},
              "quality": {"score": "4.5"}, "uplift": WEIGHTED}
    case = live.journey("in_force", **clause)
    asked = {**case.see()["threads"][0]["offers"][0]["terms"]}
    terms = {key: asked[key] for key in ("lines", "outcomes", "uplift", "extension")}
    terms["lines"] = [line("core", "week", "1", "1600.00")]
    terms.update(start="2030-03-01", end="2031-02-28", quality={"score": "3.9"})
    case.refused("PROVIDER", "propose_extension", "extension_left", pointer="/terms/quality/score", terms=terms)
    terms["quality"] = {"score": "4"}
    case.refused("PROVIDER", "propose_extension", "extension_left", pointer="/terms/end", terms={**terms, "end": "2032-02-29"})
    case.move("PROVIDER", "propose_extension", terms=terms)
    case.accept("OFFICER")
    for who in ("SIGNATORY", "PROVIDER"):
        case.sign(who)
    assert case.see()["agreements"][1]["terms"]["end"] == "2031-02-28"
    assert "propose_extension" not in [m["move"] for m in case.see()["allowed_moves"]]


# ---- A portfolio ------------------------------------------------------------------------------------


def order(house, who="MANAGER", expect=201, key=None, **body):
    headers = {"Idempotency-Key": key or str(uuid.uuid4())}
    return house.client(who).request("POST", "/v1/uplifts", {"figures": figures("2027-09-06"), **body}, headers, expect)


def finished(house, uplift, who="MANAGER"):
    deadline = time.monotonic() + 30
    while True:
        seen = house.client(who).get(f"/v1/uplifts/{uplift}").json
        if seen["state"] != "under_way":
            return seen
        assert time.monotonic() < deadline, seen
        time.sleep(0.05)


def test_each_agreement_of_a_portfolio_goes_by_its_own_method(live, agree):
    rising = [agree(live, start="2027-03-01", setting="nursing") for _ in range(3)]
    falling = agree(live, start="2027-03-01", setting="nursing", uplift={"basis": "flat", "flat": "-10", "flat_unit": "week"})
    bare = live.journey("in_force", setting="nursing")
    theirs = live.southmere("in_force", uplift=WEIGHTED, setting="nursing")
    draft = live.journey("signing", setting="nursing", uplift=WEIGHTED)
    key = str(uuid.uuid4())
    began = order(live, key=key, filter={"setting": "nursing"})
    uplift = began.json["id"]
    assert began.headers["location"] == f"/v1/uplifts/{uplift}" and began.json["total"] == 5
    assert began.json["request"]["paid_from"] == "2027-09-06"
    seen = finished(live, uplift)
    assert (seen["state"], seen["applied"], seen["offered"], seen["left_out"]) == ("done", 3, 1, 1)
    assert (seen["weekly_before"], seen["weekly_after"]) == (money(3 * 81200), money(3 * 84294))
    items = {item["placement"]: item for item in seen["items"]}
    assert set(items) == {falling.id, bare.id}
    assert (items[falling.id]["outcome"], items[falling.id]["rule"]) == ("offered", "flat")
    assert (items[bare.id]["outcome"], items[bare.id]["rule"]) == ("left_out", "uplift_method")
    assert items[bare.id]["reference"] == bare.reference and "variation" in items[bare.id]["reason"]
    for case in rising:
        assert versions(case, "PROVIDER")[1:] == [(2, "uplifted", "2027-09-06", 84294)]
        entry = case.see("OFFICER")["agreements"][1]["entry"]
        fact = live.client("OFFICER").get(f"/v1/placements/{case.id}/facts/{entry}").json
        assert fact["data"]["uplift"] == uplift and fact["actor"]["user"] == live.users["MANAGER"]
        told = live.client("PROVIDER").get(f"/v1/placements/{case.id}/facts/{case.see('PROVIDER')['entries']}").json
        assert told["kind"] == "uplift_applied" and told["data"]["uplift"] == uplift
    for case in (theirs, draft):
        assert len(case.see()["agreements"]) <= 1
    assert order(live, key=key, filter={"setting": "nursing"}).json["id"] == uplift
    order(live, key=key, expect=422)
    again = finished(live, order(live, filter={"setting": "nursing"}).json["id"])
    assert (again["applied"], again["offered"], again["left_out"]) == (0, 0, 5)
    assert {i["rule"] for i in again["items"]} == {"uplifted_once", "uplift_method", "fall_has_room"}
    one = live.client("MANAGER").get(f"/v1/uplifts/{again['id']}", limit=2).json
    rest = live.client("MANAGER").get(f"/v1/uplifts/{again['id']}", limit=3, after=one["next"]).json
    assert [*one["items"], *rest["items"]] == again["items"] and "next" not in rest


def test_who_may_order_see_and_stop_one(live):
    for who in ("OFFICER", "PROVIDER", "PROVIDER_ADMIN", "AUDITOR", "MEDIATOR"):
        assert order(live, who, 403).code == "forbidden"
    nobody = {"weekly_from": money(99999900)}
    uplift = order(live, "COUNCIL_ADMIN", filter=nobody).json["id"]
    seen = finished(live, uplift)
    assert (seen["applied"], seen["offered"], seen["left_out"], seen["items"]) == (0, 0, 0, [])
    live.client("AUDITOR").get(f"/v1/uplifts/{uplift}")
    for who in ("PROVIDER", "OFFICER2"):
        live.client(who).get(f"/v1/uplifts/{uplift}", 404)
    live.client("MANAGER").get(f"/v1/uplifts/{uuid.uuid4()}", 404)
    live.client("MANAGER").get("/v1/uplifts/none", 404)
    assert live.client("OFFICER").post(f"/v1/uplifts/{uplift}/stop", {}, 403).code == "forbidden"
    assert live.client("MANAGER").post(f"/v1/uplifts/{uplift}/stop", {}, 200).json["state"] == "done"
    live.client("MANAGER").post(f"/v1/uplifts/{uuid.uuid4()}/stop", {}, 404)


@pytest.mark.parametrize("body, pointer", [
    ({"figures": {"from": "2027-09-06", "rises": [RISES[0], RISES[0]]}}, "/figures/rises/1/index"),
    ({"paid_from": "2027-09-05"}, "/paid_from"),
    ({"filter": {"weekly_from": money(2), "weekly_to": money(1)}}, "/filter/weekly_from"),
    ({"method": {"basis": "by_line"}}, "/method"),
])
def test_a_request_that_does_not_fit_says_where(live, body, pointer):
    answer = live.client("MANAGER").post("/v1/uplifts", {"figures": figures("2027-09-06"), **body})
    assert answer.status in (400, 422) and answer.json["errors"][0]["pointer"] == pointer


def test_one_at_a_time_and_it_can_be_stopped(live):
    live.cluster.psql("insert into uplift (id, authority_id, asked_by, request, state, total, created_at) select "
                      f"'{uuid.uuid4()}', '{live.organisations['council']}', '{live.users['MANAGER']}', "
                      "'not to be read', 'under_way', 0, clock_timestamp()", live.database)
    answer = order(live, expect=409)
    assert answer.code == "uplift_under_way"
    under_way = answer.json["detail"].rsplit("/", 1)[1]
    live.cluster.psql(f"update uplift set request = '{{\"figures\":{{\"from\":\"2027-09-06\"}},\"filter\":"
                      f"{{\"weekly_from\":{{\"amount\":99999900,\"currency\":\"GBP\"}}}}}}' where id = '{under_way}'", live.database)
    live.client("MANAGER").post(f"/v1/uplifts/{under_way}/stop", {"because": 7}, 400)
    live.client("MANAGER").post(f"/v1/uplifts/{under_way}/stop", {"because": "The budget is not agreed."}, 200)
    seen = finished(live, under_way)
    if seen["state"] == "stopped":  # else it was faster
        assert (seen["stopped_because"], seen["stopped_by"]) == ("The budget is not agreed.", live.users["MANAGER"])
    finished(live, order(live, filter={"weekly_from": money(99999900)}).json["id"])


def test_the_list_says_how_each_goes_and_why_one_was_stopped(live):
    unreadable = str(uuid.uuid4())
    finished(live, order(live, filter={"weekly_from": money(99999900)}).json["id"])
    live.cluster.psql("insert into uplift (id, authority_id, asked_by, request, state, total, created_at) select "
                      f"'{unreadable}', '{live.organisations['council']}', '{live.users['MANAGER']}', '[]', 'under_way', 3, "
                      "clock_timestamp()", live.database)
    seen = finished(live, unreadable)
    assert (seen["state"], seen["total"]) == ("stopped", 3) and "request" not in seen and "stopped_by" not in seen
    assert "cannot read what was asked for" in seen["stopped_because"]
    newest = order(live, filter={"weekly_from": money(99999900)}).json["id"]
    finished(live, newest)
    listed = list(live.client("AUDITOR").pages("/v1/uplifts", limit=2))
    assert [one["id"] for one in listed] == sorted((one["id"] for one in listed), reverse=True)
    told = {one["id"]: one for one in listed}
    assert told[unreadable]["stopped_because"] == seen["stopped_because"] and told[newest]["state"] == "done"
    stopped = list(live.client("MANAGER").pages("/v1/uplifts", state="stopped"))
    assert unreadable in {one["id"] for one in stopped} and {one["state"] for one in stopped} == {"stopped"}
    for who in ("PROVIDER", "OFFICER2"):
        assert list(live.client(who).pages("/v1/uplifts")) == []
    live.client("MANAGER").get("/v1/uplifts", 400, state="lost")


FAULT = """create function fault() returns trigger language plpgsql as $$ begin
	if new.kind = 'uplift_applied' and new.stream_id = '{stream}' then raise exception 'a fault of the test'; end if;
	return new; end $$;
create trigger fault before insert on fact for each row execute function fault()"""


def test_a_placement_that_fails_each_time_is_left_out_and_the_others_rise(live, agree):
    rising, failing = (agree(live, start="2027-03-01", setting="floating_support") for _ in range(2))
    live.cluster.psql(FAULT.format(stream=failing.id), live.database)
    try:
        seen = finished(live, order(live, filter={"setting": "floating_support"}).json["id"])
    finally:
        live.cluster.psql("drop function fault() cascade", live.database)
    assert (seen["state"], seen["applied"], seen["left_out"]) == ("done", 1, 1)
    [item] = seen["items"]
    assert (item["placement"], item["outcome"], item["rule"]) == (failing.id, "left_out", "not_recorded")
    assert len(rising.see()["agreements"]) == 2 and len(failing.see()["agreements"]) == 1


def uplift_command(house, binary, *words, code=0, who="MANAGER"):
    program = os.path.join(os.path.dirname(os.path.realpath(binary)), "concordat")
    done = subprocess.run([program, "uplift", *words], capture_output=True, text=True, check=False, timeout=60, env={
        **os.environ, "CONCORDAT_SERVER": house.daemon.base_url, "CONCORDAT_TOKEN": house.tokens[who]})
    assert done.returncode == code, done.stderr
    return done.stderr if code else done.stdout


def test_the_command_line_orders_lists_and_stops_one(live, binary, tmp_path):
    indices = tmp_path / "indices.json"
    indices.write_text(json.dumps(figures("2028-04-03")))
    asked = ["apply", "--indices", str(indices), "--setting", "supported_living", "--paid-from", "2028-05-01"]
    assert "Only a manager" in uplift_command(live, binary, *asked, who="OFFICER", code=1)
    key = str(uuid.uuid4())
    made = json.loads(uplift_command(live, binary, *asked, "--key", key, "--json"))
    assert made["request"]["paid_from"] == "2028-05-01" and made["request"]["filter"] == {"setting": "supported_living"}
    finished(live, made["id"])
    said = uplift_command(live, binary, *asked, "--key", key)
    assert said.startswith(f"{made['id']}: Done, asked for at ") and "paid from 1 May 2028." in said
    assert "Of 0 agreements uplifted 0" in " ".join(said.split())
    everything = uplift_command(live, binary, "list")
    assert f"{made['id']}: Done" in everything
    listed = json.loads(uplift_command(live, binary, "list", "--json"))["items"]
    assert [one["id"] for one in listed] == [one["id"] for one in live.client("MANAGER").pages("/v1/uplifts")]
    stopped = json.loads(uplift_command(live, binary, "stop", made["id"], "--because", "Too late", "--json"))
    assert stopped["state"] == "done" and "stopped_because" not in stopped
    assert "no id of an uplift" in uplift_command(live, binary, "stop", "last", code=2)
    indices.write_text("{}")
    uplift_command(live, binary, *asked, code=1)
