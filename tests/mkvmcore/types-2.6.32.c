/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Types of el6's 2.6.32, x86-64: the members that are read, in their order and near their places. */
typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long u64;
typedef struct {
	int counter;
} atomic_t;

struct list_head {
	struct list_head *next, *prev;
};
typedef struct cpumask {
	unsigned long bits[4096 / 64];
} cpumask_t;
typedef struct raw_spinlock {
	unsigned int slock;
} raw_spinlock_t;
typedef struct {
	raw_spinlock_t raw_lock;
} spinlock_t;

struct task_struct;
struct page;
struct thread_info {
	struct task_struct *task;
	void *exec_domain;
	u32 flags, status, cpu;
	int preempt_count;
};
union thread_union {
	struct thread_info thread_info;
	unsigned long stack[8192 / sizeof(long)];
};
struct thread_struct {
	unsigned long tls_array[3];
	unsigned long sp0, sp, usersp;
	unsigned short es, ds, fsindex, gsindex;
	unsigned long fs, gs;
	unsigned long cr2, trap_no, error_code;
};
struct sched_info {
	unsigned long pcount;
	unsigned long long run_delay, last_arrival, last_queued;
	unsigned int bkl_count;
};
struct timespec {
	long tv_sec, tv_nsec;
};
struct mm_struct;
struct signal_struct {
	atomic_t sigcnt, live;
};

struct task_struct {
	volatile long state;
	void *stack;
	atomic_t usage;
	unsigned int flags, ptrace;
	int lock_depth, prio, static_prio, normal_prio;
	u8 scheduling[932];
	struct sched_info sched_info;
	struct list_head tasks;
	u8 pushable_tasks[40];
	struct mm_struct *mm, *active_mm;
	int exit_state, exit_code, exit_signal, pdeath_signal;
	unsigned int personality, bits;
	int pid, tgid;
	unsigned long stack_canary;
	struct task_struct *real_parent, *parent;
	struct list_head children, sibling;
	struct task_struct *group_leader;
	u8 after_leader[88];
	struct list_head thread_group;
	u8 times[80];
	struct timespec start_time, real_start_time;
	u8 credentials[120];
	char comm[16];
	int link_count, total_link_count;
	u8 sysvsem[16];
	struct thread_struct thread;
	void *fs, *files, *nsproxy;
	struct signal_struct *signal;
	u8 rest[1100];
};

struct rq {
	spinlock_t lock;
	unsigned long nr_running;
	u8 load[2000];
	struct task_struct *curr, *idle;
	unsigned long next_balance;
	struct mm_struct *prev_mm;
	u64 clock;
	int cpu;
};

struct rwsem_waiter {
	struct list_head list;
	struct task_struct *task;
	unsigned int flags;
};
struct rw_semaphore {
	long count;
	spinlock_t wait_lock;
	struct list_head wait_list;
};
struct mm_struct {
	void *mmap;
	u8 before[96];
	struct rw_semaphore mmap_sem;
	spinlock_t page_table_lock;
	struct list_head mmlist;
	u8 middle[600];
	struct task_struct *owner;
};

struct elf64_sym {
	u32 st_name;
	u8 st_info, st_other;
	u16 st_shndx;
	u64 st_value, st_size;
};
typedef struct elf64_sym Elf64_Sym;
struct module {
	int state;
	struct list_head list;
	char name[56];
	u8 parameters[184];
	void *module_init, *module_core;
	unsigned int init_size, core_size, init_text_size, core_text_size;
	unsigned int taints, num_bugs;
	struct list_head bug_list;
	void *bug_table;
	Elf64_Sym *symtab, *core_symtab;
	unsigned int num_symtab, core_num_syms;
	char *strtab, *core_strtab;
};

struct new_utsname {
	char sysname[65], nodename[65], release[65], version[65], machine[65], domainname[65];
};
struct uts_namespace {
	atomic_t kref;
	struct new_utsname name;
};

struct zone_lru {
	struct list_head list;
};
struct zone {
	unsigned long watermark[3], lowmem_reserve[4];
	int node;
	unsigned long min_unmapped_pages, min_slab_pages;
	u8 pageset[880];
	spinlock_t lru_lock __attribute__((aligned(64)));
	struct zone_lru lru[5];
	const char *name;
};
typedef struct pglist_data {
	struct zone node_zones[4];
	int nr_zones;
} pg_data_t;

struct pt_regs {
	unsigned long r15, r14, r13, r12, bp, bx, r11, r10, r9, r8, ax, cx, dx, si, di, orig_ax, ip,
		cs, flags, sp, ss;
};

/* include/linux/mm_types.h, page-flags.h; mm/slab.c */
struct page {
	unsigned long flags;
	atomic_t _count;
	union {
		atomic_t _mapcount;
		struct {
			u16 inuse, objects;
		};
	};
	union {
		struct {
			unsigned long private;
			void *mapping;
		};
		void *slab;
		struct page *first_page;
	};
	union {
		unsigned long index;
		void *freelist;
	};
	struct list_head lru;
};
enum pageflags {
	PG_locked,
	PG_error,
	PG_referenced,
	PG_uptodate,
	PG_dirty,
	PG_lru,
	PG_active,
	PG_slab,
	PG_owner_priv_1,
	PG_arch_1,
	PG_reserved,
	PG_private,
	PG_private_2,
	PG_writeback,
	PG_head,
	PG_tail,
	PG_swapcache,
	PG_mappedtodisk,
	PG_reclaim,
	PG_buddy
};
typedef unsigned int kmem_bufctl_t;
struct slab {
	struct list_head list;
	unsigned long colouroff;
	void *s_mem;
	unsigned int inuse;
	kmem_bufctl_t free;
	unsigned short nodeid;
};
struct array_cache {
	unsigned int avail, limit, batchcount, touched;
	spinlock_t lock;
	void *entry[];
};
struct kmem_list3 {
	struct list_head slabs_partial, slabs_full, slabs_free;
	unsigned long free_objects;
	unsigned int free_limit, colour_next;
	spinlock_t list_lock;
	struct array_cache *shared, **alien;
	unsigned long next_reap;
	int free_touched;
};
struct kmem_cache {
	struct array_cache *array[4096];
	unsigned int batchcount, limit, shared, buffer_size;
	u32 reciprocal_buffer_size;
	unsigned int flags, num, gfporder;
	u32 gfpflags;
	unsigned long colour;
	unsigned int colour_off;
	struct kmem_cache *slabp_cache;
	unsigned int slab_size, dflags;
	void (*ctor)(void *obj);
	const char *name;
	struct list_head next;
	struct kmem_list3 *nodelists[512];
};

_Static_assert(sizeof(struct page) == 56 && sizeof(struct slab) == 48, "as in 2.6.32-431");
_Static_assert(__builtin_offsetof(struct mm_struct, mmap_sem) == 0x68, "as in 2.6.32-431");

/* What functions take; their symbols come with the spec. */
__attribute__((weak)) void _spin_lock_irq(spinlock_t *lock)
{
}

/* What of them tells where a member is (analyzers/kernel/probe/accessors.def). */
#define KERNEL_FUNCTION(name) __attribute__((weak, section(".kernel_text." #name)))
KERNEL_FUNCTION(task_prio)
int task_prio(const struct task_struct *p)
{
	return p->prio - 100;
}

#define AT(address, type, member) ((void *)((address) + __builtin_offsetof(type, member)))
#define RUNQUEUE(current, idle_task, number)                                                       \
	{                                                                                          \
		.curr = (void *)(current), .idle = (void *)(idle_task), .cpu = (number),           \
		.clock = 86400000000000                                                            \
	}
#define UTS(node, rel, ver)                                                                        \
	{                                                                                          \
		.name = {                                                                          \
			.sysname = "Linux",                                                        \
			.nodename = node,                                                          \
			.release = rel,                                                            \
			.version = ver,                                                            \
			.machine = "x86_64"                                                        \
		}                                                                                  \
	}
#define MODULE_DATA 0xa000 /* behind its text: machine.py */
#define MODULE(NAME, BASE, SIZE, SYMTAB, COUNT, STRTAB, KALLSYMS, ORC_IP, ORC, ORCS, NEXT, PREV)   \
	{                                                                                          \
		.list = {NEXT, PREV}, .name = NAME, .module_core = BASE, .core_size = SIZE,        \
		.core_text_size = SIZE - MODULE_DATA, .symtab = SYMTAB, .core_symtab = SYMTAB,     \
		.num_symtab = COUNT, .core_num_syms = COUNT, .strtab = STRTAB,                     \
		.core_strtab = STRTAB                                                              \
	}
