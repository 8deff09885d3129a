/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A process in the worker's sandbox tries what a taken-over worker would: each is refused, with all walls that
 * this machine offers and with those alone that lesser kernels and containers have.
 */
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "daemon/worker/sandbox.h"

static int try_open(void)
{
	return open("/etc/passwd", O_RDONLY);
}

static int try_write_new_file(void)
{
	return open("/tmp/triage-sandbox-test", O_WRONLY | O_CREAT, 0600);
}

static int try_write_by_syscall(void)
{
	return (int)syscall(SYS_openat2, AT_FDCWD, "/tmp/x", NULL, 0);
}

static int try_socket(void)
{
	return socket(AF_INET, SOCK_STREAM, 0);
}

static int try_unix_socket(void)
{
	return socket(AF_UNIX, SOCK_STREAM, 0);
}

static int try_fork(void)
{
	/* not fork(): its child would go on as a second test program if this were let through */
	return (int)syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, NULL);
}

static int try_exec(void)
{
	return execl("/bin/true", "true", (char *)NULL);
}

static int try_kill_parent(void)
{
	return kill(getppid(), 0);
}

static int try_tgkill_parent(void)
{
	return (int)syscall(SYS_tgkill, getppid(), getppid(), 0);
}

/* The kernel would send it a signal of our choice whenever the pipe is written to. */
static int try_signal_by_pipe(void)
{
	return fcntl(0, F_SETOWN, getppid());
}

static int try_parents_limits(void)
{
	return (int)syscall(SYS_prlimit64, getppid(), RLIMIT_NOFILE, NULL, NULL);
}

static int try_ptrace(void)
{
	return (int)ptrace(PTRACE_ATTACH, getppid(), NULL, NULL);
}

static int try_read_parent(void)
{
	return (int)syscall(SYS_process_vm_readv, getppid(), NULL, 0, NULL, 0, 0);
}

static int try_executable_memory(void)
{
	void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return mprotect(page, 4096, PROT_READ | PROT_EXEC);
}

static int try_executable_mapping(void)
{
	void *page = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return page == MAP_FAILED ? -1 : 0;
}

static int try_new_namespace(void)
{
	return unshare(CLONE_NEWUSER);
}

static int try_unlink(void)
{
	return unlink("/tmp/triage-sandbox-test");
}

static int try_new_privileges(void)
{
	return prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
}

static const struct {
	const char *name;
	int (*run)(void);
} attempts[] = {
	{"open a file", try_open},
	{"write a new file", try_write_new_file},
	{"open by another call", try_write_by_syscall},
	{"a TCP socket", try_socket},
	{"a Unix socket", try_unix_socket},
	{"fork", try_fork},
	{"exec", try_exec},
	{"signal the parent", try_kill_parent},
	{"signal a thread of the parent", try_tgkill_parent},
	{"signal the parent by a pipe", try_signal_by_pipe},
	{"the parent's limits", try_parents_limits},
	{"ptrace the parent", try_ptrace},
	{"read the parent's memory", try_read_parent},
	{"make memory executable", try_executable_memory},
	{"map executable memory", try_executable_mapping},
	{"a namespace", try_new_namespace},
	{"delete a file", try_unlink},
	{"become dumpable again", try_new_privileges},
};

/* Room for a sanitizer's shadow memory; limits_hold tries the bound itself. */
#define ADDRESS_SPACE (1ull << 50)
#define NOT_SHUT_OFF 200

/* What machines offer of the second wall; each is made of this one by refusing it the rest. */
static const struct level {
	const char *name;
	bool landlock, namespaces;
} levels[] = {
	{"all that is here", true, true},
	{"no Landlock (before 5.13, RHEL 8, many containers)", false, true},
	{"neither Landlock nor namespaces (the daemon's unit there)", false, false},
};

static void refuse_by_filter(const struct level *level)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
	int result = filter ? 0 : -1;

	if (!result && !level->landlock)
		result = seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS),
					  SCMP_SYS(landlock_create_ruleset), 0);
	if (!result && !level->namespaces)
		result = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(unshare), 0);
	if (result || seccomp_load(filter))
		_exit(NOT_SHUT_OFF);
	seccomp_release(filter);
}

/* In the child. */
static void enter(const struct level *level, const struct sandbox_options *options, json_t *layers)
{
	refuse_by_filter(level);
	if (!err_ok(sandbox_enter(options, layers)))
		_exit(NOT_SHUT_OFF);
}

/* In a child of its own: 0 when refused, 1 when it worked, 2 when refused for another reason. */
static int attempt(int (*run)(void), const struct level *level)
{
	const struct sandbox_options options = {.memory_bytes = ADDRESS_SPACE, .cpu_s = 60};
	pid_t pid = fork();
	int status;

	ck_assert_int_ge(pid, 0);
	if (!pid) {
		enter(level, &options, json_array());
		errno = 0;
		if (run() >= 0)
			_exit(1);
		_exit(errno == EPERM || errno == EACCES ? 0 : 2);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_msg(WIFEXITED(status), "died of signal %d", WTERMSIG(status));
	ck_assert_int_ne(WEXITSTATUS(status), NOT_SHUT_OFF);
	return WEXITSTATUS(status);
}

static void attempt_all(const struct level *level)
{
	for (size_t i = 0; i < ARRAY_SIZE(attempts); i++) {
		int outcome = attempt(attempts[i].run, level);

		ck_assert_msg(!outcome, "%s, %s: %s", level->name, attempts[i].name,
			      outcome == 1 ? "it worked" : "refused, but not by the sandbox");
	}
}

START_TEST(each_attempt_is_refused)
{
	for (size_t i = 0; i < ARRAY_SIZE(levels); i++)
		attempt_all(&levels[i]);
	ck_assert_int_ne(access("/tmp/triage-sandbox-test", F_OK), 0);
}
END_TEST

static bool has(const json_t *layers, const char *name)
{
	json_t *layer;
	size_t i;

	json_array_foreach (layers, i, layer)
		if (!strcmp(json_string_value(layer), name))
			return true;
	return false;
}

/* Nothing is claimed that does not stand. */
static bool layers_fit(const struct level *level, bool landlock, const json_t *layers)
{
	return has(layers, "seccomp") && has(layers, "no_capabilities") &&
	       has(layers, "landlock") == landlock &&
	       (!has(layers, "namespaces") || (level->namespaces && !landlock));
}

static void check_layers(const struct level *level)
{
	const struct sandbox_options options = {.memory_bytes = ADDRESS_SPACE, .cpu_s = 60};
	char told[200] = "";
	int status, words[2];

	ck_assert_int_eq(pipe(words), 0); /* a file could not grow any more */
	pid_t pid = fork();

	if (!pid) {
		json_t *layers = json_array();
		bool landlock = level->landlock && sandbox_landlock() > 0;

		enter(level, &options, layers);
		dprintf(words[1], "%s", json_dumps(layers, JSON_COMPACT));
		_exit(layers_fit(level, landlock, layers) ? 0 : 1);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_gt(read(words[0], told, sizeof(told) - 1), 0);
	printf("tried with %s: %s\n", level->name, told);
	ck_assert_msg(WIFEXITED(status) && !WEXITSTATUS(status), "%s: %s", level->name, told);
}

START_TEST(layers_are_those_that_stand)
{
	for (size_t i = 0; i < ARRAY_SIZE(levels); i++)
		check_layers(&levels[i]);
}
END_TEST

/* The attempts are such that work without a sandbox, else they would prove nothing. */
START_TEST(without_it_they_work)
{
	int fd = try_open(), sock = try_unix_socket(), file = try_write_new_file();

	ck_assert_int_ge(fd, 0);
	ck_assert_int_ge(sock, 0);
	ck_assert_int_ge(file, 0);
	ck_assert_int_eq(try_unlink(), 0);
	ck_assert_int_eq(try_executable_memory(), 0);
	ck_assert_int_eq(try_executable_mapping(), 0);
	ck_assert_int_eq(try_kill_parent(), 0);
	ck_assert_int_eq(try_tgkill_parent(), 0);
	ck_assert_int_eq(try_signal_by_pipe(), 0);
	ck_assert_int_eq(fcntl(0, F_SETOWN, 0), 0);
	ck_assert_int_eq(try_parents_limits(), 0);
	close(fd);
	close(sock);
	close(file);
}
END_TEST

/* What reads a dump may do: read what it has, compute, answer. */
START_TEST(what_a_worker_needs_is_left)
{
	const struct sandbox_options options = {.memory_bytes = ADDRESS_SPACE, .cpu_s = 60};
	int fd = open("/etc/passwd", O_RDONLY), answer[2], status;
	char buf[8] = "";
	pid_t pid;

	ck_assert_int_eq(pipe(answer), 0);
	pid = fork();
	if (!pid) {
		json_t *layers = json_array();
		char *memory;

		if (!err_ok(sandbox_enter(&options, layers)))
			_exit(1);
		memory = malloc(8 << 20);
		if (!memory || pread(fd, memory, 4, 0) != 4 || write(answer[1], "fine", 4) != 4)
			_exit(2);
		_exit(json_array_size(layers) >= 3 ? 0 : 3);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(WIFEXITED(status) ? WEXITSTATUS(status) : -1, 0);
	ck_assert_int_eq(read(answer[0], buf, 4), 4);
	ck_assert_str_eq(buf, "fine");
}
END_TEST

/* In a child: 0 when run() behaved as it should in the cage. */
static void check_inside(int (*run)(void), const struct sandbox_options *options, int expected)
{
	int status;
	pid_t pid = fork();

	if (!pid) {
		json_t *layers = json_array();

		_exit(err_ok(sandbox_enter(options, layers)) ? run() : NOT_SHUT_OFF);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status), expected);
}

#ifndef __SANITIZE_ADDRESS__ /* which takes terabytes of address space for itself */
static int take_memory(void)
{
	void *memory = mmap(NULL, 5ull << 30, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	return memory == MAP_FAILED && errno == ENOMEM ? 0 : 1;
}
#endif

static int burn_cpu(void)
{
	volatile unsigned long i = 1;

	while (i)
		i = i + 2;
	return 1;
}

static int call_abort(void)
{
	abort();
}

START_TEST(limits_hold)
{
	const struct sandbox_options options = {.memory_bytes = ADDRESS_SPACE, .cpu_s = 1};

#ifndef __SANITIZE_ADDRESS__
	const struct sandbox_options bounded = {.memory_bytes = 4ull << 30, .cpu_s = 60};

	check_inside(take_memory, &bounded, 0);
#endif
	check_inside(burn_cpu, &options, -SIGKILL);
	check_inside(call_abort, &options, -SIGABRT);
}
END_TEST

/* A file that is open grows as far as it may, as an unpacked dump does. */
static int growing = -1;

static int write_too_much(void)
{
	static char page[4096];

	for (int i = 0; i < 3; i++)
		if (write(growing, page, sizeof(page)) != sizeof(page))
			return 1;
	return 0;
}

START_TEST(an_open_file_has_a_bound)
{
	struct sandbox_options options = {
		.memory_bytes = ADDRESS_SPACE, .cpu_s = 60, .file_bytes = 2 * 4096};
	FILE *file = tmpfile();

	ck_assert_ptr_nonnull(file);
	growing = fileno(file);
	check_inside(write_too_much, &options, -SIGXFSZ);
	ck_assert_int_eq(lseek(growing, 0, SEEK_SET), 0);
	options.file_bytes = 3 * 4096;
	check_inside(write_too_much, &options, 0);
	fclose(file);
}
END_TEST

UNIT_MAIN("sandbox", each_attempt_is_refused, layers_are_those_that_stand, without_it_they_work,
	  what_a_worker_needs_is_left, limits_hold, an_open_file_has_a_bound)
