#include "queue.h"

#include <stdlib.h>
#include <string.h>

static int earlier(const happening *a, const happening *b) {
  int a_arrives = a->kind != HAPPENING_COMMAND, b_arrives = b->kind != HAPPENING_COMMAND;
  if (a->at_ms != b->at_ms)
    return a->at_ms < b->at_ms;
  if (a_arrives != b_arrives)
    return a_arrives < b_arrives;
  return a->order < b->order;
}

static void swap(queue *in, size_t a, size_t b) {
  happening kept = in->item[a];
  in->item[a] = in->item[b];
  in->item[b] = kept;
}

void queue_add(queue *to, const happening *fresh) {
  size_t at = to->count;
  to->item = room(to->item, to->count, &to->capacity, sizeof *to->item);
  to->item[at] = *fresh;
  to->item[at].order = to->orders++;
  to->count++;
  while (at && earlier(&to->item[at], &to->item[(at - 1) / 2])) {
    swap(to, at, (at - 1) / 2);
    at = (at - 1) / 2;
  }
}

const happening *queue_first(const queue *of) {
  return of->count ? &of->item[0] : NULL;
}

happening queue_take(queue *from) {
  happening first = from->item[0];
  size_t at = 0;
  from->item[0] = from->item[--from->count];
  for (;;) {
    size_t least = at, child = at * 2 + 1, end = child + 2;
    for (; child < end && child < from->count; child++)
      if (earlier(&from->item[child], &from->item[least]))
        least = child;
    if (least == at)
      return first;
    swap(from, at, least);
    at = least;
  }
}

void queue_free(queue *old) {
  size_t i;
  for (i = 0; i < old->count; i++)
    text_free(&old->item[i].packet);
  free(old->item);
  memset(old, 0, sizeof *old);
}
