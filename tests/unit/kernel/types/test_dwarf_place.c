/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include <fcntl.h>
#include <link.h>
#include <string.h>
#include <unistd.h>

#include "kernel/types/dwarf_place.h"

static __attribute__((noinline)) int a_function_to_find(int number)
{
	char room[64];

	snprintf(room, sizeof(room), "%d", number);
	return (int)strlen(room) + room[0];
}

static int first(struct dl_phdr_info *info, size_t size, void *base)
{
	(void)size;
	*(uint64_t *)base = info->dlpi_addr;
	for (int i = 0; i < info->dlpi_phnum; i++)
		if (info->dlpi_phdr[i].p_type == PT_LOAD && info->dlpi_phdr[i].p_flags & PF_X)
			((uint64_t *)base)[1] =
				info->dlpi_addr + (info->dlpi_phdr[i].p_vaddr & ~0xfffull);
	return 1;
}

START_TEST(a_place_in_this_program)
{
	uint64_t bases[2], start = (uintptr_t)a_function_to_find;
	uint8_t bytes[32];
	struct dwarf_place place;
	bool found;

	dl_iterate_phdr(first, bases);
	memcpy(bytes, (void *)start, sizeof(bytes));
	struct dwarf_code code = {false, start + 4 - bases[1], bytes, sizeof(bytes), 4, 0};
	int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	ck_assert(err_ok(dwarf_place_find(fd, &code, &place, &found)));
	ck_assert(found);
	ck_assert_str_eq(place.symbol, "a_function_to_find");
	ck_assert_uint_eq(place.symbol_offset, 4);
	ck_assert(place.same_code);
	uint8_t text[64];
	size_t at;
	ck_assert_uint_eq(dwarf_place_text(fd, &place, text, sizeof(text), &at), 4 + 16);
	ck_assert_uint_eq(at, 4);
	ck_assert_mem_eq(text, bytes, 20);
	ck_assert_uint_eq(dwarf_place_text(fd, &place, text, 18, &at), 2 + 16);
	ck_assert_uint_eq(dwarf_place_text(fd, &place, text, 16, &at), 0);
	/* Other code there: another version of the file. */
	bytes[7] ^= 1;
	ck_assert(err_ok(dwarf_place_find(fd, &code, &place, &found)));
	ck_assert(!found);
	/* Too little of it to tell, an absurd place, no file of code. */
	bytes[7] ^= 1;
	code.length = 8;
	ck_assert(err_ok(dwarf_place_find(fd, &code, &place, &found)));
	ck_assert(!found);
	code.length = sizeof(bytes);
	code.offset = UINT64_MAX;
	ck_assert(err_ok(dwarf_place_find(fd, &code, &place, &found)));
	ck_assert(!found);
	close(fd);
	fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	ck_assert(err_ok(dwarf_place_find(fd, &code, &place, &found)));
	ck_assert(!found);
	close(fd);
}
END_TEST

UNIT_MAIN("dwarf_place", a_place_in_this_program)
