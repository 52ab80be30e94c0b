-- doctor.sql - what `concordatd doctor` looks at. The first two are asked before it is known whether the schema is there.

-- name: doctor_server
select current_setting('server_version_num')::integer, current_setting('server_version'), current_setting('fsync'),
	current_setting('synchronous_commit'), current_setting('full_page_writes'), current_setting('TimeZone'),
	current_setting('max_connections')::integer - current_setting('superuser_reserved_connections')::integer;

-- name: doctor_rights
-- Of the role that asks: its name; whether it is above the rules; whether it may add facts; whether it may change or lose
-- them; whether row-level security holds for it; whether it owns them.
select current_user, r.rolsuper or r.rolbypassrls, has_table_privilege(c.oid, 'insert'),
	has_table_privilege(c.oid, 'update') or has_table_privilege(c.oid, 'delete') or has_table_privilege(c.oid, 'truncate'),
	row_security_active(c.oid), pg_has_role(c.relowner, 'usage')
from pg_roles r, pg_class c where r.rolname = current_user and c.oid = to_regclass('public.fact');

-- name: doctor_keys
select authority_id, id, wrapped_key from person where wrapped_key is not null limit 3;

-- name: doctor_queues
-- Duties that fell due before $1 and are not recorded, and since when; messages that were to go over an hour ago and are not sent, and since
-- when; authorities with entries that nobody has been told of, and since when the oldest waits.
with due as (
	select due_at from obligation
	where next_at <= $1::timestamptz and due_at < $1::timestamptz and state = 'open' and missed_at is null
	limit 10000
), mail as (
	select due_real from dispatch
	where due_real < clock_timestamp() - interval '1 hour'
	limit 10000
), untold as (
	select f.recorded_at from log_head h left join deliver_cursor c using (authority_id)
	join fact f on f.authority_id = h.authority_id and f.leaf_index = coalesce(c.next_index, 0)
	where h.size > coalesce(c.next_index, 0)
)
select (select count(*) from due), (select us(min(due_at)) from due), (select count(*) from mail),
	(select us(min(due_real)) from mail), (select count(*) from untold), (select us(min(recorded_at)) from untold);

-- name: doctor_leases
select name from lease where until_real > clock_timestamp() order by name;
