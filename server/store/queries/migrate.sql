-- migrate.sql - the record of migrations, and the roles that they grant to.

-- name: migrate_table
create table if not exists schema_version (
	version       integer primary key,
	name          text not null,
	applied_real  timestamptz not null default clock_timestamp()
);

-- name: migrate_try_lock
-- Polled, never waited for: a blocked pg_advisory_lock holds a snapshot.
select pg_try_advisory_lock(hashtext('concordat migrations'));

-- name: migrate_table_exists
select to_regclass('public.schema_version') is not null;

-- name: migrate_applied
select version, name, to_char(applied_real at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS') from schema_version order by version;

-- name: migrate_record
insert into schema_version (version, name) values ($1, $2);

-- name: migrate_missing_roles
select wanted from unnest(array['concordat_service', 'concordat_reader']) as wanted
where not exists (select from pg_roles where rolname = wanted) order by wanted desc;
