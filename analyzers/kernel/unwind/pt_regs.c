/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The registers that entry code saved on a stack. */
#include "kernel/unwind/pt_regs.h"

#include "kernel/memory/memory.h"
#include "kernel/types/members.h"
#include "kernel/types/object.h"
#include "kernel/types/types.h"

static const struct {
	enum member_id id;
	enum reg reg;
} pt_regs_members[] = {
	{MEMBER_PT_REGS_R15, REG_R15},	    {MEMBER_PT_REGS_R14, REG_R14},
	{MEMBER_PT_REGS_R13, REG_R13},	    {MEMBER_PT_REGS_R12, REG_R12},
	{MEMBER_PT_REGS_BP, REG_RBP},	    {MEMBER_PT_REGS_BX, REG_RBX},
	{MEMBER_PT_REGS_R11, REG_R11},	    {MEMBER_PT_REGS_R10, REG_R10},
	{MEMBER_PT_REGS_R9, REG_R9},	    {MEMBER_PT_REGS_R8, REG_R8},
	{MEMBER_PT_REGS_AX, REG_RAX},	    {MEMBER_PT_REGS_CX, REG_RCX},
	{MEMBER_PT_REGS_DX, REG_RDX},	    {MEMBER_PT_REGS_SI, REG_RSI},
	{MEMBER_PT_REGS_DI, REG_RDI},	    {MEMBER_PT_REGS_ORIG_AX, REG_ORIG_RAX},
	{MEMBER_PT_REGS_IP, REG_RIP},	    {MEMBER_PT_REGS_CS, REG_CS},
	{MEMBER_PT_REGS_FLAGS, REG_RFLAGS}, {MEMBER_PT_REGS_SP, REG_RSP},
	{MEMBER_PT_REGS_SS, REG_SS},
};

void pt_regs_decode(struct kernel *kernel, const void *bytes, size_t length, struct regs *ret)
{
	uint64_t value;

	*ret = (struct regs){0};
	for (size_t i = 0; i < ARRAY_SIZE(pt_regs_members); i++)
		if (member_get(kernel, bytes, length, pt_regs_members[i].id, &value))
			regs_set(ret, pt_regs_members[i].reg, value);
}

struct err *pt_regs_size(struct kernel *kernel, size_t *ret)
{
	const struct member *last = members_get(kernel->members, MEMBER_PT_REGS_SS);
	const struct member *ip = members_get(kernel->members, MEMBER_PT_REGS_IP);

	if (!last || !ip || member_offset(last) + 8 > PT_REGS_SIZE_MAX)
		return err_new(ERR_NOT_FOUND, "no struct pt_regs among this kernel's types");
	*ret = member_offset(last) + 8;
	return NULL;
}

struct err *pt_regs_read(struct kernel *kernel, uint64_t address, struct regs *ret)
{
	uint8_t bytes[PT_REGS_SIZE_MAX];
	size_t size;

	TRY(pt_regs_size(kernel, &size));
	TRY(err_wrap(memory_read(kernel->memory, address, bytes, size), "pt_regs"));
	pt_regs_decode(kernel, bytes, size, ret);
	return NULL;
}
