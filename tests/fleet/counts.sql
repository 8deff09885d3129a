-- The counts of the central database, made from its crashes: what its writers keep up as verdicts come.
INSERT INTO fleet.tally SELECT 'signature_host', signature, host, count(*), min(crash_time), max(crash_time), max(seq), NULL
	FROM fleet.crash WHERE signature IS NOT NULL AND host IS NOT NULL GROUP BY signature, host;
INSERT INTO fleet.tally SELECT 'signature_kernel', signature, kernel, count(*), min(crash_time), max(crash_time), max(seq), NULL
	FROM fleet.crash WHERE signature IS NOT NULL AND kernel IS NOT NULL GROUP BY signature, kernel;
INSERT INTO fleet.tally SELECT 'host_cause', host, cause, count(*), min(crash_time), max(crash_time), max(seq), NULL
	FROM fleet.crash WHERE host IS NOT NULL GROUP BY host, cause;
INSERT INTO fleet.tally SELECT 'host_kernel', host, kernel, count(*), min(crash_time), max(crash_time), max(seq), NULL
	FROM fleet.crash WHERE host IS NOT NULL AND kernel IS NOT NULL GROUP BY host, kernel;
INSERT INTO fleet.tally SELECT 'kernel_cause', kernel, cause, count(*), min(crash_time), max(crash_time), max(seq), NULL
	FROM fleet.crash WHERE kernel IS NOT NULL AND cause IS NOT NULL GROUP BY kernel, cause;
INSERT INTO fleet.tally SELECT 'hardware_host', hardware, host, count(*), min(crash_time), max(crash_time), max(seq), NULL
	FROM fleet.crash WHERE hardware IS NOT NULL AND host IS NOT NULL GROUP BY hardware, host;
INSERT INTO fleet.tally SELECT 'hardware_kernel', hardware, kernel, count(*), min(crash_time), max(crash_time), max(seq), NULL
	FROM fleet.crash WHERE hardware IS NOT NULL AND kernel IS NOT NULL GROUP BY hardware, kernel;
INSERT INTO fleet.tally SELECT 'hardware_cause', hardware, cause, count(*), min(crash_time), max(crash_time), max(seq), NULL
	FROM fleet.crash WHERE hardware IS NOT NULL AND cause IS NOT NULL GROUP BY hardware, cause;
INSERT INTO fleet.tally SELECT 'cause', cause, '', count(*), min(crash_time), max(crash_time), max(seq), NULL
	FROM fleet.crash GROUP BY cause;
INSERT INTO fleet.kernel SELECT kernel, count(*), min(crash_time), max(crash_time) FROM fleet.crash
	WHERE kernel IS NOT NULL GROUP BY kernel;
INSERT INTO fleet.host SELECT DISTINCT ON (host) host, hardware, kernel, count(*) OVER w, min(crash_time) OVER w, crash_time,
	id, uid FROM fleet.crash WHERE host IS NOT NULL WINDOW w AS (PARTITION BY host) ORDER BY host, crash_time DESC, id DESC;
INSERT INTO fleet.signature SELECT l.signature, l.crashes, coalesce(h.hosts, 0), coalesce(k.kernels, 0), l.first_s, l.crash_time,
	l.id, l.uid, l.host, l.kernel, l.cause, l.severity, l.headline, l.seq
	FROM (SELECT DISTINCT ON (signature) *, count(*) OVER w AS crashes, min(crash_time) OVER w AS first_s FROM fleet.crash
		WHERE signature IS NOT NULL WINDOW w AS (PARTITION BY signature)
		ORDER BY signature, crash_time DESC, id DESC) l
	LEFT JOIN (SELECT name, count(*) AS hosts FROM fleet.tally WHERE kind = 'signature_host' GROUP BY name) h
		ON h.name = l.signature
	LEFT JOIN (SELECT name, count(*) AS kernels FROM fleet.tally WHERE kind = 'signature_kernel' GROUP BY name) k
		ON k.name = l.signature;
