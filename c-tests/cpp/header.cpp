// The C++ header, twice, with a listener that has no more than it must, and each template used.

#include <sipfailover.hpp>
#include <sipfailover.hpp>

#include <type_traits>
#include <utility>

namespace {

class least : public sipfailover::listener {
public:
  std::int32_t send_sip(const sfo_send &) override { return 0; }
  void set_timer(std::uint64_t) override {}
};

template <typename Handle> void is_an_owner()
{
  static_assert(!std::is_copy_constructible<Handle>::value, "two owners");
  static_assert(!std::is_copy_assignable<Handle>::value, "two owners");
  static_assert(std::is_nothrow_move_constructible<Handle>::value, "a container would copy");
  static_assert(std::is_nothrow_move_assignable<Handle>::value, "a container would copy");
  static_assert(std::is_nothrow_default_constructible<Handle>::value, "an empty handle costs nothing");
  static_assert(sizeof(Handle) == sizeof(void *), "no more than the pointer in C");
}

} // namespace

int use();
int use()
{
  is_an_owner<sipfailover::config>();
  is_an_owner<sipfailover::engine>();
  least listener;
  sipfailover::config config;
  sipfailover::engine engine;
  sipfailover::engine other(std::move(engine));
  engine = std::move(other);
  std::string text;
  return engine.create(config, sipfailover::default_options(), listener, 0) + config.get("", text)
      + engine.snapshot_export(0, 0, text);
}
