-- record.sql - what a record of agreed terms, or a statement that no reply was recorded, is made of.

-- name: record_entries
-- Entries $3 of the ledger $2 exactly as they were recorded, with the nonces that nothing else hands out.
select f.seq, f.leaf_index, f.leaf_hash::bytea, f.header, f.body, f.nonce
from unnest($3::integer[]) as w (seq)
join fact f on f.authority_id = $1::uuid and f.stream_id = $2::uuid and f.seq = w.seq
order by w.seq;

-- name: record_names
-- Who the ids $1 are: organisations, homes and people who act for them. Then the public keys that checkpoints were signed with.
select id, name, key from (
	select id, name, null::bytea as key from organisation where id = any ($1::uuid[])
	union all
	select id, name, null from home where id = any ($1::uuid[])
	union all
	select id, name, null from app_user where id = any ($1::uuid[])
	union all
	select null, null, public_key from log_key
) n
order by id nulls last, key;
