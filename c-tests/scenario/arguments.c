#include "arguments.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sipfailover.h"
#include "suggest.h"

static const char help[] =
    "usage: sipfailover-sim [OPTION...] FILE...\n"
    "\n"
    "Runs scenario files: what SIP phones with two servers do when servers and DNS fail, in virtual time.\n"
    "\n"
    "  --transcript     print what happened, one line a fact\n"
    "  -v               with it: also the commands of the file, the library's timer, provisional responses and\n"
    "                   challenges; and the warnings about the configuration\n"
    "  --ladder FILE    draw the messages between phone and servers: SVG, or text if FILE ends in .txt\n"
    "  --timeline FILE  draw which server was current and registered when, and how requests fared (SVG)\n"
    "  --explain AT     print where a call of each account would go AT seconds after the start, and why\n"
    "  --version        print the version of the library\n"
    "  --help           print this\n"
    "\n"
    "A scenario, in short (the language: docs/scenarios.md):\n"
    "\n"
    "  config                                   # provisioning lines, as on the phone\n"
    "    account.1.enable = 1\n"
    "    account.1.sip_server.1.address = 192.168.1.14\n"
    "    account.1.sip_server.2.address = 192.168.1.15\n"
    "  end\n"
    "  at 0    start 1                          # seconds\n"
    "  at 100  down 192.168.1.14\n"
    "  at 200  request INVITE 1 as call\n"
    "  until 300\n"
    "  expect\n"
    "    207.5  done INVITE request=call result=answered\n"
    "  end\n"
    "\n"
    "exit status: 0 everything expected holds, 1 something does not, 2 a file or the command line is wrong\n";

static const char *const options[] = {"--transcript", "-v",        "--ladder", "--timeline",
                                      "--explain",    "--version", "--help"};

#define OPTIONS (sizeof options / sizeof *options)

static place command_line(void) {
  place where;
  where.file = "sipfailover-sim";
  where.line = 0;
  return where;
}

static const char *value_of(int *at, int count, char **list, const char *what) {
  if (*at + 1 < count)
    return list[++*at];
  wrong(command_line(), "%s needs %s", list[*at], what);
  return NULL;
}

static int read_explain(arguments *out, int *at, int count, char **list) {
  const char *value = value_of(at, count, list, "a time in seconds");
  if (!value)
    return -1;
  if (parse_seconds(value, &out->explain_ms))
    return wrong(command_line(), "--explain expects a time in seconds, not '%s'", value);
  return 1;
}

static void print_version(void) {
  uint32_t version = sfo_version();
  printf("sipfailover-sim, library %u.%u.%u\n", (unsigned)(version >> 16), (unsigned)(version >> 8 & 0xffu),
         (unsigned)(version & 0xffu));
}

static int read_one(arguments *out, int *at, int count, char **list) {
  const char *word = list[*at];
  if (strcmp(word, "--transcript") == 0)
    out->transcript = 1;
  else if (strcmp(word, "-v") == 0)
    out->verbose = 1;
  else if (strcmp(word, "--ladder") == 0)
    return (out->ladder = value_of(at, count, list, "the name of the file to write")) != NULL ? 1 : -1;
  else if (strcmp(word, "--timeline") == 0)
    return (out->timeline = value_of(at, count, list, "the name of the file to write")) != NULL ? 1 : -1;
  else if (strcmp(word, "--explain") == 0)
    return read_explain(out, at, count, list);
  else if (strcmp(word, "--version") == 0)
    return print_version(), 0;
  else if (strcmp(word, "--help") == 0)
    return fputs(help, stdout), 0;
  else if (word[0] == '-')
    return wrong_word(command_line(), word, "option", options, OPTIONS);
  else
    out->file[out->files++] = word;
  return 1;
}

int arguments_read(arguments *out, int count, char **list) {
  int i, result = 1;
  memset(out, 0, sizeof *out);
  out->explain_ms = UINT64_MAX;
  out->file = need((size_t)count, sizeof *out->file);
  for (i = 1; i < count && result == 1; i++)
    result = read_one(out, &i, count, list);
  if (result != 1)
    return result;
  if (!out->files)
    return wrong(command_line(), "no scenario file is named; see sipfailover-sim --help");
  if (out->files > 1 && (out->ladder || out->timeline))
    return wrong(command_line(), "a picture is drawn of one scenario; %d files are named", out->files);
  return 1;
}

void arguments_free(arguments *old) {
  free(old->file);
}
