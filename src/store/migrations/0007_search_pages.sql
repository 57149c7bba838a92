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

-- A parameter belongs to a type, and its values to the parameter: taken as independent of each other, a million rows are thought to be a few,
-- and all of them are read where the first fifty would do.
create statistics search_token_kind (ndistinct, dependencies, mcv) on type, parameter, code from search_token;
create statistics search_reference_kind (ndistinct, dependencies, mcv) on type, parameter, target_type from search_reference;
create statistics search_string_kind (ndistinct, dependencies, mcv) on type, parameter from search_string;
create statistics search_date_kind (ndistinct, dependencies, mcv) on type, parameter from search_date;
create statistics search_number_kind (ndistinct, dependencies, mcv) on type, parameter from search_number;
create statistics search_quantity_kind (ndistinct, dependencies, mcv) on type, parameter from search_quantity;
create statistics search_uri_kind (ndistinct, dependencies, mcv) on type, parameter from search_uri;
create statistics search_composite_kind (ndistinct, dependencies, mcv) on type, parameter from search_composite;
alter statistics search_token_kind set statistics 1000;
alter statistics search_reference_kind set statistics 1000;
