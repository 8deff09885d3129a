-- id: out_of_memory
-- title: no memory left, and panic_on_oom
-- cause: out_of_memory
-- severity: critical
-- confidence: 0.9
-- advice: See the memory table the OOM report printed in the log; look for the largest consumers and for leaks in slab.
SELECT
	'out_of_memory() called panic(), as panic_on_oom wants it' AS because,
	coalesce(reason, 'out of memory') || coalesce(', ' || comm || '/' || pid, '') AS headline,
	confidence, finding
FROM crash
WHERE dump = :dump AND kind = 'out_of_memory';
