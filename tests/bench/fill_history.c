/*
 * fill_history.c - one placement's history, decided by the core and made into what an append holds.
 */
#include "fill_history.h"

#include <openssl/crypto.h>
#include <stdio.h>
#include <string.h>

#include "app/held/effect.h"
#include "app/internal.h"
#include "concordat/wire/document.h"
#include "concordat/wire/json.h"
#include "fill_copy.h"

#define STEP_US (20 * US_PER_SECOND) /* from one fact to the next */
#define STEPS_MOST 11
#define WANTED_DAYS 90
#define FILE_MOST (1 << 20)
#define FEES 500 /* a pound from one to the next */
#define MODELS 2

enum who { OFFICER, PANEL, SIGNATORY, NEGOTIATOR };

struct step {
	enum move move;
	enum who who;
	const char *json;
};

#define OPENING(urgency)                                                  \
	"{\"person_name\":\"Bench Person\",\"person_initials\":\"B.P.\"," \
	"\"care_setting\":\"residential\",\"urgency\":\"" urgency         \
	"\",\"wanted_start\":\"2000-01-01\",\"funding\":[{\"funder\":\"authority\"}]}"
#define NEEDS                                                                 \
	"{\"needs\":[{\"area\":\"daily living\",\"task\":\"Help to wash and " \
	"dress\",\"times_a_week\":7,\"minutes\":60,\"staff\":1}],"            \
	"\"outcomes\":[{\"key\":\"swimming\",\"what\":\"Swim once a week\"}]}"
#define INVOLVEMENT                                                              \
	"{\"purpose\":\"calculation\",\"took_part\":\"fully\",\"how\":\"At the " \
	"kitchen table\",\"words\":\"I want to swim\"}"
#define CALCULATION                                                                \
	"{\"model\":\"residential-ld\",\"version\":\"0.1\",\"inputs\":{"           \
	"\"one_to_one_hours\":\"21\",\"two_to_one_hours\":\"0\",\"shared_hours\":" \
	"\"196\",\"people_sharing\":\"8\",\"waking_nights\":\"7\",\"sleep_ins\":"  \
	"\"0\",\"residents\":\"8\",\"miles\":\"30\"}}"
#define CHEAP_CALCULATION \
	"{\"model\":\"" BENCH_MODEL "\",\"version\":\"" BENCH_MODEL_VERSION "\",\"inputs\":{}}"
/* The council's own offers must keep within it. */
#define APPROVAL                                                                     \
	"{\"outcome\":\"approved\",\"limit_weekly\":{\"amount\":250000,\"currency\"" \
	":\"GBP\"}}"
#define AGREEING                                                                                 \
	"{\"terms_digest\":\"0000000000000000000000000000000000000000000000000000000000000001\"" \
	"}"
#define INVITATION "{\"provider\":\"01234567-0123-7123-8123-0123456789ab\"}"
#define OFFER(rate, start)                                                              \
	"\"terms\":{\"lines\":[{\"key\":\"core\",\"label\":\"Core\",\"unit\":\"week\"," \
	"\"quantity\":\"1\",\"rate\":\"" rate                                           \
	"\"}],\"outcomes\":[{\"key\":\"swimming\"}],\"start\":\"" start "\"}}"

#define NEGOTIATED "1600.00" /* the rate of every offer, so that it is the start that moves */

/* What goes with the number of an agreement in force: half have a method of their own. */
#define LINES                                                                                   \
	"\"lines\":[{\"key\":\"care\",\"label\":\"Care\",\"unit\":\"week\",\"index\":\"nlw\","  \
	"\"quantity\":\"1\",\"rate\":\"480.00\"},{\"key\":\"one_to_one\",\"label\":\"One to "   \
	"one\",\"unit\":\"hour\",\"index\":\"earnings\",\"quantity\":\"17.5\",\"rate\":"        \
	"\"19.84\"},{\"key\":\"food\",\"label\":\"Food\",\"unit\":\"week\",\"index\":\"food\"," \
	"\"quantity\":\"1\",\"rate\":\"46.20\"},{\"key\":\"utilities\",\"label\":"              \
	"\"Utilities\",\"unit\":\"week\",\"index\":\"energy\",\"quantity\":\"1\",\"rate\":"     \
	"\"38.75\"},{\"key\":\"premises\",\"label\":\"Premises\",\"unit\":\"week\",\"index\":"  \
	"\"cpi\",\"quantity\":\"1\",\"rate\":\"111.00\"},{\"key\":\"return\",\"label\":"        \
	"\"Return\",\"unit\":\"week\",\"index\":\"fixed\",\"quantity\":\"1\",\"rate\":"         \
	"\"75.00\"}],"
#define IN_FORCE(more)                                                               \
	"{\"terms\":{" LINES more "\"outcomes\":[{\"key\":\"swimming\"}],\"start\":" \
	"\"2000-01-01\"}}"
static const char *const offers_in_force[] = {
	IN_FORCE(""),
	IN_FORCE("\"uplift\":{\"basis\":\"by_line\",\"cap\":\"6\",\"floor\":\"0\"},"),
	IN_FORCE("\"funding\":[{\"funder\":\"authority\"},{\"funder\":\"nhs\",\"share\":"
		 "\"25\"}],"),
	IN_FORCE("\"uplift\":{\"basis\":\"weighted\",\"weights\":[{\"index\":\"nlw\","
		 "\"percent\":\"70\"},{\"index\":\"cpi\",\"percent\":\"30\"}]},"),
};
#define OFFERS (sizeof(offers_in_force) / sizeof(offers_in_force[0]))

static const struct step opened[] = {
	{MOVE_OPEN_PLACEMENT, OFFICER, OPENING("emergency")},
	{MOVE_CALCULATE, OFFICER, CHEAP_CALCULATION},
};
static const struct step negotiating[] = {
	{MOVE_OPEN_PLACEMENT, OFFICER, OPENING("ordinary")},
	{MOVE_DESCRIBE_NEEDS, OFFICER, NEEDS},
	{MOVE_RECORD_INVOLVEMENT, OFFICER, INVOLVEMENT},
	{MOVE_CALCULATE, OFFICER, CALCULATION},
	{MOVE_REFER_TO_PANEL, OFFICER, "{\"note\":\"As calculated\"}"},
	{MOVE_PANEL_DECIDE, PANEL, APPROVAL},
	{MOVE_INVITE, OFFICER, INVITATION},
	{MOVE_MAKE_OFFER, NEGOTIATOR, "{" OFFER(NEGOTIATED, "2000-01-01")},
};
static const struct step waiting[] = {
	{MOVE_OPEN_PLACEMENT, OFFICER, OPENING("emergency")},
	{MOVE_DESCRIBE_NEEDS, OFFICER, NEEDS},
	{MOVE_RECORD_INVOLVEMENT, OFFICER, INVOLVEMENT},
	{MOVE_CALCULATE, OFFICER, CHEAP_CALCULATION},
	{MOVE_REFER_TO_PANEL, OFFICER, "{}"},
};

static const struct step in_force[] = {
	{MOVE_OPEN_PLACEMENT, OFFICER, OPENING("emergency")},
	{MOVE_DESCRIBE_NEEDS, OFFICER, NEEDS},
	{MOVE_CALCULATE, OFFICER, CHEAP_CALCULATION},
	{MOVE_REFER_TO_PANEL, OFFICER, "{}"},
	{MOVE_PANEL_DECIDE, PANEL, APPROVAL},
	{MOVE_INVITE, OFFICER, INVITATION},
	{MOVE_MAKE_OFFER, NEGOTIATOR, IN_FORCE("")},
	{MOVE_ACCEPT, OFFICER, AGREEING},
	{MOVE_SIGN, SIGNATORY, AGREEING},
	{MOVE_SIGN, NEGOTIATOR, AGREEING},
	{MOVE_CONFIRM_START, OFFICER, "{\"started\":\"2000-01-01\"}"},
};

#define STEPS(list) list, sizeof(list) / sizeof((list)[0])
static const struct {
	const struct step *steps;
	size_t count;
} histories[HISTORY_KINDS] = {
	{STEPS(opened)}, {STEPS(negotiating)}, {STEPS(waiting)}, {STEPS(in_force)}};

const char *const history_names[HISTORY_KINDS] = {"opened", "negotiating", "waiting", "in_force"};

/* One line by the week: what a calculation rests on is not what the cheap histories are for. */
static const char bench_model[] =
	"{\"id\":\"" BENCH_MODEL "\",\"version\":\"" BENCH_MODEL_VERSION
	"\",\"title\":\"A week at a fixed price, for measuring\",\"price_unit\":\"week\","
	"\"effective_from\":\"" BENCH_MODEL_FROM "\",\"illustrative\":true,\"rounding\":"
	"\"penny_nearest\",\"range_is\":\"total_of_runs\",\"assumptions\":[{\"key\":\"fee\","
	"\"label\":\"Fee\",\"unit\":\"pound\",\"low\":\"1500\",\"mid\":\"1600\",\"high\":"
	"\"1690\",\"source\":\"Illustrative\"}],\"lines\":[{\"key\":\"care\",\"label\":\"Care\","
	"\"group\":\"staff\",\"unit\":\"week\",\"kind\":\"amount\",\"value\":\"fee\","
	"\"source\":\"Illustrative\"}]}";

struct makers {
	struct app app; /* for its master key and cipher: no more of it is used */
	struct world world;
	const struct cost_model *models[MODELS];
	void *requests[HISTORY_KINDS][STEPS_MOST];
	void *offers[OFFERS]; /* of those in force */
	int32_t wanted_day;
};

/* ---- what they are made with ---- */

static struct text file_text(struct arena *arena, const char *folder, const char *name)
{
	const char *path =
		folder[0] ? text_cstr(arena, text_printf(arena, "%s/%s", folder, name)) : name;
	char *bytes = arena_alloc(arena, FILE_MOST);
	FILE *in = fopen(path, "r");
	size_t len;

	if (!in)
		fail("%s cannot be opened: %m", path);
	len = fread(bytes, 1, FILE_MOST, in);
	if (ferror(in) || len == FILE_MOST)
		fail("%s cannot be read, or is too long", path);
	fclose(in);
	return (struct text){bytes, len};
}

static const struct cost_model *find_model(void *context, struct text id, struct text version)
{
	const struct makers *makers = context;

	for (size_t i = 0; i < MODELS; i++)
		if (text_eq(cost_model_id(makers->models[i]), id) &&
		    text_eq(cost_model_version(makers->models[i]), version))
			return makers->models[i];
	return NULL;
}

static void load_world(struct makers *makers, struct arena *arena, const char *folder)
{
	struct text why = TEXT_NONE;

	makers->world = (struct world){
		.protocol = protocol_decode(
			arena, file_text(arena, folder, "protocols/standard-1.json"), &why),
		.calendar = calendar_decode(
			arena, file_text(arena, folder, "calendars/england-and-wales.json"), &why),
		.panel_weekday = WEDNESDAY,
		.cost_model = find_model,
		.context = makers,
	};
	makers->models[0] = cost_model_decode(
		arena, file_text(arena, folder, "cost-models/residential-ld-0.1.json"), &why);
	makers->models[1] = cost_model_decode(arena, makers_cost_model(), &why);
	if (!makers->world.protocol || !makers->world.calendar || !makers->models[0] ||
	    !makers->models[1])
		fail("The reference data in %s is unsound: %.*s", folder, TEXT_FMT(why));
}

static void load_key(struct makers *makers, struct arena *arena, const char *file)
{
	struct text digits = file_text(arena, "", file), why;

	if (digits.len && digits.at[digits.len - 1] == '\n')
		digits.len--;
	if (!text_unhex(digits, makers->app.master, sizeof(makers->app.master)))
		fail("%s must hold 64 hexadecimal digits and nothing else", file);
	if (!personal_start(&makers->app, &why))
		fail("%.*s", TEXT_FMT(why));
}

static void *decoded(struct arena *arena, enum move move, const char *json)
{
	const struct schema *schema = move_schema(move);
	struct json_errors errors = {0};
	void *data = arena_alloc(arena, schema->size);
	const struct json_error *first;

	if (json_decode(arena, text_of(json), schema, JSON_REQUEST, NULL, data, &errors))
		return data;
	first = errors.items.items;
	fail("%s: the request does not fit at \"%.*s\": %.*s", move_names[move],
	     TEXT_FMT(first->pointer), TEXT_FMT(first->detail));
}

struct makers *makers_new(struct arena *arena, const char *reference_dir, const char *key_file,
			  int64_t now_us)
{
	struct makers *makers = arena_make(arena, struct makers);

	load_world(makers, arena, reference_dir);
	load_key(makers, arena, key_file);
	makers->wanted_day = london_day(now_us) + WANTED_DAYS;
	for (size_t kind = 0; kind < HISTORY_KINDS; kind++)
		for (size_t i = 0; i < histories[kind].count; i++)
			makers->requests[kind][i] = decoded(arena, histories[kind].steps[i].move,
							    histories[kind].steps[i].json);
	for (size_t i = 0; i < OFFERS; i++)
		makers->offers[i] = decoded(arena, MOVE_MAKE_OFFER, offers_in_force[i]);
	return makers;
}

void makers_free(struct makers *makers)
{
	personal_stop(&makers->app);
	OPENSSL_cleanse(makers->app.master, sizeof(makers->app.master));
}

struct text makers_cost_model(void)
{
	return TEXT(bench_model);
}

struct text makers_offer(struct arena *arena, const struct makers *makers)
{
	struct text month = day_text(arena, makers->wanted_day);

	month.len = strlen("2026-04");
	return text_printf(arena, "{\"move\":\"make_offer\"," OFFER(NEGOTIATED, "%.*s-@DAY@") "\n",
			   TEXT_FMT(month));
}

/* ---- a history ---- */

struct making {
	struct arena *arena;
	struct makers *makers;
	const struct history_plan *plan;
	struct history *history;
};

/* Which terms, and the fee: from one agreement to the next. */
static void vary(const struct making *m, struct make_offer *offer)
{
	int64_t dealt = m->plan->dealt;
	struct fee_line *lines;

	*offer = *(const struct make_offer *)m->makers->offers[(size_t)dealt % OFFERS];
	lines = arena_copy(m->arena, offer->terms.lines.items,
			   offer->terms.lines.count * sizeof(*lines));
	lines[0].rate_r += dealt % FEES * 10000;
	offer->terms.lines.items = lines;
}

/* The request with what differs from one placement to the next. What it points to is shared, and
 * written to: its digests are this placement's until the next is made. */
static const void *request_of(const struct making *m, const struct placement *before, size_t i)
{
	const struct step *step = &histories[m->plan->kind].steps[i];
	const struct history_plan *plan = m->plan;
	void *data = arena_copy(m->arena, m->makers->requests[plan->kind][i],
				move_schema(step->move)->size);
	struct open_placement *open = data;
	struct invite *invite = data;
	struct make_offer *offer = data;
	struct accept *accept = data;
	struct sign *sign = data;
	struct confirm_start *start = data;

	if (step->move == MOVE_OPEN_PLACEMENT) {
		open->wanted_start_day = m->makers->wanted_day;
		open->reference = reference_make(m->arena, "PL", plan->number);
		open->person = m->history->person;
	} else if (step->move == MOVE_INVITE) {
		invite->provider = plan->provider->id;
		invite->home = plan->provider->home;
	} else if (step->move == MOVE_MAKE_OFFER) {
		if (plan->kind == HISTORY_IN_FORCE)
			vary(m, offer);
		offer->terms.start_day = m->makers->wanted_day;
	} else if (step->move == MOVE_ACCEPT) {
		accept->terms_digest = before->threads[0].offers[0].data->terms_digest;
	} else if (step->move == MOVE_SIGN) {
		sign->terms_digest = before->threads[0].offers[0].data->terms_digest;
	} else if (step->move == MOVE_CONFIRM_START) {
		start->started_day = london_day(before->opened_at_us);
	}
	return data;
}

static struct actor actor_of(const struct history_plan *plan, enum who who)
{
	const struct council *c = plan->council;

	switch (who) {
	case OFFICER:
		return (struct actor){c->officer, c->id, SIDE_COMMISSIONER, BIT(ROLE_CASE_OFFICER)};
	case PANEL:
		return (struct actor){c->panel, c->id, SIDE_COMMISSIONER, BIT(ROLE_PANEL_MEMBER)};
	case SIGNATORY:
		return (struct actor){c->signatory, c->id, SIDE_COMMISSIONER, BIT(ROLE_SIGNATORY)};
	case NEGOTIATOR:
		break;
	}
	return (struct actor){plan->provider->negotiator, plan->provider->id, SIDE_PROVIDER,
			      BIT(ROLE_NEGOTIATOR) | BIT(ROLE_SIGNATORY)};
}

static bool stands_as(const struct append_obligation *a, const struct append_obligation *b)
{
	return text_eq(a->owed_by, b->owed_by) && uuid_eq(a->owed_by_id, b->owed_by_id) &&
	       a->due_at_us == b->due_at_us && a->missed_at_us == b->missed_at_us &&
	       a->closed_at_us == b->closed_at_us && text_eq(a->state, b->state);
}

/* As the append upserts them. */
static void lay_over(struct making *m, const struct append_obligation *row, int64_t now_us)
{
	struct history *h = m->history;
	size_t known_count = h->obligation_count;

	for (size_t i = 0; i < h->obligation_count; i++) {
		struct append_obligation *was = &h->obligations[i];
		int64_t next_at_us = was->next_at_us;

		if (was->seq != row->seq || was->n != row->n)
			continue;
		if (!stands_as(was, row)) {
			*LIST_ADD(m->arena, h->were, h->was_count) =
				(struct history_was){*was, h->known_us[i], now_us};
			h->known_us[i] = now_us;
		}
		if (was->due_at_us != row->due_at_us || was->missed_at_us != row->missed_at_us ||
		    !text_eq(was->state, row->state))
			next_at_us = row->next_at_us;
		*was = *row;
		was->next_at_us = next_at_us;
		return;
	}
	*LIST_ADD(m->arena, h->known_us, known_count) = now_us;
	*LIST_ADD(m->arena, h->obligations, h->obligation_count) = *row;
}

static void gather(struct making *m, const struct append *append)
{
	struct history *h = m->history;

	h->recorded_us[h->fact_count] = append->recorded_at_us;
	h->facts[h->fact_count++] = append->facts[0];
	for (size_t i = 0; i < append->text_count; i++)
		*LIST_ADD(m->arena, h->texts, h->text_count) = append->texts[i];
	for (size_t i = 0; i < append->obligation_count; i++)
		lay_over(m, &append->obligations[i], append->recorded_at_us);
	h->last = *append;
}

/* What loading it from the database again would give: the fact with its leaf, the chain's end. */
static void take_leaf(const struct decision *decision, const struct append *append)
{
	struct fact *const *facts = decision->facts.items;

	facts[0]->header_hash = append->facts[0].leaf_hash;
	((struct placement *)decision->after)->last_header = append->facts[0].leaf_hash;
}

static const struct placement *play(struct making *m, const struct placement *before, size_t i)
{
	const struct step *step = &histories[m->plan->kind].steps[i];
	const struct actor actor = actor_of(m->plan, step->who);
	const struct request request = {step->move, request_of(m, before, i), NO_INT, NEVER_US,
					NULL};
	int64_t left = (int64_t)(histories[m->plan->kind].count - 1 - i);
	struct decision decision = core_decide(m->arena, &m->makers->world, before, &actor,
					       &request, m->plan->last_us - left * STEP_US);
	struct append append;

	if (decision.refused)
		fail("%s was refused (%s): %.*s", move_names[step->move], decision.refusal.rule,
		     TEXT_FMT(decision.refusal.sentence));
	if (decision.facts.count != 1)
		fail("Something fell due before %s", move_names[step->move]);
	if (effect_make(&m->makers->app, m->arena, &m->makers->world, before, decision.after,
			&decision.facts, m->history->wrapped_key, &append) != EFFECT_MADE)
		fail("The texts of %s cannot be sealed", move_names[step->move]);
	take_leaf(&decision, &append);
	gather(m, &append);
	return decision.after;
}

int64_t history_span_us(enum history_kind kind)
{
	return (int64_t)(histories[kind].count - 1) * STEP_US;
}

const struct history *history_make(struct arena *arena, struct makers *makers,
				   const struct history_plan *plan)
{
	struct history *h = arena_make(arena, struct history);
	struct making m = {arena, makers, plan, h};
	int64_t opened_us = plan->last_us - history_span_us(plan->kind);
	struct person_key key;

	h->id = uuid_new(opened_us);
	h->person = uuid_new(opened_us);
	h->wrapped_key = person_key_new(&makers->app, arena, plan->council->id, h->person, &key);
	OPENSSL_cleanse(&key, sizeof(key));
	h->facts = arena_array(arena, struct append_fact, histories[plan->kind].count);
	h->recorded_us = arena_array(arena, int64_t, histories[plan->kind].count);
	h->placement = placement_new(arena, plan->council->id, h->id);
	for (size_t i = 0; i < histories[plan->kind].count; i++)
		h->placement = play(&m, h->placement, i);
	return h;
}

int64_t history_next_us(const struct history *history)
{
	int64_t next_us = NEVER_US;

	for (size_t i = 0; i < history->obligation_count; i++)
		if (history->obligations[i].next_at_us < next_us)
			next_us = history->obligations[i].next_at_us;
	return next_us;
}
