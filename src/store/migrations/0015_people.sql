-- Up Migration

-- Whoever holds one of these values is taken for the person, so only their SHA-256 is kept: a copy of the database signs nobody in.

-- A sign-in that waits for the answer of the identity provider; `browser` is what the browser that began it can show.
create table sign_in (
  state bytea primary key,
  browser bytea not null,
  nonce text not null,
  verifier text not null,
  return_to text not null,
  ends timestamptz not null
);

-- A person who is signed in, as the provider and the mapping of its claims said at that time.
create table session (
  id bytea primary key,
  issuer text not null,
  subject text not null,
  name text not null,
  role text not null,
  organization text not null,
  assurance text not null,
  id_token text not null,
  began timestamptz not null,
  used timestamptz not null,
  ends timestamptz not null
);
create index session_ends on session (ends);

-- An app that a person opens out of KeyPlan for one patient.
create table launch (
  id bytea primary key,
  session bytea not null references session on delete cascade,
  client text not null,
  patient text not null,
  ends timestamptz not null
);
create index launch_session on launch (session);

-- What a person let an app do: the code first, then the token that it was exchanged for. It ends with the session.
create table app_grant (
  code bytea primary key,
  session bytea not null references session on delete cascade,
  client text not null,
  redirect_uri text not null,
  challenge text not null,
  scope text not null,
  patient text,
  nonce text,
  fhir_user text,
  code_ends timestamptz not null,
  token bytea unique,
  token_ends timestamptz,
  ends timestamptz not null
);
create index app_grant_session on app_grant (session);
