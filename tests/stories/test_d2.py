"""Story D2, played over the API by a council and a provider, on the rehearsal clock."""

import os
import sys

import pytest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from d2 import D2, LIMIT  # noqa: E402
from house import House, london  # noqa: E402
from support.replay import replay  # noqa: E402


@pytest.fixture(scope="module")
def played(cluster, database, sink, binary, scratch):
    house = House(cluster, database, sink, binary, os.path.join(scratch, "story-d2"))
    house.start(london("2026-08-28 09:00"))
    case = D2(house)
    house.play(case.steps())
    yield house, case
    house.stop()


def test_every_date_and_penny_is_as_written(played):
    _, case = played
    assert case.agreements() == case.agreements("PROVIDER") == [(1, "signed", "2026-08-28", 106400)]


def test_nothing_is_recorded_or_reported_as_missed(played):
    house, case = played
    kinds = house.cluster.psql(f"select kind from fact where stream_id = '{case.id}'", house.database)
    assert ["missed"] not in kinds
    for who in ("OFFICER", "PROVIDER"):
        duties = house.client(who).get("/v1/reports/timescales").json["duties"]
        assert duties and {row["missed"] for row in duties} == {0}


def test_every_calculation_comes_out_the_same_again(played):
    assert replay(played[0]) >= 1


def test_the_approved_limit_is_in_nothing_the_provider_is_sent(played):
    house, case = played
    for path in ("", "/facts?limit=200", "/account"):
        assert str(LIMIT) not in house.client("PROVIDER").get(f"/v1/placements/{case.id}{path}").text
