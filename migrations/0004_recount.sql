-- The fourth migration: how far open dates have been counted again by a newer calendar.

-- A row a division: the version, the last placement of the walk through those with open dates, and when the walk was over. It may be
-- lost or fall behind without harm, for what has been counted again is not moved twice.
create table recount (
	division      text primary key,
	version       integer not null,
	at_authority  uuid,
	at_placement  uuid,
	done_real     timestamptz
);
grant select, insert, update on recount to concordat_service;
