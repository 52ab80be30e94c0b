-- What each party calls the entry that opened an action due: each counts the entries that it may see.
--
-- The provider's number is there since the first migration. The commissioner's is the seq until something is hidden from it (a
-- provider's note, a settlement that one side alone has accepted): null means that it is. A mediator's is null while there is none.

alter table obligation add column commissioner_entry integer, add column mediator_entry integer;
