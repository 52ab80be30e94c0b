-- 0025_contacts.sql - where an organisation is telephoned and written to when no e-mail reaches it.

-- Its mailbox stands with the organisation itself.
create table contact (
	organisation_id  uuid primary key references organisation,
	telephone        text,
	-- a postal address is whole or not there
	line_1           text,
	line_2           text,
	line_3           text,
	town             text,
	postcode         text,
	check (num_nulls(line_1, town, postcode) in (0, 3)),
	check (line_1 is not null or num_nonnulls(line_2, line_3) = 0)
);
grant select, insert, update on contact to concordat_service;
grant select on contact to concordat_reader;
alter table contact enable row level security;
create policy read_own on contact for select to concordat_reader using (organisation_id = reading_organisation()
	or exists (select from organisation o where o.id = reading_organisation() and o.kind = 'operator'));
create policy serve on contact to concordat_service using (true) with check (true);

-- What the reading organisation did and the other side could not be told of outside the service, while an action due from that
-- side waits for it. What time did is the authority's to tell, and so is whatever the person's representative is to hear. Found by
-- the actions that wait, so that what was told long ago costs nothing. The whole notice is served at once, whichever of its actions
-- is named (own_entry and n: in the reader's own numbers).
drop function letters_due;
drop index delivery_unserved;
create index obligation_unserved on obligation (authority_id, stream_id) where state = 'open' and not_served_at is not null;
create function letters_due(one uuid, behind uuid, many integer)
returns table (id uuid, placement_id uuid, reference text, own_side text, own_entry integer, n integer, version integer,
	recipient_id uuid, recipient text, telephone text, line_1 text, line_2 text, line_3 text, town text, postcode text, subject text,
	recorded_at timestamptz, failed_at timestamptz, answer text, owed text)
language sql stable security definer set search_path = public, pg_temp as $$
	with waiting as (
		select o.*, p.side as own_side, p.version, case p.side when 'commissioner' then coalesce(o.commissioner_entry, o.seq)
			when 'provider' then o.provider_entry end as own_entry
		from obligation o
		join placement_party p on p.organisation_id = reading_organisation() and p.placement_id = o.stream_id and p.until is null
		where o.state = 'open' and o.not_served_at is not null
	), notice as (
		select d.id, w.own_side, w.own_entry, min(w.n) as n, w.version, f.recorded_at, string_agg(w.kind, E'\n' order by w.n) as owed
		from waiting w
		join fact f on f.authority_id = w.authority_id and f.stream_id = w.stream_id and f.seq = w.seq
		join delivery d on d.authority_id = f.authority_id and d.leaf_index = f.leaf_index and d.channel = 'email'
			and d.target = '00000000-0000-0000-0000-000000000000' and d.state in ('failed', 'unknown')
		join placement_party r on r.organisation_id = d.recipient_id and r.placement_id = w.stream_id and r.until is null
		where d.recipient_id <> reading_organisation()
			and (w.owed_by_id = d.recipient_id or w.owed_by = 'either' and r.side in ('commissioner', 'provider'))
			and case r.side when 'representative' then d.authority_id else coalesce(d.sender_id, d.authority_id) end
				= reading_organisation()
			and not told_after_death(d.authority_id, d.placement_id, d.recipient_id)
			and (one is null or d.id = one) and (behind is null or d.id > behind)
		group by d.id, w.own_side, w.own_entry, w.version, f.recorded_at
		order by d.id
		limit many
	)
	select d.id, d.placement_id, x.reference, t.own_side, nullif(t.own_entry, 0), t.n, t.version, d.recipient_id, r.name, c.telephone,
		c.line_1, c.line_2, c.line_3, c.town, c.postcode, d.subject, t.recorded_at, a.ended_real, a.answer, t.owed
	from notice t
	join delivery d on d.id = t.id
	join placement x on x.authority_id = d.authority_id and x.id = d.placement_id
	join organisation r on r.id = d.recipient_id
	left join contact c on c.organisation_id = d.recipient_id
	left join lateral (select without_addresses(b.answer) as answer, b.ended_real from delivery_attempt b
		where b.dispatch_id = d.dispatch_id order by b.attempt desc limit 1) a on true
	order by d.id
$$;
