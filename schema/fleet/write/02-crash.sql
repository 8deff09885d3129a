-- A dump that is here has a verdict already. Another one of the same store replaces it if it came later; one of
-- another store of the same host (an older copy that was put back, one begun anew) if the analysis was later by
-- that host's clock; one of another host only where the first analysis broke off. The same stands in
-- fleet_writer.c for fleet.findings.
INSERT INTO fleet.crash AS c (id, uid, seq, revision, month, machine, epoch, generation, number, state, crash_time,
	analyzed_at, host, kernel, hardware, cause, severity, headline, confidence, signature, rule, function, module,
	path, size, format, layout, log_only, tool_version, left_out)
SELECT f.base + r.n, r.uid, f.base + r.n, 1, date_trunc('month', now() AT TIME ZONE 'UTC')::date,
	$2, $3, $4::integer, r.number, r.state, r.crash_time, r.analyzed_at, r.host, r.kernel, r.hardware, r.cause,
	r.severity, r.headline, r.confidence, r.signature, r.rule, r.function, r.module, r.path, r.size, r.format,
	r.layout, r.log_only, r.tool_version, r.left_out
FROM fleet.feed f, jsonb_to_recordset($1::jsonb) AS r(n bigint, uid text, number bigint, state text,
	crash_time bigint, analyzed_at bigint, host text, kernel text, hardware text, cause text, severity text,
	headline text, confidence double precision, signature text, rule text, function text, module text, path text,
	size bigint, format text, layout text, log_only boolean, tool_version text, left_out text)
ON CONFLICT (uid) DO UPDATE SET seq = excluded.seq, revision = c.revision + 1, machine = excluded.machine,
	epoch = excluded.epoch, generation = excluded.generation, number = excluded.number, state = excluded.state,
	crash_time = excluded.crash_time, analyzed_at = excluded.analyzed_at, host = excluded.host,
	kernel = excluded.kernel, hardware = excluded.hardware, cause = excluded.cause, severity = excluded.severity,
	headline = excluded.headline, confidence = excluded.confidence, signature = excluded.signature,
	rule = excluded.rule, function = excluded.function, module = excluded.module, path = excluded.path,
	size = excluded.size, format = excluded.format, layout = excluded.layout, log_only = excluded.log_only,
	tool_version = excluded.tool_version, left_out = excluded.left_out,
	was_signature = c.signature, was_host = c.host, was_kernel = c.kernel, was_cause = c.cause, was_hardware = c.hardware
WHERE CASE
	WHEN c.machine <> excluded.machine THEN c.state <> 'done' AND excluded.state = 'done'
	WHEN c.epoch = excluded.epoch AND c.generation = excluded.generation THEN excluded.number > c.number
	ELSE excluded.analyzed_at > c.analyzed_at END
