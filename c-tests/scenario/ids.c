#include "ids.h"

#include <stdlib.h>
#include <string.h>

#include "text.h"

/* The slot of an id, or the free one where it would stand. There is always a free one. */
static id_slot *slot_for(const id_table *of, uint64_t id) {
  /* Ids count upwards: the multiplication (Knuth's, by the golden ratio) spreads them over the table. */
  size_t at = (size_t)(id * UINT64_C(0x9e3779b97f4a7c15) >> 20) & (of->capacity - 1u);
  while (of->slot[at].id && of->slot[at].id != id)
    at = (at + 1u) & (of->capacity - 1u);
  return &of->slot[at];
}

static void grow(id_table *in) {
  id_table larger;
  size_t i;
  larger.capacity = in->capacity ? in->capacity * 2u : 64u;
  larger.count = in->count;
  larger.slot = need(larger.capacity, sizeof *larger.slot);
  memset(larger.slot, 0, larger.capacity * sizeof *larger.slot);
  for (i = 0; i < in->capacity; i++)
    if (in->slot[i].id)
      *slot_for(&larger, in->slot[i].id) = in->slot[i];
  free(in->slot);
  *in = larger;
}

void ids_put(id_table *to, uint64_t id, size_t index) {
  id_slot *at;
  if (to->count * 2u >= to->capacity)
    grow(to);
  at = slot_for(to, id);
  to->count += at->id == 0;
  at->id = id;
  at->index = index;
}

size_t ids_find(const id_table *of, uint64_t id) {
  const id_slot *at = id && of->capacity ? slot_for(of, id) : NULL;
  return at && at->id ? at->index : NO_INDEX;
}

void ids_clear(id_table *old) {
  free(old->slot);
  memset(old, 0, sizeof *old);
}
