-- report.sql - figures over many placements, read under row-level security for one organisation.

-- name: report_timescales
-- How $1 and those it deals with kept to their timescales, by authority, who owed and what: of what fell due from $2 and
-- before $3 (what is paused has no day and is in neither), of one side $4 and one duty $5. An authority counts all that stands
-- on its placements; a provider its own and, of the authority's, what stands in strands it has owed something in and of the
-- placement as a whole while it is its provider; a mediator its own, and so does the person's representative. The panel's are the authority's alone, because a decision
-- is. How late: the middle one, the earlier of two, and the largest, each with the instant it was due; only where the end was
-- recorded. $6: as it was known by that instant, from what was kept; infinity: as it is known now. Who may
-- see it is as it is now.
with seen as (
	select o.authority_id, o.kind, s.owed_by, s.owed_by_id, s.state, s.missed_at,
		case when s.state = 'met_late' and s.closed_at > s.due_at
			then array[us(s.closed_at) - us(s.due_at), us(s.due_at)] end as late
	from placement_party p
	join placement x on x.authority_id = p.authority_id and x.id = p.placement_id
	join obligation o on o.authority_id = p.authority_id and o.stream_id = p.placement_id
	cross join lateral (
		select o.owed_by, o.owed_by_id, o.state, o.due_at, o.missed_at, o.closed_at
		where o.known_at is null or o.known_at <= $6::timestamptz
		union all
		(select w.owed_by, w.owed_by_id, w.state, w.due_at, w.missed_at, w.closed_at from obligation_was w
		where o.known_at > $6::timestamptz and w.authority_id = o.authority_id and w.stream_id = o.stream_id and w.seq = o.seq
			and w.n = o.n and w.until_at > $6::timestamptz and (w.known_at is null or w.known_at <= $6::timestamptz)
		limit 1)
	) s
	where p.organisation_id = $1::uuid and p.until is null
		and ($2::timestamptz is null or s.due_at >= $2::timestamptz)
		and ($3::timestamptz is null or s.due_at < $3::timestamptz)
		and ($4::text is null or s.owed_by = $4::text)
		and ($5::text is null or o.kind = $5::text)
		and case p.side when 'commissioner' then coalesce(o.commissioner_entry, o.seq)
			when 'mediator' then o.mediator_entry when 'representative' then o.representative_entry when 'co_payer' then 0
			else o.provider_entry end > 0
		and (p.authority_id = $1::uuid or s.owed_by_id = $1::uuid
			or p.side = 'provider' and s.owed_by in ('commissioner', 'either', 'time') and o.kind <> 'decide_at_panel'
			and case when o.thread > 0 then exists (select from obligation m where m.authority_id = o.authority_id
				and m.stream_id = o.stream_id and m.thread = o.thread and m.owed_by_id = $1::uuid)
			else x.provider_id = $1::uuid and p.stage <> 'ended' end)
), counted as (
	select authority_id, owed_by, owed_by_id, kind, count(*) as total,
		count(*) filter (where state = 'met') as met, count(*) filter (where state = 'met_late') as met_late,
		count(*) filter (where state = 'open' and missed_at is not null) as missed,
		count(*) filter (where state = 'lapsed') as lapsed, count(*) filter (where state = 'released') as released,
		count(*) filter (where state = 'released' and missed_at is not null) as released_after_miss,
		count(*) filter (where state = 'open' and missed_at is null) as open,
		count(late) as timed, percentile_disc(0.5) within group (order by late) filter (where late is not null) as median,
		max(late) as most
	from seen
	group by authority_id, owed_by, owed_by_id, kind
)
select c.authority_id, a.name, c.owed_by, c.owed_by_id, o.name, c.kind, c.total, c.met, c.met_late, c.missed, c.lapsed, c.released,
	c.released_after_miss, c.open, c.met_late - c.timed, c.median[1], c.median[2], c.most[1], c.most[2]
from counted c
join organisation a on a.id = c.authority_id
left join organisation o on o.id = c.owed_by_id
order by c.owed_by in ('either', 'time'), a.name, c.authority_id, c.owed_by, o.name, c.owed_by_id, c.kind;

-- name: report_since
-- From when on what was known is kept; null: it always was.
select us(since) from obligation_history;

-- name: report_changes
-- What report_timescales counts otherwise now than it did by $6, with the same parameters: what was there then, and what it is
-- held now to have fallen due by then. The latest known first, 201 at most.
select o.stream_id, x.reference, o.seq, o.n, o.kind, o.owed_by, w.state, us(w.due_at), us(w.missed_at), o.state, us(o.due_at),
	us(o.missed_at), o.changed_entry, us(o.known_at)
from placement_party p
join placement x on x.authority_id = p.authority_id and x.id = p.placement_id
join obligation o on o.authority_id = p.authority_id and o.stream_id = p.placement_id
left join lateral (
	select * from obligation_was h
	where h.authority_id = o.authority_id and h.stream_id = o.stream_id and h.seq = o.seq and h.n = o.n
		and h.until_at > $6::timestamptz and (h.known_at is null or h.known_at <= $6::timestamptz)
	limit 1
) w on true
where p.organisation_id = $1::uuid and p.until is null
	and o.known_at > $6::timestamptz and (w.state is not null or o.due_at <= $6::timestamptz)
	and (($2::timestamptz is null or o.due_at >= $2::timestamptz) and ($3::timestamptz is null or o.due_at < $3::timestamptz)
		or ($2::timestamptz is null or w.due_at >= $2::timestamptz) and ($3::timestamptz is null or w.due_at < $3::timestamptz))
	and ($4::text is null or o.owed_by = $4::text)
	and ($5::text is null or o.kind = $5::text)
	and case p.side when 'commissioner' then coalesce(o.commissioner_entry, o.seq)
		when 'mediator' then o.mediator_entry when 'representative' then o.representative_entry
		else o.provider_entry end > 0
	and (p.authority_id = $1::uuid or o.owed_by_id = $1::uuid
		or p.side = 'provider' and o.owed_by in ('commissioner', 'either', 'time') and o.kind <> 'decide_at_panel'
		and case when o.thread > 0 then exists (select from obligation m where m.authority_id = o.authority_id
			and m.stream_id = o.stream_id and m.thread = o.thread and m.owed_by_id = $1::uuid)
		else x.provider_id = $1::uuid and p.stage <> 'ended' end)
order by o.known_at desc, o.stream_id, o.seq, o.n
limit 201;
