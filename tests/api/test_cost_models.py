"""Cost models over the API: a version is loaded for good, by those who may, and either side reads all of it."""

import concurrent.futures
import copy
import itertools
import json
import time

import pytest

# In the plainest form: what a day's place costs a week.
MODEL = {
    "$schema": "cost-model", "comment": "Illustrative, for tests",
    "id": "northfold-day", "version": "2026-27", "title": "A place at a day centre", "price_unit": "week",
    "effective_from": "2026-04-01", "illustrative": True, "rounding": "penny_nearest", "range_is": "total_of_runs",
    "assumptions": [
        {"key": "pay", "label": "Pay for the day", "unit": "pound", "low": "112.71", "mid": "113.20", "high": "114.00",
         "source": "Illustrative"},
    ],
    "lines": [
        {"key": "staff", "label": "Staff", "group": "staff", "unit": "week", "kind": "amount", "value": "pay",
         "source": "Illustrative", "index": "nlw"},
    ],
}
numbers = itertools.count(1)


def model(**changed):
    """Another id each time, unless it is given."""
    return {**copy.deepcopy(MODEL), "id": f"northfold-{next(numbers)}", **changed}


def load(house, document, who="COUNCIL_ADMIN", expect=201):
    return house.client(who).post("/v1/cost-models", document, expect)


def address(document):
    return f"/v1/cost-models/{document['id']}/{document['version']}"


@pytest.mark.parametrize("who", ["COUNCIL_ADMIN", "ADMIN"])
def test_a_version_is_loaded_and_can_be_used_at_once_by_either_side(live, who):
    document = model()
    answer = load(live, document, who)
    assert answer.headers["Location"].endswith(address(document))
    assert answer.json == {"id": document["id"], "version": "2026-27", "effective_from": "2026-04-01", "illustrative": True,
                           "document": address(document)}
    for reader in ("OFFICER", "OFFICER2", "PROVIDER", "MEDIATOR"):
        assert live.client(reader).get(address(document)).json == document
        guide = live.client(reader).post(address(document) + "/calculate", {"inputs": {}}, 200).json
        assert [guide[run]["amount"] for run in ("low", "mid", "high")] == [11271, 11320, 11400]
    listed = live.client("PROVIDER").get("/v1/cost-models").json["items"]
    assert answer.json in listed


@pytest.mark.parametrize("who", ["OFFICER", "SIGNATORY", "AUDITOR", "PROVIDER", "PROVIDER_ADMIN", "MEDIATOR"])
def test_nobody_but_an_administrator_of_an_authority_or_the_operator_loads_one(live, who):
    document = model()
    assert load(live, document, who, 403).code == "forbidden"
    live.client("OFFICER").get(address(document), 404)


def test_the_same_again_is_well_and_changes_nothing(live):
    document = model()
    load(live, document)
    again = load(live, document, expect=200).json
    assert "already loaded" in again["note"] and again["version"] == "2026-27"
    # Another order of members and other white space say the same.
    spread = json.dumps(dict(reversed(document.items())), indent=3).encode()
    assert "already loaded" in load(live, spread, expect=200).json["note"]
    count = live.cluster.psql(f"select count(*) from cost_model where id = '{document['id']}'", live.database)
    assert count == [["1"]]


def test_a_version_is_never_changed(live):
    document = model()
    load(live, document)
    changed = copy.deepcopy(document)
    changed["assumptions"][0]["high"] = "114.01"
    refused = load(live, changed, expect=409)
    assert refused.code == "cost_model_differs"
    assert 'first at /assumptions/0/high: what is loaded says "high":"114.00", what is given "high":"114.01".' in refused.json["detail"]
    # What nobody reads may differ; what is loaded stands.
    assert "already loaded" in load(live, {**document, "comment": "Read again"}, expect=200).json["note"]
    assert live.client("PROVIDER").get(address(document)).json == document
    load(live, {**changed, "version": "2026-27b"})
    guide = live.client("PROVIDER").post(address(document) + "/calculate", {"inputs": {}}, 200).json
    assert guide["high"]["amount"] == 11400


def test_versions_of_one_id_come_from_one_place(live):
    document = model()
    load(live, document)
    make = live.client("ADMIN").post
    user = make("/v1/users", {"name": "Sorrel Pike", "email": "sorrel.pike@southmere.example",
                              "organisation": live.organisations["southmere"], "roles": ["administrator"]}, 201).json
    live.tokens["SOUTHMERE_ADMIN"] = make("/v1/tokens", {
        "user": user["id"], "organisation": live.organisations["southmere"], "label": "for a test", "days": 1}, 201).json["secret"]
    for who in ("SOUTHMERE_ADMIN", "ADMIN"):
        assert load(live, {**document, "version": "2"}, who, 403).code == "cost_model_of_another"
        live.client("OFFICER").get(f"/v1/cost-models/{document['id']}/2", 404)
    load(live, {**document, "version": "2"})
    # The operator's, loaded from files with the service.
    assert load(live, model(id="residential-ld"), expect=403).code == "cost_model_of_another"
    load(live, model(id="residential-ld", version="operators-next"), "ADMIN")
    ours = model()
    load(live, ours, "ADMIN")
    assert load(live, {**ours, "version": "2"}, expect=403).code == "cost_model_of_another"


def test_who_comes_second_to_an_id_waits_for_the_first(live):
    document = model()
    other = (f"insert into cost_model_origin (id, loaded_by) values ('{document['id']}', "
             f"'{live.organisations['southmere']}')")
    waiting = ("select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' "
               "and query like '%cost_model_origin%'")
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        with live.cluster.locked(other, live.database):
            answer = pool.submit(load, live, document)
            deadline = time.monotonic() + 30
            while not live.cluster.psql(waiting, live.database):
                assert time.monotonic() < deadline and not answer.done()
                time.sleep(0.02)
        answer.result()  # the other was rolled back, so the id is free
    origin = live.cluster.psql(f"select loaded_by from cost_model_origin where id = '{document['id']}'", live.database)
    assert origin == [[live.organisations["council"]]]


def broken(**changed):
    return lambda: model(**changed)


def with_line(**changed):
    return lambda: model(lines=[{**MODEL["lines"][0], **changed}])


@pytest.mark.parametrize("make, pointer", [
    (with_line(value="salary"), "/lines/0/value"),
    (with_line(value="staff"), "/lines/0/value"),
    (with_line(kind="guess"), "/lines/0/kind"),
    (with_line(key="Staff"), "/lines/0/key"),
    (with_line(colour="red"), "/lines/0/colour"),
    (broken(rounding="banker"), "/rounding"),
    (broken(effective_from="2026-13-01"), "/effective_from"),
    (broken(lines=[]), "/lines"),
    (broken(version=2), "/version"),
], ids=lambda value: value if isinstance(value, str) else "")
def test_an_unsound_one_is_refused_where_it_is_wrong(live, make, pointer):
    document = make()
    problem = load(live, document, expect=400).json
    assert pointer in [error["pointer"] for error in problem["errors"]], problem
    assert all(error["detail"] for error in problem["errors"])
    live.client("OFFICER").get(f"/v1/cost-models/{document['id']}/2026-27", 404)


def test_what_is_no_document_is_refused(live):
    for body in (b"", b"{", b"[]", b"\"x\"", b"{}"):
        assert load(live, body, expect=400).json["errors"]
    assert load(live, model(title="x" * (260 * 1024)), expect=413)


def test_the_command_line_refuses_an_id_of_an_authority(live, tmp_path):
    document = model()
    load(live, document)
    folder = tmp_path / "cost-models"
    folder.mkdir()
    for other in ("calendars", "protocols"):
        (tmp_path / other).mkdir()
    path = folder / "x.json"
    path.write_text(json.dumps(document))
    assert "was there already" in live.daemon.load_reference(str(tmp_path)).stdout
    path.write_text(json.dumps({**document, "version": "3"}))
    done = live.daemon.run("load-reference", str(tmp_path), check=False)
    assert done.returncode != 0 and "an authority of this service" in done.stdout + done.stderr


def test_the_operator_is_told_what_differs_and_the_service_goes_on_with_what_is_loaded(live, tmp_path):
    document = model()
    for folder in ("calendars", "protocols", "cost-models"):
        (tmp_path / folder).mkdir()
    path = tmp_path / "cost-models" / "x.json"
    path.write_text(json.dumps(document))
    live.daemon.load_reference(str(tmp_path))
    document["lines"][0]["label"] = "Staff of the centre"
    path.write_text(json.dumps(document))
    done = live.daemon.run("load-reference", str(tmp_path), check=False)
    assert done.returncode == 1 and "/lines/0/label" in done.stderr and "stays in use" in done.stderr
    # One that an earlier release loaded, which did not look as closely: it works, and refuses what does not fit.
    earlier = {
        "inputs": [{"key": "margin", "label": "Margin", "unit": "percent", "least": "0", "most": "100", "default": "5"}],
        "lines": document["lines"] + [{"key": "return", "label": "Return", "group": "return", "kind": "percent_of_price",
                                       "percent": "margin", "source": "Illustrative"}],
        "version": "earlier"}
    live.cluster.psql("insert into cost_model (id, version, document, effective_from, illustrative) select id, 'earlier', document || "
                      f"'{json.dumps(earlier)}', effective_from, true from cost_model where id = '{document['id']}'", live.database)
    calculate = address({**document, **earlier}) + "/calculate"
    assert live.client("PROVIDER").post(calculate, {"inputs": {"margin": 50}}, 200).json["mid"]["amount"] == 22640
    refused = live.client("PROVIDER").post(calculate, {"inputs": {"margin": 100}}, 400)
    assert refused.json["errors"][0]["pointer"] == "/inputs/margin"
