-- query.sql - lists and texts, read under row-level security for one organisation.
--
-- Row-level security says which placements an organisation may read at all; a provider sees less of those than the
-- commissioner does, and what lists show it is narrowed here. A row of a list begins with its cursor, which holds nothing but
-- what the row shows. An obligation is named by the number that its opening entry has for whoever asks; what has none is not shown.

-- name: query_texts
-- The person's texts that were asked for by entry and field, each with that person's wrapped key; that they were read, by
-- whom and how many, is recorded in the same statement. $1 authority, $2 placement, $3 person, $4 and $5 entries and
-- fields, $6 user, $7 organisation, $8 now. A person whose key is gone gives no rows.
with key as materialized (
	select wrapped_key from person where authority_id = $1::uuid and id = $3::uuid and wrapped_key is not null
), held as materialized (
	select w.i, t.sealed, key.wrapped_key
	from key, unnest($4::integer[], $5::text[]) with ordinality as w (seq, field, i)
	join personal_text t on t.authority_id = $1::uuid and t.stream_id = $2::uuid and t.seq = w.seq and t.field = w.field
	where t.person_id = $3::uuid
), noted as (
	insert into personal_access (authority_id, person_id, placement_id, user_id, organisation_id, texts, read_at)
	select $1::uuid, $3::uuid, $2::uuid, $6::uuid, $7::uuid, count(*), $8::timestamptz from held having count(*) > 0
)
select i, sealed, wrapped_key from held;

-- name: query_placements
-- $1 organisation; filters: $2 stage, $3 provider, $4 due before, $5 part of the reference; $6 the sort; $7 and $8 the last
-- row's sort key and id; $9 how many; $10 the authority's own team. The key is one text for each sort, so that pages follow it: changed newest first,
-- due soonest first and what is not due last.
with mine as (
	select p.organisation_id = p.authority_id as own, p.placement_id, p.authority_id, p.stage, p.version, p.since,
		p.next_due_at, p.overdue, x.reference, x.setting, x.urgency, x.provider_id, x.home_id, x.owner_id, x.weekly_p,
		x.team, x.opened_at, case when p.organisation_id = p.authority_id then x.changed_at else p.since end as changed_at
	from placement_party p
	join placement x on x.authority_id = p.authority_id and x.id = p.placement_id
	where p.organisation_id = $1::uuid and p.until is null
		and ($2::text is null or p.stage = $2::text)
		and ($4::timestamptz is null or p.next_due_at < $4::timestamptz)
		and ($5::text is null or position(upper($5::text) in x.reference) > 0)
		and ($10::text is null or x.team = $10::text and x.authority_id = $1::uuid)
), shown as (
	select m.*, case when own or provider_id = $1::uuid then provider_id end as provider_seen,
		case $6::text
			when 'due' then lpad(coalesce(us(next_due_at), 9000000000000000000)::text, 19, '0')
			when 'changed' then lpad((9000000000000000000 - us(changed_at))::text, 19, '0')
			else reference
		end collate "C" as sort_key
	from mine m
)
select sort_key, placement_id, authority_id, reference, stage, setting, urgency, version, provider_seen,
	case when provider_seen is not null then home_id end,
	case when own then owner_id end,
	case when provider_seen is not null then weekly_p end,
	case when own then us(opened_at) end, us(changed_at), us(next_due_at), overdue, case when own then team end
from shown
where ($3::uuid is null or provider_seen = $3::uuid)
	and ($7::text is null or (sort_key, placement_id) > ($7::text collate "C", $8::uuid))
order by sort_key, placement_id
limit $9::integer;

-- name: query_owed_by
-- What $1 owes, soonest first, rights that run out for either side with it. $2 the state, null for every; $3 to $6 the last
-- row's due instant (the largest number when it has none), stream, entry and number; $7 how many; $8 the authority's own team.
with owed as (
	select o.* from obligation o where o.owed_by_id = $1::uuid
	union all
	select o.* from placement_party p
	join obligation o on o.authority_id = p.authority_id and o.stream_id = p.placement_id
	where p.organisation_id = $1::uuid and p.until is null and p.side not in ('mediator', 'representative', 'co_payer') and o.owed_by = 'either'
		and (p.authority_id = $1::uuid or exists (select from obligation m where m.authority_id = o.authority_id
			and m.stream_id = o.stream_id and m.thread = o.thread and m.owed_by_id = $1::uuid))
), ordered as (
	select o.*, p.stage, case p.side when 'commissioner' then coalesce(o.commissioner_entry, o.seq)
			when 'mediator' then o.mediator_entry when 'representative' then o.representative_entry when 'co_payer' then 0
			else o.provider_entry end as entry,
		coalesce(us(o.due_at), 9000000000000000000) as due
	from owed o
	join placement_party p on p.organisation_id = $1::uuid and p.placement_id = o.stream_id and p.until is null
)
select o.due, o.stream_id, o.entry, o.n, x.reference, o.stage, o.kind, o.owed_by, o.owed_by_id, o.state, us(o.due_at),
	us(o.missed_at), us(o.not_served_at)
from ordered o
join placement x on x.authority_id = o.authority_id and x.id = o.stream_id
where ($2::text is null or o.state = $2::text)
	and ($8::text is null or x.team = $8::text and x.authority_id = $1::uuid)
	and o.entry > 0
	and ($3::bigint is null or (o.due, o.stream_id, o.entry, o.n) > ($3::bigint, $4::uuid, $5::integer, $6::integer))
order by o.due, o.stream_id, o.entry, o.n
limit $7::integer;

-- name: query_owed_to
-- What others owe on the placements of $1. A provider sees what stands in a thread in which it has owed something itself,
-- and of the placement as a whole only while it is the provider; the panel's only while it has not decided. The person's
-- representative sees what concerns the person.
with ordered as (
	select o.*, p.stage, x.reference, case p.side when 'commissioner' then coalesce(o.commissioner_entry, o.seq)
			when 'mediator' then o.mediator_entry when 'representative' then o.representative_entry when 'co_payer' then 0
			else o.provider_entry end as entry,
		coalesce(us(o.due_at), 9000000000000000000) as due
	from placement_party p
	join placement x on x.authority_id = p.authority_id and x.id = p.placement_id
	join obligation o on o.authority_id = p.authority_id and o.stream_id = p.placement_id
	where p.organisation_id = $1::uuid and p.until is null
		and o.owed_by in ('commissioner', 'provider', 'mediator', 'representative')
		and o.owed_by_id is distinct from $1::uuid and (p.side <> 'mediator' or o.owed_by <> 'mediator')
		and ($2::text is null or o.state = $2::text)
		and ($8::text is null or x.team = $8::text and x.authority_id = $1::uuid)
		and (p.authority_id = $1::uuid or p.side = 'representative' or (o.kind <> 'decide_at_panel' or o.state = 'open') and
			case when o.thread > 0 then exists (select from obligation m where m.authority_id = o.authority_id
				and m.stream_id = o.stream_id and m.thread = o.thread and m.owed_by_id = $1::uuid)
			else x.provider_id = $1::uuid and p.stage <> 'ended' end)
)
select o.due, o.stream_id, o.entry, o.n, o.reference, o.stage, o.kind, o.owed_by, o.owed_by_id, o.state, us(o.due_at),
	us(o.missed_at), us(o.not_served_at)
from ordered o
where o.entry > 0
	and ($3::bigint is null or (o.due, o.stream_id, o.entry, o.n) > ($3::bigint, $4::uuid, $5::integer, $6::integer))
order by o.due, o.stream_id, o.entry, o.n
limit $7::integer;

-- name: query_reviews
-- Reviews that are open on the placements of $1, soonest first: all of an authority's, and a provider's own. $2 and $3 from and
-- before which instant they are due, $4 the duty, $5 the case officer, $6 the home, $7 the authority, $8 which duties are
-- reviews; $9 to $12 the last row's due instant, stream, entry and number; $13 how many; $14 part of the reference; $15 the authority's
-- own team. The authority's own branch follows the index of what it owes. With each, the reminder that $1 was told last.
with own as (
	select o.*, coalesce(o.commissioner_entry, o.seq) as entry
	from obligation o
	join placement x on x.authority_id = o.authority_id and x.id = o.stream_id
	where o.owed_by_id = $1::uuid and o.state = 'open' and o.kind = any ($8::text[])
		and ($2::timestamptz is null or o.due_at >= $2::timestamptz) and ($3::timestamptz is null or o.due_at < $3::timestamptz)
		and ($4::text is null or o.kind = $4::text) and ($5::uuid is null or x.owner_id = $5::uuid)
		and ($15::text is null or x.team = $15::text)
		and ($6::uuid is null or x.home_id = $6::uuid) and ($7::uuid is null or x.authority_id = $7::uuid)
		and ($14::text is null or position(upper($14::text) in x.reference) > 0)
		and ($9::timestamptz is null or o.due_at >= $9::timestamptz and (o.due_at, o.stream_id,
			coalesce(o.commissioner_entry, o.seq), o.n) > ($9::timestamptz, $10::uuid, $11::integer, $12::integer))
	order by o.due_at, o.stream_id, entry, o.n
	limit $13::integer
), others as (
	select o.*, o.provider_entry as entry
	from placement_party p
	join placement x on x.authority_id = p.authority_id and x.id = p.placement_id
	join obligation o on o.authority_id = p.authority_id and o.stream_id = p.placement_id
	where p.organisation_id = $1::uuid and p.authority_id <> $1::uuid and p.until is null and p.stage <> 'ended'
		and x.provider_id = $1::uuid and o.provider_entry > 0 and o.state = 'open' and o.kind = any ($8::text[])
		and ($2::timestamptz is null or o.due_at >= $2::timestamptz) and ($3::timestamptz is null or o.due_at < $3::timestamptz)
		and ($4::text is null or o.kind = $4::text) and $5::uuid is null and $15::text is null
		and ($6::uuid is null or x.home_id = $6::uuid) and ($7::uuid is null or x.authority_id = $7::uuid)
		and ($14::text is null or position(upper($14::text) in x.reference) > 0)
		and ($9::timestamptz is null or (o.due_at, o.stream_id, o.provider_entry, o.n)
			> ($9::timestamptz, $10::uuid, $11::integer, $12::integer))
	order by o.due_at, o.stream_id, entry, o.n
	limit $13::integer
), shown as (
	select * from own union all select * from others order by due_at, stream_id, entry, n limit $13::integer
)
select s.entry, s.n, s.stream_id, s.seq, x.reference, s.kind, x.authority_id, x.provider_id, x.home_id,
	case when x.authority_id = $1::uuid then x.owner_id end, us(s.due_at), us(s.missed_at), told.reminder, us(told.created_at), h.name,
	case when x.authority_id = $1::uuid then x.team end
from shown s
join placement x on x.authority_id = s.authority_id and x.id = s.stream_id
left join home h on h.id = x.home_id
left join lateral (
	select d.reminder, d.created_at from delivery d
	where d.authority_id = s.authority_id and d.placement_id = s.stream_id and d.obligation_seq = s.seq and d.obligation_n = s.n
		and d.recipient_id = $1::uuid
	order by d.created_at desc limit 1
) told on true
order by s.due_at, s.stream_id, s.entry, s.n;

-- name: query_readings
-- Who read texts about the person of placement $2 of authority $1, newest first, before the row $3, at most $4; one row of nulls
-- where nobody did, and none when it is no placement of theirs.
select r.id, us(r.read_at), r.user_id, r.organisation_id, r.texts
from placement x
left join lateral (
	select * from personal_access a
	where a.authority_id = x.authority_id and a.placement_id = x.id and ($3::bigint is null or a.id < $3::bigint)
	order by a.id desc limit $4::integer
) r on true
where x.authority_id = $1::uuid and x.id = $2::uuid
order by r.id desc;

-- name: query_statement
-- Placements that $1 pays for or is paid for, behind the placement $2; $3 the home, $4 how many. Ended ones too: their account
-- stays open. What each comes to is worked out from its entries.
select p.placement_id, x.authority_id, x.home_id
from placement_party p
join placement x on x.authority_id = p.authority_id and x.id = p.placement_id
where p.organisation_id = $1::uuid and p.placement_id > $2::uuid and p.side in ('commissioner', 'provider', 'co_payer')
	and ($3::uuid is null or x.home_id = $3::uuid)
order by p.placement_id
limit $4::integer;

-- name: query_portfolio
-- Agreements in force that $1 has a part in, behind the placement $2, with the fact that holds the terms of those that pass:
-- $3 the setting, $4 the provider, $5 the authority, $6 and $7 the fee a week. Always the next 256 of them, whether they pass or
-- not, so that a narrow filter takes no statement longer; fewer are the last. Each is found behind the one before: asked for as a
-- range, the planner, which knows nothing of one organisation's number of placements, sorts all that are left for every chunk.
-- The limits of one keep it to the one row of placement and of fact.
with recursive p as (
	(select 1 as n, placement_id, authority_id from placement_party
	where organisation_id = $1::uuid and placement_id > $2::uuid and stage = 'in_force' and until is null
	order by placement_id limit 1)
	union all
	select n + 1, q.placement_id, q.authority_id
	from p cross join lateral (
		select placement_id, authority_id from placement_party
		where organisation_id = $1::uuid and placement_id > p.placement_id and stage = 'in_force' and until is null
		order by placement_id limit 1
	) q
	where n < 256
)
select p.placement_id, c.passes, x.reference, x.provider_id, x.setting, x.terms_entry, f.body
from p
left join lateral (
	select * from placement x where x.authority_id = p.authority_id and x.id = p.placement_id limit 1
) x on true
cross join lateral (
	select coalesce((p.authority_id = $1::uuid or x.provider_id = $1::uuid)
		and ($3::text is null or x.setting = $3::text)
		and ($4::uuid is null or x.provider_id = $4::uuid)
		and ($5::uuid is null or x.authority_id = $5::uuid)
		and ($6::bigint is null or x.weekly_p >= $6::bigint)
		and ($7::bigint is null or x.weekly_p <= $7::bigint), false) as passes
) c
left join lateral (
	select body from fact f
	where f.authority_id = p.authority_id and f.stream_id = p.placement_id and f.seq = x.terms_entry and c.passes limit 1
) f on true
order by p.n;

-- name: query_cost_model
select document::text from cost_model where id = $1::text and version = $2::text;

-- name: query_protocols
select id, version, document::text from protocol order by id, version;

-- name: query_calendars
select division, version, document::text from calendar order by division, version;

-- name: query_closures
-- Every list of authority $1, the newest last; one row of nulls while it has none, and none when it is no authority.
select c.version, us(c.loaded_real), c.document::text
from authority a left join closures c on c.authority_id = a.id
where a.id = $1::uuid
order by c.version;
