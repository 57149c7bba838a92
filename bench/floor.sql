-- The tables of the floor, in a database of its own beside KeyPlan's.
create table answer (system text not null, value text not null, body text not null, primary key (system, value));
create table resource (id text primary key, body text not null);
create table written (id uuid primary key default gen_random_uuid(), body text not null);
create table plan (patient text not null, id text not null, body text not null, primary key (patient, id));
