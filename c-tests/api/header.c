/* The header alone, twice, with every initializer: has to compile in every language that may include it. */

#include <sipfailover.h>
#include <sipfailover.h>

sfo_callbacks header_callbacks(void);
sfo_options header_options(void);
sfo_request header_request(void);
sfo_response header_response(void);
sfo_dialog header_dialog(void);
void header_out(sfo_counters *counters, sfo_account_info *info, sfo_target *target);
void header_texts(sfo_diagnostic *diagnostic, sfo_key_info *key);
int header_numbers(sfo_status status);

sfo_callbacks header_callbacks(void)
{
  sfo_callbacks callbacks = SFO_CALLBACKS_INIT;
  return callbacks;
}

sfo_options header_options(void)
{
  sfo_options options = SFO_OPTIONS_INIT;
  return options;
}

sfo_request header_request(void)
{
  sfo_request request = SFO_REQUEST_INIT;
  return request;
}

sfo_response header_response(void)
{
  sfo_response response = SFO_RESPONSE_INIT;
  return response;
}

sfo_dialog header_dialog(void)
{
  sfo_dialog dialog = SFO_DIALOG_INIT;
  return dialog;
}

void header_out(sfo_counters *counters, sfo_account_info *info, sfo_target *target)
{
  const sfo_counters no_counters = SFO_COUNTERS_INIT;
  const sfo_account_info no_info = SFO_ACCOUNT_INFO_INIT;
  const sfo_target no_target = SFO_TARGET_INIT;
  *counters = no_counters;
  *info = no_info;
  *target = no_target;
}

void header_texts(sfo_diagnostic *diagnostic, sfo_key_info *key)
{
  const sfo_diagnostic no_diagnostic = SFO_DIAGNOSTIC_INIT;
  const sfo_key_info no_key = SFO_KEY_INFO_INIT;
  *diagnostic = no_diagnostic;
  *key = no_key;
}

int header_numbers(sfo_status status)
{
  uint64_t never = SFO_TIME_NEVER;
  uint32_t absent = SFO_ABSENT;
#if SFO_VERSION_NUMBER < 0x000100
#error "the version cannot be compared"
#endif
  switch (status) {
  case SFO_OK:
  case SFO_LATE:
  case SFO_ERR_INVALID:
  case SFO_ERR_BUSY:
    return never > absent;
  default:
    return 0;
  }
}
