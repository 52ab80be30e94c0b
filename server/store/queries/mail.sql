-- mail.sql - addresses that mail came back from, and letters for whom no mail reaches.

-- name: mail_bounced
-- Address $1 refused something: $2 for good; $3 its answer. What is held for good stays so.
insert into bounce as b (address, permanent, answer) values (lower($1::text), $2::boolean, $3::text)
on conflict (address) do update set permanent = b.permanent or excluded.permanent, answer = excluded.answer, times = b.times + 1,
	last_real = excluded.last_real;

-- name: mail_takes
delete from bounce where address = lower($1::text) and not permanent;

-- name: mail_bounces
-- Of organisation $1, or all when it is null; $2 the last row's address, $3 how many.
select b.address, b.id, b.permanent, b.answer, b.times, us(b.since_real), us(b.last_real)
from bounce b
where ($1::uuid is null
		or exists (select from organisation o where o.id = $1::uuid and lower(o.email) = b.address)
		or exists (select from membership m join app_user u on u.id = m.user_id
			where m.organisation_id = $1::uuid and lower(u.email) = b.address))
	and ($2::text is null or b.address collate "C" > $2::text collate "C")
order by b.address collate "C"
limit $3::integer;

-- name: mail_clear
-- Bounce $2, of organisation $1 or anybody's when it is null.
delete from bounce b
where b.id = $2::uuid and ($1::uuid is null
		or exists (select from organisation o where o.id = $1::uuid and lower(o.email) = b.address)
		or exists (select from membership m join app_user u on u.id = m.user_id
			where m.organisation_id = $1::uuid and lower(u.email) = b.address))
returning b.id;

-- name: mail_report
-- A report that came later, of address $1 or of the message $2, one of them null: $3 for good, $4 what it says; $5 the operator.
-- Then the address, and how many deliveries had been sent by that message and have failed now.
with known as (
	select stream_id as id, request_sha256::bytea = $8::bytea as same, version as failed from idempotency
	where user_id = $6::uuid and key = $7::uuid
), sent as (
	select d.id, a.address
	from delivery d
	join lateral (select address from delivery_attempt where dispatch_id = d.dispatch_id order by attempt desc limit 1) a on true
	where d.dispatch_id = $2::uuid and d.channel = 'email' and a.address is not null
), about as (
	select lower(coalesce($1::text, (select address from sent limit 1))) as address
), failed as (
	update delivery d set state = 'failed',
		outcome_due = d.leaf_index is not null and d.target = '00000000-0000-0000-0000-000000000000'
			and d.sender_id is distinct from d.recipient_id
	from sent s
	where d.id = s.id and d.state in ('sent', 'unknown') and $3::boolean and not exists (select from known)
	returning d.id
), answered as (
	insert into delivery_attempt (dispatch_id, attempt, started_real, ended_real, answer, outcome, address)
	select $2::uuid, max(a.attempt) + 1, clock_timestamp(), clock_timestamp(), $4::text, 'refused', (select address from sent limit 1)
	from delivery_attempt a where a.dispatch_id = $2::uuid and exists (select from failed)
	having count(*) > 0
), kept as (
	insert into bounce as b (address, permanent, answer)
	select address, $3::boolean, $4::text from about where address is not null and not exists (select from known)
	on conflict (address) do update set permanent = b.permanent or excluded.permanent, answer = excluded.answer, times = b.times + 1,
		last_real = excluded.last_real
	returning b.id
), taken as (
	insert into idempotency (user_id, key, request_sha256, authority_id, stream_id, first_seq, last_seq, version, recorded_at)
	select $6::uuid, $7::uuid, $8::bytea, $5::uuid, k.id, 0, 0, (select count(*) from failed), clock_timestamp() from kept k
	on conflict do nothing
	returning stream_id as id
)
select coalesce((select id from taken), (select id from known where same)), (select same from known),
	(select address from about) is not null, (select address from about),
	coalesce((select failed from known), (select count(*) from failed));

-- name: mail_letters
-- To be asked as the organisation: $1 one of them, or null; $2 the last row's id, $3 how many. Then who sends them, and how it is
-- reached itself.
select l.id, l.placement_id, l.reference, l.own_side, l.own_entry, l.n, l.version, l.recipient_id, l.recipient, l.telephone, l.line_1,
	l.line_2, l.line_3, l.town, l.postcode, l.subject, us(l.recorded_at), us(l.failed_at), l.answer, l.owed, s.name, s.email,
	c.telephone, c.line_1, c.line_2, c.line_3, c.town, c.postcode
from letters_due($1::uuid, $2::uuid, $3::integer) l
cross join organisation s
left join contact c on c.organisation_id = s.id
where s.id = reading_organisation()
order by l.id;
