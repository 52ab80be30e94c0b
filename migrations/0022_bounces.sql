-- 0022_bounces.sql - addresses that mail came back from, and notices that are to be told by telephone or letter instead.

-- By address in small letters, whoever has it. A permanent one is written to no more; of the others it is only known that they
-- have refused something lately, which is tried again by its schedule.
create table bounce (
	id          uuid primary key default gen_random_uuid(),
	address     text not null unique check (address = lower(address)),
	permanent   boolean not null,
	answer      text not null, -- the last
	times       integer not null default 1,
	since_real  timestamptz not null default clock_timestamp(),
	last_real   timestamptz not null default clock_timestamp()
);
grant select, insert, update, delete on bounce to concordat_service;
grant select on bounce to concordat_reader;
alter table bounce enable row level security;
create policy read_own on bounce for select to concordat_reader using (
	exists (select from organisation o where o.id = reading_organisation() and lower(o.email) = address)
	or exists (select from membership m join app_user u on u.id = m.user_id
		where m.organisation_id = reading_organisation() and lower(u.email) = address));
create policy serve on bounce to concordat_service using (true) with check (true);

-- An address that is entered anew is held to be right, whoever changed it and how.
create function bounce_forget() returns trigger language plpgsql as $$
begin
	delete from bounce where address in (lower(old.email), lower(new.email));
	return null;
end $$;
create trigger bounce_forget after update of email on organisation
	for each row when (old.email is distinct from new.email) execute function bounce_forget();
create trigger bounce_forget after update of email on app_user
	for each row when (old.email is distinct from new.email) execute function bounce_forget();

-- What an organisation did and the other side could not be told of outside the service, while an action due from that side waits
-- for it: nobody has recorded having told it, nor has it been reached since. What time did is the authority's to tell. Each
-- organisation is asked for its own alone; nothing that the other side was written is given out.
create index delivery_unserved on delivery (coalesce(sender_id, authority_id), id)
	where state in ('failed', 'unknown') and channel = 'email' and target = '00000000-0000-0000-0000-000000000000' and leaf_index is not null;
create function letters_due(one uuid, behind uuid, many integer)
returns table (id uuid, placement_id uuid, reference text, is_authoritys boolean, recipient_id uuid, recipient text, subject text,
	recorded_at timestamptz, failed_at timestamptz, answer text, owed text, sender text, sender_email text)
language sql stable security definer set search_path = public, pg_temp as $$
	select d.id, d.placement_id, x.reference, d.authority_id = s.id, d.recipient_id, r.name, d.subject, f.recorded_at, a.ended_real,
		a.answer, w.owed, s.name, s.email
	from organisation s
	join delivery d on coalesce(d.sender_id, d.authority_id) = s.id and d.state in ('failed', 'unknown') and d.channel = 'email'
		and d.target = '00000000-0000-0000-0000-000000000000' and d.leaf_index is not null and d.recipient_id <> s.id
	join fact f on f.authority_id = d.authority_id and f.leaf_index = d.leaf_index
	join placement x on x.authority_id = d.authority_id and x.id = d.placement_id
	join organisation r on r.id = d.recipient_id
	cross join lateral (select string_agg(o.kind, E'\n' order by o.n) as owed
		from obligation o
		where o.authority_id = d.authority_id and o.stream_id = d.placement_id and o.seq = f.seq and o.state = 'open'
			and (o.owed_by_id = d.recipient_id or o.owed_by = 'either') and o.due_at is null) w
	left join lateral (select without_addresses(t.answer) as answer, t.ended_real from delivery_attempt t
		where t.dispatch_id = d.dispatch_id order by t.attempt desc limit 1) a on true
	where s.id = reading_organisation() and (one is null or d.id = one) and (behind is null or d.id > behind) and w.owed is not null
		and exists (select from fact n
			where n.authority_id = d.authority_id and n.stream_id = d.placement_id and n.kind = 'not_served'
				and (n.body::jsonb #>> '{data,entry}')::integer = f.seq
				and not exists (select from fact v
					where v.authority_id = d.authority_id and v.stream_id = d.placement_id and v.seq > n.seq
						and v.kind in ('served', 'service_recorded') and (v.body::jsonb #>> '{data,entry}')::integer = f.seq))
	order by d.id
	limit many
$$;
