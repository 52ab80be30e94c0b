-- erasure.sql - a person's own record, and what of the person can still be read.

-- name: erasure_person
-- Of authority $1 the person $2, or the one whom the placement of reference $3 is about: whether there is a key, the placements, one
-- that has not ended, the last entry of any, texts and documents; then the entries of the person's own record, one row without any
-- where it has none. A key that no placement rests on is a home's.
with who as materialized (
	select e.authority_id, e.id, e.wrapped_key is not null as has_key
	from person e
	where e.authority_id = $1::uuid and e.id = coalesce($2::uuid,
			(select person_id from placement where authority_id = $1::uuid and reference = upper($3::text)))
), theirs as materialized (
	select l.* from who w join placement l on l.authority_id = w.authority_id and l.person_id = w.id
), texts as materialized (
	select count(*) as n from theirs l join personal_text t on t.authority_id = l.authority_id and t.stream_id = l.id
), documents as materialized (
	select count(*) as n
	from theirs l
	join fact f on f.authority_id = l.authority_id and f.stream_id = l.id and f.kind = 'document_attached'
	join document d on d.id = (f.body::jsonb -> 'data' ->> 'document')::uuid
	where d.wrapped_key is not null
)
select w.id, w.has_key, (select count(*) from theirs), (select min(reference) from theirs where stage <> 'ended'),
	(select us(max(changed_at)) from theirs), (select n from texts), (select n from documents),
	f.seq, us(f.recorded_at), f.leaf_hash::bytea, f.body
from who w left join fact f on f.authority_id = w.authority_id and f.stream_id = w.id
where exists (select from theirs)
order by f.seq;

-- name: erasure_left
-- Of the people $2 of the authorities $1, who should be erased, those of whom something can be read.
select c.authority_id, c.person_id
from unnest($1::uuid[], $2::uuid[]) with ordinality as c (authority_id, person_id, i)
join person e on e.authority_id = c.authority_id and e.id = c.person_id
where e.wrapped_key is not null or exists (select
	from placement l
	join personal_text t on t.authority_id = l.authority_id and t.stream_id = l.id
	where l.authority_id = c.authority_id and l.person_id = c.person_id)
order by c.i;
