"""Running an old calculation again gives the same penny: every stage, both authorities, every model at its limits.

Each API house replays all that it holds as it ends (conftest.py); here are the corners.
"""

import json

import pytest

from support.journey import MODEL
from support.replay import replay


def every_model(client):
    for row in client.pages("/v1/cost-models"):
        yield client.get(row["document"]).json


def corners(document):
    """The defaults, the least and the most of every input."""
    def given(member):
        return {entry["key"]: entry[member] for entry in document.get("inputs", []) if member in entry}
    required = {entry["key"]: entry["least"] for entry in document.get("inputs", []) if entry.get("required")}
    return [required, given("least"), given("most")]


def test_every_model_is_the_same_again_at_its_limits(live):
    case, client, recorded = live.journey("opened"), live.client("OFFICER"), 0
    case.move("OFFICER", "describe_needs", needs=[{"area": "nights", "task": "t"}], outcomes=[{"key": "k", "what": "w"}])
    case.involve("calculation")
    for document in every_model(client):
        for inputs in corners(document):
            answer = case.move("OFFICER", "calculate", (200, 409), model=document["id"], version=document["version"],
                               inputs=inputs)
            recorded += answer.status == 200
            # A refusal is of the inputs or of the day, never a price.
            assert answer.status == 200 or answer.code in ("inputs_fit_model", "cost_model_in_effect"), answer
    assert recorded >= 3
    assert replay(live) >= recorded


def test_every_stage_of_both_authorities_is_the_same_again(live):
    before = replay(live)
    live.journey("in_force")
    live.southmere("negotiating", provider="PROVIDER2", invited="alder", home="Alder Grove")
    live.journey("signing", urgency="emergency")
    assert replay(live) == before + 3


def test_a_calculation_survives_a_newer_version_and_a_restart(live):
    case, client = live.journey("preparing"), live.client("ADMIN")
    document = client.get(f"/v1/cost-models/{MODEL['model']}/{MODEL['version']}").json
    document["version"] = "0.1-later"
    for assumption in document["assumptions"]:
        if "value" in assumption and assumption["unit"] == "pound":
            assumption["value"] = str(float(assumption["value"]) + 1)
    client.post("/v1/cost-models", document, 201)
    path = f"/v1/placements/{case.id}/calculations/1"
    first = live.client("OFFICER").get(path)
    live.stop()
    live.clients.clear()
    live.daemon.start()
    assert live.client("OFFICER").get(path).body == first.body
    assert json.loads(first.body)["same"] is True


def test_one_that_comes_out_otherwise_is_owned_up_to(rehearsal):
    """Nobody can change a version; were one changed all the same, nothing is hidden."""
    house = rehearsal("2026-11-02 10:00")
    case = house.journey("preparing")
    house.replays = False
    house.cluster.psql("update cost_model set document = replace(document::text, '12.71', '12.72')::jsonb "
                       f"where id = '{MODEL['model']}' and version = '{MODEL['version']}'", house.database)
    house.stop()
    house.clients.clear()
    house.daemon.start()
    answer = house.client("OFFICER").get(f"/v1/placements/{case.id}/calculations/1").json
    assert answer["same"] is False and answer["workings"]
    found = house.daemon.wait_for_line(lambda row: row.get("level") == "error" and row.get("placement") == case.id)
    assert found["calculation"] == "1" and found["model"] == MODEL["model"]
    with pytest.raises(AssertionError, match="comes out otherwise"):
        replay(house)
