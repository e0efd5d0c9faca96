// The same with the C++11 header.

#include <sipfailover.hpp>

namespace {

class phone : public sipfailover::listener {
public:
  unsigned sends = 0;

  std::int32_t send_sip(const sfo_send &send) override
  {
    sends += send.port == 5060 ? 1u : 0u;
    return 0;
  }
  void set_timer(std::uint64_t) override {}
};

} // namespace

int main()
{
  phone listener;
  sipfailover::config config;
  sipfailover::engine engine;
  const bool started = sipfailover::abi_matches() && config.create() == SFO_OK
      && config.set("account.1.enable", "1") == SFO_OK
      && config.set("account.1.sip_server.1.address", "192.0.2.1") == SFO_OK
      && engine.create(config, sipfailover::default_options(), listener, 1000) == SFO_OK
      && engine.account_start(1000, 1) == SFO_OK;
  return started && listener.sends == 1 ? 0 : 1;
}
