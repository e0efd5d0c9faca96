// No exception crosses the library: where there are exceptions, they are caught and told.

#include "phone.hpp"

#if SFO_HPP_EXCEPTIONS

#include <stdexcept>

namespace {

class thrower : public phone {
public:
  std::int32_t send_sip(const sfo_send &send) override
  {
    phone::send_sip(send);
    throw std::runtime_error("no socket");
  }
  void event(const sfo_event &) override { throw 1; }
  void log(std::uint32_t, const char *) override { throw 1; }
  void destroyed() override { throw 1; }

  void exception_left_callback() noexcept override
  {
    told++;
    try {
      throw;
    } catch (const std::exception &exception) {
      text = exception.what();
    } catch (...) {
      others++;
    }
  }

  unsigned told = 0, others = 0;
  std::string text;
};

} // namespace

void exceptions()
{
  thrower listener;
  {
    sipfailover::engine engine;
    CHECK_EQ(engine.create(configured(TWO_SERVERS), sipfailover::default_options(), listener, BEGIN_MS), SFO_OK);
    CHECK_EQ(engine.account_start(BEGIN_MS, 1), SFO_OK);
    CHECK(listener.text == "no socket");
    CHECK(listener.others > 0);
    // The attempt has failed, as if send_sip had said so.
    sfo_counters counters;
    CHECK_EQ(engine.counters(counters), SFO_OK);
    CHECK(counters.failures_transport > 0);
    CHECK_EQ(engine.attempt_response(BEGIN_MS, listener.attempt, sipfailover::make_response(200)), SFO_LATE);
  }
  CHECK(listener.told == listener.others + listener.sends);
}

#else

void exceptions() {}

#endif
