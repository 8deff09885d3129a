/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a worker that was taken over may say: lines of any JSON, kept, judged by all rules, shown as page and HTML. */
#include <stdlib.h>
#include <string.h>

#include "daemon/html/html.h"
#include "daemon/store/analyze.h"
#include "daemon/store/report.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct store *store;
static struct rules *rules;

static void open_once(void)
{
	if (!store &&
	    (!err_ok(store_open(":memory:", 0, &store)) || !err_ok(rules_load(NULL, &rules))))
		abort();
}

static void keep_lines(int64_t dump, const char *text, size_t size)
{
	while (size) {
		const char *newline = memchr(text, '\n', size);
		size_t length = newline ? (size_t)(newline - text) : size;
		_json_ json_t *json = json_loadb(text, length, 0, NULL);

		if (json)
			err_ok(store_add_finding(store, dump, json));
		length += newline != NULL;
		text += length;
		size -= length;
	}
}

static void show(int64_t dump)
{
	const struct render_record record = {.id = 1, .state = "done"};
	const struct render_style style = {.width = 80};
	_json_ json_t *report = NULL;
	_str_ struct str page = {0}, html = {0};

	if (!err_ok(report_build(store, dump, &report)))
		return;
	render_page(report, &record, &style, &page);
	html_render(report, &record, NULL, &html);
	free(report_format(report, true));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int64_t dump;

	open_once();
	if (!err_ok(db_begin(store_db(store))))
		return 0;
	if (err_ok(store_put_dump(store, &(struct dump_row){.uid = "x", .path = "x"}, &dump))) {
		keep_lines(dump, (const char *)data, size);
		if (err_ok(analyze_judge(store, rules, dump)))
			show(dump);
	}
	db_rollback(store_db(store));
	return 0;
}
