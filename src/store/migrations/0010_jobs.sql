-- Up Migration

-- Requests that are answered later (Prefer: respond-async): what was asked, by whom, and for an hour what came of it. Any process performs one that
-- nobody holds; a lease that runs out means that its process is gone.
create table job (
  id text primary key,
  client text not null,
  -- What the token allowed that it was asked with.
  scopes text[] not null,
  request_id text not null,
  -- Method, path, query and the preferences, and the body as text; both empty when it is finished.
  request text not null,
  body text not null,
  accepted_at timestamptz not null default now(),
  attempt integer not null default 0,
  leased_until timestamptz,
  -- What was audited up to here is not this job's.
  audited_after bigint,
  finished_at timestamptz,
  -- The answer: status, headers, and the body.
  answer text,
  result text,
  -- [{patient, entities}, ...]: whose records it was about, by its own audit.
  disclosed jsonb
);
create index job_of_client on job (client, accepted_at);
create index job_waiting on job (accepted_at) where finished_at is null;
create index job_finished on job (finished_at) where finished_at is not null;
