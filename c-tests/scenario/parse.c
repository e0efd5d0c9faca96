/* Scenario files: lines, blocks and includes. */
#include <stdlib.h>
#include <string.h>

#include "source.h"
#include "suggest.h"

#define MAX_DEPTH 8
/* Half of what a 32-bit millisecond tick counts. */
#define MAX_TICK_WRAP_MS (UINT32_MAX / 2u)

static int read_source(script *out, const char *path, int depth, place from);

/* Provisioning lines go to the library as they are, comments included. */
static int take_config(source *from, const char *block, text *to, unsigned *first_line) {
  const char *line;
  size_t length;
  unsigned opened = from->line;
  *first_line = opened + 1;
  text_add(to, "");
  while (next_line(from, &line, &length)) {
    if (is_end(line, length))
      return 0;
    text_add_bytes(to, line, length);
    text_add(to, "\n");
  }
  return no_end(from, block, opened);
}

static int read_config(source *from) {
  if (from->out->has_config)
    return wrong(here(from), "a second config block; use reload to change the configuration later");
  from->out->has_config = 1;
  from->out->config_file = from->name;
  return take_config(from, "config", &from->out->config, &from->out->config_line);
}

static int read_zone_lines(source *from, zone *to, const char *block) {
  const char *line;
  size_t length;
  unsigned opened = from->line;
  while (next_line(from, &line, &length)) {
    words parts;
    int bad = 0;
    if (block && is_end(line, length))
      return 0;
    if (words_split(&parts, line, length, "#;"))
      bad = wrong(here(from), "a quote is not closed");
    else if (parts.count)
      bad = zone_add_line(to, &parts, here(from));
    words_free(&parts);
    if (bad)
      return -1;
  }
  return block ? no_end(from, block, opened) : 0;
}

static int read_zone(source *from) {
  zone fresh;
  int bad;
  memset(&fresh, 0, sizeof fresh);
  bad = read_zone_lines(from, &fresh, "zone");
  zone_take(&from->out->records, &fresh);
  return bad;
}

static int read_at(source *from, const words *line) {
  script *out = from->out;
  command *fresh;
  uint64_t at_ms;
  if (line->count < 3 || parse_seconds(line->word[1], &at_ms))
    return wrong(here(from), "expected at SECONDS COMMAND");
  out->command = room(out->command, out->commands, &out->command_capacity, sizeof *out->command);
  fresh = &out->command[out->commands++];
  if (command_read(fresh, line, 2, here(from)))
    return -1;
  fresh->at_ms = at_ms;
  if (fresh->inner)
    fresh = fresh->inner;
  if (fresh->kind != COMMAND_RELOAD)
    return 0;
  return take_config(from, "reload", &fresh->block, &fresh->block_line);
}

static int read_until(source *from, const words *line) {
  if (from->out->has_until)
    return wrong(here(from), "a second until; a scenario ends once");
  if (line->count != 2 || parse_seconds(line->word[1], &from->out->until_ms))
    return wrong(here(from), "expected until SECONDS");
  from->out->has_until = 1;
  return 0;
}

static int read_title(source *from, const words *line) {
  text title = {NULL, 0, 0};
  size_t i;
  text_add(&title, "");
  for (i = 1; i < line->count; i++)
    text_addf(&title, "%s%s", i > 1 ? " " : "", line->word[i]);
  free(from->out->title);
  from->out->title = title.data;
  return 0;
}

/* A path beside the file that names it. */
static char *beside(const char *file, const char *path) {
  const char *slash = strrchr(file, '/');
  text joined = {NULL, 0, 0};
  if (slash && path[0] != '/')
    text_add_bytes(&joined, file, (size_t)(slash - file) + 1u);
  text_add(&joined, path);
  return joined.data;
}

static int read_include(source *from, const words *line) {
  char *path;
  int bad;
  if (line->count != 2)
    return wrong(here(from), "expected include FILE");
  if (from->depth >= MAX_DEPTH)
    return wrong(here(from), "files include each other more than %d deep", MAX_DEPTH);
  path = beside(from->name, line->word[1]);
  bad = read_source(from->out, path, from->depth + 1, here(from));
  free(path);
  return bad;
}

static const char *keep_name(script *out, const char *path) {
  out->file = room(out->file, out->files, &out->file_capacity, sizeof *out->file);
  out->file[out->files] = copy_string(path);
  return out->file[out->files++];
}

static int open_source(source *to, script *out, const char *path, char **whole, place from) {
  size_t length = 0;
  *whole = read_file(path, &length);
  if (!*whole)
    return wrong(from, "cannot read '%s' (missing, or larger than 4 MiB)", path);
  memset(to, 0, sizeof *to);
  to->name = keep_name(out, path);
  to->at = *whole;
  to->end = *whole + length;
  to->out = out;
  if (length >= 3 && memcmp(*whole, "\xef\xbb\xbf", 3) == 0)
    to->at += 3;
  return 0;
}

static int read_zone_file(source *from, const words *line) {
  source file;
  zone fresh;
  char *path, *whole;
  int bad;
  if (line->count != 2)
    return wrong(here(from), "expected zone-file FILE");
  path = beside(from->name, line->word[1]);
  memset(&fresh, 0, sizeof fresh);
  bad = open_source(&file, from->out, path, &whole, here(from));
  if (!bad)
    bad = read_zone_lines(&file, &fresh, NULL);
  zone_take(&from->out->records, &fresh);
  free(whole);
  free(path);
  return bad;
}

static int read_options(source *from, const words *line) {
  return options_read(&from->out->options, line, here(from));
}

static const struct {
  const char *word;
  int (*read)(source *from, const words *line);
  int (*read_block)(source *from); /* up to its end */
} statements[] = {
    {"title", read_title, NULL},       {"config", NULL, read_config},
    {"zone", NULL, read_zone},         {"zone-file", read_zone_file, NULL},
    {"options", read_options, NULL},   {"at", read_at, NULL},
    {"until", read_until, NULL},       {"expect", NULL, read_expect},
    {"never", read_never, NULL},       {"count", read_count, NULL},
    {"dns_queries", read_dns_queries, NULL}, {"include", read_include, NULL},
};

#define STATEMENTS (sizeof statements / sizeof *statements)

static int read_line(source *from, const words *line) {
  const char *known[STATEMENTS], *word = line->word[0];
  size_t i;
  for (i = 0; i < STATEMENTS; i++) {
    known[i] = statements[i].word;
    if (strcmp(word, known[i]) != 0)
      continue;
    if (!statements[i].read_block)
      return statements[i].read(from, line);
    if (line->count > 1)
      return wrong(here(from), "'%s' is too much here: %s stands alone, its lines follow, then end", line->word[1], word);
    return statements[i].read_block(from);
  }
  return wrong_word(here(from), word, "statement", known, STATEMENTS);
}

static int read_source(script *out, const char *path, int depth, place from) {
  source file;
  char *whole;
  const char *line;
  size_t length;
  int bad = open_source(&file, out, path, &whole, from);
  if (bad)
    return -1;
  file.depth = depth;
  while (!bad && next_line(&file, &line, &length)) {
    words parts;
    bad = words_split(&parts, line, length, "#");
    if (bad)
      bad = wrong(here(&file), "a quote is not closed");
    else if (parts.count)
      bad = read_line(&file, &parts);
    words_free(&parts);
  }
  free(whole);
  return bad;
}

/* A tick that wraps counts on: a device with one cannot step its clock. */
static int check_clock(script *of) {
  const command *jump = NULL;
  size_t i;
  for (i = 0; i < of->commands; i++) {
    const command *at = &of->command[i];
    if (at->kind == COMMAND_CLOCK_JUMP || at->kind == COMMAND_REBOOT)
      jump = at;
    if (at->kind != COMMAND_TICK_WRAP)
      continue;
    if (of->tick_wrap)
      return wrong(at->where, "a second tick-wrap; the 32-bit tick wraps once in 49.7 days");
    if (at->at_ms > MAX_TICK_WRAP_MS)
      return wrong(at->where, "expected at most %u seconds before the tick wraps", MAX_TICK_WRAP_MS / 1000u);
    of->tick_wrap = at;
  }
  if (of->tick_wrap && jump)
    return wrong(jump->where, "tick-wrap excludes clock jump and reboot: its tick only counts on");
  return 0;
}

static int check_whole(script *of) {
  place end;
  size_t i;
  end.file = of->path;
  end.line = 0;
  if (!of->has_config)
    return wrong(end, "no config block");
  if (!of->has_until)
    return wrong(end, "no until; expected until SECONDS");
  for (i = 0; i < of->commands; i++)
    if (of->command[i].at_ms > of->until_ms)
      return wrong(of->command[i].where, "this command comes after the end of the run (until)");
  return check_clock(of);
}

int script_read(script *out, const char *path) {
  place from;
  memset(out, 0, sizeof *out);
  out->path = copy_string(path);
  options_default(&out->options);
  from.file = "sipfailover-sim";
  from.line = 0;
  return read_source(out, path, 0, from) || check_whole(out) ? -1 : 0;
}

void script_free(script *old) {
  size_t i, j;
  for (i = 0; i < old->commands; i++)
    command_free(&old->command[i]);
  for (i = 0; i < old->checks; i++) {
    for (j = 0; j < old->check[i].count; j++)
      pattern_free(&old->check[i].pattern[j]);
    free(old->check[i].pattern);
  }
  for (i = 0; i < old->files; i++)
    free(old->file[i]);
  free(old->command);
  free(old->check);
  free(old->file);
  free(old->path);
  free(old->title);
  text_free(&old->config);
  zone_free(&old->records);
  memset(old, 0, sizeof *old);
}
