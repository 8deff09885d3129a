-- id: machine_check
-- title: a hardware error that the machine did not survive
-- cause: hardware
-- severity: critical
-- confidence: 0.95
-- advice: Replace the part that the error names; without a name, see the BMC's event log and the addresses in log.mce.
-- see: arch/x86/kernel/cpu/mce/core.c
-- see: Documentation/admin-guide/ras.rst
-- The processor's own banks say most, then what EDAC or the firmware name as the part.
SELECT
	CASE WHEN m.headline IS NOT NULL THEN 'the processor reported it: ' || m.words
		WHEN e.text IS NOT NULL THEN 'the log says: ' || e.text || coalesce(' (' || e.detail || ')', '')
		ELSE 'a hardware error was reported' || coalesce(': ' || c.reason, '') END AS because,
	coalesce(replace(replace(replace(replace(m.headline, ', processor context corrupt', ''), ', any participant', ''), ', any level', ''),
			': generic error, ', ': '), e.severity || ' hardware error: ' || replace(e.kind, '_', ' ') ||
		coalesce(' (' || e.device || ')', '') || coalesce(': ' || e.detail, '') ||
		coalesce('; ' || c.reason, ''),
		'machine check: hardware error' || coalesce(', ' || c.message, '')) AS headline,
	c.confidence, c.finding, coalesce(m.finding, e.finding) AS finding2
FROM crash c
	LEFT JOIN mce m ON m.finding = (SELECT x.finding FROM mce x WHERE x.dump = :dump
		AND x.severity IN ('fatal', 'uncorrected') ORDER BY x.severity, x.finding LIMIT 1)
		AND m.dump = :dump
	LEFT JOIN log_event e ON e.finding = (SELECT x.finding FROM log_event x WHERE x.dump = :dump
		AND x.kind IN ('memory_error', 'pcie_error') AND x.severity = 'fatal'
		ORDER BY x.finding DESC LIMIT 1) AND e.dump = :dump
WHERE c.dump = :dump AND c.kind = 'machine_check';
