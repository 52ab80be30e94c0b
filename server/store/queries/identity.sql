-- identity.sql - whose bearer token it is.

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
