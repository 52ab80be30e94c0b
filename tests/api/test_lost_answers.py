"""A commit whose answer was lost on the way is learnt from its key, and done once."""

import threading

import pytest

from support.relay import Relay


@pytest.fixture
def relayed(make_house, entered, sink, cluster):
    """A house whose daemon reaches PostgreSQL through a relay."""
    relay = Relay("127.0.0.1", cluster._running_port)
    house = make_house(sink)
    for setting in ("database", "database_reader"):
        user = "concordat_service" if setting == "database" else "concordat_reader"
        house.daemon.config[setting] = \
            f"host=127.0.0.1 port={relay.port} dbname={house.database} user={user} sslmode=disable gssencmode=disable"
    house.start_as(entered)
    yield house, relay
    house.stop()
    relay.stop()
    cluster.drop_database(house.database)


def test_a_commit_whose_answer_was_lost_is_answered_from_its_key(relayed):
    house, relay = relayed
    case = house.journey("opened")
    before = len(list(house.client("OFFICER").pages(f"/v1/placements/{case.id}/facts")))
    version = case.see()["version"]
    answers = []

    def move():
        client = house.client("OFFICER").as_(house.tokens["OFFICER"])
        answers.append(client.move(case.id, "record_involvement", {
            "purpose": "calculation", "took_part": "fully", "how": "Talked"}, None, version))
        client.close()

    relay.lose_next_answer(b"concordatd append")
    mover = threading.Thread(target=move)
    mover.start()
    assert relay.held.wait(30), "no statement went through the relay"
    committed = house.cluster.psql(f"select count(*) from fact where stream_id = '{case.id}'", house.database)
    relay.let_go.set()
    mover.join(30)
    assert int(committed[0][0]) == before + 1, "it was committed before its answer was lost"
    assert answers and answers[0].status == 200, answers
    after = list(house.client("OFFICER").pages(f"/v1/placements/{case.id}/facts"))
    assert len(after) == before + 1 and after[-1]["entry"] == answers[0].json["entries"][0]
