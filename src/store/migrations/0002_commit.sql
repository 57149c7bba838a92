-- Up Migration

-- The one write: a list of changes with everything derived from them, all or nothing, in one round trip. It can hold those of several requests.
-- Arrays of one prefix run in parallel. Failures have their own SQLSTATE, which the store turns into Problems:
--   KP001 the person changed since it was read      KP002 a version is not the expected one
--   KP003 a referenced resource does not exist, or is another person's
--   KP004 something still refers to a deleted resource   KP005 the sharing decision does not allow this caller to write
-- Proven by test/records/concurrency.test.ts: what a plan in force is made of cannot change beside the commit that puts it in force.
create function commit_changes(
  -- resources: expected version 0 = must not exist now, -1 = under an id made for it, so there never was one
  r_type text[], r_id text[], r_expected integer[], r_version integer[], r_deleted boolean[], r_patient text[], r_body text[],
  r_at timestamptz[],
  t_type text[], t_id text[], t_parameter text[], t_system text[], t_code text[],
  f_type text[], f_id text[], f_parameter text[], f_target_type text[], f_target_id text[],
  s_type text[], s_id text[], s_parameter text[], s_value text[], s_exact text[],
  d_type text[], d_id text[], d_parameter text[], d_low timestamptz[], d_high timestamptz[],
  n_type text[], n_id text[], n_parameter text[], n_low numeric[], n_high numeric[],
  q_type text[], q_id text[], q_parameter text[], q_system text[], q_code text[], q_low numeric[], q_high numeric[],
  u_type text[], u_id text[], u_parameter text[], u_value text[],
  c_type text[], c_id text[], c_parameter text[], c_system text[], c_code text[], c_value_system text[], c_value_code text[],
  c_value_text text[], c_low numeric[], c_high numeric[], c_since timestamptz[], c_until timestamptz[],
  -- the version of the search parameters' definitions by which all these were taken
  k_version text,
  i_type text[], i_system text[], i_value text[], i_id text[],
  -- resources that must exist and belong to this person (null: to nobody), at this version (null: at any)
  m_type text[], m_id text[], m_patient text[], m_version integer[],
  -- whose records these are, and the organisation that commits (null: the service itself)
  w_patient text[], w_organization text[],
  -- persons whose derived state changes: expected sequence 0 = new person
  p_id text[], p_expected bigint[], p_custodian text[], p_jurisdiction text[], p_sharing text[], p_in_force text[],
  p_outcome text[], p_answer text[], p_state text[], p_summary text[], p_tombstone text[], p_at timestamptz[],
  p_next_turn timestamptz[],
  a_recorded timestamptz[], a_request_id text[], a_client text[], a_organization text[], a_role text[], a_purpose text[],
  a_interaction text[], a_patient text[], a_entities text[]
) returns void language plpgsql
-- Each statement is planned once for a connection, not once for a commit. The tables may be empty then, so the plan may only be one that serves
-- large ones as well: a lookup by index for each element of the arrays.
set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
  existing integer;
  affected integer;
  offending text;
begin
  -- Locks are taken in a fixed order, persons first, then resources by type and id: no two commits can wait for each other.
  if cardinality(p_id) > 0 then
    perform from person where id = any (p_id) order by id for no key update;
    if exists (
      select from unnest(p_id, p_expected) as wanted (id, expected) left join person using (id)
      where coalesce(person.sequence, 0) <> wanted.expected
    ) then
      raise exception using errcode = 'KP001', message = 'person changed';
    end if;
  end if;
  select person.id into offending
    from unnest(w_patient, w_organization) as touched (patient, organization)
    join person on person.id = touched.patient
    where person.sharing = 'withheld' and person.custodian <> touched.organization limit 1;
  if found then
    raise exception using errcode = 'KP005', message = 'sharing withheld', detail = offending;
  end if;

  if 0 < any (r_expected) then
    select count(*) into existing from unnest(r_expected) as expected where expected > 0;
    perform from resource join unnest(r_type, r_id) as changed (type, id) using (type, id)
      order by resource.type, resource.id for update of resource;
    insert into resource_history (type, id, version, last_updated, patient, deleted, body)
      select resource.type, resource.id, resource.version, resource.last_updated, resource.patient, false, resource.body
      from resource join unnest(r_type, r_id, r_expected) as changed (type, id, expected)
        on resource.type = changed.type and resource.id = changed.id and resource.version = changed.expected;
    get diagnostics affected = row_count;
    if affected <> existing then
      raise exception using errcode = 'KP002', message = 'version changed';
    end if;
    -- What a commit did not know to be in force when it read, and is now, must go the way of what is in force.
    if exists (
      select from unnest(r_type, r_id, r_patient) as changed (type, id, patient) join person on person.id = changed.patient
      where changed.type || '/' || changed.id = any (person.in_force) and person.id <> all (p_id)
    ) then
      raise exception using errcode = 'KP001', message = 'now in force';
    end if;
    delete from search_token as found using unnest(r_type, r_id, r_expected) as changed (type, id, expected)
      where found.type = changed.type and found.id = changed.id and changed.expected > 0;
    delete from search_reference as found using unnest(r_type, r_id, r_expected) as changed (type, id, expected)
      where found.type = changed.type and found.id = changed.id and changed.expected > 0;
    delete from search_string as found using unnest(r_type, r_id, r_expected) as changed (type, id, expected)
      where found.type = changed.type and found.id = changed.id and changed.expected > 0;
    delete from search_date as found using unnest(r_type, r_id, r_expected) as changed (type, id, expected)
      where found.type = changed.type and found.id = changed.id and changed.expected > 0;
    delete from search_number as found using unnest(r_type, r_id, r_expected) as changed (type, id, expected)
      where found.type = changed.type and found.id = changed.id and changed.expected > 0;
    delete from search_quantity as found using unnest(r_type, r_id, r_expected) as changed (type, id, expected)
      where found.type = changed.type and found.id = changed.id and changed.expected > 0;
    delete from search_uri as found using unnest(r_type, r_id, r_expected) as changed (type, id, expected)
      where found.type = changed.type and found.id = changed.id and changed.expected > 0;
    delete from search_composite as found using unnest(r_type, r_id, r_expected) as changed (type, id, expected)
      where found.type = changed.type and found.id = changed.id and changed.expected > 0;
    delete from identity using unnest(r_type, r_id, r_deleted) as changed (type, id, deleted)
      where identity.type = changed.type and identity.id = changed.id
        and (changed.deleted or (changed.type, changed.id) in (select * from unnest(i_type, i_id)));
    delete from resource using unnest(r_type, r_id, r_deleted) as changed (type, id, deleted)
      where resource.type = changed.type and resource.id = changed.id and changed.deleted;
    insert into resource_history (type, id, version, last_updated, patient, deleted, body)
      select type, id, version, at, patient, true, '' from unnest(r_type, r_id, r_version, r_deleted, r_patient, r_at)
        as changed (type, id, version, deleted, patient, at) where deleted;
    update resource set version = changed.version, last_updated = changed.at, body = changed.body
      from unnest(r_type, r_id, r_expected, r_version, r_deleted, r_body, r_at)
        as changed (type, id, expected, version, deleted, body, at)
      where resource.type = changed.type and resource.id = changed.id and changed.expected > 0 and not changed.deleted;
  end if;

  -- An id that was deleted goes on counting where it ended.
  if 0 = any (r_expected) then
    if exists (
      select from unnest(r_type, r_id, r_expected, r_version) as changed (type, id, expected, version)
      join resource_history as earlier on earlier.type = changed.type and earlier.id = changed.id and earlier.version >= changed.version
      where changed.expected = 0
    ) then
      raise exception using errcode = 'KP002', message = 'version changed';
    end if;
  end if;
  -- Arrays side by side in the list of a SELECT are not laid by first, as those of one FROM are.
  insert into change (type, id, version, deleted, patient, at)
    select unnest(r_type), unnest(r_id), unnest(r_version), unnest(r_deleted), unnest(r_patient), unnest(r_at);
  insert into resource (type, id, version, last_updated, patient, body)
    select type, id, version, at, patient, body from (
      select unnest(r_type) as type, unnest(r_id) as id, unnest(r_expected) as expected, unnest(r_version) as version, unnest(r_at) as at,
        unnest(r_patient) as patient, unnest(r_body) as body
    ) as changed where expected <= 0;
  -- Most resources have values of a few kinds only.
  if cardinality(t_id) > 0 then
    insert into search_token (type, id, parameter, system, code)
      select unnest(t_type), unnest(t_id), unnest(t_parameter), unnest(t_system), unnest(t_code);
  end if;
  if cardinality(f_id) > 0 then
    insert into search_reference (type, id, parameter, target_type, target_id)
      select unnest(f_type), unnest(f_id), unnest(f_parameter), unnest(f_target_type), unnest(f_target_id);
  end if;
  if cardinality(s_id) > 0 then
    insert into search_string (type, id, parameter, value, exact)
      select unnest(s_type), unnest(s_id), unnest(s_parameter), unnest(s_value), unnest(s_exact);
  end if;
  if cardinality(d_id) > 0 then
    insert into search_date (type, id, parameter, low, high)
      select unnest(d_type), unnest(d_id), unnest(d_parameter), unnest(d_low), unnest(d_high);
  end if;
  if cardinality(n_id) > 0 then
    insert into search_number (type, id, parameter, low, high)
      select unnest(n_type), unnest(n_id), unnest(n_parameter), unnest(n_low), unnest(n_high);
  end if;
  if cardinality(q_id) > 0 then
    insert into search_quantity (type, id, parameter, system, code, low, high)
      select unnest(q_type), unnest(q_id), unnest(q_parameter), unnest(q_system), unnest(q_code), unnest(q_low), unnest(q_high);
  end if;
  if cardinality(u_id) > 0 then
    insert into search_uri (type, id, parameter, value)
      select unnest(u_type), unnest(u_id), unnest(u_parameter), unnest(u_value);
  end if;
  if cardinality(c_id) > 0 then
    insert into search_composite (type, id, parameter, system, code, value_system, value_code, value_text, low, high, since, until)
      select unnest(c_type), unnest(c_id), unnest(c_parameter), unnest(c_system), unnest(c_code), unnest(c_value_system), unnest(c_value_code),
        unnest(c_value_text), unnest(c_low), unnest(c_high), unnest(c_since), unnest(c_until);
  end if;
  -- Written by a process with other definitions than the installation's: whoever has these reads it once more.
  if k_version is distinct from (select search_definitions from installation) then
    insert into search_behind (type, id, version)
      select type, id, coalesce((select version from search_definitions where version = k_version), '')
      from unnest(r_type, r_id, r_deleted) as changed (type, id, deleted) where not deleted
      on conflict (type, id) do update set version = excluded.version;
  end if;
  if cardinality(i_type) > 0 then
    insert into identity (type, system, value, id) select * from unnest(i_type, i_system, i_value, i_id);
  end if;

  -- A share lock: what is referred to here cannot be deleted before this commit is settled.
  if cardinality(m_type) > 0 then
    perform from resource join unnest(m_type, m_id, m_patient) as wanted (type, id, patient) using (type, id)
      where wanted.patient is null or resource.patient is null or resource.patient = wanted.patient
      order by resource.type, resource.id for key share of resource;
    get diagnostics affected = row_count;
    if num_nonnulls(variadic m_version) > 0 then
      if exists (
        select from unnest(m_type, m_id, m_version) as wanted (type, id, version) left join resource using (type, id)
        where wanted.version is not null and resource.version is distinct from wanted.version
      ) then
        raise exception using errcode = 'KP001', message = 'record changed';
      end if;
    end if;
    if affected < cardinality(m_type) then
      select wanted.type || '/' || wanted.id into offending
        from unnest(m_type, m_id, m_patient) as wanted (type, id, patient) left join resource using (type, id)
        where resource.id is null or (wanted.patient is not null and resource.patient is not null and resource.patient <> wanted.patient)
        limit 1;
      if found then
        raise exception using errcode = 'KP003', message = 'reference refused', detail = offending;
      end if;
      -- It came to be since the locks were taken.
      raise exception using errcode = 'KP001', message = 'record changed';
    end if;
  end if;
  if true = any (r_deleted) then
    select search_reference.type || '/' || search_reference.id into offending
      from unnest(r_type, r_id, r_deleted) as changed (type, id, deleted)
      join search_reference on search_reference.target_type = changed.type and search_reference.target_id = changed.id
      where changed.deleted limit 1;
    if found then
      raise exception using errcode = 'KP004', message = 'still referred to', detail = offending;
    end if;
  end if;

  if cardinality(p_id) > 0 then
    insert into person as p (id, sequence, custodian, jurisdiction, sharing, in_force)
      select id, expected + 1, custodian, jurisdiction, sharing, in_force::text[]
      from unnest(p_id, p_expected, p_custodian, p_jurisdiction, p_sharing, p_in_force)
        as changed (id, expected, custodian, jurisdiction, sharing, in_force)
      on conflict (id) do update set sequence = excluded.sequence, jurisdiction = excluded.jurisdiction,
        sharing = excluded.sharing, in_force = excluded.in_force
        -- Two first commits of one person: the second finds the row and must read again.
        where p.sequence = excluded.sequence - 1;
    get diagnostics affected = row_count;
    if affected <> cardinality(p_id) then
      raise exception using errcode = 'KP001', message = 'person changed';
    end if;
    insert into emergency_summary (patient, sequence, updated, outcome, answer, state, summary, tombstone, next_turn)
      select id, expected + 1, at, outcome, answer, state, summary, tombstone, next_turn
      from unnest(p_id, p_expected, p_outcome, p_answer, p_state, p_summary, p_tombstone, p_at, p_next_turn)
        as changed (id, expected, outcome, answer, state, summary, tombstone, at, next_turn)
      on conflict (patient) do update set sequence = excluded.sequence, updated = excluded.updated, outcome = excluded.outcome,
        answer = excluded.answer, state = excluded.state, summary = excluded.summary, tombstone = excluded.tombstone,
        next_turn = excluded.next_turn;
    perform want_deliveries(changed.id, changed.at) from unnest(p_id, p_at) as changed (id, at);
  end if;

  insert into audit_event (recorded, request_id, client, organization, role, purpose, interaction, outcome, patient, entities)
    select unnest(a_recorded), unnest(a_request_id), unnest(a_client), unnest(a_organization), unnest(a_role), unnest(a_purpose),
      unnest(a_interaction), 'permit', unnest(a_patient), unnest(a_entities)::text[];
end $$;

-- Sets what every recipient should hold of one person, from the person's summary as it stands now (architecture, idea 5).
-- A tombstone is wanted only where a summary was wanted before.
create function want_deliveries(person_id text, at timestamptz) returns void language plpgsql as $$
declare
  touched integer := 0;
  changed integer;
begin
  insert into delivery as d (recipient, patient, wanted_state, wanted_sequence, wanted_at, next_attempt_at)
    select recipient.id, person_id, 'current', s.sequence, at, at
    from emergency_summary s join person p on p.id = s.patient join recipient on recipient.active and p.jurisdiction = any (recipient.jurisdictions)
    where s.patient = person_id and s.state = 'current'
    order by recipient.id
    on conflict (recipient, patient) do update set wanted_state = 'current', wanted_sequence = excluded.wanted_sequence,
      wanted_at = excluded.wanted_at, next_attempt_at = excluded.next_attempt_at, attempts = 0
      where d.wanted_sequence <> excluded.wanted_sequence;
  get diagnostics changed = row_count;
  touched := touched + changed;
  update delivery set wanted_state = 'withdrawn', wanted_sequence = s.sequence, wanted_at = at, next_attempt_at = at, attempts = 0
    from emergency_summary s
    where s.patient = person_id and delivery.patient = person_id and delivery.wanted_sequence <> s.sequence;
  get diagnostics changed = row_count;
  if touched + changed > 0 then
    -- A hint only: the dispatcher also polls.
    perform pg_notify('delivery', person_id);
  end if;
end $$;

-- Registers a recipient, or what has changed of it. From then on it should hold the summary of everyone whom it serves, and the tombstone of
-- everyone whom it no longer serves.
create function register_recipient(
  r_id text, r_name text, r_role text, r_organization text, r_channel text, r_address text, r_jurisdictions text[]
) returns void language plpgsql as $$
begin
  perform from recipient where id = r_id and active and name = r_name and role = r_role and organization = r_organization
    and channel = r_channel and address = r_address and jurisdictions = r_jurisdictions;
  if found then
    return;
  end if;
  -- Every commit reads this table, so from here on none is under way that has not seen the recipient and will not be seen below.
  lock table recipient in access exclusive mode;
  insert into recipient (id, name, role, organization, channel, address, jurisdictions)
    values (r_id, r_name, r_role, r_organization, r_channel, r_address, r_jurisdictions)
    on conflict (id) do update set name = excluded.name, role = excluded.role, organization = excluded.organization,
      channel = excluded.channel, address = excluded.address, jurisdictions = excluded.jurisdictions, active = true;
  insert into delivery as d (recipient, patient, wanted_state, wanted_sequence, wanted_at, next_attempt_at)
    select r_id, summary.patient, 'current', summary.sequence, now(), now()
    from emergency_summary as summary join person on person.id = summary.patient
    where summary.state = 'current' and person.jurisdiction = any (r_jurisdictions)
    on conflict (recipient, patient) do update set wanted_state = 'current', wanted_sequence = excluded.wanted_sequence,
      wanted_at = now(), next_attempt_at = now(), attempts = 0, confirmed_sequence = null
      where d.wanted_state <> 'current';
  update delivery set wanted_state = 'withdrawn', wanted_at = now(), next_attempt_at = now(), attempts = 0, confirmed_sequence = null
    from person
    where delivery.recipient = r_id and person.id = delivery.patient and delivery.wanted_state = 'current'
      and person.jurisdiction <> all (r_jurisdictions);
end $$;
