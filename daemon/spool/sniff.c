/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tells a file's format, and whether all of it is there, from a few of its bytes. */
#include "daemon/spool/sniff.h"

#include <elf.h>
#include <endian.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/hash.h"
#include "base/io.h"
#include "base/parse.h"
#include "kernel/dump/dump_kdump_end.h"
#include "kernel/dump/dump_kdump_format.h"
#include "kernel/dump/dump_part.h"
#include "kernel/dump/dump_vmware.h"

#define PHDRS_MAX 4096	  /* more than exist */
#define HEADER_BLOCK 4096 /* what a kdump or flattened file begins with */

static const struct {
	enum sniff_format format;
	const char *name;
	const char *magic;
	size_t length;
} magics[] = {
	{SNIFF_KDUMP, "kdump", "KDUMP   ", 8},
	{SNIFF_KDUMP, "kdump", "DISKDUMP", 8},
	{SNIFF_ELF, "elf",
	 "\x7f"
	 "ELF",
	 4},
	{SNIFF_FLATTENED, "flattened", "makedumpfile", 12},
	{SNIFF_SADUMP, "sadump", "sadump\0\0", 8},
	{SNIFF_LKCD, "lkcd", "\xed\x23\x8f\x61\x73\x01\x19\xa8", 8},
	{SNIFF_LIME, "lime", "EMiL\1\0\0\0", 8},
	{SNIFF_VMWARE, "vmware", "\xd2\xbe\xd2\xbe", 4},
	{SNIFF_VMWARE, "vmware", "\xd3\xbe\xd3\xbe", 4},
	{SNIFF_VMWARE, "vmware", "\xd1\xba\xd1\xba", 4},
	{SNIFF_VMWARE, "vmware", "\xd2\xba\xd2\xba", 4},
	{SNIFF_APPORT, "apport", "ProblemType: KernelCrash\n", 25},
	{SNIFF_GZIP, "gzip", "\x1f\x8b", 2},
	{SNIFF_BZIP2, "bzip2", "BZh", 3},
	{SNIFF_XZ, "xz",
	 "\xfd"
	 "7zXZ\0",
	 6},
	{SNIFF_LZ4, "lz4", "\x04\x22\x4d\x18", 4},
	{SNIFF_LZ4, "lz4", "\x02\x21\x4c\x18", 4},
	{SNIFF_ZSTD, "zstd", "\x28\xb5\x2f\xfd", 4},
};

enum sniff_format sniff_format_of(const void *start, size_t length)
{
	for (size_t i = 0; i < ARRAY_SIZE(magics); i++) {
		if (length < magics[i].length || memcmp(start, magics[i].magic, magics[i].length))
			continue;
		/* Of ELF files only cores: a vmlinux may well lie beside the dump. */
		if (magics[i].format == SNIFF_ELF &&
		    (length < 18 || load_u16((const char *)start + 16) != ET_CORE))
			return SNIFF_NONE;
		return magics[i].format;
	}
	return SNIFF_NONE;
}

const char *sniff_format_name(enum sniff_format format)
{
	for (size_t i = 0; i < ARRAY_SIZE(magics); i++)
		if (magics[i].format == format)
			return magics[i].name;
	return "unknown";
}

bool sniff_is_packed(enum sniff_format format)
{
	return format >= SNIFF_APPORT;
}

enum sniff_format sniff_format_of_file(int fd, uint64_t *set)
{
	uint8_t start[SNIFF_BYTES];
	struct dump_part part;
	size_t got = 0;

	*set = 0;
	if (!err_ok(io_read_at(fd, 0, start, sizeof(start), &got)))
		return SNIFF_NONE;
	enum sniff_format format = sniff_format_of(start, got);

	if ((format == SNIFF_KDUMP || format == SNIFF_SADUMP) && dump_part_read(fd, &part))
		*set = hash_bytes(part.id, part.id_size) ^ part.all;
	return format;
}

/* makedumpfile -F ends with a record whose offset and size are both -1. */
static struct err *flattened_complete(int fd, uint64_t size, struct sniff *sniff)
{
	uint8_t end[16];
	size_t got = 0;

	sniff->complete = SNIFF_SHORT;
	if (size < HEADER_BLOCK + sizeof(end))
		return NULL;
	TRY(io_read_at(fd, size - sizeof(end), end, sizeof(end), &got));
	if (got == sizeof(end) && load_u64(end) == UINT64_MAX && load_u64(end + 8) == UINT64_MAX)
		sniff->complete = SNIFF_COMPLETE;
	return NULL;
}

/* An ELF core is whole when the file reaches the end of its last segment. */
static struct err *elf_complete(int fd, uint64_t size, struct sniff *sniff)
{
	Elf64_Ehdr header;
	Elf64_Phdr segment;
	uint64_t count, end = 0;
	size_t got;

	TRY(io_read_at(fd, 0, &header, sizeof(header), &got));
	if (got < sizeof(header) || header.e_ident[EI_CLASS] != ELFCLASS64)
		return NULL;
	count = header.e_phnum;
	if (count == PN_XNUM || !count || count > PHDRS_MAX ||
	    header.e_phentsize != sizeof(segment) || header.e_phoff > INT64_MAX / 2)
		return NULL;
	for (uint64_t i = 0; i < count; i++) {
		TRY(io_read_at(fd, header.e_phoff + i * sizeof(segment), &segment, sizeof(segment),
			       &got));
		if (got < sizeof(segment)) {
			sniff->complete = SNIFF_SHORT;
			return NULL;
		}
		if (segment.p_offset > INT64_MAX / 2 || segment.p_filesz > INT64_MAX / 2)
			return NULL; /* nonsense, which the worker will tell of */
		end = MAX(end, segment.p_offset + segment.p_filesz);
	}
	sniff->complete = size >= end ? SNIFF_COMPLETE : SNIFF_SHORT;
	return NULL;
}

static struct err *read_some(void *context, uint64_t offset, void *buf, size_t length, size_t *ret)
{
	const int *fd = context;

	return io_read_at(*fd, offset, buf, length, ret);
}

/* A kdump file is whole when it reaches the end of its pages' data: of one of a set those that it is for. */
static struct err *kdump_complete(int fd, uint64_t size, struct sniff *sniff)
{
	struct kdump_extent extent = {.pages_end = UINT64_MAX};
	struct kdump_header header;
	struct dump_part part;
	size_t got;

	sniff->complete = SNIFF_SHORT;
	TRY(io_read_at(fd, 0, &header, sizeof(header), &got));
	if (got < sizeof(header) || size < HEADER_BLOCK)
		return NULL;
	if ((uint64_t)header.time_seconds < INT32_MAX * 2ul)
		sniff->crash_time = header.time_seconds;
	/* The writer itself says that it ran out of room: it is done with the file. */
	if (header.status & KDUMP_STATUS_INCOMPLETE) {
		sniff->complete = SNIFF_COMPLETE;
		return NULL;
	}
	if (dump_part_read(fd, &part)) {
		extent.first = part.first;
		extent.pages_end = part.end;
	}
	struct err *err = kdump_extent_find(read_some, &fd, &header, &extent);

	if (err && err->code == ERR_CORRUPT) { /* which the worker will tell of */
		sniff->complete = SNIFF_UNKNOWN;
		err_free(err);
		return NULL;
	}
	if (!err && extent.end && size >= extent.end)
		sniff->complete = SNIFF_COMPLETE;
	return err;
}

struct err *sniff_file(int fd, uint64_t size, struct sniff *ret)
{
	uint8_t start[SNIFF_BYTES];
	struct sniff sniff = {0};
	uint64_t memory;
	size_t got;

	TRY(io_read_at(fd, 0, start, sizeof(start), &got));
	sniff.format = sniff_format_of(start, got);
	if (sniff.format == SNIFF_FLATTENED)
		TRY(flattened_complete(fd, size, &sniff));
	else if (sniff.format == SNIFF_ELF)
		TRY(elf_complete(fd, size, &sniff));
	else if (sniff.format == SNIFF_KDUMP)
		TRY(kdump_complete(fd, size, &sniff));
	else if (sniff.format == SNIFF_VMWARE && vmware_memory_is_beside(fd, &memory))
		sniff.complete = SNIFF_SHORT;
	*ret = sniff;
	return NULL;
}

/* A snapshot and its memory, which has no sign of its end, but for how large it has to be at least. */
static struct err *sniff_pair(int memory_fd, uint64_t size, struct sniff *ret)
{
	struct stat st;

	if (fstat(memory_fd, &st))
		return err_errno(errno, "fstat");
	*ret = (struct sniff){.format = SNIFF_VMWARE};
	if ((uint64_t)st.st_size < size)
		ret->complete = SNIFF_SHORT;
	return NULL;
}

struct err *sniff_set(const int *fds, size_t count, struct sniff *ret)
{
	struct sniff one;
	uint64_t memory;

	if (count == 2 && vmware_memory_is_beside(fds[0], &memory))
		return sniff_pair(fds[1], memory, ret);
	*ret = (struct sniff){.complete = SNIFF_UNKNOWN};
	for (size_t i = 0; i < count; i++) {
		struct stat st;

		if (fstat(fds[i], &st))
			return err_errno(errno, "fstat");
		TRY(sniff_file(fds[i], (uint64_t)st.st_size, &one));
		one.complete = MAX(one.complete, ret->complete); /* SNIFF_SHORT is the last */
		*ret = one;
	}
	if (!TRY_OK(dump_part_check(fds, MIN(count, DUMP_PARTS_MAX))))
		ret->complete = SNIFF_SHORT;
	return NULL;
}
