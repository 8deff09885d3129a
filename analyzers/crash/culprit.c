/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From the function that noticed to the one that did it. */
#include "crash/culprit.h"

#include <fnmatch.h>
#include <string.h>

#include "base/str.h"
#include "crash/crash_frames.h"

static const char *const helpers[] = {
#define HELPER(pattern) pattern,
#define TAKER(pattern)
#include "crash/helpers.def"
#undef HELPER
#undef TAKER
};

static const char *const takers[] = {
#define HELPER(pattern)
#define TAKER(pattern) pattern,
#include "crash/helpers.def"
#undef HELPER
#undef TAKER
};

static bool matches(const char *function, const char *const *patterns, size_t count)
{
	char name[REPORT_NAME_MAX];

	copy_string(name, sizeof(name), function);
	if (name[0] != '.')			 /* 2.6.18's ".text.lock.spinlock" */
		name[strcspn(name, ".")] = '\0'; /* ".isra.0", ".cold", ".part.3" */
	for (size_t i = 0; i < count; i++)
		if (!fnmatch(patterns[i], name, 0))
			return true;
	return false;
}

bool culprit_is_helper(const char *function)
{
	return matches(function, helpers, ARRAY_SIZE(helpers));
}

bool culprit_waits_for_caller(const char *function)
{
	return culprit_is_helper(function) || matches(function, takers, ARRAY_SIZE(takers));
}

/* Whoever runs there was asked to, or noticed what others did. */
static bool is_notice(const struct crash *crash)
{
	switch (crash->kind) {
	case CRASH_HUNG_TASK:
		return !crash->report; /* which shows the task that hangs */
	case CRASH_SYSRQ:
	case CRASH_OUT_OF_MEMORY:
	case CRASH_MACHINE_CHECK:
	case CRASH_NMI:
	case CRASH_INIT_DIED:
	case CRASH_WORKQUEUE_LOCKUP:
		return true;
	default:
		return false;
	}
}

#define CALLERS_MAX 24 /* of helpers, one in another; the kernel's guesses ("?") do not count */

bool culprit_find(const struct crash *crash, struct report_place *ret)
{
	size_t count = crash_frames_count(crash), seen = 0;
	struct report_frame frame;
	/* A call to what is no code, whatever its name, or a place not in the log. */
	bool helped = !crash->at.symbol[0] || crash_went_astray(crash);

	if (is_notice(crash))
		return false;
	for (size_t i = 0; i < count && seen < CALLERS_MAX; i++) {
		if (!crash_frames_at(crash, i, &frame))
			continue;
		seen++;
		if (culprit_is_helper(frame.place.symbol) ||
		    (crash_went_astray(crash) && frame.place.address &&
		     frame.place.address == crash->address)) {
			helped = true;
			continue;
		}
		*ret = frame.place;
		return helped && (strcmp(frame.place.symbol, crash->at.symbol) != 0 ||
				  frame.place.offset != crash->at.offset);
	}
	return false;
}

#define WAY_MAX                                                                                    \
	10 /* frames from the crash outwards: farther out, a module has little to do with it */

bool culprit_module(const struct crash *crash, struct report_place *ret)
{
	size_t count = MIN(crash_frames_count(crash), (size_t)WAY_MAX);
	struct report_frame frame;

	if (is_notice(crash) || crash->at.module[0] || !crash->at.symbol[0])
		return false;
	for (size_t i = 0; i < count; i++) {
		if (!crash_frames_at(crash, i, &frame))
			continue;
		if (i && frame.exception)
			return false; /* from here on, what was interrupted */
		*ret = frame.place;
		if (frame.place.module[0])
			return true;
	}
	return false;
}
