/* filing.h - checkpoints brought to the disk outside the database, without holding the loop up. */
#ifndef CONCORDAT_SERVER_JOBS_FILING_H
#define CONCORDAT_SERVER_JOBS_FILING_H

#include "internal.h"

struct filing;

struct to_file {
	const char *name;
	struct text bytes;
};

/* on_filed from the loop, once for each filing_start, with how many could not be written. */
struct filing *filing_open(struct jobs *jobs, const char *dir,
			   void (*on_filed)(size_t failed, void *context), void *context);
/* One at a time. The files must stay until on_filed. */
void filing_start(struct filing *filing, const struct to_file *files, size_t count);
/* Waits for what is being written. */
void filing_close(struct filing *filing);

#endif
