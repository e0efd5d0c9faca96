/* Takes statements out of a failing plan as long as it fails in the same way. */
#ifndef RANDOM_MINIMIZE_H
#define RANDOM_MINIMIZE_H
#include "plan.h"
#include "trial.h"

/* `path` is where the trials are written; the smallest failing plan is there in the end. */
void minimize(plan *what, const trial *failed, const char *path);
#endif
