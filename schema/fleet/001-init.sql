-- Verdicts of many hosts, as `triage forward` brings them. Only what the documentation of
-- CockroachDB, YugabyteDB and Citus has too, and schema/fleet/README.md says where one of them
-- differs: no LISTEN, no advisory locks, no triggers, no extensions, no stored procedures.
-- Times are seconds since the epoch, as in the store of one host.

-- Whoever writes takes numbers here, and keeps the row locked until its transaction is over: so
-- numbers become visible in their order, as in a host's own export, and one writer at a time does
-- all that follows in the transaction. Rows with seq > base are those of the transaction itself.
CREATE TABLE fleet.feed (
	one   INTEGER PRIMARY KEY CHECK (one = 1),
	epoch TEXT NOT NULL, -- tells a cursor of this database from one of another
	base  BIGINT NOT NULL,
	last  BIGINT NOT NULL -- the last number that was given
);
INSERT INTO fleet.feed VALUES (1, substr(md5(random()::text || now()::text), 1, 8), 0, 0);

-- A store on a host that is forwarded, and how far: in the transaction that brings its verdicts.
-- A writer that believes in another cursor breaks NOT NULL on it, and with that its transaction.
CREATE TABLE fleet.source (
	machine     TEXT NOT NULL,    -- of its machine id, no more than a hash
	epoch       TEXT NOT NULL,    -- of its store
	generation  INTEGER NOT NULL, -- counts how often an older copy of that store was put back
	cursor      BIGINT NOT NULL,  -- number of its last verdict that is here
	hostname    TEXT,             -- where the forwarder ran last
	version     TEXT,             -- of the program that did
	forwarded_s BIGINT NOT NULL,  -- by this server's clock
	PRIMARY KEY (machine, epoch)
);

-- A dump and its verdict in short. One dump is one crash, however many hosts saw it.
CREATE TABLE fleet.crash (
	id         BIGINT PRIMARY KEY,   -- what people type: its first number of the feed
	uid        TEXT NOT NULL UNIQUE, -- the same wherever the same dump is seen
	seq        BIGINT NOT NULL,      -- its place in the export; another verdict takes it to the end
	revision   INTEGER NOT NULL,     -- counts its verdicts from 1
	month      DATE NOT NULL,        -- in which it came, by this server's clock: its findings' partition
	machine    TEXT NOT NULL,        -- whose verdict it is: of the source
	epoch      TEXT NOT NULL,
	generation INTEGER NOT NULL,
	number     BIGINT NOT NULL,      -- that the verdict has there
	state      TEXT NOT NULL,        -- of its job there: done, failed, quarantined
	crash_time BIGINT NOT NULL,
	analyzed_at BIGINT NOT NULL,
	host       TEXT,                 -- that crashed
	kernel     TEXT,
	hardware   TEXT,
	cause      TEXT NOT NULL,
	severity   TEXT NOT NULL,
	headline   TEXT NOT NULL,
	confidence DOUBLE PRECISION NOT NULL,
	signature  TEXT,
	rule       TEXT,
	function   TEXT,                 -- where the fault is, and whose code that is
	module     TEXT,
	path       TEXT,                 -- where it was seen last
	size       BIGINT,               -- of the file, bytes
	format     TEXT,
	layout     TEXT,
	log_only   BOOLEAN NOT NULL DEFAULT FALSE,
	tool_version TEXT NOT NULL,
	left_out   TEXT,                 -- why its findings are not here
	-- what it was counted as before its last verdict
	was_signature TEXT,
	was_host      TEXT,
	was_kernel    TEXT,
	was_cause     TEXT
);
CREATE UNIQUE INDEX crash_seq ON fleet.crash (seq);
CREATE INDEX crash_time ON fleet.crash (crash_time DESC, id DESC);
CREATE INDEX crash_host ON fleet.crash (host, crash_time DESC, id DESC);
CREATE INDEX crash_kernel ON fleet.crash (kernel, crash_time DESC, id DESC);
CREATE INDEX crash_cause ON fleet.crash (cause, crash_time DESC, id DESC);
CREATE INDEX crash_signature ON fleet.crash (signature, crash_time DESC, id DESC);
CREATE INDEX crash_function ON fleet.crash (function, crash_time DESC, id DESC);
CREATE INDEX crash_module ON fleet.crash (module, crash_time DESC, id DESC);

-- A crash as one of the sources saw it.
CREATE TABLE fleet.sighting (
	uid        TEXT NOT NULL,
	machine    TEXT NOT NULL,
	epoch      TEXT NOT NULL,
	generation INTEGER NOT NULL,
	number     BIGINT NOT NULL, -- of its verdict there, as the export has it
	local_id   BIGINT NOT NULL, -- what people type there
	path       TEXT,
	found_at   BIGINT,          -- by that host's clock
	seen_s     BIGINT NOT NULL, -- by this server's
	PRIMARY KEY (uid, machine, epoch)
);
CREATE INDEX sighting_number ON fleet.sighting (machine, epoch, generation, number DESC);

-- Counts that lists need not count anew: of all crashes that ever were here.
CREATE TABLE fleet.signature (
	signature TEXT PRIMARY KEY,
	crashes   BIGINT NOT NULL,
	hosts     BIGINT NOT NULL,
	kernels   BIGINT NOT NULL,
	first_s   BIGINT NOT NULL,
	last_s    BIGINT NOT NULL,
	last_id   BIGINT NOT NULL, -- the last crash, and what was said of it
	last_uid  TEXT NOT NULL,
	host      TEXT,
	kernel    TEXT,
	cause     TEXT NOT NULL,
	severity  TEXT NOT NULL,
	headline  TEXT NOT NULL,
	since_seq BIGINT NOT NULL -- the number with which it came
);
CREATE INDEX signature_last ON fleet.signature (last_s DESC, last_id DESC);
CREATE INDEX signature_since ON fleet.signature (since_seq);

CREATE TABLE fleet.host (
	host      TEXT PRIMARY KEY,
	hardware  TEXT,
	kernel    TEXT, -- of the last crash
	crashes   BIGINT NOT NULL,
	first_s   BIGINT NOT NULL,
	last_s    BIGINT NOT NULL,
	last_id   BIGINT NOT NULL,
	last_uid  TEXT NOT NULL
);
CREATE INDEX host_last ON fleet.host (last_s DESC, host);

CREATE TABLE fleet.kernel (
	kernel  TEXT PRIMARY KEY,
	crashes BIGINT NOT NULL,
	first_s BIGINT NOT NULL,
	last_s  BIGINT NOT NULL
);

-- How many crashes of one thing are also of another: views signature_host, signature_kernel and
-- host_cause have names for it. A pair that has none any more stays, with crashes = 0.
CREATE TABLE fleet.tally (
	kind        TEXT NOT NULL,
	name        TEXT NOT NULL,
	part        TEXT NOT NULL,
	crashes     BIGINT NOT NULL,
	first_s     BIGINT NOT NULL,
	last_s      BIGINT NOT NULL,
	since_seq   BIGINT NOT NULL, -- the number with which it came
	emptied_seq BIGINT,          -- and with which it went
	PRIMARY KEY (kind, name, part)
);
CREATE INDEX tally_since ON fleet.tally (since_seq);
CREATE INDEX tally_emptied ON fleet.tally (emptied_seq) WHERE emptied_seq IS NOT NULL;
CREATE INDEX tally_part ON fleet.tally (kind, part);

-- Titles by which crashes of different signatures are alike.
CREATE TABLE fleet.title (
	title TEXT NOT NULL,
	uid   TEXT NOT NULL,
	PRIMARY KEY (uid, title)
);
CREATE INDEX title_title ON fleet.title (title);

-- What people found out about a crash: it goes for its signature, and outlives dumps and analyses.
CREATE TABLE fleet.annotation (
	uid          TEXT PRIMARY KEY, -- of the dump it was said of
	signature    TEXT,             -- of that dump, then
	ticket       TEXT,
	cause        TEXT,
	note         TEXT,
	annotated_at BIGINT NOT NULL
);
CREATE INDEX annotation_signature ON fleet.annotation (signature);
