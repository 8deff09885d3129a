/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The checks of triage doctor. */
#include "daemon/cli/doctor.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/utsname.h>

#include "base/parse.h"
#include "daemon/store/analyze.h"
#include "daemon/store/rule_faults.h"

/* A dump of used kernel pages alone (makedumpfile -d 31) seldom takes more than this part of RAM.
 */
#define DUMP_PART 8
#define CAP_DAC_READ_SEARCH_MASK (1u << 2)

const char *doctor_result_name(enum doctor_result result)
{
	static const char *const names[] = {"ok", "warning", "bad"};

	return names[result];
}

/* --- reading the machine --- */

/* The start of a small file below root; "" when there is none. */
static void read_text(const struct doctor *d, const char *path, char *text, size_t size)
{
	_free_ char *full = NULL;
	_close_ int fd = -1;
	ssize_t length;

	text[0] = '\0';
	if (asprintf(&full, "%s%s", d->root, path) < 0)
		return;
	fd = open(full, O_RDONLY | O_CLOEXEC);
	length = fd < 0 ? 0 : read(fd, text, size - 1);
	text[MAX(length, 0)] = '\0';
}

static bool read_number(const struct doctor *d, const char *path, uint64_t *ret)
{
	char text[64];

	read_text(d, path, text, sizeof(text));
	return parse_dec(text, strcspn(text, "\n"), ret);
}

static bool exists(const struct doctor *d, const char *path)
{
	_free_ char *full = NULL;

	return asprintf(&full, "%s%s", d->root, path) >= 0 && !access(full, F_OK);
}

/* The number after "key" in a file of "key value" lines, such as /proc/PID/status. */
static bool read_field(const struct doctor *d, const char *path, const char *key, bool hex,
		       uint64_t *ret)
{
	char text[8192];
	const char *at;

	read_text(d, path, text, sizeof(text));
	at = strstr(text, key);
	if (!at)
		return false;
	at += strlen(key);
	at += strspn(at, " \t");
	return hex ? parse_hex(at, strcspn(at, " \t\n"), ret)
		   : parse_dec(at, strcspn(at, " \t\n"), ret);
}

static bool is_debian(const struct doctor *d)
{
	return exists(d, "/etc/debian_version");
}

static void say(struct doctor_check *check, enum doctor_result result, const char *command,
		const char *fmt, ...) __attribute__((format(printf, 4, 5)));
static void say(struct doctor_check *check, enum doctor_result result, const char *command,
		const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(check->found, sizeof(check->found), fmt, args);
	va_end(args);
	check->result = result;
	snprintf(check->command, sizeof(check->command), "%s", command);
}

/* --- kdump --- */

static void check_reserved(const struct doctor *d, struct doctor_check *check)
{
	const char *mend =
		is_debian(d) ? "apt install kdump-tools && reboot"
			     : "grubby --update-kernel=ALL --args=crashkernel=1G-:256M && reboot";
	uint64_t size;

	if (!read_number(d, "/sys/kernel/kexec_crash_size", &size))
		say(check, DOCTOR_BAD, mend, "this kernel knows no crash kernel");
	else if (!size)
		say(check, DOCTOR_BAD, mend, "no memory is reserved (crashkernel=)");
	else
		say(check, DOCTOR_OK, "", "%" PRIu64 " MiB reserved", size >> 20);
}

static void check_armed(const struct doctor *d, struct doctor_check *check)
{
	uint64_t loaded = 0;

	read_number(d, "/sys/kernel/kexec_crash_loaded", &loaded);
	if (loaded)
		say(check, DOCTOR_OK, "", "the capture kernel is loaded");
	else
		say(check, DOCTOR_BAD,
		    is_debian(d) ? "systemctl enable --now kdump-tools"
				 : "systemctl enable --now kdump",
		    "no capture kernel is loaded: a crash leaves no dump");
}

/* Without these a hung or locked-up machine stays so, and there is no crash to look at. */
static void check_sysctl(const struct doctor *d, struct doctor_check *check, const char *name,
			 const char *what)
{
	char path[96], command[128];
	uint64_t value = 0;

	snprintf(path, sizeof(path), "/proc/sys/kernel/%s", name);
	snprintf(command, sizeof(command),
		 "echo kernel.%s=1 >/etc/sysctl.d/90-triage-%s.conf && sysctl --system", name,
		 name);
	if (!read_number(d, path, &value))
		say(check, DOCTOR_WARNING, "", "this kernel has no kernel.%s", name);
	else if (!value)
		say(check, DOCTOR_WARNING, command, "%s does not panic (kernel.%s=0)", what, name);
	else
		say(check, DOCTOR_OK, "", "kernel.%s=%" PRIu64, name, value);
}

static void check_oops(const struct doctor *d, struct doctor_check *check)
{
	check_sysctl(d, check, "panic_on_oops", "an oops");
}

static void check_hung_task(const struct doctor *d, struct doctor_check *check)
{
	check_sysctl(d, check, "hung_task_panic", "a hung task");
}

static void check_softlockup(const struct doctor *d, struct doctor_check *check)
{
	check_sysctl(d, check, "softlockup_panic", "a soft lockup");
}

static void check_room(const struct doctor *d, struct doctor_check *check)
{
	const char *spool = d->config->spool.items[0];
	_free_ char *path = NULL;
	uint64_t memory_kib = 0, need, room;
	struct statvfs fs;

	if (asprintf(&path, "%s%s", d->root, spool) < 0 || statvfs(path, &fs)) {
		char command[200];

		snprintf(command, sizeof(command), "mkdir -p %.100s && systemctl reload triaged",
			 spool);
		say(check, DOCTOR_BAD, command, "spool %.100s: %s", spool, strerror(errno));
		return;
	}
	room = (uint64_t)fs.f_bavail * fs.f_frsize;
	read_field(d, "/proc/meminfo", "MemTotal:", false, &memory_kib);
	need = memory_kib * 1024 / DUMP_PART;
	if (room < need)
		say(check, DOCTOR_WARNING, "triage prune (see DELETING DUMPS in triaged.conf(5))",
		    "%.60s has %" PRIu64 " MiB free; a dump of this machine may take %" PRIu64,
		    spool, room >> 20, need >> 20);
	else
		say(check, DOCTOR_OK, "", "%.60s has %" PRIu64 " MiB free", spool, room >> 20);
}

static void check_unpacking(const struct doctor *d, struct doctor_check *check)
{
	uint64_t room, reserve = d->config->unpack_reserve;
	struct statvfs fs;

	if (statvfs(d->state_dir, &fs)) {
		say(check, DOCTOR_WARNING, "systemctl enable --now triaged", "%.100s: %s",
		    d->state_dir, strerror(errno));
		return;
	}
	room = (uint64_t)fs.f_bavail * fs.f_frsize;
	if (room <= reserve)
		say(check, DOCTOR_WARNING, "triage prune, or a smaller unpack_reserve",
		    "compressed dumps wait: %.60s has %" PRIu64
		    " MiB free, unpack_reserve is %" PRIu64,
		    d->state_dir, room >> 20, reserve >> 20);
	else
		say(check, DOCTOR_OK, "", "%" PRIu64 " MiB for compressed dumps in %.60s",
		    (room - reserve) >> 20, d->state_dir);
}

/* --- reading a dump of this kernel --- */

static void check_types(const struct doctor *d, struct doctor_check *check)
{
	static const char *const places[] = {"/usr/lib/debug/boot/vmlinux-%s",
					     "/usr/lib/debug/lib/modules/%s/vmlinux",
					     "/lib/modules/%s/build/vmlinux", "/boot/vmlinux-%s"};
	char release[65], path[160], command[200];
	struct utsname host;

	if (exists(d, "/sys/kernel/btf/vmlinux")) {
		say(check, DOCTOR_OK, "", "this kernel carries its types (BTF)");
		return;
	}
	read_text(d, "/proc/sys/kernel/osrelease", release, sizeof(release));
	release[strcspn(release, "\n")] = '\0';
	if (!*release && !uname(&host))
		snprintf(release, sizeof(release), "%s", host.release);
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		snprintf(path, sizeof(path), places[i], release);
		if (exists(d, path)) {
			say(check, DOCTOR_OK, "", "no BTF, but %.120s", path);
			return;
		}
	}
	snprintf(command, sizeof(command),
		 is_debian(d) ? "apt install linux-image-%s-dbg"
			      : "dnf debuginfo-install kernel-%s",
		 release);
	say(check, DOCTOR_WARNING, command,
	    "neither BTF nor debuginfo for %s: verdicts rest on log and stacks", release);
}

/* --- the daemon --- */

static void check_daemon(const struct doctor *d, struct doctor_check *check)
{
	if (d->status)
		say(check, DOCTOR_OK, "", "runs with pid %lld",
		    (long long)json_integer_at(d->status, "pid"));
	else
		say(check, DOCTOR_BAD, "systemctl enable --now triaged", "%.150s",
		    d->silence ? d->silence : "does not answer");
}

static void check_store(const struct doctor *d, struct doctor_check *check)
{
	const char *store = json_string_at(d->status, "store");
	const json_t *damaged = json_array_get(json_at(d->status, "damaged"), 0);
	char mend[200];

	if (!d->status) {
		say(check, DOCTOR_WARNING, "systemctl enable --now triaged", "not known");
	} else if (damaged) {
		snprintf(mend, sizeof(mend), "rm %.120s/%.60s*", d->state_dir,
			 json_string_at(damaged, "file"));
		say(check, DOCTOR_BAD, mend,
		    "was damaged and begun anew: look at the disk; %lld verdicts are back from "
		    "reports, and the damaged file is still there",
		    (long long)json_integer_at(damaged, "verdicts"));
	} else if (store && !strcmp(store, "ok")) {
		say(check, DOCTOR_OK, "", "can be written");
	} else {
		say(check, DOCTOR_BAD, "journalctl -u triaged -p err", "%.150s",
		    store ? store : "not known");
	}
}

static void check_permissions(const struct doctor *d, struct doctor_check *check)
{
	const struct group *group = getgrnam("triage");
	char command[200];
	struct stat st;

	if (!group) {
		say(check, DOCTOR_BAD, "systemd-sysusers", "there is no group triage");
		return;
	}
	snprintf(command, sizeof(command), "systemd-tmpfiles --create && chgrp -R triage %.120s",
		 d->state_dir);
	if (stat(d->state_dir, &st))
		say(check, DOCTOR_BAD, "systemctl enable --now triaged", "%.100s: %s", d->state_dir,
		    strerror(errno));
	else if (st.st_gid != group->gr_gid || (st.st_mode & 07) || !(st.st_mode & 010))
		say(check, DOCTOR_BAD, command, "%.100s is not the group's alone (mode %03o)",
		    d->state_dir, st.st_mode & 0777);
	else if (access(d->state_dir, R_OK | X_OK))
		say(check, DOCTOR_WARNING, "usermod -aG triage \"$USER\"  # then log in anew",
		    "you are not in the group triage");
	else
		say(check, DOCTOR_OK, "", "%.100s is readable for the group triage", d->state_dir);
}

/* Read off the running process, whatever the unit and its drop-ins say. */
static void check_hardening(const struct doctor *d, struct doctor_check *check)
{
	const char *mend = "systemctl revert triaged && systemctl restart triaged";
	uint64_t uid = 0, privileges = 0, seccomp = 0, caps = UINT64_MAX;
	char path[64];

	if (!d->status) {
		say(check, DOCTOR_WARNING, "systemctl enable --now triaged", "not known");
		return;
	}
	snprintf(path, sizeof(path), "/proc/%lld/status",
		 (long long)json_integer_at(d->status, "pid"));
	read_field(d, path, "\nUid:", false, &uid);
	read_field(d, path, "\nNoNewPrivs:", false, &privileges);
	read_field(d, path, "\nSeccomp:", false, &seccomp);
	read_field(d, path, "\nCapEff:", true, &caps);
	if (!uid)
		say(check, DOCTOR_BAD, mend, "the daemon runs as root");
	else if (caps & ~(uint64_t)CAP_DAC_READ_SEARCH_MASK)
		say(check, DOCTOR_WARNING, mend,
		    "the daemon has more than CAP_DAC_READ_SEARCH (%#" PRIx64 ")", caps);
	else if (privileges != 1 || seccomp != 2)
		say(check, DOCTOR_WARNING, mend, "the unit's system call filter is not in force");
	else
		say(check, DOCTOR_OK, "", "own user, CAP_DAC_READ_SEARCH alone, filtered calls");
}

/* Of the running kernel, whatever root is: a system call tells. */
static void check_sandbox(const struct doctor *d, struct doctor_check *check)
{
	if (d->landlock > 0)
		say(check, DOCTOR_OK, "", "seccomp, and Landlock %d behind it", d->landlock);
	else
		say(check, DOCTOR_WARNING, "boot Linux 5.13 or later, landlock among lsm=",
		    "no Landlock here: seccomp alone shuts off what reads a dump");
}

/* --- rules --- */

/* What is wrong with a site's rules, as their files are now; the daemon may still have those of before. */
static struct err *site_faults(const struct doctor *d, json_t **faults)
{
	_cleanup_(cleanup_rules_free) struct rules *rules = NULL;
	_free_ char *dir = NULL;
	json_t *one;
	size_t i;

	if (asprintf(&dir, "%s" SITE_RULES_DIR, d->root) < 0)
		return &err_nomem;
	TRY(rules_load(dir, &rules));
	TRY(rule_faults(rules, faults));
	/* What shows on a dump alone, the daemon has seen. */
	json_array_foreach (json_at(d->status, "broken_rules"), i, one)
		if (json_integer_at(one, "dump"))
			json_array_append(*faults, one);
	return NULL;
}

static void check_rules(const struct doctor *d, struct doctor_check *check)
{
	_json_ json_t *faults = NULL;
	_err_ struct err *err = site_faults(d, &faults);
	_free_ char *first = NULL;

	if (err) {
		say(check, DOCTOR_WARNING, "triage rules check", "%.100s", err->message);
		return;
	}
	if (!json_array_size(faults)) {
		say(check, DOCTOR_OK, "", "no rule of this site is broken");
		return;
	}
	first = rule_fault_text(json_array_get(faults, 0));
	say(check, DOCTOR_WARNING, "triage rules check", "%zu fault%s in this site's rules: %.100s",
	    json_array_size(faults), json_array_size(faults) == 1 ? "" : "s", first ? first : "");
}

static const struct {
	const char *name;
	void (*run)(const struct doctor *doctor, struct doctor_check *check);
} table[] = {
	{"crashkernel", check_reserved},
	{"kdump", check_armed},
	{"panic_on_oops", check_oops},
	{"hung_task_panic", check_hung_task},
	{"softlockup_panic", check_softlockup},
	{"room", check_room},
	{"unpacking", check_unpacking},
	{"types", check_types},
	{"daemon", check_daemon},
	{"store", check_store},
	{"permissions", check_permissions},
	{"hardening", check_hardening},
	{"sandbox", check_sandbox},
	{"rules", check_rules},
};
_Static_assert(ARRAY_SIZE(table) <= DOCTOR_CHECKS_MAX, "callers have room for that many");

size_t doctor_run(const struct doctor *doctor, struct doctor_check *checks)
{
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		checks[i] = (struct doctor_check){.name = table[i].name};
		table[i].run(doctor, &checks[i]);
	}
	return ARRAY_SIZE(table);
}
