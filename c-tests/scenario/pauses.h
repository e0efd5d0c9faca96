/* The rule about pauses between registrations, and what of an account it needs to know. */
#ifndef SCENARIO_PAUSES_H
#define SCENARIO_PAUSES_H
#include "run.h"

/* watch.c */
watch *watch_of(run *in, uint32_t account, uint32_t server);

/* listed.c: does some name still lead to the address of this target? */
int is_listed(const run *in, const char *target);
/* Does this response mean that a request must look elsewhere? As usual; settings may name other codes. */
int declines(const attempt *of, uint32_t status);
/* Is this a request of the account that is with no server? */
int request_is_waiting(run *in, const request *at, uint32_t account);
/* A walk of REGISTERs begins. */
void check_pause(run *in, const sfo_send *send);
/* An attempt has ended; status 0: no response came. */
void pause_outcome(run *in, const attempt *of, uint32_t status);
void pause_event(run *in, const sfo_event *event);
#endif
