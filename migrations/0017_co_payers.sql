-- Who pays a share of the fee is a party, and reads of the person's texts only those of entries to it, of its own, and of a dispute;
-- of actions due those that are its own. What it is shown of the rest the fold says, which needs every entry.

alter policy read_own on personal_text using (authority_id = reading_organisation() or exists (select
	from placement_party p where p.organisation_id = reading_organisation() and p.placement_id = stream_id and p.until is null
		and (p.side <> 'co_payer' or exists (select from fact f
			where f.authority_id = personal_text.authority_id and f.stream_id = personal_text.stream_id and f.seq = personal_text.seq
				and (f.kind = 'entry_disputed' or f.body::jsonb -> 'data' ->> 'co_payer' = p.organisation_id::text)))));

do $$
declare t text;
begin
	foreach t in array array['obligation', 'obligation_was'] loop
		execute format('alter policy read_own on %I using (authority_id = reading_organisation() or exists (select
			from placement_party p where p.organisation_id = reading_organisation() and p.placement_id = %I.stream_id and p.until is null
				and (p.side <> ''co_payer'' or %I.owed_by_id = p.organisation_id)))', t, t, t);
	end loop;
end $$;
