#include "loopback.h"

#include "check.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

unsigned loopback_descriptors(void)
{
  unsigned count = 0;
  for (int fd = 0; fd < 1024; fd++) {
    count += fcntl(fd, F_GETFD) != -1;
  }
  return count;
}

int loopback_server(char name[32])
{
  struct sockaddr_in address;
  socklen_t length = sizeof address;
  int fd = socket(AF_INET, SOCK_DGRAM, 0);
  memset(&address, 0, sizeof address);
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  CHECK_EQ(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
  CHECK_EQ(getsockname(fd, (struct sockaddr *)&address, &length), 0);
  snprintf(name, 32, "127.0.0.1:%u", (unsigned)ntohs(address.sin_port));
  return fd;
}

int loopback_readable(int fd, int milliseconds)
{
  struct pollfd one;
  one.fd = fd;
  one.events = POLLIN;
  one.revents = 0;
  return poll(&one, 1, milliseconds) == 1;
}

size_t loopback_take(int fd, uint8_t *query, size_t room, struct sockaddr_in *from)
{
  socklen_t length = sizeof *from;
  if (!CHECK(loopback_readable(fd, 2000))) {
    return 0;
  }
  ssize_t got = recvfrom(fd, query, room, 0, (struct sockaddr *)from, &length);
  return got > 0 ? (size_t)got : 0;
}

void loopback_reply(int fd, const uint8_t *data, size_t length, const struct sockaddr_in *to)
{
  CHECK_EQ(sendto(fd, data, length, 0, (const struct sockaddr *)to, sizeof *to), (ssize_t)length);
}
