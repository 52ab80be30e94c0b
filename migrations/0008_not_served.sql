-- What became of telling a party of an entry, where it bears on the clocks: it failed for good, or was taken after it had.

-- True until it has been brought to the placement, which may happen twice without harm.
alter table delivery add column outcome_due boolean not null default false;
create index delivery_outcome on delivery (leaf_index) where outcome_due;
