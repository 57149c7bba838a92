-- Up Migration

-- Each time that a person looked, or was to be able to look, at a record that they may not see: of one patient, with a reason, for an hour at most.
-- Kept for good: it is what the patient and those who oversee are told.
create table broken_glass (
  id uuid primary key,
  -- Who they are to the provider that signed them in.
  user_system text not null,
  user_value text not null,
  client text not null,
  -- Who they are in the audit log, by which what they saw is found.
  asker text not null,
  organization text not null,
  role text not null,
  patient text not null,
  -- ODS code of the organisation that had registered the patient.
  custodian text not null,
  reason text not null,
  at timestamptz not null,
  until timestamptz not null,
  -- Id of the Task that asks for its review.
  task text not null
);
create index broken_glass_of_user on broken_glass (user_system, user_value, at);
create index broken_glass_of_patient on broken_glass (patient, at);
create index broken_glass_at on broken_glass (at, id);
