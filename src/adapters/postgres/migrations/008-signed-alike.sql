-- Dispatches of the same signed body: each is looked for among those that came before it.
CREATE INDEX inbox_signed_alike ON inbox (body_digest) WHERE event = 'repository_dispatch';
