/* The reference model: which target a request should reach, and by when, told from the scenario and the transcript alone.

   It is no second state machine. It knows the settings, the records and what the servers do, and says what must be seen on
   the wire wherever the rules leave no choice; where they do (a list that has just changed, a pause that a server asked
   for), it says nothing. It shares no code with the library. */
#ifndef RANDOM_MODEL_H
#define RANDOM_MODEL_H
#include <stdint.h>

#include "script.h"
#include "transcript.h"

/* 0 when everything holds; 1, and the first violation. Adds the number of requests about which it had an opinion to
   `checked`, unless that is NULL. */
int model_judge(const script *from, const transcript *of, text *message, uint64_t *at_ms, uint64_t *checked);
#endif
