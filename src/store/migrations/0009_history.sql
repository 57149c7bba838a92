-- Up Migration

-- The log is read newest first, by transaction and then by position in it: what a settled transaction wrote stands in a place that nothing can come
-- to stand before any more. `logged` is when a row was written, which can be long after the request came in (`at`).
alter table change add logged timestamptz;
update change set logged = at;
alter table change alter logged set default clock_timestamp(), alter logged set not null,
  drop constraint change_pkey, add primary key (transaction, position);
create index change_of_type on change (type, transaction, position);
-- By which a poller's `_since` finds the transaction to begin with.
create index change_logged on change (greatest(at, logged), transaction);
