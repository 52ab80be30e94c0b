/*
 * record_terms.c - whether a record of agreed terms says what its entries say.
 *
 * The terms are worked out again from every proven entry that holds them or names their digest; so
 * is who the provider is, from when they are, who accepted and signed, and the calculation.
 */
#include "record_parts.h"

#include "concordat/core/compare.h"
#include "concordat/core/money.h"
#include "concordat/wire/document.h"

struct terms_check {
	struct checking *check;
	struct agreed_terms *record;
	const struct shown *shown;
	struct digest digest; /* of the record's terms */
	size_t naming;	      /* entries that hold these terms or name their digest */
	size_t signatures[2]; /* by the commissioner, by the provider */
	size_t acceptances, hidden, consents;
	bool calculated, placed;  /* the calculation and the provider stand in an entry */
	const struct fact *maker; /* what made this version */
};

/* Whether an entry of this kind stands in a record of agreed terms. */
static bool holds_kind(enum fact_kind kind)
{
	return fact_puts_offer(kind) || kind == FACT_INVITED || kind == FACT_CALCULATED ||
	       kind == FACT_ACCEPTED || kind == FACT_SIGNED || kind == FACT_SETTLEMENT_PROPOSED ||
	       kind == FACT_SETTLEMENT_ACCEPTED || kind == FACT_UPLIFT_APPLIED ||
	       kind == FACT_EXISTING_AGREEMENT_RECORDED ||
	       kind == FACT_EXISTING_AGREEMENT_CONFIRMED || kind == FACT_NOVATION_PROPOSED ||
	       kind == FACT_NOVATION_CONSENTED;
}

/* ---- the terms */

static bool check_terms_of(struct terms_check *c, const struct terms *terms, struct text where)
{
	struct difference d = {0};

	c->naming++;
	if (!schema_difference(c->check->arena, &terms_schema, &c->record->terms, terms,
			       TEXT("/terms"), &d))
		return true;
	return check_fault(c->check, d.pointer,
			   "The record says %.*s here, and what was recorded (%.*s) says %.*s.",
			   TEXT_FMT(d.first), TEXT_FMT(where), TEXT_FMT(d.second));
}

/* The digest of the terms that the entry is about; NULL: it names none. */
static const struct digest *digest_named(const struct fact *fact)
{
	switch (fact->kind) {
	case FACT_ACCEPTED:
		return &((const struct accept *)fact->data)->terms_digest;
	case FACT_SETTLEMENT_ACCEPTED:
		return &((const struct accept_settlement *)fact->data)->terms_digest;
	case FACT_SIGNED:
		return &((const struct sign *)fact->data)->terms_digest;
	case FACT_UPLIFT_APPLIED:
		return &((const struct apply_uplift *)fact->data)->terms_digest;
	case FACT_EXISTING_AGREEMENT_CONFIRMED:
		return &((const struct confirm_existing_agreement *)fact->data)->terms_digest;
	case FACT_NOVATION_CONSENTED:
		return &((const struct consent_to_novation *)fact->data)->terms_digest;
	default:
		return NULL;
	}
}

/* ---- the provider, its home, the day, the version */

static bool check_place(struct terms_check *c, struct uuid provider, struct uuid home,
			struct text where)
{
	c->placed = true;
	if (!uuid_eq(provider, c->record->provider))
		return check_fault(c->check, TEXT("/provider"), "%.*s is about another provider.",
				   TEXT_FMT(where));
	if (!uuid_eq(home, c->record->home))
		return check_fault(c->check, TEXT("/home"), "%.*s is about another home.",
				   TEXT_FMT(where));
	return true;
}

static bool check_made(struct terms_check *c, const struct fact *fact, int64_t agreement,
		       int32_t from_day)
{
	if (agreement == NO_INT)
		return true;
	c->maker = fact;
	if (agreement != c->record->agreement)
		return check_fault(c->check, TEXT("/agreement"),
				   "What was recorded made version %lld.", (long long)agreement);
	if (from_day != c->record->from_day)
		return check_fault(c->check, TEXT("/from"),
				   "What was recorded is from another day.");
	return true;
}

/* Each side is who it is here. */
static bool check_side(struct terms_check *c, const struct fact *fact, struct text where)
{
	struct uuid organisation =
		fact->side == SIDE_COMMISSIONER ? c->record->head.authority : c->record->provider;

	if ((fact->side != SIDE_COMMISSIONER && fact->side != SIDE_PROVIDER) ||
	    uuid_eq(fact->organisation, organisation))
		return true;
	return check_fault(c->check, where, "It is by another organisation than this record's.");
}

static bool check_signed(struct terms_check *c, const struct fact *fact, struct text where)
{
	const struct sign *data = fact->data;
	size_t *signatures = &c->signatures[data->side == SIDE_COMMISSIONER ? 0 : 1];

	if (data->side != (int32_t)fact_speaker(fact) || ++*signatures > 1)
		return check_fault(c->check, where,
				   "Not each side's one signature stands here: one was swapped or "
				   "stands twice.");
	return check_side(c, fact, where) &&
	       check_made(c, fact, data->agreement, c->record->terms.start_day);
}

/* ---- the calculation */

static bool check_calculated(struct terms_check *c, const struct fact *fact, struct text where)
{
	const struct record_calculation *r = &c->record->calculation;
	const struct calculate *data = fact->data;
	struct record_calculation same = *r;
	struct difference d;
	const struct schema *schema = NULL;

	for (size_t i = 0; i < agreed_terms_schema.count; i++)
		if (agreed_terms_schema.fields[i].offset ==
		    offsetof(struct agreed_terms, calculation))
			schema = agreed_terms_schema.fields[i].of;
	c->calculated = true;
	same.model = data->model;
	same.version = data->version;
	same.unit = data->unit;
	same.inputs = data->inputs;
	same.low_p = data->low_p;
	same.mid_p = data->mid_p;
	same.high_p = data->high_p;
	same.weekly_low_p = data->weekly_low_p;
	same.weekly_mid_p = data->weekly_mid_p;
	same.weekly_high_p = data->weekly_high_p;
	if (!schema_difference(c->check->arena, schema, r, &same, TEXT("/calculation"), &d))
		return true;
	return check_fault(c->check, d.pointer, "The record says %.*s here, and %.*s says %.*s.",
			   TEXT_FMT(d.first), TEXT_FMT(where), TEXT_FMT(d.second));
}

/* Worked again from the model that the record brings. */
static bool check_model(struct terms_check *c)
{
	const struct record_calculation *r = &c->record->calculation;
	const struct cost_model *model;
	const struct calculate *data = NULL;
	struct guide guide = {0};
	struct flaw flaw;
	struct text why;

	for (size_t i = 0; i < c->record->head.entries.count; i++)
		if (c->shown[i].fact && c->shown[i].fact->kind == FACT_CALCULATED)
			data = c->shown[i].fact->data;
	if (!data || !r->document.at) {
		check_add(c->check, FINDING_UNCHECKED, TEXT("/calculation"),
			  TEXT("The calculation could not be worked again: the model or the entry "
			       "is not here."));
		return true;
	}
	model = cost_model_stored_decode(c->check->arena, r->document, &why);
	if (!model)
		return check_fault(c->check, TEXT("/calculation/document"),
				   "This model cannot be read: %.*s", TEXT_FMT(why));
	if (!text_eq(model->id, r->model) || !text_eq(model->version, r->version))
		return check_fault(c->check, TEXT("/calculation/document"),
				   "This is another model than the calculation was made with.");
	if (!cost_model_run(c->check->arena, model, &data->inputs, &guide, &flaw) ||
	    !guide_is_as_stored(&guide, data))
		return check_fault(c->check, TEXT("/calculation/document"),
				   "Worked again from this model, the calculation comes out "
				   "otherwise than it was recorded.");
	check_add(c->check, FINDING_HOLDS, TEXT("/calculation"),
		  text_printf(c->check->arena,
			      "The calculation comes to the same when it is worked again from "
			      "model %.*s %.*s.",
			      TEXT_FMT(r->model), TEXT_FMT(r->version)));
	return true;
}

/* ---- entry by entry */

static bool check_kind(struct terms_check *c, const struct fact *fact, struct text where)
{
	const struct invite *invited = fact->data;
	const struct record_existing_agreement *existing = fact->data;
	const struct confirm_existing_agreement *confirmed = fact->data;
	const struct consent_to_novation *consent = fact->data;
	const struct apply_uplift *uplift = fact->data;

	switch (fact->kind) {
	case FACT_INVITED:
		return check_place(c, invited->provider, invited->home, where);
	case FACT_EXISTING_AGREEMENT_RECORDED:
		return check_place(c, existing->provider, existing->home, where);
	case FACT_CALCULATED:
		return check_calculated(c, fact, where);
	case FACT_ACCEPTED:
	case FACT_SETTLEMENT_ACCEPTED:
		c->acceptances++;
		return check_side(c, fact, where);
	case FACT_SIGNED:
		return check_signed(c, fact, where);
	case FACT_UPLIFT_APPLIED:
		return check_made(c, fact, uplift->version, uplift->figures.from_day);
	case FACT_EXISTING_AGREEMENT_CONFIRMED:
		return check_side(c, fact, where) &&
		       check_made(c, fact, confirmed->agreement, c->record->terms.start_day);
	case FACT_NOVATION_CONSENTED:
		c->consents++;
		return check_place(c, consent->provider, consent->home, where) &&
		       (c->record->basis != AGREEMENT_NOVATED ||
			check_made(c, fact, consent->agreement, consent->from_day));
	default:
		return true;
	}
}

/* Whether it is here for the provider and the home alone: these terms came later. */
static bool is_about_place(const struct terms_check *c, enum fact_kind kind)
{
	return (kind == FACT_EXISTING_AGREEMENT_RECORDED &&
		c->record->basis != AGREEMENT_EXISTING) ||
	       (kind == FACT_NOVATION_CONSENTED && c->record->basis != AGREEMENT_NOVATED);
}

static bool check_one(struct terms_check *c, const struct fact *fact, struct text where)
{
	bool place = is_about_place(c, fact->kind);
	const struct terms *terms = place ? NULL : fact_terms(fact);
	const struct digest *digest = place ? NULL : digest_named(fact);

	if (!holds_kind(fact->kind))
		return check_fault(c->check, where, "An entry of this kind (%s) has no place here.",
				   fact_names[fact->kind]);
	if (terms && !check_terms_of(c, terms, where))
		return false;
	if (digest && !digest_eq(digest, &c->digest) && !digest_is_zero(digest))
		return check_fault(c->check, where,
				   "It is about other terms than this record's: their digest is "
				   "another.");
	c->naming += digest != NULL && digest_eq(digest, &c->digest);
	return check_kind(c, fact, where);
}

/* ---- what there has to be */

/* Missing is a fault, unless it may be among what is not shown. */
static bool need(struct terms_check *c, bool there, const char *what)
{
	if (there)
		return true;
	if (!c->hidden)
		return check_fault(c->check, TEXT("/entries"), "%s is not among the entries.",
				   what);
	check_add(c->check, FINDING_UNCHECKED, TEXT("/entries"),
		  text_printf(c->check->arena,
			      "%s could not be checked: it is among the entries whose words are "
			      "not here.",
			      what));
	return true;
}

static bool check_complete(struct terms_check *c)
{
	bool sound = c->naming > 0 || check_fault(c->check, TEXT("/terms"),
						  "No entry here holds these terms or names them.");
	bool made = c->maker != NULL;

	switch ((enum agreement_basis)c->record->basis) {
	case AGREEMENT_SIGNED:
		sound = sound && need(c, c->acceptances > 0, "Their acceptance") &&
			need(c, c->signatures[0] > 0, "The commissioner's signature") &&
			need(c, c->signatures[1] > 0, "The provider's signature") &&
			need(c, made && c->maker->kind == FACT_SIGNED, "The last signature");
		break;
	case AGREEMENT_UPLIFTED:
		sound = sound &&
			need(c, made && c->maker->kind == FACT_UPLIFT_APPLIED, "The uplift");
		break;
	case AGREEMENT_EXISTING:
		sound = sound &&
			need(c, made && c->maker->kind == FACT_EXISTING_AGREEMENT_CONFIRMED,
			     "The provider's confirmation");
		break;
	case AGREEMENT_NOVATED:
		sound = sound && need(c, made && c->maker->kind == FACT_NOVATION_CONSENTED,
				      "The consent of the provider that takes over");
		break;
	case AGREEMENT_BASIS_COUNT:
		return check_fault(c->check, TEXT("/basis"), "This is not known here.");
	}
	sound = sound && need(c, c->placed, "Who the provider is");
	if (c->record->calculation.number != c->record->terms.calculation)
		return sound && check_fault(c->check, TEXT("/calculation"),
					    "This is not the calculation that the terms name.");
	if (c->record->calculation.number != NO_INT)
		return sound && need(c, c->calculated, "The calculation") && check_model(c);
	return sound;
}

/* ---- what holds, in words */

static struct text name_of(const struct terms_check *c, struct uuid id)
{
	const struct record_name *names = c->record->head.names.items;

	for (size_t i = 0; i < c->record->head.names.count; i++)
		if (uuid_eq(names[i].id, id))
			return names[i].name;
	return uuid_text(c->check->arena, id);
}

static void tell_acts(struct terms_check *c)
{
	struct arena *arena = c->check->arena;

	for (size_t i = 0; i < c->record->head.entries.count; i++) {
		const struct fact *fact = c->shown[i].fact;
		const char *done = !fact				    ? NULL
				   : fact->kind == FACT_ACCEPTED	    ? "Accepted"
				   : fact->kind == FACT_SIGNED		    ? "Signed"
				   : fact->kind == FACT_UPLIFT_APPLIED	    ? "Uplifted"
				   : fact->kind == FACT_NOVATION_CONSENTED  ? "Consented to"
				   : fact->kind == FACT_SETTLEMENT_ACCEPTED ? "Accepted"
				   : fact->kind == FACT_EXISTING_AGREEMENT_CONFIRMED ? "Confirmed"
										     : NULL;

		if (done)
			check_add(c->check, FINDING_HOLDS, entry_pointer(arena, i),
				  text_printf(arena, "%s for the %s on %.*s, by %.*s%s.", done,
					      side_names[fact_speaker(fact)],
					      TEXT_FMT(record_moment(arena, fact->recorded_at_us)),
					      TEXT_FMT(name_of(c, fact->user)),
					      fact->on_behalf_of != NO_ENUM
						      ? ", who entered it for the other side"
						      : ""));
	}
}

static void tell_terms(struct terms_check *c)
{
	struct arena *arena = c->check->arena;

	check_add(c->check, FINDING_HOLDS, TEXT("/terms"),
		  text_printf(arena,
			      "The terms are to the penny those of the entries: version %lld, "
			      "%.*s a week from %.*s.",
			      (long long)c->record->agreement,
			      TEXT_FMT(money_text(arena, c->record->terms.weekly_p, true)),
			      TEXT_FMT(record_day(arena, c->record->from_day))));
	tell_acts(c);
}

bool check_agreed_terms(struct checking *check, struct agreed_terms *record)
{
	const struct uuid ids[] = {record->provider, record->home};
	struct terms_check c = {.check = check, .record = record};
	size_t count = record->head.entries.count;

	if (!text_is(record->head.format, AGREED_TERMS_FORMAT))
		return check_fault(check, TEXT("/format"), "This is not known here.");
	if (record->terms.weekly_p == NO_INT)
		return check_fault(check, TEXT("/terms/weekly"), "This is required.");
	c.shown = check_entries(check, &record->head);
	if (!c.shown)
		return false;
	c.digest = terms_digest(check->arena, &record->terms);
	for (size_t i = 0; i < count; i++)
		c.hidden += !c.shown[i].fact;
	for (size_t i = 0; i < count; i++)
		if (c.shown[i].fact &&
		    !check_one(&c, c.shown[i].fact, entry_pointer(check->arena, i)))
			return false;
	if (!check_complete(&c) || !check_names(check, &record->head, c.shown, ids, 2))
		return false;
	if (!check_proofs(check, &record->head, c.shown) ||
	    !check_signature(check, &agreed_terms_schema, &record->head, record))
		return false;
	tell_terms(&c); /* with names, which nothing but the signature vouches for */
	check_limits(check, &record->head, c.shown);
	check_add(check, FINDING_UNCHECKED, TEXT("/agreement"),
		  TEXT("Whether later terms have taken the place of these, this record does not "
		       "say: it is of one version."));
	return true;
}
