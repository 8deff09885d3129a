/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Signatures that an older program made in another way would part what is the same: they are made anew. */
#include "daemon/renewal.h"

#include "daemon/log.h"
#include "daemon/outbox.h"
#include "daemon/store/signing.h"

#define BATCH 64     /* verdicts, in one transaction */
#define PAUSE_MS 20  /* between them: dumps come first */
#define FIRST_MS 200 /* after the start */

struct renewal {
	struct daemon *daemon;
	struct timer timer;
	struct signing_result result;
};

static void finish(const struct renewal *renewal)
{
	if (renewal->result.changed)
		outbox_wake(renewal->daemon->outbox);
	if (renewal->result.made)
		log_line(LOG_NOTICE,
			 "signatures are made in another way now (version %d): those of %lld "
			 "verdicts "
			 "were made anew, %lld are others than before",
			 SIGNATURE_VERSION, (long long)renewal->result.made,
			 (long long)renewal->result.changed);
}

static void on_timer(void *context)
{
	struct renewal *renewal = context;
	struct store_guard *guard = renewal->daemon->guard;
	int64_t before = renewal->result.made;

	if (!store_guard_db(guard))
		return;
	if (!store_guard_check(guard,
			       signing_renew(store_guard_get(guard), BATCH, &renewal->result),
			       "make signatures anew"))
		return;
	if (renewal->result.made - before == BATCH)
		timer_set(renewal->daemon->loop, &renewal->timer, PAUSE_MS);
	else
		finish(renewal);
}

void renewal_start(struct renewal *renewal)
{
	renewal->result = (struct signing_result){0};
	timer_set(renewal->daemon->loop, &renewal->timer, FIRST_MS);
}

void renewal_stop(struct renewal *renewal)
{
	timer_stop(renewal->daemon->loop, &renewal->timer);
}

struct err *renewal_create(struct daemon *daemon, struct renewal **ret)
{
	struct renewal *renewal = calloc(1, sizeof(*renewal));

	if (!renewal)
		return &err_nomem;
	renewal->daemon = daemon;
	renewal->timer = (struct timer){.run = on_timer, .context = renewal};
	*ret = renewal;
	return NULL;
}

void renewal_destroy(struct renewal *renewal)
{
	if (!renewal)
		return;
	renewal_stop(renewal);
	free(renewal);
}
