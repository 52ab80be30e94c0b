-- 0026_readers.sql - it is nine o'clock where the reader is: time zones, told once to a manager, messages found by their state.

-- What a person leaves unsaid is as the organisation's mailbox has it, and what that leaves unsaid as the service has it: the hour by
-- its setting, and London's time.
alter table message_reader alter column digest_hour drop not null,
	add column time_zone text; -- the hour's, and that of the 09:00 at which reminders come
create index message_reader_abroad on message_reader (time_zone) where time_zone <> 'Europe/London';

-- The names that a time zone may have.
create function time_zones() returns setof text language sql stable as $$
	select name from pg_timezone_names
	where name !~ '^(posix|right)/' and name not in ('Factory', 'localtime', 'posixrules')
$$;

-- The zone that was chosen, or London's where PostgreSQL knows it no more, as after a newer or another machine's list of names: one
-- reader's must stop nobody.
create function zone_of(chosen text) returns text language plpgsql stable as $$
begin
	perform now() at time zone chosen;
	return chosen;
exception when invalid_parameter_value then
	return 'Europe/London';
end $$;

-- When a clock on the wall shows the hour next: one that is left out when clocks go forward is the same time after midnight, one that
-- comes twice is the second.
create function next_hour(zone text, hour integer, after timestamptz) returns timestamptz language sql stable as $$
	select min(n.at)
	from generate_series(0, 2) d
	cross join lateral (select ((after at time zone zone)::date + d + make_time(hour, 0, 0)) at time zone zone as at) n
	where n.at > after
$$;

-- 09:00 of the day at the zone.
create function morning(day date, zone text) returns timestamptz language sql stable as $$
	select (day + time '09:00') at time zone zone
$$;

-- When the clock must look at what it is to look at in London at next_at, where somebody may read in another zone: a reminder's day
-- begins earlier in the east. What has been by `after` is not looked for; who reads west of London is seen to when London is told.
create function first_look(next_at timestamptz, after timestamptz) returns timestamptz language sql stable as $$
	select least(next_at, (select min(m.at)
		from (select next_at at time zone 'Europe/London' as wall) l
		cross join (select distinct r.time_zone from message_reader r where r.time_zone <> 'Europe/London') r
		cross join lateral (select morning(l.wall::date, zone_of(r.time_zone)) as at) m
		where l.wall::time = '09:00' and m.at > after))
$$;

-- The same for one who now reads in the zone, of what the clock was to look at for somebody.
create function look_from(next_at timestamptz, zone text) returns timestamptz language sql stable as $$
	select least(next_at, (select min(morning(l.wall::date, zone))
		from (select 'Europe/London' as time_zone
			union select r.time_zone from message_reader r where r.time_zone <> 'Europe/London') r
		cross join lateral (select next_at at time zone zone_of(r.time_zone) as wall) l
		where l.wall::time = '09:00'))
$$;

-- The manager entered longest, who hears of what was not done in time.
create function manager_of(of_organisation uuid) returns uuid language sql stable as $$
	select m.user_id from membership m where m.organisation_id = of_organisation and m.role = 'manager' order by m.user_id limit 1
$$;
create or replace function mail_address(of_organisation uuid, reader uuid, to_manager boolean) returns text language sql stable as $$
	select case when reader <> '00000000-0000-0000-0000-000000000000' then (select u.email from app_user u where u.id = reader)
		else coalesce((select u.email from app_user u where to_manager and u.id = manager_of(of_organisation)),
			(select o.email from organisation o where o.id = of_organisation)) end
$$;

-- Makes the deliveries of notices, one array element each, and what is to go out of them: in the service to the recipient itself;
-- by e-mail to its mailbox and to those of its people whose rules ask for it, at once what it has to do, else when they chose; to
-- its webhooks what there is a document for. They are of facts by log index, or reminders of the one action about_*, each of its
-- day: of those a reader has the latest whose 09:00 came there since the clock was to look, until now. to_manager: what goes to the
-- mailbox at once goes to the manager entered longest instead, where there is one, who has it by no rule as well. Who has no address
-- cannot be told of a fact by e-mail: that has failed at once. What came in with a caseload waits until that is over.
drop function deliver;
create function deliver(of_authority uuid, created timestamptz, hour_else integer, about_seq integer, about_n integer,
	about_due timestamptz, since timestamptz, to_manager boolean, placements uuid[], recipients uuid[], kinds text[], rule_kinds text[],
	leaves bigint[], ids uuid[], by_mail boolean[], owed boolean[], subjects text[], bodies text[], htmls text[], templates text[],
	versions integer[], imports uuid[], senders uuid[], documents text[], reminders text[], days date[])
returns table (told bigint, queued bigint)
language plpgsql volatile as $$
#variable_conflict use_column
declare
	mailbox constant uuid := '00000000-0000-0000-0000-000000000000';
begin
	return query
	with notice as (
		select *
		from unnest(placements, recipients, kinds, rule_kinds, leaves, ids, by_mail, owed, subjects, bodies, htmls, templates,
			versions, imports, senders, documents, reminders, days)
			as t (placement_id, recipient_id, kind, rule_kind, leaf_index, id, by_mail, is_owed, subject, body, html, template,
				version, import_id, sender_id, document, reminder, day)
	), mail as materialized (
		select t.id, t.recipient_id, t.rule_kind, t.placement_id, r.timing,
			case when to_manager and (t.is_owed or r.timing = 'immediate') then manager_of(t.recipient_id) end as manager_id
		from notice t
		cross join lateral (select coalesce((select m.timing from message_rule m
			where m.organisation_id = t.recipient_id and m.user_id = mailbox and m.kind in (t.rule_kind, '*')
			order by m.kind = '*' limit 1), 'immediate') as timing) r
		where t.by_mail
	), way as (
		select t.id as notice_id, 'service' as channel, mailbox as target, mailbox as reader_id, null::text as address, 'immediate' as timing
		from notice t
		union all
		select t.id, 'email', mailbox, coalesce(t.manager_id, mailbox), mail_address(t.recipient_id, mailbox, t.manager_id is not null),
			t.timing
		from mail t
		union all
		select t.id, 'email', u.id, u.id, u.email, r.timing
		from mail t
		cross join lateral (select distinct on (m.user_id) m.user_id, m.timing, m.placements from message_rule m
			where m.organisation_id = t.recipient_id and m.user_id <> mailbox and m.kind in (t.rule_kind, '*')
			order by m.user_id, m.kind = '*') r
		join app_user u on u.id = r.user_id
		where u.id is distinct from t.manager_id
			and exists (select from membership m where m.user_id = u.id and m.organisation_id = t.recipient_id)
			and (r.placements = 'all' or exists (select from placement x
				where x.authority_id = of_authority and x.id = t.placement_id and x.owner_id = u.id))
		union all
		select t.id, 'webhook', h.id, mailbox, null, 'immediate'
		from notice t
		join webhook h on h.organisation_id = t.recipient_id and h.state = 'active' and (h.kinds is null or t.rule_kind = any (h.kinds))
		where t.document is not null
	), told as materialized (
		select t.placement_id, t.recipient_id, t.kind, case when about_seq is null then t.leaf_index end as leaf_index, t.subject,
			t.html, t.template, t.version, t.sender_id, t.reminder, w.channel, w.target, w.address, z.time_zone, z.digest_hour,
			case w.channel when 'webhook' then t.document else t.body end as body,
			case when w.channel = 'service' then t.id
				else (left(t.id::text, 18) || right(gen_random_uuid()::text, 18))::uuid end as id,
			case when w.channel = 'service' or w.channel = 'email' and w.address is null then null
				when w.channel = 'webhook' then 'single' when t.import_id is not null then 'import'
				when w.timing = 'daily' and not t.is_owed then 'digest' else 'single' end as piece,
			t.import_id
		from notice t
		join way w on w.notice_id = t.id
		left join message_reader r on r.organisation_id = t.recipient_id and r.user_id = w.reader_id
		left join message_reader o on o.organisation_id = t.recipient_id and o.user_id = mailbox
		cross join lateral (select case when c.zone = 'Europe/London' then c.zone else zone_of(c.zone) end as time_zone,
				coalesce(r.digest_hour, o.digest_hour, hour_else) as digest_hour
			from (select coalesce(r.time_zone, o.time_zone, 'Europe/London') as zone) c) z
		where (t.is_owed or w.timing <> 'none')
			and (about_seq is null and t.leaf_index is not null or w.channel <> 'email' or w.address is not null)
			and (t.day is null or morning(t.day, z.time_zone) between since and created
				and not exists (select from notice l where l.recipient_id = t.recipient_id and l.day > t.day
					and morning(l.day, z.time_zone) <= created))
	), bundle as (
		insert into dispatch as p (id, channel, target, recipient_id, kind, import_id, next_try_real, due_real)
		select distinct on (t.recipient_id, t.target, t.piece, t.import_id) t.id, t.channel, t.target, t.recipient_id, t.piece,
			case t.piece when 'import' then t.import_id end, at.real, coalesce(at.real, clock_timestamp())
		from told t
		cross join lateral (select case t.piece when 'digest' then next_hour(t.time_zone, t.digest_hour, clock_timestamp()) end as real) at
		where t.piece in ('import', 'digest')
			-- what was told already goes in none, which would be empty then
			and (about_seq is null or not exists (select from delivery d
				where d.authority_id = of_authority and d.placement_id = t.placement_id and d.obligation_seq = about_seq
					and d.obligation_n = about_n and d.due_at = about_due and d.reminder = t.reminder
					and d.recipient_id = t.recipient_id and d.channel = t.channel and d.target = t.target))
		order by t.recipient_id, t.target, t.piece, t.import_id, t.id
		-- the row is locked by it, so that who claims it has all that joined
		on conflict (recipient_id, target, kind, coalesce(import_id, '00000000-0000-0000-0000-000000000000'))
			where kind <> 'single' and state = 'queued' and attempts = 0
			do update set recipient_id = p.recipient_id
		returning p.id, p.recipient_id, p.target, p.kind, p.import_id
	), made as (
		insert into delivery (id, authority_id, placement_id, recipient_id, sender_id, channel, target, to_manager, kind, leaf_index,
			obligation_seq, obligation_n, due_at, reminder, subject, body, html, template, template_version, state, outcome_due,
			created_at, dispatch_id)
		select t.id, of_authority, t.placement_id, t.recipient_id, t.sender_id, t.channel, t.target,
			to_manager and t.channel = 'email' and t.target = mailbox, t.kind, t.leaf_index,
			about_seq, about_n, about_due, t.reminder, t.subject, t.body, case when t.channel = 'email' then t.html end,
			case when t.channel <> 'webhook' then t.template end, case when t.channel <> 'webhook' then t.version end,
			case when t.channel = 'service' then 'delivered' when t.piece is null then 'failed' else 'queued' end,
			t.channel = 'email' and t.piece is null and t.target = mailbox, created,
			case t.piece when 'single' then t.id else b.id end
		from told t
		left join bundle b on b.recipient_id = t.recipient_id and b.target = t.target and b.kind = t.piece
			and b.import_id is not distinct from case t.piece when 'import' then t.import_id end
		on conflict do nothing
		returning id, state, dispatch_id
	), single as (
		insert into dispatch (id, channel, target, recipient_id, next_try_real)
		select t.id, t.channel, t.target, t.recipient_id, clock_timestamp()
		from made m join told t on t.id = m.id
		where t.piece = 'single'
	)
	select count(*) filter (where m.state <> 'failed'), count(*) filter (where m.state = 'queued') from made m;
end $$;

-- A page of an organisation's messages, newest first, in one state, or read or not.
create index delivery_state on delivery (recipient_id, state, id);
create index delivery_read on delivery (recipient_id, (read_real is not null), id);

-- A message's state as people see it: while it waits it is its dispatch's; what was taken once stays so when it is sent again.
create function state_seen(state text, dispatched text) returns text language sql immutable as $$
	select case state when 'queued' then coalesce(dispatched, state) else state end
$$;
create or replace function deliveries_reached(on_placement uuid)
returns table (id uuid, authority_id uuid, leaf_index bigint, recipient_id uuid, channel text, kind text, state text, attempts integer,
	answer text, read_real timestamptz, created_at timestamptz)
language sql stable security definer set search_path = public, pg_temp as $$
	select d.id, d.authority_id, d.leaf_index, d.recipient_id, d.channel, d.kind, state_seen(d.state, p.state),
		coalesce(p.attempts, d.attempts), (select without_addresses(a.answer) from delivery_attempt a
			where d.channel = 'email' and a.dispatch_id = d.dispatch_id and a.answer is not null
			order by a.attempt desc limit 1), d.read_real, d.created_at
	from delivery d left join dispatch p on p.id = d.dispatch_id
	where d.placement_id = on_placement and d.sender_id = reading_organisation() and d.recipient_id <> d.sender_id
		and (d.channel <> 'email' or d.target = '00000000-0000-0000-0000-000000000000')
$$;
