-- Up Migration

-- One row: what this installation of the database is. The epoch rises after a restore; a higher epoch beats any sequence.
create table installation (
  single boolean primary key default true check (single),
  epoch integer not null default 1
);
insert into installation default values;

-- A person as the service sees them: counter, custodian, and what the sharing decision in force allows.
create table person (
  id text primary key,
  -- Rises with each commit that changes what is derived; orders the summaries of one person.
  sequence bigint not null,
  -- ODS code of the organisation that registered the person; server-owned.
  custodian text not null,
  jurisdiction text not null,
  sharing text not null check (sharing in ('permitted', 'withheld')),
  -- Keys (`Type/id`) of the resources that the active plans and the sharing decision are made of.
  in_force text[] not null default '{}'
);

create table resource (
  type text not null,
  id text not null,
  version integer not null,
  last_updated timestamptz not null,
  patient text,
  body text not null,
  primary key (type, id)
);
create index resource_of_patient on resource (patient, type) where patient is not null;
-- What was last changed, in that order. It costs every update the entries of all indexes: far fewer than those of the search rows.
create index resource_last_updated on resource (type, last_updated, id);

-- Superseded versions and deletions. Versions are unique by the current row's key and the check in commit_changes.
create table resource_history (
  type text not null,
  id text not null,
  version integer not null,
  last_updated timestamptz not null,
  patient text,
  deleted boolean not null,
  body text not null,
  primary key (type, id, version, last_updated)
) partition by range (last_updated);
create table resource_history_2026 partition of resource_history for values from ('2026-01-01') to ('2027-01-01');
create table resource_history_2027 partition of resource_history for values from ('2027-01-01') to ('2028-01-01');
create table resource_history_2028 partition of resource_history for values from ('2028-01-01') to ('2029-01-01');
create table resource_history_2029 partition of resource_history for values from ('2029-01-01') to ('2030-01-01');
create table resource_history_other partition of resource_history default;

-- What resources are found by: a table for each kind of value, a row for each value, under the code of the search parameter. A code with a colon
-- is a form of another one: `subject:identifier`, `code:text`, `identifier:of-type`. Each table has an index that answers a search alone, and one by
-- which the rows of a resource are found that changes: ids rise, so new ones go to the end of it; few resources of two types share one.
create table search_token (
  type text not null,
  parameter text not null,
  code text not null,
  -- Empty where there is none.
  system text not null,
  id text not null
);
create index search_token_value on search_token (type, parameter, code, system) include (id);
create index search_token_resource on search_token (id);

-- References to other resources here; `parameter` is empty for one that no search parameter is about.
create table search_reference (
  type text not null,
  parameter text not null,
  target_type text not null,
  target_id text not null,
  id text not null
);
create index search_reference_value on search_reference (target_id, target_type, type, parameter) include (id);
create index search_reference_resource on search_reference (id);

create table search_string (
  type text not null,
  parameter text not null,
  -- Lower case, without accents, and cut (search/values.ts). The collation lets an index find what begins with a text.
  value text collate "C" not null,
  -- As it was written, cut as well.
  exact text not null,
  id text not null
);
create index search_string_value on search_string (type, parameter, value) include (id);
create index search_string_resource on search_string (id);

create table search_date (
  type text not null,
  parameter text not null,
  -- From `low` up to, not including, `high`.
  low timestamptz not null,
  high timestamptz not null,
  id text not null
);
create index search_date_value on search_date (type, parameter, low, high) include (id);
create index search_date_resource on search_date (id);

create table search_number (
  type text not null,
  parameter text not null,
  -- Both included; of a single number they are the same; infinite where a range is open.
  low numeric not null,
  high numeric not null,
  id text not null
);
create index search_number_value on search_number (type, parameter, low, high) include (id);
create index search_number_resource on search_number (id);

create table search_quantity (
  type text not null,
  parameter text not null,
  -- Empty where there is none. A unit in words stands in a row of its own, as a code without a system.
  system text not null,
  code text not null,
  low numeric not null,
  high numeric not null,
  id text not null
);
create index search_quantity_value on search_quantity (type, parameter, low, high, code, system) include (id);
create index search_quantity_resource on search_quantity (id);

create table search_uri (
  type text not null,
  parameter text not null,
  value text collate "C" not null,
  id text not null
);
create index search_uri_value on search_uri (type, parameter, value) include (id);
create index search_uri_resource on search_uri (id);

-- Two values that stand together in one element. What the second one is not is null.
create table search_composite (
  type text not null,
  parameter text not null,
  -- The first: a token; or a reference, as `Type/id`.
  system text not null,
  code text not null,
  -- The second: a token or reference, a text, a number or quantity (value_system and value_code are its unit), or a time.
  value_system text,
  value_code text,
  value_text text collate "C",
  low numeric,
  high numeric,
  since timestamptz,
  until timestamptz,
  id text not null
);
create index search_composite_value on search_composite (type, parameter, code, low, value_code, since) include (id);
create index search_composite_resource on search_composite (id);

-- Versions of the search parameters' definitions. `installation.search_definitions` says by which the rows are written.
create table search_definitions (
  version text primary key,
  -- [[type, parameter, digest of its definition], ...]
  definitions jsonb not null
);
alter table installation add search_definitions text references search_definitions (version);

-- How far the rows of a search parameter go: `building` until all that was stored before it was known has rows as well.
create table search_parameter_state (
  type text not null,
  parameter text not null,
  -- Digest of its definition: rows of another one are not to be relied upon.
  definition text not null,
  state text not null check (state in ('building', 'active')),
  -- While it is being built: the id up to which resources have been read.
  position text not null default '',
  primary key (type, parameter)
);

-- Resources that were last written by a process with other definitions than the installation's, to be read once more.
create table search_behind (
  type text not null,
  id text not null,
  -- Empty where it is not known what these were.
  version text not null,
  primary key (type, id)
);
create index search_behind_by on search_behind (type, version);

-- Identifiers that no two resources of a type may share: those of persons.
create table identity (
  type text not null,
  system text not null,
  value text not null,
  id text not null,
  primary key (type, system, value)
);
create index identity_resource on identity (type, id);

-- The commit-ordered log: a reader takes only rows whose transaction every earlier one has settled.
create table change (
  position bigint generated always as identity primary key,
  transaction xid8 not null default pg_current_xact_id(),
  type text not null,
  id text not null,
  version integer not null,
  deleted boolean not null,
  patient text,
  at timestamptz not null
);

-- What a crew and a recipient are given, rendered when the plan changes.
create table emergency_summary (
  patient text primary key references person (id),
  sequence bigint not null,
  updated timestamptz not null,
  outcome text not null check (outcome in ('current-plan', 'no-plan', 'withheld')),
  answer text not null,
  state text not null check (state in ('current', 'withdrawn', 'none')),
  summary text,
  tombstone text not null
);

create table recipient (
  id text primary key,
  name text not null,
  role text not null,
  organization text not null,
  channel text not null,
  address text not null,
  jurisdictions text[] not null,
  active boolean not null default true
);

-- What each recipient should hold of each person, and what it has confirmed. The dispatcher closes the difference.
create table delivery (
  recipient text not null references recipient (id),
  patient text not null references person (id),
  wanted_state text not null check (wanted_state in ('current', 'withdrawn')),
  wanted_sequence bigint not null,
  wanted_at timestamptz not null,
  confirmed_state text,
  confirmed_sequence bigint,
  confirmed_at timestamptz,
  -- The recipient's own version of what it holds, for If-Match.
  confirmed_version text,
  attempts integer not null default 0,
  next_attempt_at timestamptz not null,
  last_error text,
  lease_until timestamptz,
  -- Fencing: rises with each lease; only the holder of the newest may report.
  lease bigint not null default 0,
  primary key (recipient, patient)
);
create index delivery_of_patient on delivery (patient);
create index delivery_due on delivery (recipient, wanted_state desc, next_attempt_at)
  where confirmed_sequence is distinct from wanted_sequence;

create table audit_event (
  id bigint generated always as identity primary key,
  recorded timestamptz not null,
  request_id text not null,
  client text not null,
  organization text not null,
  role text not null,
  purpose text not null,
  interaction text not null,
  outcome text not null,
  reason text,
  patient text,
  entities text[] not null,
  query text
);
create index audit_event_of_patient on audit_event (patient, recorded) where patient is not null;

create function audit_event_is_append_only() returns trigger language plpgsql as $$
begin
  raise exception 'audit_event is append only';
end $$;
create trigger audit_event_append_only before update or delete or truncate on audit_event
  for each statement execute function audit_event_is_append_only();

-- Client assertions already used; a second insert of the same one fails, in whichever process.
create table assertion_used (
  client text not null,
  jti text not null,
  expires timestamptz not null,
  primary key (client, jti)
);
create index assertion_used_expires on assertion_used (expires);
