/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_LOG_MCE
#define TRIAGE_LOG_MCE

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "base/error.h"

struct log;

/*
 * Machine checks: what a bank of the processor's machine-check architecture held, as the log prints
 * it: in raw words (2.4 on), behind "[Hardware Error]:" (2.6.33 on), decoded by AMD's driver, by EDAC
 * or by mcelog.
 */
enum mce_severity {
	MCE_CORRECTED,
	MCE_DEFERRED, /* AMD: bad data that nobody has used yet */
	MCE_UNCORRECTED,
	MCE_FATAL, /* the processor's state is lost, or the program cannot go on */
};

struct mce {
	size_t line;   /* of the log, where it begins */
	size_t count;  /* so often the same was printed, nothing else of its kind between */
	int cpu, bank; /* -1 unknown */
	int socket;    /* -1 unknown */
	bool has_status, has_address, has_misc, has_mcg_status;
	uint64_t status, address, misc, mcg_status;
	bool amd; /* its codes are AMD's */
	char place
		[128]; /* where the processor was, as printed; not always the culprit; "" unknown */
	char detail[96]; /* the kernel's own decoding: "DRAM ECC error"; "" none */
	enum mce_severity severity;
};

#define MCES_KEPT_MAX 512

struct mces {
	struct mce *list; /* in the log's order */
	size_t count;
	size_t left_out; /* beyond MCES_KEPT_MAX */
};

/* All machine checks of a log, in one pass. ERR_NOMEM alone. */
struct err *mces_read(const struct log *log, struct mces **ret);
/* Words one of which each of its lines has. */
const char *const *mce_words(size_t *count);
void mces_free(struct mces *mces); /* NULL is fine */
DEFINE_CLEANUP(struct mces, mces_free)

const char *mce_severity_name(enum mce_severity severity);
/* The one that begins with this line of the log, or NULL. */
const struct mce *mces_at(const struct mces *mces, size_t line);

#endif
