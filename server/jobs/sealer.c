/*
 * sealer.c - signs how far each log has come, within a second of a commit that is safe.
 *
 * A turn takes the logs that hold something new, waits until what it saw of them has reached the
 * disk that config.seal_after names, seals them in groups (seal.c), and keeps the new checkpoints
 * outside the database. All is written in one statement under the lease. So a death at any point
 * leaves a log sealed as it was or as it is to be, and nothing signed is published that the
 * database does not hold. A log that does not fit together is refused, said so again and again, and
 * the others go on.
 */
#include <errno.h>
#include <openssl/crypto.h>
#include <string.h>

#include "figures.h"
#include "filing.h"
#include "queries.h"
#include "seal.h"

#include "concordat/base/report.h"

#define LOOK_EVERY_US US_PER_SECOND
#define TURN_EVERY_US INT64_C(700000) /* a crowd shares a checkpoint */
#define UNSAFE_RETRY_US 20000
#define UNSAFE_SAID_US (30 * US_PER_SECOND)

struct sealer {
	struct jobs *jobs;
	struct lease lease;
	struct alarm alarm, unsafe;
	struct filing *filing; /* NULL: no folder */
	struct signing_key key;
	struct refusals refused;
	struct seal_turn turn;
	bool busy, again;
	bool unfiled;	  /* what was sealed is not in log_dir: that comes before all else */
	size_t strangers; /* keys that are in the database alone */
	bool all; /* the next turn looks at every log, whether there is something new or not */
	int64_t turn_us, unsafe_us, unsafe_said_us; /* monotonic; unsafe: 0 while nothing waits */
};

static void ask_whether_safe(void *context);

/* ---- a turn's end ---- */

static void turn_end(struct sealer *s)
{
	bool again = s->again;

	arena_free(s->turn.arena);
	s->turn.arena = NULL;
	s->busy = s->again = false;
	if (!s->jobs->stopping)
		alarm_set(&s->alarm, s->turn.more ? 0 : again ? TURN_EVERY_US : LOOK_EVERY_US);
	jobs_end(s->jobs);
}

static void on_filed(bool written, void *context)
{
	struct sealer *s = context;

	s->unfiled = !written;
	s->all = s->all || !written;
	s->turn.more = written && (s->turn.more || s->turn.filing_only);
	if (!written)
		report(REPORT_WARNING, "jobs",
		       "Checkpoints could not be written to log_dir, and nothing more is sealed "
		       "until they are: make room there, or put its rights right",
		       "log_dir", s->jobs->config->log_dir, NULL);
	turn_end(s);
}

static void on_all_sealed(void *context)
{
	struct sealer *s = context;

	s->turn.singly = s->turn.singly && s->turn.failed;
	s->turn.more = s->turn.more && !s->turn.failed;
	if (s->turn.newest_count && s->filing)
		filing_start(s->filing, log_filed_with(s->turn.arena, s->turn.filed, s->turn.newest,
						       s->turn.newest_count));
	else {
		s->unfiled = s->unfiled && s->turn.failed;
		turn_end(s);
	}
}

/* ---- what is safe ---- */

static void say_unsafe(struct sealer *s, bool there)
{
	int64_t now_us = jobs_monotonic_us();

	if (!s->unsafe_us)
		s->unsafe_us = now_us;
	/* one that is not there is said at once, one that is slow after a while */
	if ((there && now_us - s->unsafe_us < UNSAFE_SAID_US) ||
	    (s->unsafe_said_us && now_us - s->unsafe_said_us < UNSAFE_SAID_US))
		return;
	s->unsafe_said_us = now_us;
	report(REPORT_WARNING, "jobs",
	       there ? "Nothing is sealed: what was recorded has not reached the disk that "
		       "seal_after names"
		     : "Nothing is sealed: the standby that seal_after names is not connected, or "
		       "the service's role may not see it (grant pg_read_all_stats)",
	       "seal_after", s->jobs->config->seal_after, NULL);
}

static void on_safe(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct sealer *s = context;

	if (outcome != STORE_DONE || !lease_is_held(&s->lease) || s->jobs->stopping) {
		turn_end(s);
		return;
	}
	if (row_bool(rows, 0, 0)) {
		s->unsafe_us = s->unsafe_said_us = 0;
		seal_next(&s->turn);
		return;
	}
	/* The same position until it is safe: a newer one would always be ahead of the disk. */
	say_unsafe(s, row_bool(rows, 0, 1));
	alarm_set(&s->unsafe, UNSAFE_RETRY_US);
}

static void ask_whether_safe(void *context)
{
	struct sealer *s = context;
	struct param params[2];

	params[0] = PARAM(row_text(s->turn.behind, 0, BEHIND_POSITION));
	params[1] = PARAM(text_of(log_standby(s->jobs->config)));
	store_work(s->jobs->store, s->turn.arena, SQL_LOG_SAFE, params, 2, on_safe, s);
}

/* ---- a turn ---- */

/* Those that have signed: what the folder does not know either was put there by somebody else. */
static bool take_keys(struct sealer *s, const struct rows *rows)
{
	const char *dir = s->jobs->config->log_dir;
	size_t count;
	struct text why;

	count = s->turn.key_count = log_keys_take(s->turn.arena, rows, &s->turn.keys);
	if (!log_keys_vouched(s->turn.arena, dir, s->key.public_key, s->turn.keys,
			      &s->turn.key_count, &why)) {
		report(REPORT_WARNING, "jobs",
		       "Nothing is sealed: the keys in log_dir cannot be read or written", "detail",
		       text_cstr(s->turn.arena, why), NULL);
		return false;
	}
	count -= s->turn.key_count;
	if (count && count != s->strangers)
		report(REPORT_ERROR, "jobs",
		       "The table log_key holds a key that this service did not put there: nothing "
		       "signed with it is taken for ours, and it is not published",
		       "log_dir", dir, NULL);
	s->strangers = count;
	return true;
}

static void on_keys(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct sealer *s = context;

	if (outcome != STORE_DONE) {
		turn_end(s);
		return;
	}
	if (!take_keys(s, rows)) {
		turn_end(s);
		return;
	}
	memcpy(s->turn.keys[s->turn.key_count++], s->key.public_key, sizeof(*s->turn.keys));
	if (log_filed_load(s->turn.arena, s->jobs->config->log_dir, &s->turn.filed,
			   &s->turn.filed_why))
		s->turn.filed_why = TEXT_NONE;
	else if (errno == EMFILE || errno == ENFILE || errno == ENOMEM) {
		turn_end(s); /* which pass by themselves */
		return;
	}
	ask_whether_safe(s);
}

static void on_behind(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct sealer *s = context;

	if (outcome != STORE_DONE || !rows->count) {
		turn_end(s);
		return;
	}
	s->all = false;
	s->turn.behind = rows;
	store_work(s->jobs->store, s->turn.arena, SQL_LOG_KEYS, NULL, 0, on_keys, s);
}

static void look(void *context)
{
	struct sealer *s = context;
	struct jobs *jobs = s->jobs;
	int64_t now_us = jobs_monotonic_us();
	struct param all;

	if (!jobs->running || !jobs->config->log_key_file[0] || jobs->rehearsing)
		return;
	lease_want(&s->lease, true);
	if (s->busy) {
		s->again = true;
		return;
	}
	if (!s->turn.more && now_us - s->turn_us < TURN_EVERY_US) {
		alarm_set(&s->alarm, TURN_EVERY_US - (now_us - s->turn_us));
		return;
	}
	alarm_set(&s->alarm, LOOK_EVERY_US);
	if (!lease_is_held(&s->lease))
		return;
	s->busy = true;
	s->again = false;
	s->turn_us = now_us;
	jobs_begin(jobs);
	s->turn = (struct seal_turn){
		.jobs = jobs,
		.lease = &s->lease,
		.key = &s->key,
		.refused = &s->refused,
		.arena = arena_new(),
		.singly = s->turn.singly,
		.filing_only = s->unfiled,
		.on_done = on_all_sealed,
		.context = s,
	};
	all = param_bool(s->all);
	store_work(jobs->store, s->turn.arena, SQL_LOG_BEHIND, &all, 1, on_behind, s);
}

/* Who takes it up looks at every log once, so that a fault is known before the next move. */
static void on_held(void *context)
{
	struct sealer *s = context;

	s->all = true;
	look(s);
}

bool sealer_open(struct jobs *jobs, struct text *why)
{
	struct sealer *s = arena_make(jobs->arena, struct sealer);
	const struct config *c = jobs->config;

	s->jobs = jobs;
	if (c->log_key_file[0] && !log_key_read(jobs->arena, c->log_key_file, &s->key, why))
		return false;
	if (c->log_dir[0] && !log_dir_is_usable(c->log_dir, jobs->arena, why))
		return false;
	lease_open(&s->lease, jobs, "sealer", on_held, s);
	alarm_open(&s->alarm, jobs, look, s);
	alarm_open(&s->unsafe, jobs, ask_whether_safe, s);
	if (c->log_dir[0])
		s->filing = filing_open(jobs, c->log_dir, on_filed, s);
	jobs->sealer = s;
	return true;
}

void sealer_start(struct sealer *s)
{
	const struct config *c = s->jobs->config;

	if (!c->log_key_file[0])
		report(REPORT_WARNING, "jobs",
		       "No log is sealed: make a key with concordatd log-key and set log_key_file",
		       NULL);
	else if (!c->log_dir[0])
		report(REPORT_WARNING, "jobs",
		       "log_dir is not set: an older backup that is put back would not be noticed",
		       NULL);
	sealer_poke(s);
}

void sealer_poke(struct sealer *s)
{
	if (s->jobs->running)
		alarm_set(&s->alarm, 0);
}

bool sealer_reload(struct sealer *s, struct text *why)
{
	struct signing_key key;

	if (!s->jobs->config->log_key_file[0])
		return true;
	if (!log_key_read(s->jobs->arena, s->jobs->config->log_key_file, &key, why))
		return false;
	s->key = key;
	s->all = true; /* a turn takes the new one up, whether there is something new or not */
	OPENSSL_cleanse(&key, sizeof(key));
	return true;
}

const struct lease *sealer_lease(const struct sealer *s)
{
	return &s->lease;
}

size_t sealer_refused(const struct sealer *s)
{
	return lease_is_held(&s->lease) ? s->refused.count : 0;
}

void sealer_stop(struct sealer *s)
{
	alarm_clear(&s->alarm);
	if (s->unsafe.at_us) {
		alarm_clear(&s->unsafe);
		turn_end(s);
	}
	lease_want(&s->lease, false);
}

void sealer_close(struct sealer *s)
{
	OPENSSL_cleanse(&s->key, sizeof(s->key));
	if (s->filing)
		filing_close(s->filing);
	alarm_close(&s->unsafe);
	alarm_close(&s->alarm);
	lease_close(&s->lease);
}
