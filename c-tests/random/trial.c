#include "trial.h"

#include <ctype.h>
#include <string.h>

#include "model.h"
#include "run.h"

static void count(const run *of, figures *sum) {
  size_t i;
  for (i = 0; i < of->transcript.count; i++) {
    const char *line = of->transcript.item[i].line;
    if (has_prefix(line, "send ")) {
      sum->attempts++;
      sum->failovers += strstr(line, "purpose=probe") == NULL && strstr(line, "ordinal=1") == NULL;
    } else if (has_prefix(line, "event current")) {
      sum->failbacks += strstr(line, "cause=recovered") != NULL;
    }
  }
  for (i = 0; i < of->requests; i++)
    sum->requests += of->request[i].origin != NULL;
  sum->dns_queries += of->dns_queries;
}

static void name_rule(trial *of) {
  const char *at;
  size_t used = 0;
  for (at = of->message.data; *at && used + 1 < sizeof of->rule; at++)
    if (isalpha((unsigned char)*at) || *at == ' ')
      of->rule[used++] = *at;
  of->rule[used] = '\0';
}

void trial_run(trial *out, const char *path, figures *sum) {
  script from;
  run of;
  memset(out, 0, sizeof *out);
  out->broken = -1;
  if (script_read(&from, path) == 0) {
    if (run_script(&of, &from, 0, NO_EXPLANATION) == 0) {
      out->broken = of.broken.length != 0;
      out->broken_ms = of.broken_ms;
      text_add(&out->message, of.broken.length ? of.broken.data : "");
      if (!out->broken)
        out->broken = model_judge(&from, &of.transcript, &out->message, &out->broken_ms, sum ? &sum->checked : NULL);
      if (sum)
        count(&of, sum);
    }
    run_free(&of);
  }
  script_free(&from);
  if (out->broken > 0)
    name_rule(out);
}

void trial_free(trial *old) {
  text_free(&old->message);
}
