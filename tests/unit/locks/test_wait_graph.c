/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The wait-for graph by itself: cycles, roots, and graphs too large or too tangled for a naive walk. */
#include "unit.h"

#include "kernel/tasks/task.h"
#include "locks/wait_graph.h"

/* A lock and its holders as the analyzers hand them over. */
static struct task people[8];
static const struct lock lock;
static const struct lock_holder proven, inferred;

static void setup_graph(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(people); i++)
		people[i] =
			(struct task){.address = 0xffff888000001000 + i * 64, .pid = (int)i + 1};
}

static void edge(struct wait_graph *graph, int from, int to, double confidence)
{
	struct wait_edge one = {&people[from], to < 0 ? NULL : &people[to], &lock,
				confidence == 1 ? &proven : &inferred, confidence};

	assert_ok(wait_graph_add(graph, &one));
}

START_TEST(cycles_are_found_with_their_sureness)
{
	_cleanup_(wait_graph_deinit) struct wait_graph graph = {0};

	setup_graph();
	edge(&graph, 0, 1, 1);
	edge(&graph, 1, 2, 0.5);
	edge(&graph, 2, 0, 1);
	edge(&graph, 3, 0, 1);
	edge(&graph, 4, 4, 1); /* a task that waits for a lock it holds itself */
	assert_ok(wait_graph_solve(&graph));
	ck_assert_uint_eq(graph.cycle_count, 2);
	ck_assert_uint_eq(graph.cycles[0].length, 1);
	ck_assert_uint_eq(graph.cycles[1].length, 3);
	ck_assert_double_eq_tol(graph.cycles[1].confidence, 0.5, 1e-9);
	ck_assert_uint_eq(graph.root_count, 0);
}
END_TEST

START_TEST(roots_count_their_victims)
{
	_cleanup_(wait_graph_deinit) struct wait_graph graph = {0};

	setup_graph();
	edge(&graph, 0, 1, 1);
	edge(&graph, 1, 2, 1);
	edge(&graph, 3, 2, 0.7);
	edge(&graph, 3, 5, 0.2); /* a less likely holder does not move the root */
	edge(&graph, 4, -1, 0);
	assert_ok(wait_graph_solve(&graph));
	ck_assert_uint_eq(graph.cycle_count, 0);
	ck_assert_uint_eq(graph.root_count, 2);
	ck_assert_ptr_eq(graph.roots[0].task, &people[2]);
	ck_assert_uint_eq(graph.roots[0].victims, 3);
	ck_assert(!graph.roots[1].holder_known);
	ck_assert_ptr_eq(graph.roots[1].task, &people[4]);
}
END_TEST

#define CHAIN 20000

/* One queue of every task behind the next, and tasks that lead into a cycle. */
START_TEST(long_chains_end_in_one_root)
{
	_cleanup_(wait_graph_deinit) struct wait_graph graph = {0};
	struct task *chain = calloc(CHAIN + 1, sizeof(*chain));

	setup_graph();
	for (size_t i = 0; i <= CHAIN; i++)
		chain[i].address = 0xffff888100000000 + i * 64;
	for (size_t i = 0; i < CHAIN; i++) {
		struct wait_edge one = {&chain[i], &chain[i + 1], &lock, &proven, 1, 0};

		assert_ok(wait_graph_add(&graph, &one));
	}
	edge(&graph, 0, 1, 1);
	edge(&graph, 1, 2, 1);
	edge(&graph, 2, 1, 1);
	edge(&graph, 3, 0, 1);
	assert_ok(wait_graph_solve(&graph));
	ck_assert_uint_eq(graph.root_count, 1);
	ck_assert_ptr_eq(graph.roots[0].task, &chain[CHAIN]);
	ck_assert_uint_eq(graph.roots[0].victims, CHAIN);
	ck_assert_uint_eq(graph.cycle_count, 1);
	ck_assert_uint_eq(graph.cycles[0].length, 2);
	free(chain);
}
END_TEST

START_TEST(cycles_that_share_a_task_are_both_found)
{
	for (int first = 0; first < 3; first++) {
		_cleanup_(wait_graph_deinit) struct wait_graph graph = {0};

		setup_graph();
		/* The shared task is met first, in the middle or last, by where its address lies. */
		int shared = first, one = (first + 1) % 3, other = (first + 2) % 3;
		edge(&graph, shared, one, 1);
		edge(&graph, shared, other, 0.5);
		edge(&graph, one, shared, 1);
		edge(&graph, other, shared, 1);
		assert_ok(wait_graph_solve(&graph));
		ck_assert_uint_eq(graph.cycle_count, 2);
		ck_assert_double_eq_tol(graph.cycles[0].confidence, 1, 1e-9);
		ck_assert_double_eq_tol(graph.cycles[1].confidence, 0.5, 1e-9);
		ck_assert_uint_eq(graph.cycles[0].length, 2);
		ck_assert_uint_eq(graph.cycles[1].length, 2);
		ck_assert_uint_eq(graph.root_count, 0);
	}
}
END_TEST

/* As many tasks as the crowds of a real hang, each waiting for the next, the last for the first. */
START_TEST(a_cycle_of_any_length_is_one)
{
	_cleanup_(wait_graph_deinit) struct wait_graph graph = {0};
	struct task *ring = calloc(CHAIN, sizeof(*ring));

	setup_graph();
	for (size_t i = 0; i < CHAIN; i++)
		ring[i].address = 0xffff888100000000 + i * 64;
	for (size_t i = 0; i < CHAIN; i++) {
		struct wait_edge one = {&ring[i], &ring[(i + 1) % CHAIN], &lock, &proven, 1, 0};

		assert_ok(wait_graph_add(&graph, &one));
	}
	assert_ok(wait_graph_solve(&graph));
	ck_assert_uint_eq(graph.cycle_count, 1);
	ck_assert_uint_eq(graph.cycles[0].length, CHAIN);
	for (size_t i = 0; i < CHAIN; i++)
		ck_assert_ptr_eq(graph.cycles[0].edges[i]->to,
				 graph.cycles[0].edges[(i + 1) % CHAIN]->from);
	ck_assert_uint_eq(graph.root_count, 0);
	free(ring);
}
END_TEST

/* Everybody waits for everybody: 10,000 edges, more cycles than can be told, the surest kept. */
START_TEST(a_tangle_of_edges_is_solved)
{
	enum { TANGLE = 100 };
	_cleanup_(wait_graph_deinit) struct wait_graph graph = {0};
	struct task *tasks = calloc(TANGLE, sizeof(*tasks));

	setup_graph();
	for (size_t i = 0; i < TANGLE; i++)
		tasks[i].address = 0xffff888100000000 + i * 64;
	for (size_t i = 0; i < TANGLE * TANGLE; i++) {
		/* Only the last two are proven to wait for each other. */
		size_t from = i / TANGLE, to = i % TANGLE;
		bool sure = from + to == 2 * TANGLE - 3;
		struct wait_edge one = {&tasks[from],	&tasks[to],
					&lock,		sure ? &proven : &inferred,
					sure ? 1 : 0.1, 0};

		assert_ok(wait_graph_add(&graph, &one));
	}
	ck_assert_uint_eq(graph.count, 10000);
	assert_ok(wait_graph_solve(&graph));
	ck_assert_uint_eq(graph.cycle_count, CYCLES_MAX);
	ck_assert_double_eq_tol(graph.cycles[0].confidence, 1, 1e-9);
	ck_assert_uint_eq(graph.cycles[0].length, 2);
	free(tasks);
}
END_TEST

#define CROWD 300000

/* A chain whose every task also waits for the first: cycles of all lengths, each costing its own. */
START_TEST(cycles_without_number_are_not_all_told)
{
	_cleanup_(wait_graph_deinit) struct wait_graph graph = {0};
	struct task *chain = calloc(CROWD, sizeof(*chain));

	setup_graph();
	for (size_t i = 0; i < CROWD; i++)
		chain[i].address = 0xffff888100000000 + i * 64;
	for (size_t i = 0; i < CROWD; i++) {
		struct wait_edge on = {&chain[i], &chain[(i + 1) % CROWD], &lock, &proven, 1, 0};
		struct wait_edge back = {&chain[i], &chain[0], &lock, &inferred, 0.9, 0};

		assert_ok(wait_graph_add(&graph, &on));
		assert_ok(wait_graph_add(&graph, &back));
	}
	assert_ok(wait_graph_solve(&graph));
	ck_assert_uint_le(graph.cycle_count, CYCLES_MAX);
	ck_assert_uint_eq(graph.cycles[0].length, CROWD);
	ck_assert_double_eq_tol(graph.cycles[0].confidence, 1, 1e-9);
	free(chain);
}
END_TEST

START_TEST(waiters_that_are_only_counted_are_victims_too)
{
	_cleanup_(wait_graph_deinit) struct wait_graph graph = {0};

	setup_graph();
	struct wait_edge first = {&people[0], &people[1], &lock, &proven, 1, 15000};
	assert_ok(wait_graph_add(&graph, &first));
	edge(&graph, 1, 2, 1);
	assert_ok(wait_graph_solve(&graph));
	ck_assert_uint_eq(graph.root_count, 1);
	ck_assert_ptr_eq(graph.roots[0].task, &people[2]);
	ck_assert_uint_eq(graph.roots[0].victims, 15002);
}
END_TEST

UNIT_MAIN("wait_graph", cycles_are_found_with_their_sureness, roots_count_their_victims,
	  long_chains_end_in_one_root, cycles_that_share_a_task_are_both_found,
	  a_cycle_of_any_length_is_one, a_tangle_of_edges_is_solved,
	  cycles_without_number_are_not_all_told, waiters_that_are_only_counted_are_victims_too)
