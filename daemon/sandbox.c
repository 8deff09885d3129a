/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <sched.h>
#include <seccomp.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#define IOPRIO_IDLE (3 << 13) /* IOPRIO_CLASS_IDLE, include/uapi/linux/ioprio.h */
#define OPEN_FILES 64

static struct err *limit(int resource, rlim_t value)
{
	struct rlimit limit = {value, value};

	return setrlimit(resource, &limit) ? err_errno(errno, "setrlimit") : NULL;
}

/*
 * No RLIMIT_FSIZE: nothing on disk is open for writing, and the limit would hit the memory file in
 * which a flattened dump is put in order.
 */
static struct err *set_limits(const struct sandbox_options *options)
{
	TRY(limit(RLIMIT_AS, options->memory_bytes));
	TRY(limit(RLIMIT_CPU, options->cpu_s));
	TRY(limit(RLIMIT_NOFILE, OPEN_FILES));
	return limit(RLIMIT_CORE, 0);
}

/* Be the first to go when memory runs short, and the last to use the disk. Best effort. */
static void step_back(const struct sandbox_options *options)
{
	_close_ int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);

	if (fd >= 0 && write(fd, "500", 3) < 0)
		return;
	if (!options->background)
		return;
	syscall(SYS_ioprio_set, 1, 0, IOPRIO_IDLE);
	if (setpriority(PRIO_PROCESS, 0, 10))
		return;
}

/* A rule set that handles every access it knows and allows none. */
static bool enter_landlock(void)
{
	int abi = (int)syscall(SYS_landlock_create_ruleset, NULL, 0,
			       LANDLOCK_CREATE_RULESET_VERSION);
	struct landlock_ruleset_attr attr = {.handled_access_fs = (1ull << 13) - 1};

	if (abi < 1)
		return false;
	if (abi >= 2) /* LANDLOCK_ACCESS_FS_REFER, then _TRUNCATE */
		attr.handled_access_fs |= 1ull << 13;
	if (abi >= 3)
		attr.handled_access_fs |= 1ull << 14;
	_close_ int fd = (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof(attr), 0);
	return fd >= 0 && !syscall(SYS_landlock_restrict_self, fd, 0);
}

/* What reading a dump takes. No open, socket, exec or fork is among them. */
static const int allowed[] = {
	SCMP_SYS(read),		SCMP_SYS(pread64),	   SCMP_SYS(readv),
	SCMP_SYS(preadv),	SCMP_SYS(write),	   SCMP_SYS(writev),
	SCMP_SYS(pwrite64),	SCMP_SYS(close),	   SCMP_SYS(lseek),
	SCMP_SYS(fstat),	SCMP_SYS(mmap),		   SCMP_SYS(munmap),
	SCMP_SYS(mremap),	SCMP_SYS(madvise),	   SCMP_SYS(brk),
	SCMP_SYS(futex),	SCMP_SYS(set_robust_list), SCMP_SYS(rseq),
	SCMP_SYS(exit),		SCMP_SYS(exit_group),	   SCMP_SYS(rt_sigreturn),
	SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigaction),  SCMP_SYS(sigaltstack),
	SCMP_SYS(clock_gettime), SCMP_SYS(gettimeofday),   SCMP_SYS(getrandom),
	SCMP_SYS(fadvise64),	SCMP_SYS(memfd_create),	   SCMP_SYS(ftruncate),
	SCMP_SYS(fallocate),	SCMP_SYS(sched_yield),	   SCMP_SYS(sched_getaffinity),
	SCMP_SYS(gettid),	SCMP_SYS(getpid),	   SCMP_SYS(tgkill),
	SCMP_SYS(getrusage),	SCMP_SYS(fcntl),	   SCMP_SYS(restart_syscall),
};

static int add_rules(scmp_filter_ctx filter)
{
	int result = 0;

	for (size_t i = 0; !result && i < ARRAY_SIZE(allowed); i++)
		result = seccomp_rule_add(filter, SCMP_ACT_ALLOW, allowed[i], 0);
	/* mprotect() but not to executable; threads but not processes. */
	if (!result)
		result = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1,
					  SCMP_A2_32(SCMP_CMP_MASKED_EQ, 4, 0));
	if (!result)
		result = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1,
					  SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD | CLONE_VM,
						  CLONE_THREAD | CLONE_VM));
	/* glibc's fstat(): newfstatat() of a descriptor itself. */
	if (!result)
		result = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(newfstatat), 1,
					  SCMP_A3_32(SCMP_CMP_EQ, AT_EMPTY_PATH));
	/* Its flags lie in memory no filter can see; told "no such call", glibc uses clone(). */
	if (!result)
		result = seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
	return result;
}

static struct err *enter_seccomp(void)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));

	if (!filter)
		return &err_nomem;
	int result = add_rules(filter);
	if (!result)
		result = seccomp_load(filter);
	seccomp_release(filter);
	return result ? err_errno(-result, "load the system call filter") : NULL;
}

struct err *sandbox_enter(const struct sandbox_options *options, json_t *layers)
{
	step_back(options);
	TRY(set_limits(options));
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0))
		return err_errno(errno, "prctl");
	json_array_append_new(layers, json_string("rlimits"));
	json_array_append_new(layers, json_string("no_new_privs"));
	if (enter_landlock())
		json_array_append_new(layers, json_string("landlock"));
	TRY(enter_seccomp());
	json_array_append_new(layers, json_string("seccomp"));
	return NULL;
}
