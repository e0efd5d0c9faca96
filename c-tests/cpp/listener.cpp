// Listeners: every callback arrives, and an engine may end in one of its own.

#include "phone.hpp"

static void a_call_reaches_every_callback()
{
  phone listener;
  const sipfailover::config config = configured(TWO_SERVERS);
  sipfailover::engine engine;
  CHECK_EQ(engine.create(config, sipfailover::default_options(), listener, BEGIN_MS), SFO_OK);
  CHECK_EQ(engine.account_start(BEGIN_MS, 1), SFO_OK);
  // Fallback registers with both servers.
  while (listener.sends < 2 && listener.deadline != SFO_TIME_NEVER)
    CHECK_EQ(engine.handle_timer(listener.deadline), SFO_OK);
  std::uint64_t call = 0;
  CHECK_EQ(engine.request_start(listener.deadline, sipfailover::make_request(1), call), SFO_OK);
  CHECK(call != 0);
  const std::uint64_t ringing = listener.attempt;
  CHECK_EQ(engine.attempt_provisional(listener.deadline, ringing, 180), SFO_OK);
  CHECK_EQ(engine.attempt_failed(listener.deadline, ringing, SFO_CAUSE_CONNECTION_LOST), SFO_OK);
  std::uint64_t second = 0;
  CHECK_EQ(engine.request_start(listener.deadline, sipfailover::make_request(1, SFO_METHOD_MESSAGE, 7), second), SFO_OK);
  CHECK_EQ(engine.request_cancel(listener.deadline, second), SFO_OK);
  CHECK_EQ(engine.request_cancel(listener.deadline, second), SFO_ERR_NOT_FOUND);
  CHECK(listener.cancels > 0);
  CHECK(listener.events > 0);
  CHECK(!listener.logged.empty());
  engine.release();
  CHECK_EQ(listener.gone, 1);
  CHECK(listener.dones <= 1);
}

static void dns_goes_where_it_should()
{
  const char *const servers[] = { "127.0.0.1:9" };
  const sipfailover::config config = configured(NAMED_SERVER);
  phone builtin, firmware;
  sipfailover::engine ours, theirs;
  CHECK_EQ(ours.create(config, sipfailover::default_options(), builtin, BEGIN_MS), SFO_OK);
  CHECK_EQ(theirs.create(config, sipfailover::default_options(), firmware, BEGIN_MS, sipfailover::dns::firmware), SFO_OK);
  for (sipfailover::engine *engine : { &ours, &theirs }) {
    CHECK_EQ(engine->set_dns_servers(BEGIN_MS, servers, 1), SFO_OK);
    CHECK_EQ(engine->account_start(BEGIN_MS, 1), SFO_OK);
  }
  CHECK(builtin.watches > 0);
  CHECK_EQ(builtin.queries, 0);
  CHECK_EQ(firmware.watches, 0);
  const unsigned asked = firmware.queries;
  CHECK(asked > 0);
  const std::uint8_t noise[] = { 1, 2, 3 };
  CHECK_EQ(theirs.handle_dns(BEGIN_MS, 0, noise, sizeof noise), SFO_OK);
  sfo_counters counters;
  CHECK_EQ(theirs.counters(counters), SFO_OK);
  CHECK_EQ(counters.dns_ignored, 1);
  CHECK_EQ(theirs.dns_failed(BEGIN_MS, firmware.query, 0, SFO_TRANSPORT_UDP), SFO_OK);
  CHECK(firmware.queries > asked || firmware.deadline != SFO_TIME_NEVER);
}

namespace {

// Ends its engine as soon as it is asked to send.
class leaver : public phone {
public:
  std::int32_t send_sip(const sfo_send &send) override
  {
    engine.release();
    return phone::send_sip(send);
  }
  sipfailover::engine engine;
};

} // namespace

static void an_engine_ends_in_its_own_callback()
{
  leaver listener;
  CHECK_EQ(listener.engine.create(configured(TWO_SERVERS), sipfailover::default_options(), listener, BEGIN_MS), SFO_OK);
  (void)listener.engine.account_start(BEGIN_MS, 1);
  CHECK(!listener.engine);
  CHECK_EQ(listener.gone, 1);
}

void listeners()
{
  a_call_reaches_every_callback();
  dns_goes_where_it_should();
  an_engine_ends_in_its_own_callback();
}
