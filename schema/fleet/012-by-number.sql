-- A source's number: what sightings know it by. Writers give it while they have locked fleet.feed.
UPDATE fleet.source s SET id = n.id
FROM (SELECT machine, epoch, row_number() OVER (ORDER BY machine, epoch) AS id FROM fleet.source) n
WHERE n.machine = s.machine AND n.epoch = s.epoch;
CREATE UNIQUE INDEX source_id ON fleet.source (id);

-- A crash as one of the sources saw it.
CREATE TABLE fleet.sighting (
	crash      BIGINT NOT NULL,
	source     BIGINT NOT NULL,
	number     BIGINT NOT NULL, -- of its verdict there, as the export has it
	local_id   BIGINT NOT NULL, -- what people type there
	found_at   BIGINT,          -- by that host's clock
	seen_s     BIGINT NOT NULL, -- by this server's
	generation INTEGER NOT NULL,
	path       TEXT,
	CONSTRAINT sighting_of PRIMARY KEY (crash, source)
);
INSERT INTO fleet.sighting (crash, source, number, local_id, found_at, seen_s, generation, path)
SELECT c.id, s.id, o.number, o.local_id, o.found_at, o.seen_s, o.generation, o.path
FROM fleet.sighting_by_uid o JOIN fleet.crash c ON c.uid = o.uid
	JOIN fleet.source s ON s.machine = o.machine AND s.epoch = o.epoch;
CREATE INDEX sighting_number ON fleet.sighting (source, generation, number DESC);
CREATE INDEX sighting_path ON fleet.sighting (path);
DROP TABLE fleet.sighting_by_uid;

-- Titles by which crashes of different signatures are alike; each of a crash once, in the order it has them.
CREATE TABLE fleet.title (
	crash      BIGINT NOT NULL,
	crash_time BIGINT NOT NULL,
	place      SMALLINT NOT NULL,
	title      TEXT NOT NULL,
	CONSTRAINT title_of PRIMARY KEY (crash, place)
);
INSERT INTO fleet.title (crash, crash_time, place, title)
SELECT c.id, c.crash_time, row_number() OVER (PARTITION BY c.id ORDER BY o.title), o.title
FROM fleet.title_by_uid o JOIN fleet.crash c ON c.uid = o.uid;
CREATE INDEX title_time ON fleet.title (title, crash_time DESC);
DROP TABLE fleet.title_by_uid;

-- Two of what lists ask for at once (list --kernel --cause), and the last crash of a hardware.
CREATE INDEX crash_kernel_cause ON fleet.crash (kernel, crash_time DESC, id DESC, cause);
DROP INDEX fleet.crash_kernel;
CREATE INDEX crash_hardware ON fleet.crash (hardware, crash_time DESC, id DESC);

-- Pairs by which groups are counted (list --group-by), of the crashes that are here. Kind "cause" has no other part: not
-- every crash has a host, and yet each has a cause.
INSERT INTO fleet.tally (kind, name, part, crashes, first_s, last_s, since_seq)
SELECT p.kind, p.name, p.part, count(*), min(c.crash_time), max(c.crash_time), max(c.seq)
FROM fleet.crash c CROSS JOIN LATERAL (SELECT 'host_kernel' AS kind, c.host AS name, c.kernel AS part
	UNION ALL SELECT 'kernel_cause', c.kernel, c.cause
	UNION ALL SELECT 'hardware_host', c.hardware, c.host
	UNION ALL SELECT 'hardware_kernel', c.hardware, c.kernel
	UNION ALL SELECT 'hardware_cause', c.hardware, c.cause
	UNION ALL SELECT 'cause', c.cause, '') p
WHERE p.name IS NOT NULL AND p.part IS NOT NULL GROUP BY p.kind, p.name, p.part;
