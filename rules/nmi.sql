-- id: nmi
-- title: a non-maskable interrupt
-- cause: hardware
-- severity: critical
-- confidence: 0.5
-- advice: An NMI with no owner: a button, a BMC, a watchdog or failing hardware. See the BMC's event log.
-- see: arch/x86/kernel/nmi.c
-- see: Documentation/admin-guide/sysctl/kernel.rst
SELECT
	CASE WHEN message IS reason THEN coalesce('the log says: ' || message, 'an NMI came that nothing asked for')
		ELSE 'the kernel panicked in its NMI handler' || coalesce(': ' || reason, '') END AS because,
	-- what ran on the CPU has nothing to do with it
	CASE WHEN message IS reason THEN 'NMI' ELSE 'NMI panic' END || coalesce(' on CPU ' || cpu, '') ||
		coalesce(': ' || replace(replace(rtrim(iif(reason LIKE 'NMI: %', substr(reason, 6), reason), '.'),
			'Uhhuh. NMI received for ', ''), coalesce(' on CPU ' || cpu, ''), ''), '') AS headline,
	confidence, finding
FROM crash
WHERE dump = :dump AND kind = 'nmi';
