/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The error type: making, wrapping and freeing it. */
#include "base/error.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

static char nomem_message[] = "out of memory";
struct err err_nomem = {.code = ERR_NOMEM, .message = nomem_message};

static struct err *make(enum err_code code, int errnum, uint64_t address, char *message)
{
	struct err *err = message ? malloc(sizeof(*err)) : NULL;

	if (!err) {
		free(message);
		return &err_nomem;
	}
	*err = (struct err){code, errnum, address, message};
	return err;
}

static char *format(const char *fmt, va_list args)
{
	char *text;

	return vasprintf(&text, fmt, args) < 0 ? NULL : text;
}

/* printf into a new string; consumes the two strings it joins. */
static char *join(char *first, const char *between, char *second)
{
	char *joined = NULL;

	if (first && second && asprintf(&joined, "%s%s%s", first, between, second) < 0)
		joined = NULL;
	free(first);
	free(second);
	return joined;
}

struct err *err_new(enum err_code code, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	char *message = format(fmt, args);
	va_end(args);
	return make(code, 0, 0, message);
}

struct err *err_at(enum err_code code, uint64_t address, const char *fmt, ...)
{
	va_list args;
	char *where;

	va_start(args, fmt);
	char *message = format(fmt, args);
	va_end(args);
	if (asprintf(&where, "0x%016" PRIx64, address) < 0)
		where = NULL;
	return make(code, 0, address, join(message, " at ", where));
}

struct err *err_errno(int errnum, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	char *message = format(fmt, args);
	va_end(args);
	if (errnum == ENOMEM)
		alloc_failed();
	return make(ERR_IO, errnum, 0, join(message, ": ", strdup(strerror(errnum))));
}

struct err *err_wrap(struct err *err, const char *fmt, ...)
{
	va_list args;

	if (!err || err == &err_nomem)
		return err;
	va_start(args, fmt);
	char *context = format(fmt, args);
	va_end(args);

	char *joined = join(context, ": ", err->message);
	err->message = joined;
	if (!joined) {
		free(err);
		return &err_nomem;
	}
	return err;
}

void err_free(struct err *err)
{
	if (!err || err == &err_nomem)
		return;
	free(err->message);
	free(err);
}

const char *err_code_name(enum err_code code)
{
	static const char *const names[] = {
		[ERR_NOMEM] = "out_of_memory", [ERR_IO] = "io",
		[ERR_UNMAPPED] = "unmapped",   [ERR_EXCLUDED] = "excluded",
		[ERR_ABSENT] = "absent",       [ERR_TRUNCATED] = "truncated",
		[ERR_DAMAGED] = "damaged",     [ERR_CORRUPT] = "corrupt",
		[ERR_NOT_FOUND] = "not_found", [ERR_LIMIT] = "limit",
		[ERR_LOOP] = "loop",	       [ERR_UNSUPPORTED] = "unsupported",
		[ERR_INVALID] = "invalid",
	};

	return names[code];
}
