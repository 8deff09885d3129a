// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * User threads that lock up their own mmap_lock, with the help of crashme's mapping.
 *
 * One holds the module's mutex and waits for the lock to be contended; one faults on the mapping, holding
 * mmap_lock, and wants that mutex; one calls mprotect(); then others read /proc/PID/cmdline.
 *
 *   threads again    one takes mmap_lock for reading and faults, once another has called mprotect()
 *   threads fork     no threads: children that do nothing, for as long as there is room for one more
 *   threads fault    no threads: writes to address 0
 *   threads pipes    no threads: fills pipes, for as long as there is memory
 *   threads sockets  the same of sockets
 *   threads exec     one sleeps in the module, another executes a program
 *   threads vfork    no threads: a child sleeps in the module, its parent until that is over
 *   threads PATH     no threads: reads one block of a device past the page cache
 */
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define STEP 400000 /* microseconds between one's move and the next's */
#define READERS 3

static int door, log_to;
static volatile char *mapping, *own;

/* The lock's address is the module's to say: the runner knows it by its name. */
static void say(const char *mode)
{
	char line[64];
	int length = snprintf(line, sizeof(line), "truth: waiter=mmap_lock:%ld:%s\n",
			      syscall(SYS_gettid), mode);

	if (write(log_to, line, length) != length)
		err(1, "kmsg");
}

static void crash(const char *name)
{
	usleep(STEP);
	if (write(door, name, strlen(name)) < 0)
		err(1, "/proc/crashme");
}

static void *take_mutex(void *unused)
{
	crash("mmap_lock");
	return unused;
}

static void *take_again(void *unused)
{
	crash("mmap_again");
	return unused;
}

static void *fault(void *unused)
{
	usleep(2 * STEP);
	*mapping;
	return unused;
}

static void *protect(void *unused)
{
	usleep(3 * STEP);
	say("write");
	mprotect((void *)own, 4096, PROT_READ);
	return unused;
}

static void read_cmdline(int number, pid_t whose)
{
	char path[64], line[64];

	snprintf(path, sizeof(path), "/proc/%d/cmdline", whose);
	usleep(STEP * (5 + number));
	say("read");
	if (read(open(path, O_RDONLY), line, sizeof(line)) < 0)
		err(1, "%s", path);
	_exit(0);
}

/* Until 6.0 the buffer has to be aligned to a sector, which busybox's is not. */
static int read_directly(const char *path)
{
	void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int device = open(path, O_RDONLY | O_DIRECT);

	if (page == MAP_FAILED || device < 0 || read(device, page, 4096) != 4096)
		err(1, "%s", path);
	return 0;
}

static void fork_for_ever(void)
{
	for (;;)
		if (!fork())
			pause();
}

#define LEFT (24 << 10) /* KiB: who asks for more meets the end */

static bool is_left(void)
{
	unsigned long kib = 0;
	FILE *file = fopen("/proc/meminfo", "r");

	if (!file || fscanf(file, "%*s %*u kB MemFree: %lu", &kib) != 1)
		err(1, "/proc/meminfo");
	fclose(file);
	return kib > LEFT;
}

static void open_many(void)
{
	struct rlimit many = {100000, 100000};

	if (setrlimit(RLIMIT_NOFILE, &many))
		err(1, "files");
}

/* Writes until no more goes in. */
static void fill(int fd)
{
	static char block[65536];

	fcntl(fd, F_SETFL, O_NONBLOCK);
	while (is_left() && write(fd, block, sizeof(block)) > 0)
		;
}

static void fill_pipes(void)
{
	int ends[2];

	open_many();
	while (is_left()) {
		if (pipe(ends))
			err(1, "pipe");
		fcntl(ends[1], F_SETPIPE_SZ, 1 << 20);
		fill(ends[1]);
	}
}

static void fill_sockets(void)
{
	int ends[2], room = 4 << 20;

	open_many();
	while (is_left()) {
		if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends))
			err(1, "socket");
		setsockopt(ends[0], SOL_SOCKET, SO_SNDBUFFORCE, &room, sizeof(room));
		fill(ends[0]);
	}
}

static void *sleep_in_module(void *unused)
{
	char line[64];
	int length = snprintf(line, sizeof(line), "truth: culprit=/%ld\n", syscall(SYS_gettid));

	if (write(open("/dev/kmsg", O_WRONLY), line, length) != length)
		err(1, "kmsg");
	door = open("/proc/crashme", O_RDWR);
	crash("sleep_inside");
	return unused;
}

static void execute_beside(void)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, sleep_in_module, NULL))
		errx(1, "no thread");
	sleep(1);
	execl("/bin/busybox", "true", (char *)NULL);
	err(1, "busybox");
}

static void vfork_and_wait(void)
{
	if (!vfork()) {
		sleep_in_module(NULL);
		_exit(0);
	}
	pause();
}

static int be_alone(const char *what)
{
	if (!strcmp(what, "exec"))
		execute_beside();
	if (!strcmp(what, "vfork"))
		vfork_and_wait();
	if (!strcmp(what, "pipes") || !strcmp(what, "sockets")) {
		*what == 'p' ? fill_pipes() : fill_sockets();
		pause();
	}
	if (!strcmp(what, "fork"))
		fork_for_ever();
	if (!strcmp(what, "fault"))
		*(volatile int *)0 = 1;
	return read_directly(what);
}

int main(int argc, char **argv)
{
	bool again = argc == 2 && !strcmp(argv[1], "again");
	void *(*const moves[])(void *) = {again ? take_again : take_mutex, protect, fault};
	pthread_t thread;
	size_t i;

	if (argc == 2 && !again)
		return be_alone(argv[1]);
	door = open("/proc/crashme", O_RDWR);
	log_to = open("/dev/kmsg", O_WRONLY);
	mapping = mmap(NULL, 4096, PROT_READ, MAP_SHARED, door, 0);
	own = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (door < 0 || log_to < 0 || mapping == MAP_FAILED || own == MAP_FAILED)
		err(1, "set-up");
	for (i = 0; i < READERS; i++)
		if (!fork())
			read_cmdline(i, getppid());
	/* All at once: starting a thread maps its stack, which takes mmap_lock. */
	for (i = 0; i < (again ? 2 : 3); i++)
		if (pthread_create(&thread, NULL, moves[i], NULL))
			errx(1, "no thread");
	pause();
	return 0;
}
