-- :rows crashes of :hosts hosts in the central database, made up but shaped like a site's: few signatures have most of
-- the crashes, a host has one hardware, a signature one cause, function and module. What was found is short, but for
-- one crash in a thousand, which has a real verdict's findings (:findings, a JSON list). Empty tables, please.
SELECT setseed(0.5);
CREATE TEMP TABLE made AS
SELECT i, md5(i::text) AS uid, (1700000000 + i * 60000000::bigint / :rows + (random() * 600)::int) AS crash_time,
	(random() * (:hosts - 1))::int AS h, (2000 * random() ^ 3)::int AS s, (20 * random() ^ 2)::int AS k,
	(date_trunc('month', now() AT TIME ZONE 'UTC') + make_interval(months => (i * 12 / (:rows + 1))::int))::date AS month
FROM generate_series(1, :rows::bigint) AS i;

INSERT INTO fleet.source VALUES ('bench', 'e0', 1, :rows, 'bench', '0', 1700000000, 1);
INSERT INTO fleet.crash (id, uid, seq, revision, month, machine, epoch, generation, number, state, crash_time,
	analyzed_at, host, kernel, hardware, cause, severity, headline, confidence, signature, rule, function, module,
	path, size, format, layout, tool_version)
SELECT i, uid, i, 1, month, 'bench', 'e0', 1, i, CASE WHEN i % 200 = 0 THEN 'quarantined' ELSE 'done' END, crash_time,
	crash_time + 60, 'host' || lpad(h::text, 4, '0') || '.example', '6.' || k || '.0-' || k * 7 || '-amd64',
	'Example Server R' || h % 30, 'cause_' || s % 15, CASE WHEN s % 3 = 0 THEN 'critical' ELSE 'warning' END,
	'wild pointer in function_' || s % 700 || '+0x' || to_hex(s) || ' [module_' || s % 40 || '], worker/' || i % 9999,
	0.5 + (s % 50) / 100.0, CASE WHEN s % 50 <> 49 THEN substr(md5('s' || s), 1, 16) END, 'wild_pointer',
	'function_' || s % 700, CASE WHEN s % 3 > 0 THEN 'module_' || s % 40 END,
	'/var/crash/127.0.0.1-' || i || '/vmcore', 200000000 + i, 'kdump', 'rhel', '0.1.0'
FROM made;
INSERT INTO fleet.sighting SELECT id, 1, number, id, crash_time, crash_time, 1, path FROM fleet.crash;
INSERT INTO fleet.findings SELECT uid, month, 'bench', 'e0', 1, i, 'done', crash_time + 60,
	CASE WHEN i % 1000 = 0 THEN :'findings'::json ELSE json_build_array(json_build_object('number', 1,
		'analyzer', 'crash', 'code', 'crash', 'place', 'crash', 'severity', 'critical', 'confidence', 1.0,
		'headline', 'h', 'evidence', json_build_object('kind', 'oops'))) END,
	json_build_object('fuzzy', json_build_array('oops in function_' || s % 700, 'cause_' || s % 15 || ' in function_' || s % 700),
		'because', '[1]'::json, 'incomplete', 0)
FROM made;
INSERT INTO fleet.title SELECT i, crash_time, t.place, t.value FROM made, unnest(ARRAY['oops in function_' || s % 700,
	'cause_' || s % 15 || ' in function_' || s % 700]) WITH ORDINALITY AS t(value, place);

\ir ../fleet/counts.sql
INSERT INTO fleet.annotation (uid, signature, ticket, annotated_at, now_signature) SELECT last_uid, signature,
	'OPS-' || row_number() OVER (), last_s, signature
	FROM fleet.signature ORDER BY last_s DESC LIMIT 1000;
UPDATE fleet.feed SET base = 0, last = :rows;
VACUUM (ANALYZE) fleet.crash;
VACUUM (ANALYZE);
