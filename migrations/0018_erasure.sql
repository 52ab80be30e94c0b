-- 0018_erasure.sql - who read how many of a person's texts, for whoever answers for that; erasing needs no column of its own.

alter table personal_access add column id bigint generated always as identity;
create index personal_access_placement on personal_access (authority_id, placement_id, id);

-- The authority whose placement it is reads all of it.
grant select on personal_access to concordat_reader;
alter policy read_own on personal_access using (authority_id = reading_organisation());
