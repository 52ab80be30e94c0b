"""What the bench's fill program makes is what the daemon would have made: it serves it, and time acts on it."""

import hashlib
import json
import os
import subprocess
import time

import pytest

from support.client import Client
from support.daemon import ROOT

LONE_AHEAD_SECONDS = 5
PLACEMENTS, DUE, LONE = 300, 20, 5
FIRED = "select stream_id, us(occurred_at) from fact where kind in ('missed', 'lapsed')"
COMING_UP = "select count(*) from obligation where next_at <= clock_timestamp() + interval '1 hour'"


@pytest.fixture(scope="module")
def program(binary):
    """The same build as the daemon's."""
    variant = "asan" if "/asan/" in binary else "release"
    path = f"build/{variant}/tests/bench/fill"
    subprocess.run(["make", "--no-print-directory", f"VARIANT={variant}", path], cwd=ROOT, check=True,
                   capture_output=True)
    return os.path.join(ROOT, path)


@pytest.fixture(scope="module")
def daemon(make_daemon, database):
    daemon = make_daemon(database)
    yield daemon
    daemon.stop()


@pytest.fixture(scope="module")
def fill(program, cluster, database, daemon, scratch):
    """fill(*arguments) -> lists(name) -> the rows of that list."""
    folder = os.path.join(scratch, "filled")

    def lists(name):
        with open(os.path.join(folder, name), encoding="ascii") as file:
            return [line.split("\t") for line in file.read().splitlines()]

    def run(*arguments):
        done = subprocess.run(
            [program, "--database", cluster.conninfo(database), "--master-key-file", daemon.config["master_key_file"],
             "--reference-dir", os.path.join(ROOT, "reference"), "--out", folder, *map(str, arguments)],
            capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return lists

    return run


@pytest.fixture(scope="module")
def filled(fill, daemon):
    lone_from = int((time.time() + LONE_AHEAD_SECONDS) * 1e6)
    lists = fill("--placements", PLACEMENTS, "--due", DUE, "--lone", LONE, "--lone-from", lone_from,
                 "--lone-every-us", 100_001)
    daemon.start()
    return lists


def test_both_sides_read_the_version_that_the_list_names(filled, daemon):
    rows = filled("moves.tsv")
    assert len(rows) == len(filled("reads.tsv")) == PLACEMENTS // 10
    for placement, council, council_version, provider, provider_version in rows:
        for token, version in ((council, council_version), (provider, provider_version)):
            seen = Client(daemon.base_url, token).placement(placement)
            assert (seen["stage"], seen["version"]) == ("negotiating", f"v{version}")


def test_the_two_sides_offer_in_turn_with_the_body_given(filled, daemon, scratch):
    with open(os.path.join(scratch, "filled/offer.json"), encoding="ascii") as file:
        body = file.read()
    for placement, council, council_version, provider, provider_version in filled("moves.tsv")[:5]:
        turns = [(council, int(council_version)), (provider, int(provider_version) + 1),
                 (council, int(council_version) + 2)]
        for day, (token, version) in enumerate(turns, 1):
            Client(daemon.base_url, token).post(
                f"/v1/placements/{placement}/moves", body.replace("@DAY@", f"{day:02}").encode("ascii"), 200,
                {"If-Match": f'"v{version}"'})


def test_each_that_is_due_is_recorded_once_and_nothing_else(filled, cluster, database):
    wanted = sorted((row[1], row[4]) for name in ("due.tsv", "lone.tsv") for row in filled(name))
    deadline = time.monotonic() + LONE_AHEAD_SECONDS + 60
    while len(cluster.psql(FIRED, database)) < len(wanted) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert sorted(tuple(row) for row in cluster.psql(FIRED, database)) == wanted
    assert len(wanted) == DUE + LONE
    assert cluster.psql(COMING_UP, database) == [["0"]]


def test_every_chain_of_headers_holds(filled, cluster, database):
    facts = cluster.psql_json("select stream_id, seq, header, encode(leaf_hash, 'hex') leaf, body, "
                              "encode(nonce, 'hex') nonce from fact order by authority_id, stream_id, seq", database)
    previous = None
    for fact in facts:
        header = json.loads(fact["header"])
        follows = previous["leaf"] if fact["seq"] > 1 else None
        assert header.get("prev") in (follows, follows or "0" * 64)
        assert fact["leaf"] == hashlib.sha256(b"\0" + fact["header"].encode()).hexdigest()
        assert header["body_digest"] == hashlib.sha256(
            bytes.fromhex(fact["nonce"]) + fact["body"].encode()).hexdigest()
        previous = fact
    assert len(facts) > PLACEMENTS


def test_filled_again_it_adds_for_the_same_people(filled, fill, daemon, cluster, database):
    before = {row[1] for row in filled("moves.tsv")}
    daemon.stop()
    rows = fill("--placements", 40, "--negotiating-every", 2)("moves.tsv")
    gaps = cluster.psql("select 1 from log_head h join deliver_cursor using (authority_id) left join "
                        "(select authority_id, count(*) n, max(leaf_index) + 1 last from fact group by 1) f "
                        "using (authority_id) where (h.size, h.size) is distinct from (coalesce(n, 0), coalesce(last, 0))",
                        database)
    daemon.start()
    assert not gaps and len(rows) == 20 and {row[1] for row in rows} <= before
    for placement, council, version, *_ in rows:
        assert Client(daemon.base_url, council).version(placement) == f"v{version}"


def test_a_portfolio_in_force_is_worked_out_whole_and_page_by_page(filled, fill, daemon, cluster, database):
    count = 600  # more than two chunks
    daemon.stop()
    lists = fill("--placements", 0, "--in-force", count)
    daemon.start()
    ((council, provider),) = lists("portfolio.tsv")
    body = {"figures": {"from": "2027-04-01", "rises": [
        {"index": index, "percent": "3"} for index in ("nlw", "earnings", "cpi", "food", "energy")]},
        "method": {"basis": "by_line"}, "limit": 200}
    for secret, wanted in ((council, count), (provider, None)):
        client = Client(daemon.base_url, secret)
        page = client.post("/v1/uplifts/preview", body, 200).json
        fees = cluster.psql(
            "select count(*), sum(x.weekly_p) from placement x join placement_party p on p.placement_id = "
            "x.id join token t on t.organisation_id = p.organisation_id where t.secret_sha256 = "
            f"sha256('{secret}'::bytea) and p.stage = 'in_force'", database)
        assert [str(page["placements"]), str(page["weekly_now"]["amount"])] == fees[0] and page["unreadable"] == 0
        assert wanted in (None, page["placements"])
        seen = page["items"]
        while page.get("next"):
            page = client.post("/v1/uplifts/preview", {**body, "after": page["next"]}, 200).json
            seen += page["items"]
        assert len({item["placement"] for item in seen}) == len(seen) == int(fees[0][0])
        assert sum(item["weekly_now"]["amount"] for item in seen) == int(fees[0][1])
        assert {item["rule"] for item in seen} == {"by_line", "weighted"}
