/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Keeps the file from which Prometheus learns how the daemon is. */
#include "daemon/metrics_file.h"

#include <string.h>
#include <time.h>

#include "base/io.h"
#include "daemon/control.h"
#include "daemon/log.h"
#include "daemon/store/metrics.h"

#define INTERVAL_MS 30000

struct metrics_file {
	struct daemon *daemon;
	struct timer timer;
	bool troubled; /* said already that it cannot be written */
};

static struct err *write_file(const char *path, const char *text)
{
	const char *name = strrchr(path, '/') + 1; /* the configuration wants an absolute path */
	_free_ char *directory = strndup(path, (size_t)(name - path));

	return directory ? io_replace(directory, name, text, 0644) : &err_nomem;
}

/* A store that fails while it is asked goes away; what the daemon knows without it is told all the same. */
static struct err *describe(struct daemon *daemon, struct str *out)
{
	_json_ json_t *status = control_status(daemon);
	int64_t now = time(NULL);

	if (store_guard_get(daemon->guard) &&
	    store_guard_check(daemon->guard,
			      metrics_put(status, store_guard_db(daemon->guard), now, out),
			      "count for metrics"))
		return NULL;
	str_deinit(out);
	json_put(status, "store", json_escaped(store_guard_trouble(daemon->guard)));
	return metrics_put(status, NULL, now, out);
}

static struct err *write_metrics(struct daemon *daemon)
{
	_str_ struct str text = {0};

	TRY(describe(daemon, &text));
	return write_file(daemon->config->metrics_file, text.data);
}

static void on_timer(void *context)
{
	struct metrics_file *file = context;
	_err_ struct err *err = NULL;

	if (file->daemon->config->metrics_file) {
		err = write_metrics(file->daemon);
		if (err && !file->troubled)
			log_line(LOG_WARNING, "metrics: %s; see METRICS in triaged.conf(5)",
				 err->message);
		if (!err && file->troubled)
			log_line(LOG_NOTICE, "metrics can be written again");
		file->troubled = err;
	}
	timer_set(file->daemon->loop, &file->timer, INTERVAL_MS);
}

void metrics_file_wake(struct metrics_file *file)
{
	timer_hasten(file->daemon->loop, &file->timer, 0);
}

struct err *metrics_file_create(struct daemon *daemon, struct metrics_file **ret)
{
	struct metrics_file *file = calloc(1, sizeof(*file));

	if (!file)
		return &err_nomem;
	file->daemon = daemon;
	file->timer = (struct timer){.run = on_timer, .context = file};
	timer_set(daemon->loop, &file->timer, 1000); /* once the store is open */
	*ret = file;
	return NULL;
}

void metrics_file_destroy(struct metrics_file *file)
{
	if (!file)
		return;
	timer_stop(file->daemon->loop, &file->timer);
	free(file);
}
