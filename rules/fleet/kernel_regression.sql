-- id: kernel_regression
-- title: a crash that came with a kernel release
-- severity: critical
-- advice: Hold back the newer release, and look among its changes for those to the function of the fault.
-- Never before in this series, and so often now that the release before would have had three of them at least, at the
-- same rate: by luck, none is seen of three expected once in twenty times. Of each release all crashes are known, not
-- on how many hosts it runs: a rate is a share of a release's crashes.
SELECT n.signature || ' ' || n.kernel AS subject, n.crashes AS weight,
	'came with ' || n.kernel || ': ' || s.headline AS headline,
	n.crashes || ' of ' || n.all_crashes || ' crashes with ' || n.kernel || ', none of ' || n.before_crashes || ' with ' ||
		n.before || ' or older ones of the series' AS because,
	jsonb_build_object('signature', n.signature, 'kernel', n.kernel, 'before', n.before, 'hosts', s.hosts,
		'last_uid', s.last_uid, 'releases', (SELECT jsonb_agg(x.r) FROM (SELECT jsonb_build_object('kernel', r.kernel,
			'crashes', coalesce(t.crashes, 0), 'all_crashes', r.crashes, 'share',
			round(coalesce(t.crashes, 0)::numeric / r.crashes, 4)) AS r
		FROM triage.release r LEFT JOIN fleet.tally t ON t.kind = 'signature_kernel' AND t.name = n.signature
			AND t.part = r.kernel
		WHERE r.series = n.series AND r.flavour = n.flavour ORDER BY r.ordinal DESC LIMIT 20) x)) AS evidence
FROM fleet.signature s JOIN (
	SELECT t.name AS signature, r.kernel, r.series, r.flavour, t.crashes, r.crashes AS all_crashes, b.kernel AS before,
		b.crashes AS before_crashes
	FROM fleet.tally t JOIN triage.release r ON r.kernel = t.part
		JOIN (SELECT kernel, crashes, ordinal, series, flavour, lead(ordinal) OVER (PARTITION BY series, flavour
			ORDER BY ordinal) AS next FROM triage.release) b
			ON b.series = r.series AND b.flavour = r.flavour AND b.next = r.ordinal
	WHERE t.kind = 'signature_kernel' AND t.crashes >= 3 AND t.last_s > $1::bigint - 2592000
		AND t.crashes * b.crashes >= 3 * r.crashes
		AND NOT EXISTS (SELECT 1 FROM fleet.tally o JOIN triage.release e ON e.kernel = o.part
			WHERE o.kind = 'signature_kernel' AND o.name = t.name AND o.crashes > 0 AND e.series = r.series
				AND e.ordinal < r.ordinal)) n ON n.signature = s.signature
WHERE s.hosts >= 2 AND s.cause NOT IN ('requested', 'none')
ORDER BY n.crashes DESC, subject LIMIT 1000
