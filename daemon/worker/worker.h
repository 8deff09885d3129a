/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_WORKER_WORKER
#define TRIAGE_DAEMON_WORKER_WORKER

#include "base/error.h"
#include "json.h"

/*
 * The process that reads one hostile dump. It is this same program executed anew
 * (/proc/self/exe __worker), so any program that starts workers has to hand argv[1] == "__worker"
 * to worker_main() first thing in main(). It gets the dump on fd 3 and writes JSON lines to
 * fd 4; vmlinux and dmesg file, if any, on 5 and 6. On 7 it may ask for modules' files. Lines:
 *   {"progress": "symbols"}    the step or analyzer that begins
 *   {"library": "libkdumpfile"}  what reads the dump, before it does, where that is not code of ours
 *   {"finding": {…}}         see finding_to_json()
 *   {"answer": {…}}          what was asked for, see worker_search.h, worker_dmesg.h, worker_profile.h
 *   {"profile": "…"}          a profile of the kernel's types, for the next dump of its build
 *   {"end": {"pages_read": 1853, "sandbox": ["rlimits", "seccomp", "landlock"]}}
 */
struct worker_options {
	int dump_fd;	      /* -1: a log alone. All three, and strings, stay the caller's. */
	int vmlinux_fd;	      /* -1: none */
	int dmesg_fd;	      /* -1: none */
	const int *more_logs; /* of a log in several files, those behind the first */
	size_t more_log_count;
	const int *dump_parts; /* of a dump in several files, likewise */
	size_t dump_part_count;
	bool no_sandbox;
	bool no_btf;		/* see kernel_options */
	bool background;	/* idle IO class, nice: for a daemon on a host that serves */
	unsigned timeout_s;	/* kill after that long; 0: WORKER_TIMEOUT_S */
	unsigned threads;	/* that may compute all that time; 0: 2 */
	uint64_t memory_bytes;	/* address space; 0: WORKER_MEMORY. The vmlinux comes on top. */
	const char *search;	/* a request, as of worker_search.h; NULL: analyze */
	const char *executable; /* NULL: /proc/self/exe */
	const char *modules;	/* directory of their files; NULL: /lib/modules/RELEASE */
	const char *sysroot;	/* where user programs' files lie; NULL: here */
	const char *profile;	/* a file of types that was given; NULL: none */
	const char *site_profiles, *kept_profiles; /* directories of them; NULL: none */
};
#define WORKER_TIMEOUT_S 120
#define WORKER_MEMORY (4ull << 30)
/* More than this from a worker and it is killed for flooding. */
#define WORKER_LINE_MAX (16u << 20)
#define WORKER_OUTPUT_MAX (128u << 20)
#define WORKER_LINES_MAX 50000
#define WORKER_VALUES_MAX                                                                          \
	(2u << 20) /* in all lines: a value of three bytes takes 250 once it is read */

struct worker_events {
	/* A step or analyzer begins; may be NULL. */
	void (*progress)(void *context, const char *step);
	/* A finding, borrowed. An error ends the worker and is returned from worker_read(). */
	struct err *(*finding)(void *context, const json_t *finding);
	void *context;
	/* Part of the answer to a search, borrowed; may be NULL. */
	void (*answer)(void *context, const json_t *answer);
	/* A line it wrote on its standard error, escaped: see worker_words.h. May be NULL. */
	void (*said)(void *context, const char *line);
	/* A profile it made, untrusted. NULL: it is not asked to make any. */
	void (*profile)(void *context, const char *text, size_t length);
};

enum worker_outcome {
	WORKER_RUNNING,
	WORKER_DONE,   /* said its end and exited with 0 */
	WORKER_KILLED, /* died of a signal */
	WORKER_FAILED, /* exited otherwise, as when memory ran out; or wrote what is no such line */
	WORKER_TIMED_OUT,
	WORKER_FLOODED,
	WORKER_CANCELLED, /* worker_cancel(), or finding() returned an error */
};

struct worker;

/*
 * Start one; ERR_IO when there is no process, pipe or timer to be had. An executable that cannot be
 * run ends as WORKER_FAILED.
 */
struct err *worker_start(const struct worker_options *options, const struct worker_events *events,
			 struct worker **ret);
/*
 * Readable whenever there is something to do: output, the process' end, its time-out. For any
 * poll or event loop; then call worker_read(), which never blocks. It stays open until
 * worker_destroy().
 */
int worker_fd(const struct worker *worker);
/*
 * Take what has come. Once the worker has ended in whatever way, WORKER_RUNNING gives way to the
 * outcome, and two last findings have been passed on: "cost", and, but for WORKER_DONE and
 * WORKER_CANCELLED, "analysis.failed", which says in which analyzer it ended and how.
 */
struct err *worker_read(struct worker *worker);
enum worker_outcome worker_outcome(const struct worker *worker);
const char *worker_outcome_name(enum worker_outcome outcome);
const char *worker_step(const struct worker *worker); /* last progress; "start" before any */
int worker_pid(const struct worker *worker);
/* Kill it; worker_read() sees the end. */
void worker_cancel(struct worker *worker);
/* Kills it if it still runs, and reaps it. */
void worker_destroy(struct worker *worker);
DEFINE_CLEANUP(struct worker, worker_destroy)
/* Start, wait, end: for callers with nothing else to do meanwhile. */
struct err *worker_run(const struct worker_options *options, const struct worker_events *events,
		       enum worker_outcome *ret);

/* The worker's own main(). Returns its exit status. */
#define WORKER_VERB "__worker"
int worker_main(int argc, char **argv);

#endif
