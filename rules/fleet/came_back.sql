-- id: came_back
-- title: a known crash is back after its fix
-- severity: critical
-- advice: Look whether the fix is really in that release, and open the ticket again.
-- The fix is what people said (triage annotate --fixed RELEASE): that release and later ones of the same series have it.
SELECT b.signature || ' ' || b.fixed AS subject, b.crashes AS weight,
	'back after its fix in ' || b.fixed || coalesce(' (' || b.ticket || ')', '') || ': ' || b.headline AS headline,
	b.crashes || ' crashes with ' || b.kernels || ' releases from ' || b.fixed || ' on, the last with ' || b.last_kernel
		AS because,
	jsonb_build_object('signature', b.signature, 'fixed', b.fixed, 'ticket', b.ticket, 'crashes', b.crashes, 'last_at',
		b.last_s, 'releases', b.releases) AS evidence
FROM (SELECT a.signature, a.fixed, max(a.ticket) AS ticket, max(s.headline) AS headline, sum(t.crashes)::bigint AS crashes,
		count(*) AS kernels, max(t.last_s) AS last_s,
		max(CASE WHEN r.ordinal = a.newest THEN r.kernel END) AS last_kernel,
		jsonb_agg(jsonb_build_object('kernel', r.kernel, 'crashes', t.crashes, 'last_at', t.last_s)) AS releases
	FROM (SELECT o.signature, o.fixed, o.ticket, o.ordinal, max(r.ordinal) AS newest
		FROM (SELECT n.signature, n.fixed, n.ticket, f.ordinal FROM fleet.annotation n
			JOIN LATERAL (SELECT regexp_replace(regexp_replace(regexp_replace(regexp_replace(n.fixed,
				'[._-](x86_64|amd64)$', ''), '([0-9]+)', '0000000000\1', 'g'), '[0-9]*([0-9]{10})', '\1', 'g'),
				'[^0-9]+', '', 'g') AS ordinal) f ON TRUE
			WHERE n.fixed IS NOT NULL AND n.signature IS NOT NULL AND length(f.ordinal) >= 20) o
			JOIN fleet.tally t ON t.kind = 'signature_kernel' AND t.name = o.signature AND t.crashes > 0
			JOIN triage.release r ON r.kernel = t.part AND r.series = substr(o.ordinal, 1, 20) AND r.ordinal >= o.ordinal
		GROUP BY o.signature, o.fixed, o.ticket, o.ordinal) a
		JOIN fleet.signature s ON s.signature = a.signature
		JOIN fleet.tally t ON t.kind = 'signature_kernel' AND t.name = a.signature AND t.crashes > 0
		JOIN triage.release r ON r.kernel = t.part AND r.series = substr(a.ordinal, 1, 20) AND r.ordinal >= a.ordinal
	GROUP BY a.signature, a.fixed) b
WHERE b.last_s > $1::bigint - 2592000
ORDER BY b.crashes DESC, subject LIMIT 1000
