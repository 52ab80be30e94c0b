-- import.sql - what the rows of a caseload that is brought in name, and which of them are in already.

-- name: import_homes
-- For each row that means any: its place from 1, how many homes it may mean, and one of them with its provider. $1 the
-- home's id, $2 the regulator's number, $3 the provider's id; an element of each is null where the row does not say.
with row as (
	select * from unnest($1::uuid[], $2::text[], $3::uuid[]) with ordinality as w (home, number, provider, i)
), found as (
	select row.i, row.provider, h.id, h.organisation_id from row join home h on h.id = row.home
	union
	select row.i, row.provider, h.id, h.organisation_id from row join home h on h.location_number = row.number
)
select i, count(*), (array_agg(id))[1], (array_agg(organisation_id))[1]
from found where provider is null or provider = organisation_id
group by i;

-- name: import_known
-- Which of the keys $2 of user $1 are there: the key's place from 1, whose request it was, and the placement.
select k.i, d.request_sha256::bytea, d.stream_id, p.reference
from unnest($2::uuid[]) with ordinality as k (key, i)
join idempotency d on d.user_id = $1::uuid and d.key = k.key
left join placement p on p.authority_id = d.authority_id and p.id = d.stream_id;
