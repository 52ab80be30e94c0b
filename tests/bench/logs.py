"""The log: what a proof costs in a tree of ten million leaves, a batch in it beside one in a small tree, and a move with it.

The tree is filled in SQL, the real entries first, and signed with a key of the bench's own: what the service then finds is a
log as it would have made it. Only the right edge is ever looked at, so no entry stands behind the leaves between.
"""

import base64
import hashlib
import http.client
import os
import subprocess
import time

from ground import VAR, Service, lines, split_rows

BATCH, BATCHES = 4096, 16
SEALED_SECONDS = 120
PROOFS = 400

FOLD = """create or replace function fold(h bytea) returns bytea language plpgsql immutable as $$
begin
	while octet_length(h) > 32 loop
		select string_agg(sha256('\\x01'::bytea || substr(h, 64 * i + 1, 64)), ''::bytea order by i) into h
		from generate_series(0, octet_length(h) / 64 - 1) i;
	end loop;
	return h;
end $$"""


def settings():
    """A key, and a folder beside the database's."""
    key, folder = os.path.join(VAR, "log_key.pem"), os.path.join(VAR, "log")
    if not os.path.exists(key):
        subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", key], check=True, capture_output=True)
        os.chmod(key, 0o600)
    return {"log_key_file": key, "log_dir": folder}


def fresh(found):
    """Each service has its own database, so its own folder too."""
    os.makedirs(found["log_dir"], exist_ok=True)
    for name in os.listdir(found["log_dir"]):
        os.unlink(os.path.join(found["log_dir"], name))
    return found


def public_key(key):
    shown = subprocess.run(["openssl", "pkey", "-in", key, "-pubout", "-outform", "DER"], check=True, capture_output=True)
    return shown.stdout[-32:]


def note_of(key, origin, size, root):
    body = f"{origin}\n{size}\n{base64.b64encode(root).decode()}\n"
    path = os.path.join(VAR, "checkpoint")
    with open(path, "w", encoding="utf-8") as file:
        file.write(body)
    signed = subprocess.run(["openssl", "pkeyutl", "-sign", "-inkey", key, "-rawin", "-in", path], check=True, capture_output=True)
    mark = hashlib.sha256(origin.encode() + b"\n\x01" + public_key(key)).digest()[:4]
    return f"{body}\n\u2014 {origin} {base64.b64encode(mark + signed.stdout).decode()}\n"


def edge_root(tiles, size):
    """The root from the rows at the right edge, which are not full: {level: hashes}."""
    subtrees = []
    for level in range(7, -1, -1):
        width, hashes, at = size >> 8 * level & 255, tiles.get(level, b""), 0
        if len(hashes) != 32 * width:
            raise AssertionError(f"the row of level {level} holds {len(hashes) // 32} hashes, not {width}")
        for bit in range(7, -1, -1):
            if width >> bit & 1:
                row = [hashes[32 * i:32 * i + 32] for i in range(at, at + (1 << bit))]
                while len(row) > 1:
                    row = [hashlib.sha256(b"\x01" + row[i] + row[i + 1]).digest() for i in range(0, len(row), 2)]
                subtrees += row
                at += 1 << bit
    root = subtrees.pop()
    while subtrees:
        root = hashlib.sha256(b"\x01" + subtrees.pop() + root).digest()
    return root


def fill_tree(ground, database, authority, size, found):
    """The authority's log as if it were sealed to that size, with a backlog of full batches behind it."""
    run = lambda sql: ground.cluster.psql(sql, database)  # noqa: E731
    where = f"authority_id = '{authority}'"
    origin = run(f"select origin from log_seal where {where}")[0][0]
    real = int(run(f"select size from log_head where {where}")[0][0])
    if real > size:
        raise AssertionError(f"the log holds {real} entries already")
    run(f"delete from log_tile where {where}; delete from log_checkpoint where {where}")
    run(FOLD)
    run(f"""insert into log_tile select '{authority}', 0, n, (
        select string_agg(coalesce(f.leaf_hash, sha256(int8send(i))), ''::bytea order by i)
        from generate_series(n * 256, least(n * 256 + 255, {size - 1})) i left join fact f on f.{where} and f.leaf_index = i)
        from generate_series(0, {real // 256}::bigint) n""")
    run(f"""insert into log_tile select '{authority}', 0, n, (
        select string_agg(sha256(int8send(i)), ''::bytea order by i)
        from generate_series(n * 256, least(n * 256 + 255, {size - 1})) i)
        from generate_series({real // 256 + 1}::bigint, {(size - 1) // 256}) n""")
    for level in range(7):
        run(f"""insert into log_tile select '{authority}', {level + 1}, n / 256, string_agg(fold(hashes), ''::bytea order by n)
            from log_tile where {where} and level = {level} and octet_length(hashes) = 8192 group by n / 256""")
    edge = run(f"select level, encode(hashes, 'hex') from log_tile where {where} and n = {size}::bigint >> 8 * level >> 8")
    root = edge_root({int(level): bytes.fromhex(hashes) for level, hashes in edge}, size)
    note, head = note_of(found["log_key_file"], origin, size, root), size + BATCH * BATCHES
    run(f"""update log_seal set size = {size}, root = '\\x{root.hex()}' where {where};
        insert into log_checkpoint (authority_id, size, root, note) values ('{authority}', {size}, '\\x{root.hex()}', $note${note}$note$);
        insert into fact (authority_id, stream_id, seq, recorded_at, header, leaf_index, leaf_hash, body, nonce, kind, occurred_at)
        select '{authority}', '{authority}', i - {size} + 1, now(), repeat('h', 330), i, sha256(int8send(i)), repeat('b', 600),
        '\\x{'00' * 16}', 'asked', now() from generate_series({size}::bigint, {head - 1}) i;
        update log_head set size = {head} where {where};
        insert into deliver_cursor values ('{authority}', {head}) on conflict (authority_id) do update set next_index = {head}""")
    run("vacuum analyze log_tile")


def wait_sealed(ground, database):
    began = time.monotonic()
    behind = "select count(*) from log_head h left join log_seal s using (authority_id) where h.size > coalesce(s.size, 0)"
    while int(ground.cluster.psql(behind, database)[0][0]):
        if time.monotonic() > began + SEALED_SECONDS:
            raise TimeoutError("the logs were not sealed in time")
        time.sleep(0.05)


def batch_ms(ground, database, authority, size, found):
    """Milliseconds from one batch of the backlog to the next: the median, as the database's own clock saw them."""
    fill_tree(ground, database, authority, size, found)
    ground.settle()
    with Service(ground, database, requests_per_second=0, **fresh(found)):
        wait_sealed(ground, database)
    times = [float(row[0]) for row in ground.cluster.psql(
        "select extract(epoch from sealed_real) * 1000 from log_checkpoint "
        f"where authority_id = '{authority}' and size > {size} order by size", database)]
    if len(times) != BATCHES:
        raise AssertionError(f"{len(times)} batches were sealed, not {BATCHES}")
    gaps = sorted(later - sooner for sooner, later in zip(times, times[1:]))
    return gaps[len(gaps) // 2]


def proof_ms(ground, database, authority, rows, found):
    """One proof after another over one connection, of entries of different placements."""
    took = []
    with Service(ground, database, **{"requests_per_second": 0, "jobs": "false"}) as service:
        connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=30)
        for number in range(PROOFS + 20):
            placement, token = rows[number % len(rows)]
            began = time.monotonic()
            connection.request("GET", f"/v1/log/{authority}/proof?placement={placement}&entry={number % 5 + 1}",
                               headers={"Authorization": f"Bearer {token}"})
            answer = connection.getresponse()
            text = answer.read()
            took.append((time.monotonic() - began) * 1000)
            if answer.status != 200 or not text.startswith(b"c2sp.org/tlog-proof@v1\n"):
                raise AssertionError(f"{answer.status} {text[:300]}")
        connection.close()
    took = sorted(took[20:])
    return took[len(took) // 2], took[int(len(took) * 0.99)]


def moves_rate(ground, base, folder, plan, number, more):
    copy = ground.copy(base)
    rows = split_rows(os.path.join(folder, "moves.tsv"), plan.move_rows, f"log{number}")[-1]
    with Service(ground, copy, requests_per_second=0, **more) as service:
        found = ground.load("moves", service.port, 64, plan.seconds, rows, os.path.join(folder, "offer.json"))
        if more:
            wait_sealed(ground, copy)
    ground.drop(copy)
    return found["per_second"]


def logs(ground, table, base, folder, plan):
    found = settings()
    copy = ground.copy(base)
    with Service(ground, copy, requests_per_second=0, **fresh(found)):
        wait_sealed(ground, copy)
    ((authority, size),) = ground.cluster.psql("select authority_id, size from log_head order by size limit 1", copy)
    small = max(10_000, int(size))
    council = dict(line.split("\t")[:2] for line in lines(os.path.join(folder, "reads.tsv")))
    ids = {row[0] for row in ground.cluster.psql(
        f"select placement_id from placement_party where authority_id = '{authority}' and organisation_id = authority_id", copy)}
    rows = [(placement, token) for placement, token in council.items() if placement in ids]
    few, many = ground.copy(copy), copy
    few_ms = batch_ms(ground, few, authority, small, found)
    ground.drop(few)
    many_ms = batch_ms(ground, many, authority, plan.log_leaves, found)
    p50, p99 = proof_ms(ground, many, authority, rows, found)
    ground.drop(many)
    table.head(f"A log of {plan.log_leaves:,} entries", "50% ms", "99% ms")
    table.line("the proof of an entry, through the API", round(p50, 2), round(p99, 2))
    table.head(f"Sealing a batch of {BATCH:,} entries", "ms")
    table.line(f"in a log of {small:,}", round(few_ms, 1))
    table.line(f"in a log of {plan.log_leaves:,}", round(many_ms, 1))
    table.figure("log_proof_10m_ms", round(p50, 2), "ms", p50 / 5, 1, within=True)
    table.figure("log_seal_batch_10m", round(many_ms, 1), "ms", many_ms / few_ms, 1.25, within=True)


def moves_with_log(ground, table, base, folder, plan):
    """Turn about, so that both meet the same machine; on a database whose logs were sealed before."""
    rates = {"with": [], "without": []}
    found = settings()
    sealed = ground.copy(base)
    with Service(ground, sealed, requests_per_second=0, **fresh(found)):
        wait_sealed(ground, sealed)
    for number in range(max(plan.rounds, 2)):
        rates["without"].append(moves_rate(ground, sealed, folder, plan, number, {}))
        rates["with"].append(moves_rate(ground, sealed, folder, plan, number, fresh(found)))
    ground.drop(sealed)
    best = {name: sorted(values)[len(values) // 2] for name, values in rates.items()}
    table.head("Moves through the API while the parties are told, 64 connections", "moves/s")
    for name in ("without", "with"):
        table.line(f"{name} the log being sealed", round(best[name], 1))
    table.figure("moves_with_log", round(best["with"], 1), "moves/s", best["with"] / best["without"], 0.9)
