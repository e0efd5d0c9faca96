/* A guest in the process of the firmware: the library reads no environment, handles no signal, makes no thread, prints
 * nothing, and ends nothing.
 *
 * The functions below stand in front of those of the C library: the dynamic linker gives them to the shared library, too.
 */

#define _GNU_SOURCE

#include "check.h"
#include "rig.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static int is_watching;
static const char *noticed;
static unsigned asked_for_thread;

/* Reported later: reporting calls some of them. */
static void notice(const char *what)
{
  if (is_watching && noticed == NULL) {
    noticed = what;
  }
}

char *getenv(const char *name)
{
  (void)name;
  notice("getenv");
  return NULL;
}

char *secure_getenv(const char *name)
{
  (void)name;
  notice("secure_getenv");
  return NULL;
}

int setenv(const char *name, const char *value, int overwrite)
{
  (void)name;
  (void)value;
  (void)overwrite;
  notice("setenv");
  return 0;
}

int sigaction(int number, const struct sigaction *action, struct sigaction *old)
{
  (void)number;
  (void)action;
  (void)old;
  notice("sigaction");
  return 0;
}

int sigaltstack(const stack_t *stack, stack_t *old)
{
  (void)stack;
  (void)old;
  notice("sigaltstack");
  return 0;
}

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *), void *argument)
{
  (void)thread;
  (void)attributes;
  (void)run;
  (void)argument;
  notice("pthread_create");
  return EAGAIN;
}

int pthread_sigmask(int how, const sigset_t *set, sigset_t *old)
{
  (void)how;
  (void)set;
  (void)old;
  notice("pthread_sigmask");
  return 0;
}

/* The one function of these that the library does call: it shows that the others would be noticed. */
pthread_t pthread_self(void)
{
  asked_for_thread++;
  return (pthread_t)1;
}

pid_t fork(void)
{
  notice("fork");
  errno = EAGAIN;
  return -1;
}

int atexit(void (*function)(void))
{
  (void)function;
  notice("atexit");
  return 0;
}

/* What Rust prints with. stdio of this program does not come by here. */
ssize_t write(int fd, const void *bytes, size_t length)
{
  (void)bytes;
  if (fd == 1 || fd == 2) {
    notice("write");
  }
  return (ssize_t)length;
}

static void live(unsigned flags)
{
  static struct rig rig;
  const char *servers[1] = { "127.0.0.1:1" };
  uint8_t snapshot[4096];
  size_t length = 0;
  uint64_t id = 0;
  rig_open(&rig, RIG_NAMED_SERVER, flags);
  CHECK_EQ(sfo_engine_set_dns_servers(rig_input(&rig), rig.now, servers, 1), SFO_OK);
  CHECK_EQ(sfo_account_start(rig_input(&rig), rig.now, 1), SFO_OK);
  CHECK_EQ(rig_request(&rig, SFO_METHOD_INVITE, 1, &id), SFO_OK);
  CHECK_EQ(sfo_post_request_cancel(rig.engine, id), SFO_OK);
  CHECK_EQ(sfo_engine_process(rig_input(&rig), rig.now), SFO_OK);
  rig_run(&rig, 100000);
  CHECK_EQ(sfo_engine_snapshot_export(rig.engine, rig.now, 0, snapshot, sizeof snapshot, &length), SFO_OK);
  CHECK_EQ(sfo_dns_io_use_resolv_conf(rig_input(&rig), rig.now, "/nonexistent"), SFO_ERR_IO);
  rig_close(&rig);
}

int main(void)
{
  sfo_config *config = NULL;
  is_watching = 1;
  CHECK_EQ(sfo_config_new(0, &config), SFO_OK);
  CHECK_EQ(sfo_config_set(config, "no.such.key", "1"), SFO_ERR_NOT_FOUND);
  sfo_config_free(config);
  live(0);
  live(RIG_DRIVER);
  is_watching = 0;
  if (!CHECK(noticed == NULL)) {
    fprintf(stderr, "  the library calls %s()\n", noticed);
  }
  CHECK(asked_for_thread > 0);
  return check_result();
}
