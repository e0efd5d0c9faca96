/* The words that the transcript and the language use for the numbers of the public header. */
#ifndef SCENARIO_NAMES_H
#define SCENARIO_NAMES_H
#include <stdint.h>

#include "sipfailover.h"

/* Unknown numbers, of a newer library, are "unknown": never NULL. */
const char *cause_name(uint32_t cause);
const char *method_name(uint32_t method);
const char *purpose_name(uint32_t purpose);
const char *state_name(uint32_t state);
const char *result_name(uint32_t result);
const char *mode_name(uint32_t mode);
const char *event_name(uint32_t kind);
const char *error_name(sfo_status status);
const char *transport_name(uint32_t transport);
/* 0 when there is no cause of that name. */
uint32_t cause_number(const char *name);
/* 0 when there is no method of that name. */
uint32_t method_number(const char *name);
/* 0 when there is no event of that name. */
uint32_t event_number(const char *name);
#endif
