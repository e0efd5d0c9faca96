/* Loads the shared library with every symbol resolved at once, as a firmware's plug-in loader would, finds all of its
 * functions, and calls one.
 *
 *   api_load LIBRARY LIST
 */

#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <sipfailover.h>

static int find_all(void *library, FILE *list)
{
  char name[128];
  int count = 0;
  while (fgets(name, sizeof name, list) != NULL) {
    name[strcspn(name, "\n")] = '\0';
    if (dlsym(library, name) == NULL) {
      fprintf(stderr, "%s\n", dlerror());
      return 1;
    }
    count++;
  }
  if (count < 10) {
    fprintf(stderr, "the list of symbols is empty\n");
    return 1;
  }
  return 0;
}

static int call_one(void *library)
{
  uint32_t (*version)(void);
  void *address = dlsym(library, "sfo_version");
  /* ISO C has no conversion from an object's address to a function's; POSIX promises that the bytes are the same. */
  memcpy(&version, &address, sizeof version);
  if (version() != SFO_VERSION_NUMBER) {
    fprintf(stderr, "the library is of another version than the header\n");
    return 1;
  }
  return 0;
}

int main(int argc, char **argv)
{
  if (argc != 3) {
    fprintf(stderr, "usage: api_load LIBRARY LIST\n");
    return 2;
  }
  FILE *list = fopen(argv[2], "r");
  void *library = dlopen(argv[1], RTLD_NOW | RTLD_LOCAL);
  if (list == NULL || library == NULL) {
    fprintf(stderr, "%s\n", list == NULL ? "no list" : dlerror());
    return 1;
  }
  int failed = find_all(library, list) || call_one(library);
  fclose(list);
  return failed;
}
