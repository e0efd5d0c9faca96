/* The layout of every struct, as firmware that is in the field was compiled with it. Members are only ever appended: the
 * numbers here never change, new lines come. Compiled for this machine and, without being run, for 32 bits.
 */

#include <sipfailover.h>

#if UINTPTR_MAX > UINT32_MAX
#define PICK(lp64, ilp32, i386) (lp64)
#else
/* 64-bit numbers are aligned to 8 bytes on ARM and MIPS, to 4 on i386. */
struct alignment {
  char byte;
  uint64_t number;
};
#define PICK(lp64, ilp32, i386) (offsetof(struct alignment, number) == 8 ? (ilp32) : (i386))
#endif

#define SIZE(type, lp64, ilp32, i386) _Static_assert(sizeof(type) == PICK(lp64, ilp32, i386), "size of " #type)
#define PLACE(type, member, lp64, ilp32, i386) \
  _Static_assert(offsetof(type, member) == PICK(lp64, ilp32, i386), "place of " #type "." #member)
#define FIRST(type) _Static_assert(offsetof(type, struct_size) == 0, #type " begins with its size")

SIZE(sfo_diagnostic, 40, 24, 24);
PLACE(sfo_diagnostic, line, 8, 4, 4);
PLACE(sfo_diagnostic, severity, 12, 8, 8);
PLACE(sfo_diagnostic, key, 16, 12, 12);
PLACE(sfo_diagnostic, value, 24, 16, 16);
PLACE(sfo_diagnostic, text, 32, 20, 20);

SIZE(sfo_key_info, 72, 48, 44);
PLACE(sfo_key_info, value_type, 8, 4, 4);
PLACE(sfo_key_info, minimum, 16, 8, 8);
PLACE(sfo_key_info, maximum, 24, 16, 16);
PLACE(sfo_key_info, name, 32, 24, 24);
PLACE(sfo_key_info, default_text, 40, 28, 28);
PLACE(sfo_key_info, unit, 48, 32, 32);
PLACE(sfo_key_info, help, 56, 36, 36);
PLACE(sfo_key_info, since, 64, 40, 40);

SIZE(sfo_options, 88, 80, 80);
PLACE(sfo_options, t1_ms, 8, 4, 4);
PLACE(sfo_options, startup_window_s, 12, 8, 8);
PLACE(sfo_options, jitter, 16, 12, 12);
PLACE(sfo_options, dns_wait_ms, 20, 16, 16);
PLACE(sfo_options, cache_entries, 24, 20, 20);
PLACE(sfo_options, transports, 28, 24, 24);
PLACE(sfo_options, log_level, 32, 28, 28);
PLACE(sfo_options, seed, 36, 32, 32);
PLACE(sfo_options, stale_limit_s, 68, 64, 64);
PLACE(sfo_options, failback_successes, 72, 68, 68);
PLACE(sfo_options, failback_min_stay_s, 76, 72, 72);
PLACE(sfo_options, trace_entries, 80, 76, 76);

SIZE(sfo_send, 160, 136, 128);
PLACE(sfo_send, request, 8, 8, 4);
PLACE(sfo_send, attempt, 16, 16, 12);
PLACE(sfo_send, user_token, 24, 24, 20);
PLACE(sfo_send, binding_key, 32, 32, 28);
PLACE(sfo_send, account, 40, 40, 36);
PLACE(sfo_send, server, 44, 44, 40);
PLACE(sfo_send, method, 48, 48, 44);
PLACE(sfo_send, purpose, 52, 52, 48);
PLACE(sfo_send, transport, 56, 56, 52);
PLACE(sfo_send, family, 60, 60, 56);
PLACE(sfo_send, port, 64, 64, 60);
PLACE(sfo_send, address, 68, 68, 64);
PLACE(sfo_send, retransmissions, 84, 84, 80);
PLACE(sfo_send, budget_ms, 88, 88, 84);
PLACE(sfo_send, ordinal, 92, 92, 88);
PLACE(sfo_send, expires_s, 96, 96, 92);
PLACE(sfo_send, route_on_wire, 100, 100, 96);
PLACE(sfo_send, method_name, 104, 104, 100);
PLACE(sfo_send, address_text, 112, 108, 104);
PLACE(sfo_send, target_text, 120, 112, 108);
PLACE(sfo_send, route, 128, 116, 112);
PLACE(sfo_send, tls_name, 136, 120, 116);
PLACE(sfo_send, srv_target, 144, 124, 120);
PLACE(sfo_send, registrar, 152, 128, 124);

SIZE(sfo_dns_query, 40, 32, 28);
PLACE(sfo_dns_query, query, 8, 8, 4);
PLACE(sfo_dns_query, server_index, 16, 16, 12);
PLACE(sfo_dns_query, length, 20, 20, 16);
PLACE(sfo_dns_query, data, 24, 24, 20);
PLACE(sfo_dns_query, transport, 32, 28, 24);

SIZE(sfo_cancel, 64, 64, 56);
PLACE(sfo_cancel, request, 8, 8, 4);
PLACE(sfo_cancel, attempt, 16, 16, 12);
PLACE(sfo_cancel, user_token, 24, 24, 20);
PLACE(sfo_cancel, account, 32, 32, 28);
PLACE(sfo_cancel, server, 36, 36, 32);
PLACE(sfo_cancel, method, 40, 40, 36);
PLACE(sfo_cancel, mode, 44, 44, 40);
PLACE(sfo_cancel, cause, 48, 48, 44);
PLACE(sfo_cancel, sip_status, 52, 52, 48);
PLACE(sfo_cancel, target_text, 56, 56, 52);

SIZE(sfo_outcome, 24, 16, 16);
PLACE(sfo_outcome, cause, 4, 4, 4);
PLACE(sfo_outcome, sip_status, 8, 8, 8);
PLACE(sfo_outcome, target_text, 16, 12, 12);

SIZE(sfo_done, 64, 64, 56);
PLACE(sfo_done, request, 8, 8, 4);
PLACE(sfo_done, attempt, 16, 16, 12);
PLACE(sfo_done, user_token, 24, 24, 20);
PLACE(sfo_done, account, 32, 32, 28);
PLACE(sfo_done, method, 36, 36, 32);
PLACE(sfo_done, result, 40, 40, 36);
PLACE(sfo_done, cause, 44, 44, 40);
PLACE(sfo_done, sip_status, 48, 48, 44);
PLACE(sfo_done, outcome_count, 52, 52, 48);
PLACE(sfo_done, outcomes, 56, 56, 52);

SIZE(sfo_event, 64, 56, 48);
PLACE(sfo_event, at_ms, 8, 8, 4);
PLACE(sfo_event, kind, 16, 16, 12);
PLACE(sfo_event, account, 20, 20, 16);
PLACE(sfo_event, server, 24, 24, 20);
PLACE(sfo_event, state, 28, 28, 24);
PLACE(sfo_event, cause, 32, 32, 28);
PLACE(sfo_event, sip_status, 36, 36, 32);
PLACE(sfo_event, from, 40, 40, 36);
PLACE(sfo_event, to, 48, 44, 40);
PLACE(sfo_event, text, 56, 48, 44);

SIZE(sfo_callbacks, 96, 48, 48);
PLACE(sfo_callbacks, send_sip, 8, 4, 4);
PLACE(sfo_callbacks, set_timer, 16, 8, 8);
PLACE(sfo_callbacks, dns_send, 24, 12, 12);
PLACE(sfo_callbacks, dns_watch, 32, 16, 16);
PLACE(sfo_callbacks, cancel_sip, 40, 20, 20);
PLACE(sfo_callbacks, request_done, 48, 24, 24);
PLACE(sfo_callbacks, event, 56, 28, 28);
PLACE(sfo_callbacks, log, 64, 32, 32);
PLACE(sfo_callbacks, destroyed, 72, 36, 36);
PLACE(sfo_callbacks, wake, 80, 40, 40);
PLACE(sfo_callbacks, posted, 88, 44, 44);

SIZE(sfo_posted, 56, 56, 52);
PLACE(sfo_posted, request, 8, 8, 4);
PLACE(sfo_posted, attempt, 16, 16, 12);
PLACE(sfo_posted, user_token, 24, 24, 20);
PLACE(sfo_posted, kind, 32, 32, 28);
PLACE(sfo_posted, account, 36, 36, 32);
PLACE(sfo_posted, status, 40, 40, 36);
PLACE(sfo_posted, sip_status, 44, 44, 40);
PLACE(sfo_posted, dialog, 48, 48, 44);

SIZE(sfo_counters, 280, 280, 276);
PLACE(sfo_counters, attempts, 8, 8, 4);
PLACE(sfo_counters, failures_timeout, 16, 16, 12);
PLACE(sfo_counters, failures_transport, 24, 24, 20);
PLACE(sfo_counters, failures_response, 32, 32, 28);
PLACE(sfo_counters, switches, 40, 40, 36);
PLACE(sfo_counters, dns_queries, 48, 48, 44);
PLACE(sfo_counters, dns_answers, 56, 56, 52);
PLACE(sfo_counters, dns_ignored, 64, 64, 60);
PLACE(sfo_counters, dns_timeouts, 72, 72, 68);
PLACE(sfo_counters, late_reports, 80, 80, 76);
PLACE(sfo_counters, clock_steps_back, 88, 88, 84);
PLACE(sfo_counters, requests_started, 96, 96, 92);
PLACE(sfo_counters, requests_done, 104, 104, 100);
PLACE(sfo_counters, answered, 112, 112, 108);
PLACE(sfo_counters, failures_unreachable, 120, 120, 116);
PLACE(sfo_counters, failures_connect, 128, 128, 124);
PLACE(sfo_counters, failures_tls, 136, 136, 132);
PLACE(sfo_counters, failures_connection_lost, 144, 144, 140);
PLACE(sfo_counters, failures_send, 152, 152, 148);
PLACE(sfo_counters, failures_local, 160, 160, 156);
PLACE(sfo_counters, fallbacks_entered, 168, 168, 164);
PLACE(sfo_counters, fallbacks_left, 176, 176, 172);
PLACE(sfo_counters, failbacks, 184, 184, 180);
PLACE(sfo_counters, dns_queries_a, 192, 192, 188);
PLACE(sfo_counters, dns_queries_aaaa, 200, 200, 196);
PLACE(sfo_counters, dns_queries_srv, 208, 208, 204);
PLACE(sfo_counters, dns_queries_naptr, 216, 216, 212);
PLACE(sfo_counters, dns_queries_tcp, 224, 224, 220);
PLACE(sfo_counters, dns_failures, 232, 232, 228);
PLACE(sfo_counters, cache_hits, 240, 240, 236);
PLACE(sfo_counters, cache_evictions, 248, 248, 244);
PLACE(sfo_counters, static_answers, 256, 256, 252);
PLACE(sfo_counters, stale_answers, 264, 264, 260);
PLACE(sfo_counters, trace_lost, 272, 272, 268);

SIZE(sfo_account_info, 48, 48, 44);
PLACE(sfo_account_info, started, 8, 4, 4);
PLACE(sfo_account_info, current_server, 12, 8, 8);
PLACE(sfo_account_info, state, 16, 12, 12);
PLACE(sfo_account_info, cause, 24, 20, 20);
PLACE(sfo_account_info, expires_at_ms, 32, 32, 28);

SIZE(sfo_target, 120, 116, 116);
PLACE(sfo_target, server, 8, 4, 4);
PLACE(sfo_target, transport, 12, 8, 8);
PLACE(sfo_target, family, 16, 12, 12);
PLACE(sfo_target, port, 20, 16, 16);
PLACE(sfo_target, address, 24, 20, 20);
PLACE(sfo_target, text, 40, 36, 36);

SIZE(sfo_request, 40, 32, 32);
PLACE(sfo_request, account, 8, 4, 4);
PLACE(sfo_request, method, 12, 8, 8);
PLACE(sfo_request, flags, 16, 12, 12);
PLACE(sfo_request, user_token, 24, 16, 16);
PLACE(sfo_request, dialog, 32, 24, 24);

SIZE(sfo_dialog, 32, 32, 24);
PLACE(sfo_dialog, account, 8, 4, 4);
PLACE(sfo_dialog, method, 12, 8, 8);
PLACE(sfo_dialog, attempt, 16, 16, 12);
PLACE(sfo_dialog, source_text, 24, 24, 20);

SIZE(sfo_response, 32, 24, 24);
PLACE(sfo_response, status, 8, 4, 4);
PLACE(sfo_response, retry_after_s, 12, 8, 8);
PLACE(sfo_response, granted_expires_s, 16, 12, 12);
PLACE(sfo_response, min_expires_s, 20, 16, 16);
PLACE(sfo_response, flags, 24, 20, 20);

SIZE(sfo_dns_fd, 8, 8, 8);
PLACE(sfo_dns_fd, events, 4, 4, 4);
FIRST(sfo_diagnostic);
FIRST(sfo_key_info);
FIRST(sfo_options);
FIRST(sfo_send);
FIRST(sfo_dns_query);
FIRST(sfo_cancel);
FIRST(sfo_done);
FIRST(sfo_event);
FIRST(sfo_posted);
FIRST(sfo_callbacks);
FIRST(sfo_counters);
FIRST(sfo_account_info);
FIRST(sfo_target);
FIRST(sfo_request);
FIRST(sfo_dialog);
FIRST(sfo_response);

/* Numbers that are part of the interface. */
_Static_assert(sizeof(sfo_status) == 4 && (sfo_status)-1 < 0, "a status is a signed number of 32 bits");
_Static_assert(SFO_OK == 0 && SFO_LATE > 0 && SFO_ERR_IO < 0 && SFO_ERR_INVALID < 0, "errors are negative");
_Static_assert(SFO_TIME_NEVER == UINT64_MAX && SFO_ABSENT == UINT32_MAX, "what is not there");

int main(void)
{
  return 0;
}
