/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Objects that people know by a name, or that checks are about for a state. Structures:
 * include/linux/{netdevice,device,blk-mq,blk_types,buffer_head,skbuff,jump_label}.h.
 */
#include "memory/subject.h"

#include <inttypes.h>
#include <string.h>

#include "kernel/memory/memory.h"
#include "kernel/mm/owner.h"
#include "kernel/types/object.h"

struct subject {
	struct kernel *kernel;
	struct type type;
	uint64_t address;
};

static bool read_part(const struct subject *subject, const char *member, uint64_t *ret)
{
	return err_ok(object_read(subject->kernel, subject->type, subject->address, member, ret));
}

static bool put_name(const struct subject *subject, uint64_t at, struct str *text)
{
	char name[64];

	if (!err_ok(memory_read_string(subject->kernel->memory, at, name, sizeof(name))) ||
	    !name[0] || !is_printable(name, strlen(name)))
		return false;
	str_printf(text, "%s %s", type_name(subject->type), name);
	return true;
}

static void put_address(const struct subject *subject, struct str *text)
{
	str_printf(text, "%s 0x%016" PRIx64, type_name(subject->type), subject->address);
}

#define NETREG_REGISTERED 1

static bool put_net_device(const struct subject *subject, struct str *text)
{
	struct member name;
	uint64_t state;

	if (!type_find_member(subject->type, "name", &name) ||
	    !put_name(subject, subject->address + member_offset(&name), text))
		return false;
	if (read_part(subject, "reg_state", &state) && state == NETREG_REGISTERED)
		str_puts(text, ", registered");
	return true;
}

static bool put_device(const struct subject *subject, struct str *text)
{
	uint64_t name;

	return read_part(subject, "kobj.name", &name) && put_name(subject, name, text);
}

static bool put_request(const struct subject *subject, struct str *text)
{
	struct kernel *kernel = subject->kernel;
	uint64_t queue, disk;
	char name[64];

	/* 24b83deb29b7 v5.16: the queue leads to the disk, before it the request */
	if (!err_ok(member_read(kernel, subject->address, MEMBER_REQUEST_DISK, &disk)) &&
	    (!err_ok(member_read(kernel, subject->address, MEMBER_REQUEST_QUEUE, &queue)) ||
	     !err_ok(member_read(kernel, queue, MEMBER_QUEUE_DISK, &disk))))
		return false;
	if (!err_ok(member_read_string(kernel, disk, MEMBER_DISK_NAME, name, sizeof(name))) ||
	    !name[0] || !is_printable(name, strlen(name)))
		return false;
	put_address(subject, text);
	str_printf(text, " of %s", name);
	return true;
}

static bool put_bio(const struct subject *subject, struct str *text)
{
	uint64_t count;

	put_address(subject, text);
	if (read_part(subject, "__bi_cnt.counter", &count) && !(uint32_t)count)
		str_puts(text, ", without a reference");
	return true;
}

#define BH_LOCK 2 /* enum bh_state_bits */

static bool put_buffer(const struct subject *subject, struct str *text)
{
	uint64_t state;

	put_address(subject, text);
	if (read_part(subject, "b_state", &state))
		str_puts(text, state >> BH_LOCK & 1 ? ", locked" : ", not locked");
	return true;
}

static bool put_packet(const struct subject *subject, struct str *text)
{
	uint64_t users;

	put_address(subject, text);
	if (read_part(subject, "users.refs.counter", &users) && users > 1)
		str_printf(text, ", shared by %" PRIu64, users);
	return true;
}

static bool put_key(const struct subject *subject, struct str *text)
{
	struct owner owner;
	char name[256];

	owner_find(subject->kernel, subject->address, &owner);
	if (owner.kind != OWNER_MODULE && owner.kind != OWNER_IMAGE)
		return false;
	owner_format(&owner, name, sizeof(name));
	str_printf(text, "%s %.*s", type_name(subject->type), (int)strcspn(name, "+"), name);
	return true;
}

static const struct {
	const char *type;
	bool (*put)(const struct subject *subject, struct str *text);
} kinds[] = {
	{"net_device", put_net_device}, {"device", put_device},
	{"request", put_request},	{"bio", put_bio},
	{"buffer_head", put_buffer},	{"sk_buff", put_packet},
	{"static_key", put_key},
};

bool subject_describe(struct kernel *kernel, struct type type, uint64_t object, struct str *text)
{
	const struct subject subject = {kernel, type, object};
	const char *name = type.kind == TYPE_STRUCT ? type_name(type) : NULL;

	for (size_t i = 0; name && i < ARRAY_SIZE(kinds); i++)
		if (!strcmp(name, kinds[i].type))
			return memory_is_kernel(kernel->memory, object) &&
			       kinds[i].put(&subject, text);
	return false;
}
