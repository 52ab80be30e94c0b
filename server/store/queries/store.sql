-- store.sql - what the store asks on its own account.
--
-- Each segment begins with one of the first two statements: the database's clock and, in a rehearsal, its protocol time.

-- name: store_clock
select us(clock_timestamp()), (select us(protocol_at) from rehearsal);

-- name: store_clock_and_organisation
-- Local to the segment's transaction, so that no reading connection keeps an organisation.
select us(clock_timestamp()), (select us(protocol_at) from rehearsal), set_config('concordat.organisation', $1, true);

-- name: store_listen
listen concordat;

-- name: store_hint
-- Not in the append: notifying commits queue one behind another for the whole server.
select pg_notify('concordat', '');

-- name: store_next_block
select nextval('placement_number');

-- name: store_schema_version
select max(version), us(clock_timestamp()), (select us(protocol_at) from rehearsal) from schema_version;

-- name: store_snapshot
-- Of a transaction that goes on: what it sees, for other sessions to see.
select pg_export_snapshot();
