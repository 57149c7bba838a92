-- Up Migration

-- Sharing (docs/decisions/0009-sharing.md): who should hold what, what each recipient has said that it holds, and how the dispatcher shares the work.

-- Whom a recipient serves, and how it stands. What a person's record says of the other side is in `person_place`.
alter table recipient
  -- Postcode areas or districts that it serves (EH, KY16); empty: all of its jurisdictions.
  add postcodes text[] not null default '{}',
  -- Only persons who are registered with its organisation, as at a GP practice.
  add registered_only boolean not null default false,
  -- What was confirmed before it had this address is not known of what stands there now.
  add addressed_at timestamptz not null default now(),
  -- After what has changed of it, persons up to this id have been looked at; null: all have.
  add settled_to text,
  -- The breaker, one for all processes: failures of the recipient itself in a row, and until when nothing is sent; null: it is closed.
  add failures integer not null default 0,
  add open_until timestamptz;

-- Where a person is registered and lives, as far as it decides who serves them. Triggers on `resource` keep it, so it changes in the commit that
-- changes the Patient, before the wanted states of that commit are set. No foreign key: within a commit the Patient is stored before its row in `person`.
create table person_place (
  patient text primary key,
  -- ODS codes of the organisations that Patient.generalPractitioner names, by identifier or as an Organization that is stored here.
  practices text[] not null,
  -- Postcode areas and districts of every current address: of KY16 9AB these are KY and KY16.
  areas text[] not null
);

create function places_of(body text, out practices text[], out areas text[]) language plpgsql stable parallel safe as $$
begin
  with patient as materialized (select places_of.body::jsonb as it)
  select
    coalesce((
      select array_agg(distinct identifier ->> 'value')
      from patient, jsonb_array_elements(it -> 'generalPractitioner') as practice
        left join resource on resource.type = 'Organization' and practice ->> 'reference' = 'Organization/' || resource.id,
        lateral (
          select practice -> 'identifier' union all select * from jsonb_array_elements(resource.body::jsonb -> 'identifier')
        ) as named (identifier)
      where identifier ->> 'system' = 'https://fhir.nhs.uk/Id/ods-organization-code' and identifier ->> 'value' is not null
    ), '{}'),
    coalesce((
      select array_agg(distinct part)
      from patient, jsonb_array_elements(it -> 'address') as address,
        regexp_replace(folded_postcode(address ->> 'postalCode'), '[0-9][A-Z]{2}$', '') as outward,
        unnest(array[outward, substring(outward from '^[A-Z]+[0-9]+'), substring(outward from '^[A-Z]+')]) as part
      where coalesce(address ->> 'use', '') not in ('old', 'billing') and outward ~ '^[A-Z]{1,2}[0-9][0-9A-Z]?$' and part is not null
    ), '{}')
  into places_of.practices, places_of.areas;
exception
  -- A text that PostgreSQL cannot hold: the person is stored all the same, and nobody serves them by what it says.
  when untranslatable_character or invalid_text_representation then
    practices := '{}';
    areas := '{}';
end $$;

create function keep_place() returns trigger language plpgsql as $$
begin
  insert into person_place (patient, practices, areas) select new.id, found.practices, found.areas from places_of(new.body) as found
    on conflict (patient) do update set practices = excluded.practices, areas = excluded.areas;
  return null;
end $$;
create trigger place_written after insert or update of body on resource for each row when (new.type = 'Patient') execute function keep_place();

insert into person_place (patient, practices, areas)
  select id, found.practices, found.areas from resource, places_of(body) as found where type = 'Patient';

-- True where a recipient serves a person: the one place that says so. A service area or registration that is asked for and not known is none; of a
-- person whose record names no practice, the organisation that registered the record is taken for it.
create function serves(recipient recipient, person person, place person_place) returns boolean language sql immutable parallel safe as $$
  select recipient.active
    and person.jurisdiction = any (recipient.jurisdictions)
    and (cardinality(recipient.postcodes) = 0 or recipient.postcodes && coalesce(place.areas, '{}'))
    and (not recipient.registered_only or recipient.organization = any (
      case when cardinality(place.practices) > 0 then place.practices else array[person.custodian] end
    ))
$$;

-- The epoch that stands in the documents as they were rendered: `Bundle.identifier` of the tombstone is patient/epoch/sequence.
alter table emergency_summary add epoch integer not null
  generated always as (coalesce(substring(tombstone from '"value":"' || patient || '/([0-9]+)/[0-9]+"')::integer, 1)) stored;

alter table delivery
  add wanted_epoch integer not null default 1,
  add confirmed_epoch integer,
  -- What was last answered with success, whether or not the answer said what is stored.
  add received_epoch integer,
  add received_sequence bigint,
  add received_at timestamptz,
  -- What the recipient said that its users are shown.
  add shown_epoch integer,
  add shown_sequence bigint,
  add shown_at timestamptz,
  -- In a row, for what is wanted now: refusals that will not change by themselves, and leases that ended without a report.
  add refusals integer not null default 0,
  add unfinished integer not null default 0,
  -- A parked state is not tried any more, until another is wanted or somebody replays it. Withdrawals are never parked.
  add parked_at timestamptz,
  add parked_reason text,
  add parked_sequence bigint,
  add failing_since timestamptz,
  add constraint withdrawal_is_never_parked check (parked_at is null or wanted_state = 'current');
update delivery set confirmed_epoch = 1 where confirmed_sequence is not null;
alter table delivery
  add outstanding boolean not null generated always as (
    confirmed_state is distinct from wanted_state or confirmed_epoch is distinct from wanted_epoch
    or confirmed_sequence is distinct from wanted_sequence
  ) stored;
-- No index knows of leases, so that leasing changes none.
drop index delivery_due;
create index delivery_due on delivery (recipient, wanted_state, next_attempt_at) where outstanding and parked_at is null;
create index delivery_outstanding on delivery (recipient, wanted_state, wanted_at) where outstanding;
alter table delivery set (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000);

-- Sets what every recipient should hold of one person, from the person's summary as it stands now (architecture, idea 5). A tombstone is wanted
-- only where a summary was wanted before; where one is held, a later edition of it tells nobody anything, and is not sent.
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

-- Registers a recipient, or what has changed of it. True where persons have to be looked at anew (`settle_recipient`). It holds nobody up.
create function register_recipient(
  r_id text, r_name text, r_role text, r_organization text, r_channel text, r_address text, r_jurisdictions text[],
  r_postcodes text[], r_registered_only boolean, r_active boolean
) returns boolean language plpgsql as $$
declare
  settled text;
begin
  insert into recipient as r (id, name, role, organization, channel, address, jurisdictions, postcodes, registered_only, active, settled_to)
    values (r_id, r_name, r_role, r_organization, r_channel, r_address, r_jurisdictions, r_postcodes, r_registered_only, r_active, '')
    on conflict (id) do update set name = excluded.name, role = excluded.role, organization = excluded.organization,
      channel = excluded.channel, address = excluded.address, jurisdictions = excluded.jurisdictions, postcodes = excluded.postcodes,
      registered_only = excluded.registered_only, active = excluded.active,
      addressed_at = case when (r.channel, r.address) = (excluded.channel, excluded.address) then r.addressed_at else now() end,
      settled_to = case
        when (r.organization, r.channel, r.address, r.jurisdictions, r.postcodes, r.registered_only, r.active)
          = (excluded.organization, excluded.channel, excluded.address, excluded.jurisdictions, excluded.postcodes, excluded.registered_only, excluded.active)
        then r.settled_to else '' end
    returning settled_to into settled;
  return settled is not null;
end $$;
drop function register_recipient(text, text, text, text, text, text, text[]);

-- Looks at the next persons after what has changed of a recipient, and sets what it should hold of them; null when all have been looked at.
-- Whoever is committed beside it either waits for the locks here or sees the recipient as it now is, once every commit that was under way when
-- it changed has ended (`sync/settle.ts` waits for that). `again` are persons whose summary it held before, gave up and is to hold
-- once more: it takes only a newer edition, so they have to be derived again. Until there is none, the same persons are looked at, so that none is
-- forgotten by a process that is killed; or it goes on although those `past` this id cannot be derived.
create function settle_recipient(r_id text, most integer, past text, out looked_past text, out looked_at integer, out wanted integer, out withdrawn integer, out again text[])
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
  insert into delivery (recipient, patient, wanted_state, wanted_epoch, wanted_sequence, wanted_at, next_attempt_at)
    select r_id, s.patient, 'current', s.epoch, s.sequence, now(), now()
    from emergency_summary s join person p on p.id = s.patient left join person_place l on l.patient = p.id join recipient r on r.id = r_id
    where s.patient = any (ids) and s.state = 'current' and serves(r, p, l)
    on conflict (recipient, patient) do nothing;
  get diagnostics wanted = row_count;
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
