-- 0023_calendar_alarms.sql - when people are told that a division's bank holidays run out.

-- By division, for its newest calendar: an authority's own ends where its division's does.
create table calendar_alarm (
	division  text primary key check (division in ('england-and-wales', 'scotland', 'northern-ireland')),
	version   integer not null,
	last_day  date not null,
	next_at   timestamptz not null, -- protocol time; what is past is told once
	foreign key (division, version) references calendar on delete cascade
);
grant select, insert, update on calendar_alarm to concordat_service;

-- When it is told first, six months before the last day (told_at null), or next: each month, in the last one and after it each
-- week, at 09:00 in London.
create function calendar_alarm_next(last_day date, told_at timestamptz) returns timestamptz language sql stable as $$
	select min(n.next_at)
	from (
		select (last_day - make_interval(months => m))::date as day from generate_series(1, 6) m
		union all
		select e.day + 7 * w
		from (select (last_day - interval '1 month')::date as day) e
		cross join lateral (select greatest(1, (told_at::date - e.day) / 7) as week) f
		cross join lateral generate_series(f.week, f.week + 2) w
		where told_at is not null
	) d
	cross join lateral (select (d.day + time '09:00') at time zone 'Europe/London' as next_at) n
	where told_at is null or n.next_at > told_at
$$;

-- A newer calendar is told of anew, but for one that ends on the same day.
create function set_calendar_alarm() returns trigger language plpgsql as $$
begin
	insert into calendar_alarm as a (division, version, last_day, next_at)
	values (new.division, new.version, (new.document ->> 'last_day')::date,
		calendar_alarm_next((new.document ->> 'last_day')::date, null))
	on conflict (division) do update set version = excluded.version, last_day = excluded.last_day,
		next_at = case when a.last_day = excluded.last_day then a.next_at else excluded.next_at end
	where a.version < excluded.version;
	return null;
end $$;
create trigger set_calendar_alarm after insert on calendar for each row execute function set_calendar_alarm();

insert into calendar_alarm (division, version, last_day, next_at)
select distinct on (division) division, version, (document ->> 'last_day')::date,
	calendar_alarm_next((document ->> 'last_day')::date, null)
from calendar
order by division, version desc;
