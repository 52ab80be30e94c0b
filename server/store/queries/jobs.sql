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
-- What the clock must look at until $1, soonest first, but for the streams set aside in $2; with each what it is of.
select o.authority_id, o.stream_id, o.seq, o.n, us(o.due_at), us(o.next_at), us(o.missed_at), o.state,
	(select s.kind from stream s where s.authority_id = o.authority_id and s.stream_id = o.stream_id)
from obligation o
where o.next_at <= $1::timestamptz and o.stream_id <> all ($2::uuid[])
order by o.next_at, o.authority_id, o.stream_id
limit 1000;

-- name: jobs_remind
-- One obligation's reminder and the next instant to look at it, if it still is as it was read ($5 due, $6 next, $7 state).
-- $13 to $17 are arrays, one element for each party told; a mail_id is null when that party gets no e-mail. $18: what was not
-- done in time is told to the party's manager (the one longest entered), where it has one.
with moved as (
	update obligation set next_at = $8::timestamptz
	where authority_id = $1::uuid and stream_id = $2::uuid and seq = $3::integer and n = $4::integer
		and due_at is not distinct from $5::timestamptz and next_at = $6::timestamptz and state = $7::text
		and exists (select from lease where name = 'clock' and holder = $9::uuid and term = $10::bigint)
	returning authority_id, stream_id, seq, n, due_at
), told as (
	insert into delivery (id, authority_id, placement_id, recipient_id, channel, address, kind, obligation_seq, obligation_n, due_at,
		reminder, subject, body, state, next_try_real, created_at)
	select c.id, m.authority_id, m.stream_id, t.recipient_id, c.channel, c.address, 'reminder', m.seq, m.n, m.due_at, $11::text,
		t.subject, t.body, c.state, c.next_try_real, $12::timestamptz
	from moved m
	cross join unnest($13::uuid[], $14::uuid[], $15::uuid[], $16::text[], $17::text[])
		as t (recipient_id, service_id, mail_id, subject, body)
	join organisation o on o.id = t.recipient_id
	cross join lateral (
		select t.service_id, 'service', null::text, 'delivered', null::timestamptz
		union all
		select t.mail_id, 'email', a.address, 'queued', clock_timestamp()
		from (select coalesce((select u.email from membership m join app_user u on u.id = m.user_id
			where $18::boolean and m.organisation_id = t.recipient_id and m.role = 'manager'
			order by u.id limit 1), o.email) as address) a
		where t.mail_id is not null and a.address is not null
	) c (id, channel, address, state, next_try_real)
	on conflict do nothing
	returning channel
)
select (select count(*) from moved), (select count(*) from told), (select count(*) from told where channel = 'email');

-- name: jobs_behind
-- Authorities whose log holds facts that nobody has been told of.
select h.authority_id, coalesce(c.next_index, 0)
from log_head h left join deliver_cursor c using (authority_id)
where h.size > coalesce(c.next_index, 0)
order by authority_id
limit 200;

-- name: jobs_facts
select f.leaf_index, f.stream_id, f.seq, s.kind
from fact f join stream s using (authority_id, stream_id)
where f.authority_id = $1::uuid and f.leaf_index >= $2::bigint
order by f.leaf_index
limit 200;

-- name: jobs_tell
-- The cursor of authority $1 from $2 to $3 and the deliveries of the facts between, or neither. $7 on: arrays. With them, what
-- they say of a home is asked to be told to the other authorities and brought to its placements, and to a placement that comes to be
-- agreed where any authority has a record of the home.
-- Who has no address cannot be told by e-mail: that has failed at once. What came in with a caseload waits until that is over.
with moved as (
	insert into deliver_cursor as c (authority_id, next_index)
	select $1::uuid, $3::bigint
	where exists (select from lease where name = 'deliver' and holder = $4::uuid and term = $5::bigint)
	on conflict (authority_id) do update set next_index = excluded.next_index where c.next_index = $2::bigint
	returning c.authority_id
), told as (
	insert into delivery (id, authority_id, placement_id, recipient_id, channel, address, kind, leaf_index, subject, body, state,
		next_try_real, outcome_due, created_at, import_id)
	select c.id, m.authority_id, t.placement_id, t.recipient_id, c.channel, c.address, t.kind, t.leaf_index, t.subject, t.body,
		c.state, c.next_try_real, c.state = 'failed', $6::timestamptz, t.import_id
	from moved m
	cross join unnest($7::uuid[], $8::uuid[], $9::text[], $10::bigint[], $11::uuid[], $12::uuid[], $13::text[], $14::text[], $15::uuid[])
		as t (placement_id, recipient_id, kind, leaf_index, service_id, mail_id, subject, body, import_id)
	join organisation o on o.id = t.recipient_id
	cross join lateral (
		select t.service_id, 'service', null::text, 'delivered', null::timestamptz
		union all
		select t.mail_id, 'email', o.email, case when o.email is null then 'failed' else 'queued' end,
			case when o.email is not null and t.import_id is null then clock_timestamp() end
		where t.mail_id is not null
	) c (id, channel, address, state, next_try_real)
	on conflict do nothing
	returning channel, state
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
select (select count(*) from moved), (select count(*) from told where state <> 'failed'),
	(select count(*) from told where state = 'queued');

-- name: jobs_claim
-- Up to $1 e-mails whose time has come, for $2 milliseconds; one whose sender died has come again then. Those of one caseload
-- to one recipient go with the first of them, which alone carries a time: with it come whose caseload it is and, where there are
-- several, a line for each, by when its terms are to be confirmed and its reference.
with claimed as (
	update delivery d set state = 'sending', term = d.term + 1, attempts = d.attempts + 1,
		next_try_real = clock_timestamp() + $2::bigint * interval '1 millisecond'
	where d.id in (
		select q.id from delivery q
		where q.state in ('queued', 'sending') and q.channel = 'email' and q.next_try_real <= clock_timestamp()
		order by q.next_try_real
		limit $1::integer
		for update skip locked
	)
	returning d.id, d.authority_id, d.placement_id, d.recipient_id, d.import_id, d.term, d.attempts, d.address, d.subject, d.body,
		d.created_at
), with_it as (
	update delivery d set state = 'sending', term = c.term, attempts = d.attempts + 1
	from claimed c
	where d.import_id = c.import_id and d.recipient_id = c.recipient_id and d.id <> c.id and d.channel = 'email'
		and d.state in ('queued', 'sending') and d.next_try_real is null
	returning d.id, d.authority_id, d.placement_id, d.recipient_id, d.import_id, d.attempts
), tried as (
	insert into delivery_attempt (delivery_id, attempt, started_real)
	select id, attempts, clock_timestamp() from claimed union all select id, attempts, clock_timestamp() from with_it
), named as (
	select g.import_id, g.recipient_id, string_agg(coalesce(us(w.due_at), 0) || ' ' || x.reference, E'\n'
		order by w.due_at nulls last, x.reference) as lines
	from (select authority_id, placement_id, recipient_id, import_id from claimed where import_id is not null
		union all select authority_id, placement_id, recipient_id, import_id from with_it) g
	join placement x on x.authority_id = g.authority_id and x.id = g.placement_id
	left join lateral (select o.due_at from obligation o where o.authority_id = g.authority_id and o.stream_id = g.placement_id
		and o.kind = 'confirm_existing_agreement' and o.state = 'open' order by o.due_at limit 1) w on true
	group by g.import_id, g.recipient_id having count(*) > 1
)
select c.id, c.term, c.attempts, c.address, c.subject, c.body, us(c.created_at), a.name, n.lines
from claimed c
left join named n on n.import_id = c.import_id and n.recipient_id = c.recipient_id
left join organisation a on a.id = c.authority_id;

-- name: jobs_release
-- E-mails of a caseload that is in and told of: the first to each recipient has its time now, and the others go with it. One
-- that was broken off ten minutes ago and not gone on with is as much as it will be.
update delivery set next_try_real = clock_timestamp()
where state = 'queued' and next_try_real is null and id in (
	select distinct on (d.import_id, d.recipient_id) d.id
	from delivery d
	join import i on i.id = d.import_id
	left join deliver_cursor c on c.authority_id = i.authority_id
	where d.import_id is not null and d.state in ('queued', 'sending') and d.channel = 'email'
		and (i.until_index <= c.next_index
			or i.until_index is null and i.begun_real < clock_timestamp() - interval '10 minutes')
		and not exists (select from delivery e where e.import_id = d.import_id and e.recipient_id = d.recipient_id
			and e.state in ('queued', 'sending') and e.next_try_real is not null)
	order by d.import_id, d.recipient_id, d.id
);

-- name: jobs_sent
-- The end of attempt $2 (the term) at e-mail $1: $3 is the state it asks for, $4 the answer, $5 milliseconds until the next
-- try, which is not made once five days are over; those that went with it share its end, and how many they are is said. That a
-- notice failed for good its placement is to know, and that one was taken where a clock stands still for want of one.
with done as (
	update delivery d set
		outcome_due = leaf_index is not null and case $3::text
			when 'queued' then clock_timestamp() - created_real > interval '5 days'
			when 'failed' then true
			else exists (select from obligation o where o.authority_id = d.authority_id and o.stream_id = d.placement_id
				and o.state = 'open' and o.due_at is null) end,
		state = case when $3::text = 'queued' and clock_timestamp() - created_real > interval '5 days' then 'failed' else $3::text end,
		next_try_real = case when id = $1::uuid and $3::text = 'queued' and clock_timestamp() - created_real <= interval '5 days'
			then clock_timestamp() + $5::bigint * interval '1 millisecond' end
	where term = $2::bigint and state = 'sending' and id in (
		select $1::uuid
		union all
		select w.id from delivery l join delivery w on w.import_id = l.import_id and w.recipient_id = l.recipient_id
		where l.id = $1::uuid and w.channel = 'email' and w.state = 'sending' and w.next_try_real is null)
	returning id, attempts, state
), answered as (
	update delivery_attempt a set ended_real = clock_timestamp(), answer = $4::text
	from done where a.delivery_id = done.id and a.attempt = done.attempts
)
select max(state), count(*) from done having count(*) > 0;

-- name: jobs_outcomes
-- What became of notices and is still to be brought to their placements, with the entry each was about.
select d.id, d.authority_id, d.placement_id, d.recipient_id, d.state, f.seq
from delivery d join fact f on f.authority_id = d.authority_id and f.leaf_index = d.leaf_index
where d.outcome_due
order by d.leaf_index
limit 50;

-- name: jobs_outcome_told
update delivery set outcome_due = false where id = $1::uuid;

-- name: jobs_rehearsal_look
-- Protocol time; whether there are facts; then what is left to do at it: actions due, authorities to be told, e-mails never
-- tried, authorities whose dates are to be counted again and homes to be followed; and the next instant to stop at.
select us(r.protocol_at), exists (select from fact),
	(select count(*) from obligation o where o.next_at <= r.protocol_at),
	(select count(*) from log_head h left join deliver_cursor c using (authority_id) where h.size > coalesce(c.next_index, 0)),
	(select count(*) from delivery d where d.channel = 'email' and (d.state = 'sending' or d.state = 'queued' and d.attempts = 0))
		+ (select count(*) from delivery d where d.outcome_due),
	(select count(*) from recount_behind) + (select count(*) from home_follow),
	(select us(min(o.next_at)) from obligation o where o.next_at > r.protocol_at)
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

-- name: jobs_watch
-- What waits, for those who watch: duties whose time has come by $1 and since when; e-mails to be sent, those being sent, and
-- since when the oldest waits; entries that nobody has been told of; entries that are not sealed, and when the oldest of them
-- was recorded. Each count is by an index of what waits and stops at $2.
with due as materialized (
	select due_at from obligation
	where next_at <= $1::timestamptz and due_at < $1::timestamptz and state = 'open' and missed_at is null
	limit $2::integer
)
select (select count(*) from due), (select us(min(due_at)) from due), count(*) filter (where w.state = 'queued'),
	count(*) filter (where w.state = 'sending'), us(min(w.created_real)), us(clock_timestamp()),
	(select coalesce(sum(h.size - coalesce(c.next_index, 0)), 0)
		from log_head h left join deliver_cursor c using (authority_id)),
	(select coalesce(sum(h.size - coalesce(s.size, 0)), 0) from log_head h left join log_seal s using (authority_id)),
	(select us(min(f.recorded_at)) from log_head h left join log_seal s using (authority_id)
		join fact f on f.authority_id = h.authority_id and f.leaf_index = coalesce(s.size, 0))
from (select state, created_real from delivery where state in ('queued', 'sending') limit $2::integer) w;
