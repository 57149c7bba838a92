-- Up Migration

-- The custodian gives labels and takes them away: also of what came with a draft, whose mark goes on being its author's when the label is taken away.
create or replace function mark_resources(m_type text[], m_id text[], m_label text[], m_author text[], m_part_of text[]) returns void language plpgsql as $$
begin
  delete from marked_resource where label is null and part_of in (
    select id from unnest(m_type, m_id, m_author) as changed (type, id, author) where type = 'CarePlan' and author is null
  );
  update marked_resource set author = null, part_of = null where part_of in (
    select id from unnest(m_type, m_id, m_author) as changed (type, id, author) where type = 'CarePlan' and author is null
  );
  delete from marked_resource as mark using unnest(m_type, m_id, m_label, m_author) as changed (type, id, label, author)
    where mark.type = changed.type and mark.id = changed.id and mark.part_of is null and num_nonnulls(changed.label, changed.author) = 0;
  update marked_resource as mark set label = null from unnest(m_type, m_id, m_label, m_author) as changed (type, id, label, author)
    where mark.type = changed.type and mark.id = changed.id and mark.part_of is not null and num_nonnulls(changed.label, changed.author) = 0;
  insert into marked_resource as mark (type, id, label, author, part_of)
    select type, id, label, author, part_of
    from unnest(m_type, m_id, m_label, m_author, m_part_of) as changed (type, id, label, author, part_of)
    where num_nonnulls(label, author) > 0
    on conflict (type, id) do update set label = excluded.label,
      author = case when mark.part_of is not null then mark.author when excluded.author is null then null
        else coalesce(mark.author, excluded.author) end;
end $$;

-- What a client has had done under an X-Request-ID, kept for a day from the commit that did it: so that a request that is sent again is not done again.
create table performed_request (
  client text not null,
  id text not null,
  -- Digest of method, address and body: under the same id nothing else is done.
  fingerprint text not null,
  at timestamptz not null,
  -- JSON: what became of each change, by type, id and version, and what was noticed.
  answer text not null,
  primary key (client, id)
);
create index performed_request_at on performed_request (at);

-- Keeps requests that are being done; fails where one of them has been done already.
create function keep_requests(k_client text[], k_id text[], k_fingerprint text[], k_at timestamptz[], k_answer text[]) returns void language plpgsql as $$
begin
  delete from performed_request where (client, id) in (
    select client, id from performed_request where at < (select max(at) from unnest(k_at) as at) - interval '24 hours'
      order by at limit 100 for update skip locked
  );
  delete from performed_request as old using unnest(k_client, k_id, k_at) as kept (client, id, at)
    where old.client = kept.client and old.id = kept.id and old.at < kept.at - interval '24 hours';
  insert into performed_request (client, id, fingerprint, at, answer)
    select * from unnest(k_client, k_id, k_fingerprint, k_at, k_answer);
end $$;
