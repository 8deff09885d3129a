/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include <string.h>

#include "daemon/render/render_memory.h"

static void shows(const char *text, const char *expected)
{
	_json_ json_t *report = json_loads(text, 0, NULL);
	_str_ struct str out = {0};

	ck_assert_msg(report, "not JSON: %s", text);
	render_memory(report, &out);
	ck_assert_str_eq(out.data ? out.data : "", expected);
}

/* Each register by what it points to; without a pointer, by what the value says itself. */
START_TEST(registers_say_what_they_hold)
{
	shows("{\"crash\":{\"rip\":{\"symbol\":\"f\",\"offset\":12,\"module\":\"m\"},\"registers\":"
	      "{"
	      "\"rip\":\"0xffffffffc0000000\",\"rax\":\"0xffff888000000000\",\"rbx\":\"0x0\","
	      "\"rcx\":\"0xffffffffffffffea\",\"rdx\":\"0x10\",\"rsi\":\"0x7f0000000000\","
	      "\"rdi\":\"0x6b6b6b6b6b6b6b6b\",\"rbp\":\"0xfffffff4\",\"r8\":\"0x8123456789abcdef\","
	      "\"r9\":\"0xffff888000000100\","
	      "\"rflags\":\"0x2\"}},"
	      "\"memory\":{\"pointers\":[{\"where\":\"rax\",\"value\":\"0xffff888000000000\","
	      "\"owner\":{\"text\":\"kmalloc-1k object\"}},"
	      "{\"where\":\"r9\",\"value\":\"0xffff888000000100\",\"owner\":{\"text\":\"task_"
	      "struct object\","
	      "\"kind\":\"slab\",\"task\":{\"pid\":7,\"comm\":\"a\\u001b\"}}}]}}",
	      "Registers and what they point to\n"
	      "  rip  ffffffffc0000000  f+0xc [m]\n"
	      "  rax  ffff888000000000  kmalloc-1k object\n"
	      "  rbx  0000000000000000  NULL\n"
	      "  rcx  ffffffffffffffea  -22, EINVAL\n"
	      "  rdx  0000000000000010  16\n"
	      "  rsi  00007f0000000000  user address\n"
	      "  rdi  6b6b6b6b6b6b6b6b  0x6b bytes: memory of a freed slab object (POISON_FREE)\n"
	      "  rbp  00000000fffffff4  4294967284; of 32 bits -12, ENOMEM\n"
	      "  r8   8123456789abcdef\n"
	      "  r9   ffff888000000100  task_struct object: a\\x1b/7\n");
}
END_TEST

/* What is no register stands in columns, but for a name as long as a hostile one. */
START_TEST(other_addresses_are_aligned)
{
	shows("{\"crash\":{\"fault\":{\"address\":\"0x2a0\"},\"registers\":{\"rdi\":\"0x0\"}},"
	      "\"memory\":{\"pointers\":["
	      "{\"where\":\"fault address\",\"value\":\"0x2a0\",\"owner\":{\"text\":\"user\"}},"
	      "{\"where\":\"stack of f() "
	      "+0x8\",\"value\":\"0xffff888000000010\",\"owner\":{\"text\":"
	      "\"filp object\"}},"
	      "{\"where\":\"lock a\\u001bb\",\"value\":\"0x5000\",\"owner\":null},"
	      "{\"where\":\"lock 0123456789012345678901234567890123456789012345678\","
	      "\"value\":\"0x6000\",\"owner\":{\"text\":\"x\"}}]}}",
	      "Registers and what they point to\n"
	      "  rdi  0000000000000000  NULL\n\n"
	      "Other addresses of the crash\n"
	      "  fault address      00000000000002a0  NULL + 0x2a0\n"
	      "  stack of f() +0x8  ffff888000000010  filp object\n"
	      "  lock a\\x1bb        0000000000005000\n"
	      "  lock 0123456789012345678901234567890123456789012345678  0000000000006000  x\n");
}
END_TEST

/* Registers of one who only reported a hang are not worth a line. */
START_TEST(registers_nobody_looked_up_are_left_out)
{
	shows("{\"crash\":{\"registers\":{\"rip\":\"0x1\",\"rsp\":\"0x2\"}},\"memory\":{"
	      "\"pointers\":["
	      "{\"where\":\"lock m\",\"value\":\"0x5000\",\"owner\":{\"text\":\"m+0x0\"}}]}}",
	      "Other addresses of the crash\n  lock m  0000000000005000  m+0x0\n");
}
END_TEST

/* Rows that only repeat are counted, but never the bad word or one with another name. */
START_TEST(words_are_shown_with_their_members)
{
	shows("{\"memory\":{\"contents\":{\"object\":\"0x1000\",\"words\":["
	      "{\"address\":\"0x1000\",\"value\":\"0x0\",\"member\":\"name[0]\"},"
	      "{\"address\":\"0x1008\",\"value\":\"0x0\",\"member\":\"name[8]\"},"
	      "{\"address\":\"0x1010\",\"value\":\"0x0\",\"member\":\"name[16]\"},"
	      "{\"address\":\"0x1018\",\"value\":\"0x0\",\"member\":\"count\"},"
	      "{\"address\":\"0x1020\",\"value\":\"0x0\",\"member\":\"next\",\"bad\":true},"
	      "{\"address\":\"0x1028\",\"value\":\"0x41424344\",\"points_to\":\"page, free\"},"
	      "{\"address\":\"0x1030\",\"value\":\"0x41424344\"},"
	      "{\"address\":\"0x1038\",\"value\":\"0xa56b6b6b6b6b6b6b\"}]}}}",
	      "The words around it\n"
	      "  +0x0     0000000000000000  ........  name[0]\n"
	      "  *       and 2 more like it\n"
	      "  +0x18    0000000000000000  ........  count\n"
	      "> +0x20    0000000000000000  ........  next\n"
	      "  +0x28    0000000041424344  DCBA....  -> page, free\n"
	      "  *       and 1 more like it\n"
	      "  +0x38    a56b6b6b6b6b6b6b  (poison)\n");
}
END_TEST

/* What is left out is said: before and behind the words, and where the dump has a hole. */
START_TEST(words_that_are_missing_are_counted)
{
	shows("{\"memory\":{\"contents\":{\"object\":\"0x1000\",\"size\":128,\"words\":["
	      "{\"address\":\"0x1010\",\"value\":\"0x0\"},"
	      "{\"address\":\"0x1018\",\"value\":\"0x0\"},"
	      "{\"address\":\"0x1040\",\"value\":\"0x0\"}]}}}",
	      "The words around it\n"
	      "  …       16 bytes\n"
	      "  +0x10    0000000000000000  ........\n"
	      "  *       and 1 more like it\n"
	      "  …       32 bytes\n"
	      "  +0x40    0000000000000000  ........\n"
	      "  …       56 bytes\n");
	/* Sizes and places that cannot be. */
	shows("{\"memory\":{\"contents\":{\"object\":\"0xfffffffffffffff0\",\"size\":-5,\"words\":["
	      "{\"address\":\"0x8\",\"value\":\"0x0\"},"
	      "{\"address\":\"0x0\",\"value\":\"0x1\"}]}}}",
	      "The words around it\n"
	      "  0000000000000008  0000000000000000  ........\n"
	      "  0000000000000000  0000000000000001  ........\n");
}
END_TEST

START_TEST(the_holder_says_who_used_it)
{
	shows("{\"memory\":{\"holder\":{\"address\":\"0x1\",\"type\":\"struct "
	      "a\",\"member\":\"b\",\"owner\":{"
	      "\"text\":\"a "
	      "object\",\"allocated_by\":{\"symbol\":\"f\\u001b\",\"pid\":7,\"cpu\":1},"
	      "\"freed_by\":{\"symbol\":\"g\",\"pid\":\"x\"}}},"
	      "\"object\":{\"text\":\"sound\",\"evidence\":\"inferred\"}}}",
	      "What holds it\n  0x1  struct a.b  a object\n  allocated by f\\x1b, pid 7 on CPU 1\n"
	      "  freed by g\n  sound  [inferred]\n");
	shows("{\"memory\":{\"holder\":{\"address\":\"0x1\",\"owner\":{\"allocated_by\":7}}}}",
	      "What holds it\n  0x1\n");
}
END_TEST

START_TEST(misuse_of_slabs_is_shown)
{
	shows("{\"memory\":{\"double_free\":{\"object\":\"0x1\",\"owner\":{\"text\":\"a object\"},"
	      "\"freed_by\":{\"symbol\":\"f\",\"offset\":29,\"module\":\"m\\u0007\"},"
	      "\"evidence\":\"proven\"},\"slab_reports\":[{},{\"cache\":\"kmalloc-1k\",\"object\":"
	      "\"0x2\","
	      "\"problem\":\"Poison\\noverwritten\",\"from\":\"0x3\",\"bytes\":\"18 "
	      "03\",\"source\":"
	      "\"memory\",\"allocated_by\":\"g+0x1\",\"freed_by\":\"h\\u001b\",\"evidence\":"
	      "\"proven\"}],"
	      "\"freelists\":[{\"cache\":\"c\",\"object\":\"0x4\",\"why\":\"loops\",\"raw\":"
	      "\"0x5\","
	      "\"decoded\":\"0x6\",\"evidence\":\"inferred\",\"before\":{\"text\":\"c "
	      "object\"}}]}}",
	      "Broken free lists\n"
	      "  c object 0x4: loops; stored 0x5, meaning 0x6  [inferred]\n"
	      "    in front of it: c object\n\n"
	      "Freed twice\n"
	      "  a object  [proven]\n"
	      "    the second time by f+0x1d [m\\x07]\n\n"
	      "What slab debugging reported\n\n"
	      "  kmalloc-1k object 0x2: Poison\\x0aoverwritten  [proven]\n"
	      "    18 03 at 0x3, read from memory\n"
	      "    allocated by g+0x1\n"
	      "    freed by h\\x1b\n");
}
END_TEST

START_TEST(copies_stand_together_by_owner)
{
	shows("{\"memory\":{\"copies\":{\"total\":3,\"searched\":\"the dump\",\"groups\":["
	      "{\"owner\":\"stack of a/1\",\"count\":2},"
	      "{\"owner\":\"kmalloc-8 object +0x0, free\",\"count\":1}]}}}",
	      "Where else it stands\n  3 found in the dump\n      2  stack of a/1\n"
	      "      1  kmalloc-8 object +0x0, free\n");
}
END_TEST

/* Text of a dump can hold anything, and a field can be of another kind or not there at all. */
START_TEST(hostile_text_is_escaped_and_odd_shapes_passed_over)
{
	shows("{\"memory\":{\"provenance\":[{\"text\":\"a\\u001b[2J\\nb\"},{},7],"
	      "\"holder\":{\"address\":\"0x1\\r\",\"owner\":[]},"
	      "\"contents\":{\"words\":[{},{\"address\":\"x\",\"value\":\"0x1\"},null,"
	      "{\"address\":\"0x8\",\"value\":1}]},"
	      "\"copies\":{\"total\":1,\"groups\":[{},null,{\"owner\":\"\\u0007\"}]},"
	      "\"freelists\":[{\"cache\":\"\\u009b\"}],\"hypotheses\":[{\"confidence\":\"x\"}]}}",
	      "Where the bad value came from\n  1. a\\x1b[2J\\x0ab\n  2. \n  3. \n\n"
	      "What holds it\n  0x1\\x0d\n\n"
	      "The words around it\n\n"
	      "Where else it stands\n  1 found\n      0  \n      0  \n      0  \\x07\n\n"
	      "Broken free lists\n  \\xc2\\x9b\n\n"
	      "What it may be\n    0 %\n");
	shows("{\"memory\":7,\"crash\":[]}", "");
	shows("{\"memory\":{\"pointers\":{},\"contents\":[],\"copies\":\"x\"}}", "");
	shows("{}", "");
}
END_TEST

UNIT_MAIN("render_memory", registers_say_what_they_hold, other_addresses_are_aligned,
	  registers_nobody_looked_up_are_left_out, words_are_shown_with_their_members,
	  words_that_are_missing_are_counted, the_holder_says_who_used_it, misuse_of_slabs_is_shown,
	  copies_stand_together_by_owner, hostile_text_is_escaped_and_odd_shapes_passed_over)
