#include "plan.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void plan_add(plan *to, section of, uint64_t at_ms, const char *format, ...) {
  statement *fresh;
  va_list list, again;
  int length;
  va_start(list, format);
  va_copy(again, list);
  length = vsnprintf(NULL, 0, format, list);
  va_end(list);
  to->item = room(to->item, to->count, &to->capacity, sizeof *to->item);
  fresh = &to->item[to->count++];
  memset(fresh, 0, sizeof *fresh);
  fresh->of = of;
  fresh->at_ms = at_ms;
  fresh->text = need((size_t)length + 1u, 1);
  vsnprintf(fresh->text, (size_t)length + 1u, format, again);
  va_end(again);
}

/* Merge sort: stable, and quick enough for some thousand statements. */
static void sort(statement *item, statement *spare, size_t count) {
  size_t half = count / 2, a = 0, b = half, out = 0;
  if (count < 2)
    return;
  sort(item, spare, half);
  sort(item + half, spare, count - half);
  while (a < half && b < count)
    spare[out++] = item[b].at_ms < item[a].at_ms ? item[b++] : item[a++];
  while (a < half)
    spare[out++] = item[a++];
  while (b < count)
    spare[out++] = item[b++];
  memcpy(item, spare, count * sizeof *item);
}

void plan_sort(plan *in) {
  statement *spare = need(in->count + 1u, sizeof *spare);
  sort(in->item, spare, in->count);
  free(spare);
}

static void write_section(const plan *from, section of, const char *name, text *to) {
  size_t i;
  text_addf(to, "%s\n", name);
  for (i = 0; i < from->count; i++)
    if (from->item[i].of == of && !from->item[i].left_out)
      text_addf(to, "  %s\n", from->item[i].text);
  text_add(to, "end\n");
}

void plan_write(const plan *from, text *to) {
  size_t i;
  text_addf(to, "title   %s\n", from->title);
  write_section(from, SECTION_CONFIG, "config", to);
  write_section(from, SECTION_ZONE, "zone", to);
  text_addf(to, "options %s\n", from->options);
  for (i = 0; i < from->count; i++) {
    const statement *at = &from->item[i];
    if (at->of == SECTION_AT && !at->left_out && at->at_ms <= from->until_ms)
      text_addf(to, "at %" PRIu64 ".%03u %s\n", at->at_ms / 1000u, (unsigned)(at->at_ms % 1000u), at->text);
  }
  text_addf(to, "until %" PRIu64 ".%03u\n", from->until_ms / 1000u, (unsigned)(from->until_ms % 1000u));
}

int plan_save(const plan *from, const char *path) {
  text whole = {NULL, 0, 0};
  FILE *out = fopen(path, "w");
  int bad;
  if (!out)
    return wrong((place){path, 0}, "cannot be written");
  plan_write(from, &whole);
  bad = fwrite(whole.data, 1, whole.length, out) != whole.length;
  bad |= fclose(out) != 0;
  text_free(&whole);
  return bad ? wrong((place){path, 0}, "cannot be written") : 0;
}

void plan_drop(statement *old) {
  free(old->text);
  old->text = NULL;
}

void plan_free(plan *old) {
  size_t i;
  for (i = 0; i < old->count; i++)
    plan_drop(&old->item[i]);
  free(old->item);
  free(old->title);
  free(old->options);
  memset(old, 0, sizeof *old);
}
