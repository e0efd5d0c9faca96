/* Texts in memory. */

#include "vector.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void *get_memory(void *old, size_t size)
{
  void *got = realloc(old, size);
  if (got == NULL) {
    fputs("out of memory\n", stderr);
    exit(2);
  }
  return got;
}

char *copy_text(const char *text, size_t length)
{
  char *copy = get_memory(NULL, length + 1);
  memcpy(copy, text, length);
  copy[length] = '\0';
  return copy;
}

void text_list_add(struct text_list *to, const char *text)
{
  to->items = get_memory(to->items, (to->count + 1) * sizeof *to->items);
  to->items[to->count++] = copy_text(text, strlen(text));
}

void text_list_free(struct text_list *list)
{
  for (size_t i = 0; i < list->count; i++) {
    free(list->items[i]);
  }
  free(list->items);
  memset(list, 0, sizeof *list);
}

size_t first_words(const char *text, char (*words)[WORD_LENGTH], size_t count)
{
  size_t found = 0;
  while (found < count) {
    text += strspn(text, " \t");
    size_t length = strcspn(text, " \t");
    if (length == 0) {
      break;
    }
    size_t kept = length < WORD_LENGTH ? length : WORD_LENGTH - 1;
    memcpy(words[found], text, kept);
    words[found++][kept] = '\0';
    text += length;
  }
  return found;
}
