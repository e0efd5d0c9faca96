/* The simulated DNS server: a query packet goes in, the answer packet and one line for the transcript come out. */
#ifndef SCENARIO_DNSSERVER_H
#define SCENARIO_DNSSERVER_H
#include <stddef.h>
#include <stdint.h>

#include "text.h"
#include "zone.h"

#define DNS_SERVERS 8u

/* DNS_TRUNCATE: no answer fits into a datagram; over TCP they are all there. */
typedef enum dns_mode { DNS_UP, DNS_DOWN, DNS_SERVFAIL, DNS_REFUSED, DNS_TRUNCATE } dns_mode;

typedef struct dns_server {
  zone records;
  dns_mode mode[DNS_SERVERS]; /* by server index */
  dns_name *nxdomain;         /* names that do not exist, whatever the zone says */
  size_t nxdomain_count, nxdomain_capacity;
  uint32_t delay_ms;          /* on top of the round trip */
  int additional;             /* answers carry the records that the next step needs */
} dns_server;

typedef struct dns_reply {
  text packet;                  /* empty: the server stays silent */
  char name[DNS_NAME_TEXT_MAX]; /* what was asked, in lower case */
  uint32_t type;
  const char *result;           /* answer, nxdomain, nodata, silent, servfail, refused, truncated */
} dns_reply;

/* A query on its way to a server. */
typedef struct dns_packet {
  const uint8_t *data;
  size_t length;
  uint32_t server;
  int over_tcp;
} dns_packet;

/* Returns -1 when the packet is no well-formed query: the library must not send such a thing. */
int dns_serve(const dns_server *server, const dns_packet *query, dns_reply *out);
void dns_reply_free(dns_reply *old);
void dns_deny(dns_server *server, const dns_name *name);
/* Every server answers again, and every name that was denied is back. */
void dns_restore(dns_server *server);
void dns_server_free(dns_server *old);
#endif
