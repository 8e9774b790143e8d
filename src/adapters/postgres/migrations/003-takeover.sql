-- What ends an earlier attempt: the installation tokens that it may still hold, sealed with the App's key, so
-- that whoever takes the run over can revoke them; and since when the run has met nothing but failures that
-- may pass.
ALTER TABLE runs ADD COLUMN tokens text[] NOT NULL DEFAULT '{}';
ALTER TABLE runs ADD COLUMN failing_since timestamptz;
