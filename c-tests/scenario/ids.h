/* Where in an array the item with an id stands: a run of some days has a hundred thousand attempts. */
#ifndef SCENARIO_IDS_H
#define SCENARIO_IDS_H
#include <stddef.h>
#include <stdint.h>

typedef struct id_slot {
  uint64_t id;             /* 0: free */
  size_t index;
} id_slot;

typedef struct id_table {
  id_slot *slot;
  size_t count, capacity;  /* the capacity is 0 or a power of two */
} id_table;

#define NO_INDEX SIZE_MAX

/* An id that is known already moves to the new index. `id` is not 0. */
void ids_put(id_table *to, uint64_t id, size_t index);
/* NO_INDEX when the id is 0 or not known. */
size_t ids_find(const id_table *of, uint64_t id);
void ids_clear(id_table *old);
#endif
