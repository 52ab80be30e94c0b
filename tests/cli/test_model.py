"""Cost models offline: check, calculate, and what is said of what is not sound."""

import copy
import json
import os

import pytest

from conftest import GOLDEN, MODELS, golden, members
from support.daemon import ROOT

HOME_CARE = f"{MODELS}/home-care-margin-2014-02.json"
RESIDENTIAL = f"{MODELS}/residential-ld-0.1.json"
INPUTS = f"{GOLDEN}/inputs.json"


@pytest.fixture
def home_care():
    with open(os.path.join(ROOT, HOME_CARE), encoding="utf-8") as file:
        return json.load(file)


def line_of(model, key):
    return next(line for line in model["lines"] if line["key"] == key)


# ---- check ----


@pytest.mark.parametrize("name", sorted(name for name in os.listdir(os.path.join(ROOT, MODELS)) if name.endswith(".json")))
def test_every_shipped_model_is_sound(concordat, name):
    assert f"{name.removesuffix('.json')} is sound: ".replace("-", " ") in \
        concordat("model", "check", f"{MODELS}/{name}").replace("-", " ")


def test_a_sound_model_is_described_in_one_sentence(concordat):
    assert concordat("model", "check", RESIDENTIAL) == (
        "residential-ld 0.1 is sound: 8 inputs, 31 assumptions, 26 lines; price a week, rounded to the pound; "
        "from 1 January 2026.\n")
    assert concordat("model", "check", HOME_CARE) == (
        "home-care-margin 2014-02 is sound: 3 inputs, 9 assumptions, 9 lines; price an hour, rounded to the penny; "
        "from 1 February 2014 to 30 September 2014.\n")


def test_standard_input_is_read_for_a_dash(concordat, home_care):
    assert "is sound" in concordat("model", "check", "-", stdin=json.dumps(home_care).encode())
    assert "standard input: /id: " in concordat("model", "check", "-", stdin=b"{}", code=1)


def cycle(model):
    line_of(model, "pay").update(kind="sum", of=[{"ref": "holiday"}])
    del line_of(model, "pay")["value"]


def unknown_key(model):
    line_of(model, "mileage")["value"] = "milage_rate"


def margin_of_all(model):
    next(a for a in model["assumptions"] if a["key"] == "running_percent")["value"] = "97"


def overflow(model):
    for assumption in model["assumptions"]:
        if assumption["unit"] == "pound":
            assumption["value"] = "10000000"
    line_of(model, "travel")["quantity"] = [{"ref": "travel_minutes"}] * 8
    model["inputs"][0]["most"] = model["inputs"][0]["default"] = "10000000"


def wrong_unit(model):
    next(a for a in model["assumptions"] if a["key"] == "pay_rate")["unit"] = "pence"


def misspelt_member(model):
    model["assumptons"] = []


def too_large(model):
    model["assumptions"][0]["value"] = "99999999999999999999"


@pytest.mark.parametrize("spoil, pointer, words", [
    (cycle, "/lines/0/of/0", ""), (unknown_key, "/lines/6/value", "milage_rate"), (margin_of_all, "", "100"),
    (overflow, "", ""), (wrong_unit, "/assumptions/0/unit", '"pound"'),
    (misspelt_member, "/assumptons", 'Did you mean "assumptions"?'), (too_large, "/assumptions/0/value", "decimal"),
])
def test_an_unsound_model_is_refused_with_a_pointer(concordat, written, home_care, spoil, pointer, words):
    spoil(home_care)
    path = written("model.json", home_care)
    for command in ("check", "calculate"):
        said = concordat("model", command, path, code=1)
        assert f"concordat: {path}: /" in said and f"{path}: {pointer}" in said and words in said, said
        assert said.endswith("concordat: Nothing was worked out. Put that right and run this again.\n")


def test_everything_that_is_wrong_is_said_at_once(concordat, written, home_care):
    del home_care["title"], home_care["rounding"]
    path = written("model.json", home_care)
    said = concordat("model", "check", path, code=1)
    assert f'{path}: /title: "title" is required.' in said and f'{path}: /rounding: "rounding" is required.' in said
    assert said.endswith("Put these right and run this again.\n")


@pytest.mark.parametrize("content, words", [
    (b"", ""), (b"{", "It is in line 1"), (b"# a model\n", "This is not JSON"), (b"[]", "must be an object"),
    (b"\xff\xfe{}", ""), (b'{"id":"a","id":"b"}', "twice"), (b"{}\0", "NUL"), (b"[" * 1000, ""),
])
def test_what_is_no_json_object_is_refused(concordat, written, content, words):
    assert words in concordat("model", "check", written("broken.json", content), code=1)


def test_a_name_in_a_file_cannot_steer_the_terminal(concordat, written):
    path = written("steer.json", '{"\\u001b[2Jx": 1, "\\u009b2J": 1}')
    said = concordat("model", "check", path, code=1)
    assert "\x1b" not in said and "\x9b" not in said and "/?[2Jx: " in said


# ---- files that cannot be read ----


def test_a_file_that_cannot_be_read_is_told_apart(concordat, written, tmp_path):
    assert "There is no such file." in concordat("model", "check", "nowhere.json", code=3)
    assert "This is a folder." in concordat("model", "check", MODELS, code=3)
    assert "cannot be opened" in concordat("model", "check", f"{RESIDENTIAL}/x", code=3)
    assert "There is no such file." in concordat("model", "calculate", RESIDENTIAL, "--inputs", str(tmp_path / "x"),
                                                 code=3)
    most = written("most.json", b"{}" + b" " * (1024 * 1024 - 2))
    assert "is required" in concordat("model", "check", most, code=1)
    assert "larger than 1 MiB" in concordat("model", "check", written("more.json", b" " * (1024 * 1024 + 1)), code=3)
    with open("/dev/zero", "rb") as zeros:
        assert "larger than 1 MiB" in concordat("model", "check", "-", stdin=zeros.read(3 << 20), code=3)


# ---- calculate ----


def test_the_published_price_of_2014_is_met_to_the_penny(concordat):
    result = json.loads(concordat("model", "calculate", HOME_CARE, "--json"))
    assert result["total"] == {"low": 1519, "mid": 1519, "high": 1519} and "weekly" not in result
    assert {key: line["mid"] for key, line in result["lines"].items()} == {
        "pay": 631, "travel": 120, "national_insurance": 71, "holiday": 81, "training": 13, "pension": 8,
        "mileage": 140, "running": 410, "profit": 46}
    assert result["order"] == list(result["lines"]) and result["order"][0] == "pay"
    assert result["lines"]["travel"]["exact"] == {"low": "1.1989", "mid": "1.1989", "high": "1.1989"}
    assert result["defaulted"] == {"miles": "4.00", "travel_minutes": "11.40"}
    assert (result["model"], result["version"], result["unit"]) == ("home-care-margin", "2014-02", "hour")
    assert result["illustrative"] is False and result["range_is"] == "total_of_runs"


def test_hours_make_a_week_of_the_rounded_price(concordat, written):
    path = written("inputs.json", {"hours_a_week": "10.5"})
    result = json.loads(concordat("model", "calculate", HOME_CARE, "--json", "--inputs", path))
    assert result["weekly"] == {"low": 15950, "mid": 15950, "high": 15950}  # 10.5 x 15.19 = 159.495
    page = concordat("model", "calculate", HOME_CARE, "--inputs", path)
    assert "A week of 10.50 hours" in page and "£159.50" in page


def test_pence_are_rounded_once_from_what_is_exact(concordat, tmp_path):
    # 1.833% of 13.41 + 2.682 is 29.4965 pence: 0.2950 to four places, and 29 pence
    inputs = tmp_path / "inputs.json"
    inputs.write_text('{"miles": "5.3", "non_contact_share": "1.8"}')
    model = f"{MODELS}/floating-support-0.1.json"
    line = json.loads(concordat("model", "calculate", model, "--inputs", str(inputs), "--json"))["lines"]["non_contact"]
    assert (line["mid"], line["exact"]["mid"]) == (29, "0.295")


@pytest.mark.parametrize("words, name", [
    ([HOME_CARE], "home-care.txt"), ([RESIDENTIAL, "--inputs", INPUTS], "residential.txt"),
])
def test_the_page_is_as_kept(concordat, words, name):
    page = concordat("model", "calculate", *words)
    assert page == golden(name)
    assert all(len(line) <= 100 and line == line.rstrip() for line in page.split("\n"))


def test_lines_outside_the_fee_and_quantities_stand_apart(concordat, written, home_care):
    source = {"source": "Fictional"}
    home_care["assumptions"].append({"key": "rent_rate", "label": "Rent", "unit": "pound", "value": "2", **source})
    home_care["lines"] += [
        {"key": "rent", "label": "Rent of the flat", "group": "housing", "kind": "amount", "value": "rent_rate",
         "counts": "outside", **source},
        {"key": "hours", "label": "Paid hours", "group": "staff", "kind": "rate_times_quantity", "unit": "hour",
         "value": "minutes_an_hour", "quantity": [{"ref": "travel_minutes"}], "counts": "quantity", **source}]
    path = written("model.json", home_care)
    result = json.loads(concordat("model", "calculate", path, "--json"))
    assert result["total"]["mid"] == 1519
    rent, hours = result["lines"]["rent"], result["lines"]["hours"]
    assert (rent["mid"], rent["in_fee"], rent["counts"]) == (200, False, "outside")
    assert "mid" not in hours and hours["exact"]["mid"] == "684.00" and hours["unit"] == "hour"
    page = concordat("model", "calculate", path)
    fee, rest = page.split("The price for an hour")
    outside, on_the_way = rest.split("On the way")
    assert "Rent of the flat" not in fee and "Rent of the flat" in outside and "Paid hours (hour)" in on_the_way


def test_both_forms_of_inputs_give_the_same(concordat, written):
    inputs = {"people_sharing": 4, "one_to_one_hours": "21", "waking_nights": 7, "miles": "45"}
    kept = concordat("model", "calculate", RESIDENTIAL, "--json", "--inputs", INPUTS)
    for given in (inputs, {"inputs": inputs}):
        path = written("inputs.json", given)
        assert concordat("model", "calculate", RESIDENTIAL, f"--inputs={path}", "--json") == kept
    everything = concordat("model", "calculate", RESIDENTIAL, "--json")
    assert everything == concordat("model", "calculate", RESIDENTIAL, "--json", "--inputs", "-", stdin=b"{}")
    assert len(json.loads(everything)["defaulted"]) == 8


@pytest.mark.parametrize("inputs, pointer, words", [
    ({"residents": -1}, "/residents", "between 1.00 and 60.00 people"),
    ({"one_to_one_hours": 169}, "/one_to_one_hours", "between"),
    ({"one_to_one_hours": "99999999999999999999"}, "/one_to_one_hours", "10 million"),
    ({"one_to_one_hours": 10 ** 30}, "", "too large"),
    ({"one_to_one_hours": 1.5}, "/one_to_one_hours", "decimal number in quotes"),
    ({"one_to_one_hours": "0.10"}, "/one_to_one_hours", "steps of 0.25"),
    ({"one_to_one_hours": None}, "/one_to_one_hours", ""), ({"one_to_one_hours": "21 hours"}, "/one_to_one_hours", ""),
    ({"people_sharing": 0}, "/people_sharing", "between"), ({"hourss": 4}, "/hourss", "no such input"),
    ({"inputs": {"residents": -1}}, "/inputs/residents", "between"),
    ({"inputs": {"residents": "x"}}, "/inputs/residents", "decimal"),
    ({"inputs": {}, "residents": 2}, "/residents", "not known here"),
    ({"inputs": 3}, "/inputs", "no such input"), ({"bad key": 1}, "/bad key", "letters"),
    ([], "", "must be an object"), ("nothing", "", "not JSON"), ('{"residents":1}}', "", ""),
])
def test_inputs_that_do_not_fit_are_refused_with_a_pointer(concordat, written, inputs, pointer, words):
    path = written("inputs.json", inputs)
    said = concordat("model", "calculate", RESIDENTIAL, "--inputs", path, code=1)
    assert said.startswith(f"concordat: {path}: {pointer}") and words in said, said


def test_occupancy_of_nothing_is_refused(concordat, written, home_care):
    """By the model, when it would let it through; else by the input's least."""
    model = copy.deepcopy(home_care)
    occupancy = {"key": "occupancy", "label": "Occupancy", "unit": "percent", "least": "0", "most": "100",
                 "default": "95"}
    model["inputs"].append(occupancy)
    line_of(model, "mileage")["per"] = [{"ref": "occupancy"}]
    assert "because a line divides by it" in concordat("model", "check", written("model.json", model), code=1)
    occupancy["least"] = "1"
    path = written("model.json", model)
    said = concordat("model", "calculate", path, "--inputs", "-", stdin=b'{"occupancy": 0}', code=1)
    assert "standard input: /occupancy: Occupancy must be between 1.00 and 100.00%" in said


def test_percentages_of_the_price_that_reach_100_by_inputs_are_refused(concordat, written, home_care):
    home_care["assumptions"] = [a for a in home_care["assumptions"] if a["key"] != "running_percent"]
    home_care["inputs"].append({"key": "running_percent", "label": "Running", "unit": "percent", "least": "0",
                                "most": "97", "default": "27"})
    said = concordat("model", "check", written("model.json", home_care), code=1)
    assert "100" in said


def test_what_is_required_is_asked_for(concordat, written, home_care):
    del home_care["inputs"][1]["default"]
    home_care["inputs"][1]["required"] = True
    path = written("model.json", home_care)
    said = concordat("model", "calculate", path, code=1)
    assert "concordat: --inputs: /miles: Give miles: Miles for an hour of contact." in said


# ---- the model's life ----


@pytest.mark.parametrize("day", ["2014-02-01", "2014-09-30"])
def test_the_first_and_the_last_day_belong_to_a_models_life(concordat, day):
    assert "£15.19" in concordat("model", "calculate", HOME_CARE, "--at", day)


@pytest.mark.parametrize("day, pointer", [("2014-01-31", "/effective_from"), ("2014-10-01", "/effective_to")])
def test_a_day_outside_a_models_life_is_refused(concordat, day, pointer):
    said = concordat("model", "calculate", HOME_CARE, "--at", day, code=1)
    assert f"concordat: {HOME_CARE}: {pointer}: This version is for calculations from 1 February 2014 to " in said


def test_a_model_that_still_governs_has_no_last_day(concordat):
    assert concordat("model", "calculate", RESIDENTIAL, "--at", "2199-12-31")
    assert "/effective_from: " in concordat("model", "calculate", RESIDENTIAL, "--at", "2025-12-31", code=1)


# ---- what is documented ----


def test_every_member_of_the_result_is_documented(concordat):
    with open(os.path.join(ROOT, "clients/cli/README.md"), encoding="utf-8") as file:
        manual = file.read()
    found = members(json.loads(concordat("model", "calculate", RESIDENTIAL, "--json")))
    assert len(found) > 20
    assert [name for name in sorted(found) if f"`{name}`" not in manual] == []
