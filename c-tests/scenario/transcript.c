#include "transcript.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static int is_hidden(const char *line) {
  return has_prefix(line, "timer ") || has_prefix(line, "reply ") || has_prefix(line, "command ");
}

static void put(entry *to, text *line) {
  free(to->line);
  to->line = line->data ? line->data : copy_string("");
  to->hidden = is_hidden(to->line);
  memset(line, 0, sizeof *line);
}

size_t transcript_add(transcript *to, uint64_t at_ms, text *line) {
  to->item = room(to->item, to->count, &to->capacity, sizeof *to->item);
  memset(&to->item[to->count], 0, sizeof *to->item);
  to->item[to->count].at_ms = at_ms;
  put(&to->item[to->count], line);
  return to->count++;
}

void transcript_settle(transcript *in, size_t index, text *line) {
  put(&in->item[index], line);
}

void print_entry(const entry *at, FILE *out) {
  char column[32];
  snprintf(column, sizeof column, "%" PRIu64 ".%03u", at->at_ms / 1000u, (unsigned)(at->at_ms % 1000u));
  fprintf(out, "%-9s %s\n", column, at->line);
}

void transcript_print(const transcript *from, FILE *out, int all) {
  size_t i;
  for (i = 0; i < from->count; i++)
    if (all || !from->item[i].hidden)
      print_entry(&from->item[i], out);
}

void transcript_free(transcript *old) {
  size_t i;
  for (i = 0; i < old->count; i++)
    free(old->item[i].line);
  free(old->item);
  memset(old, 0, sizeof *old);
}
