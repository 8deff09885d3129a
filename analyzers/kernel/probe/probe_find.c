/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What one probe asks of those before it. */
#include "kernel/probe/probe_find.h"

bool probe_find(struct type_provider *types, const char *type, const char *name, uint64_t *ret)
{
	struct member member;

	if (!type_find_member(types->ops->find(types, TYPE_STRUCT, type), name, &member))
		return false;
	*ret = member_offset(&member);
	return true;
}
