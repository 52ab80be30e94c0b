/*
 * schemas_webhook.c - the field tables of what is asked and answered about webhooks.
 */
#include "concordat/app/schemas_webhook.h"

#include "concordat/core/fields.h"
#include "concordat/core/words.h"

/* The entries of a home's record that no placement's has the name of, and what is no entry, stand
 * behind. */
const char *const webhook_kind_names[] = {
	FACTS(WORDS_NAME) "quality_scored",
	"flag_raised",
	"flag_answered",
	"improvement_plan_filed",
	"help_offered",
	"flag_told",
	"reminder",
	"calendar_ends",
	NULL,
};
const size_t webhook_kind_count = sizeof(webhook_kind_names) / sizeof(webhook_kind_names[0]) - 1;
#define KINDS_MOST ((int64_t)(sizeof(webhook_kind_names) / sizeof(webhook_kind_names[0]) - 1))

const struct schema webhook_call_schema = {
	.name = "webhook_call",
	.size = sizeof(struct webhook_call),
	.help = "An empty object: there is nothing to say",
};

static const struct field webhook_request_fields[] = {
	TEXT_F(webhook_request, url, REQ, 2000, "where to: an https address of the internet"),
	TEXT_F(webhook_request, description, 0, 200, "what it is for"),
	WORDS_F(webhook_request, kinds, 0, 1, KINDS_MOST, webhook_kind_names,
		"what it is told of; everything when left out"),
};
TABLE(webhook_request, struct webhook_request,
      "A program to be told; what is left out is as if it had never been given");

static const struct field webhook_row_fields[] = {
	ID_F(webhook_row, id, REQ, "its id"),
	TEXT_F(webhook_row, url, REQ, 2000, "where to"),
	TEXT_F(webhook_row, description, 0, 200, "what it is for"),
	WORDS_F(webhook_row, kinds, 0, 1, KINDS_MOST, webhook_kind_names,
		"what it is told of; everything when absent"),
	TEXT_F(webhook_row, state, REQ, 12, "active or disabled"),
	TEXT_F(webhook_row, disabled_because, 0, 300, "why it is disabled"),
	INSTANT_F(webhook_row, old_secret_until_us, "old_secret_until", 0,
		  "the secret before this one signs too until then"),
	INSTANT_F(webhook_row, failing_since_us, "failing_since", 0,
		  "nothing was taken since then"),
	INSTANT_F(webhook_row, slowed_until_us, "slowed_until", 0,
		  "it asked to be left alone until then"),
	INSTANT_F(webhook_row, created_at_us, "created_at", REQ, "when it was entered"),
	TEXT_F(webhook_row, secret, 0, 100,
	       "the signing secret, shown once: in the answer to the call that made it"),
};
TABLE(webhook_row, struct webhook_row, "A program that is told");

static const struct field webhook_test_fields[] = {
	ID_F(webhook_test, delivery, REQ, "the test's delivery; webhook-id says the same"),
};
TABLE(webhook_test, struct webhook_test, "A test that was queued");

static const struct field webhook_replay_fields[] = {
	ID_F(webhook_replay, delivery, 0, "one delivery, whatever became of it"),
	INSTANT_F(webhook_replay, since_us, "since", 0, "those made then or later"),
	INSTANT_F(webhook_replay, until_us, "until", 0, "and before then; until now when left out"),
	BOOL_F(webhook_replay, delivered, 0,
	       "those that were delivered, too; else those that failed"),
};
TABLE(webhook_replay, struct webhook_replay,
      "What is to be sent again, under the same webhook-id: one delivery, or those of a time");

static const struct field webhook_replayed_fields[] = {
	ID_F(webhook_replayed, webhook, REQ, "to which webhook"),
	INT_F(webhook_replayed, queued, REQ, 0, INT64_MAX, "how many are sent again"),
	INSTANT_F(webhook_replayed, up_to_us, "up_to", 0, "all that were asked for before then"),
	BOOL_F(webhook_replayed, more, 0, "ask again with since as up_to: there are more"),
};
TABLE(webhook_replayed, struct webhook_replayed, "What is sent again");

static const struct field webhook_failure_fields[] = {
	ID_F(webhook_failure, delivery, REQ, "the delivery; webhook-id says the same"),
	ID_F(webhook_failure, placement, 0, "of which placement"),
	TEXT_F(webhook_failure, kind, REQ, 60, "what it tells of"),
	TEXT_F(webhook_failure, state, REQ, 12, "queued (tried again), failed or unknown"),
	INT_F(webhook_failure, attempts, REQ, 0, INT64_MAX, "how often it was tried"),
	TEXT_F(webhook_failure, url, 0, 2000, "where the last try went"),
	INT_F(webhook_failure, status, 0, 0, 999, "the last answer's status"),
	TEXT_F(webhook_failure, answer, 0, 500, "the last answer, or what went wrong"),
	INSTANT_F(webhook_failure, created_at_us, "created_at", REQ, "when it was made"),
	INSTANT_F(webhook_failure, tried_at_us, "tried_at", 0, "when it was tried last"),
	INSTANT_F(webhook_failure, next_try_at_us, "next_try_at", 0, "when it is tried again"),
};
TABLE(webhook_failure, struct webhook_failure, "A delivery that was not taken");
