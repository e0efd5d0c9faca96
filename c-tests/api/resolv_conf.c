/* Reading DNS servers from a file in the format of resolv.conf. */

#include "check.h"
#include "rig.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct rig rig;

static void write_file(char *path, const char *text)
{
  strcpy(path, "/tmp/sipfailover-XXXXXX");
  int fd = mkstemp(path);
  CHECK(fd >= 0);
  CHECK_EQ(write(fd, text, strlen(text)), (ssize_t)strlen(text));
  close(fd);
}

/* How many servers are asked, when none of them answers. */
static uint32_t servers_asked(void)
{
  uint32_t most = 0;
  rig_forget(&rig);
  CHECK_EQ(sfo_account_start(rig_input(&rig), rig.now, 1), SFO_OK);
  rig_run(&rig, 60000);
  for (int i = 0; rig_find(&rig, DNS, i) != NULL; i++) {
    uint32_t server = rig_find(&rig, DNS, i)->server + 1;
    most = server > most ? server : most;
  }
  CHECK_EQ(sfo_account_stop(rig_input(&rig), rig.now, 1), SFO_OK);
  rig_run(&rig, 60000);
  return most;
}

static void reads(const char *text, uint32_t servers)
{
  char path[64];
  write_file(path, text);
  rig_open(&rig, RIG_NAMED_SERVER, 0);
  CHECK_EQ(sfo_dns_io_use_resolv_conf(rig_input(&rig), rig.now, path), SFO_OK);
  unlink(path);
  CHECK_EQ(servers_asked(), servers);
  rig_close(&rig);
}

/* Where nothing can be read, the servers named before stay. */
static void cannot_read(const char *path, sfo_status wanted)
{
  const char *servers[2] = { "192.0.2.53", "192.0.2.54" };
  char text[256];
  rig_open(&rig, RIG_NAMED_SERVER, 0);
  CHECK_EQ(sfo_engine_set_dns_servers(rig_input(&rig), rig.now, servers, 2), SFO_OK);
  CHECK_EQ(sfo_dns_io_use_resolv_conf(rig_input(&rig), rig.now, path), wanted);
  if (wanted == SFO_ERR_IO) {
    CHECK(sfo_engine_last_error(rig.engine, text, sizeof text) > 0 && strstr(text, path) != NULL);
  }
  CHECK_EQ(servers_asked(), 2);
  rig_close(&rig);
}

static void pipe_does_not_block(void)
{
  char path[64];
  write_file(path, "");
  unlink(path);
  CHECK_EQ(mkfifo(path, 0600), 0);
  alarm(20);
  rig_open(&rig, RIG_NAMED_SERVER, 0);
  sfo_status status = sfo_dns_io_use_resolv_conf(rig_input(&rig), rig.now, path);
  CHECK(status == SFO_ERR_IO || status == SFO_OK);
  rig_close(&rig);
  alarm(0);
  unlink(path);
}

static void endless_file(void)
{
  alarm(20);
  rig_open(&rig, RIG_NAMED_SERVER, 0);
  sfo_status status = sfo_dns_io_use_resolv_conf(rig_input(&rig), rig.now, "/dev/zero");
  CHECK(status == SFO_ERR_IO || status == SFO_OK);
  rig_close(&rig);
  alarm(0);
}

static void systems_own_file(void)
{
  rig_open(&rig, RIG_NAMED_SERVER, 0);
  sfo_status status = sfo_dns_io_use_resolv_conf(rig_input(&rig), rig.now, NULL);
  CHECK(status == SFO_ERR_IO || status == SFO_OK);
  rig_close(&rig);
}

int main(void)
{
  reads("nameserver 192.0.2.53\n", 1);
  reads("# comment\n; another\nsearch example\nnameserver 192.0.2.53\r\nnameserver\t2001:db8::53 # second\n"
        " nameserver 192.0.2.99\nnameserver nonsense\noptions edns0\nnameserver 192.0.2.54", 3);
  cannot_read("/nonexistent/resolv.conf", SFO_ERR_IO);
  cannot_read("/", SFO_ERR_IO);
  cannot_read("\xff", SFO_ERR_INVALID);
  pipe_does_not_block();
  endless_file();
  systems_own_file();
  return check_result();
}
