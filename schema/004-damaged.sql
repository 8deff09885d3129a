-- Databases before this one that were damaged and put aside, and what came back of them.
CREATE TABLE damaged (
	file        TEXT PRIMARY KEY,  -- its name beside this one
	noticed_at  INTEGER NOT NULL,  -- seconds since the epoch
	restored_at INTEGER,           -- all reports were read; NULL: not yet
	verdicts    INTEGER NOT NULL DEFAULT 0 -- taken back from them
) STRICT;
