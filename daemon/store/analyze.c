/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From findings to a stored verdict. */
#include "daemon/store/analyze.h"

#include <time.h>

#include "base/alloc.h"
#include "finding.h"
#include "rules/signature.h"

/* What findings put into one section: the crash, and its backtrace, which is a finding of its own. */
static struct err *load_section(struct store *store, int64_t dump, const char *place, json_t **ret)
{
	_json_ json_t *section = json_object();
	struct stmt *row;
	bool more;

	TRY(db_query(store_db(store), &row,
		     "SELECT evidence FROM finding WHERE dump = ? AND place = ? AND evidence "
		     "IS NOT NULL ORDER BY number",
		     "it", dump, place));
	for (;;) {
		TRY(stmt_step(row, &more));
		if (!more)
			break;
		_json_ json_t *part = json_loads(stmt_text(row, 0), 0, NULL);
		if (part)
			json_object_update(section, part);
	}
	*ret = json_incref(section);
	return NULL;
}

struct err *analyze_judge(struct store *store, struct rules *rules, int64_t dump)
{
	_verdict_ struct verdict verdict = {0};
	_json_ json_t *crash = NULL, *waits = NULL, *tasks = NULL;
	struct signature signature;
	unsigned before = alloc_failures();

	TRY(judge_dump(rules, store_db(store), dump, &verdict));
	TRY(load_section(store, dump, "crash", &crash));
	TRY(load_section(store, dump, "waits", &waits));
	TRY(load_section(store, dump, "tasks", &tasks));
	signature_of(&(struct signature_facts){crash, waits, tasks, verdict.cause}, &signature);
	_json_ json_t *fuzzy = signature.fuzzy;
	struct verdict_meta meta = {
		.signature = signature.exact[0] ? signature.exact : NULL,
		.fuzzy = fuzzy,
		.analyzed_at = time(NULL),
		.tool_version = TRIAGE_VERSION,
	};
	if (alloc_failures() != before)
		return &err_nomem;
	return store_put_verdict(store, dump, &verdict, &meta);
}

struct keeper {
	struct store *store;
	int64_t dump;
	const struct worker_events *watch;
};

static struct err *keep_finding(void *context, const json_t *finding)
{
	struct keeper *keeper = context;

	return store_add_finding(keeper->store, keeper->dump, finding);
}

static void pass_progress(void *context, const char *step)
{
	struct keeper *keeper = context;

	if (keeper->watch && keeper->watch->progress)
		keeper->watch->progress(keeper->watch->context, step);
}

static void pass_words(void *context, const char *line)
{
	struct keeper *keeper = context;

	if (keeper->watch && keeper->watch->said)
		keeper->watch->said(keeper->watch->context, line);
}

/* Of a log in several files, which they were. */
static struct err *keep_names(struct store *store, int64_t dump, json_t *files)
{
	json_t *evidence = json_object();

	json_put(evidence, "files", json_incref(files));
	const struct finding finding = {.id = FINDING_LOG_FILES,
					.analyzer = "input",
					.severity = SEVERITY_INFO,
					.confidence = 1,
					.evidence = evidence};
	_json_ json_t *json = files ? finding_to_json(&finding) : NULL;

	json_decref(evidence);
	return json ? store_add_finding(store, dump, json) : files ? &err_nomem : NULL;
}

struct err *analyze_input(struct store *store, struct rules *rules, const char *path,
			  const struct input *input, const struct worker_options *limits,
			  const struct worker_events *watch, int64_t *dump)
{
	struct dump_row row = {.uid = input->uid, .path = path, .size = input->size};
	struct worker_options options = *limits;
	_cleanup_(cleanup_db_rollback) struct db *open = store_db(store);
	enum worker_outcome outcome;

	options.dump_fd = input->dump_fd;
	options.vmlinux_fd = input->vmlinux_fd;
	options.dmesg_fd = input->dmesg_fd;
	options.more_logs = input->more_fds;
	options.more_log_count = input->more_count;
	options.dump_parts = input->part_fds;
	options.dump_part_count = input->part_count;
	TRY(db_begin(open));
	TRY(store_put_dump(store, &row, dump));
	TRY(store_clear(store, *dump));
	TRY(keep_names(store, *dump, input->files));
	struct keeper keeper = {store, *dump, watch};
	struct worker_events events = {.progress = pass_progress,
				       .finding = keep_finding,
				       .said = pass_words,
				       .context = &keeper};
	TRY(worker_run(&options, &events, &outcome));
	TRY(analyze_judge(store, rules, *dump));
	return db_commit(store_db(store));
}
