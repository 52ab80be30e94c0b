-- documents.sql - what organisations upload, and where it is attached.
--
-- A creation takes its idempotency key as in organise.sql.

-- name: documents_create
-- $1 id, $2 organisation, $3 SHA-256, $4 how many bytes, $5 media type, $6 wrapped key, $7 sealed content, $8 for how many hours
-- it may be attached.
with known as (
	select stream_id as id, request_sha256::bytea = $11::bytea as same from idempotency where user_id = $9::uuid and key = $10::uuid
), taken as (
	insert into idempotency (user_id, key, request_sha256, authority_id, stream_id, first_seq, last_seq, version, recorded_at)
	select $9::uuid, $10::uuid, $11::bytea, $2::uuid, $1::uuid, 0, 0, 0, clock_timestamp()
	where not exists (select from known)
	on conflict do nothing
	returning stream_id as id
), made as (
	insert into document (id, organisation_id, uploaded_by, sha256, bytes, media_type, wrapped_key, content, until_real)
	select id, $2::uuid, $9::uuid, $3::bytea, $4::integer, $5::text, $6::bytea, $7::bytea,
		clock_timestamp() + make_interval(hours => $8::integer)
	from taken
	returning id
)
select coalesce((select id from made), (select id from known where same)), (select same from known), true;

-- name: documents_own
-- What a fact says of document $1 of organisation $2; no row: there is none that it uploaded.
select sha256::bytea, bytes, media_type from document
where id = $1::uuid and organisation_id = $2::uuid and wrapped_key is not null
	and (until_real is null or until_real > clock_timestamp());

-- name: documents_places
-- Whose document $1 is, and each place where it is attached in the placements of whoever reads; one row with no place when it
-- is attached nowhere, none when the reader has nothing to do with it.
select d.organisation_id, d.sha256::bytea, d.media_type, f.authority_id, f.stream_id, f.seq
from document d
left join fact f on f.kind = 'document_attached' and f.body::jsonb -> 'data' ->> 'document' = d.id::text
where d.id = $1::uuid and d.wrapped_key is not null
order by f.recorded_at
limit 64;

-- name: documents_content
-- The sealed bytes of $1 and their key; that they were read is recorded where they are attached: $2 authority, $3 placement,
-- $4 user, $5 organisation, $6 now.
with noted as (
	insert into personal_access (authority_id, person_id, placement_id, user_id, organisation_id, texts, read_at)
	select x.authority_id, x.person_id, x.id, $4::uuid, $5::uuid, 1, $6::timestamptz
	from placement x where x.authority_id = $2::uuid and x.id = $3::uuid
)
select wrapped_key, content from document where id = $1::uuid and wrapped_key is not null;
