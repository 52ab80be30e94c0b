-- A document that is attached nowhere is removed after a while.

-- Until when it may be attached; it is removed some minutes later, when nobody can be attaching it any more. Null: it is attached,
-- and stays with the entry that names it.
alter table document add column until_real timestamptz;
update document set until_real = clock_timestamp() + interval '1 day';
create index document_until on document (until_real) where until_real is not null;
grant update (until_real), delete on document to concordat_service;
