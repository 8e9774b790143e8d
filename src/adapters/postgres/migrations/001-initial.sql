-- Everything of ours beside pg-boss. The tenant is part of every key; what has no tenant yet (deliveries)
-- is reached in system scope only. Tenant scope runs as muster_tenant, which owns nothing.

CREATE TABLE inbox (
  delivery_id  text PRIMARY KEY,
  event        text NOT NULL,
  body_digest  text NOT NULL,
  payload      text,
  state        text NOT NULL DEFAULT 'stored' CHECK (state IN ('stored', 'handled', 'failed')),
  outcome      text,
  received_at  timestamptz NOT NULL DEFAULT now(),
  handled_at   timestamptz
);
CREATE INDEX inbox_received ON inbox (received_at);

CREATE TABLE tenants (
  tenant_id       bigint PRIMARY KEY,
  owner           text NOT NULL,
  name            text NOT NULL,
  installation_id bigint,
  removed_at      timestamptz,
  seen_at         timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE runs (
  tenant_id      bigint NOT NULL,
  run_id         text NOT NULL,
  work           text NOT NULL,
  subject_number bigint NOT NULL,
  state          text NOT NULL,
  attempt        integer NOT NULL DEFAULT 0,
  round          integer NOT NULL DEFAULT 0,
  is_tainted     boolean NOT NULL DEFAULT false,
  reason         text,
  request        jsonb NOT NULL,
  -- The record as people see it; the tracking comment and the checks are rendered from it alone.
  view           jsonb,
  created_at     timestamptz NOT NULL DEFAULT now(),
  updated_at     timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, run_id)
);
-- A second trigger of the same agent on the same subject while its run is open makes no second run.
CREATE UNIQUE INDEX runs_open ON runs (tenant_id, subject_number, work)
  WHERE state IN ('queued', 'working', 'judging', 'waiting', 'publishing');
CREATE INDEX runs_subject ON runs (tenant_id, subject_number, created_at);

CREATE TABLE steps (
  tenant_id       bigint NOT NULL,
  run_id          text NOT NULL,
  key             text NOT NULL,
  sequence        bigint GENERATED ALWAYS AS IDENTITY,
  kind            text NOT NULL,
  input_digest    text NOT NULL,
  output          jsonb,
  result_digest   text,
  attempt         integer NOT NULL,
  started_at      timestamptz NOT NULL,
  ended_at        timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, run_id, key)
);

-- Large outputs of steps, by their own digest.
CREATE TABLE results (
  tenant_id  bigint NOT NULL,
  digest     text NOT NULL,
  body       text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, digest)
);

CREATE TABLE signals (
  tenant_id   bigint NOT NULL,
  run_id      text NOT NULL,
  signal_id   text NOT NULL,
  kind        text NOT NULL,
  payload     jsonb NOT NULL,
  sequence    bigint GENERATED ALWAYS AS IDENTITY,
  received_at timestamptz NOT NULL DEFAULT now(),
  consumed_at timestamptz,
  outcome     text,
  PRIMARY KEY (tenant_id, run_id, signal_id)
);

CREATE TABLE effects (
  tenant_id   bigint NOT NULL,
  run_id      text NOT NULL,
  key         text NOT NULL,
  kind        text NOT NULL,
  state       text NOT NULL,
  intent      text NOT NULL,
  receipt     jsonb,
  reason      text,
  attempt     integer NOT NULL,
  intended_at timestamptz NOT NULL DEFAULT now(),
  settled_at  timestamptz,
  PRIMARY KEY (tenant_id, run_id, key)
);

CREATE TABLE ledger (
  tenant_id          bigint NOT NULL,
  run_id             text NOT NULL,
  key                text NOT NULL,
  sequence           bigint GENERATED ALWAYS AS IDENTITY,
  model              text NOT NULL,
  reserved_micro_usd bigint NOT NULL,
  spent_micro_usd    bigint,
  usage              jsonb,
  attempt            integer NOT NULL,
  at                 timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, run_id, key)
);

-- One row a window: `run:<id>`, `day:2026-11-22`, `month:2026-11`, `open-day:2026-11-22`.
CREATE TABLE budgets (
  tenant_id          bigint NOT NULL,
  "window"           text NOT NULL,
  used_micro_usd     bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant_id, "window")
);

-- What people decided of a run's proposals; judges learn from it.
CREATE TABLE outcomes (
  tenant_id  bigint NOT NULL,
  run_id     text NOT NULL,
  agent      text NOT NULL,
  decision   text NOT NULL,
  verdict    jsonb,
  decided_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, run_id, decision)
);

CREATE TABLE memory (
  tenant_id  bigint NOT NULL,
  key        text NOT NULL,
  value      text NOT NULL,
  expires_at timestamptz,
  PRIMARY KEY (tenant_id, key)
);

DO $$ BEGIN
  CREATE ROLE muster_tenant NOLOGIN;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$;

DO $$ BEGIN
  EXECUTE format('GRANT muster_tenant TO %I', current_user);
EXCEPTION WHEN OTHERS THEN
  -- A superuser needs no membership; anybody else learns it here and not in the middle of a run.
  IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user)
     AND NOT pg_has_role(current_user, 'muster_tenant', 'MEMBER') THEN RAISE; END IF;
END $$;

DO $$
DECLARE name text;
BEGIN
  EXECUTE format('GRANT USAGE ON SCHEMA %I TO muster_tenant', current_schema());
  FOREACH name IN ARRAY ARRAY['tenants', 'runs', 'steps', 'results', 'signals', 'effects', 'ledger', 'budgets',
                              'outcomes', 'memory'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO muster_tenant', name);
    EXECUTE format('CREATE POLICY tenant_only ON %I TO muster_tenant '
      'USING (tenant_id = current_setting(''muster.tenant'')::bigint) '
      'WITH CHECK (tenant_id = current_setting(''muster.tenant'')::bigint)', name);
  END LOOP;
END $$;
