/* A DNS server that the test plays itself, on a UDP port of loopback. */

#ifndef LOOPBACK_H
#define LOOPBACK_H

#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>

/* A socket on a port of loopback that the system chooses, and its name as the library reads it. */
int loopback_server(char name[32]);
int loopback_readable(int fd, int milliseconds);
/* Waits for a query and returns its length; 0, and a failed check, if none comes. */
size_t loopback_take(int fd, uint8_t *query, size_t room, struct sockaddr_in *from);
void loopback_reply(int fd, const uint8_t *data, size_t length, const struct sockaddr_in *to);

/* How many descriptors this process has open. */
unsigned loopback_descriptors(void);

#endif
