/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From findings to a stored verdict. */
#include "daemon/store/analyze.h"

#include <time.h>

#include "base/alloc.h"
#include "daemon/store/signing.h"
#include "finding.h"

struct err *analyze_judge(struct store *store, struct rules *rules, int64_t dump)
{
	_verdict_ struct verdict verdict = {0};
	struct signature signature;
	unsigned before = alloc_failures();

	TRY(judge_dump(rules, store_db(store), dump, &verdict));
	TRY(signing_make(store, dump, verdict.cause, &signature));
	_json_ json_t *fuzzy = signature.fuzzy;
	struct verdict_meta meta = {
		.signature = signature.exact[0] ? signature.exact : NULL,
		.fuzzy = fuzzy,
		.signature_version = SIGNATURE_VERSION,
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
