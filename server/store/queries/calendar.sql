-- calendar.sql - calendar feeds: made, listed, revoked, and what one shows.

-- name: calendar_create
-- $1 id, $2 SHA-256 of the secret, $3 organisation, whose user asks, $4 scope, $5 team. It takes its idempotency key as in
-- organise.sql, and rests on the organisation's not taking part only by paying. Then: since when it is there.
with known as (
	select stream_id as id, request_sha256::bytea = $8::bytea and authority_id = $3::uuid as same
	from idempotency where user_id = $6::uuid and key = $7::uuid
), rests as (
	select not exists (select from placement_party where organisation_id = $3::uuid and side = 'co_payer')
		or exists (select from placement_party where organisation_id = $3::uuid and side <> 'co_payer') as there
), taken as (
	insert into idempotency (user_id, key, request_sha256, authority_id, stream_id, first_seq, last_seq, version, recorded_at)
	select $6::uuid, $7::uuid, $8::bytea, $3::uuid, $1::uuid, 0, 0, 0, clock_timestamp()
	from rests where there and not exists (select from known)
	on conflict do nothing
	returning stream_id as id
), made as (
	insert into calendar_feed (id, secret_sha256, organisation_id, user_id, scope, team)
	select id, $2::bytea, $3::uuid, $6::uuid, $4::text, $5::text from taken
	returning id, created_real
), shown as (
	select id, created_real from made
	union all
	select f.id, f.created_real from known k join calendar_feed f on f.id = k.id where k.same
)
select (select id from shown), (select same from known), (select there from rests), (select us(created_real) from shown);

-- name: calendar_feeds
-- Feeds of $1 that are not revoked, the oldest first: those of the user $2, null for everybody's; $3 the last row's id, $4 how
-- many.
select id, user_id, organisation_id, scope, team, us(created_real)
from calendar_feed
where organisation_id = $1::uuid and revoked_real is null and ($2::uuid is null or user_id = $2::uuid)
	and ($3::uuid is null or id > $3::uuid)
order by id
limit $4::integer;

-- name: calendar_revoke
-- $1 feed, $2 organisation, $3 whether the caller may revoke anybody's there, $4 the caller, who may revoke their own. No row:
-- there is no such feed in the caller's world. Revoking again changes nothing.
with found as (
	select id, user_id from calendar_feed where id = $1::uuid and organisation_id = $2::uuid
), revoked as (
	update calendar_feed c set revoked_real = coalesce(c.revoked_real, clock_timestamp())
	from found f where c.id = f.id and ($3::boolean or f.user_id = $4::uuid)
	returning c.id
)
select exists (select from revoked) from found;

-- name: calendar_feed
select scope, team from calendar_feed where id = $1::uuid and revoked_real is null;

-- name: calendar_events
-- What the feed $1 shows, soonest first: what its organisation owes, rights that run out for either side with it, and a provider
-- the reviews of its own placements; $3 which duties are reviews. A feed of a user is of the placements that they look after, and
-- one of a team of the team's. What is due from $2 on, and what was called off or paused from then on, on the last day that it had;
-- where that is more than $4, what is nearest after $5, and then what is nearest before. Each change of an action is a row in
-- obligation_was and none is ever taken away: so their number only grows, and is the same for both sides. Nothing to who
-- represents somebody whose placement has ended. What its organisation owes by a home's record has no case officer and no team, so
-- it is in the organisation's feeds alone; one home has a record by each authority.
with mine as (
	select f.organisation_id, p.placement_id, p.authority_id, p.side, p.stage, p.since, x.reference, x.provider_id
	from calendar_feed f
	join placement_party p on p.organisation_id = f.organisation_id and p.until is null
	join placement x on x.authority_id = p.authority_id and x.id = p.placement_id
	where f.id = $1::uuid and f.revoked_real is null and (p.side <> 'representative' or p.stage <> 'ended')
		and (f.scope = 'organisation' or x.authority_id = f.organisation_id
			and (f.scope = 'user' and x.owner_id = f.user_id or f.scope = 'team' and x.team = f.team))
), owed as (
	select m.placement_id::text as about, m.reference as title, '/placements/' || m.reference as link, o.authority_id, o.stream_id, o.seq, o.n, o.kind, o.owed_by, o.owed_by_id = m.organisation_id as own,
		coalesce(o.known_at, m.since) as known_at, o.state in ('lapsed', 'released') or o.due_at is null as cancelled,
		coalesce(o.due_at, (select h.due_at from obligation_was h where h.authority_id = o.authority_id and h.stream_id = o.stream_id
			and h.seq = o.seq and h.n = o.n and h.due_at is not null order by h.until_at desc limit 1)) as due_at,
		case m.side when 'commissioner' then coalesce(o.commissioner_entry, o.seq)
			when 'mediator' then o.mediator_entry when 'representative' then o.representative_entry when 'co_payer' then 0
			else o.provider_entry end as entry
	from mine m
	join obligation o on o.authority_id = m.authority_id and o.stream_id = m.placement_id
	where (o.due_at >= $2::timestamptz or o.known_at >= $2::timestamptz)
		and (o.owed_by_id = m.organisation_id
			or o.owed_by = 'either' and m.side not in ('mediator', 'representative', 'co_payer')
				and (m.authority_id = m.organisation_id or exists (select from obligation t where t.authority_id = o.authority_id
					and t.stream_id = o.stream_id and t.thread = o.thread and t.owed_by_id = m.organisation_id))
			or o.kind = any ($3::text[]) and m.side = 'provider' and m.provider_id = m.organisation_id
				and (m.stage <> 'ended' or o.state <> 'open'))
	union all
	select o.authority_id || '.' || o.stream_id, h.name, '/homes/' || h.id, o.authority_id, o.stream_id, o.seq, o.n, o.kind, o.owed_by, true,
		o.known_at, o.state in ('lapsed', 'released'), o.due_at, o.seq
	from calendar_feed f
	join obligation o on o.owed_by_id = f.organisation_id and o.kind in ('answer_flag', 'improvement_plan', 'offer_help')
	join home h on h.id = o.stream_id
	where f.id = $1::uuid and f.revoked_real is null and f.scope = 'organisation'
		and (o.due_at >= $2::timestamptz or o.known_at >= $2::timestamptz)
), shown as (
	select * from owed
	where entry > 0 and due_at is not null and case when cancelled then known_at else due_at end >= $2::timestamptz
	order by due_at < $5::timestamptz, abs(us(due_at) - us($5::timestamptz)), about, entry, n
	limit $4::integer
)
select s.entry, s.n, s.about, s.title, s.link, s.kind, s.owed_by, coalesce(s.own, false), us(s.due_at), us(s.known_at), s.cancelled,
	(select count(*) from obligation_was h
	where h.authority_id = s.authority_id and h.stream_id = s.stream_id and h.seq = s.seq and h.n = s.n)
from shown s
order by s.due_at, s.about, s.entry, s.n;
