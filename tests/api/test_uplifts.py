"""What an uplift would make of one agreement or a portfolio: either side asks, both see the same sum, nothing is recorded."""

import concurrent.futures
import http.client
import json
import os
import time
import uuid

import pytest

from support.daemon import ROOT
from support.house import money
from support.journey import line

FIGURES = {"from": "2027-04-01", "rises": [
    {"index": "nlw", "percent": "4.1", "source": "Illustrative"},
    {"index": "cpi", "percent": "3"},
    {"index": "energy", "percent": "-2.5"},
]}
BY_LINE = {"basis": "by_line"}
PREVIEW = "/v1/uplifts/preview"


def indexed(index, rate="1000.00"):
    return [{**line("core", "week", "1", rate), "index": index}]


# name -> (members of the terms, the rule that decides, the fee a week then); now it is 1000.00
AGREED = {
    "general": ({"lines": indexed("nlw")}, "by_line", 104100),
    "down": ({"lines": indexed("energy")}, "by_line", 97500),
    "weighted": ({"lines": indexed("nlw"), "uplift": {"basis": "weighted", "weights": [
        {"index": "nlw", "percent": "70"}, {"index": "cpi", "percent": "20"}]}}, "weighted", 103470),
    "flat": ({"lines": indexed("nlw"), "uplift": {"basis": "flat", "flat": "-12.34", "flat_unit": "week"}}, "flat", 98766),
    "cap": ({"lines": indexed("nlw"), "uplift": {"basis": "by_line", "cap": "2"}}, "cap", 102000),
    "floor": ({"lines": indexed("energy"), "uplift": {"basis": "by_line", "floor": "0"}}, "floor", 100000),
    "target": ({"lines": indexed("nlw"), "uplift": {"basis": "target", "years": 3, "first_step": "2027-04-01",
               "targets": [{"unit": "week", "rate": "1150.00"}]}}, "target", 105000),
    "not_yet": ({"lines": indexed("nlw"), "uplift": {"basis": "target", "years": 3, "first_step": "2028-04-01",
                "targets": [{"unit": "week", "rate": "1150.00"}]}}, "not_yet", 100000),
    "too_young": ({"lines": indexed("nlw"), "uplift": {**BY_LINE, "not_within_months": 12}}, "too_young", 100000),
    "above": ({"lines": indexed("nlw"), "uplift": {**BY_LINE, "not_above": money(99999)}}, "above_threshold", 100000),
    "missing": ({"lines": indexed("food")}, "figure_missing", 100000),
    "range": ({"lines": indexed("nlw"), "uplift": {"basis": "flat", "flat": "-1000.01", "flat_unit": "week"}},
              "out_of_range", 100000),
}
# 40 hours at 20.11 and a rent that is fixed, paid by three.
SPLIT = {
    "lines": [{**line("care", "hour", "40", "20.11"), "index": "nlw"},
              {**line("rent", "week", "1", "95.50"), "index": "fixed"}],
    "funding": [{"funder": "authority"}, {"funder": "nhs", "share": "33.3333"}, {"funder": "person", "weekly": money(10000)}],
}
LARCH = {*AGREED, "split"}  # the council's with larch
OWN = [name for name, (members, _, _) in AGREED.items() if "uplift" in members]


def preview(house, who="OFFICER", expect=200, **body):
    answer = house.client(who).post(PREVIEW, {"figures": FIGURES, "method": BY_LINE, **body}, expect)
    return answer.json


def pence(amount):
    assert amount["currency"] == "GBP"
    return amount["amount"]


@pytest.fixture(scope="module")
def agreed(live):
    """name -> the case: the council's with larch; one with alder, one of another council; and some not in force."""
    cases = {name: live.journey("in_force", **members) for name, (members, _, _) in AGREED.items()}
    cases["split"] = live.journey("in_force", **SPLIT)
    cases["alder"] = live.journey("in_force", provider="PROVIDER2", invited="alder", home="Alder Grove",
                                  setting="nursing", lines=indexed("nlw", "1500.00"))
    cases["southmere"] = live.southmere("in_force", lines=indexed("nlw", "700.00"))
    cases["draft"] = live.journey("signing", lines=indexed("nlw"))
    # larch was asked first and declined; alder has it.
    cases["lost"] = live.journey("inviting", lines=indexed("nlw"))
    cases["lost"].move("PROVIDER", "decline", reason="no_vacancy")
    cases["lost"].provider = "PROVIDER2"
    cases["lost"].invite("alder", "Alder Grove")
    for stage in ("negotiating", "signing", "in_force"):
        getattr(cases["lost"], "_to_" + stage)()
    return cases


def names_of(agreed, answer):
    by_id = {case.id: name for name, case in agreed.items()}
    return {by_id[item["placement"]] for item in answer["items"]}


# ---- One agreement ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", AGREED)
def test_each_rule_is_told_with_what_it_makes_of_the_fee(live, agreed, name):
    _, rule, then = AGREED[name]
    answer = preview(live, placement=agreed[name].id)
    (item,) = answer["items"]
    assert (item["rule"], pence(item["weekly_now"]), pence(item["weekly_then"])) == (rule, 100000, then)
    assert pence(item["difference"]) == then - 100000 == pence(answer["difference"])
    assert item["reason"] and item["reference"] == agreed[name].reference and item["setting"] == "residential"
    assert item["provider"] == live.organisations["larch"]
    assert answer["from"] == "2027-04-01" and "next" not in answer
    assert (answer["placements"], answer["uplifted"], answer["unreadable"]) == (1, int(item["is_uplifted"]), 0)
    assert [row["rule"] for row in answer["by_rule"]] == [rule]
    if item["is_uplifted"]:
        assert sum(pence(row["weekly_then"]) for row in item["lines"]) == then


def test_every_rule_there_is_has_been_seen(live, agreed):
    with open(os.path.join(ROOT, "include/concordat/core/words.h"), encoding="ascii") as file:
        text = file.read()
    table = text.split("#define UPLIFT_RULES(X)")[1].split("#define ")[0]
    known = {part.split('"')[1] for part in table.split("X(UPLIFT_RULE_")[1:]}
    seen = {row["rule"] for row in preview(live)["by_rule"]}
    seen |= {row["rule"] for row in preview(live, leave_out_own=True)["by_rule"]}
    answer = live.client("OFFICER").post(PREVIEW, {"figures": FIGURES}, 200).json
    seen |= {row["rule"] for row in answer["by_rule"]}
    early = {**FIGURES, "from": "2026-04-01"}  # before any of these agreements begins
    seen |= {row["rule"] for row in preview(live, figures=early)["by_rule"]}
    assert seen == known


def test_both_sides_see_the_same_sum_line_by_line_and_payer_by_payer(live, agreed):
    council, provider, auditor = (preview(live, who, placement=agreed["split"].id) for who in ("OFFICER", "PROVIDER", "AUDITOR"))
    assert council == provider == auditor
    (item,) = council["items"]
    # 40 hours at 20.9345 are 837.38
    assert [pence(row["weekly_then"]) for row in item["lines"]] == [83738, 9550]
    assert {part["funder"]: pence(part["pays"]) for part in item["funding"]} == {
        "authority": 93288 - 31096 - 10000, "nhs": 31096, "person": 10000}


def test_a_path_shows_every_step_to_the_target(live, agreed):
    (item,) = preview(live, "PROVIDER", placement=agreed["target"].id)["items"]
    assert [(step["from"], pence(step["weekly"])) for step in item["path"]] == [
        ("2027-04-01", 105000), ("2028-04-01", 110000), ("2029-04-01", 115000)]


def test_its_own_method_comes_before_the_general_one(live, agreed):
    general = {"basis": "flat", "flat": "1", "flat_unit": "week"}
    (item,) = preview(live, placement=agreed["cap"].id, method=general)["items"]
    assert (item["rule"], pence(item["weekly_then"])) == ("cap", 102000)
    (item,) = preview(live, placement=agreed["general"].id, method=general)["items"]
    assert (item["rule"], pence(item["weekly_then"])) == ("flat", 100100)


def test_nothing_is_recorded_and_no_version_moves(live, agreed):
    case = agreed["general"]
    before = case.fact_count(), case.see()
    preview(live, placement=case.id)
    preview(live)
    assert (case.fact_count(), case.see()) == before


def test_a_strangers_placement_is_not_there(live, agreed):
    for who, name in (("OFFICER2", "general"), ("PROVIDER2", "general"), ("OFFICER", "southmere"), ("MEDIATOR", "general"),
                      ("ADMIN", "general")):
        assert preview(live, who, 404, placement=agreed[name].id)["code"] == "not_found", (who, name)
    assert preview(live, expect=404, placement=str(uuid.uuid4()))["code"] == "not_found"


def test_one_that_is_not_in_force_is_refused_and_a_rival_learns_nothing(live, agreed):
    told = [preview(live, who, 409, placement=agreed[name].id)
            for who, name in (("OFFICER", "draft"), ("PROVIDER", "draft"), ("PROVIDER", "lost"))]
    assert {problem["code"] for problem in told} == {"not_in_force"}
    assert len({problem["detail"] for problem in told}) == 1
    assert preview(live, "PROVIDER2", placement=agreed["lost"].id)["placements"] == 1


# ---- A portfolio ------------------------------------------------------------------------------------


def test_a_portfolio_is_added_up_by_rule_for_what_is_in_force_only(live, agreed):
    answer = preview(live, limit=200)
    assert names_of(agreed, answer) == {*LARCH, "alder", "lost"}
    assert answer["placements"] == len(answer["items"]) and answer["unreadable"] == 0 and "next" not in answer
    for member in ("weekly_now", "weekly_then"):
        assert pence(answer[member]) == sum(pence(item[member]) for item in answer["items"])
        assert pence(answer[member]) == sum(pence(row[member]) for row in answer["by_rule"])
    assert pence(answer["difference"]) == pence(answer["weekly_then"]) - pence(answer["weekly_now"])
    assert answer["uplifted"] == sum(item["is_uplifted"] for item in answer["items"])
    assert sum(row["placements"] for row in answer["by_rule"]) == answer["placements"]
    by_name = {agreed_name: item for item in answer["items"] for agreed_name, case in agreed.items()
               if case.id == item["placement"]}
    for name, (_, rule, then) in AGREED.items():
        assert (by_name[name]["rule"], pence(by_name[name]["weekly_then"])) == (rule, then)
        assert not {"lines", "funding", "path"} & set(by_name[name])


def test_each_party_has_its_own_portfolio(live, agreed):
    assert names_of(agreed, preview(live, "PROVIDER")) == {*LARCH, "southmere"}
    assert names_of(agreed, preview(live, "PROVIDER2")) == {"alder", "lost"}
    assert names_of(agreed, preview(live, "OFFICER2")) == {"southmere"}
    for who in ("MEDIATOR", "ADMIN"):
        nothing = preview(live, who)
        assert (nothing["placements"], nothing.get("by_rule", []), nothing["items"]) == (0, [], [])


def test_filters_narrow_it(live, agreed):
    council = live.organisations["council"]
    cases = [
        ("OFFICER", {"setting": "nursing"}, {"alder"}),
        ("OFFICER", {"setting": "home_care"}, set()),
        ("OFFICER", {"provider": live.organisations["alder"]}, {"alder", "lost"}),
        ("OFFICER", {"provider": live.organisations["alder"], "setting": "residential"}, {"lost"}),
        ("PROVIDER", {"authority": council}, LARCH),
        ("PROVIDER", {"authority": live.organisations["southmere"]}, {"southmere"}),
        ("PROVIDER", {"provider": live.organisations["alder"]}, set()),
        ("OFFICER", {"weekly_from": money(100001)}, {"alder"}),
        ("OFFICER", {"weekly_from": money(100000), "weekly_to": money(100000)}, {*AGREED, "lost"}),
        ("PROVIDER", {"weekly_to": money(70000)}, {"southmere"}),
        ("PROVIDER", {"weekly_from": money(70001), "weekly_to": money(99999)}, {"split"}),
        ("PROVIDER", {"weekly_to": money(69999)}, set()),
    ]
    for who, narrowed, wanted in cases:
        answer = preview(live, who, filter=narrowed)
        assert names_of(agreed, answer) == wanted, (who, narrowed)
        assert answer["placements"] == len(wanted)


def test_those_with_a_method_of_their_own_can_be_left_out(live, agreed):
    by_rule = {row["rule"]: row for row in preview(live, leave_out_own=True)["by_rule"]}
    assert by_rule["own_method"]["placements"] == len(OWN)
    assert by_rule["own_method"]["weekly_now"] == by_rule["own_method"]["weekly_then"]
    answer = live.client("OFFICER").post(PREVIEW, {"figures": FIGURES}, 200).json
    by_rule = {row["rule"]: row["placements"] for row in answer["by_rule"]}
    assert by_rule["no_method"] == answer["placements"] - len(OWN)


def test_pages_follow_one_another_without_the_totals_being_worked_again(live, agreed):
    whole = preview(live, limit=200)
    page = preview(live, limit=5)
    assert [page[member] for member in ("placements", "difference", "by_rule")] == [
        whole[member] for member in ("placements", "difference", "by_rule")]
    items = page["items"]
    while page.get("next"):
        assert len(page["items"]) == 5
        page = preview(live, limit=5, after=page["next"])
        assert not {"placements", "uplifted", "weekly_now", "by_rule"} & set(page)
        items += page["items"]
    assert items == whole["items"]
    narrow = preview(live, limit=1, filter={"provider": live.organisations["alder"]})
    rest = preview(live, limit=1, filter={"provider": live.organisations["alder"]}, after=narrow["next"])
    assert names_of(agreed, narrow) | names_of(agreed, rest) == {"alder", "lost"} and "next" not in rest


# ---- What is asked wrongly --------------------------------------------------------------------------


def figures(*rises, **more):
    return {"figures": {"from": "2027-04-01", "rises": list(rises), **more}}


def rise(index="nlw", percent="1"):
    return {"index": index, "percent": percent}


@pytest.mark.parametrize("body, pointer", [
    (figures(rise(), rise()), "/figures/rises/1/index"),
    (figures(rise("fixed")), "/figures/rises/0/index"),
    (figures(rise("wages")), "/figures/rises/0/index"),
    (figures(rise(percent="100000000")), "/figures/rises/0/percent"),
    (figures(rise(percent=4.1)), "/figures/rises/0/percent"),
    (figures({**rise(), "by": "1"}), "/figures/rises/0/by"),
    ({"figures": {"rises": [rise()]}}, "/figures/from"),
    ({"figures": None}, "/figures"),
    ({"portfolio": True}, "/portfolio"),
    ({"method": {"basis": "weighted"}}, "/method/weights"),
    ({"method": {"basis": "guess"}}, "/method/basis"),
    ({"filter": {"region": "north"}}, "/filter/region"),
    ({"filter": {"weekly_from": money(2), "weekly_to": money(1)}}, "/filter/weekly_from"),
    ({"limit": 0}, "/limit"),
    ({"limit": 201}, "/limit"),
    ({"after": "zz"}, "/after"),
    ({"after": "75706c69667473"}, "/after"),
    ({"placement": "PL-1"}, "/placement"),
    ({"placement": str(uuid.UUID(int=7)), "filter": {"setting": "nursing"}}, "/filter"),
    ({"placement": str(uuid.UUID(int=7)), "after": "75"}, "/after"),
])
def test_what_does_not_fit_is_refused_where_it_stands(live, body, pointer):
    problem = preview(live, expect=400, **body)
    assert [error["pointer"] for error in problem["errors"]] == [pointer], problem
    assert problem["errors"][0]["detail"]


# ---- When something is wrong ------------------------------------------------------------------------


def test_terms_that_cannot_be_read_are_counted_apart_and_reported(live, agreed):
    case, other = agreed["general"], agreed["cap"]
    was = live.cluster.psql_json("select id, terms_entry from placement where terms_entry is not null", live.database)
    entries = {row["id"]: row["terms_entry"] for row in was}
    live.cluster.psql(f"update placement set terms_entry = 1 where id = '{case.id}'; "
                      f"update placement set terms_entry = null where id = '{other.id}'", live.database)
    try:
        answer = preview(live, limit=200)
    finally:
        for wrong in (case, other):
            live.cluster.psql(f"update placement set terms_entry = {entries[wrong.id]} where id = '{wrong.id}'", live.database)
    assert (answer["unreadable"], answer["placements"]) == (2, len(LARCH))  # two less and alder's two more
    assert names_of(agreed, answer) == {*LARCH, "alder", "lost"} - {"general", "cap"}
    for wrong in (case, other):
        live.daemon.wait_for_line(lambda line: line.get("placement") == wrong.id and line["level"] == "error")
    assert preview(live)["unreadable"] == 0


def ask_and_leave(house):
    """Sends the request and closes the connection without waiting for the answer."""
    connection = http.client.HTTPConnection("127.0.0.1", house.daemon.port, timeout=10)
    connection.request("POST", PREVIEW, json.dumps({"figures": FIGURES}), {
        "Authorization": "Bearer " + house.tokens["OFFICER"], "Content-Type": "application/json",
        "Idempotency-Key": str(uuid.uuid4())})
    connection.close()


def waiting_reads(house):
    return int(house.cluster.psql("select count(*) from pg_stat_activity where datname = current_database() and "
                                  "usename = 'concordat_reader' and wait_event_type = 'Lock'", house.database)[0][0])


def wait_for_reads(house, count):
    deadline = time.monotonic() + 30
    while waiting_reads(house) != count:
        assert time.monotonic() < deadline, f"{count} previews should wait for the lock"
        time.sleep(0.02)


def test_two_portfolios_are_worked_out_at_once_and_a_third_is_asked_to_come_again(live, agreed):
    lock = "lock table placement in access exclusive mode"

    def ask(_):
        return live.client("OFFICER").as_(live.tokens["OFFICER"]).post(PREVIEW, {"figures": FIGURES})

    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        with live.cluster.locked(lock, live.database):
            first = [pool.submit(ask, i) for i in range(2)]
            wait_for_reads(live, 2)
            third = ask(None)
            page = {"figures": FIGURES, "after": "00"}
            assert live.client("OFFICER").post(PREVIEW, page).status == 400  # a page takes no place
        assert (third.status, third.code) == (503, "previews_busy")
        assert int(third.headers["Retry-After"]) >= 1
        assert [answer.result().status for answer in first] == [200, 200]
    # Those who leave give their place back.
    with live.cluster.locked(lock, live.database):
        for _ in range(2):
            ask_and_leave(live)
        wait_for_reads(live, 2)
    deadline = time.monotonic() + 30
    while (status := ask(None).status) == 503:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert status == 200


# ---- Databases from before --------------------------------------------------------------------------


def test_the_migration_finds_the_terms_of_agreements_made_before_it(live, agreed):
    with open(os.path.join(ROOT, "migrations/0002_agreements.sql"), encoding="utf-8") as file:
        text = file.read()
    statement = text[text.index("update placement x"):]
    statement = statement[:statement.index(";")]
    asked = "select id, terms_entry from placement order by id"
    before = live.cluster.psql(asked, live.database)
    assert sum(entry is not None for _, entry in before) >= len(AGREED)
    assert {entry for id_, entry in before if id_ == agreed["draft"].id} == {None}
    live.cluster.psql("update placement set terms_entry = null", live.database)
    live.cluster.psql(statement, live.database, "concordat_owner")
    assert live.cluster.psql(asked, live.database) == before
