-- 0027_trace.sql - whose request made an entry, in the callers' own tracing; and that a home's provider reads its records.

-- The W3C traceparent of the request, beside the entry: it is handed on with what is told of it, and is no part of what is hashed,
-- sealed, verified or exported. Null where the request had none, and for what time did.
alter table fact add column traceparent text check (octet_length(traceparent) = 55);

-- A home's provider reads what each authority has recorded of it, and what is to be done by that; but not how a resident was found
-- to be, which earlier releases recorded there and is the authority's own.
do $$
declare t text;
begin
	foreach t in array array['stream', 'fact'] loop
		execute format('alter policy read_own on %I using (authority_id = reading_organisation() or exists (select
			from placement_party p where p.organisation_id = reading_organisation() and p.placement_id = %I.stream_id and p.until is null)
			or %I.kind <> ''check_confirmed'' and exists (select from home h
				where h.id = %I.stream_id and h.organisation_id = reading_organisation()))', t, t, t, t);
	end loop;
	foreach t in array array['obligation', 'obligation_was'] loop
		execute format('alter policy read_own on %I using (authority_id = reading_organisation() or exists (select
			from placement_party p where p.organisation_id = reading_organisation() and p.placement_id = %I.stream_id and p.until is null
				and (p.side <> ''co_payer'' or %I.owed_by_id = p.organisation_id))
			or exists (select from home h where h.id = %I.stream_id and h.organisation_id = reading_organisation()))', t, t, t, t);
	end loop;
end $$;

-- What is owed by a home's record, for whose it is.
create index obligation_home on obligation (owed_by_id) where kind in ('answer_flag', 'improvement_plan', 'offer_help');
