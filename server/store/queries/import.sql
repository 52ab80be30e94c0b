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
-- Which of the keys $2 of user $1 are there: the key's place from 1, whose request it was, and the placement. Each table is gone
-- through once at most, however small the planner believes it to be: a plan made on a young database is kept.
with mine as materialized (
	select key, request_sha256, authority_id, stream_id from idempotency where user_id = $1::uuid and key = any ($2::uuid[])
), named as materialized (
	select authority_id, id, reference from placement
	where authority_id = any (array(select authority_id from mine)) and id = any (array(select stream_id from mine))
)
select k.i, d.request_sha256::bytea, d.stream_id, p.reference
from unnest($2::uuid[]) with ordinality as k (key, i)
join mine d on d.key = k.key
left join named p on p.authority_id = d.authority_id and p.id = d.stream_id;

-- name: import_there
-- Which of the external references $2 the authority $1 has already: the place from 1, the placement, its reference; or that an
-- earlier place of the same file has it too.
with row as materialized (
	select i, external_reference, min(i) over (partition by external_reference) as first
	from unnest($2::text[]) with ordinality as w (external_reference, i) where external_reference is not null
), there as materialized (
	select id, reference, external_reference from placement
	where authority_id = $1::uuid and external_reference = any ($2::text[])
)
select r.i, t.id, t.reference, r.first
from row r left join there t using (external_reference)
where t.id is not null or r.first < r.i;

-- name: import_begin
-- The import $1 of authority $2 goes on, again perhaps.
insert into import (id, authority_id) values ($1::uuid, $2::uuid)
on conflict (id) do update set begun_real = clock_timestamp(), until_index = null;

-- name: import_over
-- All of the import $1 stands in its authority's log.
update import i set until_index = h.size from log_head h where i.id = $1::uuid and h.authority_id = i.authority_id;
