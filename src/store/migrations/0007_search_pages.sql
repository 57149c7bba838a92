-- Up Migration

-- Signs the cursors of searches, so that nobody makes one up. Random, and this installation's own.
alter table installation add search_key bytea not null
  default sha256(convert_to(gen_random_uuid()::text || gen_random_uuid()::text, 'UTF8'));

-- The matches of a search in their order, for the pages that follow the first. After a crash it is empty, and such a search has to be sent again.
create unlogged table search_page (
  name text primary key,
  client text not null,
  until timestamptz not null,
  -- `Type/id`, in order.
  keys text[] not null
);
alter table search_page alter column keys set storage external;
create index search_page_client on search_page (client, until);
create index search_page_until on search_page (until);
