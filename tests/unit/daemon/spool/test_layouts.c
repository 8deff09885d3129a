/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include <string.h>

#include "daemon/spool/layouts.h"

/* A directory from a list of names: a trailing "@" is a symlink, "/" a directory, "|" a FIFO; "2=" of set 2. */
struct fixture {
	struct spool_dir dir;
	struct spool_entry entries[16];
	char names[16][64];
	struct candidates found;
};

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct spool_entry *)a)->name, ((const struct spool_entry *)b)->name);
}

static void look(struct fixture *f, const char *dir, bool is_root, const char *readme,
		 const char *names)
{
	char copy[512], *save = NULL;

	memset(f, 0, sizeof(*f));
	snprintf(copy, sizeof(copy), "%s", names);
	for (char *name = strtok_r(copy, " ", &save); name; name = strtok_r(NULL, " ", &save)) {
		struct spool_entry *entry = &f->entries[f->dir.count];
		size_t length = strlen(name);
		char last = name[length - 1];

		entry->type = last == '@'   ? ENTRY_SYMLINK
			      : last == '/' ? ENTRY_DIR
			      : last == '|' ? ENTRY_OTHER
					    : ENTRY_FILE;
		if (entry->type != ENTRY_FILE)
			name[length - 1] = '\0';
		if (name[0] >= '1' && name[0] <= '9' && name[1] == '=')
			entry->set = (uint64_t)*name++;
		if (name[0] == '=') { /* "=name": with a dump's first bytes */
			name++;
			entry->format = strstr(name, ".xz") ? SNIFF_XZ : SNIFF_KDUMP;
		}
		entry->size = 1;
		snprintf(f->names[f->dir.count], sizeof(f->names[0]), "%s", name);
		entry->name = f->names[f->dir.count++];
	}
	qsort(f->entries, f->dir.count, sizeof(f->entries[0]), by_name);
	f->dir.name = dir;
	f->dir.is_root = is_root;
	f->dir.entries = f->entries;
	f->dir.readme = (char *)readme;
	layouts_recognize(&f->dir, &f->found);
}

/*
 * "layout:file:readiness[+dmesg]" of each candidate, joined by spaces; behind it the files that are read for one
 * log, "[…]", or that it was made of, "(…)".
 */
static size_t describe_files(const struct fixture *f, const struct candidate *c, char *text,
			     size_t size)
{
	size_t length = 0;

	for (size_t i = 0; i < c->file_count; i++)
		length += snprintf(text + length, size - length, "%s%s",
				   i	     ? " "
				   : c->made ? "("
					     : "[",
				   f->entries[c->files[i]].name);
	if (c->file_count)
		length += snprintf(text + length, size - length, c->made ? ")" : "]");
	return length;
}

static const char *described(struct fixture *f)
{
	static const char *const readiness[] = {"ready", "settle", "writing"};
	static char text[1024];
	size_t length = 0;

	text[0] = '\0';
	for (size_t i = 0; i < f->found.count; i++) {
		const struct candidate *c = &f->found.list[i];
		uint32_t dmesg = c->companions[COMPANION_DMESG];

		length += snprintf(text + length, sizeof(text) - length, "%s%s:%s:%s%s%s",
				   i ? " " : "", c->layout,
				   c->dump == NO_ENTRY ? "-" : f->entries[c->dump].name,
				   readiness[c->readiness], dmesg == NO_ENTRY ? "" : "+",
				   dmesg == NO_ENTRY ? "" : f->entries[dmesg].name);
		length += describe_files(f, c, text + length, sizeof(text) - length);
	}
	candidates_deinit(&f->found);
	return text;
}

static const struct {
	const char *dir, *readme, *names, *expected;
} seen[] = {
	/* RHEL, in the order in which the files appear */
	{"127.0.0.1-2022-05-02-12:41:41", NULL, "vmcore-dmesg-incomplete.txt",
	 "rhel:-:writing+vmcore-dmesg-incomplete.txt"},
	{"127.0.0.1-2022-05-02-12:41:41", NULL, "vmcore-dmesg.txt",
	 "rhel:-:settle+vmcore-dmesg.txt"},
	{"127.0.0.1-2022-05-02-12:41:41", NULL, "vmcore-dmesg.txt vmcore-incomplete",
	 "rhel:vmcore-incomplete:writing+vmcore-dmesg.txt"},
	{"127.0.0.1-2022-05-02-12:41:41", NULL, "vmcore-dmesg.txt vmcore kexec-dmesg.log",
	 "rhel:vmcore:ready+vmcore-dmesg.txt"},
	{"host-2013.01.02-03:04:05", NULL, "vmcore", "rhel:vmcore:ready"},
	{"host-02.05.11-12:41:41", NULL, "vmcore", "rhel:vmcore:ready"},
	{"10.0.0.7-2022-05-02-12:41:41", NULL, "vmcore.flat vmcore-dmesg.txt",
	 "rhel:vmcore.flat:ready+vmcore-dmesg.txt"},
	{"kdump-test-17", NULL, "vmcore-creation.status vmcore", ""},
	/* Debian */
	{"202205021241", NULL, "dmesg.202205021241", "debian:-:settle+dmesg.202205021241"},
	{"202205021241", NULL, "dmesg.202205021241 dump-incomplete.xz",
	 "debian:dump-incomplete.xz:writing+dmesg.202205021241"},
	{"202205021241", NULL, "dmesg.202205021241 dump.202205021241.lz4 kernel_link@",
	 "debian:dump.202205021241.lz4:ready+dmesg.202205021241"},
	{"box-202205021241", NULL, "dump.202205021241", "debian:dump.202205021241:ready"},
	{"202205021241", NULL, "dmesg.202205021241 vmcore.202205021241",
	 "debian:vmcore.202205021241:ready+dmesg.202205021241"},
	/* SUSE */
	{"2024-05-02-12-41", "This file will be overwritten when the dump is finished.\n",
	 "README.txt dmesg vmcore", "suse:vmcore:writing+dmesg"},
	{"2024-05-02-12-41", "x\nvmcore status: saved successfully\n", "README.txt dmesg vmcore",
	 "suse:vmcore:ready+dmesg"},
	{"2024-05-02-12-41", "vmcore status: skipped\n", "README.txt dmesg", "suse:-:ready+dmesg"},
	{"2014-05-02-12:41", "Kernel crashdump\n", "README.txt dmesg.txt vmcore",
	 "suse:vmcore:settle+dmesg.txt"},
	{"2014-05-02-12:41", "Kernel crashdump\n", "README.txt dmesg.txt vmcore0 vmcore1",
	 "suse:-:settle+dmesg.txt"},
	{"2014-05-02-12:41", "Kernel crashdump\n", "README.txt vmcore1 vmcore0",
	 "suse:vmcore0:settle"},
	{"2014-05-02-12:41", "Kernel crashdump\n", "README.txt", ""},
	/* systemd-pstore, in the order in which the files appear */
	{"1700000000", NULL, "dmesg-efi-170000000003001 dmesg-efi-170000000002001",
	 "pstore:-:settle+dmesg-efi-170000000002001[dmesg-efi-170000000002001 "
	 "dmesg-efi-170000000003001]"},
	{"1700000000", NULL, "dmesg-efi-170000000003001 dmesg.txt",
	 "pstore:-:ready+dmesg.txt(dmesg-efi-170000000003001 dmesg.txt)"},
	{"001", NULL, "dmesg-erst-7012345678901234567.enc.z dmesg.txt",
	 "pstore:-:ready+dmesg.txt(dmesg.txt)"},
	{"202205021241", NULL, "dmesg-ramoops-0 dmesg.txt",
	 "pstore:-:ready+dmesg.txt(dmesg-ramoops-0 dmesg.txt)"},
	{"001", NULL, "dmesg-efi- dmesg-notes dmesg-- x.txt", ""},
	{"001", NULL, "dmesg-efi-170000000003001@ x.txt", ""},
	/* its parts alone: a record of another time is another crash, as is another backend's */
	{"pstore", NULL, "dmesg-ramoops-1 dmesg-ramoops-0 dmesg-ramoops-10 console-ramoops-0",
	 "pstore:-:settle+dmesg-ramoops-0[dmesg-ramoops-0 dmesg-ramoops-1 dmesg-ramoops-10]"},
	{"pstore", NULL,
	 "dmesg-efi-170000000001001 dmesg-efi-170000000002001 dmesg-efi-170000003001002 "
	 "dmesg-efi-170000100001001",
	 "pstore:-:settle+dmesg-efi-170000000001001[dmesg-efi-170000000001001 "
	 "dmesg-efi-170000000002001 dmesg-efi-170000003001002] "
	 "pstore:-:settle+dmesg-efi-170000100001001[dmesg-efi-170000100001001]"},
	{"pstore", NULL,
	 "dmesg-erst-7307508187217592321 dmesg-erst-7307508187217592322 "
	 "dmesg-ramoops-0",
	 "pstore:-:settle+dmesg-erst-7307508187217592321[dmesg-erst-7307508187217592321 "
	 "dmesg-erst-7307508187217592322] "
	 "pstore:-:settle+dmesg-ramoops-0[dmesg-ramoops-0]"},
	{"host", NULL, "dmesg-ramoops-0 =vmcore", "flat:vmcore:settle"},
	/* logs that somebody put there */
	{"host", NULL, "console.log console.log.1 =console.log.2.xz messages notes.txt",
	 "log:-:settle+console.log[console.log.2.xz console.log.1 console.log]"},
	{"host", NULL, "messages-20260101 messages-20260108 messages",
	 "log:-:settle+messages[messages-20260101 messages-20260108 messages]"},
	{"host", NULL, "messages-20260101 messages.d/ kern.log@",
	 "log:-:settle+messages-20260101[messages-20260101]"},
	{"host", NULL, "console.log =vmcore", "flat:vmcore:settle"},
	{"host", NULL, "mail.log console.log.old consolex.log", ""},
	/* the others */
	{"202205021241", NULL, "dmesg.txt vmcore.compressed",
	 "steamos:vmcore.compressed:settle+dmesg.txt"},
	{"crash", NULL, "vmcore.202205021241 vmcore.202206021241",
	 "kdumpst:vmcore.202205021241:settle kdumpst:vmcore.202206021241:settle"},
	{"qemu", NULL, "=guest.kdump notes.txt =dump.xz =syslog.1.xz",
	 "flat:dump.xz:settle flat:guest.kdump:settle"},
	{"qemu", NULL, "=guest.kdump.part", "flat:guest.kdump.part:writing"},
	{"any", NULL, "vmcore vmcore.log", "flat:vmcore:settle+vmcore.log"},
	/* what is no regular file is no dump, whatever its name */
	{"127.0.0.1-2022-05-02-12:41:41", NULL, "vmcore@ vmcore-dmesg.txt@", ""},
	{"any", NULL, "vmcore| =dump/", ""},
	{"", NULL, "", ""},
};

START_TEST(each_layout_says_what_is_there)
{
	for (size_t i = 0; i < ARRAY_SIZE(seen); i++) {
		struct fixture f;

		look(&f, seen[i].dir, false, seen[i].readme, seen[i].names);
		const char *got = described(&f);

		ck_assert_msg(!strcmp(got, seen[i].expected), "%s/{%s}: \"%s\" instead of \"%s\"",
			      seen[i].dir, seen[i].names, got, seen[i].expected);
	}
}
END_TEST

START_TEST(a_root_holds_what_lies_flat)
{
	struct fixture f;

	look(&f, "crash", true, NULL, "vmcore.202205021241 =vmcore kdump_lock");
	ck_assert_str_eq(described(&f), "flat:vmcore:settle");
	look(&f, "crash", true, NULL, "=guest.kdump console.log dmesg-ramoops-0 dmesg.txt");
	ck_assert_str_eq(described(&f), "pstore:-:settle+dmesg-ramoops-0[dmesg-ramoops-0] "
					"log:-:settle+console.log[console.log] "
					"flat:guest.kdump:settle");
}
END_TEST

START_TEST(suse_says_why_there_is_no_dump)
{
	struct fixture f;

	look(&f, "d", false, "vmcore status: error: no space left on device\nmore", "dmesg vmcore");
	ck_assert_str_eq(f.found.note, "README.txt: vmcore error: no space left on device");
	candidates_deinit(&f.found);
	look(&f, "d", false, "", "dmesg.txt vmcore0 vmcore1 vmcore2");
	ck_assert_str_eq(f.found.note,
			 "split in 3 parts: join them with makedumpfile --reassemble");
	candidates_deinit(&f.found);
}
END_TEST

START_TEST(companions_are_found_and_links_only_noted)
{
	struct fixture f;

	look(&f, "202205021241", false, NULL,
	     "dmesg.202205021241 dump.202205021241 kernel_link@ system.map_link@ config_link@");
	const struct candidate *c = &f.found.list[0];

	ck_assert_str_eq(f.entries[c->companions[COMPANION_KERNEL]].name, "kernel_link");
	ck_assert_str_eq(f.entries[c->companions[COMPANION_SYSTEM_MAP]].name, "system.map_link");
	ck_assert_str_eq(f.entries[c->companions[COMPANION_CONFIG]].name, "config_link");
	ck_assert_str_eq(candidate_entry(&f.dir, c)->name, "dump.202205021241");
	candidates_deinit(&f.found);
}
END_TEST

START_TEST(shapes)
{
	ck_assert(spool_dir_has_shape("2022-05", "9999-99"));
	ck_assert(!spool_dir_has_shape("2022-05x", "9999-99"));
	ck_assert(!spool_dir_has_shape("2022-0", "9999-99"));
	ck_assert(spool_dir_has_shape("dump.12.gz", "dump.99.*"));
	ck_assert(!spool_dir_has_shape("", "9"));
}
END_TEST

/* makedumpfile --split, a disk set: one candidate, and while one file is still copied none of them is taken. */
START_TEST(files_of_one_dump_are_one_candidate)
{
	static const struct {
		const char *dir, *readme, *names, *expected;
	} sets[] = {
		{"var", NULL, "1=vmcore.1 1=vmcore.2 2=other.a 2=other.b =whole notes.txt",
		 "flat:other.a:settle[other.a other.b] flat:vmcore.1:settle[vmcore.1 vmcore.2] "
		 "flat:whole:settle"},
		{"var", NULL, "1=a 1=b.part", "flat:a:writing[a b.part]"},
		/* Layouts that know one name of them. */
		{"127.0.0.1-2026-05-02-12:41:01", NULL, "1=vmcore 1=vmcore-1 vmcore-dmesg.txt",
		 "rhel:vmcore:ready+vmcore-dmesg.txt[vmcore vmcore-1]"},
		{"2026-05-02-12-41", "vmcore status: saved successfully\n",
		 "README.txt 1=vmcore0 1=vmcore1 dmesg",
		 "suse:vmcore0:ready+dmesg[vmcore0 vmcore1]"},
	};
	struct fixture f;

	for (size_t i = 0; i < ARRAY_SIZE(sets); i++) {
		look(&f, sets[i].dir, false, sets[i].readme, sets[i].names);
		ck_assert_str_eq(f.found.note, "");
		ck_assert_str_eq(described(&f), sets[i].expected);
	}
}
END_TEST

UNIT_MAIN("layouts", each_layout_says_what_is_there, a_root_holds_what_lies_flat,
	  suse_says_why_there_is_no_dump, companions_are_found_and_links_only_noted, shapes,
	  files_of_one_dump_are_one_candidate)
