-- Up Migration

-- By what a person is found in an emergency when nobody knows a number: name, birth date and postcode, all three together. Triggers on
-- `resource` keep it, so it changes in the commit that changes the Patient, whichever version of KeyPlan makes it. No foreign key: within a
-- commit the Patient is stored before its row in `person`.
create table person_demographics (
  birth_date date not null,
  postcode text not null,
  -- Words of the family name, joined; of a name that is recorded only as text, all its words.
  family text not null,
  given text[] not null,
  patient text not null,
  primary key (birth_date, postcode, family, given, patient)
);
create index person_demographics_patient on person_demographics (patient);

-- The words of a name as they are compared: lower case, without accents, apostrophes and forms of address.
create function name_words(name text) returns text[] language sql immutable parallel safe as $$
  select coalesce(array_agg(word order by position), '{}')
  from unnest(regexp_split_to_array(
    replace(replace(replace(translate(
      regexp_replace(lower(normalize(name, nfkd)), '[\u0300-\u036f\u0027\u0060\u02bc\u2018\u2019]', '', 'g'),
      U&'\00f8\0142\0111\0131', 'oldi'), U&'\00e6', 'ae'), U&'\0153', 'oe'), U&'\00df', 'ss'),
    '[\s\u0021-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u007e\u2010-\u2015]+'
  )) with ordinality as split (word, position)
  where word <> '' and word not in ('mr', 'mrs', 'miss', 'ms', 'mx', 'dr')
$$;

create function folded_postcode(postcode text) returns text language sql immutable parallel safe as $$
  select upper(regexp_replace(postcode, '\s', '', 'g'))
$$;

-- True where the words that were asked for, in whatever order, are the whole family name and besides it nothing but given names: each whole, or
-- the beginning of one, three letters at least ("Marg" for Margaret). A shorter or another form of a name fits only where it is recorded.
create function name_fits(asked text[], family text, given text[]) returns boolean language sql immutable parallel safe as $$
  select case when cardinality(given) = 0 then array_to_string(asked, '') = family else exists (
    select from generate_series(1, cardinality(asked)) as first (at),
      generate_series(first.at, cardinality(asked)) as last (at),
      lateral (select asked[:first.at - 1] || asked[last.at + 1:] as words) as rest
    where array_to_string(asked[first.at:last.at], '') = family and cardinality(rest.words) > 0 and (
      array_to_string(rest.words, '') = array_to_string(given, '')
      or not exists (
        select from unnest(rest.words) as word
        where not exists (
          select from unnest(given) as name where name = word or (length(word) >= 3 and starts_with(name, word))
        )
      )
    )
  ) end
$$;

-- What a Patient can be found by: every current name (a nickname goes with each family name) at every current address.
create function demographics_of(body text)
returns table (birth_date date, postcode text, family text, given text[]) language plpgsql immutable parallel safe as $$
begin
  return query
    with patient as materialized (select demographics_of.body::jsonb as it),
    named as (
      select name ->> 'text' as whole,
        nullif(array_to_string(name_words(name ->> 'family'), ''), '') as family,
        name_words(coalesce(
          (select string_agg(word, ' ') from jsonb_array_elements_text(name -> 'given') as word),
          case when name ->> 'use' = 'nickname' then name ->> 'text' end
        )) as given
      from patient, jsonb_array_elements(it -> 'name') as name
      where name ->> 'use' is distinct from 'old'
    ), known as (
      select named.family, named.given from named where named.family is not null
      union
      select other.family, named.given from named, named as other
      where named.family is null and cardinality(named.given) > 0 and other.family is not null
      union
      select array_to_string(name_words(whole), ''), '{}'::text[] from named
      where named.family is null and cardinality(named.given) = 0 and cardinality(name_words(whole)) > 1
    )
    select distinct (it ->> 'birthDate')::date, folded_postcode(address ->> 'postalCode'), known.family, known.given
    from patient, known, jsonb_array_elements(it -> 'address') as address
    where it ->> 'birthDate' ~ '^\d{4}-\d{2}-\d{2}$' and it ->> 'active' is distinct from 'false' and known.family <> ''
      and address ->> 'postalCode' is not null and coalesce(address ->> 'use', '') not in ('old', 'billing');
exception
  -- A text that PostgreSQL cannot hold (a null character, half a surrogate pair): nobody is found by it, and the person is stored all the same.
  when untranslatable_character or invalid_text_representation then
    return;
end $$;

create function keep_demographics() returns trigger language plpgsql as $$
begin
  if tg_op <> 'INSERT' then
    delete from person_demographics where patient = old.id;
  end if;
  if tg_op <> 'DELETE' then
    insert into person_demographics (birth_date, postcode, family, given, patient)
      select found.birth_date, found.postcode, found.family, found.given, new.id from demographics_of(new.body) as found;
  end if;
  return null;
end $$;
create trigger demographics_written after insert or update of body on resource
  for each row when (new.type = 'Patient') execute function keep_demographics();
create trigger demographics_deleted after delete on resource
  for each row when (old.type = 'Patient') execute function keep_demographics();

insert into person_demographics (birth_date, postcode, family, given, patient)
  select found.birth_date, found.postcode, found.family, found.given, id
  from resource, demographics_of(body) as found where type = 'Patient';
