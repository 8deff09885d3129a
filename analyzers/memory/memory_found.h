/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_MEMORY_MEMORY_FOUND
#define TRIAGE_MEMORY_MEMORY_FOUND

#include "analysis.h"
#include "memory/memory_facts.h"

/*
 * Something has been found: each of these keeps a copy of the fact in analysis->memory, for those
 * who come later, and adds it to the findings.
 */
void memory_found_pointer(struct analysis *analysis, const struct crash_pointer *pointer);
void memory_found_holder(struct analysis *analysis, const struct holder *holder);
void memory_found_hypothesis(struct analysis *analysis, const struct hypothesis *hypothesis);
/* text: what it comes to, in words. */
void memory_found_object(struct analysis *analysis, const struct damaged_object *object,
			 const char *text);
void memory_found_overrun(struct analysis *analysis, const struct overrun *overrun,
			  const char *text);
void memory_found_freelist(struct analysis *analysis, const struct freelist_corruption *corruption);
void memory_found_double_free(struct analysis *analysis, const struct double_free *twice);
void memory_found_debug_report(struct analysis *analysis, const struct debug_report *report);
/* text: what it comes to, in words. */
void memory_found_blamed(struct analysis *analysis, const struct blamed *blamed, const char *text);
void memory_found_stack(struct analysis *analysis, const struct stack_damage *damage,
			const char *text);
void memory_found_call(struct analysis *analysis, const struct bad_call *call, const char *text);
void memory_found_list(struct analysis *analysis, const struct broken_list *list, const char *text);

/* These add to the findings what stands in analysis->memory already. */
void memory_found_bad_value(struct analysis *analysis);
void memory_found_contents(struct analysis *analysis);
void memory_found_copies(struct analysis *analysis);
/* analysis->memory.links is there; text says it in a sentence. */
void memory_found_links(struct analysis *analysis, const char *text);

#endif
