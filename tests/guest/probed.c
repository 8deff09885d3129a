/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Members that are found by probing, beside what the kernel's BTF says of them: probed VMCORE…
 * Fails when one is at another place, or when fewer are found than stand in the table.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "kernel/kernel.h"
#include "kernel/open.h"
#include "kernel/types/members.h"
#include "kernel/types/type.h"

static const char *const names[] = {
#define MEMBER(id, ...) #id,
#include "kernel/types/members.def"
#undef MEMBER
};

struct count {
	unsigned asked, found, wrong;
};

static struct err *open_dump(int fd, bool no_btf, struct kernel **ret)
{
	const struct kernel_options options = {
		.dump_fd = fd, .vmlinux_fd = -1, .dmesg_fd = -1, .no_btf = no_btf};

	return kernel_open(&options, ret);
}

static void compare(struct kernel *told, struct kernel *probed, bool verbose, struct count *count)
{
	for (enum member_id id = 0; id < MEMBER_COUNT; id++) {
		const struct member *truth = members_get(told->members, id);
		const struct member *found = members_get(probed->members, id);

		count->asked += truth != NULL;
		if (!found) {
			if (verbose && truth)
				printf("  %s not found\n", names[id]);
			continue;
		}
		count->found++;
		if (truth && truth->bit_offset == found->bit_offset)
			continue;
		count->wrong++;
		printf("  WRONG %s: at %llu, not %lld\n", names[id],
		       (unsigned long long)member_offset(found),
		       truth ? (long long)member_offset(truth) : -1);
	}
}

static bool check(const char *path, bool verbose)
{
	_cleanup_(cleanup_kernel_close) struct kernel *told = NULL, *probed = NULL;
	struct count count = {0};
	_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);
	_err_ struct err *err = open_dump(fd, false, &told);

	if (!err)
		err = open_dump(fd, true, &probed);
	if (err) {
		printf("FAIL  %s: %s\n", path, err->message);
		return false;
	}
	compare(told, probed, verbose, &count);
	printf("%s  %s: %u of %u members found, %u wrong\n",
	       count.wrong || !count.found ? "FAIL" : "ok  ", path, count.found, count.asked,
	       count.wrong);
	return !count.wrong && count.found;
}

int main(int argc, char **argv)
{
	bool verbose = argc > 1 && !strcmp(argv[1], "-v");
	int failed = 0;

	for (int i = 1 + verbose; i < argc; i++)
		failed += !check(argv[i], verbose);
	return failed || argc < 2 + verbose;
}
