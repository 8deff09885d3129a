/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "daemon/cli/doctor.h"

/* A machine of files. */
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
	m.doctor.landlock = 1;
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
		"crashkernel", "kdump",	    "panic_on_oops", "hung_task_panic", "softlockup_panic",
		"room",	       "types",	    "daemon",	     "store",		"hardening",
		"sandbox",     "unpacking", "rules"};
	for (size_t i = 0; i < ARRAY_SIZE(good); i++)
		ck_assert_msg(check(&m, good[i])->result == DOCTOR_OK, "%s: %s", good[i],
			      check(&m, good[i])->found);
	/* and what is missing is seen one by one */
	put(&m, "/proc/42/status",
	    "Name:\tx\nUid:\t990\t990\nCapEff:\t00000000000000ff\nNoNewPrivs:\t1\nSeccomp:\t2\n");
	ck_assert_int_eq(check(&m, "hardening")->result, DOCTOR_WARNING);
	put(&m, "/proc/42/status", "Name:\tx\nUid:\t0\t0\n");
	ck_assert_int_eq(check(&m, "hardening")->result, DOCTOR_BAD);
	m.doctor.landlock = 0;
	ck_assert_int_eq(check(&m, "sandbox")->result, DOCTOR_WARNING);
	put(&m, "/etc/triage/rules.d/good.sql", "-- id: good\n-- cause: hang\nSELECT 1 AS because");
	ck_assert_int_eq(check(&m, "rules")->result, DOCTOR_OK);
	put(&m, "/etc/triage/rules.d/bad.sql", "-- id: bad\n-- cause: hang\nSELECT 1 AS becuase");
	ck_assert_int_eq(check(&m, "rules")->result, DOCTOR_WARNING);
	ck_assert_ptr_nonnull(strstr(check(&m, "rules")->found, "bad.sql:3:1: it has no column"));
	m.config->unpack_reserve = UINT64_MAX;
	ck_assert_int_eq(check(&m, "unpacking")->result, DOCTOR_WARNING);
	put(&m, "/proc/meminfo", "MemTotal:  99999999999 kB\n");
	ck_assert_int_eq(check(&m, "room")->result, DOCTOR_WARNING);
	raze(&m);
}
END_TEST

UNIT_MAIN("doctor", a_bare_machine_is_told_what_to_do, a_good_machine_is_left_alone)
