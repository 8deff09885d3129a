/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The status of a machine-check bank in words: Intel SDM vol. 3B, "Interpreting Machine Check Error
 * Codes"; AMD's processors use the compound codes in the same places.
 */
#include "log/mce_words.h"

#include "log/mce_bits.h"

#define CODE_MASK 0xefffu /* without bit 12: whether corrected errors are filtered */

static const char *const requests[] = {
	"generic error",     "generic read", "generic write", "data read", "data write",
	"instruction fetch", "prefetch",     "eviction",      "snoop",
};
static const char *const transactions[] = {"instruction", "data", "generic", "reserved"};
static const char *const participants[] = {"this processor asked", "this processor answered",
					   "seen as third party", "any participant"};
static const char *const targets[] = {"memory access", "reserved", "I/O", "other"};
static const char *const memory_requests[] = {"generic", "memory read", "memory write",
					      "address or command", "memory scrubbing"};

static const struct {
	unsigned code;
	const char *words;
} simple[] = {
	{0x0000, "no error"},
	{0x0001, "unclassified error"},
	{0x0002, "parity error in the microcode ROM"},
	{0x0003, "external error: BINIT# of another processor"},
	{0x0004, "functional redundancy check error"},
	{0x0005, "internal parity error"},
	{0x0006, "code outside of SMRAM run in SMM"},
	{0x0400, "internal timer error"},
	{0x0e0b, "I/O error"},
};

static const char *request(unsigned code)
{
	unsigned number = code >> 4 & 15;

	return number < ARRAY_SIZE(requests) ? requests[number] : "reserved request";
}

static void put_level(unsigned code, struct str *out)
{
	if ((code & 3) == 3)
		str_puts(out, "any level");
	else
		str_printf(out, "level %u", code & 3);
}

static void put_memory(const char *what, unsigned code, struct str *out)
{
	unsigned kind = code >> 4 & 7;

	str_printf(out, "%s: %s, ", what,
		   kind < ARRAY_SIZE(memory_requests) ? memory_requests[kind] : "reserved");
	if ((code & 15) == 15)
		str_puts(out, "channel unknown");
	else
		str_printf(out, "channel %u", code & 15);
}

static void put_bus(unsigned code, struct str *out)
{
	str_printf(out, "bus or interconnect error: %s, %s, %s, %s", request(code),
		   targets[code >> 2 & 3], participants[code >> 9 & 3],
		   code & 0x100 ? "timed out" : "no time-out");
	str_puts(out, ", ");
	put_level(code, out);
}

void mce_put_code(uint64_t status, bool amd, struct str *out)
{
	unsigned code = status & CODE_MASK;

	for (size_t i = 0; i < ARRAY_SIZE(simple); i++)
		if (simple[i].code == code) {
			str_puts(out, simple[i].words);
			return;
		}
	if (code >> 11 == 1) {
		put_bus(code, out);
	} else if (code >> 10 == 1) {
		str_puts(out, "internal error, unclassified");
	} else if (code >> 8 == 1) {
		/* AMD's memory controllers use this code too. */
		str_printf(out, "%s error: %s, %s, ", amd ? "memory or cache" : "cache",
			   request(code), transactions[code >> 2 & 3]);
		put_level(code, out);
	} else if (code >> 7 == 5) {
		put_memory("error of memory used as a cache", code, out);
	} else if (code >> 7 == 1) {
		put_memory("memory controller error", code, out);
	} else if (code >> 4 == 1) {
		str_printf(out, "TLB error: %s, ", transactions[code >> 2 & 3]);
		put_level(code, out);
	} else if (code >> 2 == 3) {
		str_puts(out, "cache error: ");
		put_level(code, out);
	} else {
		str_printf(out, "error code 0x%04x", code);
	}
}

void mce_put_bits(uint64_t status, bool amd, struct str *out)
{
	const struct {
		bool set;
		const char *words;
	} bits[] = {
		{!(status & MCE_VALID), "status not valid"},
		{status & MCE_UNCORRECTED_BIT, "uncorrected"},
		{!(status & MCE_UNCORRECTED_BIT) && !(amd && status & MCE_AMD_DEFERRED),
		 "corrected"},
		{amd && status & MCE_AMD_DEFERRED, "deferred"},
		{status & MCE_CONTEXT_CORRUPT, "processor context corrupt"},
		{!amd && status & MCE_UNCORRECTED_BIT && status & MCE_ACTION_REQUIRED &&
			 status & MCE_SIGNALED && !(status & MCE_CONTEXT_CORRUPT),
		 "action required"},
		{amd && status & MCE_AMD_CECC, "ECC corrected it"},
		{amd && status & MCE_AMD_UECC, "ECC could not correct it"},
		{amd && status & MCE_AMD_POISON, "poisoned data"},
		{status & MCE_OVERFLOW, "others were lost"},
	};
	const char *separator = "";

	for (size_t i = 0; i < ARRAY_SIZE(bits); i++)
		if (bits[i].set) {
			str_printf(out, "%s%s", separator, bits[i].words);
			separator = ", ";
		}
}

void mce_put_words(const struct mce *mce, struct str *out)
{
	if (mce->detail[0])
		str_printf(out, "%s%s", mce->detail, mce->has_status ? ": " : "");
	if (!mce->has_status)
		return;
	mce_put_code(mce->status, mce->amd, out);
	str_puts(out, "; ");
	mce_put_bits(mce->status, mce->amd, out);
}

void mce_put_summary(const struct mce *mce, struct str *out)
{
	str_puts(out, "machine check");
	if (mce->cpu >= 0)
		str_printf(out, " on CPU %d", mce->cpu);
	if (mce->bank >= 0)
		str_printf(out, ", bank %d", mce->bank);
	if (mce->count > 1)
		str_printf(out, ", %zu times", mce->count);
	if (mce->detail[0] || mce->has_status)
		str_puts(out, ": ");
	mce_put_words(mce, out);
}
