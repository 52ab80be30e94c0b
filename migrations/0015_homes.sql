-- 0015_homes.sql - what an authority's record of a home makes of its placements there is still to be brought to them.

-- A row a home whose record has gone on, or a placement that has come to a home with one; the walk through the home's placements
-- and how far it has come. What was brought stands in the placements' own ledgers, so bringing it again does nothing.
create table home_follow (
	authority_id  uuid not null,
	stream_id     uuid not null, -- the home, or the one placement
	home_id       uuid not null,
	asked_index   bigint not null, -- the newest fact that asks for it
	at_placement  uuid,
	primary key (authority_id, stream_id)
);
grant select, insert, update, delete on home_follow to concordat_service;
alter table home_follow enable row level security;
create policy serve on home_follow to concordat_service using (true) with check (true);

create index placement_home on placement (authority_id, home_id);

insert into home_follow (authority_id, stream_id, home_id, asked_index)
select authority_id, stream_id, stream_id, 0 from stream where kind = 'home';
