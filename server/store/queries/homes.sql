-- homes.sql - a home and what each authority knows of it, and what of that is brought to its placements.

-- name: homes_load
-- For the service itself, which tells one authority's flag to another: who sees what of it is decided where it is answered.
-- part 1: the receipt of key $3 of user $2. part 2: home $1. part 3: placements in force there, by authority. Then of each
-- authority's record, part 4: the key of its texts, kept as a person's under the home's id; part 5: its texts; part 6: its
-- facts, in order.
with wanted as materialized (
	select id, organisation_id, name, location_number, address from home where id = $1::uuid
)
select part, authority_id, id, a, b, c, at, bytes, name, number, body from (
	select 1 as part, authority_id, stream_id as id, first_seq as a, last_seq as b, version as c, us(recorded_at) as at,
		request_sha256::bytea as bytes, null::text as name, null::text as number, null::text as body
	from idempotency where user_id = $2::uuid and key = $3::uuid
	union all
	select 2, organisation_id, id, null, null, null, null, null, name, location_number, address from wanted
	union all
	select 3, x.authority_id, x.id, null, null, null, null, null, null, null, null
	from wanted h
	join placement_party p on p.organisation_id = h.organisation_id and p.side = 'provider' and p.until is null
	join placement x on x.authority_id = p.authority_id and x.id = p.placement_id
	where x.home_id = h.id and x.provider_id = h.organisation_id and x.stage = 'in_force'
	union all
	select 4, p.authority_id, p.id, null, null, null, null, p.wrapped_key, null, null, null
	from wanted h
	cross join authority a
	join person p on p.authority_id = a.id and p.id = h.id
	union all
	select 5, t.authority_id, null, t.seq, null, null, null, t.sealed, t.field, null, null
	from wanted h
	cross join authority a
	join personal_text t on t.authority_id = a.id and t.stream_id = h.id
	union all
	select 6, f.authority_id, null, f.seq, null, null, us(f.recorded_at), f.leaf_hash::bytea, null, null, f.body
	from wanted h
	cross join authority a
	join stream s on s.authority_id = a.id and s.stream_id = h.id and s.kind = 'home'
	join fact f on f.authority_id = s.authority_id and f.stream_id = s.stream_id
) r
order by part, authority_id, a, id;

-- name: homes_record
-- The facts of authority $1's record of home $2, in order, with whose home it is and its name; one row without a fact where it has
-- none.
select h.organisation_id, h.name, f.seq, us(f.recorded_at), f.leaf_hash::bytea, f.body
from home h left join fact f on f.authority_id = $1::uuid and f.stream_id = h.id
where h.id = $2::uuid
order by f.seq;

-- name: homes_follow
-- What is still to be brought from homes to placements, behind authority $1 and stream $2 first: one that gets no further keeps
-- none waiting.
select authority_id, stream_id, home_id, at_placement, asked_index from home_follow
order by (authority_id, stream_id) <= (coalesce($1::uuid, '00000000-0000-0000-0000-000000000000'),
	coalesce($2::uuid, '00000000-0000-0000-0000-000000000000')), authority_id, stream_id
limit 1;

-- name: homes_follow_next
-- Placements of authority $1 behind $3 in which the provider of home $2 is or was a party: terms may have been agreed for it that a
-- score still moves the fee of. Of stream $4, which is the home or one of them. At most $5.
select x.id
from placement_party p
join placement x on x.authority_id = p.authority_id and x.id = p.placement_id
where p.organisation_id = (select organisation_id from home where id = $2::uuid) and p.side = 'provider'
	and p.authority_id = $1::uuid and p.placement_id > coalesce($3::uuid, '00000000-0000-0000-0000-000000000000')
	and ($4::uuid = $2::uuid or p.placement_id = $4::uuid) and x.stage in ('in_force', 'ended')
order by p.placement_id
limit $5::integer;

-- name: homes_follow_mark
-- The walk of stream $2 of authority $1, asked for by the fact at $3, has come to $4; without one it is over. Not where it has been
-- asked for again meanwhile; only for holder $5 of term $6.
with held as (
	select 1 as one from lease where name = 'homes' and holder = $5::uuid and term = $6::bigint
), over as (
	delete from home_follow using held
	where authority_id = $1::uuid and stream_id = $2::uuid and asked_index = $3::bigint and $4::uuid is null
	returning 1
), marked as (
	update home_follow set at_placement = $4::uuid from held
	where authority_id = $1::uuid and stream_id = $2::uuid and asked_index = $3::bigint and $4::uuid is not null
	returning 1
)
select (select count(*) from marked);
