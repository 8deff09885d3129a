-- id: trouble
-- title: something failed; the kernel went on
-- cause: unknown
-- severity: warning
-- confidence: 0.6
-- advice: triage show --log has all events in their order.
-- see: Documentation/admin-guide/bug-hunting.rst
-- see: dmesg(1)
-- What failed is read; whether its hardware, its driver or who used it did wrong is not.
SELECT
	'the log says: ' || t.text AS because, t.headline, t.finding
FROM trouble t JOIN crash c ON c.dump = t.dump
WHERE t.dump = :dump AND c.kind = 'none' AND t.kind IN ('filesystem_error', 'nfs', 'gpu_error',
	'link', 'netdev_refs', 'firmware_error', 'boot_failure', 'resource_limit', 'nmi', 'warning');
