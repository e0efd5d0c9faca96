/* What happens next, in virtual time. At one moment: the file's commands first, in the order of the file, then what arrives from
   the network, in the order in which it was sent. The library's timer comes after both (see run.c). */
#ifndef SCENARIO_QUEUE_H
#define SCENARIO_QUEUE_H
#include <stddef.h>
#include <stdint.h>

#include "sipfailover.h"
#include "text.h"

typedef enum happening_kind {
  HAPPENING_COMMAND,
  HAPPENING_DNS,         /* an answer of the DNS server */
  HAPPENING_RETRANSMIT,  /* the stack sends its request once more */
  HAPPENING_PROVISIONAL,
  HAPPENING_RESPONSE,
  HAPPENING_FAILED,      /* the transport reports a failure */
  HAPPENING_SLIP         /* the stack reports something that it should not */
} happening_kind;

typedef struct happening {
  uint64_t at_ms, order;
  happening_kind kind;
  size_t command;        /* index in the script */
  uint64_t attempt;
  uint32_t server;       /* DNS */
  text packet;           /* DNS */
  uint32_t cause;
  sfo_response response;
} happening;

typedef struct queue {
  happening *item;       /* a heap: the earliest first */
  size_t count, capacity;
  uint64_t orders;
} queue;

/* Takes the packet over. */
void queue_add(queue *to, const happening *fresh);
const happening *queue_first(const queue *of);
/* The caller frees the packet. */
happening queue_take(queue *from);
void queue_free(queue *old);
#endif
