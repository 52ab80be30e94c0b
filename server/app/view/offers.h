/* offers.h - an offer beside the guide it was made beside, and beside the offer that it answers. */
#ifndef CONCORDAT_SERVER_APP_OFFERS_H
#define CONCORDAT_SERVER_APP_OFFERS_H

#include "concordat/app/parts.h"
#include "concordat/app/schemas.h"

/* The calculation of that number beside which terms stand; NULL: there is none. */
const struct calculate *offers_guide(const struct placement *placement, int64_t calculation);
/* Whether the model of every calculation that the strand's offers stand beside is at hand. */
bool offers_models_known(const struct world *world, const struct placement *placement,
			 const struct thread *thread);
/* The nth offer of the strand, from 0. Reasons are texts where the offer's own are. Where a model
 * is not at hand no line has a guide, but the totals have. */
struct offer_beside offers_beside(struct arena *arena, const struct world *world,
				  const struct placement *placement, const struct thread *thread,
				  size_t n);

#endif
