/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Makes the pages of a site out of a store. */
#include "daemon/cli/site.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/utc.h"
#include "daemon/cli/groups.h"
#include "daemon/html/html.h"
#include "daemon/html/html_site.h"
#include "daemon/store/alert.h"
#include "daemon/store/export.h"

#define LATEST_MAX 500 /* crashes on the first page */
#define GROUPS_MAX 500 /* signatures, hosts, kernels on theirs */
#define WEEKS 26
#define WEEK_S 604800
#define STATE_EVERY 100 /* pages, between two notes of how far it is */

struct site {
	struct store *store;
	struct site_files *files;
	const struct site_options *options;
	json_t *weeks;	/* signature → list of crashes a week */
	struct str out; /* the page at hand */
};

/* --- cells ------------------------------------------------------------------------------------ */

static void put_time(struct str *out, int64_t seconds)
{
	char text[UTC_SIZE];

	utc_format(seconds, text);
	html_site_cell(out, text, NULL);
}

static void put_number(struct str *out, int64_t number)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRId64, number);
	html_site_cell(out, text, NULL);
}

/* A headline that leads to the crash's page, where there is one. */
static void put_headline(const struct site *site, struct str *out, const char *headline,
			 const char *uid)
{
	char href[128];

	html_site_cell(out, headline, site_files_has(site->files, uid, href) ? href : NULL);
}

/* --- the first page --------------------------------------------------------------------------- */

static void put_alert(struct str *out, const json_t *alert)
{
	_str_ struct str text = {0};

	str_printf(&text, "%s: %s", json_string_at(alert, "headline"),
		   json_string_at(alert, "because"));
	html_site_cell(out, text.data, NULL);
}

static struct err *put_alerts(struct site *site, unsigned *sections)
{
	static const char *const headings[] = {"Since", "Severity", "Rule", "Alert"};
	_json_ json_t *alerts = NULL;
	json_t *alert;
	size_t i;

	if (db_dialect(store_db(site->store)) != DB_POSTGRESQL)
		return NULL;
	TRY(alert_list(site->store, false, &alerts));
	if (!json_array_size(alerts))
		return NULL;
	html_site_section(&site->out, ++*sections, "Alerts");
	html_site_table(&site->out, headings, ARRAY_SIZE(headings));
	json_array_foreach (alerts, i, alert) {
		html_site_row(&site->out, json_string_at(alert, "opened_at"));
		html_site_cell(&site->out, json_string_at(alert, "severity"), NULL);
		html_site_cell(&site->out, json_string_at(alert, "rule"), NULL);
		put_alert(&site->out, alert);
		html_site_row_end(&site->out);
	}
	html_site_table_end(&site->out);
	html_site_section_end(&site->out);
	return NULL;
}

static void put_crash(struct site *site, struct stmt *stmt)
{
	char time[UTC_SIZE];

	utc_format(stmt_int(stmt, 1), time);
	html_site_row(&site->out, time);
	for (int column = 2; column < 6; column++)
		html_site_cell(&site->out, stmt_text(stmt, column), NULL);
	put_headline(site, &site->out, stmt_text(stmt, 6), stmt_text(stmt, 0));
	html_site_row_end(&site->out);
}

static struct err *put_crashes(struct site *site, unsigned *sections)
{
	static const char *const headings[] = {"Time (UTC)", "Host",	 "Kernel",
					       "Cause",	     "Severity", "Headline"};
	struct stmt *stmt;
	bool row = true;

	TRY(db_query(
		store_db(site->store), &stmt,
		"SELECT d.uid, j.crash_time, j.host, j.kernel, j.cause, j.severity, "
		"j.headline FROM job j JOIN dump d ON d.id = j.dump WHERE j.headline IS NOT NULL "
		"ORDER BY j.crash_time DESC, j.dump DESC LIMIT ?",
		"i", (int64_t)LATEST_MAX));
	html_site_section(&site->out, ++*sections, "The latest crashes");
	html_site_table(&site->out, headings, ARRAY_SIZE(headings));
	while (row) {
		TRY(stmt_step(stmt, &row));
		if (row)
			put_crash(site, stmt);
	}
	html_site_table_end(&site->out);
	html_site_section_end(&site->out);
	return NULL;
}

static struct err *make_index(struct site *site)
{
	unsigned sections = 0;

	html_site_begin(&site->out, "Kernel crashes",
			"What killed each kernel, by its dump or log.");
	TRY(put_alerts(site, &sections));
	return put_crashes(site, &sections);
}

/* --- groups ----------------------------------------------------------------------------------- */

/* The values of a list that one parameter brings, whatever their number. */
#define VALUES_LITE "SELECT value FROM json_each(?1)"
#define VALUES_SERVER "SELECT value FROM jsonb_array_elements_text(?1::jsonb) AS t(value)"

static void name_signature(void *context, const struct group *group)
{
	json_array_append_new(context, json_escaped(group->name));
}

/* Those that the page is going to show. */
static struct err *read_names(struct site *site, char **ret)
{
	const struct list_filters all = {0};
	_json_ json_t *names = json_array();

	TRY(groups_read(store_db(site->store), GROUP_SIGNATURE, &all, GROUPS_MAX, name_signature,
			names));
	*ret = json_dumps(names, JSON_COMPACT);
	return *ret ? NULL : &err_nomem;
}

static json_t *no_crashes(void)
{
	json_t *weeks = json_array();

	for (int i = 0; i < WEEKS; i++)
		json_array_append_new(weeks, json_integer(0));
	return weeks;
}

static void take_week(struct site *site, const char *signature, int64_t week, int64_t count)
{
	json_t *weeks = json_object_get(site->weeks, signature);

	if (!weeks) {
		weeks = no_crashes();
		json_object_set_new(site->weeks, signature, weeks);
	}
	if (week >= 0 && week < WEEKS)
		json_array_set_new(weeks, (size_t)week, json_integer(count));
}

#define WEEKS_OF(values)                                                                           \
	"SELECT signature, crash_time / 604800, count(*) FROM job WHERE signature IN (" values     \
	") AND crash_time >= ?2 AND crash_time < ?3 GROUP BY signature, crash_time / 604800"
static const char *const weeks_of[] = {
	[DB_SQLITE] = WEEKS_OF(VALUES_LITE), [DB_POSTGRESQL] = WEEKS_OF(VALUES_SERVER)};

/* Crashes a week of each signature that is shown, of the last half of a year. */
static struct err *read_weeks(struct site *site)
{
	int64_t first = time(NULL) / WEEK_S - WEEKS + 1;
	struct db *db = store_db(site->store);
	_free_ char *names = NULL;
	struct stmt *stmt;
	bool row = true;

	TRY(read_names(site, &names));
	TRY(db_query(db, &stmt, weeks_of[db_dialect(db)], "tii", names, first * WEEK_S,
		     (first + WEEKS) * WEEK_S));
	while (row) {
		TRY(stmt_step(stmt, &row));
		if (row)
			take_week(site, stmt_text(stmt, 0), stmt_int(stmt, 1) - first,
				  stmt_int(stmt, 2));
	}
	return NULL;
}

static void put_weeks(struct site *site, const char *signature)
{
	const json_t *weeks = json_object_get(site->weeks, signature);
	_str_ struct str label = {0};
	int64_t values[WEEKS] = {0};

	str_printf(&label, "crashes in each of the last %d weeks:", WEEKS);
	for (size_t i = 0; i < WEEKS; i++) {
		values[i] = json_integer_value(json_array_get(weeks, i));
		str_printf(&label, " %" PRId64, values[i]);
	}
	html_site_bars(&site->out, label.data ? label.data : "", values, WEEKS);
}

static void put_signature(void *context, const struct group *group)
{
	struct site *site = context;

	html_site_row(&site->out, group->name);
	put_number(&site->out, group->count);
	put_number(&site->out, group->hosts);
	put_number(&site->out, group->kernels);
	put_weeks(site, group->name);
	put_time(&site->out, group->first_s);
	put_time(&site->out, group->last_s);
	html_site_cell(&site->out, group->ticket, NULL);
	put_headline(site, &site->out, group->headline, group->last_uid);
	html_site_row_end(&site->out);
}

static void put_host(void *context, const struct group *group)
{
	struct site *site = context;

	html_site_row(&site->out, group->name);
	put_number(&site->out, group->count);
	html_site_cell(&site->out, group->top_cause, NULL);
	html_site_cell(&site->out, group->last_kernel, NULL);
	put_time(&site->out, group->first_s);
	put_time(&site->out, group->last_s);
	put_headline(site, &site->out, group->headline, group->last_uid);
	html_site_row_end(&site->out);
}

static void put_kernel(void *context, const struct group *group)
{
	struct site *site = context;

	html_site_row(&site->out, group->name);
	put_number(&site->out, group->count);
	put_number(&site->out, group->hosts);
	html_site_cell(&site->out, group->top_cause, NULL);
	put_time(&site->out, group->first_s);
	put_time(&site->out, group->last_s);
	put_headline(site, &site->out, group->headline, group->last_uid);
	html_site_row_end(&site->out);
}

static const struct group_page {
	const char *name, *title, *about;
	enum group_by by;
	void (*put)(void *context, const struct group *group);
	const char *headings[10];
} group_pages[] = {
	{"signatures.html",
	 "Signatures",
	 "Which crashes are the same; how many in each of the last 26 weeks.",
	 GROUP_SIGNATURE,
	 put_signature,
	 {"Signature", "Count", "Hosts", "Kernels", "Weeks", "First", "Last", "Ticket",
	  "Headline"}},
	{"hosts.html",
	 "Hosts",
	 "The machines that crashed.",
	 GROUP_HOST,
	 put_host,
	 {"Host", "Count", "Most often", "Kernel", "First", "Last", "Last crash"}},
	{"kernels.html",
	 "Kernels",
	 "The releases that crashed.",
	 GROUP_KERNEL,
	 put_kernel,
	 {"Kernel", "Count", "Hosts", "Most often", "First", "Last", "Last crash"}},
};

static struct err *make_groups(struct site *site, const struct group_page *page)
{
	const struct list_filters all = {0};
	size_t count = 0;

	while (page->headings[count])
		count++;
	html_site_begin(&site->out, page->title, page->about);
	html_site_section(&site->out, 1, page->title);
	html_site_table(&site->out, page->headings, count);
	TRY(groups_read(store_db(site->store), page->by, &all, GROUPS_MAX, page->put, site));
	html_site_table_end(&site->out);
	html_site_section_end(&site->out);
	return NULL;
}

/* --- a crash ---------------------------------------------------------------------------------- */

static struct err *put_report(struct site *site, const struct export_item *item)
{
	struct render_record record = {.id = item->dump, .state = item->state, .seen = ""};
	_str_ struct str out = {0};
	char name[128], time[UTC_SIZE];
	int64_t crash_time = 0;

	if (!site_files_name(json_string_at(item->report, "uid"), name))
		return NULL;
	TRY(db_number(store_db(site->store), &crash_time,
		      "SELECT crash_time FROM job WHERE dump = ?", "i", item->dump));
	utc_format(crash_time, time);
	record.crash_time = time;
	html_render(item->report, &record, "../index.html", &out);
	return site_files_put(site->files, site->files->crashes, name, &out);
}

static struct err *keep_state(const struct site *site, const char *epoch, int64_t cursor)
{
	_json_ json_t *state = json_pack("{s:s, s:I, s:s}", "epoch", epoch, "cursor",
					 (json_int_t)cursor, "version", TRIAGE_VERSION);

	return site_files_keep_state(site->files, state);
}

/* Behind what the last run wrote, if that was of this store and by this program; and behind those that are too many. */
static struct err *find_start(struct site *site, const char *epoch, int64_t *ret)
{
	_json_ json_t *state = site_files_state(site->files);
	const char *of = json_string_at(state, "epoch"), *by = json_string_at(state, "version");
	int64_t cursor = json_integer_at(state, "cursor"), last, oldest = 0;

	TRY(export_head(site->store, &last));
	if (site->options->anew || !of || strcmp(of, epoch) != 0 || !by ||
	    strcmp(by, TRIAGE_VERSION) != 0 || cursor > last)
		cursor = 0;
	TRY(db_number(store_db(site->store), &oldest,
		      "SELECT seq FROM export ORDER BY seq DESC LIMIT 1 OFFSET ?", "i",
		      (int64_t)site->options->crashes));
	*ret = MAX(cursor, oldest);
	return NULL;
}

static struct err *make_crashes(struct site *site)
{
	_free_ char *epoch = NULL;
	bool found = true;
	int64_t cursor;

	TRY(export_epoch(site->store, &epoch));
	TRY(find_start(site, epoch, &cursor));
	for (unsigned count = 1; found; count++) {
		_export_item_ struct export_item item = {0};

		TRY(export_next(site->store, cursor, &item, &found));
		if (!found)
			break;
		TRY(put_report(site, &item));
		cursor = item.number;
		if (count % STATE_EVERY == 0)
			TRY(keep_state(site, epoch, cursor));
	}
	return keep_state(site, epoch, cursor);
}

#define FORGOTTEN_OF(values)                                                                       \
	"SELECT p.value FROM (" values ") p WHERE NOT EXISTS (SELECT 1 FROM dump d WHERE "         \
	"d.uid = p.value)"
static const char *const forgotten_of[] = {
	[DB_SQLITE] = FORGOTTEN_OF(VALUES_LITE), [DB_POSTGRESQL] = FORGOTTEN_OF(VALUES_SERVER)};

/* Pages of crashes that the store has forgotten: asked for of all pages at once. */
static struct err *remove_forgotten(struct site *site)
{
	struct db *db = store_db(site->store);
	_free_ char *uids = NULL;
	struct stmt *stmt;
	bool row = true;

	TRY(site_files_pages(site->files, &uids));
	TRY(db_query(db, &stmt, forgotten_of[db_dialect(db)], "t", uids));
	while (row) {
		TRY(stmt_step(stmt, &row));
		if (row)
			TRY(site_files_remove(site->files, stmt_text(stmt, 0)));
	}
	return NULL;
}

/* --- all of it -------------------------------------------------------------------------------- */

static struct err *make_page(struct site *site, const struct group_page *page)
{
	str_deinit(&site->out);
	site->out = (struct str){0};
	TRY(page ? make_groups(site, page) : make_index(site));
	html_site_end(&site->out);
	return site_files_put(site->files, site->files->dir, page ? page->name : "index.html",
			      &site->out);
}

static struct err *make_pages(struct site *site)
{
	TRY(make_crashes(site));
	TRY(remove_forgotten(site));
	TRY(read_weeks(site));
	for (size_t i = 0; i < ARRAY_SIZE(group_pages); i++)
		TRY(make_page(site, &group_pages[i]));
	return make_page(site, NULL);
}

struct err *site_make(struct store *store, struct site_files *files,
		      const struct site_options *options)
{
	_json_ json_t *weeks = json_object();
	struct site site = {.store = store, .files = files, .options = options, .weeks = weeks};
	struct err *err = make_pages(&site);

	str_deinit(&site.out);
	return err;
}
