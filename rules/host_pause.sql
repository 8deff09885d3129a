-- id: host_pause
-- title: a guest that its host did not run
-- cause: lockup
-- severity: warning
-- confidence: 0.95
-- advice: Look at the host at that time: steal time, overcommitment, swapping, a live migration, a snapshot, storage that hung. The place in the guest's kernel says nothing.
-- rules-out: A loop in the guest's kernel, where the CPU was idle.
-- see: kernel/watchdog.c
-- see: Documentation/virt/kvm/x86/timekeeping.rst
SELECT
	h.why AS because,
	'the host did not run this guest for ' || CAST(h.seconds AS INTEGER) || ' s' ||
		coalesce(' (soft lockup on CPU ' || c.cpu || ')', '') AS headline,
	h.confidence AS confidence, h.finding AS finding, c.finding AS finding2
FROM host_pause h JOIN crash c ON c.dump = h.dump
WHERE h.dump = :dump AND c.kind = 'soft_lockup';
