#include "dns.h"

#include <string.h>

size_t dns_question_end(const uint8_t *query, size_t length)
{
  size_t at = 12;
  while (at < length && query[at] != 0) {
    at += 1u + query[at];
  }
  return at + 5 <= length ? at + 5 : 0;
}

size_t dns_answer(const uint8_t *query, size_t length, const uint8_t address[4], uint8_t *answer)
{
  /* A pointer to the name in the question, type A, class IN, 60 seconds, four bytes. */
  static const uint8_t record[12] = { 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4 };
  /* Response, recursion desired and available; one question, one answer. */
  static const uint8_t header[10] = { 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0 };
  size_t end = dns_question_end(query, length);
  if (end == 0 || end + sizeof record + 4 > 512) {
    return 0;
  }
  memcpy(answer, query, end);
  memcpy(answer + 2, header, sizeof header);
  memcpy(answer + end, record, sizeof record);
  memcpy(answer + end + sizeof record, address, 4);
  return end + sizeof record + 4;
}

size_t dns_truncated(const uint8_t *query, size_t length, uint8_t *answer)
{
  static const uint8_t header[10] = { 0x83, 0x80, 0, 1, 0, 0, 0, 0, 0, 0 };
  size_t end = dns_question_end(query, length);
  if (end == 0 || end > 512) {
    return 0;
  }
  memcpy(answer, query, end);
  memcpy(answer + 2, header, sizeof header);
  return end;
}
