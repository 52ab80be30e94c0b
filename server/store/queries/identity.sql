-- identity.sql - whose bearer token it is, or whose calendar feed.

-- name: identity_caller
-- By the SHA-256 of the whole token, "cnc_" included. Expiry is real time, by the database's clock, also in a rehearsal.
-- Somebody who has no role left in the organisation is nobody there.
select t.id, t.user_id, t.organisation_id, o.kind, string_agg(m.role, ',' order by m.role),
	us(t.expires_real) - us(clock_timestamp())
from token t
join organisation o on o.id = t.organisation_id
join membership m on m.user_id = t.user_id and m.organisation_id = t.organisation_id
where t.secret_sha256 = $1::bytea and t.revoked_real is null and t.expires_real > clock_timestamp()
group by t.id, o.kind;

-- name: identity_feed
-- The same by the SHA-256 of a calendar feed's secret, its id in place of the token's. It has no end and is kept nowhere.
select f.id, f.user_id, f.organisation_id, o.kind, string_agg(m.role, ',' order by m.role), 0
from calendar_feed f
join organisation o on o.id = f.organisation_id
join membership m on m.user_id = f.user_id and m.organisation_id = f.organisation_id
where f.secret_sha256 = $1::bytea and f.revoked_real is null
group by f.id, o.kind;
