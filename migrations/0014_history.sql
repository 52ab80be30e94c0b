-- 0014_history.sql - what was known of an action due and since when; teams; what brought a caseload in; why an uplift stopped.

-- An obligation says since when it stands as it does, and what made it so; as it stood before is kept. What stood here already
-- has stood so as far as is known, so that what was known before `since` cannot be told. Null: everything is.
alter table obligation
	add column known_at timestamptz,
	add column changed_entry integer not null default 0,
	-- since when it is known that its notice reached nobody, so that its clock does not run; null: it was served
	add column not_served_at timestamptz;
create table obligation_was (
	authority_id   uuid not null,
	stream_id      uuid not null,
	seq            integer not null,
	n              integer not null,
	known_at       timestamptz, -- null: as far as is known it had always been so
	until_at       timestamptz not null,
	owed_by        text not null,
	owed_by_id     uuid,
	due_at         timestamptz,
	missed_at      timestamptz,
	closed_at      timestamptz,
	state          text not null,
	primary key (authority_id, stream_id, seq, n, until_at)
);
create table obligation_history (
	one    boolean primary key default true check (one),
	since  timestamptz
);
insert into obligation_history (since) select max(recorded_at) from fact;

update obligation o set not_served_at = f.recorded_at
from fact f
where o.state = 'open' and o.due_at is null and f.authority_id = o.authority_id and f.stream_id = o.stream_id
	and f.kind = 'not_served' and f.body::jsonb -> 'data' ->> 'entry' = o.seq::text
	and not exists (select from fact s where s.authority_id = f.authority_id and s.stream_id = f.stream_id and s.seq > f.seq
		and s.kind in ('served', 'service_recorded') and s.body::jsonb -> 'data' ->> 'entry' = o.seq::text);

grant select, insert on obligation_was to concordat_service;
grant select on obligation_history to concordat_service, concordat_reader;
grant select on obligation_was to concordat_reader;
alter table obligation_was enable row level security;
create policy read_own on obligation_was for select to concordat_reader using (authority_id = reading_organisation() or exists (select
	from placement_party p where p.organisation_id = reading_organisation() and p.placement_id = stream_id and p.until is null));
create policy serve on obligation_was to concordat_service using (true) with check (true);

-- The team of the authority that looks after a placement; and the number that it has in the file that brought it in, which
-- brings it in once.
alter table placement add column team text, add column external_reference text;
create unique index placement_external on placement (authority_id, external_reference) where external_reference is not null;

-- A caseload that is being brought in, or was: once it is over and all of it is told of, to the log index `until_index`, each
-- provider gets one e-mail for all of its placements in it.
create table import (
	id            uuid primary key,
	authority_id  uuid not null,
	begun_real    timestamptz not null default clock_timestamp(),
	until_index   bigint -- null: not over
);
grant select, insert, update on import to concordat_service;
-- Of e-mails that go as one the first carries the time of the next try, and the others have none.
alter table delivery add column import_id uuid;
create index delivery_import on delivery (import_id, recipient_id, id)
	where import_id is not null and state in ('queued', 'sending');

alter table uplift add column stopped_by uuid, add column stopped_because text;
