-- reference.sql - what decisions rest on beside the placement itself.

-- name: reference_mark
-- Another text whenever what is below would be: versions are only ever added, and authorities are few.
select concat_ws('/', (select count(*) from calendar), (select count(*) from protocol), (select count(*) from cost_model),
	(select count(*) from authority_calendar),
	(select md5(string_agg(concat_ws(' ', a.*::text, o.name), '/' order by a.id)) from authority a join organisation o using (id)));

-- name: reference_all
-- All of it in one snapshot. part 1: calendars, every version, since a clock is explained by the one that set it; 2:
-- protocols; 3: cost models; 4: authorities' own calendars, with the closures that are in each; 5: authorities.
select part, id, version, division, name, document, panel_weekday, panel_threshold_p, bank_holidays_version from (
	select 1 as part, division as id, version::text, division, null as name, document::text,
		null::integer as panel_weekday, null::bigint as panel_threshold_p, null::integer as bank_holidays_version
	from calendar
	union all
	select 2, id, version::text, null, null, document::text, null, null, null from protocol
	union all
	select 3, id, version, null, null, document::text, null, null, null from cost_model
	union all
	select 4, a.id::text, n.version::text, a.division, null, c.document::text, null, null, n.bank_holidays_version
	from authority_calendar n join authority a on a.id = n.authority_id
	left join closures c on c.authority_id = n.authority_id and c.version = n.closures_version
	union all
	select 5, a.id::text, a.protocol_version::text, a.division, o.name, a.protocol_id, a.panel_weekday, a.panel_threshold_p, null
	from authority a join organisation o using (id)
) r
order by part, id, version;
