-- submit.sql - what a move names that is not on the placement.

-- name: submit_invited
-- Whether $1 is a provider, and whether home $2 is one of its homes (true when no home is named).
select exists (select from organisation where id = $1::uuid and kind = 'provider'),
	$2::uuid is null or exists (select from home where id = $2::uuid and organisation_id = $1::uuid);

-- name: submit_payers
-- Of the organisations $2, each with its place $1: the first place of one that is not known here as one that pays for care.
select min(n.place) from unnest($1::integer[], $2::uuid[]) as n (place, id)
where not exists (select from organisation o where o.id = n.id and o.kind in ('authority', 'representative'));

-- name: submit_organisation
-- Whether $1 is an organisation of the kind $2.
select exists (select from organisation where id = $1::uuid and kind = $2::text);
