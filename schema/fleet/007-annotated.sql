-- What people said goes for the signature that the crash had then, and for that which it has now: kept beside it, so
-- that neither is looked for from crash to crash.
ALTER TABLE fleet.annotation ADD COLUMN now_signature TEXT;
UPDATE fleet.annotation a SET now_signature = c.signature FROM fleet.crash c WHERE c.uid = a.uid;
CREATE INDEX annotation_now ON fleet.annotation (now_signature);
-- How often this one on this host.
CREATE INDEX crash_signature_host ON fleet.crash (signature, host, crash_time DESC, id DESC);
