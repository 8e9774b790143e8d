-- The rung of the ladder of autonomy on which an agent was last seen, and since when: what was decided before
-- doesn't count on it.
CREATE TABLE rungs (
  tenant_id bigint NOT NULL,
  agent     text NOT NULL,
  rung      text NOT NULL,
  since     timestamptz NOT NULL DEFAULT '-infinity',
  PRIMARY KEY (tenant_id, agent)
);
CREATE INDEX outcomes_agent ON outcomes (tenant_id, agent, decided_at);

ALTER TABLE rungs ENABLE ROW LEVEL SECURITY;
GRANT SELECT, INSERT, UPDATE, DELETE ON rungs TO muster_tenant;
CREATE POLICY tenant_only ON rungs TO muster_tenant
  USING (tenant_id = current_setting('muster.tenant')::bigint)
  WITH CHECK (tenant_id = current_setting('muster.tenant')::bigint);
