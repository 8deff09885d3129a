-- id: percpu_pointer
-- title: a per-CPU pointer used as if it were an address
-- cause: wild_pointer
-- severity: critical
-- confidence: 0.9
-- advice: What alloc_percpu() returns is an offset into each CPU's area: reach it by this_cpu_ptr(), per_cpu_ptr() or this_cpu_read(); sparse (make C=1) finds where __percpu got lost.
-- see: include/linux/percpu-defs.h
-- see: Documentation/core-api/this_cpu_ops.rst
SELECT
	'the pointer ' || o.value || ' leads nowhere as an address, and as a per-CPU pointer into memory of per-CPU areas' AS because,
	'per-CPU pointer ' || o.value || ' used as an address' || c.culprit_place AS headline,
	c.confidence * iif(o.value < '0x0000000100000000', 0.9, 1.0) AS confidence, c.finding, o.finding AS finding2
FROM crash c JOIN object o ON o.dump = c.dump
WHERE c.dump = :dump AND o."where" = 'faulting pointer' AND o.kind = 'percpu' AND c.kind IN ('page_fault', 'null_dereference')
LIMIT 1;
