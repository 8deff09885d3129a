/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_MEMORY_MEMORY_FACTS
#define TRIAGE_MEMORY_MEMORY_FACTS

#include "kernel/mm/owner.h"
#include "kernel/mm/slab.h"
#include "kernel/types/types.h"
#include "kernel/unwind/frame.h"
#include "memory/bad_value.h"

/* What is known of the dead kernel's memory. Offsets and sizes are in bytes. */

/* --- pointers --------------------------------------------------------------------------------- */

/* An address of the crash that anyone would look up. */
struct crash_pointer {
	char where[352]; /* "rax", "stack of f() +0x18", "lock rtnl_mutex" */
	uint64_t value;
	struct owner owner;
	const struct task *task; /* whose task_struct it points into, or NULL */
	uint64_t percpu; /* of a per-CPU pointer: the address it means on CPU owner.cpu; else 0 */
	bool used; /* a register's, into a free object: the function that faulted goes by it */
};

/* How the place was found that holds the bad value. */
enum holder_kind {
	HOLDER_LOADED,	     /* the value was loaded from there, as provenance found */
	HOLDER_LINKED,	     /* the value should lead to a list node that points back there */
	HOLDER_FREE_POINTER, /* the free pointer of an object on a broken free list */
};

/* A place in memory where the bad value stands. */
struct holder {
	enum holder_kind kind;
	uint64_t address;
	struct owner owner;
	struct type type; /* of the object; TYPE_NONE unknown */
	char member[96];  /* "" unknown; else with the type, or "free pointer" */
	int64_t offset;	  /* of the address in the object; not for HOLDER_LINKED */
	double confidence;
	const struct slab_cache *cache; /* HOLDER_FREE_POINTER */
	bool cleared; /* HOLDER_FREE_POINTER: the value stood there and has been cleared since */
};

/* What a bad value may be. */
struct hypothesis {
	const char *kind; /* "usb_string", "bit_flip", … */
	char text[320];
	double confidence;
	/* Of flipped bits: */
	unsigned bits[2], bit_count;
	uint64_t restored;
};

/* --- objects of the slab allocator ------------------------------------------------------------ */

/* Is an object sound but for one bad word? */
enum damage {
	DAMAGE_UNKNOWN,
	DAMAGE_ONE_MEMBER,   /* the rest is as it should be */
	DAMAGE_MEMBERS,	     /* a stretch of the object, or several places in it */
	DAMAGE_WHOLE_OBJECT, /* from its first word to its last, and no further */
	DAMAGE_OVERRUN,	     /* the same bytes run on from the object in front */
};

struct object_damage {
	enum damage damage;
	double confidence;     /* in damage */
	int64_t from, to;      /* bytes like the bad word, around it; from the object's start */
	unsigned words, zeros; /* of the object; zeros: words that are 0 */
	/* Words outside of that stretch. */
	unsigned pointers_good, pointers_bad; /* by whether there is memory where they lead */
	unsigned lists_sound, lists_broken; /* list heads, by whether both neighbours point back */
	uint64_t list_at;		    /* where a sound list head stands, 0 none */
	unsigned back_references;	    /* pointers to objects that point back into this one */
	uint64_t back_at, back_object;	    /* the first: where it stands, the object it leads to */
	/* By the type: members that are pointers, and those that cannot be such a pointer. */
	unsigned members, members_bad;
	char bad_names[160]; /* of the first of them, "a, b.c" */
};

/* The object that held the bad value, and what else is wrong with it. */
struct damaged_object {
	struct slab_object object;
	uint64_t at, value; /* the bad word */
	struct object_damage damage;
	struct owner back_reference; /* of damage.back_object, with damage.back_references */
};

/* The object in front of this one was written beyond its end. */
struct overrun {
	struct slab_object object; /* the one written into */
	int64_t from, to;	   /* the bytes that are alike, from the object's start */
	bool has_value;
	uint64_t value; /* one word of them */
	double confidence;
};

/* Which object's free pointer was overwritten, and with what, for a free list that breaks. */
struct culprit {
	uint64_t object;     /* 0: cannot be told */
	uint64_t raw;	     /* what stood in its free pointer; valid with object */
	bool computed;	     /* not read from the object but worked out: see freelist_culprit.c */
	double confidence;   /* that it is this object */
	double chance;	     /* that trying all objects gives such bytes for any pointer */
	unsigned candidates; /* objects that it may have been */
	uint64_t common;     /* without object: what candidates have in common, else '?'; or 0 */
};

struct freelist_corruption {
	struct slab slab;
	struct freelist_break broken;
	struct culprit culprit;
	const char *list; /* "slab" or "cpu"; "fault": of the address that faulted */
	bool near;	  /* the crash touches this slab */
	bool has_before;
	struct owner before; /* the object in front of the overwritten one */
};

/* An object that is freed while it is the first of its free list. */
struct double_free {
	struct slab_object object;
	struct owner owner;
	const struct frame *freed_by; /* of the crash's trace; NULL unknown */
};

/* What slab debugging said in the log of one object, and what memory holds there. */
struct debug_report {
	char cache[64];
	char problem[64];		       /* "Poison overwritten" */
	char allocated_by[160], freed_by[160]; /* "" unknown */
	bool located;			       /* the report names an address */
	uint64_t object, from;		       /* 0 unknown */
	bool has_owner;
	struct owner owner; /* of from, else of object */
	/* The bytes that should not be there. */
	uint8_t bytes[16]; /* the first of them */
	size_t length;	   /* of all of them; 0 unknown */
	bool in_memory;	   /* they are still there; else they are out of the log */
};

/* --- what a check of the kernel's was about --------------------------------------------------- */

struct blamed {
	const char *what; /* "list_node", "reference_count" */
	uint64_t address;
	struct owner owner;
	const struct task *task; /* whose task_struct the address is in, or NULL */
};

/* --- stacks ----------------------------------------------------------------------------------- */

/* A function's frame whose canary was overwritten. */
struct stack_damage {
	char function[128];
	uint64_t canary_at, found, good; /* good: valid when known */
	bool known;
	uint64_t from, to;  /* bytes around it that look like what overwrote it */
	uint64_t buffer;    /* the nearest one of the function's below; 0 unknown */
	char given_to[128]; /* a function that got its address; "" unknown */
};

/* --- calls ------------------------------------------------------------------------------------ */

/* A call, jump or return to where no function begins. */
struct bad_call {
	bool returned; /* by a return address that was overwritten; else a call or jump */
	bool inside;   /* the target is code, in the midst of a function */
	bool unloaded; /* it is in the memory for modules, where none is now */
	bool held;     /* the pointer was found in memory: the first holder */
	uint64_t target;
	struct owner owner; /* of target */
	char place[176];    /* of the call; of a return, the function it led out of; "" unknown */
	char callee[128];   /* of a return: who returned, where place calls only one; "" */
	char function[176]; /* with inside: where target is */
	char module[64];    /* with unloaded: the last one that was; "" unknown */
	char tainted[320];  /* and those that were with a taint of their own; "" none */
	double confidence;
};

/* --- lists ------------------------------------------------------------------------------------ */

/* A doubly linked list, or a tree, that is broken in one place. Addresses are those of nodes' links. */
struct broken_list {
	bool tree;  /* red-black; before is the parent, after its child, or the reverse */
	bool chain; /* links one way alone */
	uint64_t before, after; /* the nodes on either side of it; after 0: unknown */
	uint64_t at;		/* the word that is wrong; 0: both links of the node at lost are */
	uint64_t found, good;	/* what it holds, what it should; valid with at */
	uint64_t lost;		/* the node between before and after; valid without at */
	unsigned link;		/* offset of the wrong word in its node, see broken_list_link() */
	int bit;		/* the only one in which found is not good; -1: more of them */
	bool listed;		/* found is on a list of its own */
	unsigned sound;		/* links of the list that are right */
	bool weak;		/* beyond the two nodes that tell, it is not sound either */
	bool leads;		/* who goes along it comes to the address that faulted */
	unsigned steps;		/* after so many nodes; valid with leads */
	struct owner owner;	/* of before, or of the lost node */
	struct owner stray;	/* of found; valid with at */
	double confidence;	/* that it is the crash's reason */
};

/* The member that is wrong: "next", "rb_left". */
static inline const char *broken_list_link(const struct broken_list *list)
{
	static const char *const list_links[] = {"next", "prev"}, *const tree_links[] = {"parent",
											 "rb_right",
											 "rb_left"};

	if (list->chain)
		return "next";
	return list->tree ? tree_links[list->link / 8 % 3] : list_links[list->link != 0];
}

/* --- the words around the bad value ----------------------------------------------------------- */

struct contents_word {
	uint64_t address, value;
	char member[260];    /* or two members, "size, depth"; "" unknown */
	char points_to[256]; /* "" for what is no pointer of the kernel */
};

struct contents {
	uint64_t bad_at;
	uint64_t object, size; /* around it; size 0: unknown */
	struct contents_word *words;
	size_t count;
};

/* --- searches --------------------------------------------------------------------------------- */

/* Where a word was found that was searched for. */
struct search_place {
	uint64_t phys, word;
	uint64_t address; /* the kernel's own name for it; 0 when that cannot be told */
	struct owner owner;
	char member[128]; /* "task_struct.stack", "" where the type is not known */
};

/* Places that have their owner in common. */
struct search_group {
	char owner[320];
	uint64_t count;
};

/* Where else the bad value stands. */
struct copies {
	uint64_t value, total; /* total: how often it was found */
	struct search_place *places;
	size_t place_count; /* of the first of them */
	struct search_group *groups;
	size_t group_count;
	char searched[160]; /* what was gone through, in words */
	bool whole;	    /* all of the dump */
	uint64_t pages;
};

/* --- all of it -------------------------------------------------------------------------------- */

/* Zero-initialised: nothing is known. Lists grow in the order things are found. */
struct memory_facts {
	struct crash_pointer *pointers;
	size_t pointer_count;
	struct bad_value bad;
	struct holder *holders;
	size_t holder_count;
	struct hypothesis *hypotheses;
	size_t hypothesis_count;
	struct damaged_object *object; /* NULL unknown */
	struct overrun *overruns;
	size_t overrun_count;
	struct freelist_corruption *freelists;
	size_t freelist_count;
	struct double_free *double_free; /* NULL none */
	struct debug_report *reports;
	size_t report_count;
	struct broken_list *list;   /* NULL none */
	struct bad_call *call;	    /* NULL none */
	struct blamed *blamed;	    /* NULL none */
	struct stack_damage *stack; /* NULL none */
	struct contents contents;
	struct copies copies;
	struct copies links; /* to the object in trouble, but for those in it; value: its start */
};

void memory_facts_deinit(struct memory_facts *facts);

#endif
