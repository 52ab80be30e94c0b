-- verify.sql - everything that is stored, for comparing it with itself; and a log from its first entry to its last, to hand it out.
--
-- Asked on one snapshot. Ledgers are read in ranges of their ids, each up to its last one and null where there is no end, and logs
-- in ranges of the leaf's index: so whatever there is comes in bounded pieces.

-- name: verify_authorities
-- Everybody who has a log, or entries. Of the ledger's index only the first row of each is looked at.
with recursive owner as (
	(select authority_id from fact order by authority_id limit 1)
	union all
	select (select f.authority_id from fact f where f.authority_id > o.authority_id order by f.authority_id limit 1)
	from owner o where o.authority_id is not null
)
select a.authority_id, n.name, coalesce(h.size, 0)
from (select authority_id from owner where authority_id is not null union select authority_id from log_head) a
left join organisation n on n.id = a.authority_id
left join log_head h using (authority_id)
order by a.authority_id;

-- name: verify_ranges
-- The last ledger of each range of the authority $1, and how many entries are in the range: a few more than $2.
select max(stream_id::text), sum(seq)
from (
	select stream_id, seq, (sum(seq) over (order by stream_id) - seq) / $2::bigint as range from stream where authority_id = $1::uuid
) s
group by range
order by range;

-- name: verify_streams
-- $1: the authority; ledgers behind $2, up to $3. Of a home's, whose it is.
select s.stream_id, s.kind, s.seq, h.organisation_id
from stream s left join home h on h.id = s.stream_id
where s.authority_id = $1::uuid and ($2::uuid is null or s.stream_id > $2::uuid) and ($3::uuid is null or s.stream_id <= $3::uuid)
order by s.stream_id;

-- name: verify_facts
select stream_id, seq, us(recorded_at), header, leaf_index, leaf_hash::bytea, body, nonce, kind, actor_id, us(occurred_at)
from fact
where authority_id = $1::uuid and ($2::uuid is null or stream_id > $2::uuid) and ($3::uuid is null or stream_id <= $3::uuid)
order by stream_id, seq;

-- name: verify_placements
select id, reference, person_id, stage, setting, urgency, provider_id, home_id, owner_id, weekly_p, terms_entry, us(opened_at), team,
	external_reference, us(changed_at)
from placement
where authority_id = $1::uuid and ($2::uuid is null or id > $2::uuid) and ($3::uuid is null or id <= $3::uuid)
order by id;

-- name: verify_parties
-- From the ledgers, for what is keyed by a placement lies among those of every authority. Rows of no ledger are not seen by it.
select p.placement_id, organisation_id, p.authority_id, side, us(since), us(until), version, entries, stage, us(next_due_at), overdue
from stream s join placement_party p on p.placement_id = s.stream_id
where s.authority_id = $1::uuid and ($2::uuid is null or s.stream_id > $2::uuid) and ($3::uuid is null or s.stream_id <= $3::uuid)
order by p.placement_id, organisation_id;

-- name: verify_obligations
select stream_id, seq, n, kind, owed_by, owed_by_id, thread, us(due_at), us(missed_at), state, provider_entry, commissioner_entry,
	mediator_entry, representative_entry, us(closed_at), changed_entry, us(not_served_at), us(known_at), us(next_at)
from obligation
where authority_id = $1::uuid and ($2::uuid is null or stream_id > $2::uuid) and ($3::uuid is null or stream_id <= $3::uuid)
order by stream_id, seq, n;

-- name: verify_obligations_were
select stream_id, seq, n, us(until_at), us(known_at), owed_by, owed_by_id, us(due_at), us(missed_at), us(closed_at), state
from obligation_was
where authority_id = $1::uuid and ($2::uuid is null or stream_id > $2::uuid) and ($3::uuid is null or stream_id <= $3::uuid)
order by stream_id, seq, n, until_at;

-- name: verify_texts
select stream_id, seq, field, person_id, sealed
from personal_text
where authority_id = $1::uuid and ($2::uuid is null or stream_id > $2::uuid) and ($3::uuid is null or stream_id <= $3::uuid)
order by stream_id, seq, field;

-- name: verify_people
-- The keys of everybody whom these ledgers' texts are about, with the ledger; whether an entry says that the person was erased.
select s.stream_id, e.id, e.wrapped_key, us(e.erased_at), exists (select from fact f
	where f.authority_id = e.authority_id and f.stream_id = e.id and f.kind = 'person_erased')
from stream s
left join placement l on l.authority_id = s.authority_id and l.id = s.stream_id
join person e on e.authority_id = s.authority_id and e.id = coalesce(l.person_id, s.stream_id)
where s.authority_id = $1::uuid and ($2::uuid is null or s.stream_id > $2::uuid) and ($3::uuid is null or s.stream_id <= $3::uuid)
order by s.stream_id;

-- name: verify_world
-- Since when the past of actions due is kept whole; protocol time now.
select us((select since from obligation_history)), coalesce((select us(protocol_at) from rehearsal), us(clock_timestamp()));

-- name: verify_leaf
-- Whose entry is the leaf $2 of the log of $1.
select stream_id, seq from fact where authority_id = $1::uuid and leaf_index = $2::bigint;

-- name: verify_first_gap
-- The first leaf from $2 on that is not there though $3 is past it.
select i from generate_series($2::bigint, $3::bigint - 1) i
where not exists (select from fact where authority_id = $1::uuid and leaf_index = i)
order by i limit 1;

-- name: verify_sealed
-- How far the log of $1 is sealed, how many entries it has, and the tiles there are of it; the last leaf that is stored.
select s.origin, s.generation, s.size, s.root::bytea, h.size,
	(select count(*) from log_tile t where t.authority_id = a.id), (select max(leaf_index) from fact f where f.authority_id = a.id)
from (select $1::uuid as id) a
left join log_seal s on s.authority_id = a.id
left join log_head h on h.authority_id = a.id;

-- name: verify_checkpoints
-- A page behind the size $2 and the generation $3.
select size, generation, root::bytea, note from log_checkpoint
where authority_id = $1::uuid and (size, generation) > ($2::bigint, $3::integer)
order by size, generation limit 256;

-- name: verify_tiles
select n, hashes from log_tile where authority_id = $1::uuid and level = $2::smallint and n >= $3::bigint and n < $4::bigint order by n;

-- name: verify_restarts
select generation, old_origin, us(restarted_real), reason from log_restart where authority_id = $1::uuid order by generation;

-- name: export_facts
-- A page of the log of $1 from the leaf $2 on to before $3.
select leaf_index, stream_id, header, body, encode(nonce, 'hex') from fact
where authority_id = $1::uuid and leaf_index >= $2::bigint and leaf_index < $3::bigint
order by leaf_index;
