#include "dnsserver.h"

#include <stdlib.h>
#include <string.h>

#define MAX_CNAMES 8
#define MAX_ADDITIONAL 64u

typedef struct question {
  dns_name name;
  uint32_t type;
  size_t end;  /* of the question section */
  int opt;     /* the query carries an OPT record */
} question;

typedef struct builder {
  const dns_server *server;
  text *packet;
  uint32_t answers, authorities, additionals;
} builder;

static void put_16(text *to, uint32_t value) {
  uint8_t bytes[2];
  dns_store_u16(bytes, value);
  text_add_bytes(to, bytes, 2);
}

static int read_question(const uint8_t *query, size_t length, question *out) {
  size_t at = DNS_HEADER_LENGTH;
  if (length < DNS_HEADER_LENGTH || (query[2] & 0xf8u) != 0 || dns_load_u16(query + 4) != 1)
    return -1;
  if (dns_load_u16(query + 6) || dns_load_u16(query + 8) || dns_load_u16(query + 10) > 1)
    return -1;
  /* No name that a phone looks up has a NUL in it, but for the one that ends it. */
  if (dns_name_from_wire(query, length, &at, &out->name) || memchr(out->name.wire, '\0', out->name.length - 1))
    return -1;
  if (at + 4 > length || dns_load_u16(query + at + 2) != DNS_CLASS_IN)
    return -1;
  out->type = dns_load_u16(query + at);
  out->end = at + 4;
  out->opt = dns_load_u16(query + 10) == 1;
  return out->opt || out->end == length ? 0 : -1;
}

static void put_record(builder *to, const dns_record *from) {
  uint8_t fixed[DNS_FIXED_LENGTH];
  dns_store_fixed(fixed, from, from->ttl);
  text_add_bytes(to->packet, from->owner.wire, from->owner.length);
  text_add_bytes(to->packet, fixed, sizeof fixed);
  text_add_bytes(to->packet, from->rdata, from->rdata_length);
}

static void put_header(const uint8_t *query, const question *asked, uint32_t rcode, text *packet) {
  text_add_bytes(packet, query, 2);
  put_16(packet, 0x8480u | ((uint32_t)query[2] & 1u) << 8 | rcode); /* response, authoritative, recursion as asked */
  put_16(packet, 1);
  put_16(packet, 0);
  put_16(packet, 0);
  put_16(packet, 0);
  text_add_bytes(packet, query + DNS_HEADER_LENGTH, asked->end - DNS_HEADER_LENGTH);
}

static void finish(builder *from, const question *asked) {
  uint8_t opt[DNS_OPT_LENGTH], *header;
  if (asked->opt) {
    dns_store_opt(opt, 0, 0);
    text_add_bytes(from->packet, opt, sizeof opt);
    from->additionals++;
  }
  header = (uint8_t *)from->packet->data;
  dns_store_u16(header + 6, from->answers);
  dns_store_u16(header + 8, from->authorities);
  dns_store_u16(header + 10, from->additionals);
}

static int is_record(const dns_record *at, const dns_name *name, uint32_t type) {
  return at->type == type && dns_name_equal(&at->owner, name);
}

static const dns_record *find_record(const zone *in, const dns_name *name, uint32_t type) {
  size_t i;
  for (i = 0; i < in->count; i++)
    if (is_record(&in->item[i], name, type))
      return &in->item[i];
  return NULL;
}

/* A name exists when it has a record or when one lies below it. */
static int exists(const dns_server *server, const dns_name *name) {
  size_t i;
  for (i = 0; i < server->nxdomain_count; i++)
    if (dns_name_equal(&server->nxdomain[i], name))
      return 0;
  for (i = 0; i < server->records.count; i++)
    if (dns_name_within(&server->records.item[i].owner, name))
      return 1;
  return 0;
}

static uint32_t put_set(builder *to, const dns_name *name, uint32_t type) {
  const zone *in = &to->server->records;
  uint32_t put = 0;
  size_t i;
  if (!exists(to->server, name))
    return 0;
  for (i = 0; i < in->count; i++) {
    if (is_record(&in->item[i], name, type)) {
      put_record(to, &in->item[i]);
      put++;
    }
  }
  return put;
}

/* Whether one of the first `count` records belongs to the set and leads to the same name. */
static int leads_there(const zone *in, size_t count, const dns_name *name, uint32_t type, const dns_name *target) {
  dns_name other;
  size_t i;
  for (i = 0; i < count; i++) {
    if (!is_record(&in->item[i], name, type))
      continue;
    dns_record_target(&in->item[i], &other);
    if (dns_name_equal(&other, target))
      return 1;
  }
  return 0;
}

/* The records that the next step of the chain will ask for: SRV of a NAPTR, addresses of an SRV. Sets that are
   there already are not put twice: two NAPTR records rarely lead to one name, so names are compared only within a set. */
static void put_additional(builder *to, const dns_name *name, uint32_t type) {
  const zone *in = &to->server->records;
  dns_name target;
  size_t i;
  for (i = 0; i < in->count; i++) {
    const dns_record *at = &in->item[i];
    if (!is_record(at, name, type) || !at->has_target || to->additionals > MAX_ADDITIONAL)
      continue;
    dns_record_target(at, &target);
    if (leads_there(in, i, name, type, &target))
      continue;
    to->additionals += put_set(to, &target, DNS_A) + put_set(to, &target, DNS_AAAA);
    if (type == DNS_NAPTR) {
      to->additionals += put_set(to, &target, DNS_SRV);
      put_additional(to, &target, DNS_SRV);
    }
  }
}

/* RFC 2308: the SOA of the zone, when the scenario has one, says how long a negative answer counts. */
static void put_soa(builder *to, const dns_name *name) {
  const zone *in = &to->server->records;
  const dns_record *best = NULL;
  size_t i;
  for (i = 0; i < in->count; i++)
    if (in->item[i].type == DNS_SOA && dns_name_within(name, &in->item[i].owner) &&
        (!best || in->item[i].owner.length > best->owner.length))
      best = &in->item[i];
  if (best) {
    put_record(to, best);
    to->authorities = 1;
  }
}

/* Follows aliases inside the zone; `name` becomes the one that holds the records. */
static void put_aliases(builder *to, dns_name *name, uint32_t type) {
  const dns_record *alias;
  int hops;
  for (hops = 0; hops < MAX_CNAMES && type != DNS_CNAME; hops++) {
    alias = exists(to->server, name) ? find_record(&to->server->records, name, DNS_CNAME) : NULL;
    if (!alias)
      break;
    put_record(to, alias);
    to->answers++;
    dns_record_target(alias, name);
  }
}

static void answer(const dns_server *server, const uint8_t *query, const question *asked, dns_reply *out) {
  builder to;
  dns_name name = asked->name;
  uint32_t found;
  memset(&to, 0, sizeof to);
  to.server = server;
  to.packet = &out->packet;
  put_header(query, asked, 0, to.packet);
  put_aliases(&to, &name, asked->type);
  found = put_set(&to, &name, asked->type);
  to.answers += found;
  out->result = "answer";
  if (!found) {
    int there = exists(server, &name);
    out->result = there ? "nodata" : "nxdomain";
    if (!there)
      out->packet.data[3] = (char)((uint8_t)out->packet.data[3] | DNS_RCODE_NXDOMAIN);
    put_soa(&to, &name);
  } else if (server->additional) {
    put_additional(&to, &name, asked->type);
  }
  finish(&to, asked);
}

static void refuse(const uint8_t *query, const question *asked, uint32_t rcode, dns_reply *out) {
  builder to;
  memset(&to, 0, sizeof to);
  to.packet = &out->packet;
  out->result = rcode == DNS_RCODE_SERVFAIL ? "servfail" : "refused";
  put_header(query, asked, rcode, to.packet);
  finish(&to, asked);
}

/* RFC 2181 9: what is there may be cut anywhere, so nothing of it is sent. */
static void truncate(const uint8_t *query, const question *asked, dns_reply *out) {
  refuse(query, asked, DNS_RCODE_OK, out);
  out->packet.data[2] = (char)((uint8_t)out->packet.data[2] | 2u);
  out->result = "truncated";
}

int dns_serve(const dns_server *server, const dns_packet *query, dns_reply *out) {
  question asked;
  dns_mode mode = query->server < DNS_SERVERS ? server->mode[query->server] : DNS_UP;
  memset(out, 0, sizeof *out);
  if (read_question(query->data, query->length, &asked))
    return -1;
  out->type = asked.type;
  dns_name_to_text(&asked.name, out->name);
  lower_case(out->name);
  if (mode == DNS_TRUNCATE && query->over_tcp)
    mode = DNS_UP;
  switch (mode) {
  case DNS_DOWN:
    out->result = "silent";
    break;
  case DNS_SERVFAIL:
    refuse(query->data, &asked, DNS_RCODE_SERVFAIL, out);
    break;
  case DNS_REFUSED:
    refuse(query->data, &asked, DNS_RCODE_REFUSED, out);
    break;
  case DNS_TRUNCATE:
    truncate(query->data, &asked, out);
    break;
  case DNS_UP:
  default:
    answer(server, query->data, &asked, out);
    break;
  }
  return 0;
}

void dns_reply_free(dns_reply *old) {
  text_free(&old->packet);
}

void dns_deny(dns_server *server, const dns_name *name) {
  server->nxdomain = room(server->nxdomain, server->nxdomain_count, &server->nxdomain_capacity,
                          sizeof *server->nxdomain);
  server->nxdomain[server->nxdomain_count++] = *name;
}

void dns_restore(dns_server *server) {
  server->nxdomain_count = 0;
  memset(server->mode, 0, sizeof server->mode);
}

void dns_server_free(dns_server *old) {
  free(old->nxdomain);
  zone_free(&old->records);
}
