#include "names.h"

#include <stddef.h>
#include <string.h>

#include "text.h"

#define COUNT(list) (sizeof(list) / sizeof *(list))

static const char *const causes[] = {
    "none",     "timeout",        "unreachable", "connect",   "tls",     "connection-lost", "send",
    "local",    "response",       "resolution",  "all-failed", "not-registered", "expired", "recovered",
    "stopped",  "configuration",  "network",     "other-request", "released"};
static const char *const methods[] = {NULL,      "REGISTER", "INVITE", "SUBSCRIBE", "PUBLISH", "OPTIONS",
                                      "MESSAGE", "REFER",    "NOTIFY", "INFO",      "OTHER"};
static const char *const purposes[] = {NULL, "request", "register", "probe", "unregister"};
static const char *const states[] = {"off",      "registering", "registered", "refresh-failing",
                                     "retrying", "refused",     "stopping"};
static const char *const results[] = {NULL, "answered", "failed", "not-registered", "stopped", "released"};
static const char *const modes[] = {NULL, "stop", "cancel", "destroy"};
static const char *const events[] = {NULL,
                                     "registration",
                                     "current",
                                     "fallback-entered",
                                     "fallback-left",
                                     "all-failed",
                                     "resolution-failed",
                                     "stopped",
                                     "reduced-service",
                                     "subscriptions-affected"};
static const char *const errors[] = {"ok",    "invalid", "not-found", "busy", "limit",
                                     "config", "state",  "fault",     "io"};

static const char *pick(const char *const *list, size_t count, uint32_t number) {
  return number < count && list[number] ? list[number] : "unknown";
}

static uint32_t find(const char *const *list, size_t count, const char *name) {
  uint32_t number;
  for (number = 1; number < count; number++)
    if (list[number] && strcmp(list[number], name) == 0)
      return number;
  return 0;
}

const char *cause_name(uint32_t cause) {
  return pick(causes, COUNT(causes), cause);
}

const char *method_name(uint32_t method) {
  return pick(methods, COUNT(methods), method);
}

const char *purpose_name(uint32_t purpose) {
  return pick(purposes, COUNT(purposes), purpose);
}

const char *state_name(uint32_t state) {
  return pick(states, COUNT(states), state);
}

const char *result_name(uint32_t result) {
  return pick(results, COUNT(results), result);
}

const char *mode_name(uint32_t mode) {
  return pick(modes, COUNT(modes), mode);
}

const char *event_name(uint32_t kind) {
  return pick(events, COUNT(events), kind);
}

const char *error_name(sfo_status status) {
  if (status == SFO_LATE)
    return "late";
  return status > 0 ? "unknown" : pick(errors, COUNT(errors), (uint32_t)-(int64_t)status);
}

const char *transport_name(uint32_t transport) {
  switch (transport) {
  case SFO_TRANSPORT_UDP:
    return "udp";
  case SFO_TRANSPORT_TCP:
    return "tcp";
  case SFO_TRANSPORT_TLS:
    return "tls";
  case SFO_TRANSPORT_SCTP:
    return "sctp";
  default:
    return "unknown";
  }
}

uint32_t method_number(const char *name) {
  return find(methods, COUNT(methods), name);
}

uint32_t event_number(const char *name) {
  return find(events, COUNT(events), name);
}
