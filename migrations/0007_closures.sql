-- An authority's own closures, its calendar, and how far open dates have been counted again by each authority's newest one.

-- Each version is the whole list. What is past in it never differs from the version before.
create table closures (
	authority_id  uuid not null references authority,
	version       integer not null check (version >= 1),
	document      jsonb not null,
	loaded_by     uuid not null references app_user,
	loaded_real   timestamptz not null default clock_timestamp(),
	primary key (authority_id, version)
);

-- An authority's calendar is its division's bank holidays of one version with its closures of one version (0: it has none yet),
-- under a number of its own: what an entry or an action due calls its calendar version. The number is the bank holidays' as
-- long as there are no closures, and it only grows.
create table authority_calendar (
	authority_id           uuid not null references authority,
	version                integer not null,
	bank_holidays_version  integer not null,
	closures_version       integer not null,
	begun_real             timestamptz not null default clock_timestamp(),
	primary key (authority_id, version)
);

insert into authority_calendar (authority_id, version, bank_holidays_version, closures_version, begun_real)
select a.id, c.version, c.version, 0, c.loaded_real from authority a join calendar c using (division);

-- A newer one for every authority that has newer bank holidays, newer closures, or none yet; one at a time, so that two loaded
-- at once are both in the last.
create function begin_calendars() returns trigger language plpgsql as $$
begin
	perform pg_advisory_xact_lock(hashtext('authority_calendar'));
	insert into authority_calendar (authority_id, version, bank_holidays_version, closures_version)
	select a.id, greatest(coalesce(n.version, 0) + 1, b.version), b.version, coalesce(c.version, 0)
	from authority a
	cross join lateral (select max(version) as version from calendar where division = a.division) b
	left join lateral (select max(version) as version from closures where authority_id = a.id) c on true
	left join lateral (select * from authority_calendar where authority_id = a.id order by version desc limit 1) n on true
	where b.version is not null
		and (n.version is null or n.bank_holidays_version < b.version or n.closures_version < coalesce(c.version, 0));
	return null;
end $$;
create trigger begin_calendars after insert on calendar execute function begin_calendars();
create trigger begin_calendars after insert on authority execute function begin_calendars();
create trigger begin_calendars after insert on closures execute function begin_calendars();

-- The newest list of an authority, once nobody else is loading one: the second of two waits here, and sees the first.
create function newest_closures(of_authority uuid) returns integer language plpgsql as $$
begin
	perform pg_advisory_xact_lock(hashtext('authority_calendar'));
	return coalesce((select max(version) from closures where authority_id = of_authority), 0);
end $$;

-- By authority, for each has a newest calendar of its own. It may be lost or fall behind without harm, as before.
drop table recount;
create table recount (
	authority_id  uuid primary key references authority,
	version       integer not null,
	at_placement  uuid,
	done_real     timestamptz
);

-- Whose open dates are to be counted again. An authority's first calendar moves nothing.
create view recount_behind as
select n.authority_id, n.version, n.begun_real, case when w.version = n.version then w.at_placement end as at_placement
from (
	select distinct on (authority_id) authority_id, version, begun_real from authority_calendar
	order by authority_id, version desc
) n
left join recount w using (authority_id)
where (w.version is null or w.version < n.version or w.done_real is null)
	and exists (select from authority_calendar o where o.authority_id = n.authority_id and o.version < n.version);

grant select, insert on closures, authority_calendar to concordat_service;
grant select, insert, update on recount to concordat_service;
grant select on recount_behind to concordat_service;
grant select on closures, authority_calendar to concordat_reader;
