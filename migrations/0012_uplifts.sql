-- 0012_uplifts.sql - uplifts of whole portfolios: what was asked for, how far each has come, and what did not simply rise.

-- Its facts stand in the placements' own ledgers, and each names the uplift; here is the walk through them. Losing a row would
-- lose its progress and nothing else: a placement whose ledger names the uplift is not uplifted by it again.
create table uplift (
	id               uuid primary key,
	authority_id     uuid not null,
	asked_by         uuid not null,
	request          text not null, -- figures, filter and the day it is paid from, as JSON
	state            text not null check (state in ('under_way', 'stopped', 'done')),
	at_placement     uuid,
	total            integer not null, -- agreements in force that it was for, when it was asked
	applied          integer not null default 0,
	offered          integer not null default 0,
	left_out         integer not null default 0,
	weekly_before_p  bigint not null default 0, -- of those applied
	weekly_after_p   bigint not null default 0,
	created_at       timestamptz not null,
	ended_at         timestamptz,
	created_real     timestamptz not null default clock_timestamp()
) with (fillfactor = 50);
-- One at a time for each authority.
create unique index uplift_under_way on uplift (authority_id) where state = 'under_way';
create index uplift_authority on uplift (authority_id, id);

-- What was left as it is, and what fell and is an offer now.
create table uplift_outcome (
	uplift_id     uuid not null references uplift,
	placement_id  uuid not null,
	authority_id  uuid not null,
	outcome       text not null check (outcome in ('offered', 'left_out')),
	rule          text not null,
	reason        text not null,
	primary key (uplift_id, placement_id)
);

grant select, insert, update on uplift to concordat_service;
grant select, insert on uplift_outcome to concordat_service;
grant select on uplift, uplift_outcome to concordat_reader;
alter table uplift enable row level security;
create policy read_own on uplift for select to concordat_reader using (authority_id = reading_organisation());
create policy serve on uplift to concordat_service using (true) with check (true);
alter table uplift_outcome enable row level security;
create policy read_own on uplift_outcome for select to concordat_reader using (authority_id = reading_organisation());
create policy serve on uplift_outcome to concordat_service using (true) with check (true);
