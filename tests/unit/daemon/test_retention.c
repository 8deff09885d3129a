/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "daemon/cli/doctor.h"
#include "daemon/loop.h"
#include "daemon/retention.h"
#include "daemon/store/verdict_row.h"

#define NOW 1000000

/* Which of four files, 1 to 4 hours old and 10 bytes each, are doomed: their letters. */
static const char *doomed(struct keep_rules rules)
{
	static char letters[8];
	struct kept_file files[4];
	size_t count = 0;

	for (int i = 0; i < 4; i++) {
		static char names[4][2] = {"c", "a", "d", "b"};

		files[i] = (struct kept_file){names[i], NOW - 3600 * (names[i][0] - 'a' + 1), 10,
					      false};
	}
	retention_choose(files, 4, &rules, NOW);
	for (int i = 0; i < 4; i++)
		if (files[i].doomed)
			letters[count++] = files[i].path[0];
	letters[count] = '\0';
	return letters;
}

START_TEST(the_oldest_go_and_the_newest_stays)
{
	ck_assert_str_eq(doomed((struct keep_rules){0}), "");
	ck_assert_str_eq(doomed((struct keep_rules){.count = 3}), "d");
	ck_assert_str_eq(doomed((struct keep_rules){.time_ms = 2 * 3600000 + 1}), "cd");
	ck_assert_str_eq(doomed((struct keep_rules){.size = 25}), "cd");
	ck_assert_str_eq(doomed((struct keep_rules){.size = 1, .time_ms = 1, .count = 1}), "bcd");
	ck_assert_str_eq(doomed((struct keep_rules){.count = 3, .size = 15}), "bcd");
	retention_choose(NULL, 0, &(struct keep_rules){.count = 1}, NOW);
}
END_TEST

/* --- loop --- */

struct turns {
	struct loop *loop;
	struct timer a, b;
	char order[8];
};

static void run_a(void *context)
{
	struct turns *t = context;

	strcat(t->order, "a");
	if (strlen(t->order) < 3)
		timer_set(t->loop, &t->a, 0);
	timer_hasten(t->loop, &t->b, 10000); /* must not be put off */
}

static void run_b(void *context)
{
	struct turns *t = context;

	strcat(t->order, "b");
	loop_stop(t->loop);
}

START_TEST(timers_run_in_their_order)
{
	struct turns t = {.a = {.run = run_a, .context = &t}, .b = {.run = run_b, .context = &t}};

	assert_ok(loop_create(&t.loop));
	timer_set(t.loop, &t.b, 60);
	timer_set(t.loop, &t.a, 20);
	assert_ok(loop_run(t.loop));
	ck_assert_str_eq(t.order, "aaab");
	loop_destroy(t.loop);
}
END_TEST

START_TEST(times_are_rfc_3339)
{
	char text[TIME_SIZE];

	format_time(1651495301, text);
	ck_assert_str_eq(text, "2022-05-02T12:41:41Z");
	ck_assert_int_eq(parse_time(text), 1651495301);
	ck_assert_int_eq(parse_time("2022-05-02"), 0);
	ck_assert_int_eq(parse_time(NULL), 0);
}
END_TEST

/* --- doctor, on a machine of files --- */

struct machine {
	char root[64];
	struct config *config;
	struct doctor doctor;
	struct doctor_check checks[DOCTOR_CHECKS_MAX];
	size_t count;
};

static void put(struct machine *m, const char *path, const char *text)
{
	char command[256];
	FILE *file;

	snprintf(command, sizeof(command), "mkdir -p $(dirname %s%s)", m->root, path);
	ck_assert_int_eq(system(command), 0);
	snprintf(command, sizeof(command), "%s%s", m->root, path);
	file = fopen(command, "w");
	ck_assert_ptr_nonnull(file);
	fputs(text, file);
	fclose(file);
}

static void build(struct machine *m)
{
	memset(m, 0, sizeof(*m));
	strcpy(m->root, "/tmp/doctor-test.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(m->root));
	assert_ok(config_parse("", "test", &m->config));
	m->doctor = (struct doctor){.root = m->root,
				    .state_dir = m->root,
				    .config = m->config,
				    .silence = "the daemon does not run"};
}

static const struct doctor_check *check(struct machine *m, const char *name)
{
	m->count = doctor_run(&m->doctor, m->checks);
	for (size_t i = 0; i < m->count; i++)
		if (!strcmp(m->checks[i].name, name))
			return &m->checks[i];
	ck_abort_msg("no check %s", name);
}

static void raze(struct machine *m)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -rf %s", m->root);
	ck_assert_int_eq(system(command), 0);
	config_free(m->config);
}

START_TEST(a_bare_machine_is_told_what_to_do)
{
	struct machine m;

	build(&m);
	ck_assert_int_eq(check(&m, "crashkernel")->result, DOCTOR_BAD);
	put(&m, "/sys/kernel/kexec_crash_size", "0\n");
	ck_assert_str_eq(check(&m, "crashkernel")->found, "no memory is reserved (crashkernel=)");
	ck_assert_ptr_nonnull(strstr(check(&m, "crashkernel")->command, "grubby"));
	ck_assert_str_eq(check(&m, "kdump")->command, "systemctl enable --now kdump");
	put(&m, "/etc/debian_version", "12\n");
	ck_assert_str_eq(check(&m, "kdump")->command, "systemctl enable --now kdump-tools");
	put(&m, "/proc/sys/kernel/hung_task_panic", "0\n");
	ck_assert_int_eq(check(&m, "hung_task_panic")->result, DOCTOR_WARNING);
	ck_assert_str_eq(check(&m, "hung_task_panic")->command,
			 "echo kernel.hung_task_panic=1 >/etc/sysctl.d/90-triage-hung_task_panic"
			 ".conf && sysctl --system");
	ck_assert_int_eq(check(&m, "room")->result, DOCTOR_BAD); /* no spool */
	put(&m, "/proc/sys/kernel/osrelease", "6.1.0-49-amd64\n");
	ck_assert_str_eq(check(&m, "types")->command, "apt install linux-image-6.1.0-49-amd64-dbg");
	ck_assert_str_eq(check(&m, "daemon")->found, "the daemon does not run");
	for (size_t i = 0; i < m.count; i++) /* nothing is wrong without a way out */
		ck_assert(m.checks[i].result == DOCTOR_OK || *m.checks[i].command ||
			  strstr(m.checks[i].found, "this kernel has no"));
	raze(&m);
}
END_TEST

START_TEST(a_good_machine_is_left_alone)
{
	struct machine m;

	build(&m);
	_json_ json_t *status = json_pack("{s:i,s:s}", "pid", 42, "store", "ok");
	m.doctor.status = status;
	put(&m, "/sys/kernel/kexec_crash_size", "268435456\n");
	put(&m, "/sys/kernel/kexec_crash_loaded", "1\n");
	put(&m, "/proc/sys/kernel/panic_on_oops", "1\n");
	put(&m, "/proc/sys/kernel/hung_task_panic", "1\n");
	put(&m, "/proc/sys/kernel/softlockup_panic", "1\n");
	put(&m, "/sys/kernel/btf/vmlinux", "x");
	put(&m, "/var/crash/kexec_cmd", "");
	put(&m, "/proc/meminfo", "MemTotal:        8 kB\n");
	put(&m, "/proc/42/status",
	    "Name:\tx\nUid:\t990\t990\t990\t990\nCapEff:\t0000000000000004\nNoNewPrivs:\t1\n"
	    "Seccomp:\t2\n");
	const char *const good[] = {
		"crashkernel", "kdump", "panic_on_oops", "hung_task_panic", "softlockup_panic",
		"room",	       "types", "daemon",	 "store",	    "hardening"};
	for (size_t i = 0; i < ARRAY_SIZE(good); i++)
		ck_assert_msg(check(&m, good[i])->result == DOCTOR_OK, "%s: %s", good[i],
			      check(&m, good[i])->found);
	/* and what is missing is seen one by one */
	put(&m, "/proc/42/status",
	    "Name:\tx\nUid:\t990\t990\nCapEff:\t00000000000000ff\nNoNewPrivs:\t1\nSeccomp:\t2\n");
	ck_assert_int_eq(check(&m, "hardening")->result, DOCTOR_WARNING);
	put(&m, "/proc/42/status", "Name:\tx\nUid:\t0\t0\n");
	ck_assert_int_eq(check(&m, "hardening")->result, DOCTOR_BAD);
	put(&m, "/proc/meminfo", "MemTotal:  99999999999 kB\n");
	ck_assert_int_eq(check(&m, "room")->result, DOCTOR_WARNING);
	raze(&m);
}
END_TEST

UNIT_MAIN("retention", the_oldest_go_and_the_newest_stays, timers_run_in_their_order,
	  times_are_rfc_3339, a_bare_machine_is_told_what_to_do, a_good_machine_is_left_alone)
