-- Up Migration

-- The seal of the audit log (docs/decisions/0013-audit-seal.md). Rows of `audit_event` are inserted as ever; what follows is written after them.

-- The commitment to each row: SHA-256 of salt and row. Who erases a row erases the salt too; the commitment says nothing more of it then, and the tree stands.
create table audit_leaf (
  position bigint primary key,
  event bigint not null,
  salt bytea not null,
  commitment bytea not null
);

-- Roots of complete subtrees: one of tier t has 256^t leaves.
create table audit_node (
  tier integer not null,
  position bigint not null,
  hash bytea not null,
  primary key (tier, position)
);

-- The tree as it was at an instant, signed with a key that is held elsewhere.
create table audit_seal (
  size bigint not null,
  epoch integer not null,
  root bytea not null,
  -- Of the seal before; null for the first.
  previous_root bytea,
  sealed_at timestamptz not null,
  -- Every row up to this id is sealed; none that comes later has a lower one.
  through bigint not null,
  -- Public key, and signature, both in base64url.
  key text not null,
  signature text not null,
  primary key (size, epoch)
);

create function audit_seal_is_append_only() returns trigger language plpgsql as $$
begin
  raise exception '% is append only', tg_table_name;
end $$;
create trigger audit_leaf_append_only before update or delete or truncate on audit_leaf for each statement execute function audit_seal_is_append_only();
create trigger audit_node_append_only before update or delete or truncate on audit_node for each statement execute function audit_seal_is_append_only();
create trigger audit_seal_append_only before update or delete or truncate on audit_seal for each statement execute function audit_seal_is_append_only();

-- One process seals at a time. That two do is harmless: the second finds the positions taken.
create table audit_sealer (
  single boolean primary key default true check (single),
  holder text not null default '',
  lease_until timestamptz not null default now()
);
insert into audit_sealer default values;

-- As a recipient: the newest seal of each sender and epoch that was shown to continue the one before, so that nobody can rewrite the sender's log unseen.
create table received_checkpoint (
  sender text not null,
  -- The id under which the sender has registered this service.
  recipient text not null,
  epoch integer not null,
  size bigint not null,
  -- As it was signed by the sender's audit key, with key and signature (canonical JSON).
  checkpoint text not null,
  received_at timestamptz not null default now(),
  -- So many that came since, in a row, were not shown to continue it.
  unproven integer not null default 0,
  -- The first later one that contradicts it, and when it came.
  contradiction text,
  contradicted_at timestamptz,
  primary key (sender, recipient, epoch)
);

-- The newest of our seals that a recipient keeps, by its own word.
alter table verification add witnessed_epoch integer, add witnessed_size bigint;

-- Sharing: what was left.

-- Who was never sent anything of a person is told nothing of a withdrawal: the tombstone would say that there is a record. Nothing was sent where nobody ever
-- took the row to send it, in this life of the database: a backup may have been made before it was.
create function was_never_sent(delivery delivery) returns boolean language sql stable as $$
  select delivery.wanted_state = 'current' and delivery.lease = 0 and delivery.confirmed_state is null and delivery.received_at is null
    and delivery.shown_at is null and delivery.wanted_at > coalesce((select raised_at from installation), '-infinity')
$$;

create or replace function want_deliveries(person_id text, at timestamptz) returns void language plpgsql as $$
declare
  wanted text;
  withdrawn text;
begin
  with changed as (
    insert into delivery as d (recipient, patient, wanted_state, wanted_epoch, wanted_sequence, wanted_at, next_attempt_at)
      select r.id, person_id, 'current', s.epoch, s.sequence, at, at
      from emergency_summary s join person p on p.id = s.patient left join person_place l on l.patient = p.id join recipient r on serves(r, p, l)
      where s.patient = person_id and s.state = 'current'
      order by r.id
      on conflict (recipient, patient) do update set wanted_state = 'current', wanted_epoch = excluded.wanted_epoch,
        wanted_sequence = excluded.wanted_sequence, next_attempt_at = excluded.next_attempt_at, attempts = 0, refusals = 0, unfinished = 0,
        parked_at = null, parked_reason = null, parked_sequence = null,
        -- How long a recipient has been behind does not begin again with each change.
        wanted_at = case when d.outstanding and d.wanted_state = 'current' then d.wanted_at else excluded.wanted_at end
        where (d.wanted_state, d.wanted_epoch, d.wanted_sequence) is distinct from ('current', excluded.wanted_epoch, excluded.wanted_sequence)
      returning recipient
  ) select string_agg(recipient, ',') into wanted from changed;
  delete from delivery using emergency_summary s
    where s.patient = person_id and delivery.patient = person_id and was_never_sent(delivery)
      and (wanted_epoch, wanted_sequence) is distinct from (s.epoch, s.sequence);
  with changed as (
    update delivery set wanted_state = 'withdrawn', wanted_epoch = s.epoch, wanted_sequence = s.sequence,
      wanted_at = case when wanted_state = 'withdrawn' then wanted_at else at end,
      next_attempt_at = case when wanted_state = 'withdrawn' then next_attempt_at else at end,
      attempts = case when wanted_state = 'withdrawn' then attempts else 0 end,
      refusals = 0, unfinished = 0, parked_at = null, parked_reason = null, parked_sequence = null
      from emergency_summary s
      where s.patient = person_id and delivery.patient = person_id
        and (wanted_epoch, wanted_sequence) is distinct from (s.epoch, s.sequence) and (wanted_state = 'current' or outstanding)
      returning recipient
  ) select string_agg(recipient, ',') into withdrawn from changed;
  -- Hints only: the tables are the truth, and are read whether or not these arrive.
  if withdrawn is not null then
    perform pg_notify('delivery', 'withdrawn ' || case when length(withdrawn) < 7900 then withdrawn else '*' end);
  end if;
  if wanted is not null then
    perform pg_notify('delivery', 'current ' || case when length(wanted) < 7900 then wanted else '*' end);
  end if;
end $$;

create or replace function want_tombstones(of_recipient text, persons text[]) returns integer language sql as $$
  with wanted as (
    insert into delivery (recipient, patient, wanted_state, wanted_epoch, wanted_sequence, wanted_at, next_attempt_at, lease)
      -- It holds something, so something was sent.
      select of_recipient, s.patient, 'withdrawn', s.epoch, s.sequence, now(), now(), 1
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

create or replace function settle_recipient(r_id text, most integer, past text, out looked_past text, out looked_at integer, out wanted integer, out withdrawn integer, out again text[])
language plpgsql as $$
declare
  after text;
  ids text[];
begin
  select settled_to into after from recipient where id = r_id for no key update;
  if after is null then
    return;
  end if;
  select array_agg(id order by id) into ids from (select id from person where id > after order by id limit most) as next;
  looked_at := coalesce(cardinality(ids), 0);
  if ids is null then
    update recipient set settled_to = null where id = r_id;
    return;
  end if;
  -- A commit about one of them has ended, or waits.
  perform from person where id = any (ids) order by id for share;
  -- An Organization by which a record names its practice may have another code by now.
  update person_place set practices = found.practices
    from recipient r, resource, places_of(resource.body) as found
    where r.id = r_id and r.registered_only and resource.type = 'Patient' and resource.id = any (ids) and resource.body like '%"Organization/%'
      and person_place.patient = resource.id and person_place.practices is distinct from found.practices;
  insert into delivery (recipient, patient, wanted_state, wanted_epoch, wanted_sequence, wanted_at, next_attempt_at)
    select r_id, s.patient, 'current', s.epoch, s.sequence, now(), now()
    from emergency_summary s join person p on p.id = s.patient left join person_place l on l.patient = p.id join recipient r on r.id = r_id
    where s.patient = any (ids) and s.state = 'current' and serves(r, p, l)
    on conflict (recipient, patient) do nothing;
  get diagnostics wanted = row_count;
  delete from delivery using person p left join person_place l on l.patient = p.id, recipient r
    where r.id = r_id and delivery.recipient = r_id and delivery.patient = any (ids) and p.id = delivery.patient
      and was_never_sent(delivery) and not serves(r, p, l);
  -- Of one edition, the withdrawal is the later word; what was received or shown of it was the summary.
  update delivery set wanted_state = 'withdrawn', wanted_epoch = s.epoch, wanted_sequence = s.sequence, wanted_at = now(), next_attempt_at = now(),
    received_epoch = null, received_sequence = null, received_at = null, shown_epoch = null, shown_sequence = null, shown_at = null,
    attempts = 0, refusals = 0, unfinished = 0, parked_at = null, parked_reason = null, parked_sequence = null
    from emergency_summary s join person p on p.id = s.patient left join person_place l on l.patient = p.id join recipient r on r.id = r_id
    where delivery.recipient = r_id and delivery.patient = any (ids) and s.patient = delivery.patient
      and delivery.wanted_state = 'current' and not serves(r, p, l);
  get diagnostics withdrawn = row_count;
  select coalesce(array_agg(d.patient), '{}') into again
    from delivery d join emergency_summary s on s.patient = d.patient join person p on p.id = d.patient
      left join person_place l on l.patient = p.id join recipient r on r.id = r_id
    where d.recipient = r_id and d.patient = any (ids) and d.wanted_state = 'withdrawn' and s.state = 'current' and serves(r, p, l);
  update delivery set confirmed_state = null, confirmed_epoch = null, confirmed_sequence = null, confirmed_version = null, next_attempt_at = now()
    from recipient where recipient.id = r_id and delivery.recipient = r_id and patient = any (ids) and wanted_state = 'current'
      and confirmed_at < recipient.addressed_at and confirmed_state is not null;
  looked_past := after;
  if after = past or cardinality(again) = 0 then
    update recipient set settled_to = ids[cardinality(ids)] where id = r_id;
  end if;
  perform pg_notify('delivery', 'withdrawn ' || r_id);
  perform pg_notify('delivery', 'current ' || r_id);
end $$;

-- The ODS codes of an Organization.
create function organization_codes(body text) returns text[] language plpgsql immutable parallel safe as $$
begin
  return coalesce((
    select array_agg(distinct identifier ->> 'value' order by identifier ->> 'value') from jsonb_array_elements(body::jsonb -> 'identifier') as identifier
    where identifier ->> 'system' = 'https://fhir.nhs.uk/Id/ods-organization-code' and identifier ->> 'value' is not null
  ), '{}');
exception
  when untranslatable_character or invalid_text_representation then
    return '{}';
end $$;

-- Whose practice is an Organization with another code than before may be served by others now: the recipients of which that can be so look at everybody anew
-- (`sync/settle.ts`). At the end of the commit, when it is known who refers to it.
create function unsettle_practices() returns trigger language plpgsql as $$
declare
  before text[] := case when tg_op = 'UPDATE' then organization_codes(old.body) else '{}' end;
  after text[] := organization_codes(new.body);
begin
  if before <> after then
    with registered as (
      select id from search_reference
      where target_type = 'Organization' and target_id = new.id and type = 'Patient' and parameter = 'general-practitioner'
    )
    update recipient set settled_to = ''
      where registered_only and exists (select from registered)
        -- Whose record names no practice is served by the organisation that registered it.
        and (organization = any (before || after) or organization in (select custodian from person join registered using (id)));
  end if;
  return null;
end $$;
create constraint trigger practice_changed after insert or update of body on resource deferrable initially deferred
  for each row when (new.type = 'Organization') execute function unsettle_practices();
