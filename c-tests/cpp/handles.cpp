// Handles: who owns what, and that every function arrives at the right one with the right arguments.

#include "phone.hpp"

#include <cstring>
#include <utility>

static void a_configuration_reads_and_writes()
{
  sipfailover::config config = configured(TWO_SERVERS);
  std::string text = "before";
  std::int64_t number = 0;
  CHECK_EQ(config.get("account.1.sip_server.2.address", text), SFO_OK);
  CHECK(text == "192.0.2.2");
  CHECK_EQ(config.get("no.such.key", text), SFO_ERR_NOT_FOUND);
  CHECK(text == "192.0.2.2");
  CHECK_EQ(config.set("account.1.sip_server.1.port", "5090"), SFO_OK);
  CHECK_EQ(config.get_int("account.1.sip_server.1.port", number), SFO_OK);
  CHECK_EQ(number, 5090);
  CHECK_EQ(config.reset("account.1.sip_server.1.port"), SFO_OK);
  CHECK_EQ(config.get_int("account.1.sip_server.1.port", number), SFO_OK);
  CHECK(number != 5090);
  CHECK_EQ(config.set(std::string("account.1.sip_server.1.port"), std::string("many")), SFO_ERR_CONFIG);
  CHECK(config.last_error().size() > 5 && config.last_error().find('\0') == std::string::npos);
  CHECK_EQ(config.load_text("nonsense\n", 9), SFO_OK);
  CHECK_EQ(config.diagnostic_count(), 1);
  sfo_diagnostic diagnostic;
  CHECK_EQ(config.diagnostic(0, diagnostic), SFO_OK);
  CHECK_EQ(diagnostic.line, 1);
  CHECK_EQ(config.check(), SFO_OK);
  CHECK_EQ(config.diagnostic_count(), 0);
}

static void what_is_empty_is_refused()
{
  sipfailover::config config;
  sipfailover::engine engine;
  phone listener;
  std::string text;
  CHECK(!config && !engine);
  CHECK_EQ(config.load_text(TWO_SERVERS), SFO_ERR_INVALID);
  CHECK_EQ(engine.create(config, sipfailover::default_options(), listener, 0), SFO_ERR_INVALID);
  CHECK_EQ(engine.handle_timer(0), SFO_ERR_INVALID);
  CHECK_EQ(engine.snapshot_export(0, 0, text), SFO_ERR_INVALID);
  CHECK(engine.last_error().empty() && config.last_error().empty());
  engine.release();
}

static void a_handle_moves_and_releases_once()
{
  phone first, second;
  {
    const sipfailover::config config = configured(TWO_SERVERS);
    sipfailover::engine engine, other;
    CHECK_EQ(engine.create(config, sipfailover::default_options(), first, BEGIN_MS), SFO_OK);
    CHECK_EQ(other.create(config, sipfailover::default_options(), second, BEGIN_MS), SFO_OK);
    sfo_engine *object = engine.c_handle();
    sipfailover::engine moved(std::move(engine));
    CHECK(!engine && moved.c_handle() == object);
    CHECK_EQ(first.gone, 0);
    other = std::move(moved);
    CHECK_EQ(second.gone, 1);
    CHECK_EQ(first.gone, 0);
    CHECK(other.c_handle() == object && !moved);
    // A refused creation leaves what was there.
    sfo_options options = sipfailover::default_options();
    options.t1_ms = 1;
    CHECK_EQ(other.create(config, options, second, BEGIN_MS), SFO_ERR_INVALID);
    CHECK(other.c_handle() == object);
  }
  CHECK_EQ(first.gone, 1);
  CHECK_EQ(second.gone, 1);
}

static void the_engine_answers()
{
  phone listener;
  sipfailover::config config = configured(TWO_SERVERS);
  sipfailover::engine engine;
  CHECK_EQ(engine.create(config, sipfailover::default_options(), listener, BEGIN_MS), SFO_OK);
  CHECK_EQ(engine.account_start(BEGIN_MS, 1), SFO_OK);
  sfo_account_info info;
  CHECK_EQ(engine.account_state(1, info), SFO_OK);
  CHECK_EQ(info.started, 1);
  bool accepted = false;
  CHECK_EQ(engine.accepts_source(1, "192.0.2.1", accepted), SFO_OK);
  CHECK(accepted);
  CHECK_EQ(engine.accepts_source(1, "198.51.100.1", accepted), SFO_OK);
  CHECK(!accepted);
  sfo_target target;
  CHECK_EQ(engine.account_current_target(1, target), SFO_ERR_NOT_FOUND);
  CHECK_EQ(engine.attempt_response(BEGIN_MS, listener.first, sipfailover::make_response(200)), SFO_OK);
  CHECK_EQ(engine.account_current_target(1, target), SFO_OK);
  CHECK(std::strncmp(target.text, "192.0.2.1:", 10) == 0);
  sfo_counters counters;
  CHECK_EQ(engine.counters(counters), SFO_OK);
  CHECK_EQ(counters.attempts, listener.sends);
  const char *const servers[] = { "not an address" };
  CHECK_EQ(engine.set_dns_servers(BEGIN_MS, servers, 1), SFO_ERR_INVALID);
  CHECK(!engine.last_error().empty());
  CHECK_EQ(engine.account_set_busy(BEGIN_MS, 1, true), SFO_OK);
  CHECK_EQ(engine.set_families(BEGIN_MS, SFO_FAMILY_IPV4), SFO_OK);
  CHECK_EQ(engine.set_families(BEGIN_MS, 64), SFO_ERR_INVALID);
  CHECK_EQ(engine.set_link(BEGIN_MS, SFO_LINK_UP), SFO_OK);
  CHECK_EQ(engine.set_link(BEGIN_MS, 64), SFO_ERR_INVALID);
  CHECK_EQ(engine.reconfigure(BEGIN_MS, config), SFO_OK);
  CHECK_EQ(engine.dns_io_use_resolv_conf(BEGIN_MS, "/no/such/file"), SFO_ERR_IO);
  CHECK_EQ(engine.dns_io_handle(BEGIN_MS, -1), SFO_ERR_NOT_FOUND);
  CHECK_EQ(engine.dns_io_fds(nullptr, 0), 0);
  CHECK_EQ(engine.account_stop(BEGIN_MS, 1), SFO_OK);
  CHECK_EQ(engine.account_start(BEGIN_MS, 9), SFO_ERR_NOT_FOUND);
}

static void a_snapshot_goes_from_one_engine_to_the_next()
{
  phone listener;
  const sipfailover::config config = configured(TWO_SERVERS);
  sipfailover::engine before, after;
  std::string bytes = "old";
  CHECK_EQ(before.create(config, sipfailover::default_options(), listener, BEGIN_MS), SFO_OK);
  CHECK_EQ(before.account_start(BEGIN_MS, 1), SFO_OK);
  CHECK_EQ(before.attempt_response(BEGIN_MS, listener.attempt, sipfailover::make_response(200)), SFO_OK);
  CHECK_EQ(before.snapshot_export(BEGIN_MS, 0, bytes), SFO_OK);
  CHECK(bytes.size() > 10);
  CHECK_EQ(after.create(config, sipfailover::default_options(), listener, BEGIN_MS), SFO_OK);
  CHECK_EQ(after.snapshot_import(BEGIN_MS, 0, bytes), SFO_OK);
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
  CHECK_EQ(after.snapshot_import(BEGIN_MS, 0, bytes), SFO_ERR_DATA);
}

// What is told about an input shows that it has arrived, and with which arguments.
static void check_told(sipfailover::engine &engine, phone &listener, sfo_status posted, std::uint32_t kind, std::uint64_t id)
{
  listener.last_posted = sfo_posted();
  CHECK_EQ(posted, SFO_OK);
  CHECK_EQ(engine.process(BEGIN_MS), SFO_OK);
  const sfo_posted &told = listener.last_posted;
  CHECK_EQ(told.kind, kind);
  CHECK_EQ(told.request + told.attempt + told.dialog + told.account, id);
}

static void posts_arrive()
{
  phone listener;
  const sipfailover::config config = configured(TWO_SERVERS);
  sipfailover::engine engine;
  const char *const servers[] = { "192.0.2.53" }, *const nobody[] = { "nobody" };
  const std::uint8_t bytes[12] = { 0 };
  sfo_request request = sipfailover::make_request(1, SFO_METHOD_INVITE);
  sfo_dialog dialog = SFO_DIALOG_INIT;
  CHECK_EQ(engine.create(config, sipfailover::default_options(), listener, BEGIN_MS), SFO_OK);
  dialog.account = 1;
  dialog.method = SFO_METHOD_INVITE;
  dialog.source_text = "192.0.2.1";
  check_told(engine, listener, engine.post_attempt_provisional(41, 180), SFO_POSTED_PROVISIONAL, 41);
  CHECK_EQ(listener.wakes, 1);
  const sfo_response ok = sipfailover::make_response(200);
  check_told(engine, listener, engine.post_attempt_response(42, ok), SFO_POSTED_RESPONSE, 42);
  check_told(engine, listener, engine.post_attempt_failed(43, SFO_CAUSE_TLS), SFO_POSTED_FAILED, 43);
  check_told(engine, listener, engine.post_request_start(request), SFO_POSTED_REQUEST_START, 1);
  check_told(engine, listener, engine.post_request_cancel(44), SFO_POSTED_REQUEST_CANCEL, 44);
  check_told(engine, listener, engine.post_dialog_open(dialog, 7), SFO_POSTED_DIALOG_OPEN, 1);
  CHECK_EQ(listener.last_posted.user_token, 7);
  check_told(engine, listener, engine.post_dialog_close(45), SFO_POSTED_DIALOG_CLOSE, 45);
  check_told(engine, listener, engine.post_account_stop(46), SFO_POSTED_ACCOUNT_STOP, 46);
  check_told(engine, listener, engine.post_account_start(47), SFO_POSTED_ACCOUNT_START, 47);
  check_told(engine, listener, engine.post_set_busy(48, 1), SFO_POSTED_BUSY, 48);
  check_told(engine, listener, engine.post_flow_lost(49, 2), SFO_POSTED_FLOW_LOST, 49);
  check_told(engine, listener, engine.post_heard_from(50, "192.0.2.1"), SFO_POSTED_HEARD_FROM, 50);
  CHECK_EQ(engine.post_set_link(SFO_LINK_UP), SFO_OK);
  CHECK_EQ(engine.post_set_link(64), SFO_ERR_INVALID);
  CHECK_EQ(engine.post_set_families(SFO_FAMILY_IPV4), SFO_OK);
  CHECK_EQ(engine.post_set_families(64), SFO_ERR_INVALID);
  CHECK_EQ(engine.post_set_dns_servers(servers, 1), SFO_OK);
  CHECK_EQ(engine.post_set_dns_servers(nobody, 1), SFO_ERR_INVALID);
  CHECK_EQ(engine.post_dns_failed(1, 0, SFO_TRANSPORT_UDP), SFO_OK);
  CHECK_EQ(engine.post_dns_failed(1, 0, SFO_TRANSPORT_TLS), SFO_ERR_INVALID);
  CHECK_EQ(engine.post_handle_dns(0, bytes, sizeof bytes), SFO_OK);
  CHECK_EQ(engine.process(BEGIN_MS), SFO_OK);
  sfo_counters counters = SFO_COUNTERS_INIT;
  CHECK_EQ(engine.counters(counters), SFO_OK);
  CHECK_EQ(counters.dns_ignored, 1);
}

static void the_rest_is_what_it_is_in_c()
{
  CHECK(std::strcmp(sipfailover::status_text(SFO_ERR_BUSY), sfo_status_text(SFO_ERR_BUSY)) == 0);
  CHECK(std::strcmp(sipfailover::cause_text(SFO_CAUSE_TLS), sfo_cause_text(SFO_CAUSE_TLS)) == 0);
  CHECK_EQ(sipfailover::version(), SFO_VERSION_NUMBER);
  CHECK_EQ(sipfailover::abi_version(), SFO_ABI_VERSION);
  CHECK(sipfailover::abi_matches());
  CHECK_EQ(sipfailover::tick_extend(0xffffffffu, 1), 0x100000001LL);
  sfo_key_info key;
  CHECK(sipfailover::config_key_count() > 10);
  CHECK_EQ(sipfailover::config_key_info(0, key), SFO_OK);
  CHECK(std::strlen(key.name) > 0);
  CHECK_EQ(sipfailover::config_key_info(sipfailover::config_key_count(), key), SFO_ERR_NOT_FOUND);
  CHECK_EQ(sipfailover::sized<sfo_counters>().struct_size, sizeof(sfo_counters));
}

void handles()
{
  a_configuration_reads_and_writes();
  what_is_empty_is_refused();
  a_handle_moves_and_releases_once();
  the_engine_answers();
  a_snapshot_goes_from_one_engine_to_the_next();
  posts_arrive();
  the_rest_is_what_it_is_in_c();
}
