/* What the run keeps of attempts and requests, and how it finds them again. */
#include <stdlib.h>
#include <string.h>

#include "run.h"

attempt *keep_attempt(run *in, uint64_t id) {
  attempt *fresh;
  in->attempt = room(in->attempt, in->attempts, &in->attempt_capacity, sizeof *in->attempt);
  fresh = &in->attempt[in->attempts++];
  memset(fresh, 0, sizeof *fresh);
  fresh->id = id;
  if (id)
    ids_put(&in->attempt_index, id, in->attempts - 1u);
  return fresh;
}

request *keep_request(run *in, uint64_t id) {
  request *fresh;
  in->request = room(in->request, in->requests, &in->request_capacity, sizeof *in->request);
  fresh = &in->request[in->requests++];
  memset(fresh, 0, sizeof *fresh);
  if (id)
    name_request(in, in->requests - 1u, id);
  return fresh;
}

void name_request(run *in, size_t index, uint64_t id) {
  in->request[index].id = id;
  if (id)
    ids_put(&in->request_index, id, index);
}

attempt *find_attempt(run *in, uint64_t id) {
  size_t index = ids_find(&in->attempt_index, id);
  return index == NO_INDEX ? NULL : &in->attempt[index];
}

request *find_request(run *in, uint64_t id) {
  size_t index;
  /* The library writes it before it calls back. */
  if (in->starting && in->starting_id && !in->request[in->starting - 1].id)
    name_request(in, in->starting - 1, in->starting_id);
  index = ids_find(&in->request_index, id);
  return index == NO_INDEX ? NULL : &in->request[index];
}

size_t first_attempt(run *in) {
  while (in->attempts_over < in->attempts && !in->attempt[in->attempts_over].in_flight)
    in->attempts_over++;
  return in->attempts_over;
}

static int is_over(const run *in, size_t index) {
  const request *of = &in->request[index];
  if (index + 1u == in->starting)
    return 0;
  return !of->origin || !of->id || of->done || (of->cancelled && in->now_ms - of->cancelled_ms >= TRANSACTION_MS);
}

size_t first_request(run *in) {
  while (in->requests_over < in->requests && is_over(in, in->requests_over))
    in->requests_over++;
  return in->requests_over;
}

void forget_ids(run *in) {
  size_t i;
  for (i = 0; i < in->attempts; i++) {
    in->attempt[i].id = in->attempt[i].request = 0;
    in->attempt[i].in_flight = 0;
  }
  for (i = 0; i < in->requests; i++) {
    in->request[i].id = 0;
    in->request[i].begins = in->request[i].up = 0;
  }
  ids_clear(&in->attempt_index);
  ids_clear(&in->request_index);
}

void kept_free(run *old) {
  size_t i;
  for (i = 0; i < old->attempts; i++)
    free(old->attempt[i].target);
  for (i = 0; i < old->requests; i++)
    free(old->request[i].name);
  free(old->attempt);
  free(old->request);
  ids_clear(&old->attempt_index);
  ids_clear(&old->request_index);
}
