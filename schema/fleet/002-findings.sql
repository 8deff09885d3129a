-- What was found in a dump, and what rules made of it: most of the bytes, read by one crash at a time. One
-- row a crash, since a server compresses a large value and leaves alone many small ones.
-- "findings" is a list of {number, analyzer, code, place, severity, confidence, headline, evidence}, as
-- table finding of schema/001-init.sql has them; "verdict" has the lists of its table verdict: {fuzzy,
-- because, reasons, ruled_out, next_steps, see, alternatives, broken, known_issue}, and of its job {note, companions,
-- incomplete, attempts, found_at, started_at, finished_at}.
-- Machine to number: as in fleet.crash, for writers to decide alike before they have a number of the feed.
CREATE TABLE fleet.findings (
	uid        TEXT NOT NULL,
	month      DATE NOT NULL, -- in which the crash came, by this server's clock, never a host's
	machine    TEXT NOT NULL,
	epoch      TEXT NOT NULL,
	generation INTEGER NOT NULL,
	number     BIGINT NOT NULL,
	state      TEXT NOT NULL,
	analyzed_at BIGINT NOT NULL,
	findings   JSONB,
	verdict    JSONB,
	PRIMARY KEY (uid, month)
) PARTITION BY RANGE (month);
