-- id: user_pointer
-- title: kernel code used a user-space address
-- cause: wild_pointer
-- severity: critical
-- confidence: 0.75
-- advice: Kernel code dereferenced a user address without the access functions (or SMAP stopped it): look at how the pointer came in.
-- see: arch/x86/mm/fault.c
-- see: include/linux/uaccess.h
SELECT
	'the fault address ' || fault_address || ' is a user-space address' AS because,
	'user-space pointer dereferenced: ' || fault_address || place AS headline,
	confidence, finding
FROM crash
WHERE dump = :dump AND kind = 'page_fault' AND fault_class = 'user';
