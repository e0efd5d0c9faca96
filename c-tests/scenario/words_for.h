/* The facts of a run in words for people who do not read transcripts. */
#ifndef SCENARIO_WORDS_FOR_H
#define SCENARIO_WORDS_FOR_H
#include "story.h"

const char *words_for_cause(const char *cause);
const char *words_for_dns(const char *result);
void describe_send(text *to, const story *in, const fact *at);
void describe_done(text *to, const story *in, const fact *at);
/* Returns -1 for bad news, 1 for good news, else 0. */
int describe_event(text *to, const story *in, const fact *at);
void describe_command(text *to, const fact *at);
#endif
