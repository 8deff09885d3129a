/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Detects: code that is not what it should be: the faulting function and its callers against the
 *   vmlinux or the module's file, and against the log's "Code:" line; without a file, an undefined
 *   instruction that one flipped bit explains, or bytes that are no code.
 * Needs: symbols, types, tasks, stacks.
 * False positives: code the kernel patched between its report and the dump, at a place no decoder
 *   knows for one. A flipped bit told without a file to compare with is inferred, and says so.
 * Kernel commits: none.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "analysis.h"
#include "base/str.h"
#include "crash/crash.h"
#include "kernel/dump/regs.h"
#include "kernel/dump/vmcoreinfo.h"
#include "kernel/insn/disasm.h"
#include "kernel/memory/memory.h"
#include "kernel/modules/module.h"
#include "kernel/symbols/symbol.h"
#include "kernel/text/text_file_module.h"
#include "kernel/types/object.h"
#include "kernel/unwind/frame.h"
#include "text/oops_code.h"
#include "text/text_bit_flip.h"
#include "text/text_compare.h"
#include "text/text_stray.h"

#define LISTED 32 /* differing bytes in a finding */

/* What was compared with what. */
struct subject {
	const struct symbol *function;
	const char *against; /* "log", "vmlinux", "module" */
	uint64_t address;    /* of the first byte compared */
};

static json_t *differences_json(const struct subject *subject,
				const struct text_comparison *comparison)
{
	json_t *list = json_array();

	for (size_t i = 0; i < MIN(comparison->count, LISTED); i++) {
		const struct text_difference *one = &comparison->differences[i];

		json_array_append_new(
			list,
			json_pack("{s:o, s:I, s:o, s:o}", "address", json_address(one->address),
				  "offset", (json_int_t)(one->address - subject->function->address),
				  "expected", json_bytes(&one->expected, 1), "found",
				  json_bytes(&one->found, 1)));
	}
	return list;
}

static json_t *comparison_json(const struct subject *subject,
			       const struct text_comparison *comparison)
{
	json_t *json = json_object();
	const struct symbol *function = subject->function;

	json_put(json, "symbol", json_escaped(function->name));
	json_put(json, "module",
		 function->module[0] ? json_escaped(function->module) : json_null());
	json_put(json, "against", json_string(subject->against));
	json_put(json, "class", json_string(text_difference_class(comparison)));
	json_put(json, "address", json_address(subject->address));
	json_put(json, "bytes", json_integer((json_int_t)comparison->bytes));
	json_put(json, "patched", json_integer((json_int_t)comparison->patched));
	json_put(json, "unchecked", json_integer((json_int_t)comparison->unchecked));
	json_put(json, "difference_count", json_integer((json_int_t)comparison->count));
	json_put(json, "differences", differences_json(subject, comparison));
	json_put(json, "evidence", json_string(EVIDENCE_PROVEN));
	return json;
}

static json_t *hook_json(struct kernel *kernel, const struct text_comparison *comparison)
{
	char target[SYMBOL_NAME_MAX + 96];

	symbols_format(kernel->symbols, comparison->hook_target, target, sizeof(target));
	return json_pack("{s:o, s:o, s:o}", "address", json_address(comparison->hook), "target",
			 json_address(comparison->hook_target), "text", json_escaped(target));
}

static void show(struct kernel *kernel, struct findings *findings, const struct subject *subject,
		 const struct text_comparison *comparison)
{
	const struct text_difference *first = &comparison->differences[0];
	const char *class = text_difference_class(comparison);
	const char *source =
		!strcmp(subject->against, "log") ? "what the oops printed" : "its file";
	json_t *json = comparison_json(subject, comparison);
	char place[SYMBOL_NAME_MAX + 96];

	symbols_format(kernel->symbols,
		       comparison->count    ? first->address
		       : comparison->hooked ? comparison->hook
					    : subject->address,
		       place, sizeof(place));
	if (comparison->hooked)
		json_put(json, "hook", hook_json(kernel, comparison));
	if (!strcmp(class, "hooked"))
		finding_add(findings, FINDING_TEXT, SEVERITY_WARNING, 1.0, json,
			    "%s jumps to a module that is not in its file: it was hooked", place);
	else if (!comparison->count)
		finding_add(findings, FINDING_TEXT, SEVERITY_INFO, 1.0, json, NULL);
	else if (!strcmp(class, "bit_flip"))
		finding_add(findings, FINDING_TEXT, SEVERITY_CRITICAL, 1.0, json,
			    "code at %s is %02x, in %s %02x: %u bit%s flipped", place, first->found,
			    source, first->expected,
			    text_difference_bits(first->expected, first->found),
			    text_difference_bits(first->expected, first->found) > 1 ? "s" : "");
	else
		finding_add(findings, FINDING_TEXT, SEVERITY_CRITICAL, 1.0, json,
			    "%zu bytes of code from %s on are not as in %s", comparison->count,
			    place, source);
}

/* --- the log ---------------------------------------------------------------------------------- */

/* A nop became a jump or call, or the reverse: a static key or a trace point was switched. */
static bool is_patched(struct kernel *kernel, const uint8_t *was, const uint8_t *is, size_t length)
{
	struct insn before, after;

	if (!disasm_one(kernel->disasm, was, length, 0, &before) ||
	    !disasm_one(kernel->disasm, is, length, 0, &after) || before.size != after.size)
		return false;
	bool was_nop = !strncmp(before.mnemonic, "nop", 3);
	bool is_nop = !strncmp(after.mnemonic, "nop", 3);

	return (was_nop && (after.is_jump || after.is_call)) ||
	       (is_nop && (before.is_jump || before.is_call)) ||
	       (before.is_call && after.is_call && before.size == 5);
}

static void compare_line(struct kernel *kernel, const struct oops_code *line, const uint8_t *dump,
			 uint64_t start, struct text_comparison *comparison)
{
	for (size_t i = 0; i < line->count; i++) {
		size_t left = line->count - i;
		struct insn insn;

		comparison->bytes++;
		if (line->bytes[i] == dump[i])
			continue;
		if (is_patched(kernel, line->bytes + i, dump + i, left) &&
		    disasm_one(kernel->disasm, dump + i, left, 0, &insn)) {
			comparison->patched++;
			comparison->bytes += insn.size - 1u;
			i += insn.size - 1u;
			continue;
		}
		text_difference_note(comparison, start + i, line->bytes[i], dump[i]);
	}
}

static void compare_with_log(const struct crash *crash, struct findings *findings,
			     const struct symbol *function)
{
	uint64_t rip = crash->regs.value[REG_RIP];
	struct kernel *kernel = crash->kernel;
	struct text_comparison comparison = {0};
	uint8_t dump[OOPS_CODE_MAX];
	struct oops_code line;

	if (!oops_code_find(kernel->log, function->name, rip - function->address, &line))
		return;
	uint64_t start = rip - line.at;
	if (!err_ok(memory_read(kernel->memory, start, dump, line.count)))
		return;
	compare_line(kernel, &line, dump, start, &comparison);
	show(kernel, findings, &(struct subject){function, "log", start}, &comparison);
}

/* --- without a file --------------------------------------------------------------------------- */

#define INFERRED 0.6 /* by the shape of the code alone */

/* False: there is none. */
static bool look_for_flip(const struct crash *crash, struct findings *findings,
			  const struct symbol *function)
{
	struct kernel *kernel = crash->kernel;
	char place[SYMBOL_NAME_MAX + 96], text[1024], bits[64] = "one bit explains it:";
	struct text_bit_flip flip;

	if (!text_bit_flip_find(kernel, function, crash->regs.value[REG_RIP], &flip))
		return false;
	symbols_format(kernel->symbols, flip.address, place, sizeof(place));
	if (flip.readings > 1)
		snprintf(bits, sizeof(bits), "any of %u single bits would explain it, such as",
			 flip.readings);
	snprintf(text, sizeof(text),
		 "the undefined instruction is out of step with the code after it, and %s %02x at "
		 "%s for %02x, which makes it \"%s\" (inferred from the code's shape, no file was "
		 "compared)",
		 bits, flip.restored, place, flip.found, flip.insn.assembly);
	json_t *json = json_pack("{s:s, s:s, s:f}", "kind", "text_bit_flip", "text", text,
				 "confidence", INFERRED);
	if (flip.readings == 1)
		json_put(json, "bit",
			 json_integer(__builtin_ctz((unsigned)(flip.found ^ flip.restored))));
	finding_add(findings, FINDING_HYPOTHESIS, SEVERITY_WARNING, INFERRED, json, "%s", text);
	return true;
}

static void show_strays(const struct crash *crash, struct findings *findings, unsigned count,
			uint8_t first)
{
	char place[SYMBOL_NAME_MAX + 96], text[1024], more[64] = "";
	double confidence = count > 1 ? 0.85 : INFERRED; /* one byte may be one bit's work */

	symbols_format(crash->kernel->symbols, crash->regs.value[REG_RIP], place, sizeof(place));
	if (count > 1)
		snprintf(more, sizeof(more), " nor with any of the %u behind it,", count - 1);
	snprintf(text, sizeof(text),
		 "no instruction of x86-64 begins with the byte %02x at %s,%s and the function's "
		 "own "
		 "instructions lead there: it was written over the code (inferred, no file was "
		 "compared)",
		 first, place, more);
	finding_add(findings, FINDING_HYPOTHESIS, SEVERITY_WARNING, confidence,
		    json_pack("{s:s, s:s, s:f}", "kind", "text_stray", "text", text, "confidence",
			      confidence),
		    "%s", text);
}

/* More than one byte that is no code is more than one bit's work. */
static void look_for_shape(const struct crash *crash, struct findings *findings,
			   const struct symbol *function)
{
	uint8_t first = 0;
	unsigned count =
		text_stray_count(crash->kernel, function, crash->regs.value[REG_RIP], &first);

	if (count > 1 || (!look_for_flip(crash, findings, function) && count))
		show_strays(crash, findings, count, first);
}

/* --- the kernel's own files ------------------------------------------------------------------- */

#define FRAMES 5		  /* the faulting function's and its callers' */
#define FUNCTION_MAX (256u << 10) /* bytes compared of one */

/* The files opened so far: the kernel's and those of some modules. */
struct sources {
	struct {
		char module[64];	/* "" for the kernel itself */
		struct text_file *file; /* NULL: there is none, or none that fits */
	} list[FRAMES];
	size_t count;
};

static void sources_deinit(struct sources *sources)
{
	for (size_t i = 0; i < sources->count; i++)
		text_file_close(sources->list[i].file);
}

static struct err *open_source(struct kernel *kernel, const char *name, uint64_t address,
			       struct text_file **ret)
{
	const char *release = vmcoreinfo_get(kernel->vmcoreinfo, "OSRELEASE");
	const struct module *module =
		kernel->modules && name[0] ? modules_find(kernel->modules, address) : NULL;
	_cleanup_(cleanup_text_file_close) struct text_file *file = NULL;
	int fd = -1;

	if (module && kernel->open_file && release)
		fd = kernel->open_file(kernel->open_file_context, release, module->name);
	else if (!name[0] && kernel->vmlinux_fd >= 0)
		fd = fcntl(kernel->vmlinux_fd, F_DUPFD_CLOEXEC, 0);
	if (fd < 0)
		return NULL;
	TRY(text_file_open(fd, &file));
	TRY(module ? text_file_module_place(file, kernel, module)
		   : text_file_place_kernel(file, kernel->link_offset));
	*ret = take_ptr(file);
	return NULL;
}

static struct err *find_source(struct kernel *kernel, struct sources *sources,
			       const struct symbol *function, struct text_file **ret)
{
	*ret = NULL;
	for (size_t i = 0; i < sources->count; i++)
		if (!strcmp(sources->list[i].module, function->module)) {
			*ret = sources->list[i].file;
			return NULL;
		}
	struct err *err = open_source(kernel, function->module, function->address, ret);
	copy_string(sources->list[sources->count].module, sizeof(sources->list[0].module),
		    function->module);
	sources->list[sources->count++].file = *ret;
	return err;
}

static struct err *compare_function(struct kernel *kernel, struct findings *findings,
				    struct sources *sources, const struct symbol *function,
				    bool *compared)
{
	struct text_comparison comparison;
	struct text_file *file;

	*compared = false;
	TRY(find_source(kernel, sources, function, &file));
	if (!file || !function->size)
		return NULL;
	TRY(text_compare(kernel, file, function->address,
			 function->address + MIN(function->size, FUNCTION_MAX), &comparison));
	const char *against = text_file_is_module(file) ? "module" : "vmlinux";
	show(kernel, findings, &(struct subject){function, against, function->address},
	     &comparison);
	*compared = true;
	return NULL;
}

/* Notes address as seen[count]; true when it is one of those before. */
static bool was_seen(uint64_t *seen, size_t count, uint64_t address)
{
	seen[count] = address;
	for (size_t i = 0; i < count; i++)
		if (seen[i] == address)
			return true;
	return false;
}

/* Each function once, from the faulting one outwards. True when the faulting one was compared. */
static bool compare_with_files(const struct crash *crash, struct findings *findings)
{
	_cleanup_(sources_deinit) struct sources sources = {0};
	struct kernel *kernel = crash->kernel;
	uint64_t seen[FRAMES];
	bool first = false;

	for (size_t i = 0; i < FRAMES && crash->frame + i < crash->trace.count; i++) {
		const struct frame *frame = &crash->trace.frames[crash->frame + i];
		struct symbol function;
		bool compared;

		if (frame->kind == FRAME_USER ||
		    !symbols_at(kernel->symbols, frame_lookup_address(frame), &function))
			break;
		if (was_seen(seen, i, function.address))
			continue;
		struct err *err =
			compare_function(kernel, findings, &sources, &function, &compared);
		if (err)
			kernel_degrade(kernel, "code", err_wrap(err, "%s", function.name),
				       "give the files of the dumped kernel's build");
		first |= !i && compared;
	}
	return first;
}

static void examine(const struct crash *crash, struct findings *findings)
{
	struct kernel *kernel = crash->kernel;
	struct symbol function;

	if (!regs_known(&crash->regs, REG_RIP) ||
	    !symbols_at(kernel->symbols, crash->regs.value[REG_RIP], &function))
		return;
	bool compared = compare_with_files(crash, findings);
	compare_with_log(crash, findings, &function);
	if (crash->kind == CRASH_INVALID_OPCODE && !compared)
		look_for_shape(crash, findings, &function);
}

static struct err *run(struct analysis *analysis)
{
	if (analysis->crash && analysis->crash->exception)
		examine(analysis->crash, analysis->findings);
	return NULL;
}

const struct analyzer text_analyzer = {
	.name = "text",
	.needs = STEP_SYMBOLS | STEP_TYPES | STEP_TASKS | STEP_STACKS,
	.run = run,
};
