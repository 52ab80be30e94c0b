-- organise.sql - organisations, homes, users and tokens.
--
-- A creation takes its idempotency key and makes what it is asked for in one statement, or does neither. Its last three
-- parameters are the user, the key and the digest of the request. Its first columns: the id of what was made, now or by the
-- same request before, else null; whether the request was the same, null for a key not known; whether what it rests on is
-- there. Not known, all there and nothing made: another request with this key came first a moment ago, so ask again.

-- name: organise_create_organisation
-- $1 id, $2 kind, $3 name, $4 e-mail, $5 telephone, $6 to $10 postal address; of an authority: $11 division, $12 and $13 protocol,
-- $14 panel's weekday, $15 threshold. Its log begins with it, by the trigger on authority; its deliveries begin with the log.
with known as (
	select stream_id as id, request_sha256::bytea = $18::bytea as same from idempotency where user_id = $16::uuid and key = $17::uuid
), rests as (
	select $2::text <> 'authority' or exists (select from protocol where id = $12::text and version = $13::integer) as there
), taken as (
	insert into idempotency (user_id, key, request_sha256, authority_id, stream_id, first_seq, last_seq, version, recorded_at)
	select $16::uuid, $17::uuid, $18::bytea, $1::uuid, $1::uuid, 0, 0, 0, clock_timestamp()
	from rests where there and not exists (select from known)
	on conflict do nothing
	returning stream_id as id
), made as (
	insert into organisation (id, kind, name, email) select id, $2::text, $3::text, $4::text from taken
	returning id, kind
), reached as (
	insert into contact (organisation_id, telephone, line_1, line_2, line_3, town, postcode)
	select id, $5::text, $6::text, $7::text, $8::text, $9::text, $10::text from made where num_nonnulls($5::text, $6::text) > 0
), governed as (
	insert into authority (id, division, protocol_id, protocol_version, panel_weekday, panel_threshold_p)
	select id, $11::text, $12::text, $13::integer, $14::integer, $15::bigint from made where kind = 'authority'
	returning id
), told as (
	insert into deliver_cursor (authority_id, next_index) select id, 0 from governed on conflict do nothing
)
select coalesce((select id from made), (select id from known where same)), (select same from known), (select there from rests);

-- name: organise_organisations
-- What $1 may know of: itself, whose placements it has a part in, for an authority ($3) every authority (who else pays), provider
-- and mediation body, and whoever represents somebody or pays a share on its placements; for a co-payer who provides the care; for
-- the operator ($2) all. $4 kind, $5 part of the name, $6 and $7 the last row's id and name, $8 how many.
select o.id, o.name, o.kind, case when $2::boolean or o.id = $1::uuid then o.email end, a.division,
	a.protocol_id, a.protocol_version,
	case when $2::boolean or o.id = $1::uuid then a.panel_weekday end,
	case when $2::boolean or o.id = $1::uuid then a.panel_threshold_p end,
	c.telephone, c.line_1, c.line_2, c.line_3, c.town, c.postcode
from organisation o left join authority a on a.id = o.id
left join contact c on c.organisation_id = o.id and ($2::boolean or o.id = $1::uuid)
where ($2::boolean or o.id = $1::uuid or $3::boolean and o.kind in ('authority', 'provider', 'mediation_body')
		or o.id in (select p.authority_id from placement_party p where p.organisation_id = $1::uuid)
		or o.kind = 'provider' and o.id in (select x.provider_id from placement_party p
			join placement x on x.authority_id = p.authority_id and x.id = p.placement_id
			where p.organisation_id = $1::uuid and p.side = 'co_payer' and p.until is null)
		or o.kind = 'representative' and exists (select from placement_party p
			where p.authority_id = $1::uuid and p.organisation_id = o.id))
	and ($4::text is null or o.kind = $4::text)
	and ($5::text is null or position(lower($5::text) in lower(o.name)) > 0)
	and ($6::uuid is null or (o.name collate "C", o.id) > ($7::text collate "C", $6::uuid))
order by o.name collate "C", o.id
limit $8::integer;

-- name: organise_create_home
-- $1 id, $2 organisation, which must be a provider, $3 name, $4 location number, $5 address.
with known as (
	select stream_id as id, request_sha256::bytea = $8::bytea as same from idempotency where user_id = $6::uuid and key = $7::uuid
), rests as (
	select exists (select from organisation where id = $2::uuid and kind = 'provider') as there
), taken as (
	insert into idempotency (user_id, key, request_sha256, authority_id, stream_id, first_seq, last_seq, version, recorded_at)
	select $6::uuid, $7::uuid, $8::bytea, $2::uuid, $1::uuid, 0, 0, 0, clock_timestamp()
	from rests where there and not exists (select from known)
	on conflict do nothing
	returning stream_id as id
), made as (
	insert into home (id, organisation_id, name, location_number, address)
	select id, $2::uuid, $3::text, $4::text, $5::text from taken
	returning id
)
select coalesce((select id from made), (select id from known where same)), (select same from known), (select there from rests);

-- name: organise_homes
-- $1 organisation of the caller, $2 whether it may see every home; $3 whose, $4 part of the name, $5 and $6 the last row's
-- id and name, $7 how many.
select h.id, h.name, h.organisation_id, h.location_number, h.address
from home h
where ($2::boolean or h.organisation_id = $1::uuid)
	and ($3::uuid is null or h.organisation_id = $3::uuid)
	and ($4::text is null or position(lower($4::text) in lower(h.name)) > 0)
	and ($5::uuid is null or (h.name collate "C", h.id) > ($6::text collate "C", $5::uuid))
order by h.name collate "C", h.id
limit $7::integer;

-- name: organise_create_user
-- $1 id, $2 name, $3 e-mail, $4 organisation, $5 roles, $6 whether the operator asks. Somebody known by that e-mail keeps
-- their id and name and gains the roles; but only the operator brings somebody who works elsewhere into an organisation.
-- Then: the user's name; whether the e-mail is somebody's whom the caller may not bring in.
with known as (
	select request_sha256::bytea = $9::bytea as same from idempotency where user_id = $7::uuid and key = $8::uuid
), colleague as (
	select u.id, u.name from app_user u
	where u.email = $3::text and exists (select from membership m where m.user_id = u.id and m.organisation_id = $4::uuid)
), rests as (
	select exists (select from organisation where id = $4::uuid) as there,
		not $6::boolean and exists (select from app_user where email = $3::text) and not exists (select from colleague) as strange
), taken as (
	insert into idempotency (user_id, key, request_sha256, authority_id, stream_id, first_seq, last_seq, version, recorded_at)
	select $7::uuid, $8::uuid, $9::bytea, $4::uuid, $1::uuid, 0, 0, 0, clock_timestamp()
	from rests where there and not strange and not exists (select from known)
	on conflict do nothing
	returning stream_id as id
), made as (
	insert into app_user (id, name, email) select id, $2::text, $3::text from taken
	on conflict (email) do update set email = excluded.email
	-- asked again here, of whoever came first a moment ago
	where $6::boolean or exists (select from membership m where m.user_id = app_user.id and m.organisation_id = $4::uuid)
	returning id, name
), joined as (
	insert into membership (user_id, organisation_id, role)
	select made.id, $4::uuid, r.role from made, unnest($5::text[]) as r (role)
	on conflict do nothing
)
select s.id, s.same, s.there and not s.strange, s.name, s.strange
from (
	select coalesce(m.id, c.id) as id, k.same, r.there, coalesce(m.name, c.name) as name,
		m.id is null and coalesce(k.same and c.id is null, r.strange) as strange
	from rests r left join known k on true left join made m on true left join colleague c on k.same
) s;

-- name: organise_create_token
-- $1 id, $2 SHA-256, $3 user, who must work there, $4 organisation, $5 label, $6 days. Then: when it ends.
with known as (
	select stream_id as id, request_sha256::bytea = $9::bytea as same from idempotency where user_id = $7::uuid and key = $8::uuid
), rests as (
	select exists (select from membership where user_id = $3::uuid and organisation_id = $4::uuid) as there
), taken as (
	insert into idempotency (user_id, key, request_sha256, authority_id, stream_id, first_seq, last_seq, version, recorded_at)
	select $7::uuid, $8::uuid, $9::bytea, $4::uuid, $1::uuid, 0, 0, 0, clock_timestamp()
	from rests where there and not exists (select from known)
	on conflict do nothing
	returning stream_id as id
), made as (
	insert into token (id, secret_sha256, user_id, organisation_id, label, expires_real)
	select id, $2::bytea, $3::uuid, $4::uuid, $5::text, clock_timestamp() + make_interval(days => $6::integer) from taken
	returning id, expires_real
), shown as (
	select id, expires_real from made
	union all
	select t.id, t.expires_real from known k join token t on t.id = k.id where k.same
)
select (select id from shown), (select same from known), (select there from rests), (select us(expires_real) from shown);

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

-- name: organise_adopt_protocol
-- $1 authority, $2 and $3 the protocol. What runs keeps the protocol that its first fact names. Then: the authority as it is, nulls
-- when there is none.
with known as (
	select stream_id as id, request_sha256::bytea = $6::bytea as same from idempotency where user_id = $4::uuid and key = $5::uuid
), rests as (
	select exists (select from protocol where id = $2::text and version = $3::integer)
		and exists (select from authority where id = $1::uuid) as there
), taken as (
	insert into idempotency (user_id, key, request_sha256, authority_id, stream_id, first_seq, last_seq, version, recorded_at)
	select $4::uuid, $5::uuid, $6::bytea, $1::uuid, $1::uuid, 0, 0, 0, clock_timestamp()
	from rests where there and not exists (select from known)
	on conflict do nothing
	returning stream_id as id
), adopted as (
	update authority a set protocol_id = $2::text, protocol_version = $3::integer from taken t where a.id = t.id
)
select coalesce((select id from taken), (select id from known where same)), (select same from known), there, o.name,
	a.division, a.panel_weekday, a.panel_threshold_p, o.email, c.telephone, c.line_1, c.line_2, c.line_3, c.town, c.postcode
from rests left join (authority a join organisation o using (id) left join contact c on c.organisation_id = id) on a.id = $1::uuid;

-- name: organise_set_contact
-- How organisation $1 is reached, all of it anew: $2 e-mail, which is there if one was, $3 telephone, $4 to $8 postal address; $9
-- user, $10 key, $11 digest. Then: the organisation, and how it is reached, now or by this request when it came first.
with known as (
	select stream_id as id, request_sha256::bytea = $11::bytea as same from idempotency where user_id = $9::uuid and key = $10::uuid
), rests as (
	select exists (select from organisation where id = $1::uuid and ($2::text is not null or email is null)) as there
), taken as (
	insert into idempotency (user_id, key, request_sha256, authority_id, stream_id, first_seq, last_seq, version, recorded_at)
	select $9::uuid, $10::uuid, $11::bytea, $1::uuid, $1::uuid, 0, 0, 0, clock_timestamp()
	from rests where there and not exists (select from known)
	on conflict do nothing
	returning stream_id as id
), mailed as (
	update organisation o set email = $2::text from taken t where o.id = t.id
), reached as (
	insert into contact (organisation_id, telephone, line_1, line_2, line_3, town, postcode)
	select id, $3::text, $4::text, $5::text, $6::text, $7::text, $8::text from taken
	on conflict (organisation_id) do update set telephone = excluded.telephone, line_1 = excluded.line_1, line_2 = excluded.line_2,
		line_3 = excluded.line_3, town = excluded.town, postcode = excluded.postcode
)
select coalesce((select id from taken), (select id from known where same)), (select same from known), r.there, o.name, o.kind, a.division,
	a.protocol_id, a.protocol_version, a.panel_weekday, a.panel_threshold_p, $2::text, $3::text, $4::text, $5::text, $6::text, $7::text,
	$8::text
from rests r left join (organisation o left join authority a using (id)) on o.id = $1::uuid;

-- name: organise_load_closures
-- $1 authority, $2 the version, which must be the next, $3 the whole list, null when what it follows was not at hand. Then: the
-- newest version before this.
with known as (
	select stream_id as id, request_sha256::bytea = $6::bytea as same from idempotency where user_id = $4::uuid and key = $5::uuid
), rests as (
	select newest, newest = $2::integer - 1 and $3::jsonb is not null as there from newest_closures($1::uuid) as newest
), taken as (
	insert into idempotency (user_id, key, request_sha256, authority_id, stream_id, first_seq, last_seq, version, recorded_at)
	select $4::uuid, $5::uuid, $6::bytea, $1::uuid, $1::uuid, 0, 0, 0, clock_timestamp()
	from rests where there and not exists (select from known)
	on conflict do nothing
	returning stream_id as id
), made as (
	insert into closures (authority_id, version, document, loaded_by) select id, $2::integer, $3::jsonb, $4::uuid from taken
)
select coalesce((select id from taken), (select id from known where same)), (select same from known), there, newest from rests;
