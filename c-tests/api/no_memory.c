/* When memory runs out: a line on standard error, and abort(). No call returns half-done, and none goes on with what it did
 * not get. docs/boundary.md says how much memory is needed, so that it does not come to this.
 */

#define _DEFAULT_SOURCE

#include "check.h"
#include "rig.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* A trace of this many facts takes more than what the heap of a small program has left over. */
enum { MANY_FACTS = 65536 };

static sfo_status make_engine(uint32_t facts)
{
  sfo_config *config = rig_config(RIG_TWO_SERVERS);
  sfo_callbacks callbacks = rig_callbacks(RIG_SILENT);
  sfo_options options = rig_options();
  sfo_engine *engine = NULL;
  callbacks.destroyed = NULL;
  options.trace_entries = facts;
  sfo_status status = sfo_engine_new(config, &options, &callbacks, NULL, 0, &engine);
  sfo_engine_free(engine);
  sfo_config_free(config);
  return status;
}

/* In a process of its own. Its exit status is seen only if the library goes on. */
static void starve(int said_to)
{
  struct rlimit nothing_more = { 1, 1 }, no_core = { 0, 0 };
  int is_set = setrlimit(RLIMIT_CORE, &no_core) == 0 && setrlimit(RLIMIT_AS, &nothing_more) == 0;
  /* With it set, Rust's standard library tries to say more. */
  if (!is_set || unsetenv("RUST_BACKTRACE") != 0 || dup2(said_to, 2) != 2) {
    _exit(2);
  }
  _exit(make_engine(MANY_FACTS) == SFO_OK ? 3 : 4);
}

static void the_process_ends(void)
{
  int pipe_ends[2], status = 0;
  char said[512];
  size_t length = 0;
  ssize_t count;
  if (!CHECK_EQ(pipe(pipe_ends), 0)) {
    return;
  }
  pid_t child = fork();
  if (child == 0) {
    starve(pipe_ends[1]);
  }
  close(pipe_ends[1]);
  while (length < sizeof said - 1 && (count = read(pipe_ends[0], said + length, sizeof said - 1 - length)) > 0) {
    length += (size_t)count;
  }
  said[length] = '\0';
  close(pipe_ends[0]);
  if (CHECK(child > 0) && CHECK_EQ(waitpid(child, &status, 0), child)) {
    if (!CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT)) {
      fprintf(stderr, "  status %d: %s\n", status, said);
    }
    CHECK(strstr(said, "memory allocation of ") != NULL);
    if (!CHECK(strlen(said) < 200)) {
      fprintf(stderr, "%s", said);
    }
  }
}

int main(void)
{
  /* It is the memory that is missing, and nothing else. */
  CHECK_EQ(make_engine(MANY_FACTS), SFO_OK);
  the_process_ends();
  return check_result();
}
