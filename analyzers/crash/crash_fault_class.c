/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What kind of address it was that could not be reached. */
#include "crash/crash_fault_class.h"

#include "base/errno_name.h"
#include "kernel/memory/memory.h"
#include "log/report.h"

#define NULL_REGION 0x10000ull /* offsets from NULL: mmap_min_addr's usual value */
#define POINTER_SIZE 8	       /* members that lists and trees link by are aligned to it */

/*
 * include/linux/poison.h; LIST_POISON with CONFIG_ILLEGAL_POINTER_VALUE's 0xdead000000000000, without
 * it 0x100100 and 0x200200 (a29815a333c6 v2.6.33 brought the former to x86-64). Members stand at words; saved
 * flags, with interrupts on and ID set (0x200286), do not.
 */
static bool is_list_poison(uint64_t address)
{
	if (address - 0xdead000000000000ull < 0x1000)
		return true;
	return address % 4 == 0 && (address - 0x100100 < 0x100 || address - 0x200200 < 0x100);
}

/* Of the same region, but left by others: PP_SIGNATURE, TIMER_ENTRY_STATIC. */
static bool is_other_poison(const struct crash *crash)
{
	return crash->pointer_known &&
	       (crash->pointer == 0xdead000000000040ull || crash->pointer == 0xdead000000000300ull);
}

/* A pointer read out of freed or never written slab memory, with a member's offset added. */
static bool is_slab_poison(uint64_t address)
{
	static const uint64_t patterns[] = {0x6b6b6b6b6b6b6b6bull, 0x5a5a5a5a5a5a5a5aull,
					    0xa5a5a5a5a5a5a5a5ull, 0xbbbbbbbbbbbbbbbbull,
					    0xccccccccccccccccull};

	for (size_t i = 0; i < ARRAY_SIZE(patterns); i++)
		if (address - patterns[i] + 0x8000 < 0x10000)
			return true;
	return false;
}

/*
 * Around NULL: an errno in a pointer, or container_of() of a NULL pointer, which is NULL less a
 * member's offset. Such offsets are multiples of a pointer's size, most errors' numbers are not.
 */
static const char *near_null(const struct crash *crash)
{
	uint64_t error = errno_of_pointer(crash->pointer_known ? crash->pointer : crash->address);

	if (crash->pointer_known && !crash->pointer && crash->address &&
	    -crash->address < NULL_REGION)
		return "null_minus_offset";
	if (!error)
		return crash->address < NULL_REGION ? "null_offset" : NULL;
	if (!crash->pointer_known)
		return "error_pointer";
	return errno_name(error) && error % POINTER_SIZE ? "error_pointer" : "null_minus_offset";
}

/* Page fault error code: arch/x86/include/asm/trap_pf.h. Of a page that is there. */
static const char *rights(const struct crash *crash)
{
	bool page_fault = crash->kind == CRASH_PAGE_FAULT || crash->kind == CRASH_NULL_DEREFERENCE;

	if (!page_fault || crash->error_code >= 0x10000 || !(crash->error_code & 1) ||
	    !(crash->address >> 63))
		return NULL;
	return crash->error_code & 8	? "reserved_bit"
	       : crash->error_code & 16 ? "not_executable"
	       : crash->error_code & 2	? "read_only"
					: NULL;
}

/*
 * What is fixed in the kernel's half, whatever was randomised: Documentation/arch/x86/x86_64/mm.rst.
 * The hole before the direct map is left to hypervisors; nothing is mapped there.
 */
static const char *fixed_class(uint64_t address)
{
	if (!(address >> 47))
		return regions_class_name(VA_USER);
	if (address >> 56 != 0xff)
		return regions_class_name(VA_NON_CANONICAL);
	return address - 0xffff800000000000ull < 0x80000000000ull ? regions_class_name(VA_HOLE)
	       : address - 0xffffffff80000000ull < 0x40000000ull  ? regions_class_name(VA_IMAGE)
	       : address - 0xffffffffc0000000ull < 0x3f000000ull  ? regions_class_name(VA_MODULE)
								  : NULL;
}

#define PAGE_OFFSET_32 0xc0000000u /* where i386's kernel begins, unless it was built otherwise */

/* No more is known of addresses of 32 bits than whose they are. */
static const char *fixed_class_32(uint64_t address)
{
	return address < PAGE_OFFSET_32 ? regions_class_name(VA_USER) : NULL;
}

const char *crash_fault_class(const struct crash *crash)
{
	const struct memory *memory = crash->kernel->memory;
	const char *class = near_null(crash);

	if (class)
		return class;
	if (is_list_poison(crash->address) && !is_other_poison(crash))
		return "list_poison";
	if (is_slab_poison(crash->address))
		return "slab_poison";
	class = rights(crash);
	if (class)
		return class;
	if (memory)
		return regions_class_name(memory_class(memory, crash->address));
	return crash->report && crash->report->is_32bit ? fixed_class_32(crash->address)
							: fixed_class(crash->address);
}
