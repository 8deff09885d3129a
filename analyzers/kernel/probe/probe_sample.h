/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_PROBE_PROBE_SAMPLE
#define TRIAGE_KERNEL_PROBE_PROBE_SAMPLE

#include <stddef.h>

#include "base/error.h"

struct kernel;
struct type_provider;

/*
 * The tasks that members are looked for in: init_task and those on its list, with the first bytes
 * of each task_struct. comm is where it stands in all of them.
 */
#define SAMPLE_TASKS 256u
#define SAMPLE_BYTES 16384u

struct sample_task {
	uint64_t address;
	uint8_t *bytes; /* length of the sample; zero where memory could not be read */
	bool running;	/* some CPU's current task */
};

struct sample {
	struct kernel *kernel;
	struct type_provider *types; /* where members are added */
	struct sample_task *tasks;   /* tasks[0] is init_task */
	size_t count;
	size_t length; /* bytes of each task that were read */
	size_t comm, list;
};

/* By "swapper" in init_task, and by the list whose every element has a name at the same place. */
struct err *sample_open(struct kernel *kernel, struct type_provider *types, struct sample *ret);
void sample_deinit(struct sample *sample);

/* The task that a CPU's own variable calls its current one. */
bool sample_current(struct kernel *kernel, unsigned cpu, uint64_t *ret);

uint64_t sample_word(const struct sample_task *task, size_t offset);
uint32_t sample_number(const struct sample_task *task, size_t offset);
/* The task of that name, or NULL. */
const struct sample_task *sample_named(const struct sample *sample, const char *comm);

/* What holds of a member in one task. */
typedef bool sample_test(const struct sample *sample, const struct sample_task *task,
			 size_t offset);

/*
 * The only offset in [from, to), a multiple of step, at which the test holds for all tasks but few
 * (one in sixteen: those that are being made or are exiting). False when none or more than one is.
 */
bool sample_find(const struct sample *sample, size_t from, size_t to, size_t step,
		 sample_test *test, size_t *ret);
/* The same for a test of the whole sample, with task NULL. */
bool sample_find_whole(const struct sample *sample, size_t from, size_t to, size_t step,
		       sample_test *test, size_t *ret);

#endif
