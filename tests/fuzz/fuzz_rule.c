/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A site's rule of any bytes: its header read, its SELECT checked and run on a dump without findings. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/io.h"
#include "daemon/store/store.h"
#include "rules/judge.h"
#include "rules/rule_check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct store *store;
static char directory[] = "/tmp/triage-fuzz-rule.XXXXXX";

static void remove_directory(void)
{
	rmdir(directory);
}

static void open_once(void)
{
	if (store)
		return;
	if (!mkdtemp(directory) || !err_ok(store_open(":memory:", 0, &store)))
		abort();
	atexit(remove_directory);
}

static void check_and_run(const struct rules *rules)
{
	_verdict_ struct verdict verdict = {0};
	int64_t dump;

	for (size_t i = 0; i < rules_count(rules); i++) {
		_rule_fault_ struct rule_fault fault = {0};

		if (rules_at(rules, i)->site)
			err_ok(rule_check(rules_at(rules, i), store_db(store), &fault));
	}
	if (err_ok(store_put_dump(store, &(struct dump_row){.uid = "x", .path = "x"}, &dump)))
		err_ok(judge_dump(rules, store_db(store), dump, &verdict));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_(cleanup_rules_free) struct rules *rules = NULL;
	char path[64];

	open_once();
	snprintf(path, sizeof(path), "%s/site.sql", directory);
	int fd = open(path, O_CREAT | O_WRONLY | O_TRUNC, 0600);
	bool written = fd >= 0 && err_ok(io_write_all(fd, data, size));
	if (fd >= 0)
		close(fd);
	if (written && err_ok(rules_load(directory, &rules)))
		check_and_run(rules);
	unlink(path);
	return 0;
}
