-- A dump, what was found in it, and the verdict. A dump's row outlives its file.

CREATE TABLE dump (
	id   INTEGER PRIMARY KEY,
	uid  TEXT NOT NULL UNIQUE, -- the same wherever the same dump is seen
	path TEXT,                 -- where it was seen last
	size INTEGER               -- of the file, bytes
) STRICT;

-- As the worker wrote them: see analyzers/finding.def for codes and places.
CREATE TABLE finding (
	id         INTEGER PRIMARY KEY,
	dump       INTEGER NOT NULL REFERENCES dump (id) ON DELETE CASCADE,
	number     INTEGER NOT NULL, -- counts from 1 within the dump; what "because" lists
	analyzer   TEXT NOT NULL,
	code       TEXT NOT NULL,
	place      TEXT,
	severity   TEXT NOT NULL,
	confidence REAL NOT NULL,
	headline   TEXT,
	evidence   TEXT,             -- JSON
	UNIQUE (dump, number)
) STRICT;
CREATE INDEX finding_code ON finding (dump, code);

CREATE TABLE verdict (
	dump         INTEGER PRIMARY KEY REFERENCES dump (id) ON DELETE CASCADE,
	analyzed_at  INTEGER NOT NULL, -- seconds since the epoch
	tool_version TEXT NOT NULL,
	rule         TEXT,
	cause        TEXT NOT NULL,
	severity     TEXT NOT NULL,
	headline     TEXT NOT NULL,
	confidence   REAL NOT NULL,
	signature    TEXT,             -- grouping key
	fuzzy        TEXT,             -- JSON lists from here on
	because      TEXT,
	reasons      TEXT,
	ruled_out    TEXT,
	next_steps   TEXT,
	alternatives TEXT,
	broken       TEXT,
	known_issue  TEXT              -- JSON object
) STRICT;
CREATE INDEX verdict_signature ON verdict (signature);
