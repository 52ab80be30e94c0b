-- Whoever represents the person: an organisation that holds one person or family, and a party while it does.

alter table organisation drop constraint organisation_kind_check,
	add constraint organisation_kind_check check (kind in ('authority', 'provider', 'mediation_body', 'representative', 'operator'));

-- What it calls the entry that opened an action due; null for what is not the person's business, and while nobody represents them.
alter table obligation add column representative_entry integer;

-- A party whose part is over (until) reads nothing more: of what hangs on a placement the look-up says so.
do $$
declare t text; c text;
begin
	foreach t in array array['stream', 'fact', 'placement', 'obligation', 'personal_text'] loop
		c := case t when 'placement' then 'placement.id' else format('%I.stream_id', t) end;
		execute format('alter policy read_own on %I using (authority_id = reading_organisation() or exists (select
			from placement_party p where p.organisation_id = reading_organisation() and p.placement_id = %s and p.until is null))',
			t, c);
	end loop;
end $$;
