/* Commands that wait for something to happen. Each is used once. */
#include "mischief.h"

#include "act.h"
#include "run.h"

void mischief_add(run *in, const command *what) {
  mischief *all = &in->mischief;
  all->pending = room(all->pending, all->count, &all->capacity, sizeof *all->pending);
  all->pending[all->count++] = what;
}

static void drop(mischief *from, size_t index) {
  for (from->count--; index < from->count; index++)
    from->pending[index] = from->pending[index + 1u];
}

static int is_about(const command *of, uint32_t account) {
  return of->account == account || (of->inner && of->inner->account == account);
}

void mischief_calm(run *in, uint32_t account) {
  size_t i;
  for (i = in->mischief.count; i > 0; i--)
    if (!account || is_about(in->mischief.pending[i - 1u], account))
      drop(&in->mischief, i - 1u);
}

const command *slip_take(run *in, const attempt *of) {
  mischief *all = &in->mischief;
  size_t i;
  for (i = 0; i < all->count; i++) {
    const command *at = all->pending[i];
    if (at->kind != COMMAND_SLIP || at->account != of->account || (at->method && at->method != of->method))
      continue;
    drop(all, i);
    return at;
  }
  return NULL;
}

const command *within_take(run *in, callback_kind callback, uint32_t account) {
  mischief *all = &in->mischief;
  size_t i;
  for (i = 0; i < all->count && !in->call.freeing; i++) {
    const command *at = all->pending[i];
    if (at->kind != COMMAND_WITHIN || at->callback != callback || at->account != account)
      continue;
    drop(all, i);
    return at;
  }
  return NULL;
}

void within_do(run *in, const command *what, uint64_t request, uint64_t attempt) {
  if (!what)
    return;
  in->mischief.request = request;
  in->mischief.attempt = attempt;
  what->inner->at_ms = in->now_ms;
  act(in, what->inner);
  in->mischief.request = in->mischief.attempt = 0;
}
