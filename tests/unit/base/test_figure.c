/* test_figure.c - figures in Prometheus' text form. */
#include <string.h>

#include <cmocka.h>

#include "concordat/base/figure.h"

static const char *const colours[] = {"red", "blue", NULL};
static const char *const sizes[] = {"s", "m", "l", NULL};
static const int64_t bounds_us[] = {1000, 250000, 2000000};

enum { PLAIN, SPARSE, SECONDS, TIMES, PAIRS, FIGURES };

static struct figure figures[FIGURES] = {
	[PLAIN] = {FIGURE_COUNTER, "t_plain_total", "Plain.", .labels = {{"colour", colours}},
		   FIGURE_CELLS(2)},
	[SPARSE] = {FIGURE_COUNTER, "t_sparse_total", "Sparse.",
		    .labels = {{"colour", colours}, {"size", sizes}}, .sparse = true,
		    FIGURE_CELLS(6)},
	[SECONDS] = {FIGURE_GAUGE, "t_seconds", "Seconds.", FIGURE_MICROSECONDS, FIGURE_CELLS(1)},
	[TIMES] = {FIGURE_HISTOGRAM, "t_time_seconds", "Times.", FIGURE_MICROSECONDS,
		   FIGURE_HISTOGRAM_CELLS(1, bounds_us)},
	[PAIRS] = {FIGURE_HISTOGRAM, "t_pairs", "Pairs.", .labels = {{"colour", colours}},
		   .sparse = true, FIGURE_HISTOGRAM_CELLS(2, bounds_us)},
};

static int64_t measured;

static void look(void *context)
{
	(void)context;
	figure_set(&figures[SECONDS], 0, measured);
}

static struct figure_table table = {figures, FIGURES, look, NULL, NULL};

static struct arena *arena;

static int open_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < FIGURES; i++)
		memset(figures[i].values, 0, figures[i].value_count * sizeof(int64_t));
	arena = arena_new();
	figures_open(&table, &table);
	return 0;
}

static int close_table(void **state)
{
	(void)state;
	figures_close(&table, &table);
	arena_free(arena);
	return 0;
}

static const char *page(void)
{
	struct writer w;

	writer_init(&w, arena);
	figures_write(&w);
	return writer_text(&w).at;
}

static void assert_on_page(const char *lines)
{
	const char *all = page();

	if (!strstr(all, lines))
		fail_msg("not on the page:\n%s\n%s", lines, all);
}

static void a_family_has_its_help_and_type_once_and_a_line_a_value(void **state)
{
	(void)state;
	figure_add(&figures[PLAIN], 1, 3);
	figure_add(&figures[PLAIN], 1, 4);
	assert_on_page("# HELP t_plain_total Plain.\n# TYPE t_plain_total counter\n"
		       "t_plain_total{colour=\"red\"} 0\nt_plain_total{colour=\"blue\"} 7\n#");
}

static void what_was_never_counted_is_left_out_where_values_are_many(void **state)
{
	(void)state;
	figure_add(&figures[SPARSE], 1 * 3 + 2, 1);
	assert_on_page("# TYPE t_sparse_total counter\n"
		       "t_sparse_total{colour=\"blue\",size=\"l\"} 1\n#");
	assert_null(strstr(page(), "t_pairs_bucket"));
}

static void microseconds_are_written_as_seconds(void **state)
{
	static const struct {
		int64_t us;
		const char *written;
	} cases[] = {{0, "\nt_seconds 0\n"},
		     {1, "\nt_seconds 0.000001\n"},
		     {1500000, "\nt_seconds 1.5\n"},
		     {-2000001, "\nt_seconds -2.000001\n"},
		     {-10, "\nt_seconds -0.00001\n"},
		     {1795341396767791, "\nt_seconds 1795341396.767791\n"},
		     {INT64_MIN, "\nt_seconds -9223372036854.775808\n"}};

	(void)state;
	for (size_t i = 0; i < FIGURE_COUNT_OF(cases); i++) {
		measured = cases[i].us;
		assert_on_page(cases[i].written);
	}
}

static void a_histogram_counts_each_value_in_its_bucket_and_those_above(void **state)
{
	static const int64_t values_us[] = {0, 1000, 1001, 2000000, 2000001, 9000000};

	(void)state;
	for (size_t i = 0; i < FIGURE_COUNT_OF(values_us); i++)
		figure_observe(&figures[TIMES], 0, values_us[i]);
	assert_on_page("# TYPE t_time_seconds histogram\n"
		       "t_time_seconds_bucket{le=\"0.001\"} 2\n"
		       "t_time_seconds_bucket{le=\"0.25\"} 3\n"
		       "t_time_seconds_bucket{le=\"2\"} 4\n"
		       "t_time_seconds_bucket{le=\"+Inf\"} 6\n"
		       "t_time_seconds_sum 13.002002\nt_time_seconds_count 6\n");
}

static void a_histograms_labels_stand_before_the_bound(void **state)
{
	(void)state;
	figure_observe(&figures[PAIRS], 1, 5);
	assert_on_page("# TYPE t_pairs histogram\n"
		       "t_pairs_bucket{colour=\"blue\",le=\"1000\"} 1\n"
		       "t_pairs_bucket{colour=\"blue\",le=\"250000\"} 1\n"
		       "t_pairs_bucket{colour=\"blue\",le=\"2000000\"} 1\n"
		       "t_pairs_bucket{colour=\"blue\",le=\"+Inf\"} 1\n"
		       "t_pairs_sum{colour=\"blue\"} 5\nt_pairs_count{colour=\"blue\"} 1\n");
}

static void a_table_is_on_the_page_once_and_only_while_it_is_open(void **state)
{
	const char *all, *first;
	int other;

	(void)state;
	figures_open(&table, &table);
	all = page();
	first = strstr(all, "# TYPE t_plain_total");
	assert_non_null(first);
	assert_null(strstr(first + 1, "# TYPE t_plain_total"));
	figures_close(&table, &other);
	assert_non_null(strstr(page(), "# TYPE t_plain_total"));
	figures_close(&table, &table);
	assert_null(strstr(page(), "t_plain_total"));
}

static void the_process_tells_of_itself(void **state)
{
	static const char *const names[] = {"process_resident_memory_bytes", "process_open_fds",
					    "process_start_time_seconds",
					    "process_cpu_seconds_total", "process_max_fds"};
	const char *all = page();

	(void)state;
	for (size_t i = 0; i < FIGURE_COUNT_OF(names); i++) {
		struct text line = text_printf(arena, "\n%s ", names[i]);
		const char *at = strstr(all, line.at);

		assert_non_null(at);
		assert_true(at[line.len] > '0' || at[line.len + 1] == '.');
	}
	assert_on_page("concordat_build_info{version=\"" CONCORDAT_VERSION "\"} 1\n");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_table, close_table)
	const struct CMUnitTest tests[] = {
		TEST(a_family_has_its_help_and_type_once_and_a_line_a_value),
		TEST(what_was_never_counted_is_left_out_where_values_are_many),
		TEST(microseconds_are_written_as_seconds),
		TEST(a_histogram_counts_each_value_in_its_bucket_and_those_above),
		TEST(a_histograms_labels_stand_before_the_bound),
		TEST(a_table_is_on_the_page_once_and_only_while_it_is_open),
		TEST(the_process_tells_of_itself),
	};

	return cmocka_run_group_tests_name("figure", tests, NULL, NULL);
}
