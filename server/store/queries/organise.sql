-- organise.sql - organisations, homes, users and tokens.
--
-- Each id is made from the caller's idempotency key, so a repeat finds what it made before. The second column of each
-- creation says whether a row with that id stood there already and said the same; neither made nor the same means that the
-- key was used for something else.

-- name: organise_create_organisation
-- $1 id, $2 kind, $3 name, $4 e-mail; of an authority: $5 division, $6 and $7 protocol, $8 panel's weekday, $9 threshold.
-- Its log begins with it, by the trigger on authority; its deliveries begin with the log.
with made as (
	insert into organisation (id, kind, name, email)
	select $1::uuid, $2::text, $3::text, $4::text
	where $2::text <> 'authority' or exists (select from protocol where id = $6::text and version = $7::integer)
	on conflict (id) do nothing
	returning id, kind
), governed as (
	insert into authority (id, division, protocol_id, protocol_version, panel_weekday, panel_threshold_p)
	select id, $5::text, $6::text, $7::integer, $8::integer, $9::bigint from made where kind = 'authority'
	returning id
), told as (
	insert into deliver_cursor (authority_id, next_index) select id, 0 from governed on conflict do nothing
)
select exists (select from made),
	exists (select from organisation where id = $1::uuid and kind = $2::text and name = $3::text),
	$2::text <> 'authority' or exists (select from protocol where id = $6::text and version = $7::integer);

-- name: organise_organisations
-- What $1 may know of: itself, whom it shares a placement with, for an authority ($3) every provider and mediation body,
-- for the operator ($2) all. $4 kind, $5 part of the name, $6 and $7 the last row's id and name, $8 how many.
select o.id, o.kind, o.name, case when $2::boolean or o.id = $1::uuid then o.email end, a.division,
	a.protocol_id, a.protocol_version,
	case when $2::boolean or o.id = $1::uuid then a.panel_weekday end,
	case when $2::boolean or o.id = $1::uuid then a.panel_threshold_p end
from organisation o left join authority a on a.id = o.id
where ($2::boolean or o.id = $1::uuid or $3::boolean and o.kind in ('provider', 'mediation_body')
		or o.id in (select p.authority_id from placement_party p where p.organisation_id = $1::uuid))
	and ($4::text is null or o.kind = $4::text)
	and ($5::text is null or position(lower($5::text) in lower(o.name)) > 0)
	and ($6::uuid is null or (o.name collate "C", o.id) > ($7::text collate "C", $6::uuid))
order by o.name collate "C", o.id
limit $8::integer;

-- name: organise_create_home
-- $1 id, $2 organisation, $3 name, $4 location number, $5 address. The third column: whether that is a provider.
with made as (
	insert into home (id, organisation_id, name, location_number, address)
	select $1::uuid, o.id, $3::text, $4::text, $5::text from organisation o where o.id = $2::uuid and o.kind = 'provider'
	on conflict (id) do nothing
	returning id
)
select exists (select from made),
	exists (select from home where id = $1::uuid and organisation_id = $2::uuid and name = $3::text),
	exists (select from organisation where id = $2::uuid and kind = 'provider');

-- name: organise_homes
-- $1 organisation of the caller, $2 whether it may see every home; $3 whose, $4 part of the name, $5 and $6 the last row's
-- id and name, $7 how many.
select h.id, h.organisation_id, h.name, h.location_number, h.address
from home h
where ($2::boolean or h.organisation_id = $1::uuid)
	and ($3::uuid is null or h.organisation_id = $3::uuid)
	and ($4::text is null or position(lower($4::text) in lower(h.name)) > 0)
	and ($5::uuid is null or (h.name collate "C", h.id) > ($6::text collate "C", $5::uuid))
order by h.name collate "C", h.id
limit $7::integer;

-- name: organise_create_user
-- $1 id, $2 name, $3 e-mail, $4 organisation, $5 roles. Somebody known by that e-mail keeps their id and name and gains the
-- roles. No row: the organisation is unknown, or the id belongs to another e-mail (the key was used before).
with made as (
	insert into app_user (id, name, email)
	select $1::uuid, $2::text, $3::text from organisation o
	where o.id = $4::uuid and not exists (select from app_user where id = $1::uuid and email <> $3::text)
	on conflict (email) do update set email = excluded.email
	returning id, name, email
), joined as (
	insert into membership (user_id, organisation_id, role)
	select made.id, $4::uuid, r.role from made, unnest($5::text[]) as r (role)
	on conflict do nothing
)
select made.id, made.name, exists (select from organisation where id = $4::uuid)
from (select 1) one left join made on true;

-- name: organise_create_token
-- $1 id, $2 SHA-256, $3 user, $4 organisation, $5 label, $6 days. The third column: whether the user works there.
with made as (
	insert into token (id, secret_sha256, user_id, organisation_id, label, expires_real)
	select $1::uuid, $2::bytea, $3::uuid, $4::uuid, $5::text, clock_timestamp() + make_interval(days => $6::integer)
	where exists (select from membership where user_id = $3::uuid and organisation_id = $4::uuid)
	on conflict (id) do nothing
	returning expires_real
)
select exists (select from made),
	exists (select from token where id = $1::uuid and user_id = $3::uuid and organisation_id = $4::uuid and label = $5::text),
	exists (select from membership where user_id = $3::uuid and organisation_id = $4::uuid),
	us(coalesce((select expires_real from made), (select expires_real from token where id = $1::uuid)));

-- name: organise_revoke_token
-- $1 token, $2 organisation, $3 whether the caller may revoke any token, $4 whether any of this
-- organisation's, $5 the caller, who may revoke their own. No row: there is no such token in the caller's world. Revoking
-- again changes nothing.
with found as (
	select id, user_id from token where id = $1::uuid and ($3::boolean or organisation_id = $2::uuid)
), revoked as (
	update token t set revoked_real = coalesce(t.revoked_real, clock_timestamp())
	from found f where t.id = f.id and ($3::boolean or $4::boolean or f.user_id = $5::uuid)
	returning t.id
)
select exists (select from revoked) from found;
