"""Story D1 and its late twin, played over the API with two providers, on the rehearsal clock."""

import os
import sys

import pytest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from d1 import D1, LIMIT, Late  # noqa: E402
from house import House, london  # noqa: E402
from support.replay import replay  # noqa: E402


@pytest.fixture(scope="module")
def played(cluster, database, sink, binary, scratch):
    house = House(cluster, database, sink, binary, os.path.join(scratch, "story"))
    house.start(london("2026-03-23 09:00"))
    cases = [D1(house), Late(house)]
    house.play([step for case in cases for step in case.steps()])
    yield house, cases
    house.stop()


def test_every_date_and_penny_of_both_placements_is_as_written(played):
    _, cases = played
    assert [case.see()["stage"] for case in cases] == ["in_force", "in_force"]


def test_every_calculation_comes_out_the_same_again(played):
    assert replay(played[0]) >= 2


def test_the_approved_limit_is_in_nothing_the_provider_is_sent(played):
    house, cases = played
    for case in cases:
        client = house.client(case.provider)
        for path in ("", "/facts?limit=200"):
            assert str(LIMIT) not in client.get(f"/v1/placements/{case.id}{path}").text
    for mail in house.sink.messages:
        assert "1,700" not in mail.text and str(LIMIT) not in mail.text


def test_no_message_names_the_person(played):
    house, cases = played
    for mail in house.sink.messages:
        for case in cases:
            for part in case.name.split():
                assert part not in mail.subject + mail.text


def test_a_provider_sees_nothing_of_the_others_placement(played):
    house, cases = played
    house.client("PROVIDER2").get(f"/v1/placements/{cases[0].id}", expect=404)
    listed = [row["id"] for row in house.client("PROVIDER2").pages("/v1/placements")]
    assert listed == [cases[1].id]


def test_each_entry_was_told_once_to_each_party_on_each_channel(played):
    house, _ = played
    twice = house.cluster.psql(
        "select 1 from delivery where leaf_index is not null "
        "group by authority_id, leaf_index, recipient_id, channel having count(*) > 1", house.database)
    assert not twice
    unsent = house.cluster.psql("select 1 from delivery where state not in ('sent', 'delivered')", house.database)
    assert not unsent


def test_the_ledger_is_gapless_and_chained(played):
    house, _ = played
    gaps = house.cluster.psql(
        "select 1 from (select seq, lag(seq) over (partition by stream_id order by seq) as before from fact) f "
        "where coalesce(before, 0) + 1 <> seq", house.database)
    assert not gaps
    broken = house.cluster.psql(
        "select 1 from (select header::json->>'prev' as prev, "
        "lag(encode(leaf_hash, 'hex'), 1, repeat('0', 64)) over (partition by stream_id order by seq) as before "
        "from fact) f where prev <> before", house.database)
    assert not broken
