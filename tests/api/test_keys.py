"""Idempotency keys are kept for 24 hours and no longer."""

import time
import uuid

from conftest import ended
from support.journey import opening

OLD = "select count(*) from idempotency where created_real < clock_timestamp() - interval '24 hours'"


def test_keys_older_than_24_hours_are_forgotten_and_younger_ones_kept(make_house, entered, sink):
    house = make_house(sink)
    house.cluster.psql(
        "insert into idempotency select gen_random_uuid(), gen_random_uuid(), sha256('x'::bytea), gen_random_uuid(), "
        "gen_random_uuid(), 1, 1, 1, now(), now() - n * interval '1 second' - interval '86401 seconds' "
        "from generate_series(1, 2500) n; "
        "insert into idempotency select gen_random_uuid(), gen_random_uuid(), sha256('x'::bytea), gen_random_uuid(), "
        "gen_random_uuid(), 2, 2, 2, now(), now() - interval '86000 seconds'", house.database)
    house.start_as(entered)
    try:
        key = {"Idempotency-Key": str(uuid.uuid4())}
        first = house.client("OFFICER").post("/v1/placements", opening(), 201, key)
        deadline = time.monotonic() + 30
        while house.cluster.psql(OLD, house.database) != [["0"]]:
            assert time.monotonic() < deadline, "old keys are still there"
            time.sleep(0.05)
        assert house.cluster.psql("select 1 from idempotency where first_seq = 2", house.database) == [["1"]]
        assert house.client("OFFICER").post("/v1/placements", opening(), 201, key).body == first.body
    finally:
        ended(house)
