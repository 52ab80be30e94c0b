/* filing.h - checkpoints brought to the disk outside the database, without holding the loop up. */
#ifndef CONCORDAT_SERVER_JOBS_FILING_H
#define CONCORDAT_SERVER_JOBS_FILING_H

#include "internal.h"

struct filing;

/* on_filed from the loop, once for each filing_start. */
struct filing *filing_open(struct jobs *jobs, const char *dir,
			   void (*on_filed)(bool written, void *context), void *context);
/* One at a time. The file's bytes must stay until on_filed. */
void filing_start(struct filing *filing, struct text bytes);
/* Waits for what is being written. */
void filing_close(struct filing *filing);

#endif
