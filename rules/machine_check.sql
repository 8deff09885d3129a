-- id: machine_check
-- title: a machine check
-- cause: hardware
-- severity: critical
-- confidence: 0.95
-- advice: Decode the MCE bank values in the log with rasdaemon or mcelog; replace the part it names.
SELECT
	'the CPU reported a hardware error (machine check)' AS because,
	'machine check: hardware error' || coalesce(', ' || message, '') AS headline,
	confidence, finding
FROM crash
WHERE dump = :dump AND kind = 'machine_check';
