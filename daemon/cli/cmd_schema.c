/* SPDX-License-Identifier: GPL-2.0-or-later */
/* triage schema: what the fields of a verdict's JSON mean. */
#include <getopt.h>
#include <stdio.h>

#include "base/str.h"
#include "daemon/cli/cmd_usage.h"
#include "daemon/cli/pager.h"
#include "daemon/cli/schema_doc.h"
#include "rules/embedded.h"

extern const struct verb schema_verb;

static const char common[] = "  -h, --help         this\n";

static struct err *print_doc(const char *text)
{
	_json_ json_t *schema = json_loads(text, 0, NULL);
	_str_ struct str page = {0};

	schema_doc_put(schema, &page);
	if (!schema || page.failed)
		return &err_nomem;
	fputs(page.data, stdout);
	return NULL;
}

static int run(int argc, char **argv)
{
	static const struct option options[] = {
		{"doc", no_argument, NULL, 'd'},
		{"alert", no_argument, NULL, 'a'},
		{"help", no_argument, NULL, 'h'},
		{0},
	};
	const char *schema = embedded_schema[0].sql;
	bool doc = false;
	int option;

	while ((option = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		if (option == 'h') {
			cmd_help(&schema_verb, common, stdout);
			return STATUS_OK;
		}
		if (option == '?') {
			cmd_usage(&schema_verb, optopt ? NULL : argv[optind - 1], options);
			return STATUS_USAGE;
		}
		if (option == 'a')
			schema = embedded_schema[1].sql;
		else
			doc = true;
	}
	if (optind < argc)
		return cmd_fail(false,
				err_new(ERR_INVALID, "schema takes no \"%s\"", argv[optind]));
	struct err *err = NULL;
	pager_open();
	if (doc)
		err = print_doc(schema);
	else
		fputs(schema, stdout);
	return err ? cmd_fail(false, err) : STATUS_OK;
}

const struct verb schema_verb = {
	.name = "schema",
	.synopsis = "schema [--doc] [--alert]",
	.summary = "the JSON Schema of the verdict: each field, its unit, an example",
	.options = "  --doc              the same as a page to read, in Markdown\n"
		   "  --alert            of an alert of triage fleet watch instead\n",
	.run = run,
};
