-- feed.sql - the live stream: how far the logs are, what came since, whose tokens are still good.
--
-- The size of a log is set by the transaction that appends, so whatever stands below a size that was read here can be read.

-- name: feed_open
-- The size of the log of $2, for an organisation $1 that has any part in it, or may be given one any day.
select size from log_head h
where authority_id = $2::uuid and (authority_id = $1::uuid
	or exists (select from placement_party p where p.organisation_id = $1::uuid and p.authority_id = h.authority_id)
	or exists (select from organisation o where o.id = $1::uuid and o.kind in ('provider', 'mediation_body')));

-- name: feed_leaves
-- Of the log of $1, the hashes of the entries at $2 and $3: null where there is none.
select (select leaf_hash::bytea from fact where authority_id = $1::uuid and leaf_index = $2::bigint),
	(select leaf_hash::bytea from fact where authority_id = $1::uuid and leaf_index = $3::bigint);

-- name: feed_heads
-- Of the logs $1, how long each is, and the hash of the entry before the place $2 in it: null where there is none.
select w.id, h.size, (select f.leaf_hash::bytea from fact f where f.authority_id = w.id and f.leaf_index = w.place - 1)
from unnest($1::uuid[], $2::bigint[]) as w (id, place) left join log_head h on h.authority_id = w.id;

-- name: feed_entries
-- Of the log of $1, from $2 to before $3: the first $4 that the reader may see at all.
select f.leaf_index, f.stream_id, f.seq, s.kind, f.leaf_hash::bytea, f.traceparent
from fact f join stream s using (authority_id, stream_id)
where f.authority_id = $1::uuid and f.leaf_index >= $2::bigint and f.leaf_index < $3::bigint
order by f.leaf_index
limit $4::integer;

-- name: feed_entries_of
-- The same of the placement $5 alone.
select f.leaf_index, f.stream_id, f.seq, 'placement', f.leaf_hash::bytea, f.traceparent
from fact f
where f.authority_id = $1::uuid and f.stream_id = $5::uuid and f.leaf_index >= $2::bigint and f.leaf_index < $3::bigint
order by f.leaf_index
limit $4::integer;

-- name: feed_tokens
-- Those of the tokens $1 that let somebody in now.
select t.id from token t
where t.id = any ($1::uuid[]) and t.revoked_real is null and t.expires_real > clock_timestamp()
	and exists (select from membership m where m.user_id = t.user_id and m.organisation_id = t.organisation_id);
