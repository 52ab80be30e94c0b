"""Uplifts offline: terms and a year's figures in, the new fee out."""

import json
import os
import re

import pytest

from conftest import GOLDEN, golden, members
from support.daemon import ROOT

TERMS, INDICES = f"{GOLDEN}/terms.json", f"{GOLDEN}/indices.json"
TARGET = ["--terms", f"{GOLDEN}/terms-target.json", "--method", f"{GOLDEN}/method-target.json"]


@pytest.fixture
def terms():
    return json.loads(golden("terms.json"))


def figures(**rises):
    return {"from": "2026-04-06", "rises": [{"index": index, "percent": percent} for index, percent in rises.items()]}


def test_a_weighted_uplift_is_right_to_the_penny(concordat):
    """812.00 and 73.7% of 4.10% + 26.3% of 3.00% = 3.8107% make 842.942884."""
    result = json.loads(concordat("uplift", "--terms", TERMS, "--indices", INDICES, "--json"))
    assert (result["rule"], result["is_uplifted"], result["from"]) == ("weighted", True, "2026-04-06")
    assert (result["weekly_now"], result["weekly_then"], result["difference"]) == (81200, 84294, 3094)
    assert result["percent"] == "3.8103" and "3.8107%" in result["reason"]
    assert sum(line["weekly_then"] for line in result["lines"].values()) == 84294
    assert result["order"] == ["core", "one_to_one"] and result["path"] == []
    assert result["funding"] == [{"funder": "authority", "pays_now": 50900, "pays": 53220},
                                 {"funder": "nhs", "pays_now": 20300, "pays": 21074},
                                 {"funder": "person", "pays_now": 10000, "pays": 10000}]


def test_a_path_to_a_target_and_the_effect_of_quality_are_shown(concordat):
    """Terms as the service shows them, in their agreement; a method from a file."""
    result = json.loads(concordat("uplift", *TARGET, "--indices", INDICES, "--json"))
    assert result["path"] == [{"from": "2026-04-06", "weekly": 85000}, {"from": "2027-04-06", "weekly": 86000},
                              {"from": "2028-04-06", "weekly": 87000}]
    assert result["quality"] == {"now": {"premium": 2500, "band": 1260, "withheld": 1680, "payable": 86080},
                                 "then": {"premium": 2500, "band": 1275, "withheld": 1700, "payable": 87075}}
    assert result["lines"]["support"]["rate_then"] == "21.00" and result["funding"] == []


@pytest.mark.parametrize("words, name", [
    (["--terms", TERMS], "uplift.txt"), (TARGET, "uplift-target.txt"),
    (["--terms", f"{GOLDEN}/terms-target.json"], "uplift-none.txt"),
])
def test_the_page_is_as_kept(concordat, words, name):
    page = concordat("uplift", *words, "--indices", INDICES)
    assert page == golden(name)
    assert all(len(line) <= 100 and line == line.rstrip() for line in page.split("\n"))


def test_a_fee_can_fall(concordat, written, terms):
    path = written("indices.json", figures(nlw="-2", cpi="0"))
    result = json.loads(concordat("uplift", "--terms", TERMS, "--indices", path, "--json"))
    assert (result["weekly_then"], result["difference"]) == (80003, -1197)  # 812.00 less 1.474%


def test_a_cap_decides(concordat, written):
    path = written("indices.json", figures(nlw="10", cpi="10"))
    result = json.loads(concordat("uplift", "--terms", TERMS, "--indices", path, "--json"))
    assert (result["rule"], result["weekly_then"]) == ("cap", 86072)  # 6% of 812.00


def test_without_a_figure_or_a_method_the_fee_stays_as_it_is(concordat, written, terms):
    missing = written("indices.json", figures(nlw="4.10"))
    result = json.loads(concordat("uplift", "--terms", TERMS, "--indices", missing, "--json"))
    assert (result["rule"], result["is_uplifted"], result["difference"]) == ("figure_missing", False, 0)
    assert "cpi" in result["reason"]
    del terms["uplift"]
    result = json.loads(concordat("uplift", "--terms", written("t", terms), "--indices", INDICES, "--json"))
    assert (result["rule"], result["weekly_then"]) == ("no_method", 81200)


def test_the_terms_own_method_comes_before_the_general_one(concordat, written):
    method = written("method.json", {"basis": "flat", "flat": "10.00", "flat_unit": "week"})
    words = ["--indices", INDICES, "--method", method, "--json"]
    assert json.loads(concordat("uplift", "--terms", TERMS, *words))["weekly_then"] == 84294
    result = json.loads(concordat("uplift", "--terms", f"{GOLDEN}/terms-target.json", *words))
    assert (result["rule"], result["difference"]) == ("flat", 1000)


def test_terms_bare_wrapped_and_from_standard_input_are_the_same(concordat, written, terms):
    kept = concordat("uplift", "--terms", TERMS, "--indices", INDICES)
    wrapped = written("wrapped.json", {"terms": terms})
    assert concordat("uplift", "--terms", wrapped, "--indices", INDICES) == kept
    assert concordat("uplift", "--terms", "-", "--indices", INDICES, stdin=json.dumps(terms).encode()) == kept


def test_what_the_service_worked_out_is_worked_out_again(concordat, written, terms):
    terms["weekly"] = {"amount": 1, "currency": "GBP"}
    terms["lines"][0]["weekly"] = {"amount": 2, "currency": "GBP"}
    result = json.loads(concordat("uplift", "--terms", written("t", terms), "--indices", INDICES, "--json"))
    assert result["weekly_now"] == 81200


def spoil_lines(terms):
    terms["lines"][1]["key"] = "core"


def spoil_funding(terms):
    del terms["funding"][0]


def spoil_share(terms):
    terms["funding"][1]["share"] = "120"


def spoil_weights(terms):
    terms["uplift"]["weights"][0]["percent"] = "80"


def spoil_rate(terms):
    terms["lines"][0]["rate"] = 518


def spoil_quantity(terms):
    terms["lines"][0]["quantity"] = "-1"


def spoil_unit(terms):
    terms["lines"][0]["unit"] = "fortnight"


def spoil_member(terms):
    terms["uplift"]["wieghts"] = []


@pytest.mark.parametrize("spoil, pointer", [
    (spoil_lines, "/lines/1"), (spoil_funding, "/funding"), (spoil_share, "/funding/1/share"),
    (spoil_weights, "/uplift/weights"), (spoil_rate, "/lines/0/rate"), (spoil_quantity, "/lines/0/quantity"),
    (spoil_unit, "/lines/0/unit"), (spoil_member, "/uplift/wieghts"),
])
def test_terms_that_are_not_sound_are_refused_with_a_pointer(concordat, written, terms, spoil, pointer):
    spoil(terms)
    for before, given in (("", terms), ("/terms", {"terms": terms})):
        path = written("terms.json", given)
        said = concordat("uplift", "--terms", path, "--indices", INDICES, code=1)
        assert said.startswith(f"concordat: {path}: {before}{pointer}"), said


@pytest.mark.parametrize("given, pointer", [
    ({}, "/from"), ({"from": "2026-02-30", "rises": []}, "/from"),
    ({"from": "2026-04-06", "rises": [{"index": "rpi", "percent": "3"}]}, "/rises/0/index"),
    ({"from": "2026-04-06", "rises": [{"index": "fixed", "percent": "3"}]}, "/rises/0"),
    ({"from": "2026-04-06", "rises": [{"index": "cpi", "percent": "3"}] * 2}, "/rises/1"),
    ({"from": "2026-04-06", "rises": [{"index": "cpi", "percent": 3}]}, "/rises/0/percent"), ("?", ""),
])
def test_figures_that_are_not_sound_are_refused_with_a_pointer(concordat, written, given, pointer):
    path = written("indices.json", given)
    said = concordat("uplift", "--terms", TERMS, "--indices", path, code=1)
    assert said.startswith(f"concordat: {path}: {pointer}"), said


@pytest.mark.parametrize("given, pointer", [
    ({}, "/basis"), ({"basis": "weighted"}, "/weights"), ({"basis": "by_lines"}, "/basis"),
    ({"basis": "target", "years": 0}, "/years"),
])
def test_a_method_that_is_not_sound_is_refused_with_a_pointer(concordat, written, given, pointer):
    path = written("method.json", given)
    said = concordat("uplift", "--terms", TERMS, "--indices", INDICES, "--method", path, code=1)
    assert said.startswith(f"concordat: {path}: {pointer}"), said


def test_each_file_that_cannot_be_read_is_named(concordat):
    files = {"--terms": TERMS, "--indices": INDICES, "--method": f"{GOLDEN}/method-target.json"}
    for option in files:
        words = [word for pair in {**files, option: "nowhere.json"}.items() for word in pair]
        assert concordat("uplift", *words, code=3) == "concordat: nowhere.json: There is no such file. Check its name.\n"


def test_every_member_of_the_result_is_documented(concordat):
    with open(os.path.join(ROOT, "clients/cli/README.md"), encoding="utf-8") as file:
        manual = file.read()
    found = members(json.loads(concordat("uplift", "--terms", TERMS, "--indices", INDICES, "--json")))
    found |= members(json.loads(concordat("uplift", *TARGET, "--indices", INDICES, "--json")))
    assert {"quality", "path", "pays"} < found
    assert [name for name in sorted(found) if f"`{name}`" not in manual] == []


def test_every_rule_that_may_decide_is_documented(concordat):
    with open(os.path.join(ROOT, "include/concordat/core/words.h"), encoding="utf-8") as file:
        rules = re.findall(r'X\(UPLIFT_RULE_\w+, "(\w+)"\)', file.read())
    with open(os.path.join(ROOT, "clients/cli/README.md"), encoding="utf-8") as file:
        row = next(line for line in file if line.startswith("| `rule` | what decided"))
    # Those with a method of their own are left out of a portfolio only.
    assert len(rules) > 10 and [rule for rule in rules if f"`{rule}`" not in row] == ["own_method"]


def test_an_agreement_that_begins_later_stays_as_it_is(concordat, written, terms):
    terms["start"] = "2027-01-01"
    result = json.loads(concordat("uplift", "--terms", written("terms.json", terms), "--indices", INDICES, "--json"))
    assert (result["rule"], result["is_uplifted"], result["difference"]) == ("not_started", False, 0)
