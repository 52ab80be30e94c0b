-- 0013_log.sql - the log of each authority as it was sealed: tiles of its tree, and every checkpoint that was signed.

-- How far each log is sealed. What a checkpoint said is never unsaid: the next is signed only over a tree that begins with it.
create table log_seal (
	authority_id  uuid primary key,
	origin        text not null, -- the name of the log and of its key in notes, for good
	size          bigint not null check (size >= 0),
	root          sha256 not null,
	sealed_real   timestamptz not null default clock_timestamp()
) with (fillfactor = 50);

create table log_checkpoint (
	authority_id  uuid not null,
	size          bigint not null,
	root          sha256 not null,
	note          text not null, -- C2SP tlog-checkpoint, signed
	sealed_real   timestamptz not null default clock_timestamp(),
	primary key (authority_id, size)
);

-- Hashes of complete subtrees at levels 0, 8, 16 ... of the tree, 256 to a row (C2SP tlog-tiles). A row only ever grows.
create table log_tile (
	authority_id  uuid not null,
	level         smallint not null check (level between 0 and 7),
	n             bigint not null,
	hashes        bytea not null check (octet_length(hashes) between 32 and 8192 and octet_length(hashes) % 32 = 0),
	primary key (authority_id, level, n)
) with (fillfactor = 70);
alter table log_tile alter column hashes set storage plain;

-- Public keys that checkpoints were signed with; an old one still verifies what it signed.
create table log_key (
	public_key  bytea primary key check (octet_length(public_key) = 32),
	since_real  timestamptz not null default clock_timestamp()
);

grant select, insert, update on log_seal, log_tile to concordat_service;
grant select, insert on log_checkpoint, log_key to concordat_service;
grant select on log_seal, log_checkpoint, log_tile, log_key to concordat_reader;
