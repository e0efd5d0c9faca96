/* IP addresses as people write them: the runner has no operating system's resolver to ask. */
#ifndef SCENARIO_ADDRESS_H
#define SCENARIO_ADDRESS_H
#include <stddef.h>
#include <stdint.h>

typedef struct endpoint {
  uint32_t family;     /* 4 or 6 */
  uint8_t bytes[16];   /* the first 4 for family 4 */
  uint32_t port;       /* 0 = every port */
} endpoint;

/* 0, or -1 when `string` is no address: "192.0.2.1", "192.0.2.1:5060", "2001:db8::1", "[2001:db8::1]:5061". */
int parse_endpoint(const char *string, endpoint *out);
/* As parse_endpoint() reads it. */
void endpoint_to_text(const endpoint *from, char *out, size_t room);
int same_address(const endpoint *a, const endpoint *b);
#endif
