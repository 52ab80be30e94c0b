"""Story D3 and the home that no notice reaches, played over the API by three organisations, on the rehearsal clock."""

import os
import sys

import pytest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from d3 import AFTER, BEFORE, Bounced, D3  # noqa: E402
from house import House, london  # noqa: E402


@pytest.fixture(scope="module")
def played(cluster, database, sink, binary, scratch):
    house = House(cluster, database, sink, binary, os.path.join(scratch, "story-d3"))
    house.start(london("2026-03-24 09:00"))
    cases = [D3(house), Bounced(house)]
    house.play([step for case in cases for step in case.steps()])
    yield house, cases
    house.stop()


def test_every_date_and_penny_of_both_placements_is_as_written(played):
    _, cases = played
    assert [case.agreements(who) for case in cases for who in ("OFFICER", case.provider)] == [[BEFORE, AFTER]] * 4


def test_silence_is_reported_as_no_miss_of_anybody(played):
    house, cases = played
    for who in ("OFFICER", *(case.provider for case in cases)):
        duties = house.client(who).get("/v1/reports/timescales").json["duties"]
        assert duties and {row["missed"] for row in duties} == {0}


def test_only_the_notices_to_the_second_home_failed(played):
    house, (_, bounced) = played
    failed = house.cluster.psql(
        "select distinct d.recipient_id, channel, d.placement_id from delivery d where state = 'failed'", house.database)
    assert failed == [[house.organisations["tidewell"], "email", bounced.id]]
    unsent = house.cluster.psql("select 1 from delivery where state not in ('sent', 'delivered', 'failed')", house.database)
    assert not unsent
