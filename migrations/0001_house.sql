-- The first migration: everything that a stored fact cannot gain later.
--
-- Placement data is keyed by authority_id first, and no foreign key crosses authorities. An authority's id is the id of its
-- organisation. Instants of the protocol are passed in as parameters; the columns named *_real are the database's own clock.

create domain sha256 as bytea check (octet_length(value) = 32);

-- Microseconds since 1970, exactly: extract(epoch) is numeric. Instants leave the database only through this.
create function us(at timestamptz) returns bigint language sql stable strict parallel safe as
	$$ select (extract(epoch from at) * 1000000)::bigint $$;

-- Who there is -------------------------------------------------------------------------------------------------------------

create table organisation (
	id            uuid primary key,
	kind          text not null check (kind in ('authority', 'provider', 'mediation_body', 'operator')),
	name          text not null check (length(name) between 1 and 200),
	email         text,
	created_real  timestamptz not null default clock_timestamp()
);

create table authority (
	id                   uuid primary key references organisation,
	division             text not null check (division in ('england-and-wales', 'scotland', 'northern-ireland')),
	protocol_id          text not null,
	protocol_version     integer not null,
	panel_weekday        integer not null default 3 check (panel_weekday between 1 and 5),
	panel_threshold_p    bigint not null default 0 check (panel_threshold_p >= 0)
);

create table home (
	id               uuid primary key,
	organisation_id  uuid not null references organisation,
	name             text not null check (length(name) between 1 and 200),
	location_number  text,
	address          text,
	created_real     timestamptz not null default clock_timestamp()
);
create index home_organisation on home (organisation_id);

create table app_user (
	id            uuid primary key,
	name          text not null check (length(name) between 1 and 200),
	email         text not null unique,
	created_real  timestamptz not null default clock_timestamp()
);

create table membership (
	user_id          uuid not null references app_user,
	organisation_id  uuid not null references organisation,
	role             text not null check (role in ('case_officer', 'panel_member', 'signatory', 'manager', 'negotiator',
	                     'mediator', 'representative', 'auditor', 'administrator')),
	primary key (user_id, organisation_id, role)
);
create index membership_organisation on membership (organisation_id);

create table token (
	id               uuid primary key,
	secret_sha256    sha256 not null unique,
	user_id          uuid not null references app_user,
	organisation_id  uuid not null references organisation,
	label            text not null default '',
	created_real     timestamptz not null default clock_timestamp(),
	expires_real     timestamptz not null,
	revoked_real     timestamptz
);

-- What is read, cited and replaced ------------------------------------------------------------------------------------------

create table calendar (
	division     text not null,
	version      integer not null,
	document     jsonb not null,
	loaded_real  timestamptz not null default clock_timestamp(),
	primary key (division, version)
);

create table cost_model (
	id              text not null,
	version         text not null,
	effective_from  date not null,
	effective_to    date,
	illustrative    boolean not null,
	document        jsonb not null,
	loaded_real     timestamptz not null default clock_timestamp(),
	primary key (id, version)
);

create table protocol (
	id           text not null,
	version      integer not null,
	document     jsonb not null,
	loaded_real  timestamptz not null default clock_timestamp(),
	primary key (id, version)
);

-- The ledger ----------------------------------------------------------------------------------------------------------------

create table stream (
	authority_id  uuid not null,
	stream_id     uuid not null,
	kind          text not null check (kind in ('placement', 'person', 'authority', 'home')),
	seq           integer not null check (seq >= 0),
	primary key (authority_id, stream_id)
) with (fillfactor = 70);

-- The log of an authority: its size is the next fact's leaf_index. Held to commit, so log order is commit order.
create table log_head (
	authority_id  uuid primary key,
	size          bigint not null check (size >= 0)
) with (fillfactor = 10);

-- An authority's log is opened with it, so that an append always finds the head that it must lock.
create function open_log() returns trigger language plpgsql as $$
begin
	insert into log_head (authority_id, size) values (new.id, 0) on conflict do nothing;
	return null;
end $$;
create trigger open_log after insert on authority for each row execute function open_log();

create table fact (
	authority_id  uuid not null,
	stream_id     uuid not null,
	seq           integer not null,
	recorded_at   timestamptz not null,
	header        text not null,
	leaf_index    bigint not null,
	leaf_hash     sha256 not null,
	body          text not null,
	nonce         bytea not null check (octet_length(nonce) = 16),
	-- copies, compared with the body by verify
	kind          text not null,
	actor_id      uuid,
	occurred_at   timestamptz not null,
	primary key (authority_id, stream_id, seq)
);
create unique index fact_log on fact (authority_id, leaf_index);

create table placement (
	authority_id     uuid not null,
	id               uuid not null,
	reference        text not null,
	person_id        uuid not null,
	stage            text not null,
	setting          text not null,
	urgency          text not null,
	provider_id      uuid,
	home_id          uuid,
	owner_id         uuid,
	weekly_p         bigint,
	opened_at        timestamptz not null,
	changed_at       timestamptz not null,
	primary key (authority_id, id)
) with (fillfactor = 70);
create unique index placement_reference on placement (reference);
create index placement_id on placement (id);
create index placement_person on placement (authority_id, person_id);
create sequence placement_number as bigint start 1000001 increment 64;

create table placement_party (
	organisation_id  uuid not null,
	placement_id     uuid not null,
	authority_id     uuid not null,
	side             text not null check (side in ('commissioner', 'provider', 'mediator', 'representative', 'auditor', 'co_payer')),
	since            timestamptz not null,
	until            timestamptz,
	version          integer not null,
	entries          integer not null,
	-- list columns that differ by party
	stage            text not null,
	next_due_at      timestamptz,
	overdue          boolean not null default false,
	primary key (organisation_id, placement_id)
) with (fillfactor = 70);
create index placement_party_placement on placement_party (placement_id);

create table obligation (
	authority_id      uuid not null,
	stream_id         uuid not null,
	seq               integer not null,
	n                 integer not null,
	kind              text not null,
	owed_by           text not null,
	owed_by_id        uuid,
	thread            integer not null,
	due_at            timestamptz,
	next_at           timestamptz,
	missed_at         timestamptz,
	state             text not null check (state in ('open', 'met', 'met_late', 'lapsed', 'released')),
	-- what the provider it concerns calls the opening entry, counting only those it may see; 0: it has none
	provider_entry    integer not null default 0,
	primary key (authority_id, stream_id, seq, n)
) with (fillfactor = 70);
create index obligation_next on obligation (next_at) where next_at is not null;
create index obligation_owed on obligation (owed_by_id, due_at) where state = 'open';

-- The person, kept apart ------------------------------------------------------------------------------------------------------

create table person (
	authority_id  uuid not null,
	id            uuid not null,
	wrapped_key   bytea,
	erased_at     timestamptz,
	primary key (authority_id, id)
);

create table personal_text (
	authority_id  uuid not null,
	stream_id     uuid not null,
	seq           integer not null,
	field         text not null,
	person_id     uuid not null,
	sealed        bytea not null,
	primary key (authority_id, stream_id, seq, field)
);

create table personal_access (
	authority_id     uuid not null,
	person_id        uuid not null,
	placement_id     uuid not null,
	user_id          uuid not null,
	organisation_id  uuid not null,
	texts            integer not null,
	read_at          timestamptz not null
);
create index personal_access_person on personal_access (authority_id, person_id, read_at);

-- A repeat of a request gets the same receipt: a function of this row. Kept 24 hours. Where the seqs are 0, stream_id is the id of
-- an organisation, home, user or token that was asked for, and authority_id the organisation it belongs to.
create table idempotency (
	user_id         uuid not null,
	key             uuid not null,
	request_sha256  sha256 not null,
	authority_id    uuid not null,
	stream_id       uuid not null,
	first_seq       integer not null,
	last_seq        integer not null,
	version         integer not null,
	recorded_at     timestamptz not null,
	created_real    timestamptz not null default clock_timestamp(),
	primary key (user_id, key)
);
create index idempotency_age on idempotency (created_real);

-- Jobs ----------------------------------------------------------------------------------------------------------------------

create table lease (
	name        text primary key,
	holder      uuid not null,
	term        bigint not null,
	until_real  timestamptz not null
);

create table deliver_cursor (
	authority_id  uuid primary key,
	next_index    bigint not null
);

create table delivery (
	id              uuid primary key,
	authority_id    uuid not null,
	placement_id    uuid not null,
	recipient_id    uuid not null,
	channel         text not null check (channel in ('service', 'email')),
	address         text,
	kind            text not null,
	leaf_index      bigint,
	obligation_seq  integer,
	obligation_n    integer,
	due_at          timestamptz,
	reminder        text,
	subject         text not null,
	body            text not null,
	state           text not null check (state in ('queued', 'sending', 'sent', 'delivered', 'failed', 'unknown')),
	term            bigint not null default 0,
	attempts        integer not null default 0,
	next_try_real   timestamptz,
	created_at      timestamptz not null,
	created_real    timestamptz not null default clock_timestamp()
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);
-- Exactly once: a fact is told once to each recipient on each channel, and so is each reminder.
create unique index delivery_fact on delivery (authority_id, leaf_index, recipient_id, channel) where leaf_index is not null;
create unique index delivery_reminder on delivery (authority_id, placement_id, obligation_seq, obligation_n, due_at, reminder,
	recipient_id, channel) where obligation_seq is not null;
create index delivery_queue on delivery (next_try_real) where state in ('queued', 'sending');
create index delivery_recipient on delivery (recipient_id, id);

create table delivery_attempt (
	delivery_id   uuid not null,
	attempt       integer not null,
	started_real  timestamptz not null,
	ended_real    timestamptz,
	answer        text,
	primary key (delivery_id, attempt)
);

-- A database made for rehearsal holds its own protocol time, which only moves forward; it can never go live.
create table rehearsal (
	one          boolean primary key default true check (one),
	protocol_at  timestamptz not null
);

-- Who may do what in the database ----------------------------------------------------------------------------------------------

grant usage on schema public to concordat_service, concordat_reader;
grant select on all tables in schema public to concordat_service;
grant insert on fact, personal_access, delivery_attempt to concordat_service;
grant insert, update on organisation, authority, home, app_user, token, stream, log_head, placement, placement_party, obligation,
	person, lease, deliver_cursor, delivery, rehearsal to concordat_service;
grant update on delivery_attempt to concordat_service;
grant insert, delete on membership, idempotency to concordat_service;
grant insert on calendar, cost_model, protocol, personal_text to concordat_service;
grant usage on sequence placement_number to concordat_service;

-- Reading connections: row-level security on everything that belongs to a placement. The organisation is set at the head of
-- each segment; without it nothing is seen.
grant select on organisation, authority, home, membership, calendar, cost_model, protocol, stream, fact, placement, placement_party,
	obligation, person, personal_text, idempotency, delivery, delivery_attempt, log_head, rehearsal to concordat_reader;
grant insert on personal_access to concordat_reader;

create function reading_organisation() returns uuid language sql stable parallel safe as
	$$ select nullif(current_setting('concordat.organisation', true), '')::uuid $$;

alter table placement_party enable row level security;
create policy read_own on placement_party for select to concordat_reader
	using (organisation_id = reading_organisation() or authority_id = reading_organisation());
create policy serve on placement_party to concordat_service using (true) with check (true);

-- An authority reads all that is keyed by it; another party what hangs on its placements. The look-up stands in the policy
-- itself and not in a function, which the planner would call for every row.
do $$
declare t text; c text;
begin
	foreach t in array array['stream', 'fact', 'placement', 'obligation', 'personal_text', 'person', 'delivery', 'delivery_attempt',
			'idempotency', 'personal_access'] loop
		c := case t
			when 'placement' then 'authority_id = reading_organisation() or exists (select from placement_party p
				where p.organisation_id = reading_organisation() and p.placement_id = placement.id)'
			when 'person' then 'authority_id = reading_organisation() or exists (select from placement x
				where x.authority_id = person.authority_id and x.person_id = person.id)'
			when 'delivery' then 'recipient_id = reading_organisation()'
			when 'delivery_attempt' then 'exists (select from delivery d where d.id = delivery_attempt.delivery_id)'
			when 'idempotency' then 'exists (select from membership m
				where m.user_id = idempotency.user_id and m.organisation_id = reading_organisation())'
			when 'personal_access' then 'organisation_id = reading_organisation()'
			else format('authority_id = reading_organisation() or exists (select from placement_party p
				where p.organisation_id = reading_organisation() and p.placement_id = %I.stream_id)', t) end;
		execute format('alter table %I enable row level security', t);
		execute format('create policy read_own on %I for select to concordat_reader using (%s)', t, c);
		execute format('create policy serve on %I to concordat_service using (true) with check (true)', t);
	end loop;
end $$;
create policy record_own on personal_access for insert to concordat_reader with check (organisation_id = reading_organisation());
