/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_MEMORY_MEMORY_JSON
#define TRIAGE_MEMORY_MEMORY_JSON

#include "json.h"
#include "memory/memory_facts.h"

/* The facts of memory as schema/verdict.schema.json has them. NULL on out-of-memory. */
json_t *memory_json_pointer(const struct crash_pointer *pointer);
/* number: of the step, from 1. */
json_t *memory_json_step(const struct bad_value_step *step, size_t number);
json_t *memory_json_holder(const struct holder *holder);
json_t *memory_json_hypothesis(const struct hypothesis *hypothesis);
/* text: what it comes to, in words. */
json_t *memory_json_object(const struct damaged_object *object, const char *text);
json_t *memory_json_overrun(const struct overrun *overrun);
json_t *memory_json_freelist(const struct freelist_corruption *corruption);
json_t *memory_json_double_free(struct kernel *kernel, const struct double_free *twice);
json_t *memory_json_debug_report(const struct debug_report *report);
json_t *memory_json_blamed(const struct blamed *blamed, const char *text);
json_t *memory_json_stack(const struct stack_damage *damage, const char *text);
json_t *memory_json_call(const struct bad_call *call, const char *text);
json_t *memory_json_list(const struct broken_list *list, const char *text);
json_t *memory_json_contents(const struct contents *contents);
json_t *memory_json_place(const struct search_place *place);
json_t *memory_json_groups(const struct search_group *groups, size_t count);
json_t *memory_json_copies(const struct copies *copies);
json_t *memory_json_links(const struct copies *links);

#endif
