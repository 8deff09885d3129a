-- When the crash was that has a title: the latest that share one are found by the index alone. Filled by the next one:
-- not every server lets a transaction use a column that it has just added.
ALTER TABLE fleet.title ADD COLUMN crash_time BIGINT NOT NULL DEFAULT 0;
