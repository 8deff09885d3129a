/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Types of el7's 3.10, x86-64: the members that are read, in their order and near their places. */
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
	unsigned long bits[5120 / 64];
} cpumask_t;
struct slist_head {
	struct list_head *next;
};
typedef struct qspinlock {
	atomic_t val;
} arch_spinlock_t;
typedef struct raw_spinlock {
	arch_spinlock_t raw_lock;
} raw_spinlock_t;
typedef struct spinlock {
	union {
		struct raw_spinlock rlock;
	};
} spinlock_t;
struct optimistic_spin_queue {
	atomic_t tail;
};

struct task_struct;
struct page;
struct thread_info {
	struct task_struct *task;
	void *exec_domain;
	u32 flags, status, cpu;
	int saved_preempt_count;
};
union thread_union {
	struct thread_info thread_info;
	unsigned long stack[16384 / sizeof(long)];
};
struct thread_struct {
	unsigned long tls_array[3];
	unsigned long sp0, sp, usersp;
	unsigned short es, ds, fsindex, gsindex;
	unsigned long fs, gs;
	unsigned long cr2, trap_nr, error_code;
};
struct sched_info {
	unsigned long pcount;
	unsigned long long run_delay, last_arrival, last_queued;
};
struct timespec {
	long tv_sec, tv_nsec;
};
struct mm_struct;
struct signal_struct {
	atomic_t sigcnt, live;
	int nr_threads;
};

struct task_struct {
	volatile long state;
	void *stack;
	atomic_t usage;
	unsigned int flags, ptrace;
	u8 wake_entry[12];
	int on_cpu;
	u8 scheduling[936];
	struct sched_info sched_info;
	struct list_head tasks;
	u8 after_tasks[64];
	struct mm_struct *mm, *active_mm;
	unsigned int brk_randomized;
	u8 rss_stat[20];
	int exit_state, exit_code, exit_signal, pdeath_signal;
	unsigned int jobctl, personality;
	u8 bits[8];
	int pid, tgid;
	unsigned long stack_canary;
	struct task_struct *real_parent, *parent;
	struct list_head children, sibling;
	struct task_struct *group_leader;
	u8 after_leader[88];
	struct list_head thread_group;
	u8 times[96];
	struct timespec start_time, real_start_time;
	u8 credentials[112];
	char comm[16];
	int link_count, total_link_count;
	u8 sysvsem[16];
	struct thread_struct thread;
	void *fs, *files, *nsproxy;
	struct signal_struct *signal;
	u8 rest[1200];
};

struct rq {
	raw_spinlock_t lock;
	unsigned int nr_running;
	u8 load[2200];
	struct task_struct *curr, *idle, *stop;
	unsigned long next_balance;
	struct mm_struct *prev_mm;
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
	raw_spinlock_t wait_lock;
	struct optimistic_spin_queue osq;
	struct slist_head wait_list;
	struct task_struct *owner;
};
struct mm_struct {
	void *mmap;
	u8 before[112];
	struct rw_semaphore mmap_sem;
	struct list_head mmlist;
	u8 middle[200];
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
	u8 parameters[208];
	void *module_init, *module_core;
	unsigned int init_size, core_size, init_text_size, core_text_size, init_ro_size,
		core_ro_size;
	unsigned int taints, num_bugs;
	struct list_head bug_list;
	void *bug_table;
	Elf64_Sym *symtab, *core_symtab;
	unsigned int num_symtab, core_num_syms;
	char *strtab, *core_strtab;
};

struct log {
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
	unsigned long x;
};
struct kmem_cache {
	struct kmem_cache_cpu *cpu_slab;
	unsigned long flags, min_partial;
	int size, object_size, offset, cpu_partial;
	struct kmem_cache_order_objects oo, max, min;
	unsigned int allocflags;
	int refcount;
	void (*ctor)(void *);
	int inuse, align, reserved;
	const char *name;
	struct list_head list;
	struct kmem_cache_node *node[4];
};
struct page {
	unsigned long flags;
	void *mapping;
	struct {
		union {
			unsigned long index;
			void *freelist;
		};
		union {
			unsigned long counters;
			struct {
				union {
					atomic_t _mapcount;
					struct {
						unsigned inuse : 16, objects : 15, frozen : 1;
					};
				};
				atomic_t _count;
			};
		};
	};
	union {
		struct list_head lru;
		struct {
			struct page *next;
			int pages, pobjects;
		};
	};
	union {
		unsigned long private;
		struct kmem_cache *slab_cache;
		struct page *first_page;
	};
	void *mem_cgroup;
};

/* include/linux/wait.h, fs.h */
struct __wait_queue {
	unsigned int flags;
	void *private;
	void *func;
	struct list_head task_list;
};
struct __wait_queue_head {
	spinlock_t lock;
	struct list_head task_list;
};
struct file_system_type {
	const char *name;
	int fs_flags;
};
struct percpu_counter {
	raw_spinlock_t lock;
	long count;
	struct list_head list;
	int *counters;
};
struct sb_writers {
	struct percpu_counter counter[3];
	struct __wait_queue_head wait;
	int frozen;
	struct __wait_queue_head wait_unfrozen;
};
struct gendisk {
	int major, first_minor, minors;
	char disk_name[32];
};
struct block_device {
	u32 bd_dev;
	u8 before[132];
	int bd_partno;
	struct gendisk *bd_disk;
};
struct super_block {
	struct list_head s_list;
	u32 s_dev;
	u8 s_blocksize_bits;
	unsigned long s_blocksize;
	long s_maxbytes;
	struct file_system_type *s_type;
	void *s_op;
	u8 middle[184];
	struct block_device *s_bdev;
	u8 dquot[432];
	struct sb_writers s_writers;
	char s_id[32];
	u8 s_uuid[16];
	void *s_fs_info;
	u8 rest[400];
};

/* With CONFIG_PAGEFLAGS_EXTENDED (include/linux/page-flags.h). */
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
	PG_swapcache
};

/* block/blk.h, include/linux/blk-mq.h */
struct request;
struct request_queue;
struct blk_flush_queue {
	unsigned int flush_queue_delayed : 1, flush_pending_idx : 1, flush_running_idx : 1;
	unsigned long flush_pending_since;
	struct list_head flush_queue[2];
	struct list_head flush_data_in_flight;
	struct request *flush_rq;
	spinlock_t mq_flush_lock;
};
struct blk_mq_tags;
struct blk_mq_hw_ctx {
	struct {
		spinlock_t lock;
		struct list_head dispatch;
	};
	unsigned long state;
	u8 run_work[464];
	struct request_queue *queue;
	unsigned int queue_num;
	void *driver_data;
	u8 contexts[96];
	struct blk_mq_tags *tags;
	unsigned long queued, run;
	u8 dispatched[32];
	struct blk_flush_queue *fq;
	u8 after[120];
};
_Static_assert(__builtin_offsetof(struct blk_mq_hw_ctx, fq) == 672, "as in 3.10.0-693");
_Static_assert(__builtin_offsetof(struct blk_flush_queue, flush_rq) == 0x40, "as in 3.10.0-693");
struct blk_mq_ops {
	void *queue_rq, *map_queue, *timeout, *complete, *init_request, *exit_request,
		*reinit_request, *map_queues, *init_hctx, *exit_hctx;
};
struct blk_mq_tag_set {
	struct blk_mq_ops *ops;
	unsigned int nr_hw_queues, queue_depth;
};
struct request_queue {
	struct list_head queue_head;
	u8 before[944];
	struct blk_mq_ops *mq_ops;
	unsigned int *mq_map;
	void *queue_ctx;
	unsigned int nr_queues;
	struct blk_mq_hw_ctx **queue_hw_ctx;
	unsigned int nr_hw_queues;
	u8 middle[1000];
	struct blk_mq_tag_set *tag_set;
};

struct pt_regs {
	unsigned long r15, r14, r13, r12, bp, bx, r11, r10, r9, r8, ax, cx, dx, si, di, orig_ax, ip,
		cs, flags, sp, ss;
};

/* What functions take; their symbols come with the spec. */
__attribute__((weak)) void blk_free_flush_queue(struct blk_flush_queue *fq)
{
}
__attribute__((weak)) void blk_mq_exit_hctx(struct request_queue *q, struct blk_mq_tag_set *set,
					    struct blk_mq_hw_ctx *hctx, unsigned int hctx_idx)
{
}

/* What of them tells where a member is (analyzers/kernel/probe/accessors.def). */
#define KERNEL_FUNCTION(name) __attribute__((weak, section(".kernel_text." #name)))
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
#define MODULE_DATA 0xa000 /* behind its text: machine.py */
#define MODULE(NAME, BASE, SIZE, SYMTAB, COUNT, STRTAB, KALLSYMS, ORC_IP, ORC, ORCS, NEXT, PREV)   \
	{                                                                                          \
		.list = {NEXT, PREV}, .name = NAME, .module_core = BASE, .core_size = SIZE,        \
		.core_text_size = SIZE - MODULE_DATA, .symtab = SYMTAB, .core_symtab = SYMTAB,     \
		.num_symtab = COUNT, .core_num_syms = COUNT, .strtab = STRTAB,                     \
		.core_strtab = STRTAB                                                              \
	}
