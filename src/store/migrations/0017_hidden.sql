-- Up Migration

-- From whom a person hides what was decided about CPR, as their portal restrictions in force come to: 'patient' (themself, at their own portal), 'proxy'
-- (all who speak for them), 'RelatedPerson/id' (one of these). Never from anybody else.
alter table person add cpr_hidden_from text[] not null default '{}';
create index person_that_hides on person (id) where cpr_hidden_from <> '{}';

-- What one commit derived of it. Each list is a literal of a text[].
create function hide_cpr(p_id text[], p_hidden text[]) returns void language sql as $$
  update person set cpr_hidden_from = changed.hidden::text[]
  from unnest(p_id, p_hidden) as changed (id, hidden) where person.id = changed.id
$$;

-- Of a patient who is signed in: the number of their own record, which is looked up each time, so that a number that is corrected counts at once.
alter table session add number_system text, add number_value text, add check (num_nonnulls(number_system, number_value) in (0, 2));
