/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who takes away what he himself is in: a file of /proc in its own write(), say. */
#include "locks/own_user.h"

#include <fnmatch.h>
#include <stdio.h>
#include <string.h>

#include "crash/culprit.h"

static const struct {
	const char *wait, *user;
} own_users[] = {
#define OWN_USER(wait, user) {wait, user},
#include "locks/own_users.def"
#undef OWN_USER
};

/* The pattern of those who are waited for in the function; NULL: it is no such wait. */
static const char *user_of(const char *function)
{
	for (size_t i = 0; i < ARRAY_SIZE(own_users); i++)
		if (!strcmp(own_users[i].wait, function))
			return own_users[i].user;
	return NULL;
}

/* The first call from the given one outwards that is waited for, of those that the task made itself; 0: none. */
static unsigned find_user(const struct sleeper *sleeper, unsigned from, const char *pattern)
{
	for (unsigned i = from; i < sleeper->call_count && sleeper->calls[i].kind == FRAME_CALL;
	     i++)
		if (!fnmatch(pattern, sleeper->calls[i].function, 0))
			return i;
	return 0;
}

/* Then it may be that one whose end is waited for. */
static bool another_uses(const struct sleepers *all, const struct sleeper *sleeper,
			 const char *pattern)
{
	for (size_t i = 0; all && i < all->count; i++)
		if (all->list[i].task != sleeper->task && find_user(&all->list[i], 1, pattern))
			return true;
	return false;
}

/* Who wanted it to be taken away: past what takes away. */
static const char *caller_of(const struct sleeper *sleeper, unsigned wait, unsigned user)
{
	unsigned i = wait + 1;

	while (i + 1 < user && (user_of(sleeper->calls[i].function) ||
				culprit_waits_for_caller(sleeper->calls[i].function)))
		i++;
	return sleeper->calls[i].function;
}

bool own_user_find(const struct sleepers *all, const struct sleeper *sleeper, char *name,
		   size_t size)
{
	for (unsigned i = 0; i < sleeper->call_count; i++) {
		const char *pattern = user_of(sleeper->calls[i].function);
		unsigned user = pattern ? find_user(sleeper, i + 1, pattern) : 0;

		if (!user || another_uses(all, sleeper, pattern))
			continue;
		snprintf(name, size, "the end of its own %s(), in %s()",
			 sleeper->calls[user].function, caller_of(sleeper, i, user));
		return true;
	}
	return false;
}
