-- The third migration: documents, and what each party calls the entry that opened an action due.

-- A document belongs to the organisation that uploaded it, whatever it is then attached to. Its bytes are sealed under a key of
-- its own, which the master key wraps: without that key (null) they are erased, while the facts that name its digest stand.
create table document (
	id               uuid primary key,
	organisation_id  uuid not null references organisation,
	uploaded_by      uuid not null references app_user,
	sha256           sha256 not null,
	bytes            integer not null check (bytes > 0),
	media_type       text not null,
	wrapped_key      bytea,
	content          bytea not null,
	created_real     timestamptz not null default clock_timestamp()
);
create index document_organisation on document (organisation_id);
alter table document alter column content set storage external; -- what is sealed cannot be compressed

-- Where it is attached: which placement's parties may read it.
create index fact_document on fact ((body::jsonb -> 'data' ->> 'document')) where kind = 'document_attached';

grant select, insert on document to concordat_service;
grant select on document to concordat_reader;
alter table document enable row level security;
create policy serve on document to concordat_service using (true) with check (true);
-- The facts that it may be found by are under their own policy, so they are those of the reader's placements.
create policy read_own on document for select to concordat_reader
	using (organisation_id = reading_organisation() or exists (select from fact f
		where f.kind = 'document_attached' and f.body::jsonb -> 'data' ->> 'document' = document.id::text));
