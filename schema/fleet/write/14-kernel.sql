INSERT INTO fleet.kernel AS k (kernel, crashes, first_s, last_s)
SELECT kernel, sum(CASE WHEN revision = 1 OR was_kernel IS DISTINCT FROM kernel THEN 1 ELSE 0 END),
	min(crash_time), max(crash_time)
FROM triage.incoming WHERE kernel IS NOT NULL GROUP BY kernel
ON CONFLICT (kernel) DO UPDATE SET crashes = k.crashes + excluded.crashes,
	first_s = least(k.first_s, excluded.first_s), last_s = greatest(k.last_s, excluded.last_s)
