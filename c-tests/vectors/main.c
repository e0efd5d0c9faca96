/* Resolution vectors through the DNS driver, against a real DNS server.
 *
 *   vectors zones DIRECTORY FILE...      a zone file for each vector that a real server can serve, and their list in
 *                                        DIRECTORY/zones.conf, as Knot wants it
 *   vectors check OPTION... FILE...      resolves them and compares the targets
 *     --server ADDRESS:PORT              a DNS server; may be given several times, best first
 *     --tcp                              DNS over TCP from the start
 *     --any-reason                       where nothing is to be found, the reason does not matter: a resolver finds out
 *                                        by itself that aliases lead in a circle, and says SERVFAIL
 *     --impatient                        one of the servers is silent: it is not waited for as long as usual
 *     --only TEXT                        only the vectors whose titles begin like this
 *
 * The last line counts: `held=N failed=N skipped=N queries=N connections=N timeouts=N`. Exit status: 0 all hold, 1 not,
 * 2 the command line or a file is wrong. */

#include "resolve.h"
#include "zone.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The engine takes no smaller cache. */
enum { LEAST_CACHE = 16 };

static const char *objection(const struct vector *vector)
{
  if (vector->unusable != NULL) {
    return vector->unusable;
  }
  if (vector->cache < LEAST_CACHE) {
    return "a cache that no engine has";
  }
  return zone_objection(vector);
}

static int write_zones(const struct vectors *all, const char *directory)
{
  char path[512];
  snprintf(path, sizeof path, "%s/zones.conf", directory);
  FILE *list = fopen(path, "w");
  if (list == NULL) {
    perror(path);
    return 2;
  }
  fprintf(list, "zone:\n");
  for (size_t i = 0; i < all->count; i++) {
    const struct vector *vector = &all->items[i];
    if (objection(vector) == NULL) {
      if (zone_write(vector, directory) != 0) {
        fclose(list);
        return 2;
      }
      fprintf(list, "  - domain: %s\n    file: %s.zone\n", vector->domain, vector->domain);
    }
  }
  return fclose(list) == 0 ? 0 : 2;
}

static int check(struct run *run, const struct vectors *all, const char *only)
{
  unsigned held = 0, failed = 0, skipped = 0;
  for (size_t i = 0; i < all->count; i++) {
    const struct vector *vector = &all->items[i];
    const char *why = objection(vector);
    if (strncmp(vector->title, only, strlen(only)) != 0) {
      continue;
    }
    if (why != NULL) {
      printf("skipped: %s (%s)\n", vector->title, why);
      skipped++;
    } else if (resolve_vector(run, vector)) {
      held++;
    } else {
      failed++;
    }
  }
  printf("held=%u failed=%u skipped=%u queries=%llu connections=%llu timeouts=%llu\n", held, failed, skipped,
         (unsigned long long)run->queries, (unsigned long long)run->connections, (unsigned long long)run->timeouts);
  return failed == 0 && held > 0 ? 0 : 1;
}

static int wrong_use(void)
{
  fputs("use: vectors zones DIRECTORY FILE...\n"
        "     vectors check [--tcp] [--any-reason] [--impatient] [--only TEXT] --server ADDRESS:PORT... FILE...\n", stderr);
  return 2;
}

/* The options of `check`; returns the place of the first file, or 0. */
static int read_options(struct run *run, const char **only, int count, char **words)
{
  int at = 2;
  for (; at < count && strncmp(words[at], "--", 2) == 0; at++) {
    if (strcmp(words[at], "--tcp") == 0) {
      run->over_tcp = 1;
    } else if (strcmp(words[at], "--any-reason") == 0) {
      run->any_reason = 1;
    } else if (strcmp(words[at], "--impatient") == 0) {
      run->impatient = 1;
    } else if (strcmp(words[at], "--only") == 0 && at + 1 < count) {
      *only = words[++at];
    } else if (strcmp(words[at], "--server") == 0 && at + 1 < count && run->server_count < 8) {
      run->servers[run->server_count++] = words[++at];
    } else {
      return 0;
    }
  }
  return run->server_count > 0 ? at : 0;
}

int main(int count, char **words)
{
  struct vectors all;
  struct run run;
  const char *only = "";
  int first = 0, result;
  memset(&all, 0, sizeof all);
  memset(&run, 0, sizeof run);
  if (count > 3 && strcmp(words[1], "zones") == 0) {
    first = 3;
  } else if (count > 3 && strcmp(words[1], "check") == 0) {
    first = read_options(&run, &only, count, words);
  }
  if (first == 0 || first >= count) {
    return wrong_use();
  }
  for (int i = first; i < count; i++) {
    if (vectors_read(&all, words[i]) != 0) {
      return 2;
    }
  }
  result = strcmp(words[1], "zones") == 0 ? write_zones(&all, words[2]) : check(&run, &all, only);
  vectors_free(&all);
  return result;
}
