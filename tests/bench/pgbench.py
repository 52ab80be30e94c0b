"""The database's own limit for one counter-offer a transaction: pgbench, prepared and pipelined.

It writes the rows that a make_offer writes, of the same size, and checks nothing: no token, no version, no
turn. The stream's row is locked first and the head of the authority's log last, as late as it can be.
"""

import glob
import os
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

# The pipeline is sent whole: what one statement needs of another it finds in the database.
PREPARE = """
drop table if exists bench_placement;
create table bench_placement as
select row_number() over (order by p.authority_id, p.id)::int as n, p.authority_id, p.id as placement_id,
	p.authority_id as council_id, p.provider_id, p.owner_id as user_id
from placement p
where p.stage = 'negotiating' and exists (select from obligation o where o.authority_id = p.authority_id
	and o.stream_id = p.id and o.kind = 'respond' and o.state = 'open');
alter table bench_placement add primary key (n);
analyze bench_placement;
grant select on bench_placement to concordat_service;
"""

# As an offer's own: measured from a counter-offer of one line and one outcome that concordatd wrote.
HEADER_BYTES = 314
BODY_BYTES = 1347

TRANSACTION = r"""\set p random(1, {placements})
\startpipeline
begin;
update stream s set seq = s.seq + 1 from bench_placement b
	where b.n = :p and s.authority_id = b.authority_id and s.stream_id = b.placement_id;
update placement l set changed_at = clock_timestamp() from bench_placement b
	where b.n = :p and l.authority_id = b.authority_id and l.id = b.placement_id;
update placement_party q set version = q.version + 1, entries = q.entries + 1, overdue = false,
	next_due_at = case when q.next_due_at is null then clock_timestamp() + interval '7 days' end
	from bench_placement b
	where b.n = :p and q.placement_id = b.placement_id and q.organisation_id in (b.council_id, b.provider_id);
with closed as (
	update obligation o set next_at = null, state = case o.kind when 'respond' then 'met' else 'released' end
	from bench_placement b
	where b.n = :p and o.authority_id = b.authority_id and o.stream_id = b.placement_id and o.state = 'open' and o.thread > 0
	returning o.kind, o.owed_by
)
insert into obligation (authority_id, stream_id, seq, n, kind, owed_by, owed_by_id, thread, due_at, next_at, state, provider_entry)
select b.authority_id, b.placement_id, s.seq, x.n, x.kind,
	case when x.n = 2 then 'time' when turn.owed_by = 'commissioner' then 'provider' else 'commissioner' end,
	case when x.n = 2 then null when turn.owed_by = 'commissioner' then b.provider_id else b.council_id end,
	1, clock_timestamp() + x.in_days * interval '1 day', clock_timestamp() + (x.in_days - 2) * interval '1 day', 'open', s.seq - 1
from bench_placement b
join stream s on s.authority_id = b.authority_id and s.stream_id = b.placement_id
cross join (select max(owed_by) filter (where kind = 'respond') as owed_by from closed) turn
cross join (values (1, 'respond', 7), (2, 'offer_stands', 28)) as x (n, kind, in_days)
where b.n = :p;
insert into idempotency (user_id, key, request_sha256, authority_id, stream_id, first_seq, last_seq, version, recorded_at)
select b.user_id, gen_random_uuid(), sha256(uuid_send(gen_random_uuid())), b.authority_id, b.placement_id, s.seq, s.seq,
	s.seq - 1, clock_timestamp()
from bench_placement b join stream s on s.authority_id = b.authority_id and s.stream_id = b.placement_id
where b.n = :p;
update log_head h set size = h.size + 1 from bench_placement b where b.n = :p and h.authority_id = b.authority_id;
insert into fact (authority_id, stream_id, seq, recorded_at, header, leaf_index, leaf_hash, body, nonce, kind, actor_id, occurred_at)
select b.authority_id, b.placement_id, s.seq, clock_timestamp(), repeat('h', {header}), h.size - 1, sha256(uuid_send(gen_random_uuid())),
	repeat('b', {body}), uuid_send(gen_random_uuid()), 'offer_made', b.user_id, clock_timestamp()
from bench_placement b
join stream s on s.authority_id = b.authority_id and s.stream_id = b.placement_id
join log_head h on h.authority_id = b.authority_id
where b.n = :p;
commit;
\endpipeline
"""


class PgbenchError(Exception):
    pass


def prepare(cluster, database):
    """The helper table that maps 1..n to the placements in an open negotiation; answers n."""
    cluster.psql(PREPARE, database)
    count = int(cluster.psql("select count(*) from bench_placement", database)[0][0])
    if not count:
        raise PgbenchError(f"{database} holds no placement in an open negotiation.")
    return count


def percentile(sorted_values, share):
    return sorted_values[min(len(sorted_values) - 1, int(len(sorted_values) * share))]


def read_log(prefix):
    """Each transaction's time in milliseconds, sorted: the third column, in microseconds."""
    taken = []
    for path in glob.glob(prefix + ".*"):
        with open(path, encoding="ascii") as file:
            taken += [int(line.split()[2]) / 1000 for line in file]
    return sorted(taken)


def program(cluster):
    beside = os.path.join(cluster.bin, "pgbench")
    found = beside if os.path.exists(beside) else shutil.which("pgbench")
    if not found:
        raise PgbenchError("pgbench is not installed; it comes with postgresql-client or postgresql-contrib.")
    return found


def run(cluster, database, clients, seconds):
    """{"tps": ..., "p50_ms": ..., "p99_ms": ...}; prepare() must have been called on this database."""
    placements = int(cluster.psql("select count(*) from bench_placement", database)[0][0])
    words = dict(word.split("=", 1) for word in cluster.conninfo(database).split())
    with tempfile.TemporaryDirectory(prefix="concordat-pgbench-") as folder:
        script = os.path.join(folder, "move.sql")
        prefix = os.path.join(folder, "log")
        with open(script, "w", encoding="utf-8") as file:
            file.write(TRANSACTION.format(placements=placements, header=HEADER_BYTES, body=BODY_BYTES))
        done = subprocess.run(
            [program(cluster), "-n", "-M", "prepared", "-f", script, "-c", str(clients), "-j", str(min(2, clients)),
             "-T", str(seconds), "-l", "--log-prefix", prefix, "-h", words["host"], "-p", words["port"],
             "-U", "concordat_service", database],
            capture_output=True, text=True, check=False,
        )
        if done.returncode != 0 or "tps = " not in done.stdout:
            raise PgbenchError(f"pgbench failed:\n{done.stdout}{done.stderr}")
        taken = read_log(prefix)
    tps = float(done.stdout.split("tps = ")[-1].split()[0])
    return {"tps": round(tps, 1), "p50_ms": round(percentile(taken, 0.5), 3), "p99_ms": round(percentile(taken, 0.99), 3)}
