/*
 * uplifts.c - what an uplift would make of one agreement, or of all that a party has in force.
 *
 * Core works out each from its terms alone; here they are found, added up and shown. A portfolio is
 * read in chunks by the key it is stored under, and each chunk is forgotten once it is added up: so
 * memory does not grow with it, and other calls have their turn between two chunks. The next one is
 * asked for before this one is worked out, so that the database and we work at the same time.
 */
#include "call/page.h"
#include "concordat/app/schemas.h"
#include "concordat/base/report.h"
#include "concordat/core/calendar.h"
#include "concordat/wire/emit.h"
#include "concordat/wire/fact.h"
#include "queries.h"
#include "view/tell.h"

#define CHUNK 256	/* as query_portfolio says */
#define PREVIEWS_MOST 2 /* of whole portfolios at once: each keeps half a core busy */
#define RETRY_S 5
#define REPORTS_MOST 10 /* of what cannot be read; all of it is counted */
#define PAGE_KIND "uplifts"

struct preview {
	struct call *call;
	struct uplift_request asked;
	struct uplift_question question;
	struct page page;
	bool is_whole;	  /* a portfolio with its totals: it holds a place among PREVIEWS_MOST */
	struct uuid last; /* of the placements asked for */
	struct uplift_preview sums;
	struct uplift_rule_row rules[UPLIFT_RULE_COUNT];
	struct writer items;
	int64_t seen;	  /* items of this page, those that cannot be read included */
	struct text next; /* the last of them */
	bool more;
};

struct chunk {
	struct preview *preview;
	struct arena *arena;
};

enum column { PLACEMENT, PASSES, REFERENCE, PROVIDER, SETTING, TERMS_ENTRY, BODY };

/* ---- what is asked ---- */

static bool flaw_refuse(struct call *call, const char *member, const struct flaw *flaw)
{
	call_refuse(call, text_printf(call->arena, "/%s%.*s", member, TEXT_FMT(flaw->pointer)),
		    flaw->sentence);
	return false;
}

static bool member_refuse(struct call *call, const char *pointer, const char *detail)
{
	tell_field(call, pointer, detail);
	return false;
}

static bool filter_check(struct call *call, const struct uplift_request *asked)
{
	const struct uplift_filter *f = &asked->filter;
	bool one = !uuid_is_zero(asked->placement);
	bool filtered = f->setting != NO_ENUM || !uuid_is_zero(f->provider) ||
			!uuid_is_zero(f->authority) || f->weekly_from_p != NO_INT ||
			f->weekly_to_p != NO_INT;

	if (one && filtered)
		return member_refuse(call, "/filter",
				     "does not go with one placement. Leave one of the two out.");
	if (one && asked->after.at)
		return member_refuse(call, "/after",
				     "does not go with one placement. Leave one of the two out.");
	if (f->weekly_from_p != NO_INT && f->weekly_to_p != NO_INT &&
	    f->weekly_from_p > f->weekly_to_p)
		return member_refuse(call, "/filter/weekly_from", "is above weekly_to.");
	return true;
}

/* Everything of the request; false when the call has been answered. */
static bool preview_read(struct preview *p)
{
	struct call *call = p->call;
	struct uplift_request *asked = &p->asked;
	struct flaw flaw = {0};

	if (!call_body(call, &uplift_request_schema, asked))
		return false;
	if (!uplift_figures_check(call->arena, &asked->figures, &flaw))
		return flaw_refuse(call, "figures", &flaw);
	p->question = (struct uplift_question){.figures = &asked->figures,
					       .leave_out_own = asked->leave_out_own};
	if (asked->method.basis != NO_ENUM) {
		if (!uplift_method_check(call->arena, &asked->method, NULL, &flaw))
			return flaw_refuse(call, "method", &flaw);
		p->question.general = &asked->method;
	}
	if (!filter_check(call, asked))
		return false;
	p->page = page_first(call, PAGE_KIND, 1);
	if (asked->limit != NO_INT)
		p->page.limit = asked->limit;
	if (asked->after.at &&
	    (!page_after(&p->page, asked->after) || !uuid_parse(p->page.after[0], &p->last)))
		return member_refuse(call, "/after",
				     "must be as the page before gave it in \"next\". Leave it out "
				     "to begin again.");
	return true;
}

/* ---- adding up ---- */

static void add(struct preview *p, const struct uplift *uplift)
{
	struct uplift_rule_row *rule = &p->rules[uplift->rule];

	p->sums.placements++;
	p->sums.uplifted += uplift->is_uplifted;
	p->sums.weekly_now_p += uplift->weekly_now_p;
	p->sums.weekly_then_p += uplift->weekly_then_p;
	rule->rule = uplift->rule;
	rule->placements++;
	rule->weekly_now_p += uplift->weekly_now_p;
	rule->weekly_then_p += uplift->weekly_then_p;
}

/* who: whose agreement it is; the rest of the row is taken from uplift. */
static void show(struct preview *p, struct uplift_row who, const struct uplift *uplift,
		 bool with_lines)
{
	static const size_t wholes[] = {offsetof(struct uplift, lines),
					offsetof(struct uplift, funding),
					offsetof(struct uplift, path)};

	who.rule = uplift->rule;
	who.is_uplifted = uplift->is_uplifted;
	who.reason = uplift->reason;
	who.weekly_now_p = uplift->weekly_now_p;
	who.weekly_then_p = uplift->weekly_then_p;
	who.difference_p = uplift->difference_p;
	who.percent_r = uplift->percent_r;
	emit_begin(&p->items, NULL, '{');
	emit_members(&p->items, &uplift_row_schema, &who, AUDIENCE_COMMISSIONER);
	for (size_t i = 0; with_lines && i < sizeof(wholes) / sizeof(wholes[0]); i++)
		emit_member(&p->items, NULL, &uplift_schema, wholes[i], uplift,
			    AUDIENCE_COMMISSIONER);
	emit_end(&p->items, '}');
}

static void answer(struct preview *p)
{
	struct writer w;
	struct uplift_rule_row *rules = NULL;

	p->sums.from_day = p->asked.figures.from_day;
	p->sums.difference_p = p->sums.weekly_then_p - p->sums.weekly_now_p;
	if (p->page.has_after)
		p->sums.placements = p->sums.uplifted = p->sums.weekly_now_p =
			p->sums.weekly_then_p = p->sums.difference_p = NO_INT;
	for (size_t i = 0; i < UPLIFT_RULE_COUNT && !p->page.has_after; i++)
		if (p->rules[i].placements)
			*LIST_ADD(p->call->arena, rules, p->sums.by_rule.count) = p->rules[i];
	p->sums.by_rule.items = rules;
	if (p->more)
		p->sums.next = page_cursor(&p->page, &p->next);
	emit_end(&p->items, ']');
	writer_init(&w, p->call->arena);
	emit_begin(&w, NULL, '{');
	emit_members(&w, &uplift_preview_schema, &p->sums, AUDIENCE_COMMISSIONER);
	emit_json(&w, "items", writer_text(&p->items));
	emit_end(&w, '}');
	call_answer(p->call, 200, writer_text(&w));
}

/* ---- a portfolio ---- */

/* Its terms as they stand in the ledger; NULL when they cannot be read, which is reported. */
static const struct terms *terms_of(struct preview *p, struct arena *arena, const struct rows *rows,
				    size_t row)
{
	const struct digest leaf_hash = {{0}}; /* nothing is chained to it here */
	struct text why = TEXT("the fact that should hold them is not there");
	struct text body = row_text(rows, row, BODY);
	const struct fact *fact = NULL;
	const struct terms *terms;

	if (body.at)
		fact = fact_decode(arena, (int32_t)row_int(rows, row, TERMS_ENTRY, 0), 0,
				   &leaf_hash, body, &why);
	terms = fact ? fact_terms(fact) : NULL;
	if (terms)
		return terms;
	if (fact)
		why = TEXT("the fact that should hold them holds none");
	if (p->sums.unreadable++ < REPORTS_MOST)
		report(REPORT_ERROR, "app", "An agreement's terms cannot be read", "placement",
		       text_cstr(arena, row_text(rows, row, PLACEMENT)), "why",
		       text_cstr(arena, why), NULL);
	return NULL;
}

static void take_row(struct preview *p, struct arena *arena, const struct rows *rows, size_t row)
{
	bool is_shown = p->seen < p->page.limit;
	const struct terms *terms;
	struct uplift uplift;

	if (!is_shown && !p->is_whole) {
		p->more = true;
		return;
	}
	if (is_shown) {
		p->seen++;
		p->next = text_copy(p->call->arena, row_text(rows, row, PLACEMENT));
	} else {
		p->more = true;
	}
	terms = terms_of(p, arena, rows, row);
	if (!terms)
		return;
	uplift_work(arena, terms, &p->question, &uplift);
	add(p, &uplift);
	if (is_shown)
		show(p,
		     (struct uplift_row){
			     .placement = row_uuid(rows, row, PLACEMENT),
			     .reference = row_text(rows, row, REFERENCE),
			     .provider = row_uuid(rows, row, PROVIDER),
			     .setting = row_text(rows, row, SETTING),
		     },
		     &uplift, false);
}

static void leave_place(struct preview *p)
{
	p->call->app->previews -= p->is_whole;
}

static void preview_done(struct preview *p)
{
	leave_place(p);
	answer(p);
}

static void ask_chunk(struct preview *p);

static void on_chunk(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct chunk *chunk = context;
	struct arena *arena = chunk->arena;
	struct preview *p = chunk->preview;
	bool goes_on;

	if (outcome != STORE_DONE) {
		leave_place(p);
		call_store_fault(p->call, outcome);
		arena_free(arena);
		return;
	}
	goes_on = rows->count == CHUNK;
	if (goes_on)
		p->last = row_uuid(rows, rows->count - 1, PLACEMENT);
	if (goes_on && p->is_whole)
		ask_chunk(p); /* it is on its way while these are worked out */
	for (size_t i = 0; i < rows->count; i++)
		if (row_bool(rows, i, PASSES))
			take_row(p, arena, rows, i);
	arena_free(arena);
	if (goes_on && !p->is_whole && !p->more)
		ask_chunk(p);
	else if (!goes_on || !p->is_whole)
		preview_done(p);
}

static void ask_chunk(struct preview *p)
{
	const struct uplift_filter *filter = &p->asked.filter;
	struct arena *arena = arena_new();
	struct chunk *chunk = arena_make(arena, struct chunk);
	struct param *params = arena_array(arena, struct param, 7);

	*chunk = (struct chunk){p, arena};
	params[0] = param_uuid(arena, p->call->caller.organisation);
	params[1] = PARAM(uuid_text(arena, p->last)); /* at first behind zero, which is nobody's */
	params[2] =
		PARAM(filter->setting == NO_ENUM ? TEXT_NONE
						 : text_of(care_setting_names[filter->setting]));
	params[3] = param_uuid(arena, filter->provider);
	params[4] = param_uuid(arena, filter->authority);
	params[5] = PARAM(TEXT_NONE);
	params[6] = PARAM(TEXT_NONE);
	if (filter->weekly_from_p != NO_INT)
		params[5] = param_int(arena, filter->weekly_from_p);
	if (filter->weekly_to_p != NO_INT)
		params[6] = param_int(arena, filter->weekly_to_p);
	store_read(app_store(p->call->app), arena, p->call->caller.organisation,
		   SQL_QUERY_PORTFOLIO, params, 7, on_chunk, chunk);
}

static void refuse_busy(struct call *call)
{
	call_problem_later(call, 503, "previews_busy",
			   TEXT("Others are having whole portfolios worked out just now. Try again "
				"in a few seconds."),
			   RETRY_S);
}

static void begin_portfolio(struct preview *p)
{
	p->is_whole = !p->page.has_after;
	if (p->is_whole && p->call->app->previews == PREVIEWS_MOST) {
		refuse_busy(p->call);
		return;
	}
	p->call->app->previews += p->is_whole;
	ask_chunk(p);
}

/* ---- one agreement ---- */

static void refuse_not_in_force(struct call *call)
{
	call_problem(call, 409, "not_in_force",
		     TEXT("There is no agreement in force with you here, so there is nothing to "
			  "uplift."));
}

static void on_one_loaded(const struct loaded *loaded, void *context)
{
	struct preview *p = context;
	const struct placement *placement = loaded->placement;
	const struct agreement *agreement;
	const struct thread *thread;
	const struct party *party;
	struct uplift uplift;
	struct actor actor;

	if (loaded->outcome != STORE_DONE) {
		call_store_fault(p->call, loaded->outcome);
		return;
	}
	if (loaded->broken) {
		tell_unreadable(p->call);
		return;
	}
	if (!access_actor(placement, &p->call->caller, &actor, &party)) {
		call_not_found(p->call);
		return;
	}
	agreement = placement_agreement(placement);
	thread = agreement ? placement_thread(placement, agreement->thread) : NULL;
	/* Another provider has its own end there, and learns nothing of the one agreed. */
	if (!thread || party_stage(placement, party) != STAGE_IN_FORCE ||
	    (party->side == SIDE_PROVIDER && !uuid_eq(thread->provider, party->organisation))) {
		refuse_not_in_force(p->call);
		return;
	}
	uplift_work(p->call->arena, agreement->terms, &p->question, &uplift);
	add(p, &uplift);
	show(p,
	     (struct uplift_row){
		     .placement = placement->id,
		     .reference = placement->opening->reference,
		     .provider = thread->provider,
		     .setting = text_of(care_setting_names[placement->opening->care_setting]),
	     },
	     &uplift, true);
	answer(p);
}

void app_preview_uplift(struct call *call)
{
	struct preview *p = arena_make(call->arena, struct preview);

	p->call = call;
	if (!preview_read(p))
		return;
	writer_init(&p->items, call->arena);
	emit_begin(&p->items, NULL, '[');
	if (uuid_is_zero(p->asked.placement))
		begin_portfolio(p);
	else
		load_placement(call->app, call->arena, call->caller.organisation,
			       p->asked.placement, (struct uuid){0}, (struct uuid){0},
			       on_one_loaded, p);
}
