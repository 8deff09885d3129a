-- id: waits_for_server
-- title: tasks wait for an answer from outside of this kernel
-- cause: hang
-- severity: critical
-- confidence: 0.85
-- see: kernel/hung_task.c
-- see: nfs(5)
-- The innermost function of the table that a task's stack leads through says for whom it waits. Such a wait is the end of
-- a chain: nothing in this machine's memory holds it up.
WITH wait (function, whom, advice) AS (VALUES
	('rpc_wait_bit_killable', 'an NFS server', 'See whether the NFS server answers (nfsstat -m, rpcinfo -t SERVER nfs, the log''s "not responding"), and the network to it.'),
	('__rpc_execute', 'an NFS server', 'See whether the NFS server answers (nfsstat -m, rpcinfo -t SERVER nfs, the log''s "not responding"), and the network to it.'),
	('nfs_wait_bit_killable', 'an NFS server', 'See whether the NFS server answers (nfsstat -m, rpcinfo -t SERVER nfs, the log''s "not responding"), and the network to it.'),
	('nfs_wait_on_request', 'an NFS server', 'See whether the NFS server answers (nfsstat -m, rpcinfo -t SERVER nfs, the log''s "not responding"), and the network to it.'),
	('nfs_wait_client_init_complete', 'an NFS server', 'See whether the NFS server answers (nfsstat -m, rpcinfo -t SERVER nfs, the log''s "not responding"), and the network to it.'),
	('cifs_wait_for_server_reconnect', 'an SMB server', 'See whether the SMB server answers (/proc/fs/cifs/DebugData, the log''s "has not responded"), and the network to it.'),
	('wait_for_response', 'an SMB server', 'See whether the SMB server answers (/proc/fs/cifs/DebugData, the log''s "has not responded"), and the network to it.'),
	('wait_for_free_credits', 'an SMB server', 'See whether the SMB server answers (/proc/fs/cifs/DebugData, the log''s "has not responded"), and the network to it.'),
	('ceph_mdsc_wait_request', 'a Ceph metadata server', 'See ceph status and ceph health detail, and what is in flight here: /sys/kernel/debug/ceph/*/mdsc.'),
	('ceph_mdsc_do_request', 'a Ceph metadata server', 'See ceph status and ceph health detail, and what is in flight here: /sys/kernel/debug/ceph/*/mdsc.'),
	('ceph_osdc_wait_request', 'Ceph''s OSDs', 'See ceph status and ceph health detail, and what is in flight here: /sys/kernel/debug/ceph/*/osdc.'),
	('ceph_osdc_sync', 'Ceph''s OSDs', 'See ceph status and ceph health detail, and what is in flight here: /sys/kernel/debug/ceph/*/osdc.'),
	('drbd_al_begin_io', 'DRBD', 'See drbdadm status: a peer that does not answer, a resync, or the disk below that takes no write to the activity log.'),
	('drbd_make_request', 'DRBD', 'See drbdadm status: a peer that does not answer, a resync, or the disk below that takes no write to the activity log.'),
	('__drbd_make_request', 'DRBD', 'See drbdadm status: a peer that does not answer, a resync, or the disk below that takes no write to the activity log.'),
	('drbd_submit_bio', 'DRBD', 'See drbdadm status: a peer that does not answer, a resync, or the disk below that takes no write to the activity log.'),
	('request_wait_answer', 'a FUSE program', 'Look for the program that serves the file system and what it waits for itself; /sys/fs/fuse/connections/*/abort ends all its requests.'),
	('p9_client_rpc', 'a 9P server', 'See whether the host or server that exports the file system answers.'),
	('ptlrpc_set_wait', 'a Lustre server', 'See whether the servers are up (lfs check servers), and the log for timeouts and evictions.'),
	('ptlrpc_queue_wait', 'a Lustre server', 'See whether the servers are up (lfs check servers), and the log for timeouts and evictions.'),
	('ldlm_completion_ast', 'a lock of a Lustre server', 'See whether the servers are up (lfs check servers), and the log for timeouts and evictions.'),
	('gfs2_glock_wait', 'a lock of the cluster', 'See which node holds the glock (gfs2 glocks in debugfs, dlm_tool lockdump), and whether fencing hangs.'),
	('__ocfs2_cluster_lock', 'a lock of the cluster', 'See which node holds the lock (debugfs.ocfs2 -R fs_locks), and whether fencing hangs.'),
	('__nvme_submit_sync_cmd', 'an NVMe controller', 'See the log for timeouts and resets of the controller, and nvme list-subsys for its paths.'),
	('nvme_wait_freeze', 'an NVMe controller', 'See the log for timeouts and resets of the controller, and nvme list-subsys for its paths.'),
	('scsi_execute_cmd', 'a SCSI device', 'See the log for timeouts and aborts of the device, and multipath -ll for its paths.'),
	('__scsi_execute', 'a SCSI device', 'See the log for timeouts and aborts of the device, and multipath -ll for its paths.'),
	('scsi_execute', 'a SCSI device', 'See the log for timeouts and aborts of the device, and multipath -ll for its paths.'),
	('ata_exec_internal_sg', 'an ATA device', 'See the log for timeouts and resets of the port.'),
	('md_flush_request', 'an MD array', 'See /proc/mdstat and mdadm --detail: a member that does not answer, or a reshape that stands.'),
	('raid5_get_active_stripe', 'an MD array', 'See /proc/mdstat and mdadm --detail: a member that does not answer, or a reshape that stands.'),
	('md_write_start', 'an MD array', 'See /proc/mdstat and mdadm --detail: a member that does not answer, or a reshape that stands.')),
found AS (
	SELECT f.stack, w.whom, w.advice, f.symbol AS function,
		row_number() OVER (PARTITION BY f.stack ORDER BY f.position) AS rank
	FROM task_frame f JOIN wait w ON w.function = substr(f.symbol, 1, instr(f.symbol || '.', '.') - 1)
	WHERE f.dump = :dump),
waiter AS (
	SELECT w.whom, w.advice, w.function, t.finding, t.comm || '/' || t.pid AS who, t.blocked_s,
		count(*) OVER (PARTITION BY w.whom) AS tasks,
		row_number() OVER (PARTITION BY w.whom ORDER BY t.blocked_s DESC, t.pid) AS rank
	FROM found w JOIN task t ON t.dump = :dump AND t.stack = w.stack WHERE w.rank = 1)
SELECT advice,
	'the stack of ' || who || ' leads through ' || function || '(): it waits for ' || whom ||
		coalesce(', for ' || CAST(blocked_s AS INTEGER) || ' s', '') ||
		CASE tasks WHEN 1 THEN '' WHEN 2 THEN '; so does one more task' ELSE '; so do ' || (tasks - 1) || ' more tasks' END
		AS because,
	iif(tasks = 1, who || ' waits for ' || whom, tasks || ' tasks wait for ' || whom || '; longest ' || who) ||
		coalesce(', for ' || CAST(blocked_s AS INTEGER) || ' s', '') || ', in ' || function || '()' AS headline,
	c.confidence, w.finding
FROM waiter w, (SELECT kind, confidence FROM crash WHERE dump = :dump) c
WHERE rank = 1 AND (c.kind = 'hung_task' OR c.kind IN ('sysrq', 'nmi') AND w.blocked_s >= 10)
ORDER BY tasks DESC, whom LIMIT 3;
