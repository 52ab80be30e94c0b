-- uplifts.sql - uplifts of whole portfolios: asked for, stopped, looked at, and the walk through the placements.

-- name: uplifts_begin
-- $1 id, $2 authority, $3 the request as it is kept, $4 now, $5 the setting and $6 the provider of those that pass. It takes its
-- idempotency key as in organise.sql, and rests on no other being under way. Then: that other.
with known as (
	select stream_id as id, request_sha256::bytea = $9::bytea as same from idempotency where user_id = $7::uuid and key = $8::uuid
), busy as (
	select id from uplift where authority_id = $2::uuid and state = 'under_way'
), taken as (
	insert into idempotency (user_id, key, request_sha256, authority_id, stream_id, first_seq, last_seq, version, recorded_at)
	select $7::uuid, $8::uuid, $9::bytea, $2::uuid, $1::uuid, 0, 0, 0, clock_timestamp()
	where not exists (select from known) and not exists (select from busy)
	on conflict do nothing
	returning stream_id as id
), made as (
	insert into uplift (id, authority_id, asked_by, request, state, total, created_at)
	select id, $2::uuid, $7::uuid, $3::text, 'under_way', (select count(*) from placement where authority_id = $2::uuid
		and stage = 'in_force' and ($5::text is null or setting = $5::text) and ($6::uuid is null or provider_id = $6::uuid)),
		$4::timestamptz
	from taken
	returning id
)
select coalesce((select id from made), (select id from known where same)), (select same from known), not exists (select from busy),
	(select id from busy);

-- name: uplifts_one
-- The uplift $1, for who may read it.
select id, request, state, total, applied, offered, left_out, weekly_before_p, weekly_after_p, us(created_at), us(ended_at),
	stopped_by, stopped_because
from uplift where id = $1::uuid;

-- name: uplifts_list
-- Those of the authority $1, the newest first, behind $2, at most $3; in the state $4.
select id, request, state, total, applied, offered, left_out, weekly_before_p, weekly_after_p, us(created_at), us(ended_at),
	stopped_by, stopped_because
from uplift
where authority_id = $1::uuid and ($2::uuid is null or id < $2::uuid) and ($4::text is null or state = $4::text)
order by id desc
limit $3::integer;

-- name: uplifts_outcomes
-- Of the uplift $1 those behind the placement $2 that did not simply rise, at most $3.
select o.placement_id, x.reference, o.outcome, o.rule, o.reason
from uplift_outcome o join placement x on x.authority_id = o.authority_id and x.id = o.placement_id
where o.uplift_id = $1::uuid and o.placement_id > coalesce($2::uuid, '00000000-0000-0000-0000-000000000000')
order by o.placement_id
limit $3::integer;

-- name: uplifts_stop
-- The uplift $1 of the authority $2 goes no further from $3, stopped by the user $4 (null: by the service itself) because of $5;
-- one that is over stays as it is. No row: there is none.
with stopped as (
	update uplift set state = 'stopped', ended_at = $3::timestamptz, stopped_by = $4::uuid, stopped_because = $5::text
	where id = $1::uuid and authority_id = $2::uuid and state = 'under_way'
)
select id from uplift where id = $1::uuid and authority_id = $2::uuid;

-- name: uplifts_under_way
-- Of those under way the next one behind $1, and behind the last the first again: one that gets no further keeps none waiting.
select id, authority_id, asked_by, request, at_placement from uplift where state = 'under_way'
order by id <= coalesce($1::uuid, '00000000-0000-0000-0000-000000000000'), id
limit 1;

-- name: uplifts_next
-- Placements of the authority $1 behind $2 with an agreement in force, $3 the setting and $4 the provider, at most $5.
select id from placement
where authority_id = $1::uuid and id > coalesce($2::uuid, '00000000-0000-0000-0000-000000000000') and stage = 'in_force'
	and ($3::text is null or setting = $3::text) and ($4::uuid is null or provider_id = $4::uuid)
order by id
limit $5::integer;

-- name: uplifts_mark
-- The walk of uplift $1 has come from $2 to $3, at $4; $5 says that it is over. $6 to $10 are added: applied, offered, left out,
-- the fees of those applied before and after. $11 to $14 are the outcomes of those that did not simply rise. Only for holder $15
-- of term $16, and once.
with marked as (
	update uplift set at_placement = coalesce($3::uuid, at_placement), applied = applied + $6::integer, offered = offered + $7::integer,
		left_out = left_out + $8::integer, weekly_before_p = weekly_before_p + $9::bigint,
		weekly_after_p = weekly_after_p + $10::bigint,
		state = case when $5::boolean and state = 'under_way' then 'done' else state end,
		ended_at = case when $5::boolean and state = 'under_way' then $4::timestamptz else ended_at end
	where id = $1::uuid and at_placement is not distinct from $2::uuid
		and exists (select from lease where name = 'uplift' and holder = $15::uuid and term = $16::bigint)
	returning id, authority_id, state
), noted as (
	insert into uplift_outcome (uplift_id, placement_id, authority_id, outcome, rule, reason)
	select m.id, o.placement_id, m.authority_id, o.outcome, o.rule, o.reason
	from marked m cross join unnest($11::uuid[], $12::text[], $13::text[], $14::text[]) as o (placement_id, outcome, rule, reason)
	on conflict do nothing
)
select state from marked;
