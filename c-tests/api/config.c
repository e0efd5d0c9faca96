/* Configurations: texts, keys, diagnostics, and what is known about each key. */

#include "check.h"
#include "rig.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static sfo_diagnostic diagnostic(const sfo_config *config, uint32_t index)
{
  sfo_diagnostic out;
  memset(&out, 0, sizeof out);
  out.struct_size = sizeof out;
  CHECK_EQ(sfo_config_diagnostic(config, index, &out), SFO_OK);
  CHECK(out.key != NULL && out.value != NULL && out.text != NULL && out.text[0] != '\0');
  CHECK(out.severity == SFO_SEVERITY_ERROR || out.severity == SFO_SEVERITY_WARNING);
  return out;
}

static const char *get(const sfo_config *config, const char *key)
{
  static char text[2048];
  size_t length = 0;
  text[0] = '\0';
  CHECK_EQ(sfo_config_get(config, key, text, sizeof text, &length), SFO_OK);
  CHECK_EQ(length, strlen(text));
  return text;
}

static void diagnostics(void)
{
  static const char text[] =
    "account.1.enable = 1\n"
    "account.1.sip_server.1.port = 70000\n"
    "account.1.sip_server.1.adress = 192.0.2.1\n"
    "this is nothing\n"
    "account.1.password = se#cret # not part of it\n"
    "account.1.sip_server.1.address = 192.0.2.1\n"
    "account.1.sip_server.1.address = 192.0.2.2\n";
  sfo_diagnostic none;
  sfo_config *config = rig_config(text);
  CHECK_EQ(sfo_config_diagnostic_count(config), 5);
  CHECK_EQ(diagnostic(config, 0).line, 2);
  CHECK_EQ(diagnostic(config, 0).severity, SFO_SEVERITY_ERROR);
  CHECK_EQ(strcmp(diagnostic(config, 0).key, "account.1.sip_server.1.port"), 0);
  CHECK_EQ(strcmp(diagnostic(config, 0).value, "70000"), 0);
  CHECK_EQ(diagnostic(config, 1).line, 3);
  CHECK(strstr(diagnostic(config, 1).text, "address") != NULL);
  CHECK_EQ(diagnostic(config, 2).line, 4);
  CHECK_EQ(strcmp(diagnostic(config, 2).key, ""), 0);
  CHECK_EQ(diagnostic(config, 3).line, 5);
  CHECK_EQ(strcmp(diagnostic(config, 3).value, "***"), 0);
  CHECK_EQ(diagnostic(config, 4).line, 7);
  memset(&none, 0, sizeof none);
  none.struct_size = sizeof none;
  CHECK_EQ(sfo_config_diagnostic(config, 5, &none), SFO_ERR_NOT_FOUND);
  CHECK_EQ(sfo_config_diagnostic(config, UINT32_MAX, &none), SFO_ERR_NOT_FOUND);
  CHECK_EQ(strcmp(get(config, "account.1.sip_server.1.address"), "192.0.2.2"), 0);
  CHECK_EQ(strcmp(get(config, "account.1.sip_server.1.port"), "5060"), 0);
  /* The next load begins a new list, and keeps the values. */
  CHECK_EQ(sfo_config_load_text(config, "", 0), SFO_OK);
  CHECK_EQ(sfo_config_diagnostic_count(config), 0);
  CHECK_EQ(strcmp(get(config, "account.1.password"), "se#cret"), 0);
  sfo_config_free(config);
}

static void last_error(void)
{
  char text[256];
  sfo_config *config = rig_config("");
  CHECK_EQ(sfo_config_last_error(config, text, sizeof text), 0);
  CHECK_EQ(sfo_config_set(config, "account.1.sip_server.1.port", "70000"), SFO_ERR_CONFIG);
  CHECK(sfo_config_last_error(config, text, sizeof text) > 0 && strstr(text, "65535") != NULL);
  CHECK_EQ(sfo_config_set(config, "account.1.sip_server.1.adress", "1"), SFO_ERR_NOT_FOUND);
  CHECK(sfo_config_last_error(config, text, sizeof text) > 0 && strstr(text, "address") != NULL);
  CHECK_EQ(sfo_config_reset(config, "account.1.nothing"), SFO_ERR_NOT_FOUND);
  CHECK_EQ(sfo_config_get(config, "account.99.enable", NULL, 0, NULL), SFO_ERR_NOT_FOUND);
  CHECK_EQ(sfo_config_set(config, "account.1.password", "geheim\x01geheim"), SFO_ERR_CONFIG);
  sfo_config_last_error(config, text, sizeof text);
  CHECK(strstr(text, "geheim") == NULL);
  sfo_config_free(config);
}

/* Settings without effect are found in a text, and when asked for after single settings. */
static void settings_together(void)
{
  sfo_config *config = rig_config("");
  CHECK_EQ(sfo_config_check(config), SFO_OK);
  CHECK_EQ(sfo_config_diagnostic_count(config), 0);
  CHECK_EQ(sfo_config_set(config, "account.1.enable", "1"), SFO_OK);
  CHECK_EQ(sfo_config_set(config, "account.1.outbound_proxy_enable", "1"), SFO_OK);
  CHECK_EQ(sfo_config_check(config), SFO_OK);
  if (CHECK(sfo_config_diagnostic_count(config) > 0)) {
    CHECK_EQ(diagnostic(config, 0).line, 0);
    CHECK_EQ(diagnostic(config, 0).severity, SFO_SEVERITY_WARNING);
  }
  sfo_config_free(config);
}

/* A value that is corrected is taken, and the correction can be read. */
static void corrections(void)
{
  static const char key[] = "account.1.sip_server.1.failback_timeout";
  char text[256];
  sfo_config *config = rig_config("");
  CHECK_EQ(sfo_config_set(config, key, "30"), SFO_OK);
  CHECK(sfo_config_last_error(config, text, sizeof text) > 0 && strstr(text, "60") != NULL);
  CHECK_EQ(strcmp(get(config, key), "60"), 0);
  CHECK_EQ(sfo_config_set(config, key, "90"), SFO_OK);
  CHECK_EQ(sfo_config_last_error(config, text, sizeof text), 0);
  sfo_config_free(config);
}

static void copying_out(void)
{
  char text[8];
  size_t length = 0;
  sfo_config *config = rig_config("account.1.label = 0123456789\n");
  memset(text, 'x', sizeof text);
  CHECK_EQ(sfo_config_get(config, "account.1.label", text, 5, &length), SFO_OK);
  CHECK(length == 10 && strcmp(text, "0123") == 0 && text[5] == 'x');
  memset(text, 'x', sizeof text);
  CHECK_EQ(sfo_config_get(config, "account.1.label", text, 1, &length), SFO_OK);
  CHECK(length == 10 && text[0] == '\0' && text[1] == 'x');
  CHECK_EQ(sfo_config_get(config, "account.1.label", text, 0, &length), SFO_OK);
  CHECK(length == 10 && text[0] == '\0' && text[1] == 'x');
  sfo_config_free(config);
}

/* The first key that a pattern stands for. */
static void key_of(const char *pattern, char *key, size_t room)
{
  size_t used = 0;
  for (const char *at = pattern; *at != '\0' && used + 1 < room; at++) {
    int alone = (at == pattern || at[-1] == '.') && (at[1] == '.' || at[1] == '\0');
    key[used++] = alone && strchr("XYN", *at) != NULL ? '1' : *at;
  }
  key[used] = '\0';
}

/* A value that this key takes and that is not its default. */
static void value_for(const sfo_key_info *info, char *value, size_t room)
{
  const char *text = "abc";
  long long number = info->maximum;
  switch (info->value_type) {
  case SFO_TYPE_INTEGER:
    snprintf(value, room, "%lld", number);
    if (strcmp(value, info->default_text) == 0) {
      snprintf(value, room, "%lld", number - 1);
    }
    return;
  case SFO_TYPE_SWITCH:
    text = strcmp(info->default_text, "1") == 0 ? "0" : "1";
    break;
  case SFO_TYPE_HOST:
  case SFO_TYPE_NAME:
    text = "host.example";
    break;
  case SFO_TYPE_IP:
    text = "2001:db8::1";
    break;
  case SFO_TYPE_CODES:
    text = "503,5xx";
    break;
  default:
    /* The flags of a NAPTR record are a text of one letter out of four. */
    text = info->maximum == 1 ? "S" : "abc";
    break;
  }
  snprintf(value, room, "%s", text);
}

static void round_trip(sfo_config *config, const sfo_key_info *info)
{
  char key[128], value[64], text[2048];
  int64_t number = -7;
  size_t length = 0;
  key_of(info->name, key, sizeof key);
  value_for(info, value, sizeof value);
  CHECK_EQ(sfo_config_get(config, key, text, sizeof text, &length), SFO_OK);
  if (!CHECK(strcmp(text, info->default_text) == 0) || !CHECK_EQ(sfo_config_set(config, key, value), SFO_OK)) {
    fprintf(stderr, "  %s = %s\n", key, value);
  }
  CHECK_EQ(sfo_config_get(config, key, text, sizeof text, &length), SFO_OK);
  if (!CHECK(strcmp(text, value) == 0)) {
    fprintf(stderr, "  %s = %s\n", key, text);
  }
  int is_number = info->value_type == SFO_TYPE_INTEGER || info->value_type == SFO_TYPE_SWITCH;
  CHECK_EQ(sfo_config_get_int(config, key, &number), is_number ? SFO_OK : SFO_ERR_CONFIG);
  CHECK_EQ(number, is_number ? strtoll(value, NULL, 10) : -7);
  CHECK_EQ(sfo_config_reset(config, key), SFO_OK);
  CHECK_EQ(sfo_config_get(config, key, text, sizeof text, &length), SFO_OK);
  CHECK_EQ(strcmp(text, info->default_text), 0);
  /* An empty value is the default, too. */
  CHECK_EQ(sfo_config_set(config, key, value), SFO_OK);
  CHECK_EQ(sfo_config_set(config, key, ""), SFO_OK);
  CHECK_EQ(sfo_config_get(config, key, text, sizeof text, &length), SFO_OK);
  CHECK_EQ(strcmp(text, info->default_text), 0);
  if (info->value_type == SFO_TYPE_INTEGER) {
    snprintf(value, sizeof value, "%lld", (long long)info->maximum + 1);
    CHECK_EQ(sfo_config_set(config, key, value), SFO_ERR_CONFIG);
    CHECK_EQ(sfo_config_set(config, key, "abc"), SFO_ERR_CONFIG);
  }
}

static void keys(void)
{
  uint32_t count = sfo_config_key_count();
  sfo_config *config = rig_config("");
  CHECK(count > 60);
  for (uint32_t i = 0; i < count; i++) {
    sfo_key_info info, other;
    memset(&info, 0, sizeof info);
    info.struct_size = other.struct_size = sizeof info;
    CHECK_EQ(sfo_config_key_info(i, &info), SFO_OK);
    CHECK_EQ(info.struct_size, sizeof info);
    CHECK(info.name != NULL && strchr(info.name, '.') != NULL && strchr(info.name, ' ') == NULL);
    CHECK(info.help != NULL && strlen(info.help) >= 4 && strchr(info.help, '\n') == NULL);
    CHECK(info.default_text != NULL && info.unit != NULL && info.since != NULL);
    CHECK(info.value_type >= SFO_TYPE_TEXT && info.value_type <= SFO_TYPE_SECRET);
    CHECK(info.minimum <= info.maximum);
    CHECK(strstr(info.name, "password") == NULL || info.value_type == SFO_TYPE_SECRET);
    for (uint32_t j = 0; j < i; j++) {
      CHECK_EQ(sfo_config_key_info(j, &other), SFO_OK);
      CHECK(strcmp(info.name, other.name) != 0);
    }
    round_trip(config, &info);
  }
  sfo_config_free(config);
}

/* What was loaded last is what counts, and a loaded text may have no end. */
static void texts(void)
{
  static const char text[] = { 'a', 'c', 'c', 'o', 'u', 'n', 't', '.', '1', '.', 'l', 'a', 'b', 'e', 'l', '=', 'x', 'y' };
  sfo_config *config = rig_config("account.1.label = before\r\n# comment\n\n");
  CHECK_EQ(sfo_config_load_text(config, text, sizeof text), SFO_OK);
  CHECK_EQ(strcmp(get(config, "account.1.label"), "xy"), 0);
  CHECK_EQ(sfo_config_load_text(config, text, sizeof text - 1), SFO_OK);
  CHECK_EQ(strcmp(get(config, "account.1.label"), "x"), 0);
  CHECK_EQ(sfo_config_diagnostic_count(config), 0);
  sfo_config_free(config);
}

/* A damaged file must not stop a phone: it yields a bounded list of remarks, in a moment. */
static void noise(void)
{
  static const char *const pieces[] = { "\naccount.1.", "\naccount.7.sip_server.1.address", " = ", "=", "#", "\n", "192.0.2.1" };
  const size_t length = 10u * 1024 * 1024;
  char *text = malloc(length);
  uint64_t state = 88172645463325252ull;
  size_t at = 0;
  if (!CHECK(text != NULL)) {
    return;
  }
  while (at < length) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    const char *piece = pieces[state % 7];
    if (state & 0x700) {
      text[at++] = (char)(state >> 32);
    } else {
      for (; *piece != '\0' && at < length; piece++) {
        text[at++] = *piece;
      }
    }
  }
  sfo_config *config = rig_config("account.1.sip_server.1.address = 192.0.2.9\n");
  clock_t begun = clock();
  CHECK_EQ(sfo_config_load_text(config, text, length), SFO_OK);
  CHECK((clock() - begun) / CLOCKS_PER_SEC < 20);
  uint32_t count = sfo_config_diagnostic_count(config);
  CHECK(count > 0 && count <= 1001);
  for (uint32_t i = 0; i < count; i++) {
    sfo_diagnostic one = diagnostic(config, i);
    for (const char *letter = one.key; *letter != '\0'; letter++) {
      CHECK((unsigned char)*letter >= ' ');
    }
  }
  /* One line of 10 MB. */
  memset(text, 'x', length);
  CHECK_EQ(sfo_config_load_text(config, text, length), SFO_OK);
  CHECK_EQ(sfo_config_diagnostic_count(config), 1);
  memset(text, 0, length);
  CHECK_EQ(sfo_config_load_text(config, text, length), SFO_OK);
  CHECK_EQ(sfo_config_diagnostic_count(config), 1);
  sfo_config_free(config);
  free(text);
}

/* An engine has a copy of its configuration. */
static void copies(void)
{
  static struct rig rig;
  rig_open(&rig, RIG_TWO_SERVERS, 0);
  sfo_config *config = rig_config(RIG_TWO_SERVERS);
  CHECK_EQ(sfo_config_set(config, "account.1.sip_server.1.address", "192.0.2.7"), SFO_OK);
  CHECK_EQ(sfo_engine_reconfigure(rig_input(&rig), rig.now, config), SFO_OK);
  CHECK_EQ(sfo_config_set(config, "account.1.sip_server.1.address", "192.0.2.8"), SFO_OK);
  sfo_config_free(config);
  CHECK_EQ(sfo_account_start(rig_input(&rig), rig.now, 1), SFO_OK);
  CHECK_EQ(strcmp(rig_find(&rig, SEND, 0)->text, "192.0.2.7:5060/udp"), 0);
  rig_close(&rig);
}

int main(void)
{
  diagnostics();
  last_error();
  settings_together();
  corrections();
  copying_out();
  keys();
  texts();
  noise();
  copies();
  return check_result();
}
