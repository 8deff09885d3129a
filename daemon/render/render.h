/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_RENDER_RENDER
#define TRIAGE_DAEMON_RENDER_RENDER

#include "base/str.h"
#include "daemon/render/page.h"
#include "daemon/render/render_record.h"
#include "daemon/render/render_style.h"
#include "json.h"

/* The page with what the store knows, NULL: nothing. */
void render_page(const json_t *report, const struct render_record *record,
		 const struct render_style *style, struct str *out);
/*
 * The parts it is made of, for a page in another order or form; each with its heading, and nothing where
 * nothing is known. record may be NULL.
 */
void render_headline(const struct page *page, const json_t *report);
void render_reasons(const struct page *page, const json_t *report);
/* Which dump it is, whether it was there before, and what is known of it. */
void render_history(const struct page *page, const json_t *report,
		    const struct render_record *record);
/* With commands that are ready to be pasted. */
void render_next(const struct page *page, const json_t *report, const struct render_record *record);
void render_crash(const struct page *page, const json_t *report);
/* Of the task that crashed, else of those that a hang or deadlock is about. */
void render_backtrace(const struct page *page, const json_t *report);
/* What the kernel's own report says besides. */
void render_report(const struct page *page, const json_t *report);
void render_ruled_out(const struct page *page, const json_t *report);
void render_see(const struct page *page, const json_t *report);
void render_system(const struct page *page, const json_t *report);
void render_missing(const struct page *page, const json_t *report);
/* One screen of a verdict document, headline first. Every string in it is escaped. */
void render_verdict(const json_t *report, const struct render_style *style, struct str *out);

#endif
