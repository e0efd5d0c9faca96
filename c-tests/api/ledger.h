/* What became of the requests of an engine: each is completed once, unless it was cancelled. */

#ifndef LEDGER_H
#define LEDGER_H

#include <stdint.h>

/* A new life. */
void ledger_clear(void);
/* The place for the id of a request that is about to be started: callbacks about it may run before the call returns. */
uint64_t *ledger_place(void);
/* The request of the last place was refused. */
void ledger_refused(void);
void ledger_started(uint64_t id);
/* is_sure: it is certain that the cancellation came before the end. */
void ledger_cancelled(uint64_t id, int is_sure);
void ledger_done(uint64_t id);
/* The engine is gone. Returns how many requests were completed. */
unsigned ledger_check(void);

#endif
