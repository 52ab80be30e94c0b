/*
 * doctor_log.c - whether the logs are sealed, may go on being, and are kept as they should be.
 */
#include "audit/doctor.h"

#include <openssl/crypto.h>
#include <string.h>

#include "concordat/app/log.h"
#include "queries.h"

#define UNSEALED_US (60 * US_PER_SECOND)

struct log_look {
	struct doctor *doctor;
	struct store_session *session;
	int64_t now_us;
	uint8_t (*keys)[32];
	size_t key_count;
	size_t absent; /* logs that were sealed and of which log_dir holds nothing */
};

static void find(struct log_look *l, enum finding_grade grade, const char *name, struct text found,
		 const char *advice)
{
	doctor_find(l->doctor, grade, name, found, text_of(advice));
}

static bool ask(struct log_look *l, const char *name, const char *sql, const struct param *params,
		size_t count, struct rows *rows)
{
	struct text why;

	if (store_session_ask(l->session, sql, params, count, rows, &why))
		return true;
	find(l, FINDING_FAIL, name, why,
	     "Ask the database's administrator; the server's own log says more.");
	return false;
}

static void look_at_key(struct log_look *l)
{
	const char *path = l->doctor->config->log_key_file;
	struct signing_key key;
	struct text why;

	if (!path[0]) {
		find(l, FINDING_WARN, "log_key", TEXT("None is set: no log is sealed."),
		     "Make one with concordatd log-key and set log_key_file.");
		return;
	}
	if (!log_key_read(l->doctor->arena, path, &key, &why)) {
		find(l, FINDING_FAIL, "log_key", why,
		     "Until then nothing is sealed, and the service does not start.");
		return;
	}
	memcpy(l->keys[l->key_count++], key.public_key, sizeof(key.public_key));
	OPENSSL_cleanse(&key, sizeof(key));
	find(l, FINDING_OK, "log_key", TEXT("It is there, and signs the logs."), NULL);
}

/* Before our own key is among them. */
static void look_at_vouched(struct log_look *l)
{
	size_t count = l->key_count;
	struct text why;

	if (!log_keys_vouched(l->doctor->arena, l->doctor->config->log_dir, NULL, l->keys,
			      &l->key_count, &why))
		find(l, FINDING_FAIL, "log_keys", why,
		     "Until then nothing is sealed: make room there, or put its rights right.");
	else if (l->key_count < count)
		find(l, FINDING_FAIL, "log_keys",
		     text_printf(l->doctor->arena,
				 "%zu keys in the table log_key are not in the file keys in "
				 "log_dir: this service did not put them there.",
				 count - l->key_count),
		     "Nothing that they signed is taken for ours, and they are not published. "
		     "Find out who wrote them, and take them out.");
}

static void look_at_dir(struct log_look *l)
{
	const char *dir = l->doctor->config->log_dir;
	struct text why;

	if (!dir[0])
		find(l, FINDING_WARN, "log_dir",
		     TEXT("None is set: an older backup that is put back would not be noticed."),
		     "Set log_dir to a folder outside the database and its backups.");
	else if (!log_dir_is_usable(dir, l->doctor->arena, &why))
		find(l, FINDING_FAIL, "log_dir", why,
		     "Until then nothing is sealed, and the service does not start.");
	else
		find(l, FINDING_OK, "log_dir", TEXT("Checkpoints are kept outside the database."),
		     NULL);
}

static void look_at_standby(struct log_look *l)
{
	const char *standby = log_standby(l->doctor->config);
	const struct param params[2] = {PARAM(TEXT("0/0")), PARAM(text_of(standby))};
	struct rows rows;

	if (!standby) {
		find(l, FINDING_OK, "seal_after",
		     TEXT("What is on this server's own disk is sealed."), NULL);
		return;
	}
	if (!ask(l, "seal_after", SQL_LOG_SAFE, params, 2, &rows))
		return;
	if (row_bool(&rows, 0, 1))
		find(l, FINDING_OK, "seal_after",
		     TEXT("What the standby has on its disk is sealed, and it is connected."),
		     NULL);
	else
		find(l, FINDING_FAIL, "seal_after",
		     text_printf(l->doctor->arena,
				 "No standby called %s is seen: nothing is sealed.", standby),
		     "Connect it under that application_name, and let the service's role see it: "
		     "grant pg_read_all_stats to concordat_service. Or set seal_after=local.");
}

/* NULL: the log may go on. */
static const char *fault_of(struct log_look *l, struct uuid authority, struct text *detail)
{
	struct arena *arena = l->doctor->arena;
	struct param params[LOG_STATE_PARAMS];
	struct log_state *state = arena_make(arena, struct log_state);
	struct log_filed filed;
	const struct log_filed *of = &filed;
	struct rows rows;

	*detail = TEXT_NONE;
	if (!log_filed_read(arena, l->doctor->config->log_dir, authority, l->keys, l->key_count,
			    &filed, detail))
		return "its checkpoint in log_dir cannot be relied on";
	log_state_params(arena, &authority, &of, 1, params);
	if (!store_session_ask(l->session, SQL_LOG_STATE, params, LOG_STATE_PARAMS, &rows,
			       detail) ||
	    !log_state_take(&rows, 0, state))
		return "it cannot be read";
	l->absent += state->size > 0 && !filed.there;
	return log_state_fault(state, &filed, l->keys, l->key_count);
}

static void look_at_logs(struct log_look *l)
{
	struct arena *arena = l->doctor->arena;
	size_t faults = 0, late = 0;
	struct text first = TEXT_NONE;
	struct rows logs;

	if (!ask(l, "logs", SQL_LOG_UNSEALED, NULL, 0, &logs))
		return;
	for (size_t i = 0; i < logs.count; i++) {
		struct text detail;
		const char *fault = fault_of(l, row_uuid(&logs, i, 0), &detail);

		late += row_int(&logs, i, 1, 0) > 0 &&
			l->now_us - row_int(&logs, i, 2, l->now_us) > UNSEALED_US;
		if (fault && !faults++)
			first = text_printf(arena, "The log of authority %.*s: %s%s%.*s.",
					    TEXT_FMT(row_text(&logs, i, 0)), fault,
					    detail.at ? ": " : "", TEXT_FMT(detail));
	}
	if (faults)
		find(l, FINDING_FAIL, "logs",
		     text_printf(arena, "%zu of %zu logs cannot be sealed any further. %.*s",
				 faults, logs.count, TEXT_FMT(first)),
		     "Find out what happened before anything else: is this the newest database, "
		     "and has nobody changed it? If it must stay as it is, concordatd log-restart "
		     "begins the log again.");
	else if (late && l->doctor->config->log_key_file[0])
		find(l, FINDING_FAIL, "logs",
		     text_printf(arena,
				 "%zu of %zu logs hold entries of over a minute that are "
				 "not sealed.",
				 late, logs.count),
		     "Start a daemon with jobs=true and log_key_file; if one runs, its log says "
		     "what it waits for.");
	else
		find(l, FINDING_OK, "logs", TEXT("Each is of one piece as far as it is sealed."),
		     NULL);
}

static void look_at_absent(struct log_look *l)
{
	if (!l->absent || !l->doctor->config->log_dir[0])
		return;
	find(l, FINDING_WARN, "checkpoints",
	     text_printf(l->doctor->arena,
			 "log_dir holds no checkpoint of %zu logs that were sealed.", l->absent),
	     "Was it lost, or is it another folder than before? The daemon that seals writes them "
	     "again, from the database: see that this is the newest.");
}

void doctor_look_at_logs(struct doctor *d, struct store_session *session, int64_t now_us)
{
	struct log_look look = {.doctor = d, .session = session, .now_us = now_us};
	struct rows keys;

	if (!ask(&look, "log_key", SQL_LOG_KEYS, NULL, 0, &keys))
		return;
	look.key_count = log_keys_take(d->arena, &keys, &look.keys);
	look_at_vouched(&look);
	look_at_key(&look);
	look_at_dir(&look);
	look_at_standby(&look);
	look_at_logs(&look);
	look_at_absent(&look);
}
