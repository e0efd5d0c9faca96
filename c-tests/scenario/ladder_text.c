/* The ladder in plain characters, for mails and tickets. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "ladder.h"

#define TIME_COLUMNS 12u
#define LANE_COLUMNS 22u
#define MAX_COLUMNS 400u

typedef struct canvas {
  char line[MAX_COLUMNS + 1];
  const ladder *of;
  const char **condition;   /* of each lane */
} canvas;

static size_t column(size_t lane) {
  return TIME_COLUMNS + lane * LANE_COLUMNS;
}

static void put(canvas *on, size_t at, const char *string) {
  for (; *string && at < MAX_COLUMNS; at++)
    on->line[at] = *string++;
}

static void put_centred(canvas *on, size_t middle, const char *string) {
  size_t half = strlen(string) / 2;
  put(on, middle > half + TIME_COLUMNS - 1 ? middle - half : TIME_COLUMNS - 1, string);
}

static void begin_line(canvas *on, int lanes) {
  size_t lane;
  memset(on->line, ' ', MAX_COLUMNS);
  on->line[MAX_COLUMNS] = '\0';
  for (lane = 0; lanes && lane < on->of->lanes && column(lane) < MAX_COLUMNS; lane++)
    on->line[column(lane)] = on->condition[lane][0] ? ':' : '|';
}

static void end_line(canvas *on, FILE *out) {
  size_t end = MAX_COLUMNS;
  while (end && on->line[end - 1] == ' ')
    end--;
  fprintf(out, "%.*s\n", (int)end, on->line);
}

static void put_time(canvas *on, uint64_t at_ms) {
  char column_text[32];
  int length = snprintf(column_text, sizeof column_text, "%" PRIu64 ".%03u", at_ms / 1000u, (unsigned)(at_ms % 1000u));
  put(on, length < 10 ? 10u - (size_t)length : 0, column_text);
}

static void put_arrow(canvas *on, const ladder_row *row) {
  size_t left = column(row->from < row->to ? row->from : row->to), right = column(row->from < row->to ? row->to : row->from);
  size_t i;
  for (i = left + 1; i < right && i < MAX_COLUMNS; i++)
    on->line[i] = row->late ? '.' : '-';
  if (right >= MAX_COLUMNS)
    return;
  if (row->from < row->to)
    on->line[right - 1] = row->lost ? 'x' : '>';
  else
    on->line[left + 1] = '<';
  if (row->label) {
    char piece[LANE_COLUMNS];
    snprintf(piece, sizeof piece, " %.*s ", (int)LANE_COLUMNS - 8, row->label);
    put_centred(on, right - LANE_COLUMNS / 2, piece);   /* in the column of its server */
  }
}

static void write_row(canvas *on, const ladder_row *row, FILE *out) {
  size_t notes = column(on->of->lanes - 1) + 3;
  text badge = {NULL, 0, 0};
  begin_line(on, 1);
  if (row->kind == ROW_GAP)
    text_addf(&badge, "~ %s", row->label);
  else if (row->kind == ROW_REPEAT)
    text_addf(&badge, "~ %s ~", row->note);
  else
    put_time(on, row->at_ms);
  if (row->kind == ROW_ARROW)
    put_arrow(on, row);
  if (row->kind == ROW_BADGE) {
    text_addf(&badge, "[%s]", row->label);
    put_centred(on, column(row->from), badge.data);
    if (row->condition)
      on->condition[row->from] = row->condition;
  } else if (badge.data) {
    put(on, TIME_COLUMNS + 2, badge.data);
  }
  if (row->note && row->kind != ROW_REPEAT) {
    put(on, notes, row->tone == TONE_BAD ? "! " : row->tone == TONE_GOOD ? "+ " : "  ");
    put(on, notes + 2, row->note);
  }
  text_free(&badge);
  end_line(on, out);
}

static void put_role(canvas *on, size_t lane) {
  char *role = lane_role(on->of, lane);
  put_centred(on, column(lane), role);
  free(role);
}

static void write_heads(canvas *on, FILE *out) {
  size_t lane;
  begin_line(on, 0);
  for (lane = 0; lane < on->of->lanes; lane++)
    put_centred(on, column(lane), lane_name(on->of, lane));
  end_line(on, out);
  begin_line(on, 0);
  for (lane = 0; lane < on->of->lanes; lane++)
    put_role(on, lane);
  end_line(on, out);
}

void ladder_write_text(const ladder *of, FILE *out) {
  canvas on;
  size_t i;
  on.of = of;
  on.condition = need(of->lanes, sizeof *on.condition);
  for (i = 0; i < of->lanes; i++)
    on.condition[i] = "";
  fprintf(out, "%s\n\n", of->story->title ? of->story->title : "A run of sipfailover-sim");
  write_heads(&on, out);
  for (i = 0; i < of->rows; i++)
    write_row(&on, &of->row[i], out);
  fputs("\nTimes in seconds. --> request  <-- response  --x nobody answers  ... too late\n"
        "| the host answers  : it does not  [x] what the scenario does  ~ time passes  ! bad news  + good news\n" LADDER_OMITS "\n",
        out);
  free(on.condition);
}
