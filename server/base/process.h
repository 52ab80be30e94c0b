/* process.h - the process's own figures, by the names that every Prometheus client gives them. */
#ifndef CONCORDAT_SERVER_BASE_PROCESS_H
#define CONCORDAT_SERVER_BASE_PROCESS_H

#include "concordat/base/figure.h"

extern struct figure_table process_figures;

#endif
