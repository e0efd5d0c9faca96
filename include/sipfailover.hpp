// sipfailover.hpp - the C interface of sipfailover for C++11 and newer: handles that release themselves, a listener
// with virtual functions, text as std::string. Header only; link libsipfailover as in C.
//
// THE SAME     Names, order of parameters, units, statuses and rules are those of sipfailover.h, where each function is
//              described: engine.account_start(now_ms, 1) is sfo_account_start(engine, now_ms, 1). Structs and constants
//              are used as they are there.
// ERRORS       Nothing here throws on its own. What can fail returns an sfo_status; only std::string may throw
//              std::bad_alloc. Works with -fno-exceptions and -fno-rtti.
// CALLBACKS    Derive from sipfailover::listener. Where exceptions are on, one that leaves a callback is caught, because
//              it must not cross the library, and handed to listener::exception_left_callback(); send_sip and dns_send
//              have failed then.
// LIFETIME     A listener must outlive its engine. An engine may be released in a callback of its own, by release();
//              then listener::destroyed() is the last callback, and the moment from which the listener may go.
// THREADS      As in C: one call at a time per engine; a second thread is refused with SFO_ERR_BUSY.

#ifndef SIPFAILOVER_HPP
#define SIPFAILOVER_HPP

#include <sipfailover.h>

#include <cstddef>
#include <cstdint>
#include <string>

#if defined(__cpp_exceptions) || defined(__EXCEPTIONS) || defined(_CPPUNWIND)
#define SFO_HPP_EXCEPTIONS 1
#else
#define SFO_HPP_EXCEPTIONS 0
#endif

namespace sipfailover {

// ---- structs as they have to begin ---------------------------------------------------------------

inline sfo_options default_options() noexcept
{
  const sfo_options options = SFO_OPTIONS_INIT;
  return options;
}

// An INVITE by default; set what differs.
inline sfo_request make_request(std::uint32_t account, std::uint32_t method = SFO_METHOD_INVITE,
                                std::uint64_t user_token = 0) noexcept
{
  sfo_request request = SFO_REQUEST_INIT;
  request.account = account;
  request.method = method;
  request.user_token = user_token;
  return request;
}

inline sfo_response make_response(std::uint32_t status) noexcept
{
  sfo_response response = SFO_RESPONSE_INIT;
  response.status = status;
  return response;
}

// A struct that the library fills, with its size set: auto counters = sized<sfo_counters>();
template <typename Struct> Struct sized() noexcept
{
  Struct value = Struct();
  value.struct_size = sizeof value;
  return value;
}

// ---- functions without an object -----------------------------------------------------------------

inline const char *status_text(sfo_status status) noexcept { return sfo_status_text(status); }
inline const char *cause_text(std::uint32_t cause) noexcept { return sfo_cause_text(cause); }
inline std::uint32_t version() noexcept { return sfo_version(); }
inline std::uint32_t abi_version() noexcept { return sfo_abi_version(); }

// Whether the library that is loaded fits the header that this was compiled with.
inline bool abi_matches() noexcept { return sfo_abi_version() == SFO_ABI_VERSION; }

inline std::uint64_t tick_extend(std::uint64_t last_ms, std::uint32_t tick_ms) noexcept
{
  return sfo_tick_extend(last_ms, tick_ms);
}

inline std::uint32_t config_key_count() noexcept { return sfo_config_key_count(); }
inline sfo_status config_key_info(std::uint32_t index, sfo_key_info &out) noexcept
{
  out.struct_size = sizeof out;
  return sfo_config_key_info(index, &out);
}

namespace detail {

// Text from a function that returns its full length, as snprintf() does, and cuts what it writes. What changes between
// the two calls (it cannot, on one thread) is cut.
template <typename Read> std::string text_of(Read read)
{
  const std::size_t length = read(nullptr, 0);
  std::string text(length + 1, '\0');
  const std::size_t now = read(&text[0], text.size());
  text.resize(now < length ? now : length);
  return text;
}

// What both handles are: an owner of one C object that can be moved, not copied.
template <typename Object, void (*Free)(Object *)> class handle {
public:
  handle() noexcept : object_(nullptr) {}
  handle(const handle &) = delete;
  handle &operator=(const handle &) = delete;

  explicit operator bool() const noexcept { return object_ != nullptr; }
  // The C object, for functions that are called directly. Still owned by the handle.
  Object *c_handle() const noexcept { return object_; }
  // Releases the object now; the handle is empty afterwards. Allowed in callbacks.
  void release() noexcept
  {
    // Emptied before: what the library still calls back must not find the handle filled.
    Object *object = object_;
    object_ = nullptr;
    Free(object);
  }

protected:
  ~handle() { release(); }
  handle(handle &&other) noexcept : object_(other.object_) { other.object_ = nullptr; }
  void take(handle &other) noexcept
  {
    if (this != &other) {
      release();
      object_ = other.object_;
      other.object_ = nullptr;
    }
  }

  Object *object_;
};

} // namespace detail

// ---- configuration -------------------------------------------------------------------------------

// Settings under construction. Empty until create(): an empty one is refused by the library (SFO_ERR_INVALID).
class config : public detail::handle<sfo_config, sfo_config_free> {
public:
  config() noexcept {}
  config(config &&other) noexcept = default;
  config &operator=(config &&other) noexcept
  {
    take(other);
    return *this;
  }

  // Replaces what the handle had. Untouched if it fails.
  sfo_status create(std::uint32_t max_accounts = 0) noexcept
  {
    sfo_config *made = nullptr;
    const sfo_status status = sfo_config_new(max_accounts, &made);
    if (status == SFO_OK) {
      release();
      object_ = made;
    }
    return status;
  }

  sfo_status load_text(const char *text, std::size_t length) noexcept
  {
    return sfo_config_load_text(object_, text, length);
  }
  sfo_status load_text(const std::string &text) noexcept { return load_text(text.data(), text.size()); }

  sfo_status set(const char *key, const char *value) noexcept { return sfo_config_set(object_, key, value); }
  sfo_status set(const std::string &key, const std::string &value) noexcept { return set(key.c_str(), value.c_str()); }
  sfo_status reset(const char *key) noexcept { return sfo_config_reset(object_, key); }
  sfo_status check() noexcept { return sfo_config_check(object_); }

  sfo_status get(const char *key, std::string &out) const
  {
    std::size_t length = 0;
    const sfo_status status = sfo_config_get(object_, key, nullptr, 0, &length);
    if (status != SFO_OK)
      return status;
    out = detail::text_of([this, key](char *buffer, std::size_t capacity) {
      std::size_t full = 0;
      return sfo_config_get(object_, key, buffer, capacity, &full) == SFO_OK ? full : 0;
    });
    return SFO_OK;
  }
  sfo_status get_int(const char *key, std::int64_t &out) const noexcept
  {
    return sfo_config_get_int(object_, key, &out);
  }

  std::uint32_t diagnostic_count() const noexcept { return sfo_config_diagnostic_count(object_); }
  sfo_status diagnostic(std::uint32_t index, sfo_diagnostic &out) const noexcept
  {
    out.struct_size = sizeof out;
    return sfo_config_diagnostic(object_, index, &out);
  }
  std::string last_error() const
  {
    return detail::text_of(
        [this](char *buffer, std::size_t capacity) { return sfo_config_last_error(object_, buffer, capacity); });
  }
};

// ---- callbacks -----------------------------------------------------------------------------------

// What the library calls; see sfo_callbacks. Pointers die when a callback returns.
class listener {
public:
  // Required.
  virtual std::int32_t send_sip(const sfo_send &send) = 0;
  virtual void set_timer(std::uint64_t deadline_ms) = 0;

  // Called only if the engine was created with dns::firmware.
  virtual std::int32_t dns_send(const sfo_dns_query &) { return 1; }
  // Called only if the engine was created with dns::builtin.
  virtual void dns_watch(std::int32_t, std::uint32_t) {}

  // Needed by phones that call: without it nothing is ever cancelled.
  virtual void cancel_sip(const sfo_cancel &) {}
  virtual void request_done(const sfo_done &) {}
  virtual void event(const sfo_event &) {}
  virtual void log(std::uint32_t, const char *) {}
  // Something was posted: let the engine's thread call engine::process(). May run on any thread; does nothing else.
  virtual void wake() {}
  // What came of a posted input.
  virtual void posted(const sfo_posted &) {}
  virtual void destroyed() {}

  // An exception has left a callback; `throw;` tells which. What this throws ends the program.
  virtual void exception_left_callback() noexcept {}

protected:
  listener() = default;
  listener(const listener &) = default;
  listener &operator=(const listener &) = default;
  // Protected: engines do not own their listeners.
  virtual ~listener() = default;
};

// Who sends DNS messages: sockets of the library, to be polled by the firmware; or the firmware, in dns_send.
enum class dns { builtin, firmware };

namespace detail {

// The C callbacks: each hands its call to the listener behind `user`, and lets no exception pass.
template <typename Call> void guarded(void *user, Call call) noexcept
{
  listener &to = *static_cast<listener *>(user);
#if SFO_HPP_EXCEPTIONS
  try {
    call(to);
  } catch (...) {
    to.exception_left_callback();
  }
#else
  call(to);
#endif
}

} // namespace detail
} // namespace sipfailover

// C linkage, as the table in sfo_callbacks has it.
extern "C" {

inline std::int32_t sfo_hpp_send_sip(void *user, const sfo_send *send)
{
  std::int32_t result = static_cast<std::int32_t>(SFO_CAUSE_SEND);
  sipfailover::detail::guarded(user, [&](sipfailover::listener &to) { result = to.send_sip(*send); });
  return result;
}
inline void sfo_hpp_set_timer(void *user, std::uint64_t deadline_ms)
{
  sipfailover::detail::guarded(user, [&](sipfailover::listener &to) { to.set_timer(deadline_ms); });
}
inline std::int32_t sfo_hpp_dns_send(void *user, const sfo_dns_query *query)
{
  std::int32_t result = 1;
  sipfailover::detail::guarded(user, [&](sipfailover::listener &to) { result = to.dns_send(*query); });
  return result;
}
inline void sfo_hpp_dns_watch(void *user, std::int32_t fd, std::uint32_t events)
{
  sipfailover::detail::guarded(user, [&](sipfailover::listener &to) { to.dns_watch(fd, events); });
}
inline void sfo_hpp_cancel_sip(void *user, const sfo_cancel *cancel)
{
  sipfailover::detail::guarded(user, [&](sipfailover::listener &to) { to.cancel_sip(*cancel); });
}
inline void sfo_hpp_request_done(void *user, const sfo_done *done)
{
  sipfailover::detail::guarded(user, [&](sipfailover::listener &to) { to.request_done(*done); });
}
inline void sfo_hpp_event(void *user, const sfo_event *event)
{
  sipfailover::detail::guarded(user, [&](sipfailover::listener &to) { to.event(*event); });
}
inline void sfo_hpp_log(void *user, std::uint32_t level, const char *text)
{
  sipfailover::detail::guarded(user, [&](sipfailover::listener &to) { to.log(level, text); });
}
inline void sfo_hpp_wake(void *user)
{
  sipfailover::detail::guarded(user, [&](sipfailover::listener &to) { to.wake(); });
}
inline void sfo_hpp_posted(void *user, const sfo_posted *posted)
{
  sipfailover::detail::guarded(user, [&](sipfailover::listener &to) { to.posted(*posted); });
}
inline void sfo_hpp_destroyed(void *user)
{
  sipfailover::detail::guarded(user, [&](sipfailover::listener &to) { to.destroyed(); });
}

} // extern "C"

namespace sipfailover {

// ---- engine --------------------------------------------------------------------------------------

// All accounts of a device. Empty until create(): an empty one is refused by the library (SFO_ERR_INVALID).
class engine : public detail::handle<sfo_engine, sfo_engine_free> {
public:
  engine() noexcept {}
  engine(engine &&other) noexcept = default;
  engine &operator=(engine &&other) noexcept
  {
    take(other);
    return *this;
  }

  // Replaces what the handle had. Untouched if it fails.
  sfo_status create(const config &settings, const sfo_options &options, listener &to, std::uint64_t now_ms,
                    dns transport = dns::builtin) noexcept
  {
    const sfo_callbacks table = callbacks(transport);
    sfo_engine *made = nullptr;
    const sfo_status status = sfo_engine_new(settings.c_handle(), &options, &table, &to, now_ms, &made);
    if (status == SFO_OK) {
      release();
      object_ = made;
    }
    return status;
  }

  sfo_status reconfigure(std::uint64_t now_ms, const config &settings) noexcept
  {
    return sfo_engine_reconfigure(object_, now_ms, settings.c_handle());
  }
  sfo_status handle_timer(std::uint64_t now_ms) noexcept { return sfo_engine_handle_timer(object_, now_ms); }
  sfo_status set_link(std::uint64_t now_ms, std::uint32_t link) noexcept
  {
    return sfo_engine_set_link(object_, now_ms, link);
  }
  sfo_status set_families(std::uint64_t now_ms, std::uint32_t families) noexcept
  {
    return sfo_engine_set_families(object_, now_ms, families);
  }
  sfo_status accepts_source(std::uint32_t account, const char *address_text, bool &out) noexcept
  {
    std::uint32_t accepted = 0;
    const sfo_status status = sfo_engine_accepts_source(object_, account, address_text, &accepted);
    out = accepted != 0;
    return status;
  }
  // Inputs from other threads; the engine's own thread takes them with process(), as listener::wake() asks it to.
  sfo_status process(std::uint64_t now_ms) noexcept { return sfo_engine_process(object_, now_ms); }
  sfo_status post_attempt_provisional(std::uint64_t attempt, std::uint32_t sip_status) noexcept
  {
    return sfo_post_attempt_provisional(object_, attempt, sip_status);
  }
  sfo_status post_attempt_response(std::uint64_t attempt, const sfo_response &response) noexcept
  {
    return sfo_post_attempt_response(object_, attempt, &response);
  }
  sfo_status post_attempt_failed(std::uint64_t attempt, std::uint32_t cause) noexcept
  {
    return sfo_post_attempt_failed(object_, attempt, cause);
  }
  sfo_status post_request_start(const sfo_request &request) noexcept
  {
    return sfo_post_request_start(object_, &request);
  }
  sfo_status post_request_cancel(std::uint64_t request) noexcept { return sfo_post_request_cancel(object_, request); }
  // The posted() callback tells the dialog's id, beside user_token.
  sfo_status post_dialog_open(const sfo_dialog &dialog, std::uint64_t user_token) noexcept
  {
    return sfo_post_dialog_open(object_, &dialog, user_token);
  }
  sfo_status post_dialog_close(std::uint64_t dialog) noexcept { return sfo_post_dialog_close(object_, dialog); }
  sfo_status post_account_start(std::uint32_t account) noexcept { return sfo_post_account_start(object_, account); }
  sfo_status post_account_stop(std::uint32_t account) noexcept { return sfo_post_account_stop(object_, account); }
  sfo_status post_set_busy(std::uint32_t account, std::uint32_t busy) noexcept
  {
    return sfo_post_set_busy(object_, account, busy);
  }
  sfo_status post_flow_lost(std::uint32_t account, std::uint32_t server) noexcept
  {
    return sfo_post_flow_lost(object_, account, server);
  }
  sfo_status post_heard_from(std::uint32_t account, const char *address_text) noexcept
  {
    return sfo_post_heard_from(object_, account, address_text);
  }
  sfo_status post_set_link(std::uint32_t link) noexcept { return sfo_post_set_link(object_, link); }
  sfo_status post_set_families(std::uint32_t families) noexcept { return sfo_post_set_families(object_, families); }
  sfo_status post_set_dns_servers(const char *const *servers, std::size_t count) noexcept
  {
    return sfo_post_set_dns_servers(object_, servers, count);
  }
  sfo_status post_handle_dns(std::uint32_t server_index, const std::uint8_t *data, std::size_t length) noexcept
  {
    return sfo_post_handle_dns(object_, server_index, data, length);
  }
  sfo_status post_dns_failed(std::uint64_t query, std::uint32_t server_index, std::uint32_t transport) noexcept
  {
    return sfo_post_dns_failed(object_, query, server_index, transport);
  }

  // The connection of a registration was lost. server: 1, 2, or 0 for both.
  sfo_status flow_lost(std::uint64_t now_ms, std::uint32_t account, std::uint32_t server) noexcept
  {
    return sfo_engine_flow_lost(object_, now_ms, account, server);
  }
  // A sign of life from a server, for one account or, with 0, for all.
  sfo_status heard_from(std::uint64_t now_ms, std::uint32_t account, const char *address_text) noexcept
  {
    return sfo_engine_heard_from(object_, now_ms, account, address_text);
  }
  sfo_status dialog_open(std::uint64_t now_ms, sfo_dialog dialog, std::uint64_t &id) noexcept
  {
    return sfo_dialog_open(object_, now_ms, &dialog, &id);
  }
  sfo_status dialog_close(std::uint64_t now_ms, std::uint64_t id) noexcept
  {
    return sfo_dialog_close(object_, now_ms, id);
  }

  // Where a request would go, and why; what happened. SFO_FORMAT_...; empty on error, see last_error().
  std::string explain(std::uint64_t now_ms, std::uint32_t account, std::uint32_t method, std::uint32_t format)
  {
    return detail::text_of([this, now_ms, account, method, format](char *buffer, std::size_t capacity) {
      return sfo_engine_explain(object_, now_ms, account, method, format, buffer, capacity);
    });
  }
  std::string trace(std::uint64_t now_ms, std::uint64_t unix_ms, std::uint32_t format)
  {
    return detail::text_of([this, now_ms, unix_ms, format](char *buffer, std::size_t capacity) {
      return sfo_engine_trace(object_, now_ms, unix_ms, format, buffer, capacity);
    });
  }

  sfo_status counters(sfo_counters &out) noexcept
  {
    out.struct_size = sizeof out;
    return sfo_engine_counters(object_, &out);
  }
  std::string last_error() const
  {
    return detail::text_of(
        [this](char *buffer, std::size_t capacity) { return sfo_engine_last_error(object_, buffer, capacity); });
  }

  // DNS servers, and DNS over the firmware's own transport.
  sfo_status set_dns_servers(std::uint64_t now_ms, const char *const *servers, std::size_t count) noexcept
  {
    return sfo_engine_set_dns_servers(object_, now_ms, servers, count);
  }
  sfo_status handle_dns(std::uint64_t now_ms, std::uint32_t server_index, const std::uint8_t *data,
                        std::size_t length) noexcept
  {
    return sfo_engine_handle_dns(object_, now_ms, server_index, data, length);
  }
  sfo_status dns_failed(std::uint64_t now_ms, std::uint64_t query, std::uint32_t server_index,
                        std::uint32_t transport) noexcept
  {
    return sfo_engine_dns_failed(object_, now_ms, query, server_index, transport);
  }

  // The built-in DNS driver.
  std::size_t dns_io_fds(sfo_dns_fd *out, std::size_t capacity) noexcept
  {
    return sfo_dns_io_fds(object_, out, capacity);
  }
  sfo_status dns_io_handle(std::uint64_t now_ms, std::int32_t fd) noexcept
  {
    return sfo_dns_io_handle(object_, now_ms, fd);
  }
  sfo_status dns_io_use_resolv_conf(std::uint64_t now_ms, const char *path = nullptr) noexcept
  {
    return sfo_dns_io_use_resolv_conf(object_, now_ms, path);
  }

  // What a restart should not cost, as bytes. `out` is untouched if it fails.
  sfo_status snapshot_export(std::uint64_t now_ms, std::uint64_t unix_ms, std::string &out)
  {
    std::size_t length = 0;
    sfo_status status = sfo_engine_snapshot_export(object_, now_ms, unix_ms, nullptr, 0, &length);
    // SFO_ERR_LIMIT: it does not fit into nothing, but its length is known now.
    if (status != SFO_OK && status != SFO_ERR_LIMIT)
      return status;
    std::string bytes(length, '\0');
    std::uint8_t *buffer = length == 0 ? nullptr : reinterpret_cast<std::uint8_t *>(&bytes[0]);
    status = sfo_engine_snapshot_export(object_, now_ms, unix_ms, buffer, length, &length);
    if (status == SFO_OK) {
      bytes.resize(length);
      out.swap(bytes);
    }
    return status;
  }
  sfo_status snapshot_import(std::uint64_t now_ms, std::uint64_t unix_ms, const std::string &bytes) noexcept
  {
    return sfo_engine_snapshot_import(object_, now_ms, unix_ms, reinterpret_cast<const std::uint8_t *>(bytes.data()),
                                      bytes.size());
  }

  sfo_status account_start(std::uint64_t now_ms, std::uint32_t account) noexcept
  {
    return sfo_account_start(object_, now_ms, account);
  }
  sfo_status account_stop(std::uint64_t now_ms, std::uint32_t account) noexcept
  {
    return sfo_account_stop(object_, now_ms, account);
  }
  sfo_status account_set_busy(std::uint64_t now_ms, std::uint32_t account, bool busy) noexcept
  {
    return sfo_account_set_busy(object_, now_ms, account, busy ? 1u : 0u);
  }
  sfo_status account_state(std::uint32_t account, sfo_account_info &out) noexcept
  {
    out.struct_size = sizeof out;
    return sfo_account_state(object_, account, &out);
  }
  sfo_status account_current_target(std::uint32_t account, sfo_target &out) noexcept
  {
    out.struct_size = sizeof out;
    return sfo_account_current_target(object_, account, &out);
  }

  // `id` is written before any callback about the request runs.
  sfo_status request_start(std::uint64_t now_ms, const sfo_request &request, std::uint64_t &id) noexcept
  {
    return sfo_request_start(object_, now_ms, &request, &id);
  }
  sfo_status request_cancel(std::uint64_t now_ms, std::uint64_t request) noexcept
  {
    return sfo_request_cancel(object_, now_ms, request);
  }

  sfo_status attempt_provisional(std::uint64_t now_ms, std::uint64_t attempt, std::uint32_t sip_status) noexcept
  {
    return sfo_attempt_provisional(object_, now_ms, attempt, sip_status);
  }
  sfo_status attempt_response(std::uint64_t now_ms, std::uint64_t attempt, const sfo_response &response) noexcept
  {
    return sfo_attempt_response(object_, now_ms, attempt, &response);
  }
  sfo_status attempt_failed(std::uint64_t now_ms, std::uint64_t attempt, std::uint32_t cause) noexcept
  {
    return sfo_attempt_failed(object_, now_ms, attempt, cause);
  }

private:
  static sfo_callbacks callbacks(dns transport) noexcept
  {
    sfo_callbacks table = SFO_CALLBACKS_INIT;
    table.send_sip = sfo_hpp_send_sip;
    table.set_timer = sfo_hpp_set_timer;
    // A table with dns_send turns the built-in driver off.
    if (transport == dns::firmware)
      table.dns_send = sfo_hpp_dns_send;
    else
      table.dns_watch = sfo_hpp_dns_watch;
    table.cancel_sip = sfo_hpp_cancel_sip;
    table.request_done = sfo_hpp_request_done;
    table.event = sfo_hpp_event;
    table.log = sfo_hpp_log;
    table.wake = sfo_hpp_wake;
    table.posted = sfo_hpp_posted;
    table.destroyed = sfo_hpp_destroyed;
    return table;
  }
};

} // namespace sipfailover

#endif // SIPFAILOVER_HPP
