/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The headers of a kdump file: whose they are, what some writers get wrong in them, what is absurd. */
#include "kernel/dump/dump_kdump_header.h"

#include <byteswap.h>
#include <inttypes.h>
#include <stddef.h>
#include <string.h>

#include "kernel/dump/dump_info.h"
#include "kernel/dump/dump_notes.h"

#define UTS_FIELDS 6
#define UTS_FIELD 65
/* struct uts_namespace began with a reference count of so many bytes until 9a56493f6942 (v5.11). */
#define UTS_SHIFT 4

static bool is_field(const char *field, const char *value)
{
	return !strncmp(field, value, UTS_FIELD);
}

/*
 * makedumpfile before 1.6.9 looks for the names behind that count all the same: with Linux 5.11 and later
 * all of them begin four bytes too late, and the machine is called "64".
 */
static void mend_utsname(struct kdump_header *header)
{
	char *names = header->sysname;

	if (!is_field(header->sysname, "x") || !is_field(header->machine, "64"))
		return;
	memmove(names + UTS_SHIFT, names, UTS_FIELDS * UTS_FIELD - UTS_SHIFT);
	memcpy(names, "Linu", UTS_SHIFT);
}

/* "i386" to "i686": what uname says in a 32-bit personality, over a 64-bit kernel as well. */
static bool is_ix86(const char *machine)
{
	return machine[0] == 'i' && machine[1] >= '3' && machine[1] <= '6' &&
	       is_field(machine + 2, "86");
}

/* QEMU's name for its guest since 10.0, whose dump.c no longer knows what it was built for. */
static bool is_unnamed(const char *machine)
{
	return is_field(machine, "Unknown");
}

static const char *machine_of(const struct kdump_header *header)
{
	if (is_unnamed(header->machine))
		return "a machine that it does not name";
	return is_ix86(header->machine) ? "i386" : NULL;
}

/* Another byte order, by the one field of which all values are small. */
static bool is_swapped(const struct kdump_header *header)
{
	return header->version > KDUMP_VERSION_MAX &&
	       bswap_32(header->version) <= KDUMP_VERSION_MAX;
}

static struct err *check_machine(const struct kdump_header *header)
{
	const char *machine = header->machine;

	if (is_swapped(header))
		return err_new(ERR_UNSUPPORTED,
			       "a big-endian dump%s%.65s: only x86-64 dumps can be read",
			       machine[0] ? " of " : "", machine);
	if (!machine[0] || is_field(machine, "x86_64") || is_ix86(machine) || is_unnamed(machine))
		return NULL;
	return err_new(ERR_UNSUPPORTED, "a dump of %.65s: only x86-64 dumps can be read", machine);
}

static struct err *check_header(const struct kdump_header *header)
{
	if (header->version > KDUMP_VERSION_MAX)
		return err_new(ERR_UNSUPPORTED,
			       "kdump header version %" PRIu32 " is newer than this program",
			       header->version);
	/* A 32-bit writer's fields lie elsewhere, and what it wrote was its own kernel. */
	if (header->block_size != PAGE_SIZE && is_ix86(header->machine))
		return err_new(ERR_UNSUPPORTED, "a dump of %.65s: only x86-64 dumps can be read",
			       header->machine);
	if (header->block_size != PAGE_SIZE)
		return err_new(ERR_CORRUPT, "kdump header with blocks of %" PRIu32 " bytes",
			       header->block_size);
	if (!header->sub_header_blocks || header->sub_header_blocks > NOTES_SIZE_MAX / PAGE_SIZE)
		return err_new(ERR_CORRUPT, "kdump header with a sub header of %" PRIu32 " blocks",
			       header->sub_header_blocks);
	return NULL;
}

/* More than any writer has to say: such a header is damaged. */
static struct err *check_range(const struct file_range *range, const char *what)
{
	return range->size > NOTES_SIZE_MAX
		       ? err_new(ERR_CORRUPT, "kdump header with %" PRIu64 " bytes of %s",
				 range->size, what)
		       : NULL;
}

/* Read the sub header; what this version of the header does not have stays zero. */
static struct err *read_sub_header(struct dump_file *file, const struct kdump_header *header,
				   struct kdump_sub_header *ret)
{
	static const size_t sizes[KDUMP_VERSION_MAX + 1] = {
		offsetof(struct kdump_sub_header, dump_level),
		offsetof(struct kdump_sub_header, split),
		offsetof(struct kdump_sub_header, vmcoreinfo),
		offsetof(struct kdump_sub_header, notes),
		offsetof(struct kdump_sub_header, eraseinfo),
		offsetof(struct kdump_sub_header, start_pfn_64),
		sizeof(struct kdump_sub_header),
	};

	*ret = (struct kdump_sub_header){0};
	TRY(dump_file_read(file, header->block_size, ret, sizes[header->version]));
	TRY(check_range(&ret->vmcoreinfo, "VMCOREINFO"));
	TRY(check_range(&ret->notes, "notes"));
	return check_range(&ret->eraseinfo, "erase info");
}

struct err *kdump_header_read(struct dump_file *file, struct kdump_header *ret,
			      struct kdump_sub_header *sub)
{
	size_t got;

	TRY(dump_file_read_some(file, 0, ret, sizeof(*ret), &got));
	if (got < sizeof(ret->signature) || !kdump_is_signature(ret->signature))
		return err_new(ERR_NOT_FOUND, "no kdump file");
	if (got < sizeof(*ret))
		return err_new(ERR_TRUNCATED, "the file ends within its kdump header");
	mend_utsname(ret);
	TRY(check_machine(ret));
	TRY(check_header(ret));
	return read_sub_header(file, ret, sub);
}

static void copy_field(char ret[UTS_FIELD], const char *field)
{
	memcpy(ret, field, UTS_FIELD - 1);
	ret[UTS_FIELD - 1] = '\0';
}

void kdump_header_tell(const struct kdump_header *header, const struct kdump_sub_header *sub,
		       struct container *container, struct dump_info *info)
{
	container->machine = machine_of(header);
	if (sub->notes.size)
		container->notes[container->note_count++] = sub->notes;
	container->vmcoreinfo = sub->vmcoreinfo;
	container->phys_base = sub->phys_base;
	container->has_phys_base = true;
	info->incomplete = header->status & KDUMP_STATUS_INCOMPLETE;
	info->dump_level = header->version >= 1 ? (int)sub->dump_level : -1;
	copy_field(info->release, header->release);
	copy_field(info->version, header->build);
	copy_field(info->machine, header->machine);
	copy_field(info->nodename, header->nodename);
	info->crash_time = header->time_seconds;
}
