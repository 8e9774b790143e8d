-- What runs are found by, beside their subject: the head that they show checks on, and the pull request that they opened.
-- Columns, because under row-level security no index serves an expression on JSON.
ALTER TABLE runs
  ADD COLUMN head_sha text GENERATED ALWAYS AS (view ->> 'headSha') STORED,
  ADD COLUMN pull_number bigint GENERATED ALWAYS AS ((view -> 'pullRequest' ->> 'number')::bigint) STORED;
CREATE INDEX runs_head ON runs (tenant_id, head_sha) WHERE head_sha IS NOT NULL;
CREATE INDEX runs_pull ON runs (tenant_id, pull_number) WHERE pull_number IS NOT NULL;
CREATE INDEX runs_done ON runs (tenant_id, work, created_at) WHERE state = 'done';
