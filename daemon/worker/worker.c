/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The parent's side of a worker: starts it, reads its lines, sees its end. */
#include "daemon/worker/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <time.h>

#include "base/str.h"
#include "daemon/worker/worker_fds.h"
#include "daemon/worker/worker_files.h"
#include "daemon/worker/worker_words.h"
#include "finding.h"

struct worker {
	struct worker_events events;
	enum worker_outcome outcome;
	pid_t pid;
	int pidfd, result_fd, files_fd, words_fd, timer_fd, epoll_fd;
	struct worker_files files;
	struct worker_words words;
	struct str line; /* what has come of an unfinished line */
	size_t bytes, lines, values;
	bool ended; /* said its end */
	bool cancelled, timed_out, flooded, garbled;
	int status; /* as wait4() gives it */
	struct timespec started;
	char step[64];
	char library[32]; /* that reads the dump; "": none */
	json_t *end;
	struct err *refused; /* finding()'s error */
	struct rusage usage;
};

const char *worker_outcome_name(enum worker_outcome outcome)
{
	static const char *const names[] = {"running",	 "done",    "killed",	"failed",
					    "timed out", "flooded", "cancelled"};

	return names[outcome];
}

enum worker_outcome worker_outcome(const struct worker *worker)
{
	return worker->outcome;
}

const char *worker_step(const struct worker *worker)
{
	return worker->step;
}

int worker_pid(const struct worker *worker)
{
	return worker->pid;
}

int worker_fd(const struct worker *worker)
{
	return worker->epoll_fd;
}

/* --- starting --------------------------------------------------------------------------------- */

struct launch {
	const struct worker_options *options;
	int result_fd, files_fd, words_fd;
	bool keep_profile;
	char *argv[10];
	char memory[24], cpu[16];
};

static uint64_t file_size(int fd)
{
	struct stat st;

	return fd >= 0 && !fstat(fd, &st) ? (uint64_t)st.st_size : 0;
}

static void fill_arguments(struct launch *launch)
{
	const struct worker_options *options = launch->options;
	uint64_t memory = options->memory_bytes ? options->memory_bytes : WORKER_MEMORY;
	unsigned timeout = options->timeout_s ? options->timeout_s : WORKER_TIMEOUT_S;
	unsigned threads = options->threads ? options->threads : 2;

	snprintf(launch->memory, sizeof(launch->memory), "%llu",
		 (unsigned long long)(memory + file_size(options->vmlinux_fd)));
	snprintf(launch->cpu, sizeof(launch->cpu), "%u", timeout * threads + 1);
	launch->argv[0] = (char *)"triage";
	launch->argv[1] = (char *)WORKER_VERB;
	launch->argv[2] = (char *)(options->no_sandbox ? "0" : "1");
	launch->argv[3] = (char *)(options->background ? "1" : "0");
	launch->argv[4] = launch->memory;
	launch->argv[5] = launch->cpu;
	launch->argv[6] = (char *)(options->no_btf ? "1" : "0");
	launch->argv[7] = (char *)(launch->keep_profile ? "1" : "0");
	launch->argv[8] = (char *)options->search;
}

/* In the child, until exec: only system calls that are safe after fork(). */
static void become_worker(const struct launch *launch)
{
	const struct worker_options *options = launch->options;
	const char *program = options->executable ? options->executable : "/proc/self/exe";
	static const int places[] = {WORKER_FD_DUMP,  WORKER_FD_RESULT, WORKER_FD_VMLINUX,
				     WORKER_FD_DMESG, WORKER_FD_FILES,	STDERR_FILENO};
	int from[] = {options->dump_fd,	 launch->result_fd, options->vmlinux_fd,
		      options->dmesg_fd, launch->files_fd,  launch->words_fd};
	static char *const environment[] = {(char *)"LC_ALL=C", NULL};

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	/* First move all out of the way: a place may be taken by a descriptor still needed. */
	for (size_t i = 0; i < ARRAY_SIZE(from); i++)
		if (from[i] >= 0)
			from[i] = fcntl(from[i], F_DUPFD, WORKER_FD_COUNT);
	for (size_t i = 0; i < ARRAY_SIZE(from); i++)
		if (from[i] < 0 ? close(places[i]) && errno != EBADF : dup2(from[i], places[i]) < 0)
			_exit(127);
	int null = open("/dev/null", O_RDWR);
	if (null < 0 || dup2(null, 0) < 0 || dup2(null, 1) < 0)
		_exit(127);
	close(null); /* it took the first free place, maybe an optional file's */
	syscall(SYS_close_range, WORKER_FD_COUNT, UINT_MAX, 0);
	sigset_t none;
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	execve(program, launch->argv, environment);
	_exit(127);
}

static struct err *spawn(struct worker *worker, const struct worker_options *options)
{
	struct launch launch = {.options = options, .keep_profile = worker->events.profile != NULL};
	int pipe_fds[2], files_fds[2], words_fds[2];

	fill_arguments(&launch);
	if (pipe2(pipe_fds, O_CLOEXEC))
		return err_errno(errno, "pipe");
	worker->result_fd = pipe_fds[0];
	_close_ int result_end = launch.result_fd = pipe_fds[1];
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, files_fds))
		return err_errno(errno, "socketpair");
	worker->files_fd = files_fds[0];
	_close_ int files_end = launch.files_fd = files_fds[1];
	if (pipe2(words_fds, O_CLOEXEC))
		return err_errno(errno, "pipe");
	worker->words_fd = words_fds[0];
	_close_ int words_end = launch.words_fd = words_fds[1];
	fcntl(worker->result_fd, F_SETPIPE_SZ, 1 << 20);
	worker->pid = fork();
	if (!worker->pid)
		become_worker(&launch);
	if (worker->pid < 0)
		return err_errno(errno, "fork");
	fcntl(worker->result_fd, F_SETFL, O_NONBLOCK);
	fcntl(worker->words_fd, F_SETFL, O_NONBLOCK);
	worker->pidfd = (int)syscall(SYS_pidfd_open, worker->pid, 0);
	return worker->pidfd < 0 ? err_errno(errno, "pidfd_open") : NULL;
}

static struct err *watch(struct worker *worker, unsigned timeout_s)
{
	struct itimerspec timeout = {.it_value.tv_sec = timeout_s};

	worker->timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	worker->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (worker->timer_fd < 0 || worker->epoll_fd < 0 ||
	    timerfd_settime(worker->timer_fd, 0, &timeout, NULL))
		return err_errno(errno, "set up a worker's timer");
	const int fds[] = {worker->result_fd, worker->pidfd, worker->timer_fd, worker->files_fd,
			   worker->words_fd};

	for (size_t i = 0; i < ARRAY_SIZE(fds); i++) {
		struct epoll_event event = {.events = EPOLLIN, .data.fd = fds[i]};

		if (epoll_ctl(worker->epoll_fd, EPOLL_CTL_ADD, fds[i], &event))
			return err_errno(errno, "watch a worker");
	}
	return NULL;
}

struct err *worker_start(const struct worker_options *options, const struct worker_events *events,
			 struct worker **ret)
{
	_cleanup_(cleanup_worker_destroy) struct worker *worker = calloc(1, sizeof(*worker));

	if (!worker)
		return &err_nomem;
	worker->events = *events;
	worker->pid = worker->pidfd = worker->result_fd = worker->files_fd = -1;
	worker->words_fd = worker->timer_fd = worker->epoll_fd = -1;
	worker->files.directory = options->modules;
	worker->files.sysroot = options->sysroot;
	worker->files.profile = options->profile;
	worker->files.site_profiles = options->site_profiles;
	worker->files.kept_profiles = options->kept_profiles;
	worker->words = (struct worker_words){.said = events->said, .context = events->context};
	worker->files.logs = options->more_logs;
	worker->files.log_count = options->more_log_count;
	worker->files.parts = options->dump_parts;
	worker->files.part_count = options->dump_part_count;
	copy_string(worker->step, sizeof(worker->step), "start");
	clock_gettime(CLOCK_MONOTONIC, &worker->started);
	TRY(spawn(worker, options));
	TRY(watch(worker, options->timeout_s ? options->timeout_s : WORKER_TIMEOUT_S));
	*ret = take_ptr(worker);
	return NULL;
}

/* --- reading ---------------------------------------------------------------------------------- */

void worker_cancel(struct worker *worker)
{
	worker->cancelled = true;
	if (worker->outcome == WORKER_RUNNING && worker->pid > 0)
		kill(worker->pid, SIGKILL);
}

/* What cannot be kept because of what it is says nothing of the store, but of the worker. */
static bool is_no_finding(const struct err *err)
{
	return err && (err->code == ERR_INVALID || err->code == ERR_LIMIT);
}

static void pass_finding(struct worker *worker, const json_t *finding)
{
	if (!worker->refused && worker->events.finding)
		worker->refused = worker->events.finding(worker->events.context, finding);
	if (is_no_finding(worker->refused)) {
		err_free(take_ptr(worker->refused));
		worker->garbled = true;
	}
	if (worker->refused)
		worker_cancel(worker);
}

static void take_line(struct worker *worker, const char *text, size_t length)
{
	_json_ json_t *json = json_loadb(text, length, 0, NULL);
	const json_t *finding = json_object_get(json, "finding");
	const json_t *answer = json_object_get(json, "answer");
	const char *step = json_string_at(json, "progress");
	const char *library = json_string_at(json, "library");
	const json_t *profile = json_object_get(json, "profile");

	if (finding) {
		pass_finding(worker, finding);
	} else if (answer && worker->events.answer) {
		worker->events.answer(worker->events.context, answer);
	} else if (json_is_string(profile) && worker->events.profile) {
		worker->events.profile(worker->events.context, json_string_value(profile),
				       json_string_length(profile));
	} else if (step && is_printable(step, strlen(step))) {
		copy_string(worker->step, sizeof(worker->step), step);
		if (worker->events.progress)
			worker->events.progress(worker->events.context, worker->step);
	} else if (library && is_printable(library, strlen(library))) {
		copy_string(worker->library, sizeof(worker->library), library);
	} else if (json_object_get(json, "end")) {
		worker->ended = true;
		json_decref(worker->end);
		worker->end = json_incref(json_object_get(json, "end"));
	} else {
		worker->garbled = true;
	}
}

static void flood(struct worker *worker)
{
	worker->flooded = true;
	kill(worker->pid, SIGKILL);
}

/* Objects, lists and their elements, without reading what may be too much to be read. */
static size_t count_values(const char *text, size_t length)
{
	size_t count = 1;
	bool quoted = false;

	for (size_t i = 0; i < length; i++) {
		if (text[i] == '"')
			quoted = !quoted;
		else if (quoted)
			i += text[i] == '\\';
		else
			count += text[i] == ',' || text[i] == '{' || text[i] == '[';
	}
	return count;
}

static void end_line(struct worker *worker)
{
	worker->lines++;
	worker->values += count_values(worker->line.data, worker->line.length);
	if (worker->values > WORKER_VALUES_MAX)
		flood(worker);
	else if (worker->line.data)
		take_line(worker, worker->line.data, worker->line.length);
	worker->line.length = 0;
}

static void take_bytes(struct worker *worker, const char *bytes, size_t length)
{
	worker->bytes += length;
	while (length && !worker->flooded) {
		const char *newline = memchr(bytes, '\n', length);
		size_t part = newline ? (size_t)(newline - bytes) : length;

		if (worker->line.length + part > WORKER_LINE_MAX ||
		    worker->bytes > WORKER_OUTPUT_MAX || worker->lines > WORKER_LINES_MAX) {
			flood(worker);
			return;
		}
		str_append(&worker->line, bytes, part);
		if (!newline)
			return;
		end_line(worker);
		bytes += part + 1;
		length -= part + 1;
	}
}

#define READ_BYTES (256u << 10)

/* True while there may be more to read later. */
static bool drain(struct worker *worker)
{
	_free_ char *buffer = malloc(READ_BYTES);

	while (buffer && worker->result_fd >= 0) {
		ssize_t got = read(worker->result_fd, buffer, READ_BYTES);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return errno == EAGAIN;
		if (!got)
			return false;
		take_bytes(worker, buffer, (size_t)got);
	}
	return true;
}

/* --- the end ---------------------------------------------------------------------------------- */

static enum worker_outcome judge(const struct worker *worker)
{
	if (worker->timed_out)
		return WORKER_TIMED_OUT;
	if (worker->flooded)
		return WORKER_FLOODED;
	if (worker->cancelled)
		return WORKER_CANCELLED;
	if (WIFSIGNALED(worker->status))
		return WORKER_KILLED;
	return WEXITSTATUS(worker->status) == 0 && worker->ended && !worker->garbled
		       ? WORKER_DONE
		       : WORKER_FAILED;
}

static bool ran_out_of_memory(const struct worker *worker)
{
	return WIFEXITED(worker->status) && WEXITSTATUS(worker->status) == WORKER_EXIT_NOMEM;
}

static void describe_end(const struct worker *worker, char *why, size_t size)
{
	if (worker->outcome == WORKER_KILLED)
		snprintf(why, size, "killed by signal %d (%s)", WTERMSIG(worker->status),
			 strsignal(WTERMSIG(worker->status)));
	else if (worker->outcome == WORKER_FAILED && ran_out_of_memory(worker))
		snprintf(why, size, "out of memory");
	else if (worker->outcome == WORKER_FAILED)
		snprintf(why, size, "exited with status %d%s", WEXITSTATUS(worker->status),
			 worker->garbled ? " after writing what is no finding" : "");
	else
		snprintf(why, size, "%s", worker_outcome_name(worker->outcome));
}

/* A finding of the worker's parent itself; takes evidence over. headline may be NULL. */
static void pass_own(struct worker *worker, enum finding_id id, enum severity severity,
		     char *headline, json_t *evidence)
{
	const struct finding finding = {
		.id = id,
		.analyzer = "worker",
		.severity = severity,
		.confidence = 1.0,
		.headline = headline,
		.evidence = evidence,
	};
	_json_ json_t *json = finding_to_json(&finding);

	json_decref(evidence);
	pass_finding(worker, json);
}

static void pass_failure(struct worker *worker)
{
	char why[192], headline[288];

	describe_end(worker, why, sizeof(why));
	if (worker->library[0])
		snprintf(why + strlen(why), sizeof(why) - strlen(why),
			 ", where %s reads this file, and may have failed on it", worker->library);
	snprintf(headline, sizeof(headline), "analysis failed in %s: %s", worker->step, why);
	pass_own(worker, FINDING_ANALYSIS_FAILED, SEVERITY_CRITICAL, headline,
		 json_pack("{s:s, s:s, s:s}", "analyzer", worker->step, "error",
			   worker_outcome_name(worker->outcome), "why", why));
}

static void pass_cost(struct worker *worker)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	double ms = (double)(now.tv_sec - worker->started.tv_sec) * 1e3 +
		    (double)(now.tv_nsec - worker->started.tv_nsec) / 1e6;
	json_t *cost = json_pack("{s:f, s:I}", "wall_ms", ms, "peak_rss_kib",
				 (json_int_t)worker->usage.ru_maxrss);
	if (worker->end)
		json_object_update_missing(cost, worker->end);
	pass_own(worker, FINDING_COST, SEVERITY_INFO, NULL, cost);
}

static bool is_ready(int fd)
{
	struct pollfd poll_fd = {.fd = fd, .events = POLLIN};

	return poll(&poll_fd, 1, 0) > 0;
}

static void finish(struct worker *worker)
{
	if (wait4(worker->pid, &worker->status, 0, &worker->usage) < 0)
		worker->status = 127 << 8;
	worker->pid = -1;
	worker->outcome = judge(worker);
	while (worker->words_fd >= 0 && worker_words_read(&worker->words, worker->words_fd) &&
	       is_ready(worker->words_fd))
		;
	if (worker->outcome == WORKER_CANCELLED)
		return;
	enum worker_outcome outcome = worker->outcome;
	if (outcome != WORKER_DONE)
		pass_failure(worker);
	pass_cost(worker);
}

static void stop_watching(struct worker *worker, int *fd)
{
	epoll_ctl(worker->epoll_fd, EPOLL_CTL_DEL, *fd, NULL);
	close(*fd);
	*fd = -1;
}

struct err *worker_read(struct worker *worker)
{
	if (worker->outcome != WORKER_RUNNING)
		return NULL;
	if (worker->timer_fd >= 0 && is_ready(worker->timer_fd)) {
		worker->timed_out = true;
		kill(worker->pid, SIGKILL);
		stop_watching(worker, &worker->timer_fd);
	}
	bool died = is_ready(worker->pidfd);
	if (worker->result_fd >= 0 && !drain(worker))
		stop_watching(worker, &worker->result_fd);
	if (worker->files_fd >= 0 && is_ready(worker->files_fd) &&
	    !worker_files_answer(&worker->files, worker->files_fd))
		stop_watching(worker, &worker->files_fd);
	if (worker->words_fd >= 0 && !worker_words_read(&worker->words, worker->words_fd))
		stop_watching(worker, &worker->words_fd);
	if (died)
		finish(worker);
	return take_ptr(worker->refused);
}

void worker_destroy(struct worker *worker)
{
	if (!worker)
		return;
	int fds[] = {worker->pidfd,    worker->result_fd, worker->files_fd,
		     worker->words_fd, worker->timer_fd,  worker->epoll_fd};

	if (worker->pid > 0) {
		kill(worker->pid, SIGKILL);
		waitpid(worker->pid, NULL, 0);
	}
	for (size_t i = 0; i < ARRAY_SIZE(fds); i++)
		cleanup_close(&fds[i]);
	str_deinit(&worker->line);
	worker_words_deinit(&worker->words);
	json_decref(worker->end);
	err_free(worker->refused);
	free(worker);
}

struct err *worker_run(const struct worker_options *options, const struct worker_events *events,
		       enum worker_outcome *ret)
{
	_cleanup_(cleanup_worker_destroy) struct worker *worker = NULL;

	TRY(worker_start(options, events, &worker));
	while (worker->outcome == WORKER_RUNNING) {
		struct pollfd poll_fd = {.fd = worker->epoll_fd, .events = POLLIN};

		if (poll(&poll_fd, 1, -1) < 0 && errno != EINTR)
			return err_errno(errno, "poll");
		TRY(worker_read(worker));
	}
	*ret = worker->outcome;
	return NULL;
}
