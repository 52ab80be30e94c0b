-- 0024_post_office.sql - what waits goes to the address of now, each try keeps where it went, and a schedule may begin anew.

alter table dispatch add column begun_after integer not null default 0; -- tries before its schedule began: a replay begins it anew
alter table delivery_attempt add column address text; -- where it went: an e-mail address, or a webhook's
alter table delivery add column to_manager boolean not null default false; -- an e-mail of what was not done in time: see mail_address; deliver says so
update delivery set to_manager = true
where state = 'queued' and channel = 'email' and (kind = 'calendar_ends' or reminder like '% late');
update delivery_attempt a set address = d.address
from delivery d
where d.dispatch_id = a.dispatch_id and d.channel = 'email';
alter table delivery drop column address;
alter table webhook add column failures integer not null default 0; -- tries since it took something; a clock alone disables nobody

-- Where e-mail to an organisation goes now: to its mailbox (reader zero) or to one of its people; to_manager: for the mailbox the
-- manager entered longest has it, where there is one. Null: there is no address.
create function mail_address(of_organisation uuid, reader uuid, to_manager boolean) returns text language sql stable as $$
	select case when reader <> '00000000-0000-0000-0000-000000000000' then (select u.email from app_user u where u.id = reader)
		else coalesce((select u.email from membership m join app_user u on u.id = m.user_id
				where to_manager and m.organisation_id = of_organisation and m.role = 'manager' order by u.id limit 1),
			(select o.email from organisation o where o.id = of_organisation)) end
$$;

-- Where a dispatch goes now. Of one that is several, only their reader is sure.
create function dispatch_address(p dispatch) returns text language sql stable as $$
	select case p.channel when 'webhook' then (select w.url from webhook w where w.id = p.target)
		else mail_address(p.recipient_id, p.target, p.kind = 'single'
			and exists (select from delivery d where d.dispatch_id = p.id and d.to_manager)) end
$$;

-- Claims what is due on a channel: at most `many`, of each target no more than `at_one` with those that are being sent, for
-- for_ms milliseconds; one whose sender died is due again then. Targets are walked by the index, so that a long queue at one of
-- them costs the others nothing. What belongs to each is read anew once it is claimed, for a digest may have grown meanwhile; it
-- goes to the address of now. number: which try it is since its schedule began.
drop function dispatch_claim;
create function dispatch_claim(on_channel text, many integer, for_ms bigint, at_one integer)
returns table (id uuid, term bigint, number integer, target uuid, recipient_id uuid, kind text, delivery_id uuid, authority_id uuid,
	placement_id uuid, address text, subject text, body text, html text, created_at timestamptz, parts bigint, lines text, leaf_index bigint)
language plpgsql volatile as $$
#variable_conflict use_column
declare
	claimed uuid[];
	addresses text[];
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
		-- locked only now, so that no more are than are taken; where another takes the same just then, the next look finds others.
		-- By an array, so that they are found by their ids however long the queue is.
		select d.id from dispatch d
		where d.id = any (array(select n.id from next n)) and d.next_try_real <= statement_timestamp()
		for update skip locked
	), known as (
		select due.id, (select coalesce(max(a.attempt), 0) from delivery_attempt a where a.dispatch_id = due.id) as tries from due
	), begun as (
		-- behind every try there was: a replay that overlapped the end of one has begun with fewer
		update dispatch d set state = 'sending', term = greatest(d.term, k.tries) + 1, attempts = greatest(d.attempts, k.tries) + 1,
			begun_after = d.begun_after + greatest(0, k.tries - d.attempts),
			next_try_real = clock_timestamp() + for_ms * interval '1 millisecond'
		from known k where d.id = k.id
		returning d.id, d.attempts, dispatch_address(d) as address
	), tried as (
		insert into delivery_attempt (dispatch_id, attempt, started_real, address)
		select b.id, b.attempts, clock_timestamp(), b.address from begun b
	)
	select array_agg(b.id), array_agg(b.address) into claimed, addresses from begun b;
	-- of a day's digest what a death has overtaken is left out; where that is all of it, its sender is told so
	update delivery d set state = 'failed', dispatch_id = null
	from dispatch p
	where p.id = any (claimed) and p.kind = 'digest' and d.dispatch_id = p.id
		and told_after_death(d.authority_id, d.placement_id, d.recipient_id)
		and exists (select from delivery e
			where e.dispatch_id = p.id and not told_after_death(e.authority_id, e.placement_id, e.recipient_id));
	return query
	select p.id, p.term, p.attempts - p.begun_after, p.target, p.recipient_id, p.kind, f.id, f.authority_id, f.placement_id,
		addresses[array_position(claimed, p.id)],
		f.subject, f.body, f.html, f.created_at, n.parts, case p.kind when 'digest' then n.subjects when 'import' then n.awaited end,
		f.leaf_index
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
