/*
 * sealer.c - signs how far each log has come, within a second of a commit that is safe.
 *
 * A turn takes the logs that hold something new, waits until what it saw of them has reached the
 * disk that config.seal_after names, and for each reads where it stands, judges that (log_state.c),
 * adds the next leaves to its tree, signs, and writes rows, checkpoint and size in one statement
 * under the lease, which does nothing where somebody else has sealed meanwhile. So a death at any
 * point leaves a log sealed as it was or as it is to be, and nothing signed is published that the
 * database does not hold. A log that does not fit together is refused, said so again and again, and
 * the others go on.
 */
#include <openssl/crypto.h>
#include <string.h>

#include "figures.h"
#include "filing.h"
#include "grow.h"
#include "internal.h"
#include "queries.h"

#include "concordat/base/report.h"

#define LOOK_EVERY_US US_PER_SECOND
#define TURN_EVERY_US (US_PER_SECOND / 2) /* a crowd shares a checkpoint */
#define UNSAFE_RETRY_US 20000
#define UNSAFE_SAID_US (30 * US_PER_SECOND)
#define REFUSED_RETRY_US (2 * US_PER_SECOND)
#define REFUSED_SAID_US (600 * US_PER_SECOND)
#define LEAVES_MOST 4096
#define REFUSED_MOST 256

struct refused {
	struct uuid authority;
	const char *fault;
	int64_t said_us, retry_us; /* monotonic */
};

/* What is done for one log. Lives in its arena. */
struct sealing {
	struct uuid authority;
	int64_t head, began_us;
	struct log_filed filed;
	struct log_state state;
	struct grown grown;
	struct text note;
	struct param params[14];
};

struct sealer {
	struct jobs *jobs;
	struct lease lease;
	struct alarm alarm, unsafe;
	struct filing *filing; /* NULL: no folder */
	struct signing_key key;
	bool busy, again, more;
	bool all; /* the next turn looks at every log, whether there is something new or not */
	int64_t turn_us, unsafe_us, unsafe_said_us; /* monotonic; unsafe: 0 while nothing waits */
	struct arena *look;
	const struct rows *behind;
	size_t at;
	uint8_t (*keys)[32]; /* all that have signed, and ours */
	size_t key_count;
	struct to_file *files;
	size_t file_count;
	struct arena *arena; /* of one log */
	struct sealing *log;
	struct refused refused[REFUSED_MOST];
	size_t refused_count;
};

enum behind_column { BEHIND_AUTHORITY, BEHIND_HEAD, BEHIND_POSITION };

static void next_log(struct sealer *s);
static void ask_whether_safe(void *context);

/* ---- logs that do not fit together ---- */

static struct refused *refused_find(struct sealer *s, struct uuid authority)
{
	for (size_t i = 0; i < s->refused_count; i++)
		if (uuid_eq(s->refused[i].authority, authority))
			return &s->refused[i];
	return NULL;
}

static bool waits(struct sealer *s, struct uuid authority)
{
	const struct refused *refused = refused_find(s, authority);

	return refused && jobs_monotonic_us() < refused->retry_us;
}

static void accept(struct sealer *s, struct uuid authority)
{
	struct refused *refused = refused_find(s, authority);

	if (refused)
		*refused = s->refused[--s->refused_count];
}

/* Said at once, when it is another fault than before, and every ten minutes. */
static void refuse(struct sealer *s, struct uuid authority, const char *fault, const char *detail)
{
	struct refused *refused = refused_find(s, authority);
	int64_t now_us = jobs_monotonic_us();
	char id[37];

	if (!refused) {
		refused = &s->refused[s->refused_count < REFUSED_MOST ? s->refused_count++ : 0];
		*refused = (struct refused){.authority = authority};
	}
	refused->retry_us = now_us + REFUSED_RETRY_US;
	figure_add(&jobs_figures[LOG_REFUSALS], 0, 1);
	if (refused->fault == fault && now_us - refused->said_us < REFUSED_SAID_US)
		return;
	refused->fault = fault;
	refused->said_us = now_us;
	uuid_format(authority, id);
	report(REPORT_ERROR, "jobs",
	       "A log is not sealed any further, for what is kept of it does not agree: see "
	       "concordatd doctor",
	       "authority", id, "fault", fault, "detail", detail, NULL);
}

/* ---- a turn's end ---- */

static void look_end(struct sealer *s)
{
	arena_free(s->look);
	s->look = NULL;
	s->busy = false;
	s->file_count = 0;
	s->files = NULL;
	if (!s->jobs->stopping)
		alarm_set(&s->alarm, s->more ? 0 : s->again ? TURN_EVERY_US : LOOK_EVERY_US);
	s->again = false;
	jobs_end(s->jobs);
}

static void on_filed(size_t failed, void *context)
{
	struct sealer *s = context;

	if (failed)
		report(REPORT_ERROR, "jobs",
		       "Checkpoints could not be written to log_dir: make room there, or put its "
		       "rights right",
		       "log_dir", s->jobs->config->log_dir, NULL);
	look_end(s);
}

static void turn_end(struct sealer *s)
{
	if (s->file_count && s->filing)
		filing_start(s->filing, s->files, s->file_count);
	else
		look_end(s);
}

static void log_end(struct sealer *s)
{
	arena_free(s->arena);
	s->arena = NULL;
	s->log = NULL;
	next_log(s);
}

/* ---- signing ---- */

static void on_sealed(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct sealer *s = context;
	const struct sealing *log = s->log;

	if (outcome == STORE_DONE && row_int(rows, 0, 0, 0)) {
		figure_add(&jobs_figures[LOG_CHECKPOINTS], 0, 1);
		figure_observe(&jobs_figures[LOG_SEAL_TIME], 0,
			       jobs_monotonic_us() - log->began_us);
		s->more = s->more || log->grown.size < log->head;
		*LIST_ADD(s->look, s->files, s->file_count) = (struct to_file){
			text_copy(s->look, log_file_name(s->look, log->authority)).at,
			text_copy(s->look, log->note)};
	}
	log_end(s);
}

static void seal(struct sealer *s)
{
	struct sealing *log = s->log;
	struct arena *arena = s->arena;
	const struct log_state *state = &log->state;
	struct text origin = state->origin;
	struct checkpoint checkpoint;
	const struct digest *before = &state->root;

	if (!origin.at)
		origin = log_origin(arena, s->jobs->config->public_url,
				    store_is_rehearsal(s->jobs->store), log->authority);
	checkpoint = (struct checkpoint){origin, log->grown.size, log->grown.root};
	log->note = note_sign(arena, checkpoint_body(arena, &checkpoint), origin, &s->key);
	log->params[0] = param_uuid(arena, log->authority);
	log->params[1] = PARAM(origin);
	log->params[2] = param_int(arena, state->generation);
	log->params[3] = param_int(arena, state->size);
	log->params[4] =
		PARAM_BYTES(((struct text){(const char *)before->bytes, sizeof(before->bytes)}));
	log->params[5] = param_int(arena, log->grown.size);
	log->params[6] = PARAM_BYTES((
		(struct text){(const char *)log->grown.root.bytes, sizeof(log->grown.root.bytes)}));
	log->params[7] = PARAM(log->note);
	log->params[8] = param_array(arena, log->grown.levels, log->grown.count);
	log->params[9] = param_array(arena, log->grown.ns, log->grown.count);
	log->params[10] = param_array(arena, log->grown.hashes, log->grown.count);
	log->params[11] = PARAM_BYTES(
		((struct text){(const char *)s->key.public_key, sizeof(s->key.public_key)}));
	log->params[12] = param_uuid(arena, s->jobs->holder);
	log->params[13] = param_int(arena, s->lease.term);
	store_work(s->jobs->store, arena, SQL_LOG_SEAL, log->params, 14, on_sealed, s);
}

static void on_leaves(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct sealer *s = context;
	struct sealing *log = s->log;
	struct text leaves;
	int64_t count;

	if (outcome != STORE_DONE || !lease_is_held(&s->lease)) {
		log_end(s);
		return;
	}
	leaves = row_text(rows, 0, 0);
	count = row_int(rows, 0, 1, 0);
	if (count != (log->head - log->state.size < LEAVES_MOST ? log->head - log->state.size
								: LEAVES_MOST) ||
	    leaves.len != (size_t)count * sizeof(struct digest)) {
		refuse(s, log->authority, "entries are missing from what was recorded", NULL);
		log_end(s);
		return;
	}
	grow(s->arena, &log->state, leaves, &log->grown);
	seal(s);
}

static void read_leaves(struct sealer *s)
{
	const struct log_state *state = &s->log->state;
	struct param params[3];

	params[0] = param_uuid(s->arena, s->log->authority);
	params[1] = param_int(s->arena, state->size);
	params[2] = param_int(s->arena, state->size + LEAVES_MOST < s->log->head
						? state->size + LEAVES_MOST
						: s->log->head);
	store_work(s->jobs->store, s->arena, SQL_LOG_LEAVES, params, 3, on_leaves, s);
}

/* ---- where a log stands ---- */

static void on_state(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct sealer *s = context;
	struct sealing *log = s->log;
	const char *fault;

	if (outcome != STORE_DONE || !log_state_take(rows, &log->state)) {
		log_end(s);
		return;
	}
	fault = log_state_fault(&log->state, &log->filed, s->keys, s->key_count);
	if (fault) {
		refuse(s, log->authority, fault, NULL);
		log_end(s);
		return;
	}
	accept(s, log->authority);
	if (log->state.size < log->head)
		read_leaves(s);
	else
		log_end(s);
}

static void next_log(struct sealer *s)
{
	struct param params[LOG_STATE_PARAMS];
	struct uuid authority;
	struct text why;

	for (; s->at < s->behind->count; s->at++) {
		authority = row_uuid(s->behind, s->at, BEHIND_AUTHORITY);
		if (!waits(s, authority))
			break;
	}
	if (s->at == s->behind->count || !lease_is_held(&s->lease) || s->jobs->stopping) {
		turn_end(s);
		return;
	}
	s->arena = arena_new();
	s->log = arena_make(s->arena, struct sealing);
	s->log->authority = authority;
	s->log->began_us = jobs_monotonic_us();
	s->log->head = row_int(s->behind, s->at++, BEHIND_HEAD, 0);
	if (!log_filed_read(s->arena, s->jobs->config->log_dir, authority, s->keys, s->key_count,
			    &s->log->filed, &why)) {
		refuse(s, authority, "its checkpoint in log_dir cannot be relied on",
		       text_cstr(s->arena, why));
		log_end(s);
		return;
	}
	log_state_params(s->arena, authority, &s->log->filed, params);
	store_work(s->jobs->store, s->arena, SQL_LOG_STATE, params, LOG_STATE_PARAMS, on_state, s);
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
		look_end(s);
		return;
	}
	if (row_bool(rows, 0, 0)) {
		s->unsafe_us = s->unsafe_said_us = 0;
		next_log(s);
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

	params[0] = PARAM(row_text(s->behind, 0, BEHIND_POSITION));
	params[1] = PARAM(text_of(log_standby(s->jobs->config)));
	store_work(s->jobs->store, s->look, SQL_LOG_SAFE, params, 2, on_safe, s);
}

/* ---- a turn ---- */

static void on_keys(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct sealer *s = context;

	if (outcome != STORE_DONE) {
		look_end(s);
		return;
	}
	s->key_count = log_keys_take(s->look, rows, &s->keys);
	memcpy(s->keys[s->key_count++], s->key.public_key, sizeof(*s->keys));
	s->at = 0;
	ask_whether_safe(s);
}

static void on_behind(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct sealer *s = context;

	if (outcome != STORE_DONE || !rows->count) {
		look_end(s);
		return;
	}
	s->all = false;
	s->behind = rows;
	store_work(s->jobs->store, s->look, SQL_LOG_KEYS, NULL, 0, on_keys, s);
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
	if (!s->more && now_us - s->turn_us < TURN_EVERY_US) {
		alarm_set(&s->alarm, TURN_EVERY_US - (now_us - s->turn_us));
		return;
	}
	alarm_set(&s->alarm, LOOK_EVERY_US);
	if (!lease_is_held(&s->lease))
		return;
	s->busy = true;
	s->more = s->again = false;
	s->turn_us = now_us;
	jobs_begin(jobs);
	s->look = arena_new();
	all = PARAM(s->all ? TEXT("t") : TEXT("f"));
	store_work(jobs->store, s->look, SQL_LOG_BEHIND, &all, 1, on_behind, s);
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
	OPENSSL_cleanse(&key, sizeof(key));
	return true;
}

const struct lease *sealer_lease(const struct sealer *s)
{
	return &s->lease;
}

size_t sealer_refused(const struct sealer *s)
{
	return lease_is_held(&s->lease) ? s->refused_count : 0;
}

void sealer_stop(struct sealer *s)
{
	alarm_clear(&s->alarm);
	if (s->unsafe.at_us) {
		alarm_clear(&s->unsafe);
		look_end(s);
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
