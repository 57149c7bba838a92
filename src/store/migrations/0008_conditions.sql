-- Up Migration

-- Conditions under which resources were created because nothing matched, so that two requests with the same condition take turns, in whichever
-- process: each has read the number before it searched, and only one of them raises it. `key` is a digest: conditions can hold identifiers.
create table condition_used (
  type text not null,
  key text not null,
  number bigint not null,
  at timestamptz not null default now(),
  primary key (type, key)
);
create index condition_used_at on condition_used (at);

-- Raises the numbers of these conditions, in a fixed order, before the commit that counts on them takes any other lock. KP002: another was faster.
create function use_conditions(c_type text[], c_key text[], c_expected bigint[]) returns boolean language plpgsql as $$
declare
  taken integer;
begin
  insert into condition_used as used (type, key, number)
    select type, key, expected + 1 from unnest(c_type, c_key, c_expected) as wanted (type, key, expected) order by type, key
    on conflict (type, key) do update set number = excluded.number, at = now() where used.number = excluded.number - 1;
  get diagnostics taken = row_count;
  if taken < cardinality(c_key) then
    raise exception using errcode = 'KP002', message = 'condition used';
  end if;
  -- No request takes an hour: what is older keeps nobody apart any more. More goes than comes, so the table stays as large as an hour makes it.
  delete from condition_used where ctid = any (array(
    select ctid from condition_used where at < now() - interval '1 hour' order by at limit 2 * cardinality(c_key) + 10 for update skip locked
  ));
  return true;
end $$;
