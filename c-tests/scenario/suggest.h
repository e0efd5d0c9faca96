/* What an unknown word was meant to be. */
#ifndef SCENARIO_SUGGEST_H
#define SCENARIO_SUGGEST_H
#include <stddef.h>

#include "text.h"

/* The known word that comes nearest, or NULL when none is near enough to be meant. Of NAME=VALUE the name counts. */
const char *nearest_word(const char *word, const char *const *known, size_t count);
/* Says for the place that the word is no such thing, what may have been meant, and what there is; returns -1. */
int wrong_word(place where, const char *word, const char *what, const char *const *known, size_t count);
#endif
