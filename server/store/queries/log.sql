-- log.sql - the log of an authority as it is sealed: how far, by which tiles, under which checkpoints.
--
-- A tile row holds 256 hashes of one level. Of a tree with many millions of leaves a proof or a batch needs a few rows, which are
-- each found by their key: the limits of one keep the planner to that.

-- name: log_behind
-- Logs that hold entries which are not sealed, with their sizes; $1: all logs. The position of the write-ahead log that holds
-- whatever is seen here.
select h.authority_id, h.size, pg_current_wal_insert_lsn()
from log_head h left join log_seal s using (authority_id)
where h.size > coalesce(s.size, 0) or $1::boolean
order by h.authority_id;

-- name: log_safe
-- Whether all up to $1 has reached the disk: this server's, or that of the standby $2. And whether that standby is there.
select case when $2::text is null then pg_current_wal_flush_lsn() >= $1::pg_lsn
		else coalesce((select bool_or(flush_lsn >= $1::pg_lsn) from pg_stat_replication where application_name = $2::text), false) end,
	$2::text is null or exists (select from pg_stat_replication where application_name = $2::text and flush_lsn is not null);

-- name: log_state
-- Where each of the logs $1 stands: as it is sealed, its newest checkpoint, whether $3 is the origin that it had before, the tiles
-- at the right edge of its tree, and those that show that it grew from a smaller size $2. A row for each tile, one for each log at
-- least, with the log's place in $1 before it.
select w.i, s.origin, s.generation, s.size, s.root, h.size, c.size, c.root, c.note,
	exists (select from log_restart r where r.authority_id = h.authority_id and r.old_origin = w.filed_origin),
	t.level, t.n, t.hashes
from unnest($1::uuid[], $2::bigint[], $3::text[]) with ordinality as w (authority_id, filed_size, filed_origin, i)
join log_head h using (authority_id)
left join log_seal s using (authority_id)
left join lateral (
	select size, root, note from log_checkpoint c
	where c.authority_id = h.authority_id and c.generation = coalesce(s.generation, 1)
	order by size desc limit 1
) c on true
left join lateral (
	select e.level, e.n, t.hashes
	from (
		select l::smallint as level, s.size >> (8 * l) >> 8 as n from generate_series(0, 7) l where s.size >> (8 * l) & 255 > 0
		union
		select l::smallint, x >> (8 * l) >> 8
		from generate_series(0, 7) l cross join unnest(array[w.filed_size - 1, w.filed_size]) x
		where w.filed_size < s.size and x >= 0
	) e
	left join lateral (select hashes from log_tile t
		where t.authority_id = s.authority_id and t.level = e.level and t.n = e.n limit 1) t on true
) t on true
order by w.i;

-- name: log_leaves
-- The leaves of the log of $1 from $2 to before $3 in their order, and how many there are.
select string_agg(leaf_hash, ''::bytea order by leaf_index), count(*)
from fact where authority_id = $1::uuid and leaf_index >= $2::bigint and leaf_index < $3::bigint;

-- name: log_next_leaves
-- The same of each of the logs $1, from $2 to before $3, which are at most $4 apart; a log that has none is left out.
select w.i, string_agg(f.leaf_hash, ''::bytea order by f.leaf_index), count(*)
from unnest($1::uuid[], $2::bigint[], $3::bigint[]) with ordinality as w (authority_id, from_index, to_index, i)
cross join lateral (
	select leaf_index, leaf_hash from fact f
	where f.authority_id = w.authority_id and f.leaf_index >= w.from_index and f.leaf_index < w.to_index
	order by f.leaf_index limit $4::integer
) f
group by w.i
order by w.i;

-- name: log_seal
-- Each log of $1 with its origin $2 and generation $3 goes from the size $4 and the root $5 to $6 and $7, signed in $8. $9 to $12 the
-- tiles that are other then, each with its log's place in $1; $13 the public key. A log goes as a whole, or stays as it is where
-- somebody else has sealed it meanwhile; none goes where somebody else has the lease. Which went, by their places.
with lot as materialized (
	select l.* from unnest($1::uuid[], $2::text[], $3::integer[], $4::bigint[], $5::bytea[], $6::bigint[], $7::bytea[], $8::text[])
		with ordinality as l (authority_id, origin, generation, was, was_root, size, root, note, i)
	where exists (select from lease where name = 'sealer' and holder = $14::uuid and term = $15::bigint)
), advanced as (
	update log_seal s set size = l.size, root = l.root, sealed_real = clock_timestamp()
	from lot l
	where s.authority_id = l.authority_id and s.size = l.was and s.root = l.was_root and s.origin = l.origin
		and s.generation = l.generation
	returning s.authority_id
), begun as (
	insert into log_seal (authority_id, origin, generation, size, root)
	select authority_id, origin, generation, size, root from lot where was = 0
	on conflict do nothing
	returning authority_id
), sealed as (
	select l.* from lot l where l.authority_id in (select authority_id from advanced union all select authority_id from begun)
), noted as (
	insert into log_checkpoint (authority_id, generation, size, root, note)
	select authority_id, generation, size, root, note from sealed
), kept as (
	insert into log_tile (authority_id, level, n, hashes)
	select s.authority_id, t.level, t.n, t.hashes
	from unnest($9::integer[], $10::smallint[], $11::bigint[], $12::bytea[]) as t (i, level, n, hashes)
	join sealed s using (i)
	on conflict (authority_id, level, n) do update set hashes = excluded.hashes
), known as (
	insert into log_key (public_key) select $13::bytea where exists (select from sealed) on conflict do nothing
)
select i from sealed;

-- name: log_keys
select public_key from log_key order by since_real, public_key;

-- name: log_keys_of
-- The same with the origin of the log of $1; no row when it is not sealed, or is none that may be seen.
select k.public_key, s.origin from log_seal s cross join log_key k
where s.authority_id = $1::uuid
order by k.since_real, k.public_key;

-- name: log_checkpoint
select c.note, c.size from log_seal s join log_checkpoint c using (authority_id, generation, size) where s.authority_id = $1::uuid;

-- name: log_read
-- The log of $1 as it is sealed, the checkpoint of the size $3 (null: the newest), and the tiles on the way to the leaves $2 and to
-- the right edge of that size. One row for each tile; none when nothing is sealed, or nothing that may be seen.
select s.origin, s.size, s.root, coalesce($3::bigint, s.size), c.note, t.level, t.n, t.hashes
from log_seal s
left join log_checkpoint c on c.authority_id = s.authority_id and c.generation = s.generation and c.size = coalesce($3::bigint, s.size)
left join lateral (
	select w.level, w.n, t.hashes
	from (
		select distinct l::smallint as level, x >> (8 * l) >> 8 as n
		from generate_series(0, 7) l cross join unnest($2::bigint[] || coalesce($3::bigint, s.size)) x
	) w
	cross join lateral (select hashes from log_tile t
		where t.authority_id = s.authority_id and t.level = w.level and t.n = w.n limit 1) t
) t on true
where s.authority_id = $1::uuid and s.size > 0;

-- name: log_entry
-- The leaf of entry $3 of the stream $2.
select leaf_index, leaf_hash from fact where authority_id = $1::uuid and stream_id = $2::uuid and seq = $3::integer;

-- name: log_headers
-- The headers of the entries $3 of the stream $2, exactly as they are in the log.
select f.leaf_index, f.header
from unnest($3::integer[]) as w (seq)
join fact f on f.authority_id = $1::uuid and f.stream_id = $2::uuid and f.seq = w.seq
order by w.seq;

-- name: log_heads
-- How far the logs are sealed that were sealed since $1.
select authority_id, origin, size, root, us(sealed_real) from log_seal where sealed_real >= $1::timestamptz and size > 0;

-- name: log_unsealed
-- For the doctor: every log, how many of its entries are not sealed, and when the oldest of them was recorded.
select h.authority_id, h.size - coalesce(s.size, 0), us(f.recorded_at)
from log_head h left join log_seal s using (authority_id)
left join fact f on f.authority_id = h.authority_id and f.leaf_index = coalesce(s.size, 0)
order by h.authority_id;

-- name: log_restart
-- By the schema's owner: the log of $1 begins again as the origin $2, its generation $3. $4 the origin it had, $5 the newest
-- checkpoint known of, $6 why. No row when it has begun again meanwhile.
with begun as (
	insert into log_seal as s (authority_id, origin, generation, size, root)
	select authority_id, $2::text, $3::integer, 0, sha256(''::bytea) from log_head where authority_id = $1::uuid
	on conflict (authority_id) do update set origin = excluded.origin, generation = excluded.generation, size = 0,
		root = excluded.root, sealed_real = clock_timestamp()
	where s.generation < excluded.generation
	returning s.authority_id
), noted as (
	insert into log_restart (authority_id, generation, old_origin, old_checkpoint, reason)
	select authority_id, $3::integer, $4::text, $5::text, $6::text from begun
), cleared as (
	delete from log_tile t using begun where t.authority_id = begun.authority_id
)
select count(*) from begun;
