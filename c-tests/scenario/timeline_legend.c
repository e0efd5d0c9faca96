/* What stands below a timeline: the looks and marks that occur in it, in the words of its bands, and a summary. */
#include <string.h>

#include "conditions.h"
#include "timeline_draw.h"

#define LINE 22.0
#define MARGIN 16.0
/* Enough for the longest remark, in bold. */
#define LEAST_WIDTH 720.0

/* Does a band before this one say the same of the same look? */
static int was_said(const timeline *of, size_t index) {
  size_t i;
  for (i = 0; i < index; i++)
    if (of->band[i].meaning && of->band[i].look == of->band[index].look &&
        strcmp(of->band[i].meaning, of->band[index].meaning) == 0)
      return 1;
  return 0;
}

/* "answers, registered, current target: the primary" */
static void add_meanings(text *to, const timeline *of, band_look look) {
  size_t i;
  for (i = 0; i < of->bands; i++)
    if (of->band[i].meaning && of->band[i].look == look && !was_said(of, i))
      text_addf(to, "%s%s", to->length ? "; " : "", of->band[i].meaning);
}

static void add_summary(text *to, const timeline *of) {
  text_addf(to, "Requests answered: %u, not answered: %u.", of->answered, of->failed);
  if (of->answered && !of->longest_ms) {
    text_add(to, " Every answer came at once.");
  } else if (of->answered) {
    text_add(to, " Longest wait for an answer: ");
    add_duration(to, of->longest_ms);
    text_add(to, ".");
  }
}

static int has_marks(const timeline *of) {
  size_t i;
  for (i = 0; i < of->tracks && !of->track[i].has_marks; i++)
    continue;
  return i < of->tracks;
}

static int has_cuts(const axis *along) {
  size_t i;
  for (i = 0; i < along->count && !axis_is_cut(along, i); i++)
    continue;
  return i < along->count;
}

static double draw_looks(const timeline *of, double y, FILE *out) {
  unsigned look;
  for (look = 0; look < BAND_LOOKS; look++) {
    text words = {NULL, 0, 0};
    add_meanings(&words, of, (band_look)look);
    if (words.length && out) {
      timeline_swatch sample = {MARGIN, 0, 34, 15, 15, BAND_OFF, NULL};
      sample.y = y;
      sample.look = (band_look)look;
      timeline_draw_swatch(&sample, out);
      svg_text(out, MARGIN + 44, y + 12, "start", "", words.data);
    }
    y += words.length ? LINE : 0;
    text_free(&words);
  }
  return y;
}

static double draw_remark(double y, const char *style, const char *remark, FILE *out) {
  if (out)
    svg_text(out, MARGIN, y + 12, "start", style, remark);
  return y + LINE;
}

/* When the host that is back at `from` is the account's current target again; 0 when it is not, or goes away before. */
static uint64_t used_again(const story *of, uint32_t account, size_t player, size_t from) {
  size_t i;
  for (i = from + 1; i < of->facts; i++) {
    const fact *at = &of->fact[i];
    if (concerns_host(of, at, player) && weigh_condition(at) == CONDITION_TROUBLE)
      return 0;
    if (fact_is(at, "event") && strcmp(fact_word(at, 1), "current") == 0 && fact_number(at, "account") == account &&
        fact_field(at, "to") && story_player(of, fact_field(at, "to")) == player)
      return at->at_ms;
  }
  return 0;
}

static double draw_return(const story *of, uint32_t account, size_t player, size_t index, double y, FILE *out) {
  uint64_t used_ms = used_again(of, account, player, index);
  text remark = {NULL, 0, 0};
  if (!used_ms)
    return y;
  text_addf(&remark, "%s answers from ", of->player[player].address);
  add_seconds(&remark, of->fact[index].at_ms);
  text_add(&remark, " on, and is the current target ");
  if (of->accounts > 1)
    text_addf(&remark, "of account %u ", (unsigned)account);
  text_add(&remark, "from ");
  add_seconds(&remark, used_ms);
  text_add(&remark, " on.");
  y = draw_remark(y, "font-weight=\"bold\"", remark.data, out);
  text_free(&remark);
  return y;
}

/* Did the host come back here, after it had been in trouble? */
static int is_return(const story *of, size_t player, size_t index) {
  const fact *at = &of->fact[index];
  return concerns_host(of, at, player) && weigh_condition(at) == CONDITION_USUAL &&
         host_condition(of, player, index) == CONDITION_TROUBLE;
}

/* How long it takes until a host that came back is used is what most readers look for. */
static double draw_returns(const story *of, double y, FILE *out) {
  uint32_t account;
  size_t player, i;
  for (i = 0; i < of->facts; i++)
    for (player = 0; player < of->players; player++)
      for (account = 1; is_return(of, player, i) && account <= of->accounts; account++)
        y = draw_return(of, account, player, i, y, out);
  return y;
}

double timeline_draw_legend(const timeline_drawing *on, double y, FILE *out) {
  text summary = {NULL, 0, 0};
  y = draw_looks(on->of, y, out);
  if (has_marks(on->of)) {
    if (out) {
      svg_cross(out, MARGIN + 17, y + 7, BAD, NULL);
      svg_text(out, MARGIN + 44, y + 12, "start", "", "here the phone gave up waiting for a server, or the server refused");
    }
    y += LINE;
  }
  add_summary(&summary, on->of);
  if (on->of->answered + on->of->failed)
    y = draw_remark(y, "font-weight=\"bold\"", summary.data, out);
  text_free(&summary);
  y = draw_returns(on->of->story, y, out);
  return draw_remark(y, "fill=\"" FAINT "\"", has_cuts(&on->along) ? "Seconds. At // time is cut out; a short time is widened where its label needs room."
                                            : "Seconds. A short time is widened where its label needs room.", out) + 8;
}

double timeline_legend_width(const timeline *of) {
  double width = LEAST_WIDTH;
  unsigned look;
  for (look = 0; look < BAND_LOOKS; look++) {
    text words = {NULL, 0, 0};
    add_meanings(&words, of, (band_look)look);
    if (words.length && MARGIN + 44 + svg_width(words.data) > width)
      width = MARGIN + 44 + svg_width(words.data);
    text_free(&words);
  }
  return width;
}
