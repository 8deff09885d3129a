-- id: nmi
-- title: a non-maskable interrupt
-- cause: hardware
-- severity: critical
-- confidence: 0.5
-- advice: An NMI with no owner: a button, a BMC, a watchdog or failing hardware. See the BMC's event log.
SELECT
	'the panic came from the NMI handler' || coalesce(': ' || reason, '') AS because,
	'NMI panic' || coalesce(': ' || reason, '') || coalesce(', ' || comm || '/' ||
		pid, '') AS headline,
	confidence, finding
FROM crash
WHERE dump = :dump AND kind = 'nmi';
