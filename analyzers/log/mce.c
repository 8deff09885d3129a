/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads machine checks out of a log. A line names CPU, bank and status; the lines below it, up to the
 * next one, add address, place and model. Forms: arch/x86/kernel/cpu/mce/core.c print_mce(),
 * drivers/edac/mce_amd.c, drivers/edac/skx_common.c, mcelog's output, and 2.6's i386 p4.c and non-fatal.c.
 */
#include "log/mce.h"

#include <string.h>

#include "base/array.h"
#include "base/parse.h"
#include "base/str.h"
#include "base/words.h"
#include "kernel/printk/log.h"
#include "log/log_mark.h"
#include "log/mce_bits.h"

#define REST_LINES 24	/* a record's lines stand so near its first one */
#define PANIC_LINES 400 /* as many CPUs may print theirs before the panic */
#define MCG_RIP_VALID 1
#define MCG_IN_PROGRESS 4

static const char *const severities[] = {
	[MCE_CORRECTED] = "corrected",
	[MCE_DEFERRED] = "deferred",
	[MCE_UNCORRECTED] = "uncorrected",
	[MCE_FATAL] = "fatal",
};

const char *mce_severity_name(enum mce_severity severity)
{
	return severities[severity];
}

struct reader {
	const struct log *log;
	struct mces *mces;
	struct mce mce; /* whose lines are coming in */
	size_t begun;	/* line of mce; SIZE_MAX: none */
	int cpu;	/* that a line before the banks named, -1 none */
};

/* --- numbers ---------------------------------------------------------------------------------- */

static bool hex_at(const char *text, uint64_t *ret)
{
	text += strspn(text, " ");
	return parse_hex_start(text[0] == '0' && text[1] == 'x' ? text + 2 : text, ret);
}

static bool hex_after(const char *line, const char *words, uint64_t *ret)
{
	const char *at = strstr(line, words);

	return at && hex_at(at + strlen(words), ret);
}

/* A CPU, bank or socket: small, or it is none. */
static int small_after(const char *line, const char *words)
{
	uint64_t number;

	return parse_dec_after(line, words, &number) && number < 65536 ? (int)number : -1;
}

/* --- a record begins -------------------------------------------------------------------------- */

static enum mce_severity severity_of(const struct mce *mce)
{
	if (mce->status & MCE_CONTEXT_CORRUPT)
		return MCE_FATAL;
	if (mce->status & MCE_UNCORRECTED_BIT)
		return mce->has_mcg_status && mce->mcg_status & MCG_IN_PROGRESS &&
				       !(mce->mcg_status & MCG_RIP_VALID)
			       ? MCE_FATAL
			       : MCE_UNCORRECTED;
	return mce->amd && mce->status & MCE_AMD_DEFERRED ? MCE_DEFERRED : MCE_CORRECTED;
}

/* What a status says but for how many errors the bank has counted. */
static uint64_t without_count(const struct mce *mce)
{
	return mce->severity == MCE_CORRECTED ? mce->status & ~MCE_COUNT : mce->status;
}

static bool is_same(const struct mce *a, const struct mce *b)
{
	return a->cpu == b->cpu && a->bank == b->bank && a->severity == b->severity &&
	       without_count(a) == without_count(b) && a->has_address == b->has_address &&
	       a->address == b->address;
}

static struct err *finish(struct reader *reader)
{
	struct mces *mces = reader->mces;
	struct mce *last = mces->count ? &mces->list[mces->count - 1] : NULL;

	if (reader->begun == SIZE_MAX)
		return NULL;
	reader->begun = SIZE_MAX;
	if (!reader->mce.has_status)
		return NULL;
	reader->mce.severity = severity_of(&reader->mce);
	if (last && is_same(last, &reader->mce)) {
		/* EDAC prints again what the machine-check code has printed. */
		last->count += !strstr(reader->log->lines[reader->mce.line].text, "EDAC ") ||
			       strstr(reader->log->lines[last->line].text, "EDAC ");
		return NULL;
	}
	if (mces->count >= MCES_KEPT_MAX) {
		mces->left_out++;
		return NULL;
	}
	if (!array_grow(mces->list, mces->count))
		return &err_nomem;
	mces->list[mces->count++] = reader->mce;
	return NULL;
}

static struct err *begin(struct reader *reader, size_t line)
{
	TRY(finish(reader));
	reader->mce = (struct mce){.line = line, .count = 1, .cpu = -1, .bank = -1, .socket = -1};
	reader->begun = line;
	return NULL;
}

/* "CPU 33: Machine Check Exception: 5 Bank 0: b200000000000135"; i386's has no bank here. */
static struct err *take_exception(struct reader *reader, const char *text, size_t line)
{
	const char *at = strstr(text, "Machine Check"), *colon = strchr(at, ':');
	int cpu = small_after(text, "CPU ");

	if (cpu < 0 || !colon)
		return NULL;
	TRY(begin(reader, line));
	struct mce *mce = &reader->mce;
	mce->cpu = reader->cpu = cpu;
	mce->has_mcg_status = hex_at(colon + 1, &mce->mcg_status);
	mce->bank = small_after(colon, "Bank ");
	at = strstr(colon, "Bank ");
	mce->has_status = at && hex_after(at, ": ", &mce->status);
	return NULL;
}

/* "Bank 3: b40000000000083b at 00000001fdfbf9c0", below a line with the CPU. */
static struct err *take_bank(struct reader *reader, const char *text, size_t line)
{
	uint64_t mcg_status = reader->mce.mcg_status;
	bool has_mcg_status = reader->begun != SIZE_MAX && reader->mce.has_mcg_status;

	if (reader->cpu < 0)
		return NULL;
	TRY(begin(reader, line));
	struct mce *mce = &reader->mce;
	mce->cpu = reader->cpu;
	mce->mcg_status = mcg_status;
	mce->has_mcg_status = has_mcg_status;
	mce->bank = small_after(text, "Bank ");
	mce->has_status = hex_after(text, ": ", &mce->status);
	mce->has_address = hex_after(text, " at ", &mce->address);
	return NULL;
}

/* "CPU:2 (17:31:0) MC17_STATUS[Over|CE|…]: 0xdc2040000000011b" */
static struct err *take_amd(struct reader *reader, const char *text, size_t line)
{
	const char *at = strstr(text, "_STATUS[");

	TRY(begin(reader, line));
	struct mce *mce = &reader->mce;
	mce->amd = true;
	mce->cpu = small_after(text, "CPU:");
	while (at > text && at[-1] >= '0' && at[-1] <= '9')
		at--;
	mce->bank = at - text >= 2 && at[-1] == 'C' ? small_after(at - 2, "MC") : -1;
	mce->has_status = hex_after(at, "]: ", &mce->status);
	return NULL;
}

/* mcelog: "CPU 0 BANK 8 TSC …", its status some lines below. */
static struct err *take_mcelog(struct reader *reader, const char *text, size_t line)
{
	int cpu = small_after(text, "CPU ");

	if (cpu < 0)
		return NULL;
	TRY(begin(reader, line));
	reader->mce.cpu = cpu;
	reader->mce.bank = small_after(text, " BANK ");
	return NULL;
}

/* --- and goes on ------------------------------------------------------------------------------ */

/* What the kernel or mcelog says that it was, without the full stop. */
static void take_detail(struct mce *mce, const char *text)
{
	size_t length = strlen(text);

	while (length && strchr(" .", text[length - 1]))
		length--;
	if (!mce->detail[0])
		copy_part(mce->detail, sizeof(mce->detail), text, length);
}

/* "RIP !INEXACT! 10:<ffffffff9a1c2b40> {lab_copy+0x40/0x80}" */
static void take_place(struct mce *mce, const char *text)
{
	const char *open = strchr(text, '{'), *close = open ? strchr(open, '}') : NULL;

	if (close)
		copy_part(mce->place, sizeof(mce->place), open + 1, (size_t)(close - open - 1));
}

static void take_more(struct mce *mce, const char *text)
{
	uint64_t vendor;
	const char *at;

	if (!mce->has_address)
		mce->has_address = hex_after(text, "ADDR ", &mce->address) ||
				   hex_after(text, "Error Addr: ", &mce->address) ||
				   hex_after(text, "_ADDR: ", &mce->address);
	if (!mce->has_misc)
		mce->has_misc = hex_after(text, "MISC ", &mce->misc);
	if (mce->socket < 0)
		mce->socket = small_after(text, "SOCKET ");
	if (!mce->has_status && (at = strstr(text, "STATUS ")) && (at == text || at[-1] == ' '))
		mce->has_status = hex_at(at + 7, &mce->status);
	if (!mce->has_mcg_status)
		mce->has_mcg_status = hex_after(text, "MCGSTATUS ", &mce->mcg_status);
	if (parse_dec_after(text, "PROCESSOR ", &vendor))
		mce->amd = vendor == 2 || vendor == 9; /* X86_VENDOR_AMD, _HYGON */
	if ((at = strstr(text, "RIP ")) || (at = strstr(text, "RIP%")))
		take_place(mce, at);
	if ((at = strstr(text, "Error Code: ")) && (at = strstr(at, ", ")))
		take_detail(mce, at + 2);
	else if ((at = strstr(text, "MCA: ")))
		take_detail(mce, at + 5);
}

/* A panic over machine checks: those that were not corrected ended the machine. */
static void take_panic(struct mces *mces, size_t line)
{
	for (size_t i = mces->count; i-- > 0 && mces->list[i].line + PANIC_LINES > line;)
		if (mces->list[i].severity == MCE_UNCORRECTED)
			mces->list[i].severity = MCE_FATAL;
}

enum line { EXCEPTION, STATUS, MCELOG, BANK, NON_FATAL, PANIC };

static const char *const line_words[] = {
	[EXCEPTION] = "Machine Check",
	[STATUS] = "_STATUS[",
	[MCELOG] = " BANK ",
	[BANK] = "Bank ",
	[NON_FATAL] = "incident occurred on CPU ",
	[PANIC] = "Kernel panic - not syncing: ",
};

const char *const *mce_words(size_t *count)
{
	*count = ARRAY_SIZE(line_words);
	return line_words;
}

static bool has(const struct word_set *set, enum line line)
{
	return set->bits[0] >> line & 1;
}

static struct err *take_line(struct reader *reader, const struct word_set *set, size_t line)
{
	const char *text = reader->log->lines[line].text;
	const char *start = text + strspn(text, " ");

	if (has(set, EXCEPTION))
		return take_exception(reader, text, line);
	if (has(set, STATUS))
		return take_amd(reader, text, line);
	if (has(set, MCELOG) && has_prefix(start, "CPU "))
		return take_mcelog(reader, start, line);
	if (has(set, BANK) && has_prefix(start, "Bank "))
		return take_bank(reader, start, line);
	if (has(set, NON_FATAL)) {
		reader->cpu = small_after(text, "incident occurred on CPU ");
	} else if (has(set, PANIC) &&
		   (strstr(text, "achine check") || strstr(text, "hardware error") ||
		    strstr(text, "Uncorrected") || strstr(text, "CPU context corrupt"))) {
		TRY(finish(reader));
		take_panic(reader->mces, line);
	}
	return NULL;
}

static struct err *read_lines(struct reader *reader, const struct words *words)
{
	const struct log *log = reader->log;
	struct word_set set;

	for (size_t i = 0; i < log->count; i++) {
		if (log_has_mark(log, i, MARK_MCE) &&
		    words_find(words, log->lines[i].text, strlen(log->lines[i].text), &set))
			TRY(take_line(reader, &set, i));
		if (reader->begun == SIZE_MAX || reader->begun == i)
			continue;
		if (i - reader->begun > REST_LINES)
			TRY(finish(reader));
		else
			take_more(&reader->mce, log->lines[i].text);
	}
	return finish(reader);
}

struct err *mces_read(const struct log *log, struct mces **ret)
{
	_cleanup_(cleanup_words_free) struct words *words = NULL;
	_cleanup_(cleanup_mces_free) struct mces *mces = calloc(1, sizeof(*mces));
	struct reader reader = {.log = log, .mces = mces, .begun = SIZE_MAX, .cpu = -1};

	if (!mces)
		return &err_nomem;
	TRY(words_new(line_words, ARRAY_SIZE(line_words), &words));
	TRY(read_lines(&reader, words));
	*ret = take_ptr(mces);
	return NULL;
}

void mces_free(struct mces *mces)
{
	if (!mces)
		return;
	free(mces->list);
	free(mces);
}

const struct mce *mces_at(const struct mces *mces, size_t line)
{
	size_t at = array_first(mces->count, i, mces->list[i].line >= line);

	return at < mces->count && mces->list[at].line == line ? &mces->list[at] : NULL;
}
