-- Up Migration

-- Under which regime the sharing of all persons was derived: by the law of each nation, or only once the person has agreed.
alter table installation add consent_regime text not null default 'opt-out' check (consent_regime in ('opt-out', 'opt-in'));

-- The few resources that not everybody may see who sees the others of a person: labelled above normal, or a plan that is a draft still. A mark is
-- about every version of the resource, and outlives it, as its history does.
create table marked_resource (
  type text not null,
  id text not null,
  -- HL7 v3 Confidentiality: R or V; null for normal.
  label text,
  -- Of a draft, and of what came with it: ODS code of the organisation that wrote it; null for all else.
  author text,
  -- Of what came with a draft: the id of the CarePlan, with which it comes into force.
  part_of text,
  primary key (type, id),
  check (num_nonnulls(label, author) > 0)
);
create index marked_resource_part on marked_resource (part_of) where part_of is not null;
-- Of drafts that were stored before, the custodian is taken for the author: nobody else can be told to be.
insert into marked_resource (type, id, author)
  select plan.type, plan.id, person.custodian from resource plan join person on person.id = plan.patient
  where plan.type = 'CarePlan' and plan.body::jsonb ->> 'status' = 'draft';

-- Marks what one commit has written. Whoever wrote a draft first stays its author; a draft that is none any more takes with it what came with it.
create function mark_resources(m_type text[], m_id text[], m_label text[], m_author text[], m_part_of text[]) returns void language plpgsql as $$
begin
  delete from marked_resource where label is null and part_of in (
    select id from unnest(m_type, m_id, m_author) as changed (type, id, author) where type = 'CarePlan' and author is null
  );
  update marked_resource set author = null, part_of = null where part_of in (
    select id from unnest(m_type, m_id, m_author) as changed (type, id, author) where type = 'CarePlan' and author is null
  );
  delete from marked_resource as mark using unnest(m_type, m_id, m_label, m_author) as changed (type, id, label, author)
    where mark.type = changed.type and mark.id = changed.id and mark.part_of is null and num_nonnulls(changed.label, changed.author) = 0;
  insert into marked_resource as mark (type, id, label, author, part_of)
    select type, id, label, author, part_of
    from unnest(m_type, m_id, m_label, m_author, m_part_of) as changed (type, id, label, author, part_of)
    where num_nonnulls(label, author) > 0
    on conflict (type, id) do update set label = excluded.label,
      author = case when mark.part_of is not null then mark.author when excluded.author is null then null
        else coalesce(mark.author, excluded.author) end;
end $$;
