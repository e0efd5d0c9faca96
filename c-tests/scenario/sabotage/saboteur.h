/* The calls of the runner that the saboteur answers in the library's place. */
#ifndef SCENARIO_SABOTEUR_H
#define SCENARIO_SABOTEUR_H
#include <stdint.h>

#include "sipfailover.h"

sfo_status sabotaged_new(const sfo_config *config, const sfo_options *options, const sfo_callbacks *callbacks, void *user,
                         uint64_t now_ms, sfo_engine **out);
void sabotaged_free(sfo_engine *engine);
sfo_status sabotaged_handle_timer(sfo_engine *engine, uint64_t now_ms);
sfo_status sabotaged_cancel(sfo_engine *engine, uint64_t now_ms, uint64_t request);
sfo_status sabotaged_attempt_response(sfo_engine *engine, uint64_t now_ms, uint64_t attempt, const sfo_response *response);
sfo_status sabotaged_attempt_failed(sfo_engine *engine, uint64_t now_ms, uint64_t attempt, uint32_t cause);
sfo_status sabotaged_set_busy(sfo_engine *engine, uint64_t now_ms, uint32_t account, uint32_t busy);
sfo_status sabotaged_counters(sfo_engine *engine, sfo_counters *out);
#endif
