/* The header alone, twice, with every initializer: has to compile in every language that may include it. */

#include <sipfailover.h>
#include <sipfailover.h>

sfo_callbacks header_callbacks(void);
sfo_options header_options(void);
sfo_request header_request(void);
sfo_response header_response(void);
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
