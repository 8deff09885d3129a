/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The cage around what reads hostile files: seccomp, Landlock, limits. */
#include "daemon/worker/sandbox.h"

#include <errno.h>
#include <fcntl.h>
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

#define READ_AND_EXECUTE                                                                           \
	(LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR | LANDLOCK_ACCESS_FS_EXECUTE)

/* Where the system's programs and their libraries lie; not all of these exist everywhere. */
static void allow_programs(int ruleset)
{
	static const char *const places[] = {"/usr", "/lib", "/lib64", "/bin", "/etc/ld.so.cache"};

	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		struct landlock_path_beneath_attr beneath = {.allowed_access = READ_AND_EXECUTE};
		_close_ int fd = open(places[i], O_PATH | O_CLOEXEC);

		if (!strncmp(places[i], "/etc", 4)) /* a file: directories' rights do not apply */
			beneath.allowed_access = LANDLOCK_ACCESS_FS_READ_FILE;
		beneath.parent_fd = fd;
		if (fd >= 0)
			syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH,
				&beneath, 0);
	}
}

/* A rule set that handles every access it knows, and allows none but to the system's programs. */
static bool enter_landlock(bool programs)
{
	int abi =
		(int)syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
	struct landlock_ruleset_attr attr = {.handled_access_fs = (1ull << 13) - 1};

	if (abi < 1)
		return false;
	if (abi >= 2) /* LANDLOCK_ACCESS_FS_REFER, then _TRUNCATE */
		attr.handled_access_fs |= 1ull << 13;
	if (abi >= 3)
		attr.handled_access_fs |= 1ull << 14;
	_close_ int fd = (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof(attr), 0);
	if (fd < 0)
		return false;
	if (programs)
		allow_programs(fd);
	return !syscall(SYS_landlock_restrict_self, fd, 0);
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

/* What it takes beyond that to execute a program, load its libraries, and run it as a filter. */
static const int allowed_program[] = {
	SCMP_SYS(execve),
	SCMP_SYS(openat),
	SCMP_SYS(access),
	SCMP_SYS(faccessat2),
	SCMP_SYS(newfstatat),
	SCMP_SYS(stat),
	SCMP_SYS(arch_prctl),
	SCMP_SYS(set_tid_address),
	SCMP_SYS(getrlimit),
	SCMP_SYS(sysinfo),
	SCMP_SYS(poll),
	SCMP_SYS(ppoll),
	SCMP_SYS(pipe2),
	SCMP_SYS(readlink),
	SCMP_SYS(geteuid),
	SCMP_SYS(getuid),
	SCMP_SYS(getegid),
	SCMP_SYS(getgid),
	SCMP_SYS(dup),
	SCMP_SYS(clock_nanosleep),
	SCMP_SYS(copy_file_range),
	SCMP_SYS(mprotect),
	SCMP_SYS(mmap),
	SCMP_SYS(pwrite64),
	SCMP_SYS(ftruncate),
	SCMP_SYS(fallocate),
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
static int allow_some(scmp_filter_ctx filter, bool programs)
{
	static const int mapping[] = {SCMP_SYS(mprotect), SCMP_SYS(mmap)};
	int result = 0;

	for (size_t i = 0; !result && i < ARRAY_SIZE(allowed_fcntl); i++)
		result = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(fcntl), 1,
					  SCMP_A1_32(SCMP_CMP_EQ, (unsigned)allowed_fcntl[i]));
	/* Memory, but none to execute; a program's loader may. */
	for (size_t i = 0; !result && !programs && i < ARRAY_SIZE(mapping); i++)
		result = seccomp_rule_add(filter, SCMP_ACT_ALLOW, mapping[i], 1,
					  SCMP_A2_32(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
	/* Its own limits, nobody else's. */
	if (!result && programs)
		result = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(prlimit64), 1,
					  SCMP_A0_32(SCMP_CMP_EQ, 0));
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

static int add_rules(scmp_filter_ctx filter, bool programs)
{
	int result = allow(filter, allowed, ARRAY_SIZE(allowed));

	if (!result && programs)
		result = allow(filter, allowed_program, ARRAY_SIZE(allowed_program));
	return result ? result : allow_some(filter, programs);
}

static struct err *enter_seccomp(bool programs)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));

	if (!filter)
		return &err_nomem;
	int result = add_rules(filter, programs);
	if (!result)
		result = seccomp_load(filter);
	seccomp_release(filter);
	return result ? err_errno(-result, "load the system call filter") : NULL;
}

struct err *sandbox_enter(const struct sandbox_options *options, json_t *layers)
{
	step_back(options);
	TRY(set_limits(options));
	TRY(limit(RLIMIT_FSIZE, 0)); /* what it has to say goes into a pipe */
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0))
		return err_errno(errno, "prctl");
	json_array_append_new(layers, json_string("rlimits"));
	json_array_append_new(layers, json_string("no_new_privs"));
	if (enter_landlock(false))
		json_array_append_new(layers, json_string("landlock"));
	TRY(enter_seccomp(false));
	json_array_append_new(layers, json_string("seccomp"));
	return NULL;
}

struct err *sandbox_enter_program(const struct sandbox_options *options, uint64_t file_bytes)
{
	step_back(options);
	TRY(set_limits(options));
	TRY(limit(RLIMIT_FSIZE, file_bytes));
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return err_errno(errno, "prctl");
	enter_landlock(true);
	return enter_seccomp(true);
}
