/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The daemon: reads its options, puts its parts together, and sees to signals. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "daemon/control.h"
#include "daemon/daemon.h"
#include "daemon/intake.h"
#include "daemon/jobs.h"
#include "daemon/log.h"
#include "daemon/metrics_file.h"
#include "daemon/notify.h"
#include "daemon/outbox.h"
#include "daemon/recovery.h"
#include "daemon/renewal.h"
#include "daemon/retention.h"
#include "daemon/site_rules.h"
#include "daemon/store/analyze.h"
#include "daemon/store/queue.h"
#include "daemon/worker/unpack.h"
#include "daemon/worker/worker.h"

#define HOLD_MAX_MS 30000
#define CLAIM_TRIES 20 /* a tenth of a second apart */

struct setup {
	struct daemon daemon;
	char *database;
	int signals, claim; /* claim: the state directory, locked */
	struct timer watchdog, release;
};

/* --- configuration --- */

static void on_first_scan(void *context)
{
	struct daemon *daemon = context;

	jobs_hold(daemon->jobs, false);
}

static struct err *open_spool(struct daemon *daemon, struct config *config, struct spool **ret)
{
	struct spool_events events = intake_events(daemon);
	struct err *err;

	err = spool_create(daemon->loop, config, &events, ret);
	if (!err)
		spool_pause(*ret, !store_guard_get(daemon->guard));
	return err;
}

/* Put configuration file and rules as they are now into force: all of it, or on failure nothing. */
static struct err *load_anew(struct daemon *daemon)
{
	_cleanup_(cleanup_config_free) struct config *config = NULL;
	_cleanup_(cleanup_rules_free) struct rules *rules = NULL;
	_json_ json_t *faults = NULL;
	struct spool *spool;

	TRY(config_load(daemon->config_path, &config));
	TRY(site_rules_load(daemon->rules_dir, &rules, &faults));
	TRY(open_spool(daemon, config, &spool));
	rules_free(daemon->rules);
	daemon->rules = take_ptr(rules);
	json_decref(daemon->rule_faults);
	daemon->rule_faults = take_ptr(faults);
	spool_destroy(daemon->spool); /* before the configuration that it uses */
	daemon->spool = spool;
	config_free(daemon->config);
	daemon->config = take_ptr(config);
	return NULL;
}

/* --- signals --- */

static void reload(struct daemon *daemon)
{
	struct timespec now;
	struct err *err;

	clock_gettime(CLOCK_MONOTONIC, &now);
	notify_send("RELOADING=1\nMONOTONIC_USEC=%lld",
		    now.tv_sec * 1000000ll + now.tv_nsec / 1000);
	err = load_anew(daemon);
	if (err)
		log_error(LOG_ERR, err, "reload: going on with the old configuration");
	else
		log_line(LOG_NOTICE, "configuration reloaded");
	if (store_guard_get(daemon->guard))
		store_guard_check(daemon->guard,
				  site_rules_recall(store_guard_get(daemon->guard),
						    daemon->rules_dir, daemon->rule_faults),
				  "look for rules that broke");
	metrics_file_wake(daemon->metrics_file);
	notify_send("READY=1");
}

static void on_signal(void *context)
{
	struct setup *setup = context;
	struct signalfd_siginfo info;

	while (read(setup->signals, &info, sizeof(info)) == sizeof(info)) {
		if (info.ssi_signo == SIGHUP) {
			reload(&setup->daemon);
			continue;
		}
		log_line(LOG_INFO, "stopping");
		notify_send("STOPPING=1");
		loop_stop(setup->daemon.loop);
	}
}

static struct err *catch_signals(struct setup *setup)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	signal(SIGPIPE, SIG_IGN);
	if (sigprocmask(SIG_BLOCK, &set, NULL))
		return err_errno(errno, "sigprocmask");
	setup->signals = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
	if (setup->signals < 0)
		return err_errno(errno, "signalfd");
	return loop_add(setup->daemon.loop, setup->signals, on_signal, setup);
}

static void on_watchdog(void *context)
{
	struct setup *setup = context;

	notify_send("WATCHDOG=1");
	timer_set(setup->daemon.loop, &setup->watchdog, notify_watchdog_ms() / 3);
}

/* --- the store comes and goes --- */

static void begin_work(struct daemon *daemon)
{
	spool_pause(daemon->spool, false);
	spool_rescan(daemon->spool);
	jobs_wake(daemon->jobs);
	outbox_wake(daemon->outbox);
	renewal_start(daemon->renewal);
}

static struct err *on_store_up(void *context, bool first)
{
	struct daemon *daemon = context;
	int64_t interrupted;

	TRY(queue_recover(store_guard_db(daemon->guard), first, &interrupted));
	TRY(site_rules_recall(store_guard_get(daemon->guard), daemon->rules_dir,
			      daemon->rule_faults));
	if (interrupted)
		log_line(LOG_NOTICE, "%lld interrupted analyses are taken up again",
			 (long long)interrupted);
	return recovery_begin(daemon->recovery);
}

static void on_store_down(void *context)
{
	struct daemon *daemon = context;

	recovery_stop(daemon->recovery);
	renewal_stop(daemon->renewal);
	spool_pause(daemon->spool, true);
	jobs_drop(daemon->jobs);
}

/* --- putting it together --- */

/*
 * One daemon a store: a second would take the analyses of the first for interrupted ones. What a killed daemon had
 * forked, and did not exec yet, holds on for a moment. Without the directory there is nothing to hold.
 */
static struct err *claim_store(struct setup *setup)
{
	const char *dir = setup->daemon.state_dir;

	setup->claim = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	for (int i = 0; setup->claim >= 0 && flock(setup->claim, LOCK_EX | LOCK_NB); i++) {
		if (errno != EWOULDBLOCK)
			break;
		if (i == CLAIM_TRIES)
			return err_new(ERR_INVALID, "another triaged has its store in %s", dir);
		usleep(100000);
	}
	return NULL;
}

static struct err *create_parts(struct setup *setup)
{
	struct daemon *daemon = &setup->daemon;
	struct store_guard_events guard_events = {on_store_up, on_store_down, daemon};

	if (asprintf(&setup->database, "%s/" DATABASE_NAME, daemon->state_dir) < 0) {
		setup->database = NULL;
		return &err_nomem;
	}
	TRY(config_load(daemon->config_path, &daemon->config));
	TRY(claim_store(setup));
	TRY(loop_create(&daemon->loop));
	TRY(catch_signals(setup));
	TRY(site_rules_load(daemon->rules_dir, &daemon->rules, &daemon->rule_faults));
	TRY(store_guard_create(daemon->loop, setup->database, &guard_events, &daemon->guard));
	TRY(jobs_create(daemon, &daemon->jobs));
	TRY(outbox_create(daemon, &daemon->outbox));
	TRY(retention_create(daemon, &daemon->retention));
	TRY(metrics_file_create(daemon, &daemon->metrics_file));
	TRY(renewal_create(daemon, &daemon->renewal));
	TRY(recovery_create(daemon, begin_work, &daemon->recovery));
	TRY(open_spool(daemon, daemon->config, &daemon->spool));
	return control_create(daemon, &daemon->control);
}

static void destroy_parts(struct setup *setup)
{
	struct daemon *daemon = &setup->daemon;

	control_destroy(daemon->control);
	spool_destroy(daemon->spool);
	recovery_destroy(daemon->recovery);
	metrics_file_destroy(daemon->metrics_file);
	renewal_destroy(daemon->renewal);
	retention_destroy(daemon->retention);
	outbox_destroy(daemon->outbox);
	jobs_destroy(daemon->jobs);
	store_guard_destroy(daemon->guard);
	rules_free(daemon->rules);
	json_decref(daemon->rule_faults);
	if (setup->signals > 0) {
		loop_remove(daemon->loop, setup->signals);
		close(setup->signals);
	}
	loop_destroy(daemon->loop);
	config_free(daemon->config);
	free(setup->database);
	if (setup->claim >= 0)
		close(setup->claim);
}

static struct err *run(struct setup *setup)
{
	struct daemon *daemon = &setup->daemon;

	TRY(create_parts(setup));
	/* Until the spools were looked through once, so that the newest crash comes first. */
	jobs_hold(daemon->jobs, true);
	setup->release = (struct timer){.run = on_first_scan, .context = daemon};
	timer_set(daemon->loop, &setup->release, HOLD_MAX_MS);
	setup->watchdog = (struct timer){.run = on_watchdog, .context = setup};
	if (notify_watchdog_ms())
		on_watchdog(setup);
	log_line(LOG_INFO, "watching %zu spool%s, store in %s", daemon->config->spool.count,
		 daemon->config->spool.count == 1 ? "" : "s", daemon->state_dir);
	notify_send("READY=1");
	return loop_run(daemon->loop);
}

/* --- the command line --- */

static const struct option options[] = {
	{"config", required_argument, NULL, 'c'},
	{"state-dir", required_argument, NULL, 's'},
	{"run-dir", required_argument, NULL, 'r'},
	{"check-config", no_argument, NULL, 'C'},
	{"verbose", no_argument, NULL, 'v'},
	{"version", no_argument, NULL, 'V'},
	{"help", no_argument, NULL, 'h'},
	{"rules-dir", required_argument, NULL, 'R'},
	{0},
};

static void usage(void)
{
	puts("triaged [--config FILE] [--state-dir DIR] [--run-dir DIR] [--rules-dir DIR]\n"
	     "        [--verbose]\n"
	     "triaged --check-config [--config FILE]\n"
	     "\n"
	     "Watches crash-dump spools and gives every dump a verdict. See triaged(8).");
}

static int check_config(const char *path)
{
	_cleanup_(cleanup_config_free) struct config *config = NULL;
	_err_ struct err *err = config_load(path, &config);

	if (err)
		fprintf(stderr, "%s\n", err->message);
	return err ? 1 : 0;
}

/* The first directory of systemd's list in $name, else the default. */
static const char *directory_from(const char *name, const char *initial)
{
	const char *given = getenv(name);

	return given && *given && !strchr(given, ':') ? given : initial;
}

/* True to go on; else *status is the exit status. */
static bool read_options(int argc, char **argv, struct daemon *daemon, int *status)
{
	bool verbose = false, check = false;
	int c;

	daemon->config_path = CONFIG_PATH;
	daemon->state_dir = directory_from("STATE_DIRECTORY", STATE_DIR);
	daemon->rules_dir = SITE_RULES_DIR;
	daemon->run_dir = directory_from("RUNTIME_DIRECTORY", RUN_DIR);
	*status = 0;
	while ((c = getopt_long(argc, argv, "c:vh", options, NULL)) != -1) {
		switch (c) {
		case 'c':
			daemon->config_path = optarg;
			break;
		case 's':
			daemon->state_dir = optarg;
			break;
		case 'r':
			daemon->run_dir = optarg;
			break;
		case 'R':
			daemon->rules_dir = optarg;
			break;
		case 'C':
			check = true;
			break;
		case 'v':
			verbose = true;
			break;
		case 'V':
			puts("triaged " TRIAGE_VERSION);
			return false;
		case 'h':
			usage();
			return false;
		default:
			*status = 2;
			return false;
		}
	}
	if (check) {
		*status = check_config(daemon->config_path);
		return false;
	}
	log_open(verbose);
	return true;
}

int main(int argc, char **argv)
{
	struct setup setup = {.signals = -1, .claim = -1, .daemon.started_at = time(NULL)};
	struct err *err;
	int status;

	if (argc > 1 && !strcmp(argv[1], WORKER_VERB))
		return worker_main(argc, argv);
	if (argc > 1 && !strcmp(argv[1], UNPACK_VERB))
		return unpack_main(argc, argv);
	if (!read_options(argc, argv, &setup.daemon, &status))
		return status;
	umask(0027);
	/* Memory of large reports is given back to the system at once. */
	mallopt(M_TRIM_THRESHOLD, 256 << 10);
	mallopt(M_MMAP_THRESHOLD, 256 << 10);
	err = run(&setup);
	if (err)
		log_error(LOG_CRIT, err, "cannot go on");
	destroy_parts(&setup);
	return err ? 1 : 0;
}
