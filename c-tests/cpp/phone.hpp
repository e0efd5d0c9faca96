// A listener that records, for the tests of the C++ header.

#ifndef PHONE_HPP
#define PHONE_HPP

#include <sipfailover.hpp>

extern "C" {
#include "check.h"
}

const std::uint64_t BEGIN_MS = 1000;

// Two servers with numeric addresses: nothing to ask DNS for.
const char *const TWO_SERVERS = "account.1.enable = 1\n"
                                "account.1.sip_server.1.address = 192.0.2.1\n"
                                "account.1.sip_server.2.address = 192.0.2.2\n";
// One question for an address.
const char *const NAMED_SERVER = "account.1.enable = 1\n"
                                 "account.1.sip_server.1.address = pbx.example.com\n"
                                 "account.1.sip_server.1.port = 5060\n";

class phone : public sipfailover::listener {
public:
  std::int32_t send_sip(const sfo_send &send) override
  {
    if (sends++ == 0)
      first = send.attempt;
    attempt = send.attempt;
    return 0;
  }
  void set_timer(std::uint64_t deadline_ms) override { deadline = deadline_ms; }
  std::int32_t dns_send(const sfo_dns_query &asked) override
  {
    queries++;
    query = asked.query;
    return 0;
  }
  void dns_watch(std::int32_t, std::uint32_t wanted) override { watches += wanted != 0; }
  void cancel_sip(const sfo_cancel &) override { cancels++; }
  void request_done(const sfo_done &done) override
  {
    dones++;
    result = done.result;
  }
  void event(const sfo_event &) override { events++; }
  void log(std::uint32_t, const char *text) override { logged += text; }
  void destroyed() override { gone++; }
  void wake() override { wakes++; }
  void posted(const sfo_posted &told) override { last_posted = told; }

  unsigned sends = 0, queries = 0, watches = 0, cancels = 0, dones = 0, events = 0, gone = 0, wakes = 0;
  sfo_posted last_posted = sfo_posted();
  std::uint64_t first = 0, attempt = 0, query = 0, deadline = SFO_TIME_NEVER;
  std::uint32_t result = 0;
  std::string logged;
};

inline sipfailover::config configured(const char *text)
{
  sipfailover::config config;
  CHECK_EQ(config.create(1), SFO_OK);
  CHECK_EQ(config.load_text(std::string(text)), SFO_OK);
  return config;
}

void handles();
void listeners();
void exceptions();

#endif
