"""Stories D1 and D4 as one placement's life, played over the API by three organisations, on the rehearsal clock."""

import os
import sys

import pytest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from d1 import LIMIT  # noqa: E402
from d4 import D4, D4_LIMIT, FAIRHILL, IN_FORCE, NEXT  # noqa: E402
from house import House, london  # noqa: E402
from support.replay import replay  # noqa: E402


@pytest.fixture(scope="module")
def played(cluster, database, sink, binary, scratch):
    house = House(cluster, database, sink, binary, os.path.join(scratch, "story-d4"))
    house.start(london("2026-03-23 09:00"))
    case = D4(house)
    house.play(case.steps())
    yield house, case
    house.stop()


def test_every_date_and_penny_until_october_is_as_written(played):
    _, case = played
    assert case.agreements() == case.agreements("PROVIDER") == [IN_FORCE, NEXT]


def test_every_calculation_comes_out_the_same_again(played):
    assert replay(played[0]) >= 2


def test_the_limits_reach_neither_the_provider_nor_the_mediator(played):
    house, case = played
    for who in ("PROVIDER", "MEDIATOR"):
        for path in ("", "/facts?limit=200"):
            seen = house.client(who).get(f"/v1/placements/{case.id}{path}").text
            assert str(D4_LIMIT) not in seen and str(LIMIT) not in seen
    for mail in house.sink.messages:
        assert "1,625" not in mail.text and str(D4_LIMIT) not in mail.text


def test_the_mediator_is_written_to_while_it_mediates_and_not_after(played):
    house, case = played
    subjects = [mail.subject.removeprefix(f"{case.reference}: ") for mail in house.mails(FAIRHILL)]
    assert subjects == ["mediator agreed", "settlement accepted"]


def test_each_entry_was_told_once_to_each_party_on_each_channel(played):
    house, _ = played
    twice = house.cluster.psql(
        "select 1 from delivery where leaf_index is not null "
        "group by authority_id, leaf_index, recipient_id, channel having count(*) > 1", house.database)
    assert not twice
    unsent = house.cluster.psql("select 1 from delivery where state not in ('sent', 'delivered')", house.database)
    assert not unsent
