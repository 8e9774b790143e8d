-- How far something that looks again and again has come, and when somebody last took a turn at it. No tenant:
-- reached in system scope only.
CREATE TABLE cursors (
  name    text PRIMARY KEY,
  value   text,
  turn_at timestamptz NOT NULL DEFAULT '-infinity'
);

-- Suspended by GitHub or its owner: nothing runs, nothing is erased. `schedules_read_at`: when the agents' cron
-- lines were last read from the default branch; null where they have to be read.
ALTER TABLE tenants
  ADD COLUMN suspended_at      timestamptz,
  ADD COLUMN schedules_read_at timestamptz;
CREATE INDEX tenants_installation ON tenants (installation_id);

-- The cron lines of a tenant's agents, and the issue that each scheduled agent works for.
CREATE TABLE schedules (
  tenant_id    bigint NOT NULL,
  agent        text NOT NULL,
  cron         text NOT NULL,
  next_at      timestamptz NOT NULL,
  issue_number bigint,
  PRIMARY KEY (tenant_id, agent, cron)
);
CREATE INDEX schedules_due ON schedules (next_at);

-- For the sweep of large outputs that no step names any more.
CREATE INDEX steps_result ON steps (tenant_id, result_digest) WHERE result_digest IS NOT NULL;

ALTER TABLE schedules ENABLE ROW LEVEL SECURITY;
GRANT SELECT, INSERT, UPDATE, DELETE ON schedules TO muster_tenant;
CREATE POLICY tenant_only ON schedules TO muster_tenant
  USING (tenant_id = current_setting('muster.tenant')::bigint)
  WITH CHECK (tenant_id = current_setting('muster.tenant')::bigint);
