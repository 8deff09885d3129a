/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The files of one dump, beside each other and among those that were named. */
#include "daemon/worker/dump_set.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kernel/dump/dump_part.h"
#include "kernel/dump/dump_sadump_format.h"
#include "unit.h"

static char directory[] = "/tmp/triage-set-XXXXXX";

static void enter(void)
{
	ck_assert_ptr_nonnull(mkdtemp(directory));
	ck_assert_int_eq(chdir(directory), 0);
}

static void leave(void)
{
	char command[64];

	ck_assert_int_eq(chdir("/"), 0);
	snprintf(command, sizeof(command), "rm -rf %s", directory);
	ck_assert_int_eq(system(command), 0);
	memcpy(directory + strlen(directory) - 6, "XXXXXX", 6);
}

static void put(const char *name, char set, uint32_t number)
{
	struct sadump_part_header part = {.signature = SADUMP_SIGNATURE, .number = number};
	FILE *file = fopen(name, "w");

	ck_assert_ptr_nonnull(file);
	part.set[0] = (uint8_t)set;
	ck_assert_uint_eq(fwrite(&part, sizeof(part), 1, file), 1);
	fclose(file);
}

/* How many others there are, with the time it must not take to say so: a FIFO would hold us up. */
static size_t others(const char *name)
{
	int fd = open(name, O_RDONLY);
	size_t count;
	int *fds = dump_set_open(name, fd, &count);

	alarm(20);
	for (size_t i = 0; i < count; i++)
		close(fds[i]);
	free(fds);
	close(fd);
	return count;
}

START_TEST(parts_are_found_whatever_lies_beside_them)
{
	enter();
	put("a", 1, 1);
	put("b", 1, 2);
	put("c", 2, 1);
	put("not-one", 1, 0);
	ck_assert_int_eq(mkfifo("fifo", 0600), 0);
	ck_assert_int_eq(mkdir("folder", 0700), 0);
	ck_assert_int_eq(symlink("nowhere", "dangling"), 0);
	ck_assert_int_eq(symlink("/dev/zero", "endless"), 0);
	ck_assert_int_eq(link("a", "a-again"), 0); /* the same file is no other part */
	ck_assert_uint_eq(others("a"), 1);
	ck_assert_uint_eq(others("./b"), 2); /* "a" under either name: its reader sees that */
	ck_assert_uint_eq(others("c"), 0);
	ck_assert_uint_eq(others("not-one"), 0);
	leave();
}
END_TEST

START_TEST(a_crowd_of_parts_has_an_end)
{
	char name[16];

	enter();
	for (unsigned i = 1; i <= DUMP_PARTS_MAX + 20; i++) {
		snprintf(name, sizeof(name), "disk%u", i);
		put(name, 1, i);
	}
	ck_assert_uint_lt(others("disk1"), DUMP_PARTS_MAX);
	leave();
}
END_TEST

/* given, ended by NULL: those that are one dump with the first, and how many are left. */
static void check_take(const char *const *given, const char *wanted, size_t wanted_left)
{
	_log_set_ struct log_set set = {.paths = {strdup(given[0])}, .count = 1};
	const char *paths[16];
	char names[256] = "";
	size_t count = 0;

	for (; given[count + 1]; count++)
		paths[count] = given[count + 1];
	assert_ok(dump_set_take(paths, &count, &set));
	for (size_t i = 0; i < set.count; i++)
		snprintf(names + strlen(names), sizeof(names) - strlen(names), "%s%s", i ? " " : "",
			 set.paths[i]);
	ck_assert_str_eq(names, wanted);
	ck_assert_uint_eq(count, wanted_left);
}

START_TEST(named_files_are_put_together)
{
	static const char *const parts[] = {"a", "c", "b", "nowhere", "/dev/zero", NULL},
				 *const vmware[] = {"x/vm.vmem", "a", "vm.vmsn", "other.vmsn",
						    NULL},
				 *const reversed[] = {"vm.vmss", "other.vmem", "y/vm.vmem", NULL},
				 *const odd[] = {".vmem", ".vmsn", "vmem", NULL};

	enter();
	put("a", 1, 1);
	put("b", 1, 2);
	put("c", 2, 1);
	check_take(parts, "a b", 3);
	check_take(vmware, "vm.vmsn x/vm.vmem", 2);
	check_take(reversed, "vm.vmss y/vm.vmem", 1);
	check_take(odd, ".vmsn .vmem", 1);
	leave();
}
END_TEST

UNIT_MAIN("dump_set", parts_are_found_whatever_lies_beside_them, a_crowd_of_parts_has_an_end,
	  named_files_are_put_together)
