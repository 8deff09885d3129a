-- id: segfaults_of_one_cpu
-- title: different programs crash on the same core, more often than luck would have it
-- cause: hardware
-- severity: critical
-- confidence: 0.8
-- advice: Programs that are bound to one core all crash there: look for isolcpus, cpusets and taskset first.
-- see: arch/x86/mm/fault.c
-- see: Documentation/admin-guide/ras.rst
SELECT
	'Take CPU ' || cpu || ' offline (echo 0 > /sys/devices/system/cpu/cpu' || cpu ||
			'/online) and see whether the crashes end; test or replace the processor.' AS advice,
	programs || ' different programs crashed on the core of CPU ' || cpu || ', of ' || "of" ||
		' crashes of different programs on ' || iif(cpus_known, '', 'at least ') || cpus ||
		' CPUs: the chance of that by luck is ' || iif(chance < 1e-9, 'less than 1 in a billion',
		'1 in ' || CAST(1 / chance AS INTEGER)) AS because,
	'faulty core: ' || programs || ' different programs crashed on CPU ' || cpu ||
		iif(programs = "of", ', none on another', ', ' || ("of" - programs) || ' elsewhere')
		AS headline,
	finding
FROM segfault_core s
WHERE dump = :dump AND chance < 0.001 AND programs * 2 > "of"
	AND NOT EXISTS (SELECT 1 FROM crash c WHERE c.dump = s.dump
		AND c.kind NOT IN ('unknown', 'none'));
