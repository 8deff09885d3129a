/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/worker/object_file.h"

START_TEST(only_plain_files_by_harmless_names)
{
	char root[] = "/tmp/triage-object-XXXXXX", path[128];
	static const char *const bad[] = {"",	     "..",	"../labobj", "/etc/passwd",
					  ".hidden", "a b",	"lab\n",     "absent",
					  "labfifo", "lablink", "labsecret"};

	ck_assert_ptr_nonnull(mkdtemp(root));
	snprintf(path, sizeof(path), "%s/labobj", root);
	close(open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0604));
	snprintf(path, sizeof(path), "%s/labsecret", root); /* not everybody's */
	close(open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0750));
	snprintf(path, sizeof(path), "%s/labfifo", root);
	ck_assert_int_eq(mkfifo(path, 0600), 0);
	snprintf(path, sizeof(path), "%s/lablink", root);
	ck_assert_int_eq(symlink("/etc/passwd", path), 0);
	int fd = object_file_open(root, "labobj");
	ck_assert_int_ge(fd, 0);
	close(fd);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_msg(object_file_open(root, bad[i]) < 0, "opened: %s", bad[i]);
	ck_assert_int_lt(object_file_debug(root, "../../../../etc/passwd"), 0);
	ck_assert_int_lt(object_file_debug(root, ""), 0);
	ck_assert_int_lt(object_file_debug(root, "0123456789abcdef0123456789abcdef01234567"), 0);
	snprintf(path, sizeof(path), "rm -r %s", root);
	ck_assert_int_eq(system(path), 0);
}
END_TEST

UNIT_MAIN("object_file", only_plain_files_by_harmless_names)
