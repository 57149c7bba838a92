-- Up Migration

-- The seal of the audit log (docs/decisions/0013-audit-seal.md). Rows of `audit_event` are inserted as ever; what follows is written after them.

-- The commitment to each row: SHA-256 of salt and row. Who erases a row erases the salt too; the commitment says nothing more of it then, and the tree stands.
create table audit_leaf (
  position bigint primary key,
  event bigint not null,
  salt bytea not null,
  commitment bytea not null
);

-- Roots of complete subtrees: one of tier t has 256^t leaves.
create table audit_node (
  tier integer not null,
  position bigint not null,
  hash bytea not null,
  primary key (tier, position)
);

-- The tree as it was at an instant, signed with a key that is held elsewhere.
create table audit_seal (
  size bigint not null,
  epoch integer not null,
  root bytea not null,
  -- Of the seal before; null for the first.
  previous_root bytea,
  sealed_at timestamptz not null,
  -- Every row up to this id is sealed; none that comes later has a lower one.
  through bigint not null,
  -- Public key, and signature, both in base64url.
  key text not null,
  signature text not null,
  primary key (size, epoch)
);

create function audit_seal_is_append_only() returns trigger language plpgsql as $$
begin
  raise exception '% is append only', tg_table_name;
end $$;
create trigger audit_leaf_append_only before update or delete or truncate on audit_leaf for each statement execute function audit_seal_is_append_only();
create trigger audit_node_append_only before update or delete or truncate on audit_node for each statement execute function audit_seal_is_append_only();
create trigger audit_seal_append_only before update or delete or truncate on audit_seal for each statement execute function audit_seal_is_append_only();

-- One process seals at a time. That two do is harmless: the second finds the positions taken.
create table audit_sealer (
  single boolean primary key default true check (single),
  holder text not null default '',
  lease_until timestamptz not null default now()
);
insert into audit_sealer default values;

-- As a recipient: the newest seal of each sender and epoch that was shown to continue the one before, so that nobody can rewrite the sender's log unseen.
create table received_checkpoint (
  sender text not null,
  -- The id under which the sender has registered this service.
  recipient text not null,
  epoch integer not null,
  size bigint not null,
  -- As it was signed by the sender's audit key, with key and signature (canonical JSON).
  checkpoint text not null,
  received_at timestamptz not null default now(),
  -- So many that came since, in a row, were not shown to continue it.
  unproven integer not null default 0,
  -- The first later one that contradicts it, and when it came.
  contradiction text,
  contradicted_at timestamptz,
  primary key (sender, recipient, epoch)
);

-- The newest of our seals that a recipient keeps, by its own word.
alter table verification add witnessed_epoch integer, add witnessed_size bigint;
