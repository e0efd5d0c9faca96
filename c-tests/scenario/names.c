#include "names.h"

#include <stddef.h>
#include <string.h>

#include "text.h"

#define COUNT(list) (sizeof(list) / sizeof *(list))

/* By the numbers of the header, so that neither can drift from the other. */
static const char *const causes[] = {
    [SFO_CAUSE_NONE] = "none",
    [SFO_CAUSE_TIMEOUT] = "timeout",
    [SFO_CAUSE_UNREACHABLE] = "unreachable",
    [SFO_CAUSE_CONNECT] = "connect",
    [SFO_CAUSE_TLS] = "tls",
    [SFO_CAUSE_CONNECTION_LOST] = "connection-lost",
    [SFO_CAUSE_SEND] = "send",
    [SFO_CAUSE_LOCAL] = "local",
    [SFO_CAUSE_RESPONSE] = "response",
    [SFO_CAUSE_RESOLUTION] = "resolution",
    [SFO_CAUSE_ALL_FAILED] = "all-failed",
    [SFO_CAUSE_NOT_REGISTERED] = "not-registered",
    [SFO_CAUSE_EXPIRED] = "expired",
    [SFO_CAUSE_RECOVERED] = "recovered",
    [SFO_CAUSE_STOPPED] = "stopped",
    [SFO_CAUSE_CONFIGURATION] = "configuration",
    [SFO_CAUSE_NETWORK] = "network",
    [SFO_CAUSE_OTHER_REQUEST] = "other-request",
    [SFO_CAUSE_RELEASED] = "released",
    [SFO_CAUSE_CANCELLED] = "cancelled",
    [SFO_CAUSE_ANSWERED_ELSEWHERE] = "answered-elsewhere",
};
static const char *const methods[] = {
    [SFO_METHOD_REGISTER] = "REGISTER",
    [SFO_METHOD_INVITE] = "INVITE",
    [SFO_METHOD_SUBSCRIBE] = "SUBSCRIBE",
    [SFO_METHOD_PUBLISH] = "PUBLISH",
    [SFO_METHOD_OPTIONS] = "OPTIONS",
    [SFO_METHOD_MESSAGE] = "MESSAGE",
    [SFO_METHOD_REFER] = "REFER",
    [SFO_METHOD_NOTIFY] = "NOTIFY",
    [SFO_METHOD_INFO] = "INFO",
    [SFO_METHOD_OTHER] = "OTHER",
};
static const char *const purposes[] = {
    [SFO_PURPOSE_REQUEST] = "request",
    [SFO_PURPOSE_REGISTER] = "register",
    [SFO_PURPOSE_PROBE] = "probe",
    [SFO_PURPOSE_UNREGISTER] = "unregister",
};
static const char *const states[] = {
    [SFO_REG_OFF] = "off",
    [SFO_REG_REGISTERING] = "registering",
    [SFO_REG_REGISTERED] = "registered",
    [SFO_REG_REFRESH_FAILING] = "refresh-failing",
    [SFO_REG_RETRYING] = "retrying",
    [SFO_REG_REFUSED] = "refused",
    [SFO_REG_STOPPING] = "stopping",
};
static const char *const results[] = {
    [SFO_DONE_ANSWERED] = "answered",
    [SFO_DONE_FAILED] = "failed",
    [SFO_DONE_STOPPED] = "stopped",
    [SFO_DONE_RELEASED] = "released",
};
static const char *const modes[] = {
    [SFO_CANCEL_STOP] = "stop",
    [SFO_CANCEL_CANCEL] = "cancel",
    [SFO_CANCEL_DESTROY] = "destroy",
};
static const char *const events[] = {
    [SFO_EVENT_REGISTRATION] = "registration",
    [SFO_EVENT_CURRENT_TARGET] = "current",
    [SFO_EVENT_FALLBACK_ENTERED] = "fallback-entered",
    [SFO_EVENT_FALLBACK_LEFT] = "fallback-left",
    [SFO_EVENT_ALL_FAILED] = "all-failed",
    [SFO_EVENT_RESOLUTION_FAILED] = "resolution-failed",
    [SFO_EVENT_STOPPED] = "stopped",
    [SFO_EVENT_REDUCED_SERVICE] = "reduced-service",
    [SFO_EVENT_FAILBACK_DUE] = "failback-due",
    [SFO_EVENT_FAILBACK_DEFERRED] = "failback-deferred",
    [SFO_EVENT_FAILBACK_DONE] = "failback-done",
    [SFO_EVENT_RESUBSCRIBE] = "resubscribe",
    [SFO_EVENT_SUBSCRIPTIONS_AFFECTED] = "subscriptions-affected",
    [SFO_EVENT_CONFIGURATION] = "configuration",
};
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

uint32_t cause_number(const char *name) {
  return find(causes, COUNT(causes), name);
}

uint32_t method_number(const char *name) {
  return find(methods, COUNT(methods), name);
}

uint32_t event_number(const char *name) {
  return find(events, COUNT(events), name);
}
