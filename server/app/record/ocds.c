/*
 * ocds.c - agreements in the Open Contracting Data Standard 1.1: who buys care of whom, at what
 * price, what was amended and why, and when it was reviewed.
 *
 * A contract for one person's care can tell who that person is, so nothing is given until the
 * operator sets ocds_prefix, and then to the authority alone, which decides what it publishes. No
 * home, no outcome, no reason of an end is in it. A release is what the ledger said when the entry
 * that it is about was recorded, and so never changes: it is written from the placement folded up
 * to that entry. The record is all of them and the newest.
 *
 * Members, code lists and what is required: standard.open-contracting.org, release 1.1.
 */
#include "concordat/core/situation.h"
#include "concordat/wire/emit.h"
#include "held/look.h"
#include "queries.h"

#define CONTRACT_ID "1"

struct name_of {
	struct uuid id;
	struct text name;
};

struct publishing {
	struct look *look;
	int32_t version; /* of the agreement that is asked for; 0: the record */
	struct name_of *suppliers;
	size_t supplier_count;
};

/* What a release is about. */
struct release {
	const struct placement *then; /* folded up to and with entry */
	const struct fact *fact;
	const char *tag;
};

/* ---- values ---- */

static void put_midnight(struct writer *w, const char *name, int32_t day)
{
	bool summer;

	if (day == NO_DAY)
		return;
	summer = london_is_summer(london_instant(day, 0, 0));
	emit_text(w, name,
		  text_printf(w->arena, "%.*sT00:00:00%s", TEXT_FMT(day_text(w->arena, day)),
			      summer ? "+01:00" : "Z"));
}

/* The standard has money as a number, in pounds. */
static void put_value(struct writer *w, const char *name, int64_t pence)
{
	emit_begin(w, name, '{');
	emit_json(w, "amount",
		  text_printf(w->arena, "%lld.%02lld", (long long)(pence / 100),
			      (long long)(pence % 100)));
	emit_word(w, "currency", "GBP");
	emit_end(w, '}');
}

static struct text ocid(struct arena *arena, const struct publishing *p)
{
	return text_printf(arena, "%s-%.*s", app_config(p->look->call->app)->ocds_prefix,
			   TEXT_FMT(uuid_text(arena, p->look->recorded->id)));
}

static struct text release_id(struct arena *arena, const struct fact *fact)
{
	return instant_text(arena, fact->recorded_at_us);
}

static struct text setting_words(struct arena *arena, const struct placement *placement)
{
	struct writer w;

	writer_init(&w, arena);
	for (const char *c = care_setting_names[placement->opening->care_setting]; *c; c++)
		writer_char(&w, *c == '_' ? ' ' : *c);
	return writer_text(&w);
}

/* ---- who ---- */

static struct text supplier_name(const struct publishing *p, struct uuid id)
{
	for (size_t i = 0; i < p->supplier_count; i++)
		if (uuid_eq(p->suppliers[i].id, id))
			return p->suppliers[i].name;
	return TEXT("A care provider");
}

static struct uuid supplier_of(const struct placement *placement, const struct agreement *agreement)
{
	return placement_thread(placement, agreement->thread)->provider;
}

static void put_organisation(struct writer *w, const char *member, struct uuid id, struct text name,
			     const char *role)
{
	emit_begin(w, member, '{');
	emit_id(w, "id", id);
	emit_text(w, "name", name);
	if (role) {
		emit_begin(w, "roles", '[');
		emit_word(w, NULL, role);
		emit_end(w, ']');
	}
	emit_end(w, '}');
}

static void put_parties(struct writer *w, const struct publishing *p, const struct placement *then)
{
	const struct authority_settings *buyer = p->look->settings;

	emit_begin(w, "parties", '[');
	put_organisation(w, NULL, buyer->id, buyer->name, "buyer");
	for (size_t i = 0; i < then->agreement_count; i++) {
		struct uuid id = supplier_of(then, &then->agreements[i]);
		bool before = false;

		for (size_t n = 0; n < i; n++)
			before |= uuid_eq(id, supplier_of(then, &then->agreements[n]));
		if (!before)
			put_organisation(w, NULL, id, supplier_name(p, id), "supplier");
	}
	emit_end(w, ']');
	put_organisation(w, "buyer", buyer->id, buyer->name, NULL);
}

/* ---- the contract ---- */

static const char *rationale(const struct placement *placement, const struct agreement *agreement)
{
	static const char *const by_round[ROUND_KIND_COUNT] = {
		[ROUND_INITIAL] = "Agreed anew by both parties.",
		[ROUND_REVIEW] = "Agreed by both parties after a review of the care.",
		[ROUND_VARIATION] = "A variation agreed by both parties.",
		[ROUND_UPLIFT] = "A change of the fee agreed by both parties.",
		[ROUND_EXTENSION] = "An extension agreed by both parties.",
		[ROUND_CORRECTION] = "A correction of an earlier version, signed by both parties.",
	};

	switch (agreement->basis) {
	case AGREEMENT_SIGNED:
		return by_round[thread_round(placement, agreement->thread)->kind];
	case AGREEMENT_UPLIFTED:
		return "The fee was changed by the method agreed in the contract.";
	case AGREEMENT_EXISTING:
		return "Care that was already running was recorded.";
	case AGREEMENT_NOVATED:
		return "Another provider took the contract over.";
	case AGREEMENT_BASIS_COUNT:
		break;
	}
	return NULL;
}

static void put_amendments(struct writer *w, const struct placement *then)
{
	if (then->agreement_count < 2)
		return;
	emit_begin(w, "amendments", '[');
	for (size_t i = 1; i < then->agreement_count; i++) {
		const struct agreement *agreement = &then->agreements[i];
		const struct fact *fact = then->facts[agreement->entry - 1];
		const struct fact *before = then->facts[then->agreements[i - 1].entry - 1];

		emit_begin(w, NULL, '{');
		emit_text(w, "id", text_printf(w->arena, "%lld", (long long)agreement->number));
		emit_instant(w, "date", fact->recorded_at_us);
		emit_word(w, "rationale", rationale(then, agreement));
		emit_text(w, "amendsReleaseID", release_id(w->arena, before));
		emit_text(w, "releaseID", release_id(w->arena, fact));
		emit_end(w, '}');
	}
	emit_end(w, ']');
}

static void put_milestone(struct writer *w, struct text id, const char *title, int32_t due_day,
			  int32_t met_day)
{
	emit_begin(w, NULL, '{');
	emit_text(w, "id", id);
	emit_word(w, "title", title);
	emit_word(w, "type", "assessment");
	put_midnight(w, "dueDate", due_day);
	put_midnight(w, "dateMet", met_day);
	emit_word(w, "status", met_day == NO_DAY ? "scheduled" : "met");
	emit_end(w, '}');
}

static void put_milestones(struct writer *w, const struct placement *then)
{
	static const char *const titles[REVIEW_KIND_COUNT] = {
		[REVIEW_FIRST] = "First review",
		[REVIEW_THREE_MONTH] = "Three-month review",
		[REVIEW_YEARLY] = "Yearly review",
		[REVIEW_REQUESTED] = "Review that was asked for",
	};

	emit_begin(w, "milestones", '[');
	for (size_t i = 0; i < then->review_count; i++) {
		const struct review *review = &then->reviews[i];

		put_milestone(w, text_printf(w->arena, "held-%d", review->entry),
			      titles[review->data->kind], NO_DAY, review->data->held_day);
	}
	for (size_t i = 0; i < then->obligation_count; i++) {
		const struct obligation *o = &then->obligations[i];

		for (int kind = 0; kind < REVIEW_KIND_COUNT; kind++)
			if (o->duty == review_duty((enum review_kind)kind) && obligation_is_open(o))
				put_milestone(w, text_printf(w->arena, "due-%d-%d", o->entry, o->n),
					      titles[kind], o->due_day, NO_DAY);
	}
	emit_end(w, ']');
}

static void put_item(struct writer *w, const struct placement *then,
		     const struct agreement *agreement)
{
	emit_begin(w, "items", '[');
	emit_begin(w, NULL, '{');
	emit_word(w, "id", "1");
	emit_text(w, "description",
		  text_printf(w->arena, "Care of one person for a week: %.*s",
			      TEXT_FMT(setting_words(w->arena, then))));
	emit_int(w, "quantity", 1);
	emit_begin(w, "unit", '{');
	emit_word(w, "scheme", "UNCEFACT");
	emit_word(w, "id", "WEE"); /* UN/CEFACT Recommendation 20: week */
	emit_word(w, "name", "week");
	put_value(w, "value", agreement->terms->weekly_p);
	emit_end(w, '}');
	emit_end(w, '}');
	emit_end(w, ']');
}

static const char *contract_status(const struct release *r, const struct agreement *first)
{
	if (r->then->ended_entry)
		return "terminated";
	return first->from_day > london_day(r->fact->recorded_at_us) ? "pending" : "active";
}

static void put_contract(struct writer *w, const struct release *r)
{
	const struct placement *then = r->then;
	const struct agreement *first = &then->agreements[0];
	const struct agreement *last = &then->agreements[then->agreement_count - 1];
	int32_t end_day = then->last_day != NO_DAY ? then->last_day : last->terms->end_day;

	emit_begin(w, "contracts", '[');
	emit_begin(w, NULL, '{');
	emit_word(w, "id", CONTRACT_ID);
	emit_word(w, "awardID", CONTRACT_ID);
	emit_text(w, "title",
		  text_printf(w->arena, "Care placement: %.*s",
			      TEXT_FMT(setting_words(w->arena, then))));
	emit_word(w, "status", contract_status(r, first));
	emit_begin(w, "period", '{');
	put_midnight(w, "startDate", first->from_day);
	put_midnight(w, "endDate", end_day);
	emit_end(w, '}');
	emit_instant(w, "dateSigned", then->facts[first->entry - 1]->recorded_at_us);
	put_item(w, then, last);
	put_amendments(w, then);
	put_milestones(w, then);
	emit_end(w, '}');
	emit_end(w, ']');
}

static void put_award(struct writer *w, const struct publishing *p, const struct placement *then)
{
	const struct agreement *last = &then->agreements[then->agreement_count - 1];
	struct uuid id = supplier_of(then, last);

	emit_begin(w, "awards", '[');
	emit_begin(w, NULL, '{');
	emit_word(w, "id", CONTRACT_ID);
	emit_word(w, "status", "active");
	emit_begin(w, "suppliers", '[');
	put_organisation(w, NULL, id, supplier_name(p, id), NULL);
	emit_end(w, ']');
	emit_end(w, '}');
	emit_end(w, ']');
}

static void put_release(struct writer *w, const char *member, const struct publishing *p,
			const struct release *r, bool compiled)
{
	struct text id = release_id(w->arena, r->fact);

	emit_begin(w, member, '{');
	emit_text(w, "ocid", ocid(w->arena, p));
	emit_text(w, "id",
		  compiled ? text_printf(w->arena, "%.*s-%.*s", TEXT_FMT(ocid(w->arena, p)),
					 TEXT_FMT(id))
			   : id);
	emit_instant(w, "date", r->fact->recorded_at_us);
	emit_begin(w, "tag", '[');
	emit_word(w, NULL, compiled ? "compiled" : r->tag);
	emit_end(w, ']');
	emit_word(w, "initiationType", "tender");
	emit_word(w, "language", "en");
	put_parties(w, p, r->then);
	put_award(w, p, r->then);
	put_contract(w, r);
	emit_end(w, '}');
}

/* ---- which releases there are ---- */

static const struct agreement *made_by(const struct placement *p, int32_t entry)
{
	for (size_t i = 0; i < p->agreement_count; i++)
		if (p->agreements[i].entry == entry)
			return &p->agreements[i];
	return NULL;
}

/* NULL: nothing is published of the entry. */
static const char *tag_of(const struct placement *then, const struct fact *fact)
{
	const struct agreement *made = made_by(then, fact->seq);

	if (!then->agreement_count)
		return NULL;
	if (made)
		return made->number == 1 ? "contract" : "contractAmendment";
	if (then->ended_entry == fact->seq)
		return "contractTermination";
	if (fact->kind != FACT_REVIEW_HELD)
		return NULL;
	return then->review_count == 1 ? "implementation" : "implementationUpdate";
}

static void package_begin(struct writer *w, const struct publishing *p)
{
	const struct call *call = p->look->call;
	struct text id = uuid_text(w->arena, p->look->recorded->id);
	struct text uri = text_printf(w->arena, "%s/v1/placements/%.*s",
				      app_config(call->app)->public_url, TEXT_FMT(id));

	emit_begin(w, NULL, '{');
	emit_text(w, "uri",
		  p->version ? text_printf(w->arena, "%.*s/agreements/%d/ocds", TEXT_FMT(uri),
					   p->version)
			     : text_printf(w->arena, "%.*s/ocds", TEXT_FMT(uri)));
	emit_word(w, "version", "1.1");
	emit_instant(w, "publishedDate", p->look->now_us);
	emit_begin(w, "publisher", '{');
	emit_text(w, "name", p->look->settings->name);
	emit_end(w, '}');
}

/* Folds the ledger once more, and writes each release where it falls. False: it cannot be followed,
 * or what was asked for is not there. */
static bool write_package(struct writer *w, const struct publishing *p)
{
	const struct placement *now = p->look->recorded;
	struct placement *then = placement_new(w->arena, now->authority, now->id);
	struct release last = {0};

	package_begin(w, p);
	if (!p->version) {
		emit_begin(w, "records", '[');
		emit_begin(w, NULL, '{');
		emit_text(w, "ocid", ocid(w->arena, p));
	}
	emit_begin(w, "releases", '[');
	for (size_t i = 0; i < now->fact_count; i++) {
		const struct agreement *made;
		const char *tag;

		if (!placement_apply(then, now->facts[i]))
			return false;
		tag = tag_of(then, now->facts[i]);
		made = made_by(then, now->facts[i]->seq);
		if (!tag || (p->version && (!made || made->number != p->version)))
			continue;
		last = (struct release){then, now->facts[i], tag};
		put_release(w, NULL, p, &last, false);
	}
	emit_end(w, ']');
	if (!p->version && last.fact)
		put_release(w, "compiledRelease", p, &last, true);
	if (!p->version) {
		emit_end(w, '}');
		emit_end(w, ']');
	}
	emit_end(w, '}');
	return last.fact != NULL;
}

/* ---- the answer ---- */

static void on_end(struct call *call, int status)
{
	struct publishing *p = call->operation;

	(void)status;
	load_release(p->look->held);
}

static void on_names(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct publishing *p = context;
	struct call *call = p->look->call;
	struct writer w;

	if (outcome != STORE_DONE) {
		call_store_fault(call, outcome);
		return;
	}
	p->suppliers = arena_array(call->arena, struct name_of, rows->count);
	for (size_t i = 0; i < rows->count; i++)
		if (!row_is_null(rows, i, 0))
			p->suppliers[p->supplier_count++] =
				(struct name_of){row_uuid(rows, i, 0), row_text(rows, i, 1)};
	writer_init(&w, call->arena);
	if (write_package(&w, p))
		call_answer(call, 200, writer_text(&w));
	else
		call_not_found(call);
}

static void read_names(struct look *look)
{
	struct call *call = look->call;
	struct publishing *p = call->operation;
	const struct placement *placement = look->recorded;
	struct text *ids = arena_array(call->arena, struct text, placement->agreement_count);
	struct param *param = arena_array(call->arena, struct param, 1);

	look->goes_on = true; /* until on_end */
	call->on_end = on_end;
	for (size_t i = 0; i < placement->agreement_count; i++)
		ids[i] = uuid_text(call->arena, supplier_of(placement, &placement->agreements[i]));
	*param = param_array(call->arena, ids, placement->agreement_count);
	call_work(call, SQL_RECORD_NAMES, param, 1, on_names, p);
}

/* False when the call has been answered. */
static bool may_publish(const struct look *look)
{
	struct call *call = look->call;

	if (look->actor.side != SIDE_COMMISSIONER && look->actor.side != SIDE_AUDITOR) {
		call_not_found(call);
		return false;
	}
	if (app_config(call->app)->ocds_prefix[0])
		return true;
	call_problem(call, 409, "not_published",
		     TEXT("This service gives out no open contracting data, because a contract "
			  "for one person's care can tell who it is for. Its operator sets "
			  "ocds_prefix, the publisher's registered prefix, to give it to the "
			  "authority."));
	return false;
}

static void on_loaded(const struct loaded *loaded, void *context)
{
	struct look *look = context;
	struct call *call = look->call;
	struct publishing *p = arena_make(call->arena, struct publishing);

	if (!look_begin(look, loaded) || !may_publish(look))
		return;
	*p = (struct publishing){.look = look};
	if ((call->path_second.at && !text_to_number(call->path_second, &p->version)) ||
	    !look->recorded->agreement_count) {
		call_not_found(call);
		return;
	}
	call->operation = p;
	look_answer(look, read_names);
}

void app_get_ocds(struct call *call)
{
	look_start(call, on_loaded);
}
