-- What the fleet's rules (rules/fleet) found, as `triage fleet watch` keeps it.

-- Whoever watches takes numbers here, and keeps the row locked until its transaction is over: as with fleet.feed,
-- but apart from it, so that forwarders wait for no rule.
CREATE TABLE fleet.alert_feed (
	one      INTEGER PRIMARY KEY CHECK (one = 1),
	last     BIGINT NOT NULL, -- the last number that was given
	digested BIGINT NOT NULL  -- of fleet.feed: up to it, fleet.part is filled
);
INSERT INTO fleet.alert_feed VALUES (1, 0, 0);

-- One thing that a rule has found: raised once, renewed when it has doubled, closed when the rule finds it no more.
CREATE TABLE fleet.alert (
	id        BIGINT PRIMARY KEY, -- what people type: its first number
	seq       BIGINT NOT NULL,    -- its place in the export; each change that is told takes it to the end
	rule      TEXT NOT NULL,
	subject   TEXT NOT NULL,      -- what it is about: a signature, a host, a part of one
	state     TEXT NOT NULL,      -- open, closed
	raised    INTEGER NOT NULL,   -- how often it was opened
	weight    BIGINT NOT NULL,    -- how much of it there is: hosts or crashes, as the rule counts
	told      BIGINT NOT NULL,    -- how much there was when it was told of last
	severity  TEXT NOT NULL,
	title     TEXT NOT NULL,      -- of the rule
	headline  TEXT NOT NULL,
	because   TEXT NOT NULL,
	advice    TEXT,               -- a line each
	evidence  JSONB NOT NULL,
	opened_s  BIGINT NOT NULL,    -- the last time; all by this server's clock
	changed_s BIGINT NOT NULL,    -- when it was told of last
	seen_s    BIGINT NOT NULL,    -- when the rule found it last
	closed_s  BIGINT,
	UNIQUE (rule, subject)
);
CREATE UNIQUE INDEX alert_seq ON fleet.alert (seq);

-- Parts of machines that crashes name: cores, memory modules, disks, other devices. Out of findings, so that a rule
-- need not open them all: view triage.part_of says how.
CREATE TABLE fleet.part (
	uid        TEXT NOT NULL,
	kind       TEXT NOT NULL,   -- core, dimm, disk, device
	name       TEXT NOT NULL,   -- a CPU's number, "DIMM_A1", "sda", "0000:3b:00.0"
	why        TEXT NOT NULL,   -- what names it: crash, machine_check, segfaults, or the kind of the log's event
	cpus       BIGINT,          -- of that machine
	host       TEXT,
	hardware   TEXT,
	signature  TEXT,
	crash_time BIGINT NOT NULL,
	PRIMARY KEY (uid, kind, name)
);
CREATE INDEX part_kind ON fleet.part (kind, crash_time DESC);
