/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/worker/module_file.h"
#include "daemon/worker/worker_files.h"

#define RELEASE "6.1.0-13-amd64"

static char directory[64];

static void set_up(void)
{
	strcpy(directory, "/tmp/triage-modules-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(directory));
}

static void tear_down(void)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -r %s", directory);
	ck_assert_int_eq(system(command), 0);
}

static void put(const char *name, const char *text)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	FILE *file = fopen(path, "w");
	ck_assert_ptr_nonnull(file);
	fputs(text, file);
	ck_assert_int_eq(fclose(file), 0);
}

static void put_directory(const char *name)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	ck_assert_int_eq(mkdir(path, 0700), 0);
}

/* What the file for a module holds, "" when there is none. */
static const char *content_of(const char *module)
{
	static char content[64];
	_close_ int fd = module_file_open(directory, RELEASE, module);
	ssize_t length = fd < 0 ? 0 : read(fd, content, sizeof(content) - 1);

	ck_assert_int_ge(length, 0);
	content[length] = '\0';
	return content;
}

START_TEST(found_by_table_and_by_name)
{
	set_up();
	put_directory("kernel");
	put("kernel/virtio-blk.ko.xz", "block");
	put("kernel/virtio_blk_more.ko", "more");
	put("plain.ko", "plain");
	put("packed.ko.zst", "packed");
	put("modules.dep", "kernel/gone.ko:\n"
			   "kernel/virtio_blk_more.ko: kernel/virtio-blk.ko.xz\n"
			   "kernel/virtio-blk.ko.xz: kernel/a.ko kernel/b.ko\n");
	ck_assert_str_eq(content_of("virtio_blk"), "block");
	ck_assert_str_eq(content_of("virtio_blk_more"), "more");
	ck_assert_str_eq(content_of("plain"), "plain");
	ck_assert_str_eq(content_of("packed"), "packed");
	ck_assert_str_eq(content_of("gone"), "");
	ck_assert_str_eq(content_of("virtio"), "");
	ck_assert_str_eq(content_of("b"), "");
	tear_down();
}
END_TEST

START_TEST(hostile_names_and_files_are_refused)
{
	static const char *const names[] = {"../secret", "/etc/passwd", "",  ".",      "..",
					    "a/b",	 "secret\n",	"*", ".hidden"};
	char path[128];

	set_up();
	put("secret.ko", "secret");
	put_directory("inner");
	snprintf(path, sizeof(path), "%s/fifo.ko", directory);
	ck_assert_int_eq(mkfifo(path, 0600), 0);
	put_directory("folder.ko");
	put("modules.dep", "../up.ko:\n/../../up2.ko:\nfifo.ko:\nno newline at the end.ko");
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		ck_assert_int_eq(module_file_open(directory, RELEASE, names[i]), -1);
	ck_assert_int_eq(module_file_open(directory, "../..", "secret"), -1);
	ck_assert_int_eq(module_file_open(directory, "", "secret"), -1);
	ck_assert_int_eq(module_file_open("/nonexistent", RELEASE, "secret"), -1);
	ck_assert_int_eq(module_file_open(NULL, "no-such-release", "secret"), -1);
	ck_assert_str_eq(content_of("fifo"), "");
	ck_assert_str_eq(content_of("folder"), "");
	ck_assert_str_eq(content_of("up"), "");
	ck_assert_str_eq(content_of("up2"), "");
	ck_assert_str_eq(content_of("secret"), "secret");
	tear_down();
}
END_TEST

struct parent {
	struct worker_files files;
	int socket;
};

/* Answers until the other side closes. */
static void *answer(void *argument)
{
	struct parent *parent = argument;

	while (worker_files_answer(&parent->files, parent->socket))
		usleep(100);
	return NULL;
}

START_TEST(a_worker_is_given_a_descriptor_or_none)
{
	struct parent parent = {0};
	char text[16] = "";
	pthread_t thread;
	int sockets[2];

	set_up();
	put("plain.ko", "plain");
	parent.files.directory = directory;
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, sockets), 0);
	parent.socket = sockets[0];
	ck_assert_int_eq(pthread_create(&thread, NULL, answer, &parent), 0);
	int fd = worker_files_ask(sockets[1], RELEASE, "plain");
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(read(fd, text, sizeof(text)), 5);
	ck_assert_str_eq(text, "plain");
	close(fd);
	ck_assert_int_eq(worker_files_ask(sockets[1], RELEASE, "other"), -1);
	ck_assert_int_eq(worker_files_ask(sockets[1], RELEASE, "../plain"), -1);
	/* No end of questions gets no end of answers. */
	for (unsigned i = 3; i < WORKER_FILES_MAX; i++)
		ck_assert_int_eq(worker_files_ask(sockets[1], "", ""), -1);
	ck_assert_int_eq(worker_files_ask(sockets[1], RELEASE, "plain"), -1);
	close(sockets[1]);
	ck_assert_int_eq(pthread_join(thread, NULL), 0);
	close(sockets[0]);
	tear_down();
}
END_TEST

START_TEST(garbage_for_a_request)
{
	struct worker_files files = {0};
	char request[4096];
	int sockets[2];

	memset(request, '/', sizeof(request));
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, sockets), 0);
	ck_assert(worker_files_answer(&files, sockets[0])); /* nothing yet */
	ck_assert_int_eq(write(sockets[1], request, sizeof(request)), sizeof(request));
	ck_assert(worker_files_answer(&files, sockets[0]));
	ck_assert_int_eq(write(sockets[1], "\0\0\0", 3), 3);
	ck_assert(worker_files_answer(&files, sockets[0]));
	close(sockets[1]);
	ck_assert(!worker_files_answer(&files, sockets[0]));
	close(sockets[0]);
}
END_TEST

UNIT_MAIN("module_file", found_by_table_and_by_name, hostile_names_and_files_are_refused,
	  a_worker_is_given_a_descriptor_or_none, garbage_for_a_request)
