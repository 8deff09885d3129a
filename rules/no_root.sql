-- id: no_root
-- title: the kernel found no root file system
-- cause: assertion
-- severity: critical
-- confidence: 0.95
-- advice: Compare root= on the kernel's command line with the disks that the log names; look for a missing driver or initramfs.
-- see: init/do_mounts.c
-- see: Documentation/admin-guide/init.rst
SELECT
	'the log says: ' || reason || '; the boot ended where the root file system was to be mounted' AS because,
	'no root file system: ' || reason AS headline,
	confidence, finding
FROM crash
WHERE dump = :dump AND kind = 'panic' AND (reason LIKE 'VFS: Unable to mount root fs%' OR reason LIKE 'No working init found%'
	OR reason LIKE 'No init found%');
