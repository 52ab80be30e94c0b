-- append.sql - a batch of moves in two statements, which are one transaction.
--
-- The heads of the authorities' logs are locked first, in order, and held to commit: so the order of leaf_index is the order of
-- commits, and nobody else can write a stream of theirs meanwhile. They are locked by a statement of their own because the next
-- one then sees everything as the last holder left it. Had one statement both waited and written, PostgreSQL would have judged
-- the awaited rows again under a second copy of the whole plan, made anew each time: a fifth of the work of a busy service.
--
-- The second statement is one chain, so that no later part can mistake the winner: streams that stand where they are expected
-- to -> take the idempotency keys -> won -> write. Keys are the only rows that two batches of different authorities can both
-- want, and are taken in key order: batches can wait for each other but never in a ring.

-- name: append_heads
-- The time is that of asking, before any wait for the locks. The count only makes the rows be read, and so be locked.
select us(statement_timestamp()), (select us(protocol_at) from rehearsal), count(*)
from (select from log_head where authority_id = any ($1::uuid[]) order by authority_id for update) head;

-- A move with texts about somebody who has been erased since it was decided has moved on, like one whose stream has.

-- name: append
with gone as materialized (
	select said.i
	from unnest($67::int[], $70::uuid[]) as said (i, person_id)
	join unnest($1::uuid[]) with ordinality as m (authority_id, i) using (i)
	join person e on e.authority_id = m.authority_id and e.id = said.person_id
	where e.erased_at is not null
), move as materialized (
	select m.* from unnest($1::uuid[], $2::uuid[], $3::text[], $4::int[], $5::int[], $6::timestamptz[], $7::uuid[], $8::uuid[],
			$9::bytea[], $10::int[], $11::int[], $12::text[]) with ordinality
		as m (authority_id, stream_id, kind, expected, facts, recorded_at, user_id, key, request, version, first_seq, traceparent, i)
	left join stream s on s.authority_id = m.authority_id and s.stream_id = m.stream_id
	where m.expected = coalesce(s.seq, 0) and m.i not in (select i from gone)
), taken as (
	insert into idempotency (user_id, key, request_sha256, authority_id, stream_id, first_seq, last_seq, version, recorded_at)
	select user_id, key, request, authority_id, stream_id, first_seq, expected + facts, version, recorded_at
	from move where key is not null
	order by user_id, key
	on conflict do nothing
	returning authority_id, stream_id
), placed as materialized (
	select w.*, h.size + sum(w.facts) over (partition by w.authority_id order by w.i)::bigint - w.facts as first_leaf
	from move w left join log_head h using (authority_id)
	where w.key is null or (w.authority_id, w.stream_id) in (select authority_id, stream_id from taken)
), begun as (
	insert into stream (authority_id, stream_id, kind, seq)
	select authority_id, stream_id, kind, facts from placed where expected = 0
), grown as (
	update log_head h set size = n.size
	from (select authority_id, max(first_leaf + facts) as size from placed group by authority_id) n
	where h.authority_id = n.authority_id
), advanced as (
	update stream s set seq = p.expected + p.facts
	from placed p where p.expected > 0 and s.authority_id = p.authority_id and s.stream_id = p.stream_id
), recorded as (
	insert into fact (authority_id, stream_id, seq, recorded_at, header, leaf_index, leaf_hash, body, nonce, kind, actor_id, occurred_at,
		traceparent)
	select p.authority_id, p.stream_id, f.seq, p.recorded_at, f.header, p.first_leaf + f.seq - p.expected - 1, f.leaf_hash, f.body,
		f.nonce, f.kind, f.actor_id, f.occurred_at, case when f.actor_id is not null then p.traceparent end
	from unnest($13::int[], $14::int[], $15::text[], $16::text[], $17::text[], $18::bytea[], $19::bytea[], $20::timestamptz[],
			$21::uuid[]) as f (i, seq, kind, header, body, nonce, leaf_hash, occurred_at, actor_id)
	join placed p on p.i = f.i
), listed as (
	insert into placement as l (authority_id, id, reference, person_id, stage, setting, urgency, provider_id, home_id, owner_id,
		weekly_p, terms_entry, opened_at, team, external_reference, changed_at)
	select p.authority_id, p.stream_id, c.reference, c.person_id, c.stage, c.setting, c.urgency, c.provider_id, c.home_id, c.owner_id,
		c.weekly_p, c.terms_entry, c.opened_at, c.team, c.external_reference, p.recorded_at
	from unnest($22::int[], $23::text[], $24::text[], $25::text[], $26::text[], $27::uuid[], $28::uuid[], $29::uuid[], $30::uuid[],
			$31::bigint[], $32::int[], $33::timestamptz[], $34::text[], $35::text[])
		as c (i, reference, stage, setting, urgency, person_id, provider_id, home_id, owner_id, weekly_p, terms_entry, opened_at,
			team, external_reference)
	join placed p on p.i = c.i
	on conflict (authority_id, id) do update set person_id = excluded.person_id, stage = excluded.stage, setting = excluded.setting,
		urgency = excluded.urgency, provider_id = excluded.provider_id, home_id = excluded.home_id, owner_id = excluded.owner_id,
		weekly_p = excluded.weekly_p, terms_entry = excluded.terms_entry, team = excluded.team,
		external_reference = excluded.external_reference, changed_at = excluded.changed_at
), joined as (
	insert into placement_party as l (organisation_id, placement_id, authority_id, side, since, until, version, entries, stage, next_due_at, overdue)
	select c.organisation_id, p.stream_id, p.authority_id, c.side, c.since, c.until, c.version, c.entries, c.stage, c.next_due_at, c.overdue
	from unnest($36::int[], $37::uuid[], $38::text[], $39::timestamptz[], $40::timestamptz[], $41::int[], $42::int[], $43::text[], $44::timestamptz[],
			$45::bool[])
		as c (i, organisation_id, side, since, until, version, entries, stage, next_due_at, overdue)
	join placed p on p.i = c.i
	on conflict (organisation_id, placement_id) do update set side = excluded.side, until = excluded.until, version = excluded.version,
		entries = excluded.entries, stage = excluded.stage, next_due_at = excluded.next_due_at, overdue = excluded.overdue
), due as materialized (
	select p.authority_id, p.stream_id, p.recorded_at, c.*
	from unnest($46::int[], $47::int[], $48::int[], $49::text[], $50::text[], $51::uuid[], $52::int[], $53::timestamptz[],
			$54::timestamptz[], $55::timestamptz[], $56::text[], $57::int[], $58::int[], $59::int[], $60::int[],
			$61::timestamptz[], $62::int[], $63::timestamptz[])
		as c (i, seq, n, kind, owed_by, owed_by_id, thread, due_at, next_at, missed_at, state, provider_entry, commissioner_entry,
			mediator_entry, representative_entry, closed_at, changed_entry, not_served_at)
	join placed p on p.i = c.i
), was as (
	insert into obligation_was (authority_id, stream_id, seq, n, known_at, until_at, owed_by, owed_by_id, due_at, missed_at, closed_at,
		state)
	select l.authority_id, l.stream_id, l.seq, l.n, l.known_at, c.recorded_at, l.owed_by, l.owed_by_id, l.due_at, l.missed_at,
		l.closed_at, l.state
	from due c join obligation l on l.authority_id = c.authority_id and l.stream_id = c.stream_id and l.seq = c.seq and l.n = c.n
	where (l.owed_by, l.owed_by_id, l.due_at, l.missed_at, l.closed_at, l.state)
		is distinct from (c.owed_by, c.owed_by_id, c.due_at, c.missed_at, c.closed_at, c.state)
), owed as (
	insert into obligation as l (authority_id, stream_id, seq, n, kind, owed_by, owed_by_id, thread, due_at, next_at, missed_at, state,
		provider_entry, commissioner_entry, mediator_entry, representative_entry, closed_at, changed_entry, not_served_at, known_at)
	select authority_id, stream_id, seq, n, kind, owed_by, owed_by_id, thread, due_at,
		case when exists (select from message_reader where time_zone <> 'Europe/London') then first_look(next_at, recorded_at)
			else next_at end, missed_at, state, provider_entry, commissioner_entry, mediator_entry, representative_entry, closed_at,
		changed_entry, not_served_at, recorded_at
	from due
	on conflict (authority_id, stream_id, seq, n) do update set owed_by = excluded.owed_by, owed_by_id = excluded.owed_by_id,
		due_at = excluded.due_at, missed_at = excluded.missed_at, state = excluded.state, provider_entry = excluded.provider_entry,
		commissioner_entry = excluded.commissioner_entry, mediator_entry = excluded.mediator_entry,
		representative_entry = excluded.representative_entry, closed_at = excluded.closed_at,
		changed_entry = excluded.changed_entry, not_served_at = excluded.not_served_at,
		known_at = case when (l.owed_by, l.owed_by_id, l.due_at, l.missed_at, l.closed_at, l.state) is not distinct from
			(excluded.owed_by, excluded.owed_by_id, excluded.due_at, excluded.missed_at, excluded.closed_at, excluded.state)
			then l.known_at else excluded.known_at end,
		-- where nothing became of it, a reminder whose time has just come must still be given
		next_at = case when (l.due_at, l.missed_at, l.state) is not distinct from
			(excluded.due_at, excluded.missed_at, excluded.state) then l.next_at else excluded.next_at end
), keyed as (
	insert into person (authority_id, id, wrapped_key)
	select p.authority_id, c.id, c.wrapped_key
	from unnest($64::int[], $65::uuid[], $66::bytea[]) as c (i, id, wrapped_key)
	join placed p on p.i = c.i
), said as (
	insert into personal_text (authority_id, stream_id, seq, field, person_id, sealed)
	select p.authority_id, p.stream_id, c.seq, c.field, c.person_id, c.sealed
	from unnest($67::int[], $68::int[], $69::text[], $70::uuid[], $71::bytea[]) as c (i, seq, field, person_id, sealed)
	join placed p on p.i = c.i
), redacted as (
	delete from personal_text t using unnest($72::int[], $73::int[]) as c (i, seq), placed p
	where p.i = c.i and t.authority_id = p.authority_id and t.stream_id = p.stream_id and t.seq = c.seq
), destroyed as (
	update document d set wrapped_key = null, content = ''
	from unnest($72::int[], $73::int[]) as c (i, seq), placed p, fact f
	where p.i = c.i and f.authority_id = p.authority_id and f.stream_id = p.stream_id and f.seq = c.seq
		and f.kind = 'document_attached' and d.id = (f.body::jsonb -> 'data' ->> 'document')::uuid
), erased as materialized (
	select p.authority_id, c.person_id, l.id as placement_id, p.recorded_at
	from unnest($74::int[], $75::uuid[]) as c (i, person_id)
	join placed p on p.i = c.i
	left join placement l on l.authority_id = p.authority_id and l.person_id = c.person_id
), unkeyed as (
	update person e set wrapped_key = null, erased_at = coalesce(e.erased_at, c.recorded_at)
	from (select distinct authority_id, person_id, recorded_at from erased) c
	where e.authority_id = c.authority_id and e.id = c.person_id
), unsaid as (
	delete from personal_text t using erased c
	where t.authority_id = c.authority_id and t.stream_id = c.placement_id and t.person_id = c.person_id
), unattached as (
	update document d set wrapped_key = null, content = ''
	from erased c, fact f
	where f.authority_id = c.authority_id and f.stream_id = c.placement_id and f.kind = 'document_attached'
		and d.id = (f.body::jsonb -> 'data' ->> 'document')::uuid
)
select i, first_leaf from placed;
