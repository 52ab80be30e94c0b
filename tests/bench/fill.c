/*
 * fill.c - fills a migrated and loaded database with placements, for measuring.
 *
 * Every history is decided by the core (fill_history.c); only the way into the tables is another:
 * COPY instead of the append. Two workers share the councils, so that each council's log is written
 * by one of them without a gap. No daemon may run meanwhile. Run again, it adds.
 */
#include <errno.h>
#include <getopt.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "concordat/core/calendar.h"
#include "fill_copy.h"
#include "fill_history.h"
#include "fill_indexes.h"
#include "fill_people.h"
#include "fill_write.h"

#define WORKERS 2
#define NUMBER_BLOCK 64	    /* as the sequence increments */
#define PORTFOLIO_COUNCIL 0 /* whose everything in force is */
#define MANY 50000	    /* so many placements are worth making the indexes again for */
#define RECENT_US (5 * 60 * US_PER_SECOND)
#define QUIET_US (24 * US_PER_HOUR) /* nothing comes up so soon but what was asked for */
#define OLDEST_US (72 * US_PER_HOUR)
#define OVERDUE_US (3 * US_PER_HOUR) /* what is overdue was due within these hours */

static struct {
	const char *database, *key_file, *reference_dir, *out;
	int64_t placements, every, in_force, due, lone, lone_from_us, lone_every_us, now_us;
} want = {
	.every = 10, .lone_every_us = US_PER_SECOND, .lone_from_us = NEVER_US, .now_us = NEVER_US};

/* What all workers share; made before they part. */
static struct people people;
static struct makers *makers;
static int64_t *blocks;	  /* of placement numbers */
static int64_t oldest_us; /* the first instant of an ordinary history's last fact */

static const struct option options[] = {
	{"database", required_argument, NULL, 'd'},
	{"master-key-file", required_argument, NULL, 'k'},
	{"reference-dir", required_argument, NULL, 'r'},
	{"out", required_argument, NULL, 'o'},
	{"placements", required_argument, NULL, 'p'},
	{"negotiating-every", required_argument, NULL, 'n'},
	{"in-force", required_argument, NULL, 'i'},
	{"due", required_argument, NULL, 'u'},
	{"lone", required_argument, NULL, 'l'},
	{"lone-from", required_argument, NULL, 'f'},
	{"lone-every-us", required_argument, NULL, 'e'},
	{"now", required_argument, NULL, 'w'},
	{NULL, 0, NULL, 0},
};

static int64_t number_of(const char *name, const char *value, int64_t least)
{
	int64_t n;

	if (!text_to_int(text_of(value), &n) || n < least)
		fail("--%s must be a whole number, %lld or more", name, (long long)least);
	return n;
}

static void read_options(int argc, char **argv)
{
	int at, c;

	while ((c = getopt_long(argc, argv, "", options, &at)) != -1) {
		if (c == 'd')
			want.database = optarg;
		else if (c == 'k')
			want.key_file = optarg;
		else if (c == 'r')
			want.reference_dir = optarg;
		else if (c == 'o')
			want.out = optarg;
		else if (c == 'p')
			want.placements = number_of("placements", optarg, 0);
		else if (c == 'n')
			want.every = number_of("negotiating-every", optarg, 1);
		else if (c == 'i')
			want.in_force = number_of("in-force", optarg, 0);
		else if (c == 'u')
			want.due = number_of("due", optarg, 0);
		else if (c == 'l')
			want.lone = number_of("lone", optarg, 0);
		else if (c == 'f')
			want.lone_from_us = number_of("lone-from", optarg, 0);
		else if (c == 'e')
			want.lone_every_us = number_of("lone-every-us", optarg, 0);
		else if (c == 'w')
			want.now_us = number_of("now", optarg, 0);
		else
			exit(1);
	}
	if (optind < argc || !want.database || !want.key_file || !want.reference_dir || !want.out)
		fail("Say --database, --master-key-file, --reference-dir and --out, and how much "
		     "with --placements, --negotiating-every, --in-force, --due, --lone, "
		     "--lone-from, --lone-every-us, --now");
	if (want.lone && want.lone_from_us == NEVER_US)
		fail("--lone needs --lone-from: the instant the first falls due, in microseconds");
}

/* ---- who gets what ---- */

static int64_t negotiating_in_all(void)
{
	return want.placements / want.every;
}

static int64_t in_all(void)
{
	return want.placements + want.in_force + want.due + want.lone;
}

/* How many of count fall to one council when they are dealt round. */
static int64_t share(int64_t count, int council)
{
	return count / COUNCILS + (council < count % COUNCILS);
}

static int64_t number_at(int64_t i)
{
	return blocks[i / NUMBER_BLOCK] + i % NUMBER_BLOCK;
}

/* Neither tied to the council nor always the same two of them. */
static const struct provider *provider_for(int64_t dealt)
{
	return &people.providers[(dealt + dealt / COUNCILS) % PROVIDERS];
}

/* ---- one council ---- */

struct shift {
	struct writing *writing;
	int council;
	int64_t next_number; /* counted through all placements of the run */
};

static void write_one(struct shift *shift, enum history_kind kind, int64_t dealt, int64_t last_us,
		      int64_t quiet_until_us)
{
	bool is_portfolio = kind == HISTORY_IN_FORCE && dealt % 4 == 0;
	struct arena *arena = arena_new();
	const struct history_plan plan = {
		.kind = kind,
		.council = &people.councils[shift->council],
		.provider = is_portfolio ? &people.providers[0] : provider_for(dealt),
		.number = number_at(shift->next_number++),
		.last_us = last_us,
		.dealt = dealt,
	};
	const struct history *history = history_make(arena, makers, &plan);

	if (history_next_us(history) < quiet_until_us)
		fail("A placement %s would come up too soon; this is a mistake of the program's",
		     history_names[kind]);
	writing_add(shift->writing, &plan, history, dealt);
	arena_free(arena);
}

/* In the order of time, the negotiating ones evenly among the others. */
static void write_ordinary(struct shift *shift)
{
	int64_t negotiating = share(negotiating_in_all(), shift->council);
	int64_t opened = share(want.placements - negotiating_in_all(), shift->council);
	int64_t count = negotiating + opened, done = 0;
	int64_t newest_us = want.now_us - RECENT_US;

	for (int64_t i = 0; i < count; i++) {
		bool is_turn = (i + 1) * negotiating / count > done;
		int64_t dealt = (is_turn ? done : i - done) * COUNCILS + shift->council;
		int64_t last_us = oldest_us + (newest_us - oldest_us) / count * (i + 1);

		done += is_turn;
		write_one(shift, is_turn ? HISTORY_NEGOTIATING : HISTORY_OPENED, dealt, last_us,
			  want.now_us + QUIET_US);
	}
}

/* One council's portfolio, a quarter of it with one provider. */
static void write_in_force(struct shift *shift)
{
	if (shift->council != PORTFOLIO_COUNCIL)
		return;
	for (int64_t i = 0; i < want.in_force; i++)
		write_one(shift, HISTORY_IN_FORCE, i, want.now_us - RECENT_US, 0);
}

static void write_timed(struct shift *shift)
{
	for (int64_t i = shift->council; i < want.due; i += COUNCILS) {
		int64_t due_us = want.now_us - OVERDUE_US / want.due * (i + 1);

		writing_list(shift->writing, LIST_DUE);
		write_one(shift, HISTORY_WAITING, i, due_us - WAITING_US, 0);
	}
	for (int64_t i = shift->council; i < want.lone; i += COUNCILS) {
		int64_t due_us = want.lone_from_us + i * want.lone_every_us;

		writing_list(shift->writing, LIST_LONE);
		write_one(shift, HISTORY_WAITING, i, due_us - WAITING_US, 0);
	}
	writing_list(shift->writing, LIST_NONE);
}

static int64_t count_of(int council)
{
	return share(negotiating_in_all(), council) +
	       (council == PORTFOLIO_COUNCIL ? want.in_force : 0) +
	       share(want.placements - negotiating_in_all(), council) + share(want.due, council) +
	       share(want.lone, council);
}

static void work(int worker)
{
	struct shift shift = {.writing = writing_begin(want.database, want.out, worker)};

	for (shift.council = 0; shift.council < COUNCILS; shift.council++) {
		if (shift.council % WORKERS != worker) {
			shift.next_number += count_of(shift.council);
			continue;
		}
		writing_open_log(shift.writing, &people.councils[shift.council]);
		write_ordinary(&shift);
		write_in_force(&shift);
		write_timed(&shift);
		writing_close_log(shift.writing);
	}
	writing_end(shift.writing);
}

/* ---- the whole ---- */

/* The longest ago that leaves nothing coming up within QUIET_US. */
static void choose_oldest(void)
{
	static const enum history_kind kinds[] = {HISTORY_OPENED, HISTORY_NEGOTIATING};
	int64_t age_us = OLDEST_US;
	bool sound;

	do {
		struct arena *arena = arena_new();

		sound = true;
		oldest_us = want.now_us - RECENT_US - age_us;
		for (size_t i = 0; i < 2; i++) {
			const struct history_plan plan = {
				kinds[i], &people.councils[0], &people.providers[0],
				1,	  oldest_us,	       0};
			const struct history *h = history_make(arena, makers, &plan);

			sound = sound && history_next_us(h) >= want.now_us + QUIET_US;
		}
		arena_free(arena);
		age_us -= US_PER_HOUR;
	} while (!sound && age_us >= 0);
	if (!sound)
		fail("No recent instant leaves a day without anything due; choose another --now");
}

static void take_numbers(PGconn *connection)
{
	int64_t count = (in_all() + NUMBER_BLOCK - 1) / NUMBER_BLOCK;
	char many[24];
	const char *params[] = {many};
	PGresult *result;

	snprintf(many, sizeof(many), "%lld", (long long)count);
	result = sql_rows(connection,
			  "select nextval('placement_number') from generate_series(1, $1::bigint)",
			  1, params);
	blocks = calloc((size_t)count + 1, sizeof(*blocks));
	if (!blocks)
		fail("Out of memory");
	for (int64_t i = 0; i < count; i++)
		blocks[i] = number_of("number", PQgetvalue(result, (int)i, 0), 1);
	PQclear(result);
}

static void learn_log_sizes(PGconn *connection)
{
	for (int i = 0; i < COUNCILS; i++) {
		char id[37];
		const char *params[] = {id};
		PGresult *result;

		uuid_format(people.councils[i].id, id);
		result = sql_rows(connection,
				  "select size from log_head where authority_id = $1::uuid", 1,
				  params);
		if (PQntuples(result) != 1)
			fail("Bench council %d has no log", i + 1);
		people.councils[i].log_size = number_of("size", PQgetvalue(result, 0, 0), 0);
		PQclear(result);
	}
}

static void enter_model(PGconn *connection)
{
	struct text model = makers_cost_model();
	const char *params[] = {model.at};

	if (sql_int(connection,
		    "select count(*) from protocol where id = 'standard' and version = 1") != 1 ||
	    sql_int(connection, "select count(*) from cost_model where id = 'residential-ld' and "
				"version = '0.1'") != 1)
		fail("The reference data is not in the database. Run concordatd load-reference");
	PQclear(sql_rows(connection,
			 "insert into cost_model (id, version, effective_from, illustrative, "
			 "document) values ('" BENCH_MODEL "', '" BENCH_MODEL_VERSION
			 "', '" BENCH_MODEL_FROM "', true, $1::jsonb) on conflict do nothing",
			 1, params));
}

static void run_workers(void)
{
	pid_t pids[WORKERS];
	int status, failed = 0;

	fflush(stdout);
	for (int i = 0; i < WORKERS; i++) {
		pids[i] = fork();
		if (pids[i] < 0)
			fail("No worker can be started: %m");
		if (!pids[i]) {
			work(i);
			_exit(0);
		}
	}
	for (int i = 0; i < WORKERS; i++)
		failed += waitpid(pids[i], &status, 0) != pids[i] || status != 0;
	if (failed)
		fail("The database holds a part of what was asked for. Make it anew");
}

static void write_offer(void)
{
	struct arena *arena = arena_new();
	struct text offer = makers_offer(arena, makers);
	const char *path = text_cstr(arena, text_printf(arena, "%s/offer.json", want.out));
	FILE *file = fopen(path, "w");

	if (!file || fwrite(offer.at, 1, offer.len, file) != offer.len || fclose(file) != 0)
		fail("%s cannot be written: %m", path);
	arena_free(arena);
}

/* Who has a portfolio: a token of the council and of the provider with a quarter of it. */
static void write_portfolio(void)
{
	struct arena *arena = arena_new();
	const char *path = text_cstr(arena, text_printf(arena, "%s/portfolio.tsv", want.out));
	FILE *file = fopen(path, "w");

	if (!file ||
	    fprintf(file, "%s\t%s\n", people.councils[PORTFOLIO_COUNCIL].secret,
		    people.providers[0].secret) < 0 ||
	    fclose(file) != 0)
		fail("%s cannot be written: %m", path);
	arena_free(arena);
}

static double seconds_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void prepare(PGconn *connection, struct arena *arena)
{
	if (want.now_us == NEVER_US)
		want.now_us = sql_int(connection, "select us(clock_timestamp())");
	makers = makers_new(arena, want.reference_dir, want.key_file, want.now_us);
	enter_model(connection);
	(void)people_enter(&people, connection, want.now_us);
	learn_log_sizes(connection);
	take_numbers(connection);
	choose_oldest();
	if (want.lone && want.lone_from_us + (want.lone - 1) * want.lone_every_us - WAITING_US >
				 want.now_us - US_PER_SECOND)
		fail("The last of --lone would fall due more than 4 hours from now, and what is "
		     "recorded now is due within 4 hours");
}

int main(int argc, char **argv)
{
	struct arena *arena = arena_new();
	double started = seconds_now(), filled;
	struct indexes indexes = {.count = 0};
	PGconn *connection;

	read_options(argc, argv);
	if (mkdir(want.out, 0755) != 0 && errno != EEXIST)
		fail("%s cannot be made: %m", want.out);
	/* An arena's pieces come from the heap and stay there for the next. */
	mallopt(M_MMAP_THRESHOLD, 64 << 20);
	mallopt(M_TRIM_THRESHOLD, 256 << 20);
	connection = sql_connect(want.database);
	prepare(connection, arena);
	if (in_all() > MANY)
		indexes_drop(&indexes, connection);
	PQfinish(connection);
	run_workers();
	filled = seconds_now();
	writing_join_lists(want.out, WORKERS);
	write_offer();
	if (want.in_force)
		write_portfolio();
	indexes_make(&indexes, want.database, WORKERS);
	printf("{\"placements\":%lld,\"negotiating\":%lld,\"in_force\":%lld,\"due\":%lld,\"lone\":%"
	       "lld,"
	       "\"fill_seconds\":%.1f,\"index_seconds\":%.1f}\n",
	       (long long)want.placements, (long long)negotiating_in_all(),
	       (long long)want.in_force, (long long)want.due, (long long)want.lone,
	       filled - started, seconds_now() - filled);
	makers_free(makers);
	free(blocks);
	arena_free(arena);
	return 0;
}
