/*
 * verify.c - `concordatd verify`: everything that is stored against what was recorded, by several
 * processes at once.
 *
 * The plan's units lie in a row, and whoever is free takes the next. Each process says what it
 * found in a unit by one message, which a pipe keeps whole. What is told is told in the units'
 * order, so that the first fault is the same however many share the work.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "concordat/app/verify.h"

#include "command.h"

#define JOBS_MOST 64
#define FIRST_MOST 1800
#define REMARK_MOST 1400
#define MS_PER_SECOND 1000

struct message {
	size_t unit;
	bool failed; /* first says why; no more comes from who sent it */
	struct verified found;
	char first[FIRST_MOST], remark[REMARK_MOST];
};
_Static_assert(sizeof(struct message) <= 4096, "a pipe keeps it whole");

/* What was found of one authority. */
struct account {
	struct verified found; /* added up; its texts are in the arena */
	size_t first_rank;     /* of the unit that first is of */
	int64_t faults;
};

struct verification {
	const struct command_line *line;
	struct verify_plan plan;
	struct account *accounts;
	atomic_size_t *next; /* the first unit that nobody has taken; shared */
	int pipe[2];
	pid_t processes[JOBS_MOST];
	size_t jobs, done;
	int64_t entries, texts, faults, began_ms, told_ms;
	int told_tenths;
	bool failed;
};

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * MS_PER_SECOND + now.tv_nsec / 1000000;
}

/* ---- one of several ---- */

static void copy_words(char *to, size_t room, struct text words)
{
	size_t len = words.len < room - 1 ? words.len : room - 1;

	if (words.at)
		memcpy(to, words.at, len);
	to[words.at ? len : 0] = '\0';
}

static bool send_message(const struct verification *v, struct message *message)
{
	return write(v->pipe[1], message, sizeof(*message)) == sizeof(*message);
}

static void send_failure(const struct verification *v, struct text why)
{
	struct message message = {.failed = true};

	copy_words(message.first, sizeof(message.first), why);
	send_message(v, &message);
}

static bool check_unit(const struct verification *v, struct verifier *verifier, size_t unit)
{
	struct arena *arena = arena_new();
	struct message message = {.unit = unit};
	struct text why;
	bool done = verifier_check(verifier, &v->plan.units[unit], arena, &message.found, &why);

	if (done) {
		copy_words(message.first, sizeof(message.first), message.found.first);
		copy_words(message.remark, sizeof(message.remark), message.found.remark);
		done = send_message(v, &message);
	} else {
		send_failure(v, why);
	}
	arena_free(arena);
	return done;
}

static void work(const struct verification *v)
{
	struct arena *arena = arena_new();
	struct text why;
	struct verifier *verifier;
	bool going = true;
	size_t unit;

	prctl(PR_SET_PDEATHSIG, SIGTERM);
	verifier = verifier_open(&v->plan, arena, &why);
	if (!verifier) {
		send_failure(v, why);
		return;
	}
	while (going && (unit = atomic_fetch_add(v->next, 1)) < v->plan.unit_count)
		going = check_unit(v, verifier, unit);
	verifier_close(verifier);
	arena_free(arena);
}

static bool begin(struct verification *v)
{
	v->next = mmap(NULL, sizeof(*v->next), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		       -1, 0);
	if (v->next == MAP_FAILED || pipe(v->pipe) != 0)
		return false;
	atomic_init(v->next, 0);
	fflush(NULL);
	for (size_t i = 0; i < v->jobs; i++) {
		v->processes[i] = fork();
		if (v->processes[i] == 0) {
			close(v->pipe[0]);
			work(v);
			_exit(0);
		}
		if (v->processes[i] < 0)
			return i > 0; /* fewer than were asked for */
	}
	return true;
}

/* ---- what comes of it ---- */

static void take(struct verification *v, const struct message *message)
{
	const struct verify_unit *unit = &v->plan.units[message->unit];
	struct account *account = &v->accounts[unit->authority];
	/* a log is judged first and told last: where an entry is wrong, its ledger says what */
	size_t rank = message->unit + (unit->log ? v->plan.unit_count : 0);
	const struct verified *found = &message->found;

	v->done++;
	account->found.entries += found->entries;
	account->found.ledgers += found->ledgers;
	account->found.texts += found->texts;
	account->found.checkpoints += found->checkpoints;
	account->found.sealed += found->sealed;
	v->entries += found->entries;
	v->texts += found->texts;
	for (int table = 0; table < CHECK_TABLES; table++) {
		account->found.faults[table] += found->faults[table];
		account->faults += found->faults[table];
		v->faults += found->faults[table];
	}
	if (message->first[0] && (!account->found.first.at || rank < account->first_rank)) {
		account->first_rank = rank;
		account->found.first = text_copy(v->line->arena, text_of(message->first));
	}
	if (message->remark[0])
		account->found.remark = text_copy(v->line->arena, text_of(message->remark));
}

static void tell_progress(struct verification *v)
{
	int64_t ms = now_ms();
	int tenths = (int)(v->done * 10 / v->plan.unit_count);
	bool watched = isatty(STDERR_FILENO);

	if (ms - v->began_ms < MS_PER_SECOND ||
	    (watched ? ms - v->told_ms < MS_PER_SECOND : tenths == v->told_tenths))
		return;
	v->told_ms = ms;
	v->told_tenths = tenths;
	fprintf(stderr, "%zu%%: %lld of about %lld entries, %lld faults\n",
		v->done * 100 / v->plan.unit_count, (long long)v->entries,
		(long long)v->plan.entries, (long long)v->faults);
}

/* Until the last process has closed its end. */
static void listen_to_all(struct verification *v)
{
	struct pollfd ready = {.fd = v->pipe[0], .events = POLLIN};
	struct message message;
	ssize_t got = 1;

	close(v->pipe[1]);
	while (got != 0) {
		if (poll(&ready, 1, MS_PER_SECOND) > 0) {
			got = read(v->pipe[0], &message, sizeof(message));
			if (got == sizeof(message) && message.failed) {
				command_failed(text_of(message.first));
				v->failed = true;
			} else if (got == sizeof(message)) {
				take(v, &message);
			}
		}
		tell_progress(v);
	}
	for (size_t i = 0; i < v->jobs; i++)
		if (v->processes[i] > 0)
			waitpid(v->processes[i], NULL, 0);
	close(v->pipe[0]);
	munmap(v->next, sizeof(*v->next));
}

/* ---- in words ---- */

static void tell_faults(const struct account *account)
{
	const char *before = "";

	printf("%lld rows are not what was recorded: ", (long long)account->faults);
	for (int table = 0; table < CHECK_TABLES; table++)
		if (account->found.faults[table]) {
			printf("%s%lld in %s", before, (long long)account->found.faults[table],
			       check_table_names[table]);
			before = ", ";
		}
	printf(".\n  The first: %.*s\n", TEXT_FMT(account->found.first));
}

static void tell_whole(const struct verify_authority *authority, const struct account *account)
{
	const struct verified *found = &account->found;

	printf("%lld entries in %lld ledgers are as they were recorded, and so is what follows "
	       "from them. ",
	       (long long)found->entries, (long long)found->ledgers);
	if (found->sealed)
		printf("%lld are sealed, under %lld checkpoints.\n", (long long)found->sealed,
		       (long long)found->checkpoints);
	else
		printf("%s\n", authority->size ? "None is sealed." : "There is nothing to seal.");
}

static void tell(const struct verification *v)
{
	int64_t ms = now_ms() - v->began_ms;

	for (size_t i = 0; i < v->plan.authority_count; i++) {
		const struct verify_authority *authority = &v->plan.authorities[i];
		const struct account *account = &v->accounts[i];

		printf("%.*s (%.*s): ",
		       TEXT_FMT(authority->name.at ? authority->name : TEXT("No organisation")),
		       TEXT_FMT(uuid_text(v->line->arena, authority->id)));
		if (account->faults)
			tell_faults(account);
		else
			tell_whole(authority, account);
		if (account->found.remark.at)
			printf("  Note: %.*s\n", TEXT_FMT(account->found.remark));
	}
	if (v->plan.keyless.at)
		printf("Texts about people were not opened, for want of the key: %.*s\n",
		       TEXT_FMT(v->plan.keyless));
	printf("%zu authorities, %lld entries, %lld texts in %lld.%lld s by %zu processes, %lld "
	       "entries a second: %lld faults.\n",
	       v->plan.authority_count, (long long)v->entries, (long long)v->texts,
	       (long long)(ms / MS_PER_SECOND), (long long)(ms % MS_PER_SECOND / 100), v->jobs,
	       (long long)(v->entries * MS_PER_SECOND / (ms ? ms : 1)), (long long)v->faults);
}

/* ---- the command ---- */

static bool read_options(const struct command_line *line, struct uuid *only, size_t *jobs)
{
	const char *id = command_option(line, "authority"), *n = command_option(line, "jobs");
	int64_t number = sysconf(_SC_NPROCESSORS_ONLN);

	*only = (struct uuid){{0}};
	if (id && !uuid_parse(text_of(id), only)) {
		command_failed(TEXT("--authority takes the id of an authority."));
		return false;
	}
	if (n && (!text_to_int(text_of(n), &number) || number < 1 || number > JOBS_MOST)) {
		command_failed(TEXT("--jobs takes a number of processes, from 1 to 64."));
		return false;
	}
	*jobs = number < 1 ? 1 : number > JOBS_MOST ? JOBS_MOST : (size_t)number;
	return true;
}

int command_verify(const struct command_line *line)
{
	struct verification v = {.line = line, .began_ms = now_ms()};
	struct text why;
	struct uuid only;

	if (!read_options(line, &only, &v.jobs))
		return 2;
	if (!verify_plan_make(line->config, line->arena, only, &v.plan, &why))
		return command_failed(why);
	if (v.jobs > v.plan.unit_count)
		v.jobs = v.plan.unit_count ? v.plan.unit_count : 1;
	v.accounts = arena_array(line->arena, struct account, v.plan.authority_count);
	if (v.plan.unit_count && !begin(&v)) {
		verify_plan_end(&v.plan);
		return command_failed(text_printf(line->arena, "No process could be started: %s.",
						  strerror(errno)));
	}
	if (v.plan.unit_count)
		listen_to_all(&v);
	verify_plan_end(&v.plan);
	if (v.failed || v.done < v.plan.unit_count)
		return command_failed(TEXT("Not everything could be looked at. Look at the "
					   "database with concordatd doctor, and run verify "
					   "again."));
	tell(&v);
	return v.faults ? 1 : 0;
}
