-- The head of the pull request that a run was asked on, once its own has another: it shows checks there, too.
ALTER TABLE runs ADD COLUMN asked_sha text GENERATED ALWAYS AS (view -> 'asked' ->> 'headSha') STORED;
CREATE INDEX runs_asked ON runs (tenant_id, asked_sha) WHERE asked_sha IS NOT NULL;
