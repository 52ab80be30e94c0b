/* doctor.h - the half of the doctor that knows what the database holds. */
#ifndef CONCORDAT_SERVER_APP_DOCTOR_H
#define CONCORDAT_SERVER_APP_DOCTOR_H

#include "concordat/app/doctor.h"
#include "concordat/store/store.h"

/* Asks as the service's role. now_us: protocol time. */
void doctor_look_at_house(struct doctor *doctor, struct store_session *session, int64_t now_us,
			  bool rehearsal);

/* The logs: key, folder, standby, and whether each is sealed and of one piece. */
void doctor_look_at_logs(struct doctor *doctor, struct store_session *session, int64_t now_us);

#endif
