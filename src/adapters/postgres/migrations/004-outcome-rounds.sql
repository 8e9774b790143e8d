-- A person may ask for changes more than once: each round of a run has its own verdict, and its own decision.
ALTER TABLE outcomes ADD COLUMN round integer NOT NULL DEFAULT 0;
ALTER TABLE outcomes DROP CONSTRAINT outcomes_pkey;
ALTER TABLE outcomes ADD PRIMARY KEY (tenant_id, run_id, round, decision);
-- The newest decisions of a tenant, which the judges learn from.
CREATE INDEX outcomes_decided ON outcomes (tenant_id, decided_at);
