-- Up Migration

-- Makes the definitions of a process those by which this installation's rows are written, where they are new here, or it insists. What was stored
-- before they were known has to be read once more. Only where nothing was ever stored are there no rows to build.
create function register_search_definitions(known text, wanted jsonb, insists boolean) returns void language plpgsql as $$
declare
  in_force text;
  first_state text;
begin
  select search_definitions into in_force from installation for update;
  if in_force = known or (not insists and exists (select from search_definitions where version = known)) then
    return;
  end if;
  first_state := case when in_force is null and not exists (select from change) then 'active' else 'building' end;
  insert into search_definitions (version, definitions) values (known, wanted) on conflict do nothing;
  -- No rows are written any more for what is not among them.
  delete from search_parameter_state as s where not exists (
    select from jsonb_array_elements(wanted) as each where each ->> 0 = s.type and each ->> 1 = s.parameter
  );
  insert into search_parameter_state as s (type, parameter, definition, state)
    select each ->> 0, each ->> 1, each ->> 2, first_state from jsonb_array_elements(wanted) as each
    on conflict (type, parameter) do update set definition = excluded.definition, state = 'building', position = ''
      where s.definition <> excluded.definition;
  update installation set search_definitions = known;
end $$;

-- Which parameters of a version cannot be relied upon: those being built, those whose rows follow another definition, and those that a process
-- which wrote something since did not know.
create function unreliable_parameters(known text) returns table (type text, parameter text) language sql stable as $$
  select each ->> 0, each ->> 1
  from search_definitions as mine cross join jsonb_array_elements(mine.definitions) as each
    left join search_parameter_state as s on s.type = each ->> 0 and s.parameter = each ->> 1 and s.definition = each ->> 2
  where mine.version = known
    and ((select search_definitions from installation) <> known
      or exists (select from search_parameter_state where state = 'building')
      or exists (select from search_behind))
    and (s.state is distinct from 'active' or exists (
      select from (select version, definitions from search_definitions union all select '', null) as its
      where exists (select from search_behind as behind where behind.type = s.type and behind.version = its.version)
        and (its.definitions is null or not its.definitions @> jsonb_build_array(each))
    ))
$$;

-- Writes the rows of resources anew, for some parameters of their types, where they still are at the version that was read; what has changed
-- since has its rows from who changed it. Then it notes how far that is: parameters that are being built have come from one position to the next
-- (null: to the end), or resources are behind no more. False, and nothing is written, where somebody else has come further.
create function write_search_rows(
  g_type text, g_parameters text[], g_position text, g_next text,
  -- resources that are behind, as they were found
  b_type text[], b_id text[], b_version text[],
  r_type text[], r_id text[], r_version integer[],
  -- what stands in their place stands under these
  x_type text[], x_parameter text[],
  t_type text[], t_id text[], t_parameter text[], t_system text[], t_code text[],
  f_type text[], f_id text[], f_parameter text[], f_target_type text[], f_target_id text[],
  s_type text[], s_id text[], s_parameter text[], s_value text[], s_exact text[],
  d_type text[], d_id text[], d_parameter text[], d_low timestamptz[], d_high timestamptz[],
  n_type text[], n_id text[], n_parameter text[], n_low numeric[], n_high numeric[],
  q_type text[], q_id text[], q_parameter text[], q_system text[], q_code text[], q_low numeric[], q_high numeric[],
  u_type text[], u_id text[], u_parameter text[], u_value text[],
  c_type text[], c_id text[], c_parameter text[], c_system text[], c_code text[], c_value_system text[], c_value_code text[], c_value_text text[],
  c_low numeric[], c_high numeric[], c_since timestamptz[], c_until timestamptz[]
) returns boolean language plpgsql as $$
declare
  kept_type text[];
  kept_id text[];
  affected integer;
begin
  if g_type is not null then
    perform from search_parameter_state
      where type = g_type and parameter = any (g_parameters) and state = 'building' and position = g_position
      order by parameter for update;
    get diagnostics affected = row_count;
    if affected <> cardinality(g_parameters) then
      return false;
    end if;
  end if;
  -- Locks are taken in the order of commit_changes.
  select array_agg(type), array_agg(id) into kept_type, kept_id from (
    select resource.type, resource.id
      from resource join unnest(r_type, r_id, r_version) as wanted (type, id, version)
        on wanted.type = resource.type and wanted.id = resource.id and wanted.version = resource.version
      order by resource.type, resource.id for key share of resource
  ) as locked;
  delete from search_token as found using unnest(kept_type, kept_id) as kept (type, id)
    where found.id = kept.id and found.type = kept.type and (found.type, found.parameter) in (select * from unnest(x_type, x_parameter));
  delete from search_reference as found using unnest(kept_type, kept_id) as kept (type, id)
    where found.id = kept.id and found.type = kept.type and (found.type, found.parameter) in (select * from unnest(x_type, x_parameter));
  delete from search_string as found using unnest(kept_type, kept_id) as kept (type, id)
    where found.id = kept.id and found.type = kept.type and (found.type, found.parameter) in (select * from unnest(x_type, x_parameter));
  delete from search_date as found using unnest(kept_type, kept_id) as kept (type, id)
    where found.id = kept.id and found.type = kept.type and (found.type, found.parameter) in (select * from unnest(x_type, x_parameter));
  delete from search_number as found using unnest(kept_type, kept_id) as kept (type, id)
    where found.id = kept.id and found.type = kept.type and (found.type, found.parameter) in (select * from unnest(x_type, x_parameter));
  delete from search_quantity as found using unnest(kept_type, kept_id) as kept (type, id)
    where found.id = kept.id and found.type = kept.type and (found.type, found.parameter) in (select * from unnest(x_type, x_parameter));
  delete from search_uri as found using unnest(kept_type, kept_id) as kept (type, id)
    where found.id = kept.id and found.type = kept.type and (found.type, found.parameter) in (select * from unnest(x_type, x_parameter));
  delete from search_composite as found using unnest(kept_type, kept_id) as kept (type, id)
    where found.id = kept.id and found.type = kept.type and (found.type, found.parameter) in (select * from unnest(x_type, x_parameter));
  insert into search_token (type, id, parameter, system, code)
    select * from unnest(t_type, t_id, t_parameter, t_system, t_code) as found (type, id)
    where (found.type, found.id) in (select * from unnest(kept_type, kept_id));
  insert into search_reference (type, id, parameter, target_type, target_id)
    select * from unnest(f_type, f_id, f_parameter, f_target_type, f_target_id) as found (type, id)
    where (found.type, found.id) in (select * from unnest(kept_type, kept_id));
  insert into search_string (type, id, parameter, value, exact)
    select * from unnest(s_type, s_id, s_parameter, s_value, s_exact) as found (type, id)
    where (found.type, found.id) in (select * from unnest(kept_type, kept_id));
  insert into search_date (type, id, parameter, low, high)
    select * from unnest(d_type, d_id, d_parameter, d_low, d_high) as found (type, id)
    where (found.type, found.id) in (select * from unnest(kept_type, kept_id));
  insert into search_number (type, id, parameter, low, high)
    select * from unnest(n_type, n_id, n_parameter, n_low, n_high) as found (type, id)
    where (found.type, found.id) in (select * from unnest(kept_type, kept_id));
  insert into search_quantity (type, id, parameter, system, code, low, high)
    select * from unnest(q_type, q_id, q_parameter, q_system, q_code, q_low, q_high) as found (type, id)
    where (found.type, found.id) in (select * from unnest(kept_type, kept_id));
  insert into search_uri (type, id, parameter, value)
    select * from unnest(u_type, u_id, u_parameter, u_value) as found (type, id)
    where (found.type, found.id) in (select * from unnest(kept_type, kept_id));
  insert into search_composite (type, id, parameter, system, code, value_system, value_code, value_text, low, high, since, until)
    select * from unnest(c_type, c_id, c_parameter, c_system, c_code, c_value_system, c_value_code, c_value_text, c_low, c_high, c_since, c_until)
      as found (type, id)
    where (found.type, found.id) in (select * from unnest(kept_type, kept_id));
  delete from search_behind as b using unnest(b_type, b_id, b_version) as done (type, id, version)
    where b.type = done.type and b.id = done.id and b.version = done.version
      and ((b.type, b.id) in (select * from unnest(kept_type, kept_id))
        or not exists (select from resource where resource.type = b.type and resource.id = b.id));
  if g_type is not null then
    update search_parameter_state
      set position = coalesce(g_next, ''), state = case when g_next is null then 'active' else 'building' end
      where type = g_type and parameter = any (g_parameters);
  end if;
  return true;
end $$;
