/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_LOG_MCE_WORDS
#define TRIAGE_LOG_MCE_WORDS

#include "base/str.h"
#include "log/mce.h"

/* "memory controller error: memory read, channel 1": what the status' error code means. */
void mce_put_code(uint64_t status, bool amd, struct str *out);
/* "uncorrected, processor context corrupt, …": its bits. */
void mce_put_bits(uint64_t status, bool amd, struct str *out);

/* What it was, by the kernel's own words and its status. */
void mce_put_words(const struct mce *mce, struct str *out);
/* "machine check on CPU 33, bank 0: …", with how often. */
void mce_put_summary(const struct mce *mce, struct str *out);

#endif
