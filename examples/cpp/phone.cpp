// A phone in C++ in virtual time: server 1 never answers, so the phone registers with server 2 and calls over server 2.
// In a real one, run() is your event loop, now_ms a clock such as CLOCK_BOOTTIME, and send_sip() hands the attempt to
// your SIP stack. examples/minimal is the same in C, with real sockets for DNS.

#include <cinttypes>
#include <cstdio>

#include <sipfailover.hpp>

namespace {

const char provisioning[] =
    "account.1.enable = 1\n"
    "account.1.sip_server.1.address = 192.0.2.1\n" // a domain would be looked up in DNS
    "account.1.sip_server.2.address = 192.0.2.2\n"
    "account.1.fallback.redundancy_type = 1\n";

class phone : private sipfailover::listener {
public:
  sfo_status start(const sipfailover::config &settings)
  {
    sfo_options options = sipfailover::default_options();
    options.seed[0] = 1; // a product fills the seed from getrandom()
    const sfo_status status = engine_.create(settings, options, *this, now_ms_);
    return status == SFO_OK ? engine_.account_start(now_ms_, 1) : status;
  }

  // Until the call is over: jumps from one thing to do to the next.
  bool run()
  {
    while (!call_over_ && deadline_ != SFO_TIME_NEVER) {
      const std::uint64_t answer = answer_due_;
      if (answer <= deadline_) {
        now_ms_ = answer;
        answer_due_ = SFO_TIME_NEVER;
        engine_.attempt_response(now_ms_, answered_, sipfailover::make_response(200));
      } else {
        now_ms_ = deadline_;
        engine_.handle_timer(now_ms_);
      }
    }
    return call_over_;
  }

private:
  std::int32_t send_sip(const sfo_send &send) override
  {
    std::printf("%6" PRIu64 " ms  %s to %s, up to %" PRIu32 " ms\n", now_ms_, send.method_name, send.target_text,
                send.budget_ms);
    if (send.server == 2) { // the other one is dead
      answered_ = send.attempt;
      answer_due_ = now_ms_ + 20;
    }
    return 0;
  }

  void set_timer(std::uint64_t deadline_ms) override { deadline_ = deadline_ms; }

  void event(const sfo_event &event) override
  {
    std::printf("%6" PRIu64 " ms  %s\n", event.at_ms, event.text);
    if (event.kind == SFO_EVENT_REGISTRATION && event.state == SFO_REG_REGISTERED) {
      call_began_ = now_ms_;
      engine_.request_start(now_ms_, sipfailover::make_request(1, SFO_METHOD_INVITE), call_);
    }
  }

  void request_done(const sfo_done &done) override
  {
    std::printf("%6" PRIu64 " ms  call answered: %" PRIu32 " after %" PRIu64 " ms\n", now_ms_, done.sip_status,
                now_ms_ - call_began_);
    call_over_ = true;
  }

  std::uint64_t now_ms_ = 0, deadline_ = SFO_TIME_NEVER;
  std::uint64_t answered_ = 0, answer_due_ = SFO_TIME_NEVER;
  std::uint64_t call_ = 0, call_began_ = 0;
  bool call_over_ = false;
  sipfailover::engine engine_; // last: released before what its callbacks use
};

} // namespace

int main()
{
  sipfailover::config settings;
  if (settings.create() != SFO_OK || settings.load_text(provisioning) != SFO_OK)
    return 1;
  for (std::uint32_t i = 0; i < settings.diagnostic_count(); i++) {
    sfo_diagnostic diagnostic;
    if (settings.diagnostic(i, diagnostic) == SFO_OK)
      std::fprintf(stderr, "line %" PRIu32 ": %s\n", diagnostic.line, diagnostic.text);
  }

  phone phone;
  const sfo_status status = phone.start(settings);
  if (status != SFO_OK) {
    std::fprintf(stderr, "%s\n", sipfailover::status_text(status));
    return 1;
  }
  return phone.run() ? 0 : 1;
}
