UPDATE fleet.title t SET crash_time = c.crash_time FROM fleet.crash c WHERE c.uid = t.uid AND t.crash_time <> c.crash_time;
CREATE INDEX IF NOT EXISTS title_time ON fleet.title (title, crash_time DESC);
DROP INDEX IF EXISTS fleet.title_title;
-- What people said goes for the signature that the crash had then, and for that which it has now: kept beside it, so
-- that neither is looked for from crash to crash.
ALTER TABLE fleet.annotation ADD COLUMN now_signature TEXT;
-- How often this one on this host.
CREATE INDEX crash_signature_host ON fleet.crash (signature, host, crash_time DESC, id DESC);
