-- What people found out about a crash: it goes for its signature, and outlives dumps and analyses.
CREATE TABLE annotation (
	uid          TEXT PRIMARY KEY, -- of the dump it was said of: another version may give that another signature
	signature    TEXT,             -- of that dump, then
	ticket       TEXT,
	cause        TEXT,
	note         TEXT,
	annotated_at INTEGER NOT NULL  -- seconds since the epoch
) STRICT;
CREATE INDEX annotation_signature ON annotation (signature);
-- job.report_due is 2 for a verdict that the journal has already: only its file is written again.
