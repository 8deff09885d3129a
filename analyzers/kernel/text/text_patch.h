/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_TEXT_TEXT_PATCH
#define TRIAGE_KERNEL_TEXT_TEXT_PATCH

#include "kernel/kernel.h"
#include "kernel/text/text_sites.h"

enum text_patch {
	PATCH_KNOWN, /* what stands there may stand there */
	PATCH_NEAR,  /* one or two bits away from that */
	PATCH_OTHER, /* cannot be told: a form of patching not known here, or overwritten */
};

/*
 * What stands at a site, against what its file has there; both are of site->length bytes. slide is
 * that of the file. For PATCH_NEAR, near is what would be right: of site->length bytes too.
 */
enum text_patch text_patch_check(struct kernel *kernel, const struct text_site *site,
				 const uint8_t *expected, const uint8_t *found, uint64_t slide,
				 uint8_t *near);

#endif
