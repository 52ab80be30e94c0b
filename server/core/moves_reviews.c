/*
 * moves_reviews.c - rows of the protocol: reviews, what is said at them, and what they reopen.
 */
#include "moves.h"

const struct move_row row_hold_review = {
	.move = MOVE_HOLD_REVIEW,
	.help = "A review was held with the person: outcomes, needs, the decision. A decision to "
		"recalculate opens a round while the present terms stand.",
	.sides = C,
	.commissioner_roles = OFFICER,
	.stages = INVITING | NEGOTIATING | MEDIATING | SIGNING | IN_FORCE,
	.rules = RULES(&rule_thread_open, &rule_review_open, &rule_involved_in_review,
		       &rule_review_sound),
	.meets = REVIEW_DUTIES,
	STARTS({DUTY_YEARLY_REVIEW, OWED_BY_COMMISSIONER, is_the_yearly_anchor,
		"after a three-month or yearly review"},
	       {DUTY_RECALCULATE, OWED_BY_COMMISSIONER, recalculation_decided,
		"when the decision is to recalculate, unless it is owed already"},
	       {DUTY_ROUND_STANDS, OWED_BY_NOBODY, review_round_decided,
		"when that opens a round"}),
	.effect = release_old_yearly,
	.opens_round = ROUND_REVIEW,
	.opens_when = review_round_decided,
	.seen = SEEN_BY_THREAD,
	.seen_by_person = true,
	.counts = true,
};

const struct move_row row_give_feedback = {
	.move = MOVE_GIVE_FEEDBACK,
	.help = "One side's own view at a review; the person's words may be entered for them.",
	.sides = C | P | R,
	.commissioner_roles = OFFICER,
	.provider_roles = NEGOTIATOR,
	.representative_roles = REPRESENTATIVE,
	.stages = INVITING | NEGOTIATING | MEDIATING | SIGNING | IN_FORCE,
	.recorded_for = C | P | R,
	.rules = RULES(&rule_thread_open, &rule_feedback_open),
	.seen = SEEN_BY_THREAD,
	.seen_by_person = true,
	.counts = false,
};

const struct move_row row_request_review = {
	.move = MOVE_REQUEST_REVIEW,
	.help = "Either side asks for a review: needs rose or fell, a wish to move, or another "
		"reason.",
	.sides = C | P | R,
	.commissioner_roles = OFFICER,
	.provider_roles = NEGOTIATOR,
	.representative_roles = REPRESENTATIVE,
	.stages = IN_FORCE,
	.recorded_for = C | P | R,
	.rules = RULES(&rule_thread_open, &rule_review_not_asked, &rule_review_request_sound),
	.derive = derive_review_request,
	STARTS({DUTY_REQUESTED_REVIEW, OWED_BY_COMMISSIONER, NULL, NULL}),
	.seen = SEEN_BY_THREAD,
	.seen_by_person = true,
	.counts = true,
};

const struct move_row row_decline_review = {
	.move = MOVE_DECLINE_REVIEW,
	.help = "The commissioner declines a review that was asked for, with written reasons; the "
		"person's own request only as unreasonable.",
	.sides = C,
	.commissioner_roles = OFFICER,
	.stages = IN_FORCE,
	.rules = RULES(&rule_thread_open, &rule_review_requested, &rule_decline_reasonable),
	.meets = DUTY(REQUESTED_REVIEW),
	.seen = SEEN_BY_THREAD,
	.seen_by_person = true,
	.counts = true,
};

const struct move_row row_request_recalculation = {
	.move = MOVE_REQUEST_RECALCULATION,
	.help = "Within a review either side asks for the calculation again, by the model that "
		"governs or a stated newer one; a round opens while the present terms stand.",
	.sides = C | P,
	.commissioner_roles = OFFICER,
	.provider_roles = NEGOTIATOR,
	.stages = IN_FORCE,
	.recorded_for = C | P,
	.rules = RULES(&rule_thread_open, &rule_within_review, &rule_recalculation_fits,
		       &rule_recalculation_model),
	.derive = derive_recalculation,
	STARTS({DUTY_RECALCULATE, OWED_BY_COMMISSIONER, NULL, NULL},
	       {DUTY_ROUND_STANDS, OWED_BY_NOBODY, no_round_is_open, "when a round opens with it"}),
	.opens_round = ROUND_REVIEW,
	.opens_when = no_round_is_open,
	.seen = SEEN_BY_THREAD,
	.counts = true,
};
