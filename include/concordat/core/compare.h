/*
 * compare.h - one guide price beside another, or beside an offer, line by line.
 *
 * Between two calculations the mid price moves for three reasons, told apart by changing one at a
 * time, from the earlier calculation to the later:
 *
 * inputs  The earlier model, with what the later one was given. An input that was given and is now
 *         left out goes to the earlier model's default (to the later one's, where the earlier has
 *         none). An input that only one of the models knows stays as it was.
 * rates   Then with the later model's figures: of each assumption of the same key and unit, and of
 *         each input of the same key and unit its default and its limits. So a default that moved
 *         is a rate and not an input.
 * model   Then the later calculation itself: its lines, its rounding, figures that came or went.
 *
 * Each part is a difference of two rounded prices, so the three add up exactly. A step that cannot
 * be priced (an input beyond the earlier model's limits, a mixture that is not sound) is passed
 * over: its part falls to the next one, and the summary says so. Between two calculations by the
 * same version everything is from the inputs.
 */
#ifndef CONCORDAT_CORE_COMPARE_H
#define CONCORDAT_CORE_COMPARE_H

#include "concordat/core/cost_model.h"
#include "concordat/core/entries.h"

/* An input or an assumption whose figure differs in one of the runs at least; shown is mid, in
 * ten-thousandths of its unit, NO_INT on the side where there is none. An input may stand in both
 * lists: it went to its default, and the default moved. */
struct figure_change {
	struct text key, label;
	struct text unit;
	int64_t before_r, after_r;
};

struct line_mover {
	struct text key, label; /* an input or an assumption that differs */
};

/* A line of either; the same line has the same key and unit and is in the fee on both sides or on
 * neither, else it went and came. NO_INT on the side where there is none. Ten-thousandths of a
 * pound for one unit of the price; of a quantity, of its own unit. */
struct line_change {
	struct text key, label, group;
	struct text unit; /* of the price: "hour" or "week"; of a quantity line, its own */
	bool in_fee;
	int64_t before_low_r, before_mid_r, before_high_r;
	int64_t after_low_r, after_mid_r, after_high_r;
	int64_t difference_r; /* of mid; one that is not there counts as nothing */
	/* struct line_mover: what it is made of, itself or through lines, that differs. A
	 * percentage of the price is made of its percentage only. */
	struct list moved_by;
};

struct comparison {
	struct text unit; /* "hour" or "week" */
	/* The price of one unit, pence, as each was rounded. */
	int64_t before_low_p, before_mid_p, before_high_p;
	int64_t after_low_p, after_mid_p, after_high_p;
	int64_t difference_p; /* of mid = the three below */
	int64_t by_inputs_p, by_rates_p, by_model_p;
	bool same_version;
	struct text summary; /* one sentence */
	struct list inputs;  /* struct figure_change, in the later one's order, then those gone */
	struct list rates;   /* struct figure_change, likewise */
	struct list lines;   /* struct line_change, likewise */
};
extern const struct schema comparison_schema;

struct calculation_asked {
	const struct cost_model *model; /* checked */
	const struct list *inputs;	/* struct map_entry */
};

/* False and the flaw when one of them cannot be run, its pointer "/before/inputs/people_sharing",
 * or when they price different units, "/after/model". Texts may point into the models. */
bool guide_compare(struct arena *arena, const struct calculation_asked *before,
		   const struct calculation_asked *after, struct comparison *out, struct flaw *flaw)
	__attribute__((warn_unused_result));

/* Whether a calculation that is run again comes out as it was stored: every price to the penny and
 * every line to the ten-thousandth. */
bool guide_is_as_stored(const struct guide *guide, const struct calculate *stored);

/* ---- one offer beside the one before it ---- */

/* What becomes of each line (struct line_answer): those of after in their order, then those of
 * before that are gone. The same line has the same key; it is accepted when unit, quantity, rate
 * and index are the same. */
struct list offer_line_answers(struct arena *arena, const struct terms *before,
			       const struct terms *after);
/* The one of this key, or NULL. */
const struct line_answer *line_answer_find(const struct list *answers, struct text key);
const struct line_reason *line_reason_find(const struct list *reasons, struct text key);

/* ---- beside an offer ---- */

#define BESIDE_GUIDE(X)            \
	X(BESIDE_BELOW, "below")   \
	X(BESIDE_WITHIN, "within") \
	X(BESIDE_ABOVE, "above")   \
	X(BESIDE_NO_GUIDE, "no_guide") /* the guide has no such line, or no weekly price */
enum beside_guide { BESIDE_GUIDE(WORDS_ENUM) BESIDE_GUIDE_COUNT };
extern const char *const beside_guide_names[];

/* A fee line of an offer and the guide's line in the fee of the same key, or one that only one of
 * them has; pence a week, NO_INT where there is none. One that is not there counts as nothing. */
struct offer_line {
	struct text key, label;
	int64_t guide_low_p, guide_mid_p, guide_high_p;
	int64_t offered_p;
	int64_t to_mid_p; /* offered - mid; NO_INT: the guide has no weekly price */
	int32_t beside;	  /* enum beside_guide */
};

struct offer_comparison {
	int64_t guide_low_p, guide_mid_p, guide_high_p; /* a week; NO_INT: the guide has none */
	int64_t offered_p;
	int64_t to_mid_p; /* NO_INT: the guide has no weekly price */
	int32_t beside;
	struct list lines; /* struct offer_line: the offer's order, then the guide's in the fee */
};
extern const struct schema offer_comparison_schema;

/*
 * The figures are those stored; the model (the calculation's own version) says which lines are in
 * the fee, the pence of a week's lines as the calculation shows them, and the hours where they were
 * left at their default. An hourly guide is made weekly by its hours_a_week, each line to the
 * nearest penny; without hours it has no weekly price, and then only the offer's lines are listed.
 * So they are where the model is not at hand (NULL): then only the totals stand beside each other.
 */
void guide_beside_offer(struct arena *arena, const struct cost_model *model,
			const struct calculate *guide, const struct terms *terms,
			struct offer_comparison *out);

#endif
