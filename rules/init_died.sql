-- id: init_died
-- title: init exited or was killed
-- cause: unknown
-- severity: critical
-- confidence: 0.6
-- advice: The exit code in the message says how init ended (signal in its low byte); see its own logs, and the root file system.
SELECT
	'init, without which no system runs, has ended' || coalesce(': ' || reason, '') AS because,
	coalesce(reason, 'init died') || coalesce(', ' || comm || '/' || pid, '') AS headline,
	confidence, finding
FROM crash
WHERE dump = :dump AND kind = 'init_died';
