-- The daemon's side of a dump: where its files are, how far it has come, what is still to be told.

-- A file in a spool. One dump may lie there several times; without a row its file is gone.
CREATE TABLE spool_file (
	device    INTEGER NOT NULL,
	inode     INTEGER NOT NULL,
	size      INTEGER NOT NULL,
	mtime_ns  INTEGER NOT NULL,
	directory TEXT NOT NULL,
	path      TEXT NOT NULL,
	dump      INTEGER NOT NULL REFERENCES dump (id) ON DELETE CASCADE,
	PRIMARY KEY (device, inode)
) STRICT, WITHOUT ROWID;
CREATE INDEX spool_file_directory ON spool_file (directory);
CREATE INDEX spool_file_dump ON spool_file (dump);

-- What becomes of a dump. Times are seconds since the epoch.
--   queued       waits for a worker
--   running      has one; after a crash of the daemon it is queued again
--   done         has a verdict
--   failed       the analysis broke off: has a verdict that says so, and one retry at retry_at
--   quarantined  broke off twice; only `triage retry` tries again
--   removed      vanished before it had a verdict
CREATE TABLE job (
	dump          INTEGER PRIMARY KEY REFERENCES dump (id) ON DELETE CASCADE,
	state         TEXT NOT NULL CHECK (state IN
	              ('queued', 'running', 'done', 'failed', 'quarantined', 'removed')),
	crash_time    INTEGER NOT NULL,           -- the header's, else the file's mtime
	layout        TEXT,
	format        TEXT,                       -- by its first bytes; names a compression too
	log_only      INTEGER NOT NULL DEFAULT 0, -- a log that stands for a dump never written
	incomplete    INTEGER NOT NULL DEFAULT 0, -- its writer never finished it
	note          TEXT,                       -- what the spool has to say about it
	companions    TEXT,                       -- JSON: what lies beside it, by kind
	attempts      INTEGER NOT NULL DEFAULT 0, -- that ended without a whole analysis
	interruptions INTEGER NOT NULL DEFAULT 0, -- times the daemon itself ended meanwhile
	found_at      INTEGER NOT NULL,
	started_at    INTEGER,
	finished_at   INTEGER,
	retry_at      INTEGER,
	removed_at    INTEGER,                    -- no file of it is left
	report_due    INTEGER NOT NULL DEFAULT 0, -- verdict not yet in its file and the journal
	-- Of the verdict, for lists that need not open a million findings.
	host          TEXT,
	kernel        TEXT,
	cause         TEXT,
	severity      TEXT,
	headline      TEXT,
	confidence    REAL,
	signature     TEXT
) STRICT;
CREATE INDEX job_next ON job (state, interruptions, crash_time DESC);
CREATE INDEX job_report ON job (report_due) WHERE report_due;
-- Each filter of `triage list`, in its order; patterns are tried along job_time, which has them all.
CREATE INDEX job_time ON job (crash_time DESC, dump DESC, host, kernel, cause, severity, signature);
CREATE INDEX job_state ON job (state, crash_time DESC, dump DESC);
CREATE INDEX job_removed ON job (crash_time DESC, dump DESC) WHERE removed_at IS NOT NULL;
CREATE INDEX job_host ON job (host, crash_time DESC, dump DESC);
CREATE INDEX job_kernel ON job (kernel, crash_time DESC, dump DESC);
CREATE INDEX job_cause ON job (cause, crash_time DESC, dump DESC);
CREATE INDEX job_severity ON job (severity, crash_time DESC, dump DESC);
CREATE INDEX job_signature ON job (signature, crash_time DESC, dump DESC);

-- What `triage export` hands out. A verdict gets the next number in the transaction that stores it;
-- SQLite has one writer at a time, so numbers become visible in their order and whoever has read up
-- to N has missed nothing before it. AUTOINCREMENT never gives a number twice. A verdict that
-- replaces another moves to the end.
CREATE TABLE export (
	seq  INTEGER PRIMARY KEY AUTOINCREMENT,
	dump INTEGER NOT NULL UNIQUE REFERENCES dump (id) ON DELETE CASCADE
) STRICT;

-- Tells a cursor of this database from one of another (a restored or a new one).
CREATE TABLE export_epoch (epoch TEXT NOT NULL) STRICT;
INSERT INTO export_epoch VALUES (lower(hex(randomblob(4))));
