-- Up Migration

-- Verification of recipients (docs/decisions/0010-verification-of-recipients.md): whether this database is the one that it was, what each recipient
-- holds by its own account, and, where this service is a recipient itself, what its senders have said of themselves.

alter table installation
  -- Which database this is (`database_identity`); null until a service has started on it.
  add identity text,
  -- When PostgreSQL was started, as it was last seen: after a start, what recipients hold is compared at once.
  add started_at timestamptz,
  -- When and why the epoch was last raised.
  add raised_at timestamptz,
  add raised_because text;

-- The epoch at which a recipient was last asked what it holds. Nothing is sent to one that has not been asked at the epoch in force.
alter table recipient add asked_epoch integer not null default 1;

-- Cluster, line of its history (it branches with each recovery and promotion), database and table: a restored, cloned or failed-over database
-- differs in one of them. A copy of the disk does not; recipients tell it then. Null where PostgreSQL does not say.
create function database_identity() returns text language plpgsql stable as $$
begin
  return concat_ws('/', (select system_identifier from pg_control_system()), substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8),
    (select oid from pg_database where datname = current_database()), 'installation'::regclass::oid);
exception
  when insufficient_privilege or undefined_function or feature_not_supported or object_not_in_prerequisite_state then
    return null;
end $$;

-- True where something may be sent to this recipient: it has said what it holds since the last restore, and nothing was restored since.
create function may_send(to_recipient text) returns boolean language sql stable as $$
  select recipient.asked_epoch = installation.epoch and coalesce(installation.identity = database_identity(), true)
  from installation, recipient where recipient.id = to_recipient
$$;

-- What was known of each person when the epoch was raised: a recipient that holds more than this, of an epoch before, knows what was lost. Kept until
-- the epoch is raised again, and beyond that where not every recipient has been asked by then.
create table known_before (
  patient text primary key,
  epoch integer not null,
  sequence bigint not null
);

create table verification (
  recipient text primary key references recipient (id),
  -- Counts the heartbeats; rises with each, so that none can be repeated.
  heartbeat_number bigint not null default 0,
  heartbeat_due timestamptz not null default now(),
  heartbeat_sent_at timestamptz,
  heartbeat_acknowledged_at timestamptz,
  heartbeat_error text,
  comparison_due timestamptz not null default now() + interval '15 minutes',
  compared_at timestamptz,
  -- `digest`: by buckets; `search`: read back by plain FHIR.
  compared_by text check (compared_by in ('digest', 'search')),
  comparison_error text,
  -- Of the last comparison.
  buckets_differing integer,
  missing integer,
  older integer,
  unexpected integer,
  repaired_total bigint not null default 0,
  -- Since when what this recipient holds could not be compared, and why; null where the last comparison covered everything.
  unverified_since timestamptz default now(),
  unverified_because text default 'not compared yet',
  -- Its word alone has raised the epoch since the last restore: it does so once.
  claimed boolean not null default false
);

-- What stands at another address may hold, as active, what was acknowledged as withdrawn at the one before: it is compared at once, and unverified until then.
create function verify_new_address() returns trigger language plpgsql as $$
begin
  update verification set comparison_due = now(), unverified_since = coalesce(unverified_since, now()),
    unverified_because = 'not compared since its address changed'
    where recipient = new.id;
  return null;
end $$;
create trigger address_changed after update of addressed_at on recipient for each row
  when (new.addressed_at is distinct from old.addressed_at) execute function verify_new_address();

-- Persons of whom a recipient holds a later edition than this database knows. It is not overwritten, until somebody has found out why.
create table ahead (
  recipient text not null references recipient (id),
  patient text not null,
  epoch integer not null,
  sequence bigint not null,
  state text not null check (state in ('current', 'withdrawn')),
  -- The sequence that was known here when it was found; 0 where the person was not known at all.
  known_sequence bigint not null,
  -- A withdrawal that was found when the recipient was asked after a restore: it was forgotten here, and holds the person's content back everywhere.
  -- At any other time one recipient's word, which nobody has signed, holds nothing back from the others.
  forgotten boolean not null default false,
  found_at timestamptz not null default now(),
  -- When an operator let this database's state prevail; kept until the recipient holds something else.
  settled_at timestamptz,
  primary key (recipient, patient)
);
create index ahead_of_patient on ahead (patient);

-- As a recipient: the newest heartbeat of each sender, as it was signed.
create table received_heartbeat (
  sender text not null,
  -- The id under which the sender has registered this service.
  recipient text not null,
  epoch integer not null,
  number bigint not null,
  sent_at timestamptz not null,
  received_at timestamptz not null default now(),
  count integer not null,
  outstanding_since timestamptz,
  -- Thumbprints (RFC 7638) of the keys with which this sender may sign the next one.
  keys text[] not null,
  -- Canonical JSON of what was signed, and the detached signature over it: whoever has the sender's published keys can verify it.
  signed text not null,
  signature text not null,
  primary key (sender, recipient)
);

create index emergency_summary_epoch on emergency_summary (epoch);

-- A hint that something may be due to this recipient; whether it is, the table says.
create function hint_deliveries(to_recipient text) returns void language sql as $$
  select pg_notify('delivery', state || ' ' || to_recipient) from unnest(array['withdrawn', 'current']) as state
$$;

-- One of 1,024 buckets: the first ten bits of SHA-256 of the person's id. The cast takes an id, which is ASCII without backslashes, as its bytes;
-- what would convert another text is not immutable, and would cost a call for each row.
create function summary_bucket(patient text) returns integer language sql immutable parallel safe as $$
  select ('x' || left(encode(sha256(patient::bytea), 'hex'), 3))::bit(12)::integer >> 2
$$;

-- No summary can be stored at an epoch that has passed: whoever rendered it reads the epoch again, and renders anew.
create function require_current_epoch() returns trigger language plpgsql as $$
begin
  if new.epoch <> (select epoch from installation) then
    raise exception using errcode = 'KP006', message = 'epoch changed';
  end if;
  return null;
end $$;
create trigger epoch_is_current after insert or update on emergency_summary for each row execute function require_current_epoch();

-- Raises the epoch above the one in force and above `above`. Every recipient has to be asked what it holds before anything is sent to it again;
-- with `ask_all` false those that have been asked already need not say it once more.
create function raise_epoch(because text, above integer, ask_all boolean) returns integer language plpgsql as $$
declare
  before integer;
  after integer;
begin
  select epoch into before from installation for update;
  after := greatest(before, above) + 1;
  if not exists (select from recipient where active and asked_epoch < before) then
    delete from known_before;
  end if;
  insert into known_before (patient, epoch, sequence) select patient, epoch, sequence from emergency_summary
    on conflict (patient) do nothing;
  update installation set epoch = after, identity = database_identity(), raised_at = now(), raised_because = because;
  if not ask_all then
    update recipient set asked_epoch = after where asked_epoch = before;
  end if;
  update verification set comparison_due = now(), heartbeat_due = now(), claimed = claimed and not ask_all;
  return after;
end $$;

-- Raises the epoch above one that a recipient, asked at `at_epoch`, says it holds, and that this database has lost. `overtaken` where the epoch has
-- risen since or somebody else has finished asking, so that it may hold what was sent to it since; `again` where its word has raised it already.
create function claim_epoch(of_recipient text, at_epoch integer, held_epoch integer, because text) returns text language plpgsql as $$
begin
  perform from installation where epoch = at_epoch for update;
  if not found then
    return 'overtaken';
  end if;
  perform from recipient where id = of_recipient and asked_epoch < at_epoch for update;
  if not found then
    return 'overtaken';
  end if;
  update verification set claimed = true where recipient = of_recipient and not claimed;
  if not found then
    return 'again';
  end if;
  perform raise_epoch(because, held_epoch, false);
  return 'raised';
end $$;

-- Holds this database against what was recorded of it, and raises the epoch where it is another. Answers the epoch in force.
create function recognise_database(out epoch integer, out raised boolean) language plpgsql as $$
declare
  here text := database_identity();
  known installation;
begin
  raised := false;
  select * into known from installation;
  if known.identity is distinct from here and here is not null or known.started_at is distinct from pg_postmaster_start_time() then
    select * into known from installation for update;
    if here is not null and known.identity <> here then
      perform raise_epoch('the database is not the one that it was: it was restored, copied or failed over', 0, true);
      raised := true;
    elsif known.started_at <> pg_postmaster_start_time() then
      update verification set comparison_due = now();
    end if;
    update installation set identity = coalesce(here, identity), started_at = pg_postmaster_start_time();
  end if;
  select installation.epoch into epoch from installation;
end $$;

-- Makes the tombstone wanted where a recipient holds a summary of persons of whom it is to hold none, and has no row. Answers of how many.
create function want_tombstones(of_recipient text, persons text[]) returns integer language sql as $$
  with wanted as (
    insert into delivery (recipient, patient, wanted_state, wanted_epoch, wanted_sequence, wanted_at, next_attempt_at)
      select of_recipient, s.patient, 'withdrawn', s.epoch, s.sequence, now(), now()
      from emergency_summary s
      -- Who is to hold it and has no row yet is about to get one.
      where s.patient = any (persons) and not exists (
        select from person p left join person_place l on l.patient = p.id join recipient r on r.id = of_recipient
        where p.id = s.patient and s.state = 'current' and serves(r, p, l)
      )
      on conflict (recipient, patient) do nothing
      returning patient
  )
  select count(*)::integer from wanted
$$;

-- Judges what a recipient said that it holds of the persons in these buckets (`complete`: all that it holds of them), repairs what differs, and notes
-- where the recipient knows more. What was confirmed after `asked_at` is left alone: the answer may be older. `again` are persons who have to be
-- derived anew, because the recipient takes only a newer edition than it holds.
create function judge_held(
  of_recipient text, asked_at timestamptz, complete integer[], h_patient text[], h_epoch integer[], h_sequence bigint[], h_state text[],
  out missing integer, out older integer, out unexpected integer, out again text[]
) language plpgsql as $$
declare
  asking boolean;
  in_force integer;
begin
  select asked_epoch < epoch, epoch into asking, in_force from recipient, installation where recipient.id = of_recipient;

  -- What was found to be ahead and is not held any more.
  delete from ahead where recipient = of_recipient and (
    exists (
      select from unnest(h_patient, h_epoch, h_sequence, h_state) as held (patient, epoch, sequence, state)
      where held.patient = ahead.patient and (held.epoch, held.sequence, held.state) is distinct from (ahead.epoch, ahead.sequence, ahead.state)
    ) or (summary_bucket(patient) = any (complete) and patient <> all (h_patient))
  );
  insert into ahead (recipient, patient, epoch, sequence, state, known_sequence, forgotten)
    select of_recipient, held.patient, held.epoch, held.sequence, held.state, coalesce(s.sequence, 0), asking and held.state = 'withdrawn'
    from unnest(h_patient, h_epoch, h_sequence, h_state) as held (patient, epoch, sequence, state)
    left join emergency_summary s on s.patient = held.patient
    left join known_before k on k.patient = held.patient
    left join delivery d on d.recipient = of_recipient and d.patient = held.patient
    where s.patient is null
      or (held.epoch, held.sequence) > (s.epoch, s.sequence)
      -- Of an epoch that has passed, and beyond what was known when it passed: it was sent by a life of this database that was lost.
      or held.epoch < in_force and (held.epoch, held.sequence) > (k.epoch, k.sequence)
        and (held.epoch, held.sequence) > (coalesce(d.confirmed_epoch, 0), coalesce(d.confirmed_sequence, 0))
      -- A withdrawal that was sent and is not remembered here.
      or asking and held.state = 'withdrawn' and d.wanted_state is distinct from 'withdrawn' and d.confirmed_state is distinct from 'withdrawn'
    on conflict (recipient, patient) do update set forgotten = true where excluded.forgotten;

  with held as (
    select * from unnest(h_patient, h_epoch, h_sequence, h_state) as held (patient, epoch, sequence, state)
  ), due as (
    select d.patient, held.patient is null as missing,
      held.state = 'withdrawn' and d.wanted_state = 'current' and (held.epoch, held.sequence) >= (d.wanted_epoch, d.wanted_sequence) as again
    from delivery d left join held on held.patient = d.patient
    where d.recipient = of_recipient and d.confirmed_state is not null and d.confirmed_at < asked_at
      and (d.lease_until is null or d.lease_until < now())
      and (held.patient is not null or summary_bucket(d.patient) = any (complete))
      and not exists (select from ahead where ahead.recipient = of_recipient and ahead.patient = d.patient and settled_at is null)
      and (held.epoch, held.sequence, held.state) is distinct from (d.confirmed_epoch, d.confirmed_sequence, d.confirmed_state)
    order by d.patient for update of d
  ), repaired as (
    update delivery set confirmed_state = null, confirmed_epoch = null, confirmed_sequence = null, confirmed_version = null,
      wanted_epoch = s.epoch, wanted_sequence = s.sequence, wanted_at = case when outstanding then wanted_at else now() end,
      next_attempt_at = now(), attempts = 0, refusals = 0, unfinished = 0, parked_at = null, parked_reason = null, parked_sequence = null
    from due join emergency_summary s on s.patient = due.patient
    where delivery.recipient = of_recipient and delivery.patient = due.patient
    returning delivery.patient
  )
  select count(*) filter (where due.missing), count(*) filter (where not due.missing), coalesce(array_agg(due.patient) filter (where due.again), '{}')
    into missing, older, again
    from due join repaired using (patient);
  unexpected := want_tombstones(of_recipient, array(
    select held.patient from unnest(h_patient) as held (patient)
    where not exists (select from ahead where ahead.recipient = of_recipient and ahead.patient = held.patient and settled_at is null)
  ));
  if missing + older + unexpected > 0 then
    perform hint_deliveries(of_recipient);
  end if;
end $$;
