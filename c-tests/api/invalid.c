/* Wrong arguments: every function refuses them by a status, and nothing happens. */

#include "check.h"
#include "rig.h"

#include <stdlib.h>
#include <string.h>

static struct rig rig;

static void null_config(void)
{
  sfo_diagnostic diagnostic;
  char buffer[8] = "x";
  size_t length = 7;
  int64_t number = 7;
  diagnostic.struct_size = sizeof diagnostic;
  CHECK_EQ(sfo_config_new(1, NULL), SFO_ERR_INVALID);
  sfo_config_free(NULL);
  CHECK_EQ(sfo_config_load_text(NULL, "", 0), SFO_ERR_INVALID);
  CHECK_EQ(sfo_config_set(NULL, "account.1.enable", "1"), SFO_ERR_INVALID);
  CHECK_EQ(sfo_config_get(NULL, "account.1.enable", buffer, sizeof buffer, &length), SFO_ERR_INVALID);
  CHECK_EQ(sfo_config_get_int(NULL, "account.1.enable", &number), SFO_ERR_INVALID);
  CHECK_EQ(sfo_config_reset(NULL, "account.1.enable"), SFO_ERR_INVALID);
  CHECK_EQ(sfo_config_check(NULL), SFO_ERR_INVALID);
  CHECK_EQ(sfo_config_diagnostic_count(NULL), 0);
  CHECK_EQ(sfo_config_diagnostic(NULL, 0, &diagnostic), SFO_ERR_INVALID);
  CHECK_EQ(sfo_config_last_error(NULL, buffer, sizeof buffer), 0);
  CHECK_EQ(buffer[0], '\0');
  CHECK(number == 7 && length == 7);
}

static void null_in_config(void)
{
  sfo_config *config = rig_config("nonsense\n");
  sfo_key_info info;
  char buffer[8];
  size_t length = 0;
  info.struct_size = sizeof info;
  CHECK_EQ(sfo_config_load_text(config, NULL, 1), SFO_ERR_INVALID);
  CHECK_EQ(sfo_config_diagnostic_count(config), 1);
  CHECK_EQ(sfo_config_diagnostic(config, 0, NULL), SFO_ERR_INVALID);
  CHECK_EQ(sfo_config_load_text(config, NULL, 0), SFO_OK);
  CHECK_EQ(sfo_config_load_text(config, "x", (size_t)-1), SFO_ERR_INVALID);
  CHECK_EQ(sfo_config_set(config, NULL, "1"), SFO_ERR_INVALID);
  CHECK_EQ(sfo_config_set(config, "account.1.enable", NULL), SFO_ERR_INVALID);
  CHECK_EQ(sfo_config_set(config, "account.1.label", "\xff"), SFO_ERR_INVALID);
  CHECK_EQ(sfo_config_set(config, "\xff", "1"), SFO_ERR_INVALID);
  CHECK_EQ(sfo_config_get(config, NULL, buffer, sizeof buffer, &length), SFO_ERR_INVALID);
  CHECK_EQ(sfo_config_get(config, "account.1.enable", NULL, 0, NULL), SFO_OK);
  CHECK_EQ(sfo_config_get(config, "account.1.enable", NULL, sizeof buffer, &length), SFO_OK);
  CHECK_EQ(length, 1);
  CHECK_EQ(sfo_config_get_int(config, NULL, NULL), SFO_ERR_INVALID);
  CHECK_EQ(sfo_config_get_int(config, "account.1.enable", NULL), SFO_ERR_INVALID);
  CHECK_EQ(sfo_config_reset(config, NULL), SFO_ERR_INVALID);
  CHECK_EQ(sfo_config_last_error(config, NULL, 0), sfo_config_last_error(config, NULL, 100));
  CHECK_EQ(sfo_config_key_info(0, NULL), SFO_ERR_INVALID);
  CHECK_EQ(sfo_config_key_info(sfo_config_key_count(), &info), SFO_ERR_NOT_FOUND);
  CHECK_EQ(sfo_config_key_info(UINT32_MAX, &info), SFO_ERR_NOT_FOUND);
  sfo_config_free(config);
}

static void account_numbers(void)
{
  sfo_config *config = NULL;
  CHECK_EQ(sfo_config_new(100001, &config), SFO_ERR_INVALID);
  CHECK_EQ(sfo_config_new(UINT32_MAX, &config), SFO_ERR_INVALID);
  CHECK(config == NULL);
  CHECK_EQ(sfo_config_new(2, &config), SFO_OK);
  CHECK_EQ(sfo_config_set(config, "account.2.enable", "1"), SFO_OK);
  CHECK_EQ(sfo_config_set(config, "account.3.enable", "1"), SFO_ERR_NOT_FOUND);
  CHECK_EQ(sfo_config_set(config, "account.0.enable", "1"), SFO_ERR_NOT_FOUND);
  sfo_config_free(config);
  CHECK_EQ(sfo_config_new(100000, &config), SFO_OK);
  CHECK_EQ(sfo_config_set(config, "account.100000.enable", "1"), SFO_OK);
  sfo_config_free(config);
}

static void null_engine(void)
{
  sfo_counters counters;
  memset(&counters, 0, sizeof counters);
  counters.struct_size = sizeof counters;
  sfo_account_info info;
  sfo_target target;
  sfo_request request = SFO_REQUEST_INIT;
  sfo_response response = SFO_RESPONSE_INIT;
  sfo_config *config = rig_config("");
  const char *servers[1] = { "192.0.2.1" };
  uint64_t id = 5;
  uint32_t number = 5;
  uint8_t byte = 0;
  char buffer[4];
  info.struct_size = sizeof info;
  target.struct_size = sizeof target;
  request.account = 1;
  request.method = SFO_METHOD_INVITE;
  response.status = 200;
  sfo_engine_free(NULL);
  CHECK_EQ(sfo_engine_reconfigure(NULL, 0, config), SFO_ERR_INVALID);
  CHECK_EQ(sfo_engine_handle_timer(NULL, 0), SFO_ERR_INVALID);
  CHECK_EQ(sfo_engine_handle_dns(NULL, 0, 0, &byte, 1), SFO_ERR_INVALID);
  CHECK_EQ(sfo_engine_dns_failed(NULL, 0, 1, 0, SFO_TRANSPORT_UDP), SFO_ERR_INVALID);
  CHECK_EQ(sfo_engine_set_dns_servers(NULL, 0, servers, 1), SFO_ERR_INVALID);
  CHECK_EQ(sfo_engine_set_link(NULL, 0, SFO_LINK_UP), SFO_ERR_INVALID);
  CHECK_EQ(sfo_engine_flow_lost(NULL, 0, 1, 1), SFO_ERR_INVALID);
  CHECK_EQ(sfo_engine_heard_from(NULL, 0, 1, "192.0.2.1"), SFO_ERR_INVALID);
  CHECK_EQ(sfo_dialog_close(NULL, 0, 1), SFO_ERR_INVALID);
  CHECK_EQ(sfo_engine_accepts_source(NULL, 1, "192.0.2.1", &number), SFO_ERR_INVALID);
  CHECK_EQ(sfo_engine_counters(NULL, &counters), SFO_ERR_INVALID);
  CHECK_EQ(sfo_engine_last_error(NULL, buffer, sizeof buffer), 0);
  CHECK_EQ(sfo_account_start(NULL, 0, 1), SFO_ERR_INVALID);
  CHECK_EQ(sfo_account_stop(NULL, 0, 1), SFO_ERR_INVALID);
  CHECK_EQ(sfo_account_set_busy(NULL, 0, 1, 1), SFO_ERR_INVALID);
  CHECK_EQ(sfo_account_state(NULL, 1, &info), SFO_ERR_INVALID);
  CHECK_EQ(sfo_account_current_target(NULL, 1, &target), SFO_ERR_INVALID);
  CHECK_EQ(sfo_request_start(NULL, 0, &request, &id), SFO_ERR_INVALID);
  CHECK_EQ(sfo_request_cancel(NULL, 0, 1), SFO_ERR_INVALID);
  CHECK_EQ(sfo_attempt_provisional(NULL, 0, 1, 180), SFO_ERR_INVALID);
  CHECK_EQ(sfo_attempt_response(NULL, 0, 1, &response), SFO_ERR_INVALID);
  CHECK_EQ(sfo_attempt_failed(NULL, 0, 1, SFO_CAUSE_SEND), SFO_ERR_INVALID);
  CHECK_EQ(sfo_dns_io_fds(NULL, NULL, 0), 0);
  CHECK_EQ(sfo_dns_io_handle(NULL, 0, 1), SFO_ERR_INVALID);
  CHECK_EQ(sfo_dns_io_use_resolv_conf(NULL, 0, NULL), SFO_ERR_INVALID);
  CHECK(id == 5 && number == 5);
  sfo_config_free(config);
}

static void null_beside_engine(void)
{
  sfo_request request = SFO_REQUEST_INIT;
  const char *servers[2] = { "192.0.2.1", NULL };
  uint64_t id = 5;
  uint32_t number = 5;
  request.account = 1;
  request.method = SFO_METHOD_INVITE;
  rig_open(&rig, RIG_TWO_SERVERS, 0);
  rig_register(&rig);
  CHECK_EQ(sfo_engine_reconfigure(rig_input(&rig), rig.now, NULL), SFO_ERR_INVALID);
  CHECK_EQ(sfo_engine_handle_dns(rig_input(&rig), rig.now, 0, NULL, 0), SFO_ERR_INVALID);
  CHECK_EQ(sfo_engine_handle_dns(rig_input(&rig), rig.now, 0, (const uint8_t *)servers, 65536), SFO_ERR_INVALID);
  CHECK_EQ(sfo_engine_set_dns_servers(rig_input(&rig), rig.now, NULL, 1), SFO_ERR_INVALID);
  CHECK_EQ(sfo_engine_set_dns_servers(rig_input(&rig), rig.now, servers, 2), SFO_ERR_INVALID);
  CHECK_EQ(sfo_engine_set_dns_servers(rig_input(&rig), rig.now, NULL, 0), SFO_OK);
  CHECK_EQ(sfo_engine_accepts_source(rig.engine, 1, NULL, &number), SFO_ERR_INVALID);
  CHECK_EQ(sfo_engine_accepts_source(rig.engine, 1, "192.0.2.1", NULL), SFO_ERR_INVALID);
  CHECK_EQ(sfo_engine_counters(rig.engine, NULL), SFO_ERR_INVALID);
  CHECK_EQ(sfo_account_state(rig.engine, 1, NULL), SFO_ERR_INVALID);
  CHECK_EQ(sfo_account_current_target(rig.engine, 1, NULL), SFO_ERR_INVALID);
  CHECK_EQ(sfo_request_start(rig_input(&rig), rig.now, NULL, &id), SFO_ERR_INVALID);
  CHECK_EQ(sfo_request_start(rig_input(&rig), rig.now, &request, NULL), SFO_ERR_INVALID);
  CHECK_EQ(sfo_attempt_response(rig_input(&rig), rig.now, 1, NULL), SFO_ERR_INVALID);
  CHECK(id == 5 && number == 5);
  CHECK_EQ(rig.totals[SEND], 0);
  rig_close(&rig);
}

static void unknown_numbers(void)
{
  static const uint32_t statuses[] = { 0, 1, 99, 100, 199, 700, 9999, UINT32_MAX };
  static const uint32_t causes[] = { 0, 1, 8, 9, 10, 18, 19, 20, UINT32_MAX };
  sfo_request request = SFO_REQUEST_INIT;
  sfo_response response = SFO_RESPONSE_INIT;
  uint64_t id = 5;
  uint32_t number = 5;
  rig_open(&rig, RIG_TWO_SERVERS, 0);
  rig_register(&rig);
  request.account = 1;
  for (uint32_t method = 0; method < 40; method++) {
    request.method = method;
    sfo_status wanted = method >= SFO_METHOD_INVITE && method <= SFO_METHOD_OTHER ? SFO_OK : SFO_ERR_INVALID;
    CHECK_EQ(sfo_request_start(rig_input(&rig), rig.now, &request, &id), wanted);
  }
  request.method = UINT32_MAX;
  CHECK_EQ(sfo_request_start(rig_input(&rig), rig.now, &request, &id), SFO_ERR_INVALID);
  request.method = SFO_METHOD_INVITE;
  for (uint32_t bit = 2; bit < 32; bit++) {
    request.flags = 1u << bit;
    CHECK_EQ(sfo_request_start(rig_input(&rig), rig.now, &request, &id), SFO_ERR_INVALID);
  }
  uint64_t attempt = rig_find(&rig, SEND, 0)->attempt;
  for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++) {
    response.status = statuses[i];
    CHECK_EQ(sfo_attempt_response(rig_input(&rig), rig.now, attempt, &response), SFO_ERR_INVALID);
  }
  response.status = 200;
  for (uint32_t bit = 1; bit < 32; bit++) {
    response.flags = 1u << bit;
    CHECK_EQ(sfo_attempt_response(rig_input(&rig), rig.now, attempt, &response), SFO_ERR_INVALID);
  }
  CHECK_EQ(sfo_attempt_provisional(rig_input(&rig), rig.now, attempt, 99), SFO_ERR_INVALID);
  CHECK_EQ(sfo_attempt_provisional(rig_input(&rig), rig.now, attempt, 200), SFO_ERR_INVALID);
  for (size_t i = 0; i < sizeof causes / sizeof *causes; i++) {
    CHECK_EQ(sfo_attempt_failed(rig_input(&rig), rig.now, attempt, causes[i]), SFO_ERR_INVALID);
  }
  CHECK_EQ(sfo_engine_set_link(rig_input(&rig), rig.now, 0), SFO_ERR_INVALID);
  CHECK_EQ(sfo_engine_set_link(rig_input(&rig), rig.now, 4), SFO_ERR_INVALID);
  CHECK_EQ(sfo_engine_set_link(rig_input(&rig), rig.now, 0), SFO_ERR_INVALID);
  CHECK_EQ(sfo_account_set_busy(rig_input(&rig), rig.now, 1, 2), SFO_ERR_INVALID);
  CHECK_EQ(sfo_engine_accepts_source(rig.engine, 1, "not an address", &number), SFO_ERR_INVALID);
  CHECK_EQ(number, 5);
  CHECK_EQ(rig.totals[DONE], 0);
  rig_close(&rig);
}

/* Nobody has these ids. */
static void foreign_ids(uint64_t known)
{
  const uint64_t ids[] = { 0, known + 1000000, known ^ (1ull << 63), known << 40, UINT64_MAX };
  sfo_response response = SFO_RESPONSE_INIT;
  response.status = 200;
  for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
    CHECK_EQ(sfo_request_cancel(rig_input(&rig), rig.now, ids[i]), SFO_ERR_NOT_FOUND);
    CHECK_EQ(sfo_attempt_provisional(rig_input(&rig), rig.now, ids[i], 180), SFO_ERR_NOT_FOUND);
    CHECK_EQ(sfo_attempt_response(rig_input(&rig), rig.now, ids[i], &response), SFO_ERR_NOT_FOUND);
    CHECK_EQ(sfo_attempt_failed(rig_input(&rig), rig.now, ids[i], SFO_CAUSE_SEND), SFO_ERR_NOT_FOUND);
  }
}

static void foreign_accounts(void)
{
  static const uint32_t accounts[] = { 0, 2, 16, 17, UINT32_MAX };
  sfo_request request = SFO_REQUEST_INIT;
  sfo_account_info info;
  sfo_target target;
  uint64_t id = 0;
  uint32_t accepted = 0;
  info.struct_size = sizeof info;
  target.struct_size = sizeof target;
  request.method = SFO_METHOD_INVITE;
  for (size_t i = 0; i < sizeof accounts / sizeof *accounts; i++) {
    uint32_t account = accounts[i];
    request.account = account;
    CHECK_EQ(sfo_account_start(rig_input(&rig), rig.now, account), SFO_ERR_NOT_FOUND);
    CHECK_EQ(sfo_account_stop(rig_input(&rig), rig.now, account), SFO_ERR_NOT_FOUND);
    CHECK_EQ(sfo_account_set_busy(rig_input(&rig), rig.now, account, 1), SFO_ERR_NOT_FOUND);
    CHECK_EQ(sfo_account_state(rig.engine, account, &info), SFO_ERR_NOT_FOUND);
    CHECK_EQ(sfo_account_current_target(rig.engine, account, &target), SFO_ERR_NOT_FOUND);
    CHECK_EQ(sfo_engine_accepts_source(rig.engine, account, "192.0.2.1", &accepted), SFO_ERR_NOT_FOUND);
    CHECK_EQ(sfo_request_start(rig_input(&rig), rig.now, &request, &id), SFO_ERR_NOT_FOUND);
  }
}

static void stale_ids(void)
{
  uint64_t id = 0, last = 0;
  rig_open(&rig, RIG_TWO_SERVERS, 0);
  CHECK_EQ(rig_request(&rig, SFO_METHOD_INVITE, 1, &id), SFO_ERR_STATE);
  rig_register(&rig);
  foreign_accounts();
  for (int i = 0; i < 50; i++) {
    rig_forget(&rig);
    CHECK_EQ(rig_request(&rig, SFO_METHOD_MESSAGE, 1, &id), SFO_OK);
    CHECK(id != 0 && id != last);
    last = id;
    uint64_t attempt = rig_find(&rig, SEND, 0)->attempt;
    foreign_ids(attempt > id ? attempt : id);
    CHECK_EQ(rig_answer(&rig, attempt, 200), SFO_OK);
    CHECK_EQ(rig.totals[DONE], 1);
    CHECK_EQ(sfo_request_cancel(rig_input(&rig), rig.now, id), SFO_ERR_NOT_FOUND);
    /* The first report counts, further ones are ignored. */
    CHECK_EQ(rig_answer(&rig, attempt, 503), SFO_OK);
    CHECK_EQ(sfo_attempt_failed(rig_input(&rig), rig.now, attempt, SFO_CAUSE_SEND), SFO_OK);
    CHECK_EQ(rig.totals[DONE], 1);
    rig_run(&rig, 200000);
    CHECK_EQ(rig_answer(&rig, attempt, 200), SFO_ERR_NOT_FOUND);
  }
  rig_close(&rig);
}

static void texts(void)
{
  for (int32_t status = -20; status < 20; status++) {
    const char *text = sfo_status_text(status);
    int is_known = status <= SFO_LATE && status >= SFO_ERR_DATA;
    CHECK(text != NULL && text[0] != '\0');
    CHECK_EQ(strcmp(text, "unknown status") != 0, is_known);
  }
  for (uint32_t cause = 0; cause < 40; cause++) {
    const char *text = sfo_cause_text(cause);
    CHECK(text != NULL && text[0] != '\0');
    CHECK_EQ(strcmp(text, "unknown cause") != 0, cause <= SFO_CAUSE_ANSWERED_ELSEWHERE);
  }
  CHECK(strcmp(sfo_cause_text(UINT32_MAX), "unknown cause") == 0);
  CHECK_EQ(sfo_version(), SFO_VERSION_NUMBER);
  CHECK_EQ(sfo_abi_version(), SFO_ABI_VERSION);
}

/* What was wrong stands in the engine's own words, cut as snprintf() would cut it. */
static void last_error(void)
{
  const char *wrong[1] = { "no.address.here" };
  const char *good[1] = { "192.0.2.53" };
  const char *many[9] = { "1.1.1.1", "1.1.1.2", "1.1.1.3", "1.1.1.4", "1.1.1.5", "1.1.1.6", "1.1.1.7", "1.1.1.8", "1.1.1.9" };
  char text[128], cut[4] = { 'x', 'x', 'x', 'x' };
  rig_open(&rig, RIG_NAMED_SERVER, 0);
  CHECK_EQ(sfo_engine_last_error(rig.engine, text, sizeof text), 0);
  CHECK_EQ(sfo_engine_set_dns_servers(rig_input(&rig), rig.now, good, 1), SFO_OK);
  CHECK_EQ(sfo_engine_set_dns_servers(rig_input(&rig), rig.now, wrong, 1), SFO_ERR_INVALID);
  size_t length = sfo_engine_last_error(rig.engine, text, sizeof text);
  CHECK(length > 0 && length == strlen(text) && strstr(text, wrong[0]) != NULL);
  CHECK_EQ(sfo_engine_last_error(rig.engine, cut, 3), length);
  CHECK(cut[2] == '\0' && cut[3] == 'x' && strncmp(cut, text, 2) == 0);
  CHECK_EQ(sfo_engine_last_error(rig.engine, cut, 0), length);
  CHECK_EQ(sfo_engine_last_error(rig.engine, NULL, 0), length);
  CHECK_EQ(sfo_engine_set_dns_servers(rig_input(&rig), rig.now, many, 9), SFO_ERR_LIMIT);
  /* The server named before is still asked. */
  CHECK_EQ(sfo_account_start(rig_input(&rig), rig.now, 1), SFO_OK);
  CHECK_EQ(rig.totals[DNS], 1);
  CHECK_EQ(sfo_engine_set_dns_servers(rig_input(&rig), rig.now, many, 8), SFO_OK);
  rig_close(&rig);
}

int main(void)
{
  null_config();
  null_in_config();
  account_numbers();
  null_engine();
  null_beside_engine();
  unknown_numbers();
  stale_ids();
  texts();
  last_error();
  return check_result();
}
