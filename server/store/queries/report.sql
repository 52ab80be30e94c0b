-- report.sql - figures over many placements, read under row-level security for one organisation.

-- name: report_timescales
-- How $1 and those it deals with kept to their timescales, by authority, who owed and what: of what fell due from $2 and
-- before $3 (what is paused has no day and is in neither), of one side $4 and one duty $5. An authority counts all that stands
-- on its placements; a provider its own and, of the authority's, what stands in strands it has owed something in and of the
-- placement as a whole while it is its provider; a mediator its own, and so does the person's representative. The panel's are the authority's alone, because a decision
-- is. How late: the middle one, the earlier of two, and the largest, each with the instant it was due; only where the end was
-- recorded.
with seen as (
	select o.authority_id, o.kind, o.owed_by, o.owed_by_id, o.state, o.missed_at,
		case when o.state = 'met_late' and o.closed_at > o.due_at
			then array[us(o.closed_at) - us(o.due_at), us(o.due_at)] end as late
	from placement_party p
	join placement x on x.authority_id = p.authority_id and x.id = p.placement_id
	join obligation o on o.authority_id = p.authority_id and o.stream_id = p.placement_id
	where p.organisation_id = $1::uuid and p.until is null
		and ($2::timestamptz is null or o.due_at >= $2::timestamptz)
		and ($3::timestamptz is null or o.due_at < $3::timestamptz)
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
