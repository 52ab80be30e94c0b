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
-- Where the log of $1 stands: as it is sealed, its newest checkpoint, the root that was signed at the size $2, whether $3 is the
-- origin that it had before, and the tiles at the right edge of its tree. One row for each tile, one of them at least.
select s.origin, s.generation, s.size, s.root, h.size, c.size, c.root, c.note, f.root,
	exists (select from log_restart r where r.authority_id = h.authority_id and r.old_origin = $3::text),
	t.level, t.n, t.hashes
from log_head h
left join log_seal s using (authority_id)
left join lateral (
	select size, root, note from log_checkpoint c
	where c.authority_id = h.authority_id and c.generation = coalesce(s.generation, 1)
	order by size desc limit 1
) c on true
left join log_checkpoint f on f.authority_id = s.authority_id and f.generation = s.generation and f.size = $2::bigint
left join lateral (
	select e.level, e.n, t.hashes
	from (select l::smallint as level, s.size >> (8 * l) >> 8 as n from generate_series(0, 7) l) e
	cross join lateral (select hashes from log_tile t
		where t.authority_id = s.authority_id and t.level = e.level and t.n = e.n limit 1) t
) t on true
where h.authority_id = $1::uuid;

-- name: log_leaves
-- The leaves of the log of $1 from $2 to before $3 in their order, and how many there are.
select string_agg(leaf_hash, ''::bytea order by leaf_index), count(*)
from fact where authority_id = $1::uuid and leaf_index >= $2::bigint and leaf_index < $3::bigint;

-- name: log_seal
-- The log of $1 goes from the size $4 and the root $5 to $6 and $7, signed in $8; $9 to $11 its tiles as they are then; $12 the
-- public key. All of it, or nothing: where somebody else has sealed meanwhile, or has the lease.
with sealed as (
	insert into log_seal as s (authority_id, origin, generation, size, root)
	select $1::uuid, $2::text, $3::integer, $6::bigint, $7::bytea
	where exists (select from lease where name = 'sealer' and holder = $13::uuid and term = $14::bigint)
		and ($4::bigint = 0 or exists (select from log_seal where authority_id = $1::uuid))
	on conflict (authority_id) do update set size = excluded.size, root = excluded.root, sealed_real = clock_timestamp()
	where s.size = $4::bigint and s.root = $5::bytea and s.origin = excluded.origin and s.generation = excluded.generation
	returning authority_id
), noted as (
	insert into log_checkpoint (authority_id, generation, size, root, note)
	select authority_id, $3::integer, $6::bigint, $7::bytea, $8::text from sealed
), kept as (
	insert into log_tile (authority_id, level, n, hashes)
	select sealed.authority_id, t.level, t.n, t.hashes
	from sealed cross join unnest($9::smallint[], $10::bigint[], $11::bytea[]) as t (level, n, hashes)
	on conflict (authority_id, level, n) do update set hashes = excluded.hashes
), known as (
	insert into log_key (public_key) select $12::bytea from sealed on conflict do nothing
)
select count(*) from sealed;

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
