#include "address.h"

#include <stdio.h>
#include <string.h>

#include "text.h"

static int parse_ipv4(const char *string, uint8_t out[4]) {
  int part;
  for (part = 0; part < 4; part++) {
    unsigned value = 0, digits = 0;
    for (; *string >= '0' && *string <= '9' && digits < 3; string++, digits++)
      value = value * 10u + (unsigned)(*string - '0');
    if (!digits || value > 255u)
      return -1;
    out[part] = (uint8_t)value;
    if (part < 3 && *string++ != '.')
      return -1;
  }
  return *string ? -1 : 0;
}

static int hex_digit(char c) {
  if (c >= '0' && c <= '9')
    return c - '0';
  if (c >= 'a' && c <= 'f')
    return c - 'a' + 10;
  if (c >= 'A' && c <= 'F')
    return c - 'A' + 10;
  return -1;
}

/* One group of up to four hexadecimal digits; returns how many were taken. */
static int take_group(const char *string, uint8_t out[2]) {
  unsigned value = 0;
  int digits = 0;
  while (digits < 4 && hex_digit(string[digits]) >= 0)
    value = value * 16u + (unsigned)hex_digit(string[digits++]);
  out[0] = (uint8_t)(value >> 8);
  out[1] = (uint8_t)value;
  return digits;
}

/* The groups up to `::` or the end, as bytes; returns their number or -1. */
static int take_groups(const char **string, uint8_t *out, int limit) {
  int used = 0;
  while (**string && **string != ':') {
    int digits = 0;
    if (used + 4 <= limit && parse_ipv4(*string, out + used) == 0) {
      *string += strlen(*string);
      return used + 4;
    }
    if (used + 2 > limit || (digits = take_group(*string, out + used)) == 0)
      return -1;
    used += 2;
    *string += digits;
    if (**string && **string != ':')
      return -1;
    if (**string == ':' && (*string)[1] != ':') {
      if (!*++*string)
        return -1;
    }
  }
  return used;
}

static int parse_ipv6(const char *string, uint8_t out[16]) {
  uint8_t head[16], tail[16];
  int before, after;
  before = take_groups(&string, head, 16);
  if (before < 0)
    return -1;
  memset(out, 0, 16);
  memcpy(out, head, (size_t)before);
  if (!*string)
    return before == 16 ? 0 : -1;
  if (string[0] != ':' || string[1] != ':')
    return -1;
  string += 2;
  after = take_groups(&string, tail, 14 - before);
  if (after < 0 || *string)
    return -1;
  memcpy(out + 16 - after, tail, (size_t)after);
  return 0;
}

static int parse_with_port(const char *string, const char *colon, endpoint *out) {
  char host[64];
  size_t length = (size_t)(colon - string);
  if (parse_number(colon + 1, 65535, &out->port) || !out->port || length >= sizeof host)
    return -1;
  memcpy(host, string, length);
  host[length] = '\0';
  if (host[0] == '[' && host[length - 1] == ']') {
    host[length - 1] = '\0';
    out->family = 6;
    return parse_ipv6(host + 1, out->bytes);
  }
  out->family = 4;
  return parse_ipv4(host, out->bytes);
}

int parse_endpoint(const char *string, endpoint *out) {
  const char *colon = strrchr(string, ':');
  memset(out, 0, sizeof *out);
  if (parse_ipv4(string, out->bytes) == 0) {
    out->family = 4;
    return 0;
  }
  if (parse_ipv6(string, out->bytes) == 0) {
    out->family = 6;
    return 0;
  }
  memset(out, 0, sizeof *out);
  return colon && colon > string ? parse_with_port(string, colon, out) : -1;
}

int same_address(const endpoint *a, const endpoint *b) {
  return a->family == b->family && memcmp(a->bytes, b->bytes, a->family == 4 ? 4 : 16) == 0;
}

void endpoint_to_text(const endpoint *from, char *out, size_t room) {
  const uint8_t *at = from->bytes;
  char address[48], *end = address;
  int group;
  if (from->family == 4) {
    snprintf(address, sizeof address, "%u.%u.%u.%u", at[0], at[1], at[2], at[3]);
  } else {
    for (group = 0; group < 8; group++)
      end += snprintf(end, (size_t)(address + sizeof address - end), "%s%x", group ? ":" : "",
                      (unsigned)at[2 * group] << 8 | at[2 * group + 1]);
  }
  if (!from->port)
    snprintf(out, room, "%s", address);
  else
    snprintf(out, room, from->family == 4 ? "%s:%u" : "[%s]:%u", address, (unsigned)from->port);
}
