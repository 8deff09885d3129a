/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Members that are found by probing, beside what the kernel's BTF says of them:
 * probed [-v] [-d|-D] VMCORE…, probed [-v] -t WHOLE VMCORE…
 * With -d they are compared with the debug information of the vmlinux in the dump's folder, which may
 * be that of a made dump: what it does not hold has no truth. With -D it is a kernel's own, and does.
 * With -t they are compared with the BTF of a whole dump that the others are damaged copies of: none of theirs
 * may be wrong, and all may be missing.
 * "Used" are those that analyzers ask for, with BTF, to come to their verdict on this dump. Fails when
 * one is at another place, or none is found.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "analyzer.h"
#include "kernel/dump/vmcoreinfo.h"
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
	unsigned known, found, wrong; /* of all */
	unsigned used, used_found;    /* by analyzers */
};

#define KERNELS_MAX 64

static struct {
	char release[64];
	struct count count;
	unsigned dumps;
} totals[KERNELS_MAX];

static void add(const struct kernel *kernel, const struct count *count)
{
	const char *release = vmcoreinfo_get(kernel->vmcoreinfo, "OSRELEASE");
	size_t i = 0;

	while (i + 1 < KERNELS_MAX && totals[i].dumps &&
	       strcmp(totals[i].release, release ? release : "?") != 0)
		i++;
	snprintf(totals[i].release, sizeof(totals[i].release), "%s", release ? release : "?");
	totals[i].dumps++;
	totals[i].count.known += count->known;
	totals[i].count.found += count->found;
	totals[i].count.wrong += count->wrong;
	totals[i].count.used += count->used;
	totals[i].count.used_found += count->used_found;
}

static void print_totals(void)
{
	for (size_t i = 0; i < KERNELS_MAX && totals[i].dumps; i++) {
		const struct count *count = &totals[i].count;

		printf("%s, %u dumps: %u %% of all members found, %u %% of those analyzers use, %u "
		       "wrong\n",
		       totals[i].release, totals[i].dumps,
		       100 * count->found / MAX(count->known, 1u),
		       100 * count->used_found / MAX(count->used, 1u), count->wrong);
	}
}

/* vmlinux_fd: -1 for none. */
static struct err *open_dump(int fd, int vmlinux_fd, bool no_btf, struct kernel **ret)
{
	const struct kernel_options options = {
		.dump_fd = fd, .vmlinux_fd = vmlinux_fd, .dmesg_fd = -1, .no_btf = no_btf};

	return kernel_open(&options, ret);
}

static void ignore(struct findings *findings, const struct finding *finding)
{
	(void)findings;
	(void)finding;
}

/* What serves to read BTF itself is of no use without it. */
static bool is_of_btf(enum member_id id)
{
	return !strncmp(names[id], "BTF_", 4) || !strncmp(names[id], "MODULE_BTF", 10);
}

/* What the analyzers ask for, on this dump. */
static void analyze(struct kernel *kernel, bool used[MEMBER_COUNT])
{
	struct findings findings;
	_analysis_ struct analysis analysis = {.kernel = kernel, .findings = &findings};

	findings_init(&findings, ignore);
	analyzers_run(&analysis, NULL, NULL);
	for (enum member_id id = 0; id < MEMBER_COUNT; id++)
		used[id] = members_asked(kernel->members, id) && members_has(kernel->members, id) &&
			   !is_of_btf(id);
}

/* partial: what is told is not all that there is. */
static void compare(struct kernel *told, struct kernel *probed, const bool used[MEMBER_COUNT],
		    bool verbose, bool partial, struct count *count)
{
	for (enum member_id id = 0; id < MEMBER_COUNT; id++) {
		const struct member *truth = members_get(told->members, id);
		const struct member *found = members_get(probed->members, id);

		count->known += truth != NULL;
		count->used += used[id];
		count->used_found += used[id] && found;
		if (!found) {
			if (verbose && truth)
				printf("  %s %s, at %llu\n", used[id] ? "MISSED" : "not found",
				       names[id], (unsigned long long)member_offset(truth));
			continue;
		}
		if (!truth && partial)
			continue;
		count->found++;
		if (truth && truth->bit_offset == found->bit_offset)
			continue;
		count->wrong++;
		printf("  WRONG %s: at %llu, not %lld\n", names[id],
		       (unsigned long long)member_offset(found),
		       truth ? (long long)member_offset(truth) : -1);
	}
}

/* -1 when there is none: then nothing is known to compare with, and the dump fails. */
static int open_vmlinux(const char *dump)
{
	const char *slash = strrchr(dump, '/');
	char path[4096];

	snprintf(path, sizeof(path), "%.*svmlinux", slash ? (int)(slash + 1 - dump) : 0, dump);
	return open(path, O_RDONLY | O_CLOEXEC);
}

/* A damaged copy of a dump that has told already. */
static bool check_damaged(const char *path, bool verbose, struct kernel *told)
{
	_cleanup_(cleanup_kernel_close) struct kernel *probed = NULL;
	static const bool used[MEMBER_COUNT];
	struct count count = {0};
	_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);
	_err_ struct err *err = open_dump(fd, -1, true, &probed);

	if (err) {
		printf("ok    %s: cannot be opened: %s\n", path, err->message);
		return true;
	}
	compare(told, probed, used, verbose, false, &count);
	printf("%s  %s: %u of %u members found, %u wrong\n", count.wrong ? "FAIL" : "ok  ", path,
	       count.found, count.known, count.wrong);
	return !count.wrong;
}

static bool check_all_damaged(const char *whole, char **paths, bool verbose)
{
	_cleanup_(cleanup_kernel_close) struct kernel *told = NULL;
	_close_ int fd = open(whole, O_RDONLY | O_CLOEXEC);
	_err_ struct err *err = open_dump(fd, -1, false, &told);
	bool good = !err && *paths;

	for (; good && *paths; paths++)
		good &= check_damaged(*paths, verbose, told);
	return good;
}

static bool check(const char *path, bool verbose, bool debuginfo, bool whole)
{
	_cleanup_(cleanup_kernel_close) struct kernel *told = NULL, *probed = NULL;
	bool used[MEMBER_COUNT];
	struct count count = {0};
	_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);
	_close_ int vmlinux = debuginfo ? open_vmlinux(path) : -1;
	_err_ struct err *err = open_dump(fd, vmlinux, debuginfo, &told);

	if (!err && debuginfo && (!told->types_from || strcmp(told->types_from, "dwarf") != 0))
		err = err_new(ERR_NOT_FOUND, "no vmlinux with debug information beside it");
	if (!err)
		err = open_dump(fd, -1, true, &probed);
	if (err) {
		printf("FAIL  %s: %s\n", path, err->message);
		return false;
	}
	analyze(told, used);
	compare(told, probed, used, verbose, debuginfo && !whole, &count);
	printf("%s  %s: %u of %u members found, %u of %u used ones, %u wrong\n",
	       count.wrong || !count.found ? "FAIL" : "ok  ", path, count.found, count.known,
	       count.used_found, count.used, count.wrong);
	add(told, &count);
	return !count.wrong && count.found;
}

int main(int argc, char **argv)
{
	bool verbose = argc > 1 && !strcmp(argv[1], "-v");
	bool whole = argc > 1 + verbose && !strcmp(argv[1 + verbose], "-D");
	bool debuginfo = whole || (argc > 1 + verbose && !strcmp(argv[1 + verbose], "-d"));
	int first = 1 + verbose + debuginfo, failed = 0;

	if (argc > first + 1 && !strcmp(argv[first], "-t"))
		return !check_all_damaged(argv[first + 1], argv + first + 2, verbose);
	for (int i = first; i < argc; i++)
		failed += !check(argv[i], verbose, debuginfo, whole);
	print_totals();
	return failed || argc <= first;
}
