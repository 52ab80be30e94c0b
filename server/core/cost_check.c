/*
 * cost_check.c - is a cost model sound?
 *
 * By reading: every key known, earlier and of the right sort; every figure in order; every kind
 * with the members it needs and no other. That is enough to work it out. By trying it
 * (cost_trial.c) more is found, before it is loaded.
 */
#include "cost_check.h"
#include "concordat/core/calendar.h"

static bool is_key(struct text key)
{
	if (key.len == 0 || key.len > 40 || key.at[0] < 'a' || key.at[0] > 'z')
		return false;
	for (size_t i = 0; i < key.len; i++) {
		char c = key.at[i];

		if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'))
			return false;
	}
	return true;
}

bool check_refuse(struct check *check, struct text pointer, struct text sentence)
{
	*check->fault = (struct flaw){pointer, sentence};
	return false;
}

bool check_refuse_at(struct check *check, const char *list, size_t at, const char *member,
		     struct text sentence)
{
	return check_refuse(check, text_printf(check->arena, "/%s/%zu/%s", list, at, member),
			    sentence);
}

bool check_key(struct check *check, const char *list, size_t at, struct text key)
{
	size_t seen = 0;

	if (!is_key(key))
		return check_refuse_at(check, list, at, "key",
				       TEXT("A key is 1 to 40 small letters, digits and "
					    "underscores and begins with a letter."));
	for (size_t i = 0; i < check->model->inputs.count; i++)
		seen += text_eq(cost_input_at(check->model, i)->key, key);
	for (size_t i = 0; i < check->model->assumptions.count; i++)
		seen += text_eq(cost_assumption_at(check->model, i)->key, key);
	for (size_t i = 0; i < check->model->lines.count; i++)
		seen += text_eq(cost_line_at(check->model, i)->key, key);
	if (seen > 1)
		return check_refuse_at(
			check, list, at, "key",
			text_printf(check->arena, "“%.*s” names two things. Give each its own key.",
				    TEXT_FMT(key)));
	return true;
}

bool check_words(struct check *check, const char *list, size_t at, struct text label,
		 bool source_required, struct text source, struct text source_url)
{
	if (label.len == 0)
		return check_refuse_at(check, list, at, "label", TEXT("Give it a label."));
	if (source_required && source.len == 0)
		return check_refuse_at(
			check, list, at, "source",
			TEXT("Say where it comes from, or that it is illustrative."));
	if (source_url.at && !text_is_web_address(source_url))
		return check_refuse_at(
			check, list, at, "source_url",
			TEXT("Give an address that begins with https:// or http://."));
	return true;
}

/* Of a model or a version: it is addressed by it for ever, so it is plain. */
static bool is_name(struct text name)
{
	for (size_t i = 0; i < name.len; i++) {
		char c = name.at[i];
		bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');

		if (!plain && (i == 0 || (c != '-' && c != '.')))
			return false;
	}
	return name.len > 0;
}

static bool check_figure(struct check *check, const char *list, size_t at, const char *member,
			 const struct cost_figure *figure, bool falls)
{
	bool some = figure->low_r != NO_INT || figure->mid_r != NO_INT || figure->high_r != NO_INT;
	bool all = figure->low_r != NO_INT && figure->mid_r != NO_INT && figure->high_r != NO_INT;

	if ((figure->single_r != NO_INT) == some || some != all)
		return check_refuse_at(check, list, at, member,
				       TEXT("Give one figure, or all of low, mid and high."));
	for (int run = 0; run < RUN_COUNT; run++) {
		int64_t figure_r = cost_figure_of(figure, (enum cost_run)run);

		if (figure_r < 0 || figure_r > COST_FIGURE_MOST_R)
			return check_refuse_at(check, list, at, member,
					       TEXT("A figure must be between 0 and ten million."));
	}
	if (!some)
		return true;
	if (falls && (figure->low_r < figure->mid_r || figure->mid_r < figure->high_r))
		return check_refuse_at(check, list, at, member,
				       TEXT("It is said to fall, so low must be the largest and "
					    "high the smallest."));
	if (!falls && (figure->low_r > figure->mid_r || figure->mid_r > figure->high_r))
		return check_refuse_at(
			check, list, at, member,
			TEXT("Low must not be above mid, nor mid above high. If a smaller figure "
			     "makes the price higher, say \"falls\": true."));
	return true;
}

static bool check_default(struct check *check, size_t at, const struct cost_input *input)
{
	if (cost_figure_is_absent(&input->usual)) {
		if (input->required || text_is(input->key, COST_HOURS_A_WEEK))
			return true;
		return check_refuse_at(check, "inputs", at, "default",
				       TEXT("An input needs a default, or to be required."));
	}
	if (input->required)
		return check_refuse_at(
			check, "inputs", at, "default",
			TEXT("A required input has no default. Leave one of the two out."));
	if (!check_figure(check, "inputs", at, "default", &input->usual, false))
		return false;
	for (int run = 0; run < RUN_COUNT; run++) {
		int64_t figure_r = cost_figure_of(&input->usual, (enum cost_run)run);

		if (figure_r < input->least_r || figure_r > input->most_r)
			return check_refuse_at(check, "inputs", at, "default",
					       TEXT("The default lies outside least and most."));
		if (input->step_r != NO_INT && (figure_r - input->least_r) % input->step_r != 0)
			return check_refuse_at(
				check, "inputs", at, "default",
				TEXT("The default does not lie on a step from least."));
	}
	return true;
}

static bool check_input(struct check *check, size_t at)
{
	const struct cost_input *input = cost_input_at(check->model, at);
	bool hours = text_is(input->key, COST_HOURS_A_WEEK);

	if (!check_key(check, "inputs", at, input->key) ||
	    !check_words(check, "inputs", at, input->label, false, input->source,
			 input->source_url))
		return false;
	if (input->unit < 0 || input->unit >= COST_UNIT_COUNT)
		return check_refuse_at(check, "inputs", at, "unit", TEXT("Give its unit."));
	if (hours && (input->unit != COST_UNIT_HOUR || input->required))
		return check_refuse_at(
			check, "inputs", at, hours && input->required ? "required" : "unit",
			TEXT("hours_a_week is counted in hours and may be left out."));
	if (input->least_r < 0)
		return check_refuse_at(check, "inputs", at, "least",
				       TEXT("Give a least of 0 or more."));
	if (input->most_r < input->least_r || input->most_r > COST_FIGURE_MOST_R)
		return check_refuse_at(check, "inputs", at, "most",
				       TEXT("Give a most between least and ten million."));
	if (input->step_r != NO_INT && input->step_r <= 0)
		return check_refuse_at(check, "inputs", at, "step", TEXT("A step is above 0."));
	return check_default(check, at, input);
}

static bool check_assumption(struct check *check, size_t at)
{
	const struct cost_assumption *assumption = cost_assumption_at(check->model, at);
	const char *member = assumption->figure.low_r != NO_INT ? "low" : "value";

	if (!check_key(check, "assumptions", at, assumption->key) ||
	    !check_words(check, "assumptions", at, assumption->label, true, assumption->source,
			 assumption->source_url))
		return false;
	if (assumption->unit < 0 || assumption->unit >= COST_UNIT_COUNT)
		return check_refuse_at(check, "assumptions", at, "unit", TEXT("Give its unit."));
	return check_figure(check, "assumptions", at, member, &assumption->figure,
			    assumption->falls);
}

static bool check_document(struct check *check)
{
	const struct cost_model *model = check->model;
	struct cost_slot hours = cost_find(model, TEXT(COST_HOURS_A_WEEK), 0);

	if (!is_name(model->id))
		return check_refuse(check, TEXT("/id"),
				    TEXT("Give the model an id of small letters, digits, hyphens "
					 "and dots that begins with a letter or a digit."));
	if (!is_name(model->version))
		return check_refuse(check, TEXT("/version"),
				    TEXT("Give the model a version of small letters, digits, "
					 "hyphens and dots that begins with a letter or a "
					 "digit."));
	if (model->price_unit < 0 || model->price_unit >= COST_PRICE_UNIT_COUNT)
		return check_refuse(check, TEXT("/price_unit"), TEXT("Say hour or week."));
	if (model->rounding < 0 || model->rounding >= COST_ROUNDING_COUNT)
		return check_refuse(check, TEXT("/rounding"),
				    TEXT("Say how the price is rounded."));
	if (model->range_is < 0 || model->range_is >= COST_RANGE_COUNT)
		return check_refuse(check, TEXT("/range_is"), TEXT("Say what the range reports."));
	if (model->effective_from_day == NO_DAY)
		return check_refuse(check, TEXT("/effective_from"),
				    TEXT("Say from which day it is used."));
	if (model->effective_to_day != NO_DAY &&
	    model->effective_to_day < model->effective_from_day)
		return check_refuse(check, TEXT("/effective_to"),
				    TEXT("Its last day is before its first. Correct one of them."));
	if (model->price_unit == COST_PER_WEEK && model->rounding == COST_PENNY_UP_PER_QUARTER_HOUR)
		return check_refuse(
			check, TEXT("/rounding"),
			TEXT("Only an hourly price is rounded by the quarter of an hour."));
	if (model->price_unit == COST_PER_HOUR && hours.kind != SLOT_INPUT)
		return check_refuse(check, TEXT("/inputs"),
				    TEXT("An hourly model needs an input hours_a_week that may be "
					 "left out, to make a week's price of it."));
	return true;
}

static bool check_all_used(struct check *check)
{
	const struct cost_model *model = check->model;
	bool in_fee = false;

	for (size_t i = 0; i < model->inputs.count; i++) {
		const struct cost_input *input = cost_input_at(model, i);
		bool hours = text_is(input->key, COST_HOURS_A_WEEK);

		if (!check->input_used[i] && !(hours && model->price_unit == COST_PER_HOUR))
			return check_refuse_at(
				check, "inputs", i, "key",
				TEXT("No line uses this input. Use it or take it out."));
		if (check->input_used[i] && !input->required &&
		    cost_figure_is_absent(&input->usual))
			return check_refuse_at(
				check, "inputs", i, "default",
				TEXT("A line uses this input, so it needs a default."));
	}
	for (size_t i = 0; i < model->assumptions.count; i++)
		if (!check->assumption_used[i])
			return check_refuse_at(
				check, "assumptions", i, "key",
				TEXT("No line uses this assumption. Use it or take it out."));
	for (size_t i = 0; i < model->lines.count; i++)
		in_fee = in_fee || cost_line_in_fee(cost_line_at(model, i));
	if (!in_fee)
		return check_refuse(check, TEXT("/lines"),
				    TEXT("No line is in the fee, so there is no price. Add one."));
	return true;
}

static bool read_model(struct check *check, struct arena *arena, struct cost_model *model,
		       struct flaw *fault)
{
	*check = (struct check){
		.arena = arena,
		.model = model,
		.fault = fault,
		.by_price = arena_array(arena, bool, model->lines.count),
		.input_used = arena_array(arena, bool, model->inputs.count),
		.assumption_used = arena_array(arena, bool, model->assumptions.count),
	};

	*fault = (struct flaw){TEXT_NONE, TEXT_NONE};
	if (!check_document(check))
		return false;
	for (size_t i = 0; i < model->inputs.count; i++)
		if (!check_input(check, i))
			return false;
	for (size_t i = 0; i < model->assumptions.count; i++)
		if (!check_assumption(check, i))
			return false;
	for (size_t i = 0; i < model->lines.count; i++)
		if (!check_line(check, i))
			return false;
	if (!check_all_used(check))
		return false;
	model->plans = cost_plan_make(arena, model);
	return true;
}

bool cost_model_prepare(struct arena *arena, struct cost_model *model, struct flaw *fault)
{
	struct check check;

	return read_model(&check, arena, model, fault);
}

bool cost_model_check(struct arena *arena, struct cost_model *model, struct flaw *fault)
{
	struct check check;

	return read_model(&check, arena, model, fault) && check_trials(&check);
}
