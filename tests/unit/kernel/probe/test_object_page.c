/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How tails lead to the first page of their block, in each form that there was. */
#include "fake_pages.h"
#include "kernel/probe/object_page.h"

#define SLABS 4
#define SLAB_PAGES 4
#define OBJECT(i) (FAKE_BASE + (uint64_t)(i)*PAGE_SIZE + 0x140)
#define OBJECTS (SLABS * SLAB_PAGES)
#define SLAB_FLAG (1ull << 7)
#define HEAD_FLAG (1ull << 14)
#define TAIL_FLAG (1ull << 15)

enum { AT_LRU = 32, AT_PRIVATE = 48 };

#define TOLD                                                                                       \
	"OFFSET(page.flags)=0\nOFFSET(page.lru)=32\nOFFSET(page.private)=48\nNUMBER(PG_slab)=7\n"  \
	"NUMBER(PG_head_mask)=16384\n"

static uint64_t objects[OBJECTS];

/* Slabs of four pages each, an object in every page. */
static void put_slabs(const char *told, void (*put_tail)(uint64_t page, uint64_t head))
{
	fake_slab_open(ERA_PAGE, NULL);
	fake_vmcoreinfo(told);
	for (unsigned i = 0; i < OBJECTS; i++) {
		unsigned head = i - i % SLAB_PAGES;

		objects[i] = OBJECT(i);
		fake_u64(fake_page(i) + AT_LRU, fake_page(60));
		if (i == head)
			fake_u64(fake_page(i), SLAB_FLAG | HEAD_FLAG);
		else
			put_tail(fake_page(i), fake_page(head));
	}
}

static void put_first_page(uint64_t page, uint64_t head)
{
	fake_u64(page, TAIL_FLAG);
	fake_u64(page + AT_PRIVATE, head);
}

static void put_compound_head(uint64_t page, uint64_t head)
{
	fake_u64(page, 0);
	fake_u64(page + AT_LRU, head + 1);
}

static bool find(struct tail_form *tail)
{
	return tail_form_find(&kernel, objects, OBJECTS, tail);
}

static void check_pages(const struct tail_form *tail)
{
	struct object_page page;

	for (unsigned i = 0; i < OBJECTS; i++) {
		ck_assert(object_page_read(&kernel, tail, objects[i], &page));
		ck_assert_uint_eq(page.address, fake_page(i - i % SLAB_PAGES));
		ck_assert_uint_eq(page.base, FAKE_BASE + (i - i % SLAB_PAGES) * PAGE_SIZE);
	}
}

START_TEST(first_page)
{
	struct tail_form tail;

	put_slabs(TOLD, put_first_page);
	ck_assert(find(&tail));
	ck_assert_str_eq(tail.member, "first_page");
	ck_assert_uint_eq(tail.at, AT_PRIVATE);
	ck_assert_uint_eq(tail.flag, TAIL_FLAG);
	check_pages(&tail);
	fake_slab_close();
}
END_TEST

START_TEST(compound_head)
{
	struct tail_form tail;

	put_slabs(TOLD, put_compound_head);
	ck_assert(find(&tail));
	ck_assert_str_eq(tail.member, "compound_head");
	ck_assert_uint_eq(tail.at, AT_LRU);
	check_pages(&tail);
	fake_slab_close();
}
END_TEST

START_TEST(told)
{
	struct tail_form tail;

	put_slabs(TOLD "OFFSET(page.compound_head)=32\n", put_compound_head);
	ck_assert(find(&tail));
	ck_assert_ptr_null(tail.member);
	check_pages(&tail);
	fake_slab_close();
}
END_TEST

/* Pages that are no tails at all: neither form is shown to be right. */
static void put_single(uint64_t page, uint64_t unused)
{
	(void)unused;
	fake_u64(page, SLAB_FLAG);
}

START_TEST(nothing_shown)
{
	struct tail_form tail;

	put_slabs(TOLD, put_single);
	ck_assert(!find(&tail));
	fake_slab_close();
	put_slabs("OFFSET(page.flags)=0\n", put_first_page);
	ck_assert(!find(&tail));
	fake_slab_close();
}
END_TEST

START_TEST(absurd)
{
	struct tail_form tail = {"first_page", AT_PRIVATE, TAIL_FLAG};
	struct object_page page;

	put_slabs(TOLD, put_first_page);
	fake_u64(fake_page(1) + AT_PRIVATE, UINT64_MAX);
	ck_assert(!object_page_read(&kernel, &tail, objects[1], &page));
	fake_u64(fake_page(1) + AT_PRIVATE, fake_page(50)); /* a block behind */
	ck_assert(!object_page_read(&kernel, &tail, objects[1], &page));
	ck_assert(!object_page_read(&kernel, &tail, 0x1000, &page));
	fake_slab_close();
	put_slabs("OFFSET(page.flags)=0\nOFFSET(page.private)=4096\nNUMBER(PG_slab)=700\n"
		  "NUMBER(PG_head_mask)=16384\n",
		  put_first_page);
	ck_assert(!find(&tail));
	fake_slab_close();
}
END_TEST

UNIT_MAIN("object_page", first_page, compound_head, told, nothing_shown, absurd)
