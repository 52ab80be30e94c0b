-- administer.sql - what the commands of an operator write.

-- name: administer_create_admin
-- $1 organisation's id when there is no operator yet, $2 user's id when the e-mail is new, $3 e-mail, $4 name, $5 token's id,
-- $6 SHA-256 of the token.
with operator as (
	insert into organisation (id, kind, name)
	select $1::uuid, 'operator', 'Operator' where not exists (select from organisation where kind = 'operator')
	returning id
), organisation_id as (
	select id from operator union all select id from (select id from organisation where kind = 'operator' limit 1) o
), person as (
	insert into app_user (id, name, email) values ($2::uuid, $4::text, $3::text)
	on conflict (email) do update set email = excluded.email
	returning id
), role as (
	insert into membership (user_id, organisation_id, role)
	select person.id, organisation_id.id, 'administrator' from person, organisation_id
	on conflict do nothing
)
insert into token (id, secret_sha256, user_id, organisation_id, label, expires_real)
select $5::uuid, $6::bytea, person.id, organisation_id.id, 'first administrator', clock_timestamp() + interval '30 days'
from person, organisation_id
returning id;

-- name: administer_load_calendar
-- $1 division, $2 version, $3 document; whether it was new, and whether what stands there says the same.
with made as (
	insert into calendar (division, version, document) values ($1::text, $2::integer, $3::jsonb)
	on conflict do nothing returning 1
)
select exists (select from made),
	exists (select from calendar where division = $1::text and version = $2::integer and document = $3::jsonb);

-- name: administer_load_protocol
-- $1 id, $2 version, $3 document; as a calendar, and what stood there.
with made as (
	insert into protocol (id, version, document) values ($1::text, $2::integer, $3::jsonb)
	on conflict do nothing returning 1
)
select exists (select from made),
	exists (select from protocol where id = $1::text and version = $2::integer and document = $3::jsonb),
	(select document from protocol where id = $1::text and version = $2::integer);

-- name: administer_load_cost_model
-- $4 first day in effect, $5 last day or null, $6 illustrative, $7 the organisation that loads it, null for the operator. Also
-- whether versions of this id are theirs to load (whoever loads the first of an id owns it, also when two begin at once), and
-- whether this version was seen to stand there, and what stands there where it says something else.
with origin as (
	insert into cost_model_origin as o (id, loaded_by) values ($1::text, $7::uuid)
	on conflict (id) do update set id = excluded.id where o.loaded_by is not distinct from excluded.loaded_by
	returning 1
), made as (
	insert into cost_model (id, version, document, effective_from, effective_to, illustrative)
	select $1::text, $2::text, $3::jsonb, $4::date, $5::date, $6::boolean from origin
	on conflict do nothing returning 1
)
select exists (select from made),
	exists (select from cost_model where id = $1::text and version = $2::text and document = $3::jsonb),
	exists (select from origin),
	exists (select from cost_model where id = $1::text and version = $2::text),
	(select document from cost_model where id = $1::text and version = $2::text and document <> $3::jsonb);
