/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_DUMP_DUMP_SADUMP_FORMAT
#define TRIAGE_KERNEL_DUMP_DUMP_SADUMP_FORMAT

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* What Fujitsu's stand-alone dump (SADUMP) writes, as makedumpfile's sadump_mod.h has it. Little-endian. */

#define SADUMP_SIGNATURE "sadump\0\0"
#define SADUMP_MEDIA_BLOCK                                                                         \
	4096 /* of a copy on other media: what lies in front of its first header */

/* Of each partition. Up to the end of its block there follow words of which each is made of the one before. */
struct sadump_part_header {
	char signature[8];
	uint32_t flags[4], label[16];
	uint8_t system[16], set[16], volume[16], time[16];
	uint32_t number, padding; /* in a disk set, from 1 on; 0: it is none */
	uint64_t used;		  /* bytes of the partition */
};

static inline uint32_t sadump_next_word(uint32_t word)
{
	return 11 * (word + 7);
}

/* Behind it, on the first disk of a set. */
struct sadump_set_header {
	uint32_t blocks, disks;
};

struct sadump_time {
	uint16_t year;
	uint8_t month, day, hour, minute, second, padding;
	uint32_t nanosecond;
	int16_t timezone; /* minutes that local time is behind; 2047: nobody knows */
	uint16_t daylight;
};

struct sadump_header {
	char signature[8];
	uint32_t version, padding;
	struct sadump_time time;
	uint32_t status, compress, block_size, extra_blocks, sub_blocks, bitmap_blocks,
		dumpable_blocks, max_mapnr, ram_blocks, device_blocks, written_blocks, current_cpu,
		cpus, padding_too;
	uint64_t max_mapnr_64; /* and three more; version 1 on */
};

struct sadump_apic {
	uint64_t id, destination;
};

/* What the processor saved of itself when it entered system management mode. */
struct __attribute__((packed)) sadump_smram {
	uint8_t above[0x31c];
	uint64_t r15, r14, r13, r12, r11, r10, r9, r8, rax, rcx, rdx, rbx, rsp, rbp, rsi, rdi;
	uint8_t io[12];
	uint32_t es, cs, ss, ds, fs, gs, ldtr, tr;
	uint64_t dr7, dr6, rip, efer, rflags, cr3, cr0;
};

static inline bool sadump_is_part(const struct sadump_part_header *part)
{
	return !memcmp(part->signature, SADUMP_SIGNATURE, sizeof(part->signature));
}

#endif
