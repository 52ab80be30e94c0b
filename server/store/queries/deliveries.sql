-- deliveries.sql - messages as people see them, and the rules that say who gets them.

-- name: deliveries_list
-- Messages to $1, newest first: ids are made in the order of time. $2 about which placement, $3 in which state, $4 on which
-- channel, $5 for which person or webhook, $6 read or not, $7 the last row's id, $8 how many. What waits or is being sent is
-- 'queued' in its own row, and few are being sent.
select d.id, d.placement_id, d.channel, d.kind, d.subject, d.body, state_seen(d.state, p.state), d.reminder,
	coalesce(p.attempts, d.attempts), us(d.due_at), us(d.created_at),
	nullif(d.target, '00000000-0000-0000-0000-000000000000'), us(d.read_real),
	us(acknowledged_at(d.authority_id, d.leaf_index, d.recipient_id))
from delivery d left join dispatch p on p.id = d.dispatch_id
where d.recipient_id = $1::uuid
	and ($2::uuid is null or d.placement_id = $2::uuid)
	and ($3::text is null or d.state = case $3::text when 'sending' then 'queued' else $3::text end)
	and ($3::text is distinct from 'queued' or p.state = 'queued')
	and ($3::text is distinct from 'sending'
		or d.dispatch_id = any (array(select s.id from dispatch s where s.recipient_id = $1::uuid and s.state = 'sending')))
	and ($4::text is null or d.channel = $4::text)
	and ($5::uuid is null or d.target = $5::uuid)
	and ($6::boolean is null or (d.read_real is not null) = $6::boolean)
	and ($7::uuid is null or d.id < $7::uuid)
order by d.id desc
limit $8::integer;

-- name: deliveries_one
-- The message $2 to $1, as above, a row for each try at it. A webhook's address is for those who manage it.
select d.id, d.placement_id, d.channel, d.kind, d.subject, d.body, state_seen(d.state, p.state), d.reminder,
	coalesce(p.attempts, d.attempts), us(d.due_at), us(d.created_at),
	nullif(d.target, '00000000-0000-0000-0000-000000000000'), us(d.read_real),
	us(acknowledged_at(d.authority_id, d.leaf_index, d.recipient_id)), a.attempt, us(a.started_real), us(a.ended_real), a.outcome,
	a.status, a.answer, case d.channel when 'email' then a.address end
from delivery d
left join dispatch p on p.id = d.dispatch_id
left join delivery_attempt a on a.dispatch_id = d.dispatch_id
where d.recipient_id = $1::uuid and d.id = $2::uuid
order by a.attempt;

-- name: deliveries_read
-- The message $2 to $1 is read; with it the placement and the entry that are served by that, where one waits for it.
with marked as (
	update delivery set read_real = coalesce(read_real, clock_timestamp())
	where recipient_id = $1::uuid and id = $2::uuid
	returning id, authority_id, placement_id, leaf_index
)
select m.id, f.authority_id, f.stream_id, f.seq
from marked m
left join fact f on f.authority_id = m.authority_id and f.leaf_index = m.leaf_index
	and exists (select from obligation o where o.authority_id = f.authority_id and o.stream_id = f.stream_id
		and o.state = 'open' and o.due_at is null);

-- name: deliveries_reached
-- How far what the reading organisation did on placement $1 has reached the others, newest first; $2 the last row's id, $3 how
-- many. The entry is the placement's own count.
select r.id, f.seq, r.kind, r.recipient_id, r.channel, r.state, r.attempts, r.answer, us(r.created_at), us(r.read_real),
	us(acknowledged_at(r.authority_id, r.leaf_index, r.recipient_id))
from deliveries_reached($1::uuid) r
join fact f on f.authority_id = r.authority_id and f.leaf_index = r.leaf_index
where ($2::uuid is null or r.id < $2::uuid)
order by r.id desc
limit $3::integer;

-- name: message_rules
-- Of organisation $1 for its mailbox, and for its user $2.
select m.user_id = $2::uuid, nullif(m.kind, '*'), m.timing, m.placements, r.digest_hour, r.time_zone
from message_rule m
left join message_reader r on r.organisation_id = m.organisation_id and r.user_id = m.user_id
where m.organisation_id = $1::uuid and m.user_id in ('00000000-0000-0000-0000-000000000000', $2::uuid)
order by m.user_id, m.kind;

-- name: message_rule_set
-- For organisation $1 and its user $2 (zero: its mailbox) by the kind $3, null for those that no rule names; $6 the hour of its
-- daily e-mail and $7 its time zone, null: as they were. No row where there is no such zone. Where there is a new one, the clock
-- looks from then on, $8 being now, at what may come up earlier there.
with chosen as (
	select r.digest_hour, r.time_zone
	from (select 1) one
	left join message_reader r on r.organisation_id = $1::uuid and r.user_id = $2::uuid
	where $7::text is null or exists (select from time_zones() z where z = $7::text)
), reader as (
	insert into message_reader (organisation_id, user_id, digest_hour, time_zone)
	select $1::uuid, $2::uuid, $6::smallint, $7::text from chosen where num_nonnulls($6::smallint, $7::text) > 0
	on conflict (organisation_id, user_id) do update set digest_hour = coalesce($6::smallint, message_reader.digest_hour),
		time_zone = coalesce($7::text, message_reader.time_zone)
), looked as (
	update obligation o set next_at = l.at
	from chosen c
	cross join lateral (select w.authority_id, w.stream_id, w.seq, w.n, w.next_at
		from placement_party p join obligation w on w.authority_id = p.authority_id and w.stream_id = p.placement_id
		where p.organisation_id = $1::uuid and w.state = 'open'
		union select w.authority_id, w.stream_id, w.seq, w.n, w.next_at
		from obligation w where w.owed_by_id = $1::uuid and w.state = 'open') w
	cross join lateral look_from(w.next_at, $7::text) l (at)
	where c.time_zone is distinct from $7::text and $7::text is not null and w.next_at > $8::timestamptz and l.at < w.next_at
		and o.authority_id = w.authority_id and o.stream_id = w.stream_id and o.seq = w.seq and o.n = w.n
), made as (
	insert into message_rule (organisation_id, user_id, kind, timing, placements)
	select $1::uuid, $2::uuid, coalesce($3::text, '*'), $4::text, $5::text from chosen
	on conflict (organisation_id, user_id, kind) do update set timing = excluded.timing, placements = excluded.placements
)
select coalesce($6::smallint, c.digest_hour), coalesce($7::text, c.time_zone) from chosen c;

-- name: message_time_zones
select z from time_zones() z order by z;

-- name: message_rule_remove
delete from message_rule where organisation_id = $1::uuid and user_id = $2::uuid and kind = coalesce($3::text, '*') returning 1;
