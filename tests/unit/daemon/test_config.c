/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "daemon/config.h"

#define _config_ _cleanup_(cleanup_config_free)

START_TEST(defaults_are_the_tables)
{
	_config_ struct config *config = NULL;

	assert_ok(config_parse("", "test", &config));
	ck_assert_uint_eq(config->spool.count, 1);
	ck_assert_str_eq(config->spool.items[0], "/var/crash");
	ck_assert_uint_eq(config->scan_interval_ms, 300000);
	ck_assert_uint_eq(config->worker_memory, 1ull << 30);
	ck_assert_uint_eq(config->dump_delete, 0);
	ck_assert_ptr_null(config->metrics_file);
	ck_assert_str_eq(config->forward_to, "");
}
END_TEST

START_TEST(a_file_as_people_write_it)
{
	static const char text[] = "# a comment\n"
				   "spool = /var/crash/\n"
				   "  spool=/srv/nfs crash  \r\n"
				   "\n"
				   "settle_time = 1500ms\n"
				   "scan_interval = 1 h\n"
				   "unpack_size = 2G\n"
				   "report_keep_time = 2y\n"
				   "workers = 3\n"
				   "metrics_file = /srv/node exporter/triage.prom\n"
				   "dump_delete = yes";
	_config_ struct config *config = NULL;

	assert_ok(config_parse(text, "test", &config));
	ck_assert_uint_eq(config->spool.count, 2);
	ck_assert_str_eq(config->spool.items[0], "/var/crash");
	ck_assert_str_eq(config->spool.items[1], "/srv/nfs crash");
	ck_assert_uint_eq(config->settle_time_ms, 1500);
	ck_assert_uint_eq(config->scan_interval_ms, 3600000);
	ck_assert_uint_eq(config->unpack_size, 2ull << 30);
	ck_assert_uint_eq(config->report_keep_time_ms, 2 * 31557600000);
	ck_assert_uint_eq(config->workers, 3);
	ck_assert_uint_eq(config->dump_delete, 1);
	ck_assert_str_eq(config->metrics_file, "/srv/node exporter/triage.prom");
}
END_TEST

START_TEST(mistakes_are_named_with_their_line)
{
	static const struct {
		const char *text, *message;
	} mistakes[] = {
		{"\nworkerz = 1", "f:2: no such key: \"workerz\""},
		{"workers = 0", "f:1: workers: out of range (1 to 64): 0"},
		{"workers = -1", "f:1: workers: not a number: \"-1\""},
		{"workers = 1\nworkers = 1", "f:2: workers given twice"},
		{"settle_time = 5 parsecs", "f:1: settle_time: not a time: \"5 parsecs\""},
		{"worker_memory = 99999999999999999999", "f:1: worker_memory: not a size: "
							 "\"99999999999999999999\""},
		{"worker_memory = 18446744073709551615T",
		 "f:1: worker_memory: not a size: \"18446744073709551615T\""},
		{"dump_delete = perhaps", "f:1: dump_delete: not a yes or no: \"perhaps\""},
		{"spool = crash", "f:1: spool: not an absolute path"},
		{"metrics_file = triage.prom", "f:1: metrics_file: not an absolute path"},
		{"metrics_file =", "f:1: metrics_file: not an absolute path"},
		{"metrics_file = /srv/metrics/", "f:1: metrics_file: a directory, not a file"},
		{"spool", "f:1: not \"key = value\""},
	};

	for (size_t i = 0; i < ARRAY_SIZE(mistakes); i++) {
		struct config *config = NULL;
		_err_ struct err *err = config_parse(mistakes[i].text, "f", &config);

		ck_assert_ptr_nonnull(err);
		ck_assert_str_eq(err->message, mistakes[i].message);
		ck_assert_ptr_null(config);
	}
}
END_TEST

START_TEST(a_file_that_is_named_has_to_be_there_and_a_configuration)
{
	_config_ struct config *config = NULL;
	struct config *none = NULL;

	if (access(CONFIG_PATH, F_OK)) {
		assert_ok(config_load(CONFIG_PATH, &config));
		ck_assert_uint_eq(config->workers, 1);
	}
	assert_err(config_load("/nonexistent/triaged.conf", &none), ERR_IO);
	assert_err(config_load("/proc/self/exe", &none), ERR_INVALID);
	assert_err(config_load("/", &none), ERR_IO);
}
END_TEST

static char *read_all(const char *path)
{
	char *text = calloc(1, 65536);
	_fclose_ FILE *file = fopen(path, "r");

	ck_assert_msg(file, "no %s: run from the top of the tree", path);
	ck_assert_uint_gt(fread(text, 1, 65535, file), 0);
	return text;
}

/* Each key has its entry in the man page and a commented line with its default in the file. */
START_TEST(every_key_is_documented)
{
	_free_ char *page = read_all("systemd/man/triaged.conf.5");
	_free_ char *sample = read_all("systemd/triaged.conf");
	static const struct {
		const char *name, *initial;
	} keys[] = {
#define KEY(name, type, member, initial, min, max, what) {#name, initial},
#include "daemon/config.def"
#undef KEY
	};

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		char entry[128];

		snprintf(entry, sizeof(entry), "\n.BR %s \" = ", keys[i].name);
		ck_assert_msg(strstr(page, entry), "triaged.conf.5 has no entry for %s",
			      keys[i].name);
		snprintf(entry, sizeof(entry), "\n#%s = %s\n", keys[i].name, keys[i].initial);
		ck_assert_msg(strstr(sample, entry), "triaged.conf lacks \"#%s = %s\"",
			      keys[i].name, keys[i].initial);
	}
	_config_ struct config *config = NULL;
	assert_ok(config_parse(sample, "systemd/triaged.conf", &config));
}
END_TEST

UNIT_MAIN("config", defaults_are_the_tables, a_file_as_people_write_it,
	  mistakes_are_named_with_their_line,
	  a_file_that_is_named_has_to_be_there_and_a_configuration, every_key_is_documented)
