-- 0019_deliveries.sql - what was told to whom, apart from the queue of what is still to go out; who is written to when.

-- What goes out in one piece: one delivery, or several as one e-mail (a caseload that came in, a day's digest). Its id is that of
-- its first delivery, and the same at every try (Message-ID, webhook-id). The row goes when that has ended, so that the queue is
-- never longer than what waits.
create table dispatch (
	id             uuid primary key,
	channel        text not null check (channel in ('email', 'webhook')),
	-- an e-mail's: the user, or zero for the organisation's mailbox; a webhook's: the webhook
	target         uuid not null default '00000000-0000-0000-0000-000000000000',
	recipient_id   uuid not null,
	kind           text not null default 'single' check (kind in ('single', 'import', 'digest')),
	import_id      uuid,
	state          text not null default 'queued' check (state in ('queued', 'sending')),
	term           bigint not null default 0,
	attempts       integer not null default 0,
	next_try_real  timestamptz, -- null: its time is still to be set; of one that is being sent: until when it is claimed
	due_real       timestamptz not null default clock_timestamp(), -- it was to go from then on
	created_real   timestamptz not null default clock_timestamp()
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);
create index dispatch_due on dispatch (channel, recipient_id, target, next_try_real);
create index dispatch_sending on dispatch (channel, recipient_id, target) where state = 'sending';
-- One reader has one digest, and one e-mail of a caseload, that waits to be tried for the first time.
create unique index dispatch_together on dispatch (recipient_id, target, kind, coalesce(import_id, '00000000-0000-0000-0000-000000000000'))
	where kind <> 'single' and state = 'queued' and attempts = 0;

insert into dispatch (id, channel, recipient_id, kind, import_id, state, term, attempts, next_try_real, due_real, created_real)
select distinct on (coalesce(import_id, id), recipient_id) id, 'email', recipient_id,
	case when import_id is null then 'single' else 'import' end, import_id, state, term, attempts, next_try_real, created_real, created_real
from delivery
where channel = 'email' and state in ('queued', 'sending')
order by coalesce(import_id, id), recipient_id, next_try_real nulls last, id;

alter table delivery
	add column dispatch_id uuid, -- null: it needs none, or has failed without one
	add column target uuid not null default '00000000-0000-0000-0000-000000000000',
	add column sender_id uuid, -- the organisation that did what it tells of; null: time
	-- an e-mail's: the same words as HTML, whose words they are and which version of these
	add column html text,
	add column template text,
	add column template_version integer,
	add column read_real timestamptz;
update delivery d set dispatch_id = coalesce((select p.id from dispatch p where p.kind = 'import' and p.import_id = d.import_id
		and p.recipient_id = d.recipient_id and d.state in ('queued', 'sending')), d.id),
	state = case when d.state = 'sending' then 'queued' else d.state end
where d.channel = 'email';
update delivery d set sender_id = (f.body::jsonb #>> '{actor,organisation}')::uuid
from fact f
where f.authority_id = d.authority_id and f.leaf_index = d.leaf_index;

-- Its state while it waits is its dispatch's.
drop index delivery_queue, delivery_import, delivery_fact, delivery_reminder;
alter table delivery drop column term, drop column next_try_real, drop column import_id,
	drop constraint delivery_channel_check, drop constraint delivery_state_check,
	add constraint delivery_channel_check check (channel in ('service', 'email', 'webhook')),
	add constraint delivery_state_check check (state in ('queued', 'sent', 'delivered', 'failed', 'unknown'));
-- Exactly once: a fact is told once to each recipient on each channel at each target, and so is each reminder.
create unique index delivery_fact on delivery (authority_id, leaf_index, recipient_id, channel, target) where leaf_index is not null;
create unique index delivery_reminder on delivery (authority_id, placement_id, obligation_seq, obligation_n, due_at, reminder,
	recipient_id, channel, target) where obligation_seq is not null;
create index delivery_dispatch on delivery (dispatch_id) where dispatch_id is not null;
create index delivery_placement on delivery (placement_id, id);

alter table delivery_attempt rename column delivery_id to dispatch_id;
alter table delivery_attempt
	add column status integer, -- the far server's code
	add column outcome text check (outcome in ('taken', 'refused', 'later')); -- null: how it ended was not seen
delete from delivery_attempt a where not exists (select from delivery d where d.dispatch_id = a.dispatch_id);

-- When somebody is written to of what is not theirs to do: by kind of message, '*' for those that no rule names. The user zero is
-- the organisation's mailbox, which hears of everything at once unless a rule says otherwise; a person hears of nothing but by a
-- rule.
create table message_rule (
	organisation_id  uuid not null references organisation,
	user_id          uuid not null default '00000000-0000-0000-0000-000000000000',
	kind             text not null,
	timing           text not null check (timing in ('immediate', 'daily', 'none')),
	placements       text not null default 'all' check (placements in ('all', 'own')),
	primary key (organisation_id, user_id, kind)
);
-- The hour of the day, in London, at which a reader's digest goes.
create table message_reader (
	organisation_id  uuid not null references organisation,
	user_id          uuid not null default '00000000-0000-0000-0000-000000000000',
	digest_hour      smallint not null check (digest_hour between 0 and 23),
	primary key (organisation_id, user_id)
);

grant select, insert, update, delete on dispatch, message_rule, message_reader to concordat_service;
grant select on dispatch, message_rule, message_reader to concordat_reader;
do $$
declare t text;
begin
	foreach t in array array['dispatch', 'message_rule', 'message_reader'] loop
		execute format('alter table %I enable row level security', t);
		execute format('create policy read_own on %I for select to concordat_reader using (%I = reading_organisation())', t,
			case t when 'dispatch' then 'recipient_id' else 'organisation_id' end);
		execute format('create policy serve on %I to concordat_service using (true) with check (true)', t);
	end loop;
end $$;
alter policy read_own on delivery_attempt
	using (exists (select from delivery d where d.dispatch_id = delivery_attempt.dispatch_id));

-- Whether the reader speaks for somebody whose death was recorded on the placement: nothing more is sent to them.
create function told_after_death(of_authority uuid, on_placement uuid, reader uuid) returns boolean language sql stable as $$
	select exists (select from placement x
		join placement_party y on y.organisation_id = reader and y.placement_id = x.id and y.side = 'representative'
		join fact f on f.authority_id = x.authority_id and f.stream_id = x.id and f.kind = 'death_recorded'
		where x.authority_id = of_authority and x.id = on_placement and x.stage = 'ended')
$$;

-- Makes the deliveries of notices, one array element each, and what is to go out of them: in the service to the recipient itself;
-- by e-mail to its mailbox and to those of its people whose rules ask for it, at once what it has to do, else when they chose; to
-- its webhooks what there is a document for. They are of facts by log index, or a reminder of the one action about_*; to_manager:
-- that goes to the manager entered longest, where there is one. Who has no address cannot be told of a fact by e-mail: that has
-- failed at once. What came in with a caseload waits until that is over. hours: when each of the day's 24 hours comes next.
create function deliver(of_authority uuid, created timestamptz, hours timestamptz[], hour_else integer, about_seq integer, about_n integer,
	about_due timestamptz, about_reminder text, to_manager boolean, placements uuid[], recipients uuid[], kinds text[], rule_kinds text[],
	leaves bigint[], ids uuid[], by_mail boolean[], owed boolean[], subjects text[], bodies text[], htmls text[], templates text[],
	versions integer[], imports uuid[], senders uuid[], documents text[])
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
			versions, imports, senders, documents)
			as t (placement_id, recipient_id, kind, rule_kind, leaf_index, id, by_mail, is_owed, subject, body, html, template,
				version, import_id, sender_id, document)
	), way as (
		select t.id as service_id, 'service' as channel, mailbox as target, null::text as address, 'immediate' as timing
		from notice t
		union all
		select t.id, 'email', mailbox, coalesce((select u.email from membership m join app_user u on u.id = m.user_id
				where to_manager and m.organisation_id = o.id and m.role = 'manager' order by u.id limit 1), o.email), r.timing
		from notice t
		join organisation o on o.id = t.recipient_id
		cross join lateral (select coalesce((select m.timing from message_rule m
			where m.organisation_id = o.id and m.user_id = mailbox and m.kind in (t.rule_kind, '*')
			order by m.kind = '*' limit 1), 'immediate') as timing) r
		where t.by_mail
		union all
		select t.id, 'email', u.id, u.email, r.timing
		from notice t
		cross join lateral (select distinct on (m.user_id) m.user_id, m.timing, m.placements from message_rule m
			where m.organisation_id = t.recipient_id and m.user_id <> mailbox and m.kind in (t.rule_kind, '*')
			order by m.user_id, m.kind = '*') r
		join app_user u on u.id = r.user_id
		where t.by_mail and exists (select from membership m where m.user_id = u.id and m.organisation_id = t.recipient_id)
			and (r.placements = 'all' or exists (select from placement x
				where x.authority_id = of_authority and x.id = t.placement_id and x.owner_id = u.id))
		union all
		select t.id, 'webhook', h.id, null, 'immediate'
		from notice t
		join webhook h on h.organisation_id = t.recipient_id and h.state = 'active' and (h.kinds is null or t.rule_kind = any (h.kinds))
		where t.document is not null
	), told as materialized (
		select t.placement_id, t.recipient_id, t.kind, case when about_seq is null then t.leaf_index end as leaf_index, t.subject,
			t.html, t.template, t.version, t.sender_id, w.channel, w.target, w.address,
			case w.channel when 'webhook' then t.document else t.body end as body,
			case when w.channel = 'service' then t.id
				else (left(t.id::text, 18) || right(gen_random_uuid()::text, 18))::uuid end as id,
			case when w.channel = 'service' or w.channel = 'email' and w.address is null then null
				when w.channel = 'webhook' then 'single' when t.import_id is not null then 'import'
				when w.timing = 'daily' and not t.is_owed then 'digest' else 'single' end as piece,
			t.import_id
		from notice t join way w on w.service_id = t.id
		where (t.is_owed or w.timing <> 'none') and (about_seq is null or w.channel <> 'email' or w.address is not null)
	), bundle as (
		insert into dispatch as p (id, channel, target, recipient_id, kind, import_id, next_try_real, due_real)
		select distinct on (t.recipient_id, t.target, t.piece, t.import_id) t.id, t.channel, t.target, t.recipient_id, t.piece,
			case t.piece when 'import' then t.import_id end, at.real, coalesce(at.real, clock_timestamp())
		from told t
		left join message_reader r on r.organisation_id = t.recipient_id and r.user_id = t.target
		cross join lateral (select case t.piece when 'digest' then hours[1 + coalesce(r.digest_hour, hour_else)] end as real) at
		where t.piece in ('import', 'digest')
			-- what was told already goes in none, which would be empty then
			and (about_seq is null or not exists (select from delivery d
				where d.authority_id = of_authority and d.placement_id = t.placement_id and d.obligation_seq = about_seq
					and d.obligation_n = about_n and d.due_at = about_due and d.reminder = about_reminder
					and d.recipient_id = t.recipient_id and d.channel = t.channel and d.target = t.target))
		order by t.recipient_id, t.target, t.piece, t.import_id, t.id
		-- the row is locked by it, so that who claims it has all that joined
		on conflict (recipient_id, target, kind, coalesce(import_id, '00000000-0000-0000-0000-000000000000'))
			where kind <> 'single' and state = 'queued' and attempts = 0
			do update set recipient_id = p.recipient_id
		returning p.id, p.recipient_id, p.target, p.kind, p.import_id
	), made as (
		insert into delivery (id, authority_id, placement_id, recipient_id, sender_id, channel, target, address, kind, leaf_index,
			obligation_seq, obligation_n, due_at, reminder, subject, body, html, template, template_version, state, outcome_due,
			created_at, dispatch_id)
		select t.id, of_authority, t.placement_id, t.recipient_id, t.sender_id, t.channel, t.target, t.address, t.kind, t.leaf_index,
			about_seq, about_n, about_due, about_reminder, t.subject, t.body, case when t.channel = 'email' then t.html end,
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

-- Claims what is due on a channel: at most `many`, of each target no more than `at_one` with those that are being sent, for
-- for_ms milliseconds; one whose sender died is due again then. Targets are walked by the index, so that a long queue at one of
-- them costs the others nothing. What belongs to each is read anew once it is claimed, for a digest may have grown meanwhile.
create function dispatch_claim(on_channel text, many integer, for_ms bigint, at_one integer)
returns table (id uuid, term bigint, attempts integer, target uuid, recipient_id uuid, kind text, delivery_id uuid, authority_id uuid,
	placement_id uuid, address text, subject text, body text, html text, created_at timestamptz, parts bigint, lines text)
language plpgsql volatile as $$
#variable_conflict use_column
declare
	claimed uuid[];
begin
	with recursive t as (
		(select q.recipient_id, q.target from dispatch q where q.channel = on_channel
			order by q.recipient_id, q.target limit 1)
		union all
		select n.recipient_id, n.target from t cross join lateral (
			select q.recipient_id, q.target from dispatch q
			where q.channel = on_channel and (q.recipient_id, q.target) > (t.recipient_id, t.target)
			order by q.recipient_id, q.target limit 1) n
	), busy as (
		select s.recipient_id, count(*) as sending from dispatch s
		where s.channel = on_channel and s.state = 'sending' and s.next_try_real > statement_timestamp()
		group by s.recipient_id
	), next as (
		-- a webhook that asked to be left alone is; who has least under way comes first, so that nobody's many slow targets take
		-- every place
		select q.id
		from (select * from t where not exists (select from webhook w
			where w.id = t.target and w.slowed_until_real > statement_timestamp())) t
		cross join lateral (
			select d.id, d.next_try_real from dispatch d
			where d.channel = on_channel and d.recipient_id = t.recipient_id and d.target = t.target
				and d.next_try_real <= statement_timestamp()
			order by d.next_try_real
			limit greatest(0, at_one - (select count(*) from dispatch s
				where s.channel = on_channel and s.recipient_id = t.recipient_id and s.target = t.target
					and s.state = 'sending' and s.next_try_real > statement_timestamp()))) q
		left join busy b on b.recipient_id = t.recipient_id
		order by coalesce(b.sending, 0) + row_number() over (partition by t.recipient_id order by q.next_try_real), q.next_try_real
		limit many
	), due as (
		-- locked only now, so that no more are than are taken; where another takes the same just then, the next look finds others
		select d.id from dispatch d
		where d.id in (select n.id from next n) and d.next_try_real <= statement_timestamp()
		for update skip locked
	), begun as (
		update dispatch d set state = 'sending', term = d.term + 1, attempts = d.attempts + 1,
			next_try_real = clock_timestamp() + for_ms * interval '1 millisecond'
		from due where d.id = due.id
		returning d.id, d.attempts
	), tried as (
		insert into delivery_attempt (dispatch_id, attempt, started_real)
		select b.id, b.attempts, clock_timestamp() from begun b
	)
	select array_agg(b.id) into claimed from begun b;
	-- of a day's digest what a death has overtaken is left out; where that is all of it, its sender is told so
	update delivery d set state = 'failed', dispatch_id = null
	from dispatch p
	where p.id = any (claimed) and p.kind = 'digest' and d.dispatch_id = p.id
		and told_after_death(d.authority_id, d.placement_id, d.recipient_id)
		and exists (select from delivery e
			where e.dispatch_id = p.id and not told_after_death(e.authority_id, e.placement_id, e.recipient_id));
	return query
	select p.id, p.term, p.attempts, p.target, p.recipient_id, p.kind, f.id, f.authority_id, f.placement_id, f.address, f.subject,
		f.body, f.html, f.created_at, n.parts, case p.kind when 'digest' then n.subjects when 'import' then n.awaited end
	from dispatch p
	join lateral (select * from delivery d where d.dispatch_id = p.id order by d.id limit 1) f on true
	-- a digest's subjects, the newest 200 of them in their order; of a caseload by when its terms are to be confirmed, and its
	-- reference
	cross join lateral (
		select count(*), case when p.kind = 'digest' then (select string_agg(w.subject, E'\n' order by w.id)
				from (select d.id, d.subject from delivery d where d.dispatch_id = p.id order by d.id desc limit 200) w) end,
			case when p.kind = 'import' and count(*) > 1 then string_agg(coalesce(us(w.due_at), 0) || ' ' || x.reference, E'\n'
				order by w.due_at nulls last, x.reference) end
		from delivery d
		left join placement x on p.kind = 'import' and x.authority_id = d.authority_id and x.id = d.placement_id
		left join lateral (select o.due_at from obligation o
			where p.kind = 'import' and o.authority_id = d.authority_id and o.stream_id = d.placement_id
				and o.kind = 'confirm_existing_agreement' and o.state = 'open' order by o.due_at limit 1) w on true
		where d.dispatch_id = p.id
	) n (parts, subjects, awaited)
	where p.id = any (claimed);
end $$;

-- What a far server answered, for others than whom it answered about: it may name their address.
create function without_addresses(answer text) returns text language sql immutable as $$
	select regexp_replace(answer, '[^[:space:]<>()]+@[^[:space:]<>()]+', '(address)', 'g')
$$;

-- When an organisation said on a placement that it has what the entry tells; null: it has not said so.
create function acknowledged_at(of_authority uuid, of_leaf bigint, by_organisation uuid) returns timestamptz language sql stable as $$
	select min(n.recorded_at)
	from fact f
	join fact n on n.authority_id = f.authority_id and n.stream_id = f.stream_id and n.seq > f.seq and n.kind = 'delivery_acknowledged'
	where f.authority_id = of_authority and f.leaf_index = of_leaf and (n.body::jsonb #>> '{data,entry}')::integer = f.seq
		and (n.body::jsonb #>> '{actor,organisation}')::uuid = by_organisation
$$;

-- How far what the reading organisation did on a placement has reached the others: nothing of what they were told, by whom of
-- their people it is read, or where their programs are, and each organisation is asked for its own doings alone.
create function deliveries_reached(on_placement uuid)
returns table (id uuid, authority_id uuid, leaf_index bigint, recipient_id uuid, channel text, kind text, state text, attempts integer,
	answer text, read_real timestamptz, created_at timestamptz)
language sql stable security definer set search_path = public, pg_temp as $$
	select d.id, d.authority_id, d.leaf_index, d.recipient_id, d.channel, d.kind, coalesce(p.state, d.state),
		coalesce(p.attempts, d.attempts), (select without_addresses(a.answer) from delivery_attempt a
			where d.channel = 'email' and a.dispatch_id = d.dispatch_id and a.answer is not null
			order by a.attempt desc limit 1), d.read_real, d.created_at
	from delivery d left join dispatch p on p.id = d.dispatch_id
	where d.placement_id = on_placement and d.sender_id = reading_organisation() and d.recipient_id <> d.sender_id
		and (d.channel <> 'email' or d.target = '00000000-0000-0000-0000-000000000000')
$$;
