-- 0013_log.sql - the log of each authority as it was sealed: tiles of its tree, and every checkpoint that was signed.

-- How far each log is sealed. What a checkpoint said is never unsaid: the next is signed only over a tree that begins with it.
create table log_seal (
	authority_id  uuid primary key,
	origin        text not null, -- the name of the log and of its key in notes, for good
	generation    integer not null default 1 check (generation >= 1),
	size          bigint not null check (size >= 0),
	root          sha256 not null,
	sealed_real   timestamptz not null default clock_timestamp()
) with (fillfactor = 50);

create table log_checkpoint (
	authority_id  uuid not null,
	generation    integer not null default 1,
	size          bigint not null check (size > 0),
	root          sha256 not null,
	note          text not null, -- C2SP tlog-checkpoint, signed
	sealed_real   timestamptz not null default clock_timestamp(),
	primary key (authority_id, generation, size)
);

-- Hashes of complete subtrees at levels 0, 8, 16 ... of the tree, 256 to a row (C2SP tlog-tiles). A row only ever grows. Hashes do
-- not get smaller by packing, and a whole row of them stands outside the page.
create table log_tile (
	authority_id  uuid not null,
	level         smallint not null check (level between 0 and 7),
	n             bigint not null check (n >= 0),
	hashes        bytea not null check (octet_length(hashes) between 32 and 8192 and octet_length(hashes) % 32 = 0),
	primary key (authority_id, level, n)
) with (fillfactor = 70);
alter table log_tile alter column hashes set storage external;

-- Public keys that checkpoints were signed with; an old one still verifies what it signed.
create table log_key (
	public_key  bytea primary key check (octet_length(public_key) = 32),
	since_real  timestamptz not null default clock_timestamp()
);

-- A log that could not go on, because what was published of it is no longer there: it begins again under another origin, over the
-- entries that there are. What was last known of the old one stands here.
create table log_restart (
	authority_id    uuid not null,
	generation      integer not null check (generation > 1), -- the one that began
	old_origin      text not null,
	old_checkpoint  text not null, -- the newest that is known of, from outside the database if that is newer
	reason          text not null,
	restarted_real  timestamptz not null default clock_timestamp(),
	primary key (authority_id, generation)
);

grant select, insert, update on log_seal, log_tile to concordat_service;
grant select, insert on log_checkpoint, log_key to concordat_service;
grant select on log_restart to concordat_service;
grant select on log_seal, log_checkpoint, log_tile, log_key, log_restart to concordat_reader;

-- A log says nothing of what is in it: it is open to its authority and to whoever has or had a part in a placement there.
do $$
declare t text;
begin
	foreach t in array array['log_seal', 'log_checkpoint', 'log_tile', 'log_restart'] loop
		execute format('alter table %I enable row level security', t);
		execute format('create policy read_own on %I for select to concordat_reader using (authority_id = reading_organisation()
			or exists (select from placement_party p where p.organisation_id = reading_organisation() and p.authority_id = %I.authority_id))',
			t, t);
		execute format('create policy serve on %I to concordat_service using (true) with check (true)', t);
	end loop;
end $$;
