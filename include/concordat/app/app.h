/*
 * app.h - what the service does, apart from how it is reached.
 *
 * Every operation takes a struct call and ends in exactly one call->on_answer, from the loop and
 * never before the operation returns. Everything of a call lives in its arena. http turns a request
 * into a call and an answer into bytes; jobs use app_settle and the queries they need.
 */
#ifndef CONCORDAT_APP_APP_H
#define CONCORDAT_APP_APP_H

#include "concordat/base/config.h"
#include "concordat/core/decide.h"
#include "concordat/store/store.h"
#include "concordat/wire/json.h"

struct event_base;
struct app;
struct stream_answer;

/* app owns its cache, reference data and keys; not the store. NULL and *why when the master key is
 * missing or wrong. app_start begins loading reference data; app_ready is true once it is there. */
struct app *app_new(struct event_base *base, const struct config *config, struct store *store,
		    struct arena *arena, struct text *why) __attribute__((warn_unused_result));
void app_start(struct app *app);
bool app_ready(const struct app *app);
void app_free(struct app *app);
struct store *app_store(struct app *app);
const struct config *app_config(const struct app *app);
int64_t app_now_us(const struct app *app); /* protocol time */

/* ---- who calls (identity.c) ---- */

enum organisation_kind {
	ORGANISATION_AUTHORITY,
	ORGANISATION_PROVIDER,
	ORGANISATION_MEDIATION_BODY,
	ORGANISATION_REPRESENTATIVE, /* holds one person or family */
	ORGANISATION_OPERATOR
};
extern const char *const organisation_kind_names[]; /* "authority", ..., as in JSON */

struct caller {
	struct uuid user, organisation;
	enum organisation_kind kind;
	unsigned roles; /* bits 1 << enum role, of the user in that organisation */
	struct uuid token;
};

/* ---- a call and its answer ---- */

struct reply {
	int status;	  /* 200, 201, 304, or a problem's */
	struct text body; /* JSON; for a problem written by answer_problem */
	bool is_problem;
	struct text etag;	  /* quoted; TEXT_NONE: none */
	struct text location;	  /* of what was made */
	struct text next;	  /* query for the next page ("after=...&limit=..."), for Link */
	int retry_after_s;	  /* 0: none */
	const char *content_type; /* NULL: application/json */
	struct text disposition;  /* of a file to be kept; TEXT_NONE: none */
	struct stream_answer *stream; /* the answer has no end (stream.h), and nothing else counts
				       */
};

struct call {
	struct app *app;
	struct arena *arena;
	struct caller caller;
	struct text path_id; /* {id}, {model}, ... as in the path, decoded */
	struct text path_second;
	struct text body;
	struct text content_type; /* of a body that is no JSON, as it was sent */
	int64_t received_us; /* protocol time when the whole request was here: what a move counts by
			      */
	struct uuid key;   /* Idempotency-Key; zero: none (http has refused where it is required) */
	bool has_if_match; /* the version asked for: "v7" or the part of an ETag before the hyphen
			    */
	int32_t if_match;
	const char *accepted;	   /* the media type to answer in, of those that the route gives */
	struct text if_none_match; /* whole header, TEXT_NONE: absent */
	struct text last_event;	   /* Last-Event-ID; TEXT_NONE: absent */
	struct text request_id;
	struct text traceparent; /* of who asked, as trace_kept has it; TEXT_NONE: none */
	struct text (*query)(struct call *call,
			     const char *name); /* a decoded query parameter or TEXT_NONE */
	void (*on_answer)(struct call *call, const struct reply *reply);
	/* What a problem says of the placement the call is about (its version, the legal next
	 * moves), while that is at hand; NULL otherwise. */
	void (*describe)(struct call *call, struct problem *problem);
	const void *described;
	/* The operation's own: told of the answer's status before the answer goes. */
	void (*on_end)(struct call *call, int status);
	void *operation;
	void *user; /* http's own */
};

/* Ends the call. */
void call_answer(struct call *call, int status, struct text body);
/* Ends the call with a problem; code is the rule's name. */
void call_problem(struct call *call, int status, const char *code, struct text detail);
void call_not_found(struct call *call); /* 404: also for another authority's object */
void call_store_fault(struct call *call,
		      enum store_outcome outcome); /* 503 with Retry-After, or 500 */

/* ---- writing (submit.c) ---- */

/* POST /v1/placements: body is open_placement's fields; 201 and a receipt. The caller's
 * organisation must be an authority. */
void app_open_placement(struct call *call);
/* POST /v1/placements/{id}/moves: {"move": "...", fields...}; 200 and a receipt:
 * {"placement":id,"reference":...,"move":...,"version":"v7","entries":[own...],"recorded_at":...}.
 * Order: key known -> its receipt, or 422; not a party -> 404; If-Match missing 428, stale 412
 * (with version); body errors 400; refusal 409 with rule, pointer, version and allowed_moves.
 */
void app_move(struct call *call);

/* POST /v1/placements/import: text/csv, care that already runs, a row a placement (import.c). A row
 * goes in once, by its external reference. */
void app_import_placements(struct call *call);
extern const char *const app_import_types[]; /* NULL-terminated */

/* Time's own move on one placement: whatever fell due before now is recorded. For the clock job.
 * done says whether anything was appended. */
void app_settle(struct app *app, struct uuid authority, struct uuid placement,
		void (*on_done)(enum store_outcome outcome, bool appended, void *context),
		void *context);

/* What became of telling an organisation of an entry. */
enum notice_fate {
	NOTICE_FAILED, /* on the last outside channel that it has */
	NOTICE_TAKEN,  /* by a channel, after all */
	NOTICE_OPENED  /* it has read the placement: of every entry up to that one */
};
struct notice_news {
	enum notice_fate fate;
	struct uuid organisation;
	int32_t entry;	      /* by the placement's own count */
	enum channel channel; /* of what was taken */
};
/* Time's own move on what the organisation owes by it: not served, or served after all. The same
 * way as app_settle, and twice does nothing. */
void app_serve(struct app *app, struct uuid authority, struct uuid placement,
	       const struct notice_news *news,
	       void (*on_done)(enum store_outcome outcome, bool appended, void *context),
	       void *context);

/* ---- reading (query.c, view.c) ---- */

void app_list_placements(struct call *call);  /* GET /v1/placements */
void app_get_placement(struct call *call);    /* GET /v1/placements/{id} */
void app_list_facts(struct call *call);	      /* GET /v1/placements/{id}/facts */
void app_get_fact(struct call *call);	      /* GET /v1/placements/{id}/facts/{entry} */
void app_get_obligation(struct call *call);   /* GET /v1/placements/{id}/obligations/{oid}: oid =
						 "12.1", with explain */
void app_list_obligations(struct call *call); /* GET /v1/obligations */
void app_list_reviews(struct call *call);     /* GET /v1/reviews: those that are not held yet */
void app_list_cost_models(struct call *call); /* GET /v1/cost-models */
void app_get_cost_model(struct call *call);   /* GET /v1/cost-models/{id}/{version} */
void app_calculate(
	struct call *call); /* POST /v1/cost-models/{id}/{version}/calculate: {"inputs":{...}} */
void app_load_cost_model(struct call *call); /* POST /v1/cost-models: the document; an administrator
						 of an authority or of the operator */
void app_preview_uplift(struct call *call);  /* POST /v1/uplifts/preview: nothing is recorded */
void app_compare(struct call *call);	     /* POST /v1/cost-models/compare: before, after */
void app_get_calculation(struct call *call); /* GET /v1/placements/{id}/calculations/{n} */
void app_compare_calculation(
	struct call *call);		   /* GET /v1/placements/{id}/calculations/{n}/comparison */
void app_compare_round(struct call *call); /* GET /v1/placements/{id}/rounds/{n}/comparison */
void app_explain_date(struct call *call);  /* GET /v1/dates/explain */
/* GET /v1/placements/{id}/readings: who read the person's texts, newest first; to those who answer
 * for that at the authority (readings.c). */
void app_list_readings(struct call *call);
extern const char *const app_document_types[]; /* what may be uploaded, NULL-terminated */
void app_upload_document(
	struct call *call);		  /* POST /v1/documents: its bytes -> its id and digest */
void app_get_document(struct call *call); /* GET /v1/documents/{id}: its bytes, to whom it belongs
					     or may see an entry that attaches it */
extern const char *const app_report_types[]; /* beside JSON, NULL-terminated */
/* GET /v1/reports/timescales: as corrected now, or as it was known on a day (as_known_on) with what
 * is counted otherwise since. */
void app_report_timescales(struct call *call);
void app_get_account(struct call *call);     /* GET /v1/placements/{id}/account */
void app_list_statements(struct call *call); /* GET /v1/statements */
void app_list_protocols(struct call *call);  /* GET /v1/protocols */
void app_list_calendars(struct call *call);  /* GET /v1/calendars */

/* ---- an uplift of many (portfolio.c, uplift_one.c) ---- */

/* POST /v1/uplifts: 201 and how it goes, by a manager or an administrator of the authority. 409
 * while another of the same authority is under way. */
void app_order_uplift(struct call *call);
void app_get_uplift(struct call *call);	  /* GET /v1/uplifts/{id} */
void app_list_uplifts(struct call *call); /* GET /v1/uplifts: the authority's, newest first */
void app_stop_uplift(struct call *call);  /* POST /v1/uplifts/{id}/stop: goes no further */

/* What the worker walks with; figures live as long as the walk. */
struct uplift_of_many {
	struct uuid id, authority, asked_by;
	const struct uplift_figures *figures;
	int32_t paid_from_day;
	int64_t weekly_from_p, weekly_to_p; /* NO_INT: any fee */
};

enum uplift_part_kind {
	UPLIFT_APPLIED,
	UPLIFT_OFFERED,	   /* the fee falls: an offer */
	UPLIFT_LEFT_OUT,   /* refused by a rule */
	UPLIFT_PASSED_OVER /* not one of those that are meant */
};

/* Its texts live until the callback returns. */
struct uplift_part {
	enum uplift_part_kind kind;
	struct text rule, reason;
	int64_t weekly_before_p, weekly_after_p; /* applied */
};

/* Applies it to one placement unless its ledger names that uplift already; the same part either
 * way. */
void app_uplift_one(struct app *app, const struct uplift_of_many *many, struct uuid placement,
		    void (*on_done)(enum store_outcome outcome, const struct uplift_part *part,
				    void *context),
		    void *context);

/* ---- the log of an authority (log.c): for it, and for any party of its placements ---- */

void app_get_checkpoint(struct call *call); /* GET /v1/log/{authority}/checkpoint: a signed note */
void app_get_log_keys(struct call *call);   /* GET /v1/log/{authority}/keys */
void app_get_log_proof(struct call *call); /* GET /v1/log/{authority}/proof: of one's own entry; 409
					      while it is not sealed yet */
void app_get_consistency(struct call *call);  /* GET /v1/log/{authority}/consistency */
void app_list_log_headers(struct call *call); /* GET /v1/log/{authority}/headers: of a placement */

/* ---- what was agreed, with what proves it (record.c, no_reply.c) ----
 *
 * For the two sides alone: the commissioner and its auditor, and the provider that it is with; 404
 * to others. 409 not_sealed_yet, to be asked again in a second, until the log is signed over it. */

void app_get_agreement(struct call *call); /* GET /v1/placements/{id}/agreements/{n}: one version,
					      as the placement shows it */
void app_get_record(struct call *call);	   /* .../agreements/{n}/record: wire/record.h's document; a
					      page where text/html is asked for */
extern const char *const app_record_types[];	 /* beside JSON, NULL-terminated */
void app_get_agreement_proof(struct call *call); /* .../agreements/{n}/proof: of the entry that made
						    it */
void app_get_ocds(struct call *call); /* .../ocds and .../agreements/{n}/ocds: Open Contracting Data
					 Standard 1.1, for the authority, where it is switched on */
/* GET /v1/placements/{id}/obligations/{oid}/no-reply: 409 while it is open and was not missed, but
 * until=newest is asked for. */
void app_get_no_reply(struct call *call);

/* ---- messages (deliveries.c, message_rules.c) ---- */

void app_list_deliveries(struct call *call); /* GET /v1/deliveries: to one's own organisation */
void app_get_delivery(struct call *call);    /* GET /v1/deliveries/{id}: with every try at it */
void app_read_delivery(struct call *call);   /* POST /v1/deliveries/{id}/read: what it tells of is
						served by that */
/* GET /v1/placements/{id}/deliveries: how far what one did has reached the other parties. */
void app_list_reached(struct call *call);
void app_list_message_rules(
	struct call *call);		      /* GET /v1/message-rules: one's own, the mailbox's */
void app_set_message_rule(struct call *call); /* POST /v1/message-rules */
void app_remove_message_rule(
	struct call *call); /* DELETE /v1/message-rules/{kind}: "all" is that of the others */

/* ---- administration (organise.c, contact.c, adopt.c, closures.c), and lists (directory.c) ---- */

void app_create_organisation(
	struct call *call); /* POST /v1/organisations: the operator's administrator */
void app_list_organisations(struct call *call); /* GET /v1/organisations: what may be invited, or
						   all for the operator */
void app_set_contact(struct call *call);	/* POST /v1/organisations/{id}/contact: its mailbox,
						   telephone and postal address, all anew */
/* POST /v1/organisations/{id}/protocol: an administrator of the authority, or the operator's. */
void app_adopt_protocol(struct call *call);
/* POST /v1/organisations/{id}/closures: who adopts; the whole list, its version one more. */
void app_load_closures(struct call *call);
/* GET /v1/organisations/{id}/closures: anybody. */
void app_list_closures(struct call *call);
void app_create_home(struct call *call); /* POST /v1/homes: the provider's administrator or
					    negotiator, or the operator's */
void app_list_homes(struct call *call);

/* ---- a home's records (homes.c) ---- */

/* As app_settle, of what falls due in the authority's record of a home. */
void app_settle_home(struct app *app, struct uuid authority, struct uuid home,
		     void (*on_done)(enum store_outcome outcome, bool appended, void *context),
		     void *context);
/* What falls due in any authority's record of the home, and what each is to know of another's flag:
 * recorded as who looks at the home does, and twice does nothing. */
void app_tell_home(struct app *app, struct uuid home,
		   void (*on_done)(enum store_outcome outcome, bool appended, void *context),
		   void *context);
/* What the authority's record of the home makes of the placement, by time, recorded with whatever
 * fell due: as app_settle, and twice does nothing. */
void app_follow_home(struct app *app, struct uuid authority, struct uuid home,
		     struct uuid placement,
		     void (*on_done)(enum store_outcome outcome, bool appended, void *context),
		     void *context);

/* GET /v1/homes/{id}: an authority's own record of it; to its provider each authority's. */
void app_get_home(struct call *call);
/* POST /v1/homes/{id}/moves: as app_move, in the record of the authority named. */
void app_move_home(struct call *call);
void app_create_user(struct call *call);  /* POST /v1/users: {name,email,organisation,roles} */
void app_create_token(struct call *call); /* POST /v1/tokens: {user,organisation,label,days} -> the
					     secret, once */
void app_revoke_token(struct call *call); /* DELETE /v1/tokens/{id} */

/* ---- calendar feeds (calendar_feed.c) ---- */

/* POST /v1/calendar-feeds: {scope,team} -> the address, once. The caller's own. */
void app_create_calendar_feed(struct call *call);
void app_list_calendar_feeds(struct call *call);  /* GET /v1/calendar-feeds: one's own, or all of
						     the organisation's to its administrator */
void app_revoke_calendar_feed(struct call *call); /* DELETE /v1/calendar-feeds/{id} */
/* GET /calendar/{secret}.ics: by app_identify_feed. */
void app_get_calendar(struct call *call);
extern const char *const app_calendar_types[]; /* NULL-terminated */

/* ---- webhooks (webhooks.c, webhook_sends.c): a manager's or administrator's, their own ---- */

void app_create_webhook(struct call *call); /* POST /v1/webhooks: its secret, once */
void app_list_webhooks(struct call *call);  /* GET /v1/webhooks */
void app_get_webhook(struct call *call);    /* GET /v1/webhooks/{id} */
void app_change_webhook(struct call *call); /* POST /v1/webhooks/{id}: all of it anew */
void app_remove_webhook(struct call *call); /* DELETE /v1/webhooks/{id} */
void app_rotate_webhook(struct call *call); /* POST .../rotate: a new secret, once; for a day the
					       old one signs too */
void app_enable_webhook(struct call *call); /* POST .../enable */
void app_test_webhook(struct call *call);   /* POST .../test: queued as anything else is */
void app_replay_webhook(struct call *call); /* POST .../replay: under the same webhook-id */
void app_list_webhook_failures(struct call *call); /* GET .../failures: what it has not taken */

/* ---- mail that came back (bounces.c), and notices that reached nobody (letters.c) ---- */

void app_report_bounce(struct call *call); /* POST /v1/bounces: the operator's administrator */
void app_list_bounces(struct call *call);  /* GET /v1/bounces: of the caller's organisation to its
					      administrator, all to the operator's */
void app_clear_bounce(struct call *call);  /* DELETE /v1/bounces/{id}: likewise */
void app_list_letters(struct call *call);  /* GET /v1/letters: what the caller's own organisation is
					      to telephone or write about */
void app_get_letter(struct call *call);	   /* GET /v1/letters/{id}: also as a page to print */
extern const char *const app_letter_types[]; /* NULL-terminated */

/* Whose bearer token it is; on_caller(NULL) when it is unknown, expired or revoked. Kept in memory
 * for a few seconds at most. */
void app_identify(struct app *app, struct arena *arena, struct text bearer,
		  void (*on_caller)(enum store_outcome outcome, const struct caller *caller,
				    void *context),
		  void *context);
/* The same by the secret in a calendar feed's address: caller.token is the feed's id. */
void app_identify_feed(struct app *app, struct arena *arena, struct text secret,
		       void (*on_caller)(enum store_outcome outcome, const struct caller *caller,
					 void *context),
		       void *context);

#endif
