/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_CLI_DOCTOR
#define TRIAGE_DAEMON_CLI_DOCTOR

#include "base/str.h"
#include "daemon/config.h"
#include "json.h"

/*
 * Would a crash of this machine get a verdict? One function a check, each with what it found and
 * the command that mends it. How to add one: a function and a line in doctor.c's table, a case in
 * tests/unit/daemon/cli/test_doctor.c.
 */
enum doctor_result { DOCTOR_OK, DOCTOR_WARNING, DOCTOR_BAD };

struct doctor_check {
	const char *name;
	enum doctor_result result;
	char found[160];   /* what there is */
	char command[200]; /* what mends it; "" where nothing needs to be */
};

/* What the checks look at; root is "" but for tests, which bring a small file tree of their own. */
struct doctor {
	const char *root;
	const char *state_dir;
	const struct config *config;
	const json_t *status; /* the daemon's own, NULL when it does not answer */
	const char *silence;  /* why it does not */
	int landlock;	      /* sandbox_landlock() */
};

#define DOCTOR_CHECKS_MAX 16
/* Fill in at most DOCTOR_CHECKS_MAX checks; returns their number. */
size_t doctor_run(const struct doctor *doctor, struct doctor_check *checks);
const char *doctor_result_name(enum doctor_result result);

#endif
