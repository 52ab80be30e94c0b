"""Story D5 and the provider that refuses, played over the API by three organisations, on the rehearsal clock."""

import os
import sys

import pytest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from d5 import CORRECTED, D5, SIGNED, Spurned  # noqa: E402
from house import House, london  # noqa: E402
from support.replay import replay  # noqa: E402


@pytest.fixture(scope="module")
def played(cluster, database, sink, binary, scratch):
    house = House(cluster, database, sink, binary, os.path.join(scratch, "story-d5"))
    house.start(london("2026-02-16 09:00"))
    cases = [D5(house), Spurned(house)]
    house.play([step for case in cases for step in case.steps()])
    yield house, cases
    house.stop()


def test_every_date_and_penny_of_both_placements_is_as_written(played):
    _, (corrected, spurned) = played
    assert corrected.agreements() == corrected.agreements("PROVIDER") == [SIGNED, CORRECTED]
    assert spurned.agreements() == spurned.agreements("PROVIDER2") == [SIGNED]


def test_what_was_refused_stands_disputed_to_the_end(played):
    _, (corrected, spurned) = played
    for who in ("OFFICER", "PROVIDER2"):
        spurned.expect_disputed(who)
    assert not any("disputed" in agreement for agreement in corrected.see()["agreements"])


def test_every_calculation_comes_out_the_same_again(played):
    assert replay(played[0]) >= 2


def test_nothing_that_was_corrected_was_edited(played):
    house, cases = played
    for case in cases:
        gaps = house.cluster.psql(
            "select 1 from (select header::json->>'prev' as prev, lag(encode(leaf_hash, 'hex'), 1, repeat('0', 64)) "
            f"over (order by seq) as before from fact where stream_id = '{case.id}') f where prev <> before", house.database)
        assert not gaps
        assert case.entries(kind="start_confirmed")[-1]["data"]["started"] == "2026-03-09"
