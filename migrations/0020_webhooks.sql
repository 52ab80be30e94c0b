-- 0020_webhooks.sql - programs of an organisation that are told as things happen.

create table webhook (
	id                     uuid primary key,
	organisation_id        uuid not null references organisation,
	url                    text not null,
	description            text not null default '',
	kinds                  text[] check (cardinality(kinds) > 0), -- null: all
	state                  text not null default 'active' check (state in ('active', 'disabled')),
	disabled_because       text check ((disabled_because is null) = (state = 'active')),
	secret                 bytea not null, -- under the master key, and so is the one before it
	old_secret             bytea,
	old_secret_until_real  timestamptz check ((old_secret_until_real is null) = (old_secret is null)), -- it signs too until then
	failing_since_real     timestamptz, -- nothing was taken since
	slowed_until_real      timestamptz, -- it asked to be left alone so long
	created_by             uuid not null references app_user,
	created_real           timestamptz not null default clock_timestamp()
) with (fillfactor = 70);
create index webhook_organisation on webhook (organisation_id, id);

-- What each was told, for its owner to find and to send again.
create index delivery_webhook on delivery (target, created_at) where channel = 'webhook';
create index delivery_webhook_missed on delivery (target, id) where channel = 'webhook' and state <> 'delivered';

-- A test, and a notice that a webhook was disabled, are of no placement.
alter table delivery alter column authority_id drop not null, alter column placement_id drop not null;

grant select, insert, update, delete on webhook to concordat_service;
grant select (id, organisation_id, url, description, kinds, state, disabled_because, old_secret_until_real, failing_since_real,
	slowed_until_real, created_real) on webhook to concordat_reader;
alter table webhook enable row level security;
create policy read_own on webhook for select to concordat_reader using (organisation_id = reading_organisation());
create policy serve on webhook to concordat_service using (true) with check (true);
