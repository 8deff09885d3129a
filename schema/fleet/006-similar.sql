-- When the crash was that has a title: the latest that share one are found by the index alone.
ALTER TABLE fleet.title ADD COLUMN crash_time BIGINT NOT NULL DEFAULT 0;
UPDATE fleet.title t SET crash_time = c.crash_time FROM fleet.crash c WHERE c.uid = t.uid;
CREATE INDEX title_time ON fleet.title (title, crash_time DESC);
DROP INDEX fleet.title_title;
