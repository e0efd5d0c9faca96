/* Reading the words of a command, one after the other. Every function returns -1 after a message. */
#ifndef SCENARIO_READER_H
#define SCENARIO_READER_H
#include <stddef.h>
#include <stdint.h>

#include "script.h"

/* The words of a command, how far they are read, and what they mean. */
typedef struct reader {
  const words *line;
  size_t at;
  place where;
  command *out;
  int within;       /* what follows is done in a callback */
  int in_send, in_request;   /* in that of an attempt; in one that is about a request */
} reader;

typedef int (*read_rest)(reader *from);

/* NULL at the end of the line. */
const char *next_word(reader *from);
/* For messages: what stands there instead. Lives until the next call. */
const char *quoted(const char *word);
int finish_line(reader *from);
int take_number(reader *from, const char *what, uint32_t maximum, uint32_t *out);
int take_account(reader *from);
int take_host(reader *from);
int take_name(reader *from, const char *what);
int take_domain(reader *from);
int take_status(reader *from, const char *word, uint32_t minimum, uint32_t *out);
int take_method(reader *from, const char *word, int may_register);

/* A whole command, into `out`. */
int take_command(reader *from);

/* command_world.c: the commands about hosts and DNS */
int read_host(reader *from);
int read_delay(reader *from);
int read_answer(reader *from);
int read_dns(reader *from);
int read_zone(reader *from);

/* command_stack.c: what the phone's stack and firmware do in another way than they should, or where nobody expects it */
int read_slip(reader *from);
int read_within(reader *from);
int read_report(reader *from);
int read_calm(reader *from);
#endif
