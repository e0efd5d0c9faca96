#include "picture.h"

#include <errno.h>
#include <string.h>

#include "ladder.h"
#include "timeline.h"

/* The transcript does not tell outbound proxies from servers; the configuration does. An account without them keeps
   the usual names for all. */
static int has_proxies(const script *of, uint32_t accounts) {
  const char *at = of->config.data;
  uint32_t enabled = 0;
  while (at && (at = strstr(at, ".outbound_proxy_enable")) != NULL) {
    at += strlen(".outbound_proxy_enable");
    at += strspn(at, " \t=");
    enabled += *at == '1';
  }
  return enabled && enabled == accounts;
}

typedef void (*draw)(const story *of, FILE *out, int as_text);

static int ends_with(const char *string, const char *end) {
  size_t length = strlen(string), tail = strlen(end);
  return length >= tail && strcmp(string + length - tail, end) == 0;
}

static int write_picture(const run *of, const char *path, draw picture) {
  place where;
  story told;
  FILE *out = fopen(path, "w");
  int failed;
  where.file = path;
  where.line = 0;
  if (!out)
    return wrong(where, "cannot be written: %s", strerror(errno));
  story_read(&told, &of->transcript, of->script->title, of->script->until_ms);
  told.has_proxies = has_proxies(of->script, told.accounts);
  picture(&told, out, ends_with(path, ".txt"));
  story_free(&told);
  failed = ferror(out);
  failed |= fclose(out) != 0;
  return failed ? wrong(where, "cannot be written") : 0;
}

static void put_ladder(const story *of, FILE *out, int as_text) {
  ladder rungs;
  ladder_build(&rungs, of);
  if (as_text)
    ladder_write_text(&rungs, out);
  else
    ladder_write_svg(&rungs, out);
  ladder_free(&rungs);
}

static void put_timeline(const story *of, FILE *out, int as_text) {
  timeline lines;
  (void)as_text;
  timeline_build(&lines, of);
  timeline_write_svg(&lines, out);
  timeline_free(&lines);
}

int draw_ladder(const run *of, const char *path) {
  return write_picture(of, path, put_ladder);
}

int draw_timeline(const run *of, const char *path) {
  return write_picture(of, path, put_timeline);
}
