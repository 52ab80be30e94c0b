-- webhooks.sql - programs of an organisation that are told: who they are, what is sent to them, and how that goes.
--
-- What takes an idempotency key has it as its last three parameters, as in organise.sql, and begins its answer as there: the id,
-- whether the request was the same, and whether what it rests on is there. Then come the webhook's own columns.

-- name: webhook_create
-- $1 id, $2 organisation, $3 url, $4 description, $5 kinds, $6 sealed secret, $7 how many an organisation may have.
with known as (
	select stream_id as id, request_sha256::bytea = $10::bytea and authority_id = $2::uuid as same
	from idempotency where user_id = $8::uuid and key = $9::uuid
), rests as (
	select count(*) < $7::integer or exists (select from known) as there from webhook where organisation_id = $2::uuid
), taken as (
	insert into idempotency (user_id, key, request_sha256, authority_id, stream_id, first_seq, last_seq, version, recorded_at)
	select $8::uuid, $9::uuid, $10::bytea, $2::uuid, $1::uuid, 0, 0, 0, clock_timestamp()
	from rests where there and not exists (select from known)
	on conflict do nothing
	returning stream_id as id
), made as (
	insert into webhook (id, organisation_id, url, description, kinds, secret, created_by)
	select id, $2::uuid, $3::text, $4::text, $5::text[], $6::bytea, $8::uuid from taken
	returning *
), shown as (
	select * from made union all select w.* from known k join webhook w on w.id = k.id where k.same
)
select s.id, (select same from known), (select there from rests), s.url, s.description, array_to_string(s.kinds, ','), s.state,
	s.disabled_because, us(s.old_secret_until_real), us(s.failing_since_real), us(s.slowed_until_real), us(s.created_real)
from (select 1) one left join shown s on true;

-- name: webhook_rotate
-- $1 webhook, $2 organisation, $3 the new secret, sealed; the old one signs too for a day.
with known as (
	select stream_id as id, request_sha256::bytea = $6::bytea as same from idempotency where user_id = $4::uuid and key = $5::uuid
), rests as (
	select exists (select from webhook where id = $1::uuid and organisation_id = $2::uuid) as there
), taken as (
	insert into idempotency (user_id, key, request_sha256, authority_id, stream_id, first_seq, last_seq, version, recorded_at)
	select $4::uuid, $5::uuid, $6::bytea, $2::uuid, $1::uuid, 0, 0, 0, clock_timestamp()
	from rests where there and not exists (select from known)
	on conflict do nothing
	returning stream_id as id
), made as (
	update webhook w set old_secret = w.secret, old_secret_until_real = clock_timestamp() + interval '24 hours', secret = $3::bytea
	from taken t where w.id = t.id
	returning w.*
), shown as (
	select * from made union all
	select w.* from known k join webhook w on w.id = k.id and w.organisation_id = $2::uuid where k.same
)
select s.id, (select same from known), (select there from rests), s.url, s.description, array_to_string(s.kinds, ','), s.state,
	s.disabled_because, us(s.old_secret_until_real), us(s.failing_since_real), us(s.slowed_until_real), us(s.created_real)
from (select 1) one left join shown s on true;

-- name: webhook_change
-- $1 webhook, $2 organisation, $3 url, $4 description, $5 kinds. What is known of another address is forgotten with it.
update webhook set description = $4::text, kinds = $5::text[], url = $3::text,
	failing_since_real = case when url = $3::text then failing_since_real end, failures = case when url = $3::text then failures else 0 end,
	slowed_until_real = case when url = $3::text then slowed_until_real end
where id = $1::uuid and organisation_id = $2::uuid
returning id, null, null, url, description, array_to_string(kinds, ','), state, disabled_because, us(old_secret_until_real),
	us(failing_since_real), us(slowed_until_real), us(created_real);

-- name: webhook_enable
update webhook set state = 'active', disabled_because = null, failing_since_real = null, failures = 0, slowed_until_real = null
where id = $1::uuid and organisation_id = $2::uuid
returning id, null, null, url, description, array_to_string(kinds, ','), state, disabled_because, us(old_secret_until_real),
	us(failing_since_real), us(slowed_until_real), us(created_real);

-- name: webhook_list
-- Of the reading organisation: the one, $1; or those behind $2, $3 of them.
select id, null, null, url, description, array_to_string(kinds, ','), state, disabled_because,
	us(case when old_secret_until_real > clock_timestamp() then old_secret_until_real end), us(failing_since_real),
	us(case when slowed_until_real > clock_timestamp() then slowed_until_real end), us(created_real)
from webhook
where organisation_id = reading_organisation() and ($1::uuid is null or id = $1::uuid) and ($2::uuid is null or id > $2::uuid)
order by id
limit $3::integer;

-- name: webhook_remove
delete from webhook where id = $1::uuid and organisation_id = $2::uuid returning id;

-- name: webhook_claim
-- As dispatch_claim has it, with where it goes, what it is signed with, whether it has failed lately, and whether it is for somebody
-- who is told no more; nulls when the webhook was removed.
select c.id, c.term, c.number, c.target, c.recipient_id,
	(select f.traceparent from fact f where f.authority_id = c.authority_id and f.leaf_index = c.leaf_index),
	c.body, c.address, w.state, w.secret,
	case when w.old_secret_until_real > clock_timestamp() then w.old_secret end,
	floor(extract(epoch from clock_timestamp()))::bigint, coalesce(w.failing_since_real, w.slowed_until_real) is not null,
	told_after_death(c.authority_id, c.placement_id, c.recipient_id)
from dispatch_claim('webhook', $1::integer, $2::bigint, $3::integer) c
left join webhook w on w.id = c.target;

-- name: webhook_tried
-- What a try means for webhook $1, unless it has got another address than $14, which was tried: $2 it was taken; $3 it is gone for
-- good; $4 milliseconds that it is to be left alone. Who has taken nothing for $5 days and in $15 tries is disabled too, and its owner hears of it:
-- $6 in the service, $7 (may be null) by e-mail, $8 and $9 the words, $11 as HTML, of template $12 and its version $13. A row when
-- it was disabled now.
with tried as (
	update webhook w set
		failing_since_real = case when not $2::boolean then coalesce(w.failing_since_real, clock_timestamp()) end,
		failures = case when $2::boolean then 0 else w.failures + 1 end,
		slowed_until_real = case when not $2::boolean
			then greatest(w.slowed_until_real, clock_timestamp() + $4::bigint * interval '1 millisecond') end,
		state = case when n.ends then 'disabled' else 'active' end,
		disabled_because = case when $3::boolean then 'It answered 410 Gone.'
			when n.ends then 'It took nothing for ' || $5::integer || ' days.' end
	from (select id, $3::boolean or not $2::boolean
			and failing_since_real < clock_timestamp() - make_interval(days => $5::integer) and failures >= $15::integer as ends
		from webhook where id = $1::uuid) n
	where w.id = n.id and w.url = $14::text and w.state = 'active'
		and (n.ends or not $2::boolean or w.failing_since_real is not null or w.slowed_until_real is not null)
	returning w.id, w.organisation_id, w.state
), told as (
	insert into delivery (id, recipient_id, channel, kind, subject, body, html, template, template_version, state, created_at,
		dispatch_id)
	select c.id, o.id, c.channel, 'webhook_disabled', $8::text, $9::text, case c.channel when 'email' then $11::text end,
		$12::text, $13::integer, c.state, $10::timestamptz, c.dispatch_id
	from tried t
	join organisation o on o.id = t.organisation_id
	cross join lateral (
		select $6::uuid, 'service', 'delivered', null::uuid
		union all
		select $7::uuid, 'email', 'queued', $7::uuid where $7::uuid is not null and o.email is not null
	) c (id, channel, state, dispatch_id)
	where t.state = 'disabled'
	returning dispatch_id, recipient_id
), queued as (
	insert into dispatch (id, channel, recipient_id, next_try_real)
	select dispatch_id, 'email', recipient_id, clock_timestamp() from told where dispatch_id is not null
)
select id from tried where state = 'disabled';

-- name: webhook_test
-- $1 webhook, $2 organisation, $3 id of the delivery, $4 its body, $5 when. Then: the webhook's state.
with known as (
	select stream_id as id, request_sha256::bytea = $8::bytea as same from idempotency where user_id = $6::uuid and key = $7::uuid
), rests as (
	select (select state from webhook where id = $1::uuid and organisation_id = $2::uuid) as state
), taken as (
	insert into idempotency (user_id, key, request_sha256, authority_id, stream_id, first_seq, last_seq, version, recorded_at)
	select $6::uuid, $7::uuid, $8::bytea, $2::uuid, $3::uuid, 0, 0, 0, clock_timestamp()
	from rests where state = 'active' and not exists (select from known)
	on conflict do nothing
	returning stream_id as id
), made as (
	insert into delivery (id, recipient_id, channel, kind, subject, body, state, created_at, dispatch_id, target)
	select id, $2::uuid, 'webhook', 'test', 'test', $4::text, 'queued', $5::timestamptz, id, $1::uuid from taken
), queued as (
	insert into dispatch (id, channel, target, recipient_id, next_try_real)
	select id, 'webhook', $1::uuid, $2::uuid, clock_timestamp() from taken
)
select coalesce((select id from taken), (select id from known where same)), (select same from known), coalesce(state = 'active', false),
	state, (select pg_notify('concordat', '') from taken)
from rests;

-- name: webhook_replay
-- What webhook $1 of organisation $2 was told goes out again under the same id: $3 one delivery; or those from $4 to $5 that
-- failed, with $6 also those that were delivered, the oldest $7. Its schedule begins anew, and the first try of it is made at
-- once, or behind the one that is under way, unless that is taken. How many, and up to when that is all, are kept with the key.
-- Then: the webhook's state, how many, up to when, and whether that many were found.
with known as (
	select stream_id as id, request_sha256::bytea = $10::bytea as same, version as count, recorded_at as up_to
	from idempotency where user_id = $8::uuid and key = $9::uuid
), chosen as (
	select d.id, d.created_at, d.dispatch_id, d.target, d.recipient_id
	from delivery d
	where d.target = $1::uuid and d.channel = 'webhook' and d.recipient_id = $2::uuid and d.dispatch_id is not null
		and ($3::uuid is null or d.id = $3::uuid)
		and ($4::timestamptz is null or d.created_at >= $4::timestamptz)
		and ($5::timestamptz is null or d.created_at < $5::timestamptz)
		and ($3::uuid is not null or $6::boolean or d.state in ('failed', 'unknown'))
	order by d.created_at
	fetch first ($7::integer) rows with ties
), rests as (
	select w.state, (select count(*) from chosen)::integer as count,
		(select max(created_at) + interval '1 microsecond' from chosen) as up_to
	from (select (select state from webhook where id = $1::uuid and organisation_id = $2::uuid) as state) w
), taken as (
	insert into idempotency (user_id, key, request_sha256, authority_id, stream_id, first_seq, last_seq, version, recorded_at)
	select $8::uuid, $9::uuid, $10::bytea, $2::uuid, $1::uuid, 0, 0, count, coalesce(up_to, $5::timestamptz, clock_timestamp())
	from rests where state = 'active' and ($3::uuid is null or count > 0) and not exists (select from known)
	on conflict do nothing
	returning stream_id as id
), again as (
	update delivery d set state = 'queued' from taken t, chosen c where d.id = c.id and d.state in ('failed', 'unknown')
), queued as (
	insert into dispatch as p (id, channel, target, recipient_id, term, attempts, begun_after, next_try_real)
	select c.dispatch_id, 'webhook', c.target, c.recipient_id, n.tries, n.tries, n.tries, clock_timestamp() -- so no term comes again
	from taken t, chosen c,
		lateral (select coalesce(max(a.attempt), 0) as tries from delivery_attempt a where a.dispatch_id = c.dispatch_id) n
	on conflict (id) do update set begun_after = p.attempts,
		next_try_real = case p.state when 'queued' then least(p.next_try_real, excluded.next_try_real) else p.next_try_real end
)
select coalesce((select id from taken), (select id from known where same)), (select same from known),
	coalesce(r.state = 'active' and ($3::uuid is null or r.count > 0), false), r.state,
	coalesce(k.count, r.count), us(coalesce(k.up_to, r.up_to)), coalesce(k.count, r.count) >= $7::integer,
	(select pg_notify('concordat', '') from taken)
from rests r left join known k on k.same;

-- name: webhook_failures
-- What webhook $1, of the reading organisation, has not taken, newest first, behind $2, $3 of them. No row: there is no such
-- webhook; one of nulls: it has taken everything.
select f.id, f.placement_id, f.kind, f.state, f.attempts, f.url, f.status, f.answer, us(f.created_at), us(f.started_real),
	us(f.next_try_real)
from webhook w
left join lateral (
	select d.id, d.placement_id, d.kind, d.state, coalesce(p.attempts, d.attempts) as attempts, a.address as url, a.status,
		a.answer, d.created_at, a.started_real, p.next_try_real
	from delivery d
	left join dispatch p on p.id = d.dispatch_id
	left join lateral (select * from delivery_attempt a where a.dispatch_id = d.dispatch_id and a.ended_real is not null
		order by a.attempt desc limit 1) a on true
	where d.target = w.id and d.channel = 'webhook' and d.state <> 'delivered' and d.recipient_id = reading_organisation()
		and (d.state <> 'queued' or p.attempts > 0)
		and ($2::uuid is null or d.id < $2::uuid)
	order by d.id desc
	limit $3::integer
) f on true
where w.id = $1::uuid and w.organisation_id = reading_organisation();
