/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/str.h"
#include "daemon/worker/profile_file.h"
#include "kernel/types/profile.h"
#include "kernel/types/profile_asks.h"

static char directory[64], kept[80];

static void set_up(void)
{
	strcpy(directory, "/tmp/triage-profiles-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(directory));
	snprintf(kept, sizeof(kept), "%s/kept", directory);
}

static void tear_down(void)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -r %s", directory);
	ck_assert_int_eq(system(command), 0);
}

/* A whole profile of this release; members make one differ from another. */
static char *profile_of(const char *release, unsigned members)
{
	struct str text = {0};

	str_printf(&text, "triage profile 1\nasks %016llx\nrelease %s\nfrom dwarf\nstruct a %u\n",
		   (unsigned long long)profile_asks_hash(), release, members * 4 + 4);
	for (unsigned i = 0; i < members; i++)
		str_printf(&text, "\tm%u %u int 4\n", i, i * 4);
	str_printf(&text, "sum %016llx\n", (unsigned long long)hash_bytes(text.data, text.length));
	return str_take(&text);
}

static void keep(const char *release, unsigned members)
{
	_free_ char *text = profile_of(release, members);

	assert_ok(profile_file_keep(kept, text, strlen(text)));
}

static bool is_whole(int fd)
{
	char text[65536];
	struct profile_info info;
	ssize_t length = read(fd, text, sizeof(text));

	close(fd);
	return length > 0 && err_ok(profile_read(text, (size_t)length, &info, NULL));
}

static unsigned count_files(void)
{
	DIR *entries = opendir(kept);
	unsigned count = 0;

	for (const struct dirent *entry; (entry = readdir(entries));)
		count += entry->d_name[0] != '.' || strlen(entry->d_name) > 2;
	closedir(entries);
	return count;
}

START_TEST(what_was_kept_is_found)
{
	set_up();
	ck_assert_int_lt(profile_file_open(kept, "6.1.0"), 0);
	keep("6.1.0", 3);
	ck_assert(is_whole(profile_file_open(kept, "6.1.0")));
	ck_assert_int_lt(profile_file_open(kept, "6.1.1"), 0);
	ck_assert_int_lt(profile_file_open(NULL, "6.1.0"), 0);
	tear_down();
}
END_TEST

/* The worker that hands it over, or asks for it, may have been turned. */
START_TEST(nothing_leads_elsewhere)
{
	static const char *const names[] = {"",	       ".",  "..", "../kept/6.1.0", "/etc/passwd",
					    ".hidden", "a b"};
	_free_ char *text = profile_of("../escaped", 1), *cut = profile_of("6.1.0", 1);
	char fifo[128];

	set_up();
	keep("6.1.0", 1);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		ck_assert_int_lt(profile_file_open(kept, names[i]), 0);
	assert_err(profile_file_keep(kept, text, strlen(text)), ERR_CORRUPT);
	assert_err(profile_file_keep(kept, cut, strlen(cut) - 1), ERR_CORRUPT);
	assert_err(profile_file_keep(kept, "#!/bin/sh\n", 10), ERR_INVALID);
	snprintf(fifo, sizeof(fifo), "%s/6.2.0.profile", kept);
	ck_assert_int_eq(mkfifo(fifo, 0600), 0);
	ck_assert_int_lt(profile_file_open(kept, "6.2.0"), 0);
	tear_down();
}
END_TEST

START_TEST(the_oldest_go)
{
	char release[32];

	set_up();
	for (unsigned i = 0; i < PROFILES_KEPT_MAX + 5; i++) {
		snprintf(release, sizeof(release), "6.1.%u", i);
		keep(release, 1);
	}
	ck_assert_uint_eq(count_files(), PROFILES_KEPT_MAX);
	ck_assert_int_lt(profile_file_open(kept, "6.1.0"), 0);
	ck_assert(is_whole(profile_file_open(kept, "6.1.68")));
	tear_down();
}
END_TEST

static void *write_on(void *arg)
{
	for (unsigned i = 0; i < 30; i++)
		keep("6.1.0", *(unsigned *)arg + i);
	return NULL;
}

/* Whoever reads while others write has one of them, whole. */
START_TEST(many_at_once)
{
	static unsigned firsts[] = {1, 500};
	pthread_t threads[ARRAY_SIZE(firsts)];

	set_up();
	keep("6.1.0", 1);
	for (size_t i = 0; i < ARRAY_SIZE(firsts); i++)
		ck_assert_int_eq(pthread_create(&threads[i], NULL, write_on, &firsts[i]), 0);
	for (unsigned i = 0; i < 200; i++)
		ck_assert(is_whole(profile_file_open(kept, "6.1.0")));
	for (size_t i = 0; i < ARRAY_SIZE(firsts); i++)
		pthread_join(threads[i], NULL);
	ck_assert_uint_eq(count_files(), 1);
	tear_down();
}
END_TEST

UNIT_MAIN("profile_file", what_was_kept_is_found, nothing_leads_elsewhere, the_oldest_go,
	  many_at_once)
