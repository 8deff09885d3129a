/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Types of el8's 4.18, x86-64: the members that are read, in their order and near their places. */
typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long u64;
typedef struct {
	int counter;
} atomic_t;
typedef struct {
	long counter;
} atomic_long_t;

struct list_head {
	struct list_head *next, *prev;
};
typedef struct cpumask {
	unsigned long bits[8192 / 64];
} cpumask_t;
struct hlist_node {
	struct hlist_node *next, **pprev;
};
struct qspinlock {
	union {
		atomic_t val;
		struct {
			u8 locked, pending;
		};
		struct {
			u16 locked_pending, tail;
		};
	};
};
struct raw_spinlock {
	struct qspinlock raw_lock;
};
typedef struct {
	struct raw_spinlock rlock;
} spinlock_t;

struct thread_info {
	unsigned long flags;
	u32 status;
};
struct thread_struct {
	unsigned long tls_array[3];
	unsigned long sp;
	unsigned short es, ds, fsindex, gsindex;
	unsigned long fsbase, gsbase;
	unsigned long cr2, trap_nr, error_code;
};
struct sched_info {
	unsigned long pcount;
	unsigned long long run_delay, last_arrival, last_queued;
};
struct optimistic_spin_queue {
	atomic_t tail;
};
struct task_struct;
struct mm_struct;
struct signal_struct {
	atomic_t sigcnt, live;
	int nr_threads;
	struct list_head thread_head;
};

union thread_union {
	unsigned long stack[16384 / sizeof(long)];
};

struct task_struct {
	struct thread_info thread_info;
	volatile long state;
	void *stack;
	atomic_t usage;
	unsigned int flags, ptrace;
	u8 before_cpu[44];
	int on_cpu;
	unsigned int cpu;
	u8 scheduling[1040];
	struct sched_info sched_info;
	struct list_head tasks;
	u8 after_tasks[64];
	struct mm_struct *mm, *active_mm;
	u8 caches[88];
	int exit_state, exit_code, exit_signal;
	u32 pdeath_signal;
	u64 jobctl;
	int pid, tgid;
	unsigned long stack_canary;
	struct task_struct *real_parent, *parent;
	struct list_head children, sibling;
	struct task_struct *group_leader;
	u8 after_leader[112];
	struct list_head thread_group, thread_node;
	u64 utime, stime, gtime, nvcsw, nivcsw, start_time, real_start_time;
	u8 credentials[120];
	char comm[16];
	u8 files[48];
	struct signal_struct *signal;
	u8 rest[1200];
	struct thread_struct thread;
};

struct inactive_task_frame {
	unsigned long r15, r14, r13, r12, bx, bp, ret_addr;
};
struct rq {
	struct raw_spinlock lock;
	unsigned int nr_running;
	u8 load[2320];
	struct task_struct *curr, *idle, *stop;
	unsigned long next_balance;
	struct mm_struct *prev_mm;
	unsigned int clock_update_flags;
	u64 clock;
	int cpu;
};

enum rwsem_waiter_type { RWSEM_WAITING_FOR_WRITE, RWSEM_WAITING_FOR_READ };
struct rwsem_waiter {
	struct list_head list;
	struct task_struct *task;
	enum rwsem_waiter_type type;
};
struct rw_semaphore {
	atomic_long_t count;
	struct list_head wait_list;
	struct raw_spinlock wait_lock;
	struct optimistic_spin_queue osq;
	struct task_struct *owner;
};
struct mm_struct {
	u8 before[104];
	struct rw_semaphore mmap_sem;
};

struct module_layout {
	void *base;
	unsigned int size, text_size, ro_size, ro_after_init_size;
};
struct elf64_sym {
	u32 st_name;
	u8 st_info, st_other;
	u16 st_shndx;
	u64 st_value, st_size;
};
typedef struct elf64_sym Elf64_Sym;
struct mod_kallsyms {
	Elf64_Sym *symtab;
	unsigned int num_symtab;
	char *strtab;
};
struct orc_entry {
	short sp_offset, bp_offset;
	unsigned sp_reg : 4, bp_reg : 4, type : 2, end : 1;
} __attribute__((packed));
struct mod_arch_specific {
	unsigned int num_orcs;
	int *orc_unwind_ip;
	struct orc_entry *orc_unwind;
};
struct module {
	int state;
	struct list_head list;
	char name[56];
	u8 parameters[296];
	struct module_layout core_layout, init_layout;
	struct mod_arch_specific arch;
	unsigned long taints;
	struct mod_kallsyms *kallsyms, core_kallsyms;
};

struct printk_log {
	u64 ts_nsec;
	u16 len, text_len, dict_len;
	u8 facility;
	u8 flags : 5, level : 3;
};
struct new_utsname {
	char sysname[65], nodename[65], release[65], version[65], machine[65], domainname[65];
};
struct uts_namespace {
	atomic_t kref;
	struct new_utsname name;
};

struct page;
struct kmem_cache_cpu {
	void **freelist;
	unsigned long tid;
	struct page *page, *partial;
};
struct kmem_cache_node {
	spinlock_t list_lock;
	unsigned long nr_partial;
	struct list_head partial;
};
struct kmem_cache_order_objects {
	unsigned int x;
};
struct kmem_cache {
	struct kmem_cache_cpu *cpu_slab;
	unsigned long flags, min_partial;
	unsigned int size, object_size, offset, cpu_partial;
	struct kmem_cache_order_objects oo, max, min;
	unsigned int allocflags;
	int refcount;
	void (*ctor)(void *);
	unsigned int inuse, align, red_left_pad;
	const char *name;
	struct list_head list;
	unsigned long random;
	struct kmem_cache_node *node[4];
};
struct page {
	unsigned long flags;
	union {
		struct {
			struct list_head lru;
			void *mapping;
			unsigned long index, private;
		};
		struct {
			struct list_head slab_list;
			struct kmem_cache *slab_cache;
			void *freelist;
			union {
				void *s_mem;
				struct {
					unsigned inuse : 16, objects : 15, frozen : 1;
				};
			};
		};
		struct {
			unsigned long compound_head;
		};
	};
	union {
		atomic_t _mapcount;
		unsigned int page_type;
	};
	atomic_t _refcount;
	void *mem_cgroup;
};

struct pt_regs {
	unsigned long r15, r14, r13, r12, bp, bx, r11, r10, r9, r8, ax, cx, dx, si, di, orig_ax, ip,
		cs, flags, sp, ss;
};

/* What of them tells where a member is (analyzers/kernel/probe/accessors.def). */
#define KERNEL_FUNCTION(name) __attribute__((weak, section(".kernel_text." #name)))
KERNEL_FUNCTION(task_curr)
int task_curr(const struct task_struct *p)
{
	return p->cpu;
}
KERNEL_FUNCTION(kmem_cache_size)
unsigned int kmem_cache_size(struct kmem_cache *s)
{
	return s->object_size;
}

#define AT(address, type, member) ((void *)((address) + __builtin_offsetof(type, member)))
#define RUNQUEUE(current, idle_task, number)                                                       \
	{                                                                                          \
		.curr = (void *)(current), .idle = (void *)(idle_task), .cpu = (number),           \
		.clock = 86400000000000                                                            \
	}
#define RECORD(time, length, text_length, severity)                                                \
	{                                                                                          \
		.ts_nsec = (time), .len = (length), .text_len = (text_length), .level = (severity) \
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
#define MODULE(NAME, BASE, SIZE, SYMTAB, COUNT, STRTAB, KALLSYMS, ORC_IP, ORC, ORCS, NEXT, PREV)   \
	{                                                                                          \
		.list = {NEXT, PREV}, .name = NAME, .core_layout = {BASE, SIZE, SIZE - 0xa000},    \
		.arch = {ORCS, ORC_IP, ORC}, .kallsyms = KALLSYMS, .core_kallsyms = {              \
			SYMTAB,                                                                    \
			COUNT,                                                                     \
			STRTAB                                                                     \
		}                                                                                  \
	}
