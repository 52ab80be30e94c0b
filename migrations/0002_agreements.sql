-- The second migration: where the terms in force are to be read, and whose a cost model is.

-- The seq of the fact that holds the terms in force, the offer that both signed; null before an agreement. What is asked of a
-- whole portfolio then reads one fact a placement and folds nothing.
alter table placement add column terms_entry integer;

-- The offer that was accepted in the strand before the second signature in it, which is the one that names the agreement.
update placement x set terms_entry = o.seq
from (
	select distinct on (authority_id, stream_id) authority_id, stream_id, seq, body::jsonb ->> 'thread' as thread
	from fact where kind = 'signed' and body::jsonb -> 'data' ? 'agreement'
	order by authority_id, stream_id, seq desc
) s
cross join lateral (
	select body::jsonb -> 'data' ->> 'number' as number from fact a
	where a.authority_id = s.authority_id and a.stream_id = s.stream_id and a.kind = 'accepted' and a.seq < s.seq
		and a.body::jsonb ->> 'thread' = s.thread
	order by a.seq desc limit 1
) a
cross join lateral (
	select seq from fact f
	where f.authority_id = s.authority_id and f.stream_id = s.stream_id and f.kind = 'offer_made' and f.seq < s.seq
		and f.body::jsonb ->> 'thread' = s.thread and f.body::jsonb -> 'data' ->> 'number' = a.number
) o
where x.authority_id = s.authority_id and x.id = s.stream_id;

-- Versions of a cost model come from one place: the organisation that loaded the first of them, or the operator (null), which is
-- also where all of today's come from. A row of its own, so that of two who begin one id at once only one succeeds.
create table cost_model_origin (
	id         text primary key,
	loaded_by  uuid references organisation
);
insert into cost_model_origin (id) select distinct id from cost_model;
grant select, insert, update on cost_model_origin to concordat_service;
