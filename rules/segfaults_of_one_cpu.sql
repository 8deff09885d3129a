-- id: segfaults_of_one_cpu
-- title: different programs crash on the same CPU, and on no other
-- cause: hardware
-- severity: critical
-- confidence: 0.6
-- advice: Take that core offline (echo 0 > /sys/devices/system/cpu/cpuN/online) and see whether the crashes end; test or replace the processor.
SELECT
	count(DISTINCT comm) || ' different programs crashed on CPU ' || cpu || ', none on another'
		AS because,
	'faulty core: ' || count(DISTINCT comm) || ' different programs crashed, all on CPU ' || cpu
		AS headline,
	min(finding) AS finding
FROM segfault s
WHERE dump = :dump AND cpu IS NOT NULL
	AND NOT EXISTS (SELECT 1 FROM segfault o WHERE o.dump = s.dump AND o.cpu <> s.cpu)
GROUP BY cpu HAVING count(DISTINCT comm) >= 3;
