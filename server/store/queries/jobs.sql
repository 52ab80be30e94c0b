-- jobs.sql - leases, the clock, telling the parties, sending, rehearsal.
--
-- A lease is a row with a term that grows whenever another takes it. What is done under a lease asks for holder and term in
-- the statement itself, so that who slept through the end of its lease changes nothing. Real time is the database's.

-- name: jobs_lease_take
-- Takes, or holds on for $3 milliseconds more; no row when another has it.
insert into lease as l (name, holder, term, until_real)
values ($1::text, $2::uuid, 1, clock_timestamp() + $3::bigint * interval '1 millisecond')
on conflict (name) do update set holder = excluded.holder, until_real = excluded.until_real,
	term = l.term + case when l.holder = excluded.holder then 0 else 1 end
where l.holder = excluded.holder or l.until_real < clock_timestamp()
returning term;

-- name: jobs_lease_give
update lease set until_real = '-infinity' where name = $1::text and holder = $2::uuid and term = $3::bigint;

-- name: jobs_due
-- What the clock must look at until $1, soonest first, but for the streams set aside in $2; with each what it is of, and whether
-- there are webhooks to be told.
select o.authority_id, o.stream_id, o.seq, o.n, us(o.due_at), us(o.next_at), us(o.missed_at), o.state,
	(select s.kind from stream s where s.authority_id = o.authority_id and s.stream_id = o.stream_id),
	(select exists (select from webhook where state = 'active'))
from obligation o
where o.next_at <= $1::timestamptz and o.stream_id <> all ($2::uuid[])
order by o.next_at, o.authority_id, o.stream_id
limit 1000;

-- name: jobs_remind
-- One obligation's reminders and the next instant to look at it ($8 in London), if it still is as it was read ($5 due, $6 next, $7
-- state). $14 on: arrays, one element for each party and day of a reminder (see deliver). $11: what was not done in time is told to
-- the party's manager.
with moved as (
	update obligation set next_at = least(first_look($8::timestamptz, $12::timestamptz), (select min(m.at)
		from unnest($15::uuid[], $31::date[]) t (recipient_id, day)
		join message_reader r on r.organisation_id = t.recipient_id and r.time_zone is not null
		cross join lateral (select morning(t.day, zone_of(r.time_zone)) as at) m
		where m.at > $12::timestamptz))
	where authority_id = $1::uuid and stream_id = $2::uuid and seq = $3::integer and n = $4::integer
		and due_at is not distinct from $5::timestamptz and next_at = $6::timestamptz and state = $7::text
		and exists (select from lease where name = 'clock' and holder = $9::uuid and term = $10::bigint)
	returning authority_id, seq, n, due_at
)
select 1, d.told, d.queued
from moved m
cross join lateral deliver(m.authority_id, $12::timestamptz, $13::integer, m.seq, m.n, m.due_at, $6::timestamptz, $11::boolean,
	$14::uuid[], $15::uuid[], $16::text[], $17::text[], $18::bigint[], $19::uuid[], $20::boolean[], $21::boolean[], $22::text[],
	$23::text[], $24::text[], $25::text[], $26::integer[], $27::uuid[], $28::uuid[], $29::text[], $30::text[], $31::date[]) d;

-- name: jobs_behind
-- Authorities whose log holds facts that nobody has been told of.
select h.authority_id, coalesce(c.next_index, 0)
from log_head h left join deliver_cursor c using (authority_id)
where h.size > coalesce(c.next_index, 0)
order by authority_id
limit 200;

-- name: jobs_facts
-- With each, whether there are webhooks to be told: one that was there before the fact is seen where the fact is.
select f.leaf_index, f.stream_id, f.seq, s.kind, (select exists (select from webhook where state = 'active')), f.traceparent
from fact f join stream s using (authority_id, stream_id)
where f.authority_id = $1::uuid and f.leaf_index >= $2::bigint
order by f.leaf_index
limit 200;

-- name: jobs_tell
-- The cursor of authority $1 from $2 to $3 and the deliveries of the facts between, or neither. $8 on: arrays (see deliver). With
-- them, what they say of a home is asked to be told to the other authorities and brought to its placements, and to a placement that
-- comes to be agreed where any authority has a record of the home.
with moved as (
	insert into deliver_cursor as c (authority_id, next_index)
	select $1::uuid, $3::bigint
	where exists (select from lease where name = 'deliver' and holder = $4::uuid and term = $5::bigint)
	on conflict (authority_id) do update set next_index = excluded.next_index where c.next_index = $2::bigint
	returning c.authority_id
), followed as (
	insert into home_follow as w (authority_id, stream_id, home_id, asked_index)
	select distinct on (f.stream_id) f.authority_id, f.stream_id, coalesce(x.home_id, f.stream_id), f.leaf_index
	from moved m
	join fact f on f.authority_id = m.authority_id and f.leaf_index >= $2::bigint and f.leaf_index < $3::bigint
		and f.kind in ('quality_scored', 'flag_raised', 'flag_answered', 'flag_told', 'missed', 'signed',
			'existing_agreement_confirmed', 'novation_consented')
	join stream s on s.authority_id = f.authority_id and s.stream_id = f.stream_id
	left join placement x on s.kind = 'placement' and x.authority_id = f.authority_id and x.id = f.stream_id
	where s.kind = 'home' or f.kind <> 'missed' and exists (select from authority a
		join stream h on h.authority_id = a.id and h.stream_id = x.home_id and h.kind = 'home')
	order by f.stream_id, f.leaf_index desc
	on conflict (authority_id, stream_id) do update
		set home_id = excluded.home_id, asked_index = excluded.asked_index, at_placement = null
)
select 1, d.told, d.queued
from moved m
cross join lateral deliver(m.authority_id, $6::timestamptz, $7::integer, null, null, null, null, false, $8::uuid[], $9::uuid[],
	$10::text[], $11::text[], $12::bigint[], $13::uuid[], $14::boolean[], $15::boolean[], $16::text[], $17::text[], $18::text[],
	$19::text[], $20::integer[], $21::uuid[], $22::uuid[], $23::text[], $24::text[], $25::date[]) d;

-- name: jobs_claim_mail
select c.id, c.term, c.number, c.target, c.recipient_id,
	(select f.traceparent from fact f where f.authority_id = c.authority_id and f.leaf_index = c.leaf_index), c.kind, c.address, c.subject, c.body, c.html, us(c.created_at), a.name,
	c.parts, c.lines, coalesce(b.permanent, false), b.answer,
	told_after_death(c.authority_id, c.placement_id, c.recipient_id),
	c.target <> '00000000-0000-0000-0000-000000000000'
		and not exists (select from membership m where m.user_id = c.target and m.organisation_id = c.recipient_id)
from dispatch_claim('email', $1::integer, $2::bigint, $3::integer) c
left join organisation a on a.id = c.authority_id
left join bounce b on b.address = lower(c.address);

-- name: jobs_release
-- E-mails of a caseload that is in and told of have their time now. One that was broken off ten minutes ago and not gone on with
-- is as much as it will be.
update dispatch d set next_try_real = clock_timestamp(), due_real = clock_timestamp()
from import i left join deliver_cursor c on c.authority_id = i.authority_id
where d.kind = 'import' and d.state = 'queued' and d.next_try_real is null and i.id = d.import_id
	and (i.until_index <= c.next_index
		or i.until_index is null and i.begun_real < clock_timestamp() - interval '10 minutes');

-- name: jobs_tried
-- The ends of tries, arrays: at dispatch $1 under the term $2: $3 taken, refused or later; $4 the answer, $5 milliseconds until
-- the next try, null when there is none, unless its schedule was begun anew meanwhile; $6 the far server's code; $7 it may have
-- been taken unseen. Which try is the last goes by their number, so that no clock that is wrong for a while ends anything. Says of
-- each what state its deliveries came to, how many they are, and whether a placement is to know: of a notice that failed for good,
-- and of one that was taken where a clock stands still for want of one; people's own e-mails serve nothing, nor does a digest,
-- which says that nothing waits.
with tried as (
	select p.*, e.end, e.answer, n.retry_ms, e.status, case e.end
			when 'taken' then case p.channel when 'email' then 'sent' else 'delivered' end
			when 'refused' then 'failed'
			else case when n.retry_ms is not null then 'queued' when e.unseen then 'unknown' else 'failed' end end as becomes
	from unnest($1::uuid[], $2::bigint[], $3::text[], $4::text[], $5::bigint[], $6::integer[], $7::boolean[])
		as e (id, term, "end", answer, retry_ms, status, unseen)
	join dispatch p on p.id = e.id and p.term = e.term and p.state = 'sending'
	cross join lateral (select case when p.begun_after = p.attempts then 0 else e.retry_ms end as retry_ms) n
	for update of p
), later as (
	update dispatch p set state = 'queued', next_try_real = clock_timestamp() + t.retry_ms * interval '1 millisecond'
	from tried t where t.becomes = 'queued' and p.id = t.id
), over as (
	delete from dispatch p using tried t where t.becomes <> 'queued' and p.id = t.id
), done as (
	-- what was taken once stays so, when it is sent again
	update delivery d set state = case when d.state = 'delivered' then d.state else t.becomes end, attempts = t.attempts,
		outcome_due = d.leaf_index is not null and (d.channel = 'webhook' or d.target = '00000000-0000-0000-0000-000000000000')
			and case when t.becomes in ('sent', 'delivered') then t.kind <> 'digest' and exists (select from obligation o
					where o.authority_id = d.authority_id and o.stream_id = d.placement_id and o.state = 'open' and o.due_at is null)
				else d.sender_id is distinct from d.recipient_id end
	from tried t where t.becomes <> 'queued' and d.dispatch_id = t.id
	returning d.dispatch_id, d.outcome_due
), answered as (
	update delivery_attempt a set ended_real = clock_timestamp(), answer = t.answer, status = t.status, outcome = t.end
	from tried t where a.dispatch_id = t.id and a.attempt = t.attempts
)
select t.id, t.becomes, d.parts, coalesce(d.outcome, false), t.retry_ms
from tried t
cross join lateral (select count(*) as parts, bool_or(outcome_due) as outcome from done where dispatch_id = t.id) d;

-- name: jobs_clock_back
-- The database's clock may have been set back: what waits for an instant that was counted from a later one, as of one that was made
-- or tried after now, waits no more; but one that is being sent may be for $1 milliseconds.
with rested as (
	update webhook w set slowed_until_real = null
	where w.slowed_until_real > clock_timestamp() and exists (select from dispatch d join delivery_attempt a on a.dispatch_id = d.id
		where d.channel = 'webhook' and d.target = w.id and coalesce(a.ended_real, a.started_real) > clock_timestamp())
)
update dispatch d set next_try_real = clock_timestamp() + case d.state when 'sending' then $1::bigint else 0 end * interval '1 millisecond',
	due_real = least(d.due_real, clock_timestamp())
where d.next_try_real > clock_timestamp() and (d.created_real > clock_timestamp()
	or exists (select from delivery_attempt a
		where a.dispatch_id = d.id and coalesce(a.ended_real, a.started_real) > clock_timestamp()));

-- name: jobs_outcomes
-- What became of notices and is still to be brought to their placements, with the entry each was about. One that failed waits for
-- what else outside the service tells the same, and has not failed where another was taken.
select d.id, d.authority_id, d.placement_id, d.recipient_id, case when o.taken then 'sent' else d.state end, f.seq,
	coalesce(o.taken_by, d.channel)
from delivery d
join fact f on f.authority_id = d.authority_id and f.leaf_index = d.leaf_index
cross join lateral (
	select coalesce(bool_or(e.state in ('sent', 'delivered')), false) as taken, coalesce(bool_or(e.state = 'queued'), false) as waits,
		min(e.channel) filter (where e.state in ('sent', 'delivered')) as taken_by
	from delivery e
	where e.authority_id = d.authority_id and e.leaf_index = d.leaf_index and e.recipient_id = d.recipient_id
		and (e.channel = 'webhook' or e.channel = 'email' and e.target = '00000000-0000-0000-0000-000000000000')
) o
where d.outcome_due and (o.taken or not o.waits)
order by d.leaf_index
limit 50;

-- name: jobs_outcome_told
update delivery set outcome_due = false where id = $1::uuid;

-- name: jobs_rehearsal_look
-- Protocol time; whether there are facts; then what is left to do at it: actions and calendar alarms due, authorities to be told,
-- messages never tried, authorities whose dates are to be counted again and homes to be followed; and the next instant to stop at.
select us(r.protocol_at), exists (select from fact),
	(select count(*) from obligation o where o.next_at <= r.protocol_at)
		+ (select count(*) from calendar_alarm c where c.next_at <= r.protocol_at),
	(select count(*) from log_head h left join deliver_cursor c using (authority_id) where h.size > coalesce(c.next_index, 0)),
	(select count(*) from dispatch d where d.state = 'sending'
		or d.attempts = 0 and (d.next_try_real is null or d.next_try_real <= clock_timestamp()))
		+ (select count(*) from delivery d where d.outcome_due and not exists (select from delivery e
			where e.authority_id = d.authority_id and e.leaf_index = d.leaf_index and e.recipient_id = d.recipient_id
				and e.state = 'queued')),
	(select count(*) from recount_behind) + (select count(*) from home_follow),
	us(least((select min(o.next_at) from obligation o where o.next_at > r.protocol_at),
		(select min(c.next_at) from calendar_alarm c where c.next_at > r.protocol_at)))
from (select 1) one left join rehearsal r on true;

-- name: jobs_rehearsal_begin
-- Only a database without facts becomes one for rehearsal.
insert into rehearsal (protocol_at) select $1::timestamptz where not exists (select from fact) on conflict do nothing;

-- name: jobs_rehearsal_move
update rehearsal set protocol_at = greatest(protocol_at, $1::timestamptz)
where exists (select from lease where name = 'clock' and holder = $2::uuid and term = $3::bigint);

-- name: jobs_forget_keys
-- Idempotency keys are kept for 24 hours. How many of the oldest went, at most $3.
with old as (
	select user_id, key from idempotency
	where created_real < clock_timestamp() - interval '24 hours'
		and exists (select from lease where name = 'clock' and holder = $1::uuid and term = $2::bigint)
	order by created_real
	limit $3::integer
), gone as (
	delete from idempotency i using old where i.user_id = old.user_id and i.key = old.key returning 1
)
select count(*) from gone;

-- name: jobs_forget_documents
-- Documents that were attached nowhere in their time go, ten minutes later, for who was attaching one then has ended; those that
-- were attached are not looked at again. How many were looked at, at most $3, and how many went.
with old as (
	select d.id, exists (select from fact f
		where f.kind = 'document_attached' and f.body::jsonb -> 'data' ->> 'document' = d.id::text) as attached
	from document d
	where d.until_real < clock_timestamp() - interval '10 minutes'
		and exists (select from lease where name = 'clock' and holder = $1::uuid and term = $2::bigint)
	order by d.until_real
	limit $3::integer
), kept as (
	update document d set until_real = null from old where old.attached and d.id = old.id
), gone as (
	delete from document d using old where not old.attached and d.id = old.id returning 1
)
select (select count(*) from old), (select count(*) from gone);

-- name: jobs_recount
-- Authorities whose open dates are to be counted again: by which of their calendars, how far that has come, and for how many
-- milliseconds it has been there.
select authority_id, version, at_placement, (extract(epoch from clock_timestamp() - begun_real) * 1000)::bigint
from recount_behind
order by authority_id
limit 1000;

-- name: jobs_recount_next
-- Placements, and homes, of authority $1 behind the stream $2 with a date that a calendar might move: open, running, not missed, and due
-- on $3 or later.
select distinct o.stream_id,
	(select s.kind from stream s where s.authority_id = o.authority_id and s.stream_id = o.stream_id)
from obligation o
where o.authority_id = $1::uuid and o.stream_id > coalesce($2::uuid, '00000000-0000-0000-0000-000000000000')
	and o.state = 'open' and o.missed_at is null and o.due_at >= $3::timestamptz
order by o.stream_id
limit $4::integer;

-- name: jobs_recount_mark
-- The walk of authority $1 for version $2 has come to $3; $4: and is over.
with marked as (
	insert into recount as w (authority_id, version, at_placement, done_real)
	select $1::uuid, $2::integer, $3::uuid, case when $4::boolean then clock_timestamp() end
	where exists (select from lease where name = 'clock' and holder = $5::uuid and term = $6::bigint)
	on conflict (authority_id) do update set version = excluded.version, at_placement = excluded.at_placement,
		done_real = excluded.done_real where w.version <= excluded.version
	returning 1
)
select count(*) from marked;

-- name: jobs_calendar_alarms
-- When it is told next that a division's bank holidays run out, soonest first; with each its authorities.
select c.division, c.version, c.last_day - date '1970-01-01', us(c.next_at), a.id
from calendar_alarm c
left join authority a using (division)
order by c.next_at, c.division, a.id;

-- name: jobs_calendar_ends
-- The bank holidays of division $1, version $2, run out: the instant $3 of its alarm moves on from $6, and its authorities are
-- told, each at its manager's address where it has one. $8 on: arrays (see deliver).
with moved as (
	update calendar_alarm set next_at = calendar_alarm_next(last_day, $6::timestamptz)
	where division = $1::text and version = $2::integer and next_at = $3::timestamptz
		and exists (select from lease where name = 'clock' and holder = $4::uuid and term = $5::bigint)
	returning 1
)
select d.told, d.queued
from moved
cross join lateral deliver(null, $6::timestamptz, $7::integer, null, null, null, null, true, $8::uuid[], $9::uuid[], $10::text[],
	$11::text[], $12::bigint[], $13::uuid[], $14::boolean[], $15::boolean[], $16::text[], $17::text[], $18::text[], $19::text[],
	$20::integer[], $21::uuid[], $22::uuid[], $23::text[], $24::text[], $25::date[]) d;

-- name: jobs_watch
-- What waits, for those who watch: duties whose time has come by $1 and since when; messages to be sent, those being sent, and
-- since when the oldest waits; entries that nobody has been told of; entries that are not sealed, and when the oldest of them
-- was recorded. Each count is by an index of what waits and stops at $2.
with due as materialized (
	select due_at from obligation
	where next_at <= $1::timestamptz and due_at < $1::timestamptz and state = 'open' and missed_at is null
	limit $2::integer
)
select (select count(*) from due), (select us(min(due_at)) from due), count(*) filter (where w.state = 'queued'),
	count(*) filter (where w.state = 'sending'), us(min(w.due_real)), us(clock_timestamp()),
	(select coalesce(sum(h.size - coalesce(c.next_index, 0)), 0)
		from log_head h left join deliver_cursor c using (authority_id)),
	(select coalesce(sum(h.size - coalesce(s.size, 0)), 0) from log_head h left join log_seal s using (authority_id)),
	(select us(min(f.recorded_at)) from log_head h left join log_seal s using (authority_id)
		join fact f on f.authority_id = h.authority_id and f.leaf_index = coalesce(s.size, 0))
from (select state, due_real from dispatch where due_real <= clock_timestamp() limit $2::integer) w;
