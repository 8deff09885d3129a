/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Workers that go wrong in every way: small shell scripts stand in for the program. */
#include "unit.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/str.h"
#include "daemon/worker/worker.h"
#include "daemon/worker/worker_words.h"

struct seen {
	json_t *findings;
	char steps[256];
	size_t refuse_at;  /* the finding for which there is no room, counted from 1 */
	size_t invalid_at; /* the one that is none */
};

static void take_step(void *context, const char *step)
{
	struct seen *seen = context;
	size_t length = strlen(seen->steps);

	snprintf(seen->steps + length, sizeof(seen->steps) - length, "%s;", step);
}

static struct err *take_finding(void *context, const json_t *finding)
{
	struct seen *seen = context;

	json_array_append_new(seen->findings, json_deep_copy(finding));
	if (json_array_size(seen->findings) == seen->invalid_at)
		return err_new(ERR_INVALID, "a finding without a code");
	return json_array_size(seen->findings) == seen->refuse_at
		       ? err_errno(28, "no space for findings")
		       : NULL;
}

static char directory[64], script[96];

static void write_script(const char *body)
{
	copy_string(directory, sizeof(directory), "/tmp/triage-worker-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(directory));
	snprintf(script, sizeof(script), "%s/worker", directory);
	FILE *file = fopen(script, "w");
	ck_assert_ptr_nonnull(file);
	fprintf(file, "#!/bin/sh\n%s\n", body);
	ck_assert_int_eq(fclose(file), 0);
	ck_assert_int_eq(chmod(script, 0700), 0);
}

static struct worker_options options(void)
{
	return (struct worker_options){.dump_fd = -1,
				       .vmlinux_fd = -1,
				       .dmesg_fd = -1,
				       .timeout_s = 60,
				       .executable = script};
}

static void set_up(struct seen *seen, const char *body)
{
	*seen = (struct seen){.findings = json_array()};
	write_script(body);
}

static void tear_down(struct seen *seen)
{
	json_decref(seen->findings);
	unlink(script);
	rmdir(directory);
}

static enum worker_outcome run(struct seen *seen, struct worker_options with)
{
	struct worker_events events = {take_step, take_finding, seen};
	enum worker_outcome outcome = WORKER_RUNNING;

	assert_ok(worker_run(&with, &events, &outcome));
	return outcome;
}

/* The only finding of that code. */
static const json_t *find(const struct seen *seen, const char *code)
{
	const json_t *found = NULL;
	size_t i;
	json_t *one;

	json_array_foreach (seen->findings, i, one)
		if (!strcmp(json_string_value(json_object_get(one, "code")), code)) {
			ck_assert_msg(!found, "two of %s", code);
			found = one;
		}
	return found;
}

static const json_t *evidence(const struct seen *seen, const char *code, const char *key)
{
	return json_object_get(json_object_get(find(seen, code), "evidence"), key);
}

static const char *why(const struct seen *seen)
{
	const char *text = json_string_value(evidence(seen, "analysis.failed", "why"));

	return text ? text : "";
}

/* Run it; it ends so, with a failure that says how, and its cost. */
static void expect(const char *body, enum worker_outcome outcome, const char *reason)
{
	struct worker_options with;
	struct seen seen;

	set_up(&seen, body);
	with = options();
	if (outcome == WORKER_TIMED_OUT)
		with.timeout_s = 1;
	enum worker_outcome got = run(&seen, with);
	ck_assert_msg(got == outcome, "%s: %s", body, worker_outcome_name(got));
	ck_assert_msg(strstr(why(&seen), reason), "%s: %s", body, why(&seen));
	ck_assert_ptr_nonnull(find(&seen, "cost"));
	ck_assert(json_is_real(evidence(&seen, "cost", "wall_ms")));
	tear_down(&seen);
}

#define FINDING_LINE "echo '{\"finding\": {\"code\": \"x\", \"n\": 1}}' >&4\n"
#define END_LINE "echo '{\"end\": {\"pages_read\": 7}}' >&4\n"

START_TEST(one_that_does_its_work)
{
	struct seen seen;

	set_up(&seen, "echo '{\"progress\": \"symbols\"}' >&4\n" FINDING_LINE
		      "echo '{\"progress\": \"panic\"}' >&4\n" END_LINE);
	ck_assert_int_eq(run(&seen, options()), WORKER_DONE);
	ck_assert_str_eq(seen.steps, "symbols;panic;");
	ck_assert_ptr_nonnull(find(&seen, "x"));
	ck_assert_ptr_null(find(&seen, "analysis.failed"));
	ck_assert_int_eq(json_integer_value(evidence(&seen, "cost", "pages_read")), 7);
	ck_assert_int_gt(json_integer_value(evidence(&seen, "cost", "peak_rss_kib")), 0);
	tear_down(&seen);
}
END_TEST

START_TEST(one_that_dies_or_gives_up)
{
	expect("kill -SEGV $$", WORKER_KILLED, "signal 11");
	expect("kill -KILL $$", WORKER_KILLED, "signal 9");
	expect("echo '{\"library\": \"libfoo\"}' >&4\nkill -SEGV $$", WORKER_KILLED,
	       "where libfoo reads this file");
	expect("exit 3", WORKER_FAILED, "status 3");
	expect("exit 0", WORKER_FAILED, "status 0");
	expect(END_LINE "exit 1", WORKER_FAILED, "status 1");
	expect("exit 12", WORKER_FAILED, "out of memory");
	expect(END_LINE "exit 12", WORKER_FAILED, "out of memory");
}
END_TEST

START_TEST(what_came_before_the_end_counts)
{
	struct seen seen;

	set_up(&seen, "echo '{\"progress\": \"locks\"}' >&4\n" FINDING_LINE
		      "printf '{\"finding\": {\"half\": ' >&4\nkill -SEGV $$");
	ck_assert_int_eq(run(&seen, options()), WORKER_KILLED);
	ck_assert_ptr_nonnull(find(&seen, "x"));
	ck_assert_str_eq(json_string_value(evidence(&seen, "analysis.failed", "analyzer")),
			 "locks");
	ck_assert_uint_eq(json_array_size(seen.findings), 3);
	tear_down(&seen);
}
END_TEST

START_TEST(one_that_hangs)
{
	expect("exec sleep 1000", WORKER_TIMED_OUT, "timed out");
	/* deaf to everything that can be heard */
	expect("trap '' TERM INT HUP\nwhile :; do :; done", WORKER_TIMED_OUT, "timed out");
	/* without its result pipe, nothing but the timer can tell */
	expect("exec 4>&-\nexec sleep 1000", WORKER_TIMED_OUT, "timed out");
	/* its child keeps the pipe open */
	expect("sleep 3 &\nexit 3", WORKER_FAILED, "status 3");
}
END_TEST

START_TEST(one_that_floods)
{
	expect("exec cat /dev/zero >&4", WORKER_FLOODED, "flooded"); /* a line without end */
	expect("exec yes '{\"progress\": \"again\"}' >&4", WORKER_FLOODED, "flooded");
	expect("exec yes '' >&4", WORKER_FLOODED, "flooded");
	/* 128 MiB of long lines, fewer than are allowed */
	expect("exec yes \"$(head -c 100000 /dev/zero | tr '\\0' x)\" >&4", WORKER_FLOODED,
	       "flooded");
	/* three bytes each, a hundred times as many in memory */
	expect("{ printf '{\"finding\": ['; yes '{},' | head -n 3000000 | tr -d '\\n'; echo "
	       "'{}]}'; } >&4",
	       WORKER_FLOODED, "flooded");
}
END_TEST

START_TEST(one_that_writes_garbage)
{
	static const char *const lines[] = {
		"printf 'rubbish\\n'",
		"printf '\\n'",
		"printf '[]\\n'",
		"printf '{\"unknown\": 1}\\n'",
		"printf '{\"finding\": {}} x\\n'",
		"printf '\\377\\376\\n'",
		"printf '{\"progress\": \"a\\\\u001b[2J\"}\\n'", /* for somebody's terminal */
		"printf '{\"progress\": \"\"}\\n'",
		"head -c 100000 /dev/urandom | tr -d '\\n'; echo",
		"yes '[' | head -c 100000 | tr -d '\\n'; echo",
	};
	char body[256];

	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		snprintf(body, sizeof(body), "{ %s; } >&4\n" END_LINE, lines[i]);
		expect(body, WORKER_FAILED, "no finding");
	}
}
END_TEST

START_TEST(its_word_on_what_it_cost_is_not_taken)
{
	struct seen seen;

	set_up(&seen, "echo '{\"end\": {\"wall_ms\": \"none\", \"peak_rss_kib\": -1}}' >&4");
	ck_assert_int_eq(run(&seen, options()), WORKER_DONE);
	ck_assert(json_is_real(evidence(&seen, "cost", "wall_ms")));
	ck_assert_int_gt(json_integer_value(evidence(&seen, "cost", "peak_rss_kib")), 0);
	tear_down(&seen);
}
END_TEST

START_TEST(finding_that_cannot_be_kept_ends_it)
{
	struct worker_options with;
	enum worker_outcome outcome;
	struct seen seen;

	set_up(&seen, FINDING_LINE FINDING_LINE "exec sleep 1000");
	seen.refuse_at = 2;
	with = options();
	struct worker_events events = {NULL, take_finding, &seen};
	assert_err(worker_run(&with, &events, &outcome), ERR_IO);
	ck_assert_uint_eq(json_array_size(seen.findings), 2);
	tear_down(&seen);
}
END_TEST

/* That is the worker's fault, not the store's: its analysis failed, and nothing has to wait. */
START_TEST(finding_that_is_none_fails_it)
{
	struct worker_options with;
	enum worker_outcome outcome;
	struct seen seen;

	set_up(&seen, FINDING_LINE FINDING_LINE END_LINE);
	seen.invalid_at = 1;
	with = options();
	struct worker_events events = {NULL, take_finding, &seen};
	assert_ok(worker_run(&with, &events, &outcome));
	ck_assert_int_eq(outcome, WORKER_FAILED);
	tear_down(&seen);
}
END_TEST

START_TEST(cancelled_from_outside)
{
	struct worker_options with;
	struct worker *worker;
	struct seen seen;

	set_up(&seen, "exec sleep 1000");
	with = options();
	struct worker_events events = {take_step, take_finding, &seen};
	assert_ok(worker_start(&with, &events, &worker));
	ck_assert_int_gt(worker_pid(worker), 0);
	ck_assert_str_eq(worker_step(worker), "start");
	assert_ok(worker_read(worker));
	ck_assert_int_eq(worker_outcome(worker), WORKER_RUNNING);
	worker_cancel(worker);
	while (worker_outcome(worker) == WORKER_RUNNING) {
		struct pollfd poll_fd = {.fd = worker_fd(worker), .events = POLLIN};

		ck_assert_int_eq(poll(&poll_fd, 1, 5000), 1);
		assert_ok(worker_read(worker));
	}
	ck_assert_int_eq(worker_outcome(worker), WORKER_CANCELLED);
	ck_assert_uint_eq(json_array_size(seen.findings), 0);
	worker_destroy(worker);
	tear_down(&seen);
}
END_TEST

START_TEST(destroyed_while_it_runs)
{
	struct worker_options with;
	struct worker_events events = {0};
	struct worker *worker;
	struct seen seen;

	set_up(&seen, "exec sleep 1000");
	with = options();
	assert_ok(worker_start(&with, &events, &worker));
	int pid = worker_pid(worker);
	worker_destroy(worker);
	ck_assert_int_ne(kill(pid, 0), 0);
	tear_down(&seen);
}
END_TEST

START_TEST(program_that_cannot_be_started)
{
	struct worker_options with;
	struct seen seen;

	set_up(&seen, "");
	with = options();
	with.executable = "/nonexistent/triage";
	ck_assert_int_eq(run(&seen, with), WORKER_FAILED);
	ck_assert_ptr_nonnull(strstr(why(&seen), "127"));
	tear_down(&seen);
}
END_TEST

/* It has what it was given, on the agreed places, and nothing else of ours. */
START_TEST(it_inherits_what_it_is_given_and_nothing_else)
{
	struct worker_options with;
	struct seen seen;

	set_up(&seen, "for fd in 0 1 2 3 5 6 7 8 9; do\n"
		      "[ -e /proc/self/fd/$fd ] && echo '{\"progress\": \"fd '$fd'\"}' >&4\n"
		      "done\n"
		      "[ \"$(head -c 4 <&3)\" = dump ] && echo '{\"progress\": \"dump\"}' >&4\n"
		      "[ -z \"$SECRET\" ] && echo '{\"progress\": \"no secret\"}' >&4\n"
		      "[ \"$1\" = __worker ] && echo '{\"progress\": \"verb\"}' >&4\n" END_LINE);
	setenv("SECRET", "x", 1);
	int leak = open("/dev/null", O_RDONLY);
	FILE *dump = tmpfile();
	ck_assert_ptr_nonnull(dump);
	fputs("dump", dump);
	rewind(dump);
	with = options();
	with.dump_fd = fileno(dump);
	ck_assert_int_eq(run(&seen, with), WORKER_DONE);
	ck_assert_str_eq(seen.steps, "fd 0;fd 1;fd 2;fd 3;fd 7;dump;no secret;verb;");
	fclose(dump);
	close(leak);
	tear_down(&seen);
}
END_TEST

static void take_words(void *context, const char *line)
{
	struct str *words = context;

	str_puts(words, line);
	str_puts(words, ";");
}

static enum worker_outcome run_for_words(const char *body, struct str *words)
{
	struct worker_events events = {.said = take_words, .context = words};
	enum worker_outcome outcome = WORKER_RUNNING;
	struct worker_options with;
	struct seen seen;

	set_up(&seen, body);
	with = options();
	assert_ok(worker_run(&with, &events, &outcome));
	tear_down(&seen);
	return outcome;
}

/* Its standard error is a pipe, and what it writes there cannot steer a terminal. */
START_TEST(its_words_are_escaped)
{
	_str_ struct str words = {0};

	ck_assert_int_eq(run_for_words("[ -p /proc/self/fd/2 ] && echo pipe >&2\n"
				       "printf 'a\\033[2Jb\\n\\nlast' >&2\n" END_LINE,
				       &words),
			 WORKER_DONE);
	ck_assert_str_eq(words.data, "pipe;a\\x1b[2Jb;last;");
}
END_TEST

START_TEST(it_cannot_flood_by_words)
{
	_str_ struct str words = {0};

	ck_assert_int_eq(
		run_for_words("head -c 3000000 /dev/zero | tr '\\0' x >&2\n" END_LINE, &words),
		WORKER_DONE);
	ck_assert_uint_eq(words.length, WORKER_WORDS_MAX + 1);
}
END_TEST

/* None of its descriptors is a terminal, though ours are. */
START_TEST(it_has_no_terminal)
{
	_str_ struct str words = {0};
	int terminal = posix_openpt(O_RDWR | O_NOCTTY), kept[3];

	ck_assert_int_ge(terminal, 0);
	for (int fd = 0; fd < 3; fd++) {
		kept[fd] = dup(fd);
		dup2(terminal, fd);
	}
	enum worker_outcome outcome =
		run_for_words("for fd in 0 1 2 3 4 5 6 7; do\n"
			      "[ -t $fd ] && echo fd $fd is a terminal >&2\ndone\n" END_LINE,
			      &words);
	for (int fd = 0; fd < 3; fd++) {
		dup2(kept[fd], fd);
		close(kept[fd]);
	}
	close(terminal);
	ck_assert_int_eq(outcome, WORKER_DONE);
	ck_assert_uint_eq(words.length, 0);
}
END_TEST

UNIT_MAIN("worker", one_that_does_its_work, one_that_dies_or_gives_up,
	  what_came_before_the_end_counts, one_that_hangs, one_that_floods, one_that_writes_garbage,
	  its_word_on_what_it_cost_is_not_taken, finding_that_cannot_be_kept_ends_it,
	  finding_that_is_none_fails_it, cancelled_from_outside, destroyed_while_it_runs,
	  program_that_cannot_be_started, it_inherits_what_it_is_given_and_nothing_else,
	  its_words_are_escaped, it_cannot_flood_by_words, it_has_no_terminal)
