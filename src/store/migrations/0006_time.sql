-- Up Migration

-- When something else holds for a person although nobody changes the record: then the person is to be derived anew. Null: never. Whoever was
-- stored before this was known is looked at once.
alter table emergency_summary add next_turn timestamptz default date_trunc('milliseconds', now());
alter table emergency_summary alter next_turn drop default;
create index emergency_summary_next_turn on emergency_summary (next_turn, patient) where next_turn is not null;
