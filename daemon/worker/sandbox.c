/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The cage around what reads hostile files: seccomp, Landlock, limits. */
#include "daemon/worker/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/landlock.h>
#include <sched.h>
#include <seccomp.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#define IOPRIO_IDLE (3 << 13) /* IOPRIO_CLASS_IDLE, include/uapi/linux/ioprio.h */
#define OPEN_FILES 64

static struct err *limit(int resource, rlim_t value)
{
	struct rlimit limit = {value, value};

	return setrlimit(resource, &limit) ? err_errno(errno, "setrlimit") : NULL;
}

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

int sandbox_landlock(void)
{
	int abi =
		(int)syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);

	return MAX(abi, 0);
}

/* A rule set that handles every access the kernel knows, and allows none. */
static bool enter_landlock(void)
{
	struct landlock_ruleset_attr attr = {.handled_access_fs = (1ull << 13) - 1};
	int abi = sandbox_landlock();

	if (abi < 1)
		return false;
	if (abi >= 2) /* LANDLOCK_ACCESS_FS_REFER, then _TRUNCATE */
		attr.handled_access_fs |= 1ull << 13;
	if (abi >= 3)
		attr.handled_access_fs |= 1ull << 14;
	_close_ int fd = (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof(attr), 0);

	return fd >= 0 && !syscall(SYS_landlock_restrict_self, fd, 0);
}

/*
 * What reading a dump takes. No open, socket, exec or fork is among them; recvmsg takes what the
 * parent sends on the one socket there is.
 */
static const int allowed[] = {
	SCMP_SYS(read),
	SCMP_SYS(pread64),
	SCMP_SYS(readv),
	SCMP_SYS(preadv),
	SCMP_SYS(write),
	SCMP_SYS(writev),
	SCMP_SYS(close),
	SCMP_SYS(lseek),
	SCMP_SYS(fstat),
	SCMP_SYS(munmap),
	SCMP_SYS(mremap),
	SCMP_SYS(madvise),
	SCMP_SYS(brk),
	SCMP_SYS(futex),
	SCMP_SYS(set_robust_list),
	SCMP_SYS(rseq),
	SCMP_SYS(exit),
	SCMP_SYS(exit_group),
	SCMP_SYS(rt_sigreturn),
	SCMP_SYS(rt_sigprocmask),
	SCMP_SYS(rt_sigaction),
	SCMP_SYS(sigaltstack),
	SCMP_SYS(clock_gettime),
	SCMP_SYS(gettimeofday),
	SCMP_SYS(getrandom),
	SCMP_SYS(fadvise64),
	SCMP_SYS(sched_yield),
	SCMP_SYS(sched_getaffinity),
	SCMP_SYS(gettid),
	SCMP_SYS(getpid),
	SCMP_SYS(getrusage),
	SCMP_SYS(restart_syscall),
	SCMP_SYS(recvmsg),
};

static int allow(scmp_filter_ctx filter, const int *calls, size_t count)
{
	int result = 0;

	for (size_t i = 0; !result && i < count; i++)
		result = seccomp_rule_add(filter, SCMP_ACT_ALLOW, calls[i], 0);
	return result;
}

/* F_SETOWN and F_SETSIG are not among them: with O_ASYNC they send signals to anybody. */
static const int allowed_fcntl[] = {F_DUPFD, F_DUPFD_CLOEXEC, F_GETFD,	   F_SETFD,
				    F_GETFL, F_SETFL,	      F_ADD_SEALS, F_GET_SEALS};

/* Calls that are harmless with some arguments alone. */
static int allow_some(scmp_filter_ctx filter)
{
	static const int mapping[] = {SCMP_SYS(mprotect), SCMP_SYS(mmap)};
	int result = 0;

	for (size_t i = 0; !result && i < ARRAY_SIZE(allowed_fcntl); i++)
		result = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(fcntl), 1,
					  SCMP_A1_32(SCMP_CMP_EQ, (unsigned)allowed_fcntl[i]));
	/* Memory, but none to execute. */
	for (size_t i = 0; !result && i < ARRAY_SIZE(mapping); i++)
		result = seccomp_rule_add(filter, SCMP_ACT_ALLOW, mapping[i], 1,
					  SCMP_A2_32(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
	/* Signals to itself, for abort(); not to the parent, which has the same user. */
	if (!result)
		result = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1,
					  SCMP_A0_32(SCMP_CMP_EQ, (unsigned)getpid()));
	/* Threads but not processes. */
	if (!result)
		result = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1,
					  SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD | CLONE_VM,
						  CLONE_THREAD | CLONE_VM));
	/* glibc's fstat(): newfstatat() of a descriptor itself. */
	if (!result)
		result = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(newfstatat), 1,
					  SCMP_A3_32(SCMP_CMP_EQ, AT_EMPTY_PATH));
	/* A filter cannot see the flags of clone3(). Without it glibc uses clone(). */
	return result ? result
		      : seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
}

static struct err *enter_seccomp(void)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));

	if (!filter)
		return &err_nomem;
	int result = allow(filter, allowed, ARRAY_SIZE(allowed));
	if (!result)
		result = allow_some(filter);
	if (!result)
		result = seccomp_load(filter);
	seccomp_release(filter);
	return result ? err_errno(-result, "load the system call filter") : NULL;
}

/* Whatever the unit, or being root, has given: the daemon's CAP_DAC_READ_SEARCH opened the dump already. */
static bool drop_capabilities(void)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {0};

	prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
	return !syscall(SYS_capset, &header, none);
}

/* No network, no IPC, no mounts but its own: a second wall where the kernel has no Landlock. */
static bool enter_namespaces(void)
{
	return !unshare(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC);
}

static void add_layer(json_t *layers, bool stands, const char *name)
{
	if (stands)
		json_array_append_new(layers, json_string(name));
}

struct err *sandbox_enter(const struct sandbox_options *options, json_t *layers)
{
	bool landlock;

	step_back(options);
	TRY(set_limits(options));
	TRY(limit(RLIMIT_FSIZE, options->file_bytes));
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0))
		return err_errno(errno, "prctl");
	add_layer(layers, true, "rlimits");
	add_layer(layers, true, "no_new_privs");
	landlock = enter_landlock();
	add_layer(layers, landlock, "landlock");
	if (!landlock)
		add_layer(layers, enter_namespaces(), "namespaces");
	add_layer(layers, drop_capabilities(), "no_capabilities");
	TRY(enter_seccomp());
	add_layer(layers, true, "seccomp");
	return NULL;
}

static bool stands(const json_t *layers, const char *name)
{
	const json_t *layer;
	size_t i;

	json_array_foreach (layers, i, layer)
		if (!strcmp(json_string_value(layer), name))
			return true;
	return false;
}

json_t *sandbox_missing(const json_t *layers)
{
	/* Namespaces stand in for Landlock: no lack where that is. */
	static const char *const wanted[] = {"rlimits", "no_new_privs", "landlock",
					     "no_capabilities", "seccomp"};
	json_t *missing = json_array();

	for (size_t i = 0; missing && i < ARRAY_SIZE(wanted); i++)
		if (!stands(layers, wanted[i]))
			json_array_append_new(missing, json_string(wanted[i]));
	return missing;
}
