-- load.sql - everything that a look at one placement starts from, or a move, in one statement; and of many, for the clock.
--
-- part 1: the receipt of a move's key. part 2: the organisation's part in the placement, with what comes with it or where there
-- are no facts to bring it; without an organisation the authority's own, for the service itself. part 3: the facts after those
-- held, each beside a part 2 or in its place.

-- name: load_placement
-- By organisation $1 the placement $2, after $3.
select case when f.seq is null then 2 else 3 end, p.authority_id, p.placement_id, f.seq, null, null, us(f.recorded_at),
	f.leaf_hash::bytea, f.body
from placement_party p
left join fact f on f.authority_id = p.authority_id and f.stream_id = p.placement_id and f.seq > $3::integer
where p.placement_id = $2::uuid and p.organisation_id = coalesce($1::uuid, p.authority_id) and p.until is null
order by f.seq;

-- name: load_for_move
-- By organisation $1 the placement $2 with the person and their wrapped key, after $3; and the receipt of key $5 of user $4.
with part as materialized (
	select p.authority_id, p.placement_id from placement_party p
	where p.organisation_id = $1::uuid and p.placement_id = $2::uuid and p.until is null
)
select part, authority_id, stream_id, a, b, c, at, bytes, body from (
	select 1 as part, authority_id, stream_id, first_seq as a, last_seq as b, version as c, us(recorded_at) as at,
		request_sha256::bytea as bytes, null::text as body
	from idempotency where user_id = $4::uuid and key = $5::uuid
	union all
	select 2, part.authority_id, l.person_id, null, null, null, null, e.wrapped_key, null
	from part
	left join placement l on l.authority_id = part.authority_id and l.id = part.placement_id
	left join person e on e.authority_id = l.authority_id and e.id = l.person_id
	union all
	select 3, f.authority_id, f.stream_id, f.seq, null, null, us(f.recorded_at), f.leaf_hash::bytea, f.body
	from part join fact f on f.authority_id = part.authority_id and f.stream_id = part.placement_id
	where f.seq > $3::integer
) r
order by part, a;

-- name: load_ahead
-- The facts of the placements $1 after the seqs $2, for the service itself. Through placement, whose rows name the authority.
select f.authority_id, f.stream_id, f.seq, us(f.recorded_at), f.leaf_hash::bytea, f.body
from unnest($1::uuid[], $2::integer[]) with ordinality as w (id, since, i)
join placement p on p.id = w.id
join fact f on f.authority_id = p.authority_id and f.stream_id = p.id and f.seq > w.since
order by w.i, f.seq;
