#include "dnsserver.h"

#include <stdlib.h>
#include <string.h>

#define HEADER 12u
#define CLASS_IN 1u
#define RCODE_SERVFAIL 2u
#define RCODE_NXDOMAIN 3u
#define RCODE_REFUSED 5u
#define MAX_CNAMES 8
#define MAX_ADDITIONAL 64u

typedef struct question {
  text name;
  uint32_t type, class_;
  size_t end;  /* of the question section */
  int opt;     /* the query carries an OPT record */
} question;

typedef struct builder {
  const dns_server *server;
  text *packet;
  uint32_t answers, authorities, additionals;
} builder;

static uint32_t get_16(const uint8_t *at) {
  return ((uint32_t)at[0] << 8) | at[1];
}

static void put_16(text *to, uint32_t value) {
  uint8_t bytes[2];
  bytes[0] = (uint8_t)(value >> 8);
  bytes[1] = (uint8_t)value;
  text_add_bytes(to, bytes, 2);
}

static int read_name(const uint8_t *query, size_t length, size_t *at, text *out) {
  text_add(out, "");
  while (*at < length && query[*at]) {
    size_t label = query[(*at)++];
    if (label > 63u || *at + label > length || out->length + label > 253u)
      return -1;
    if (out->length)
      text_add(out, ".");
    text_add_bytes(out, query + *at, label);
    *at += label;
  }
  if (*at >= length || memchr(out->data, '\0', out->length))
    return -1;
  ++*at;
  lower_case(out->data);
  return 0;
}

static int read_question(const uint8_t *query, size_t length, question *out) {
  size_t at = HEADER;
  if (length < HEADER || (query[2] & 0xf8u) != 0 || get_16(query + 4) != 1)
    return -1;
  if (get_16(query + 6) || get_16(query + 8) || get_16(query + 10) > 1)
    return -1;
  if (read_name(query, length, &at, &out->name) || at + 4 > length)
    return -1;
  out->type = get_16(query + at);
  out->class_ = get_16(query + at + 2);
  out->end = at + 4;
  out->opt = get_16(query + 10) == 1;
  if (out->class_ != CLASS_IN)
    return -1;
  return out->opt || out->end == length ? 0 : -1;
}

static void put_record(builder *to, const record *from) {
  add_wire_name(to->packet, from->name);
  put_16(to->packet, from->type);
  put_16(to->packet, CLASS_IN);
  put_16(to->packet, from->ttl >> 16);
  put_16(to->packet, from->ttl & 0xffffu);
  put_16(to->packet, (uint32_t)from->data.length);
  text_add_bytes(to->packet, from->data.data, from->data.length);
}

static void put_header(const uint8_t *query, const question *asked, uint32_t rcode, text *packet) {
  put_16(packet, get_16(query));
  put_16(packet, 0x8480u | ((uint32_t)query[2] & 1u) << 8 | rcode); /* response, authoritative, recursion as asked */
  put_16(packet, 1);
  put_16(packet, 0);
  put_16(packet, 0);
  put_16(packet, 0);
  text_add_bytes(packet, query + HEADER, asked->end - HEADER);
}

static void set_count(text *packet, size_t at, uint32_t count) {
  packet->data[at] = (char)(count >> 8);
  packet->data[at + 1] = (char)count;
}

static void finish(builder *from, const question *asked) {
  static const uint8_t opt[11] = {0, 0, 41, 0x04, 0xd0, 0, 0, 0, 0, 0, 0}; /* 1232 bytes, RFC 6891 */
  if (asked->opt) {
    text_add_bytes(from->packet, opt, sizeof opt);
    from->additionals++;
  }
  set_count(from->packet, 6, from->answers);
  set_count(from->packet, 8, from->authorities);
  set_count(from->packet, 10, from->additionals);
}

static const record *find_record(const zone *in, const char *name, uint32_t type) {
  size_t i;
  for (i = 0; i < in->count; i++)
    if (in->item[i].type == type && strcmp(in->item[i].name, name) == 0)
      return &in->item[i];
  return NULL;
}

static int is_below(const char *name, const char *parent) {
  size_t length = strlen(name), tail = strlen(parent);
  if (!tail)
    return 1;
  if (length < tail || strcmp(name + length - tail, parent) != 0)
    return 0;
  return length == tail || name[length - tail - 1] == '.';
}

/* A name exists when it has a record or when one lies below it. */
static int exists(const dns_server *server, const char *name) {
  size_t i;
  for (i = 0; i < server->nxdomain_count; i++)
    if (strcmp(server->nxdomain[i], name) == 0)
      return 0;
  for (i = 0; i < server->records.count; i++)
    if (is_below(server->records.item[i].name, name))
      return 1;
  return 0;
}

static uint32_t put_set(builder *to, const char *name, uint32_t type) {
  const zone *in = &to->server->records;
  uint32_t put = 0;
  size_t i;
  if (!exists(to->server, name))
    return 0;
  for (i = 0; i < in->count; i++) {
    if (in->item[i].type == type && strcmp(in->item[i].name, name) == 0) {
      put_record(to, &in->item[i]);
      put++;
    }
  }
  return put;
}

/* The records that the next step of the chain will ask for: SRV of a NAPTR, addresses of an SRV. Sets that are
   there already are not put twice: two NAPTR records rarely lead to one name, so names are compared only within a set. */
static void put_additional(builder *to, const char *name, uint32_t type) {
  const zone *in = &to->server->records;
  size_t i, earlier;
  for (i = 0; i < in->count; i++) {
    const record *at = &in->item[i];
    if (at->type != type || strcmp(at->name, name) != 0 || !at->target || to->additionals > MAX_ADDITIONAL)
      continue;
    for (earlier = 0; earlier < i; earlier++)
      if (in->item[earlier].type == type && strcmp(in->item[earlier].name, name) == 0 &&
          strcmp(in->item[earlier].target, at->target) == 0)
        break;
    if (earlier < i)
      continue;
    to->additionals += put_set(to, at->target, DNS_A) + put_set(to, at->target, DNS_AAAA);
    if (type == DNS_NAPTR) {
      to->additionals += put_set(to, at->target, DNS_SRV);
      put_additional(to, at->target, DNS_SRV);
    }
  }
}

/* RFC 2308: the SOA of the zone, when the scenario has one, says how long a negative answer counts. */
static void put_soa(builder *to, const char *name) {
  const zone *in = &to->server->records;
  const record *best = NULL;
  size_t i;
  for (i = 0; i < in->count; i++)
    if (in->item[i].type == DNS_SOA && is_below(name, in->item[i].name) &&
        (!best || strlen(in->item[i].name) > strlen(best->name)))
      best = &in->item[i];
  if (best) {
    put_record(to, best);
    to->authorities = 1;
  }
}

/* Follows aliases inside the zone; returns the name that holds the records. */
static const char *put_aliases(builder *to, const char *name, uint32_t type) {
  const record *alias;
  int hops;
  for (hops = 0; hops < MAX_CNAMES && type != DNS_CNAME; hops++) {
    alias = exists(to->server, name) ? find_record(&to->server->records, name, DNS_CNAME) : NULL;
    if (!alias)
      break;
    put_record(to, alias);
    to->answers++;
    name = alias->target;
  }
  return name;
}

static void answer(const dns_server *server, const uint8_t *query, const question *asked, dns_reply *out) {
  builder to;
  const char *name;
  uint32_t found;
  memset(&to, 0, sizeof to);
  to.server = server;
  to.packet = &out->packet;
  put_header(query, asked, 0, to.packet);
  name = put_aliases(&to, asked->name.data, asked->type);
  found = put_set(&to, name, asked->type);
  to.answers += found;
  out->result = "answer";
  if (!found) {
    int there = exists(server, name);
    out->result = there ? "nodata" : "nxdomain";
    if (!there)
      out->packet.data[3] = (char)((uint8_t)out->packet.data[3] | RCODE_NXDOMAIN);
    put_soa(&to, name);
  } else if (server->additional) {
    put_additional(&to, name, asked->type);
  }
  finish(&to, asked);
}

static void refuse(const uint8_t *query, const question *asked, uint32_t rcode, dns_reply *out) {
  builder to;
  memset(&to, 0, sizeof to);
  to.packet = &out->packet;
  out->result = rcode == RCODE_SERVFAIL ? "servfail" : "refused";
  put_header(query, asked, rcode, to.packet);
  finish(&to, asked);
}

int dns_serve(const dns_server *server, uint32_t index, const uint8_t *query, size_t length, dns_reply *out) {
  question asked;
  memset(&asked, 0, sizeof asked);
  memset(out, 0, sizeof *out);
  if (read_question(query, length, &asked)) {
    text_free(&asked.name);
    return -1;
  }
  out->type = asked.type;
  switch (index < DNS_SERVERS ? server->mode[index] : DNS_UP) {
  case DNS_DOWN:
    out->result = "silent";
    break;
  case DNS_SERVFAIL:
    refuse(query, &asked, RCODE_SERVFAIL, out);
    break;
  case DNS_REFUSED:
    refuse(query, &asked, RCODE_REFUSED, out);
    break;
  case DNS_UP:
  default:
    answer(server, query, &asked, out);
    break;
  }
  out->name = asked.name;
  return 0;
}

void dns_reply_free(dns_reply *old) {
  text_free(&old->packet);
  text_free(&old->name);
}

void dns_deny(dns_server *server, const char *name) {
  server->nxdomain = room(server->nxdomain, server->nxdomain_count, &server->nxdomain_capacity,
                          sizeof *server->nxdomain);
  server->nxdomain[server->nxdomain_count++] = copy_string(name);
}

void dns_restore(dns_server *server) {
  while (server->nxdomain_count)
    free(server->nxdomain[--server->nxdomain_count]);
  memset(server->mode, 0, sizeof server->mode);
}

void dns_server_free(dns_server *old) {
  dns_restore(old);
  free(old->nxdomain);
  zone_free(&old->records);
}
