/* Every function with a call of it: CALL(name, kind, how, from callbacks, statuses, call). Then
 * each with one of its pointers NULL: NULLED(name, how, statuses, call). Then each that takes a length, with one that cannot
 * be: LENGTH(name, how, IN or OUT, call). Made from src/ffi/calls.rs and the header by `SFO_BLESS=1 cargo test --lib house`; do
 * not edit.
 */

CALL(sfo_config_new, LIFETIME, STATUS, 1, S(SFO_OK) | S(SFO_ERR_INVALID) | S(SFO_ERR_FAULT),
  (1, &m->new_config))
CALL(sfo_config_free, LIFETIME, NOTHING, 1, 0,
  (m->spare_config))
CALL(sfo_config_load_text, CONFIG, STATUS, 1, S(SFO_OK) | S(SFO_ERR_INVALID) | S(SFO_ERR_FAULT),
  (m->config, "", 0))
CALL(sfo_config_set, CONFIG, STATUS, 1, S(SFO_OK) | S(SFO_ERR_INVALID) | S(SFO_ERR_NOT_FOUND) | S(SFO_ERR_CONFIG) | S(SFO_ERR_FAULT),
  (m->config, "account.1.label", "x"))
CALL(sfo_config_get, CONFIG, STATUS, 1, S(SFO_OK) | S(SFO_ERR_INVALID) | S(SFO_ERR_NOT_FOUND) | S(SFO_ERR_FAULT),
  (m->config, "account.1.label", m->text, sizeof m->text, &m->needed))
CALL(sfo_config_get_int, CONFIG, STATUS, 1, S(SFO_OK) | S(SFO_ERR_INVALID) | S(SFO_ERR_NOT_FOUND) | S(SFO_ERR_CONFIG) | S(SFO_ERR_FAULT),
  (m->config, "account.1.sip_server.1.port", &m->number))
CALL(sfo_config_reset, CONFIG, STATUS, 1, S(SFO_OK) | S(SFO_ERR_INVALID) | S(SFO_ERR_NOT_FOUND) | S(SFO_ERR_FAULT),
  (m->config, "account.1.label"))
CALL(sfo_config_check, CONFIG, STATUS, 1, S(SFO_OK) | S(SFO_ERR_INVALID) | S(SFO_ERR_FAULT),
  (m->config))
CALL(sfo_config_diagnostic_count, CONFIG, VALUE, 1, 0,
  (m->config))
CALL(sfo_config_diagnostic, CONFIG, STATUS, 1, S(SFO_OK) | S(SFO_ERR_INVALID) | S(SFO_ERR_NOT_FOUND) | S(SFO_ERR_FAULT),
  (m->config, 0, &m->diagnostic))
CALL(sfo_config_last_error, CONFIG, VALUE, 1, 0,
  (m->config, m->text, sizeof m->text))
CALL(sfo_config_key_count, HELPER, VALUE, 1, 0,
  ())
CALL(sfo_config_key_info, HELPER, STATUS, 1, S(SFO_OK) | S(SFO_ERR_INVALID) | S(SFO_ERR_NOT_FOUND) | S(SFO_ERR_FAULT),
  (0, &m->key_info))
CALL(sfo_engine_new, LIFETIME, STATUS, 1, S(SFO_OK) | S(SFO_ERR_INVALID) | S(SFO_ERR_FAULT),
  (m->config, NULL, &m->silent, NULL, m->now, &m->new_engine))
CALL(sfo_engine_free, LIFETIME, NOTHING, 1, 0,
  (m->engine))
CALL(sfo_engine_reconfigure, INPUT, STATUS, 1, S(SFO_OK) | S(SFO_ERR_INVALID) | S(SFO_ERR_BUSY) | S(SFO_ERR_STATE) | S(SFO_ERR_FAULT),
  (m->engine, m->now, m->config))
CALL(sfo_engine_handle_timer, INPUT, STATUS, 1, S(SFO_OK) | S(SFO_ERR_INVALID) | S(SFO_ERR_BUSY) | S(SFO_ERR_STATE) | S(SFO_ERR_FAULT),
  (m->engine, m->now))
CALL(sfo_engine_process, INPUT, STATUS, 1, S(SFO_OK) | S(SFO_ERR_INVALID) | S(SFO_ERR_BUSY) | S(SFO_ERR_STATE) | S(SFO_ERR_FAULT),
  (m->engine, m->now))
CALL(sfo_engine_handle_dns, INPUT, STATUS, 1, S(SFO_OK) | S(SFO_ERR_INVALID) | S(SFO_ERR_BUSY) | S(SFO_ERR_STATE) | S(SFO_ERR_FAULT),
  (m->engine, m->now, 0, m->bytes, m->length))
CALL(sfo_engine_dns_failed, INPUT, STATUS, 1, S(SFO_OK) | S(SFO_ERR_INVALID) | S(SFO_ERR_BUSY) | S(SFO_ERR_STATE) | S(SFO_ERR_FAULT),
  (m->engine, m->now, m->query, 0, SFO_TRANSPORT_UDP))
CALL(sfo_engine_set_dns_servers, INPUT, STATUS, 1, S(SFO_OK) | S(SFO_ERR_INVALID) | S(SFO_ERR_BUSY) | S(SFO_ERR_LIMIT) | S(SFO_ERR_STATE) | S(SFO_ERR_FAULT),
  (m->engine, m->now, m->servers, 1))
CALL(sfo_engine_set_link, INPUT, STATUS, 1, S(SFO_OK) | S(SFO_ERR_INVALID) | S(SFO_ERR_BUSY) | S(SFO_ERR_STATE) | S(SFO_ERR_FAULT),
  (m->engine, m->now, SFO_LINK_CHANGED))
CALL(sfo_engine_set_families, INPUT, STATUS, 1, S(SFO_OK) | S(SFO_ERR_INVALID) | S(SFO_ERR_BUSY) | S(SFO_ERR_STATE) | S(SFO_ERR_FAULT),
  (m->engine, m->now, SFO_FAMILY_IPV4))
CALL(sfo_engine_accepts_source, QUERY, STATUS, 1, S(SFO_OK) | S(SFO_ERR_INVALID) | S(SFO_ERR_NOT_FOUND) | S(SFO_ERR_BUSY) | S(SFO_ERR_STATE) | S(SFO_ERR_FAULT),
  (m->engine, m->account, "192.0.2.1", &m->word))
CALL(sfo_engine_flow_lost, INPUT, STATUS, 1, S(SFO_OK) | S(SFO_ERR_INVALID) | S(SFO_ERR_NOT_FOUND) | S(SFO_ERR_BUSY) | S(SFO_ERR_STATE) | S(SFO_ERR_FAULT),
  (m->engine, m->now, m->account, 0))
CALL(sfo_engine_heard_from, INPUT, STATUS, 1, S(SFO_OK) | S(SFO_ERR_INVALID) | S(SFO_ERR_NOT_FOUND) | S(SFO_ERR_BUSY) | S(SFO_ERR_STATE) | S(SFO_ERR_FAULT),
  (m->engine, m->now, m->account, "192.0.2.1"))
CALL(sfo_engine_explain, QUERY, VALUE, 1, 0,
  (m->engine, m->now, m->account, SFO_METHOD_INVITE, SFO_FORMAT_TEXT, m->text, sizeof m->text))
CALL(sfo_engine_trace, QUERY, VALUE, 1, 0,
  (m->engine, m->now, 0, SFO_FORMAT_TEXT, m->text, sizeof m->text))
CALL(sfo_dialog_open, INPUT, STATUS, 1, S(SFO_OK) | S(SFO_ERR_INVALID) | S(SFO_ERR_NOT_FOUND) | S(SFO_ERR_BUSY) | S(SFO_ERR_LIMIT) | S(SFO_ERR_STATE) | S(SFO_ERR_FAULT),
  (m->engine, m->now, &m->dialog, &m->started))
CALL(sfo_dialog_close, INPUT, STATUS, 1, S(SFO_OK) | S(SFO_ERR_INVALID) | S(SFO_ERR_NOT_FOUND) | S(SFO_ERR_BUSY) | S(SFO_ERR_STATE) | S(SFO_ERR_FAULT),
  (m->engine, m->now, m->started))
CALL(sfo_engine_counters, QUERY, STATUS, 1, S(SFO_OK) | S(SFO_ERR_INVALID) | S(SFO_ERR_BUSY) | S(SFO_ERR_STATE) | S(SFO_ERR_FAULT),
  (m->engine, &m->counters))
CALL(sfo_engine_last_error, QUERY, VALUE, 1, 0,
  (m->engine, m->text, sizeof m->text))
CALL(sfo_engine_snapshot_export, QUERY, STATUS, 1, S(SFO_OK) | S(SFO_ERR_INVALID) | S(SFO_ERR_BUSY) | S(SFO_ERR_LIMIT) | S(SFO_ERR_STATE) | S(SFO_ERR_FAULT),
  (m->engine, m->now, 0, m->bytes, sizeof m->bytes, &m->needed))
CALL(sfo_engine_snapshot_import, QUERY, STATUS, 1, S(SFO_OK) | S(SFO_ERR_INVALID) | S(SFO_ERR_BUSY) | S(SFO_ERR_STATE) | S(SFO_ERR_FAULT) | S(SFO_ERR_DATA),
  (m->engine, m->now, 0, m->bytes, m->length))
CALL(sfo_account_start, INPUT, STATUS, 1, S(SFO_OK) | S(SFO_ERR_INVALID) | S(SFO_ERR_NOT_FOUND) | S(SFO_ERR_BUSY) | S(SFO_ERR_STATE) | S(SFO_ERR_FAULT),
  (m->engine, m->now, m->account))
CALL(sfo_account_stop, INPUT, STATUS, 1, S(SFO_OK) | S(SFO_ERR_INVALID) | S(SFO_ERR_NOT_FOUND) | S(SFO_ERR_BUSY) | S(SFO_ERR_STATE) | S(SFO_ERR_FAULT),
  (m->engine, m->now, m->account))
CALL(sfo_account_set_busy, INPUT, STATUS, 1, S(SFO_OK) | S(SFO_ERR_INVALID) | S(SFO_ERR_NOT_FOUND) | S(SFO_ERR_BUSY) | S(SFO_ERR_STATE) | S(SFO_ERR_FAULT),
  (m->engine, m->now, m->account, 0))
CALL(sfo_account_state, QUERY, STATUS, 1, S(SFO_OK) | S(SFO_ERR_INVALID) | S(SFO_ERR_NOT_FOUND) | S(SFO_ERR_BUSY) | S(SFO_ERR_STATE) | S(SFO_ERR_FAULT),
  (m->engine, m->account, &m->account_info))
CALL(sfo_account_current_target, QUERY, STATUS, 1, S(SFO_OK) | S(SFO_ERR_INVALID) | S(SFO_ERR_NOT_FOUND) | S(SFO_ERR_BUSY) | S(SFO_ERR_STATE) | S(SFO_ERR_FAULT),
  (m->engine, m->account, &m->target))
CALL(sfo_request_start, INPUT, STATUS, 1, S(SFO_OK) | S(SFO_ERR_INVALID) | S(SFO_ERR_NOT_FOUND) | S(SFO_ERR_BUSY) | S(SFO_ERR_LIMIT) | S(SFO_ERR_STATE) | S(SFO_ERR_FAULT),
  (m->engine, m->now, &m->request, &m->started))
CALL(sfo_request_cancel, INPUT, STATUS, 1, S(SFO_OK) | S(SFO_ERR_INVALID) | S(SFO_ERR_NOT_FOUND) | S(SFO_ERR_BUSY) | S(SFO_ERR_STATE) | S(SFO_ERR_FAULT),
  (m->engine, m->now, m->request_id))
CALL(sfo_attempt_provisional, INPUT, STATUS, 1, S(SFO_OK) | S(SFO_LATE) | S(SFO_ERR_INVALID) | S(SFO_ERR_NOT_FOUND) | S(SFO_ERR_BUSY) | S(SFO_ERR_STATE) | S(SFO_ERR_FAULT),
  (m->engine, m->now, m->attempt_id, 180))
CALL(sfo_attempt_response, INPUT, STATUS, 1, S(SFO_OK) | S(SFO_LATE) | S(SFO_ERR_INVALID) | S(SFO_ERR_NOT_FOUND) | S(SFO_ERR_BUSY) | S(SFO_ERR_STATE) | S(SFO_ERR_FAULT),
  (m->engine, m->now, m->attempt_id, &m->response))
CALL(sfo_attempt_failed, INPUT, STATUS, 1, S(SFO_OK) | S(SFO_ERR_INVALID) | S(SFO_ERR_NOT_FOUND) | S(SFO_ERR_BUSY) | S(SFO_ERR_STATE) | S(SFO_ERR_FAULT),
  (m->engine, m->now, m->attempt_id, SFO_CAUSE_CONNECT))
CALL(sfo_dns_io_fds, QUERY, VALUE, 1, 0,
  (m->engine, m->fds, sizeof m->fds / sizeof m->fds[0]))
CALL(sfo_dns_io_handle, INPUT, STATUS, 1, S(SFO_OK) | S(SFO_ERR_INVALID) | S(SFO_ERR_NOT_FOUND) | S(SFO_ERR_BUSY) | S(SFO_ERR_STATE) | S(SFO_ERR_FAULT),
  (m->engine, m->now, m->fd))
CALL(sfo_dns_io_use_resolv_conf, INPUT, STATUS, 1, S(SFO_OK) | S(SFO_ERR_INVALID) | S(SFO_ERR_BUSY) | S(SFO_ERR_STATE) | S(SFO_ERR_FAULT) | S(SFO_ERR_IO),
  (m->engine, m->now, m->path))
CALL(sfo_post_attempt_provisional, POST, STATUS, 1, S(SFO_OK) | S(SFO_ERR_INVALID) | S(SFO_ERR_LIMIT) | S(SFO_ERR_STATE) | S(SFO_ERR_FAULT),
  (m->engine, m->attempt_id, 180))
CALL(sfo_post_attempt_response, POST, STATUS, 1, S(SFO_OK) | S(SFO_ERR_INVALID) | S(SFO_ERR_LIMIT) | S(SFO_ERR_STATE) | S(SFO_ERR_FAULT),
  (m->engine, m->attempt_id, &m->response))
CALL(sfo_post_attempt_failed, POST, STATUS, 1, S(SFO_OK) | S(SFO_ERR_INVALID) | S(SFO_ERR_LIMIT) | S(SFO_ERR_STATE) | S(SFO_ERR_FAULT),
  (m->engine, m->attempt_id, SFO_CAUSE_CONNECT))
CALL(sfo_post_request_start, POST, STATUS, 1, S(SFO_OK) | S(SFO_ERR_INVALID) | S(SFO_ERR_LIMIT) | S(SFO_ERR_STATE) | S(SFO_ERR_FAULT),
  (m->engine, &m->request))
CALL(sfo_post_request_cancel, POST, STATUS, 1, S(SFO_OK) | S(SFO_ERR_INVALID) | S(SFO_ERR_LIMIT) | S(SFO_ERR_STATE) | S(SFO_ERR_FAULT),
  (m->engine, m->request_id))
CALL(sfo_post_dialog_open, POST, STATUS, 1, S(SFO_OK) | S(SFO_ERR_INVALID) | S(SFO_ERR_LIMIT) | S(SFO_ERR_STATE) | S(SFO_ERR_FAULT),
  (m->engine, &m->dialog, 7))
CALL(sfo_post_dialog_close, POST, STATUS, 1, S(SFO_OK) | S(SFO_ERR_INVALID) | S(SFO_ERR_LIMIT) | S(SFO_ERR_STATE) | S(SFO_ERR_FAULT),
  (m->engine, m->started))
CALL(sfo_post_account_start, POST, STATUS, 1, S(SFO_OK) | S(SFO_ERR_INVALID) | S(SFO_ERR_LIMIT) | S(SFO_ERR_STATE) | S(SFO_ERR_FAULT),
  (m->engine, m->account))
CALL(sfo_post_account_stop, POST, STATUS, 1, S(SFO_OK) | S(SFO_ERR_INVALID) | S(SFO_ERR_LIMIT) | S(SFO_ERR_STATE) | S(SFO_ERR_FAULT),
  (m->engine, m->account))
CALL(sfo_post_set_busy, POST, STATUS, 1, S(SFO_OK) | S(SFO_ERR_INVALID) | S(SFO_ERR_LIMIT) | S(SFO_ERR_STATE) | S(SFO_ERR_FAULT),
  (m->engine, m->account, 0))
CALL(sfo_post_flow_lost, POST, STATUS, 1, S(SFO_OK) | S(SFO_ERR_INVALID) | S(SFO_ERR_LIMIT) | S(SFO_ERR_STATE) | S(SFO_ERR_FAULT),
  (m->engine, m->account, 0))
CALL(sfo_post_heard_from, POST, STATUS, 1, S(SFO_OK) | S(SFO_ERR_INVALID) | S(SFO_ERR_LIMIT) | S(SFO_ERR_STATE) | S(SFO_ERR_FAULT),
  (m->engine, m->account, "192.0.2.1"))
CALL(sfo_post_set_link, POST, STATUS, 1, S(SFO_OK) | S(SFO_ERR_INVALID) | S(SFO_ERR_LIMIT) | S(SFO_ERR_STATE) | S(SFO_ERR_FAULT),
  (m->engine, SFO_LINK_CHANGED))
CALL(sfo_post_set_families, POST, STATUS, 1, S(SFO_OK) | S(SFO_ERR_INVALID) | S(SFO_ERR_LIMIT) | S(SFO_ERR_STATE) | S(SFO_ERR_FAULT),
  (m->engine, SFO_FAMILY_IPV4))
CALL(sfo_post_set_dns_servers, POST, STATUS, 1, S(SFO_OK) | S(SFO_ERR_INVALID) | S(SFO_ERR_LIMIT) | S(SFO_ERR_STATE) | S(SFO_ERR_FAULT),
  (m->engine, m->servers, 1))
CALL(sfo_post_handle_dns, POST, STATUS, 1, S(SFO_OK) | S(SFO_ERR_INVALID) | S(SFO_ERR_LIMIT) | S(SFO_ERR_STATE) | S(SFO_ERR_FAULT),
  (m->engine, 0, m->bytes, m->length))
CALL(sfo_post_dns_failed, POST, STATUS, 1, S(SFO_OK) | S(SFO_ERR_INVALID) | S(SFO_ERR_LIMIT) | S(SFO_ERR_STATE) | S(SFO_ERR_FAULT),
  (m->engine, m->query, 0, SFO_TRANSPORT_UDP))
CALL(sfo_status_text, HELPER, VALUE, 1, 0,
  (SFO_OK))
CALL(sfo_cause_text, HELPER, VALUE, 1, 0,
  (SFO_CAUSE_CONNECT))
CALL(sfo_tick_extend, HELPER, VALUE, 1, 0,
  (m->now, 0))
CALL(sfo_version, HELPER, VALUE, 1, 0,
  ())
CALL(sfo_abi_version, HELPER, VALUE, 1, 0,
  ())

NULLED(sfo_config_new, STATUS, S(SFO_OK) | S(SFO_ERR_INVALID) | S(SFO_ERR_FAULT),
  (1, NULL))
NULLED(sfo_config_free, NOTHING, 0,
  (NULL))
NULLED(sfo_config_load_text, STATUS, S(SFO_ERR_INVALID),
  (NULL, "", 0))
NULLED(sfo_config_load_text, STATUS, S(SFO_OK) | S(SFO_ERR_INVALID) | S(SFO_ERR_FAULT),
  (m->config, NULL, 0))
NULLED(sfo_config_set, STATUS, S(SFO_ERR_INVALID),
  (NULL, "account.1.label", "x"))
NULLED(sfo_config_set, STATUS, S(SFO_OK) | S(SFO_ERR_INVALID) | S(SFO_ERR_NOT_FOUND) | S(SFO_ERR_CONFIG) | S(SFO_ERR_FAULT),
  (m->config, NULL, "x"))
NULLED(sfo_config_set, STATUS, S(SFO_OK) | S(SFO_ERR_INVALID) | S(SFO_ERR_NOT_FOUND) | S(SFO_ERR_CONFIG) | S(SFO_ERR_FAULT),
  (m->config, "account.1.label", NULL))
NULLED(sfo_config_get, STATUS, S(SFO_ERR_INVALID),
  (NULL, "account.1.label", m->text, sizeof m->text, &m->needed))
NULLED(sfo_config_get, STATUS, S(SFO_OK) | S(SFO_ERR_INVALID) | S(SFO_ERR_NOT_FOUND) | S(SFO_ERR_FAULT),
  (m->config, NULL, m->text, sizeof m->text, &m->needed))
NULLED(sfo_config_get, STATUS, S(SFO_OK) | S(SFO_ERR_INVALID) | S(SFO_ERR_NOT_FOUND) | S(SFO_ERR_FAULT),
  (m->config, "account.1.label", NULL, sizeof m->text, &m->needed))
NULLED(sfo_config_get, STATUS, S(SFO_OK) | S(SFO_ERR_INVALID) | S(SFO_ERR_NOT_FOUND) | S(SFO_ERR_FAULT),
  (m->config, "account.1.label", m->text, sizeof m->text, NULL))
NULLED(sfo_config_get_int, STATUS, S(SFO_ERR_INVALID),
  (NULL, "account.1.sip_server.1.port", &m->number))
NULLED(sfo_config_get_int, STATUS, S(SFO_OK) | S(SFO_ERR_INVALID) | S(SFO_ERR_NOT_FOUND) | S(SFO_ERR_CONFIG) | S(SFO_ERR_FAULT),
  (m->config, NULL, &m->number))
NULLED(sfo_config_get_int, STATUS, S(SFO_OK) | S(SFO_ERR_INVALID) | S(SFO_ERR_NOT_FOUND) | S(SFO_ERR_CONFIG) | S(SFO_ERR_FAULT),
  (m->config, "account.1.sip_server.1.port", NULL))
NULLED(sfo_config_reset, STATUS, S(SFO_ERR_INVALID),
  (NULL, "account.1.label"))
NULLED(sfo_config_reset, STATUS, S(SFO_OK) | S(SFO_ERR_INVALID) | S(SFO_ERR_NOT_FOUND) | S(SFO_ERR_FAULT),
  (m->config, NULL))
NULLED(sfo_config_check, STATUS, S(SFO_ERR_INVALID),
  (NULL))
NULLED(sfo_config_diagnostic_count, VALUE, 0,
  (NULL))
NULLED(sfo_config_diagnostic, STATUS, S(SFO_ERR_INVALID),
  (NULL, 0, &m->diagnostic))
NULLED(sfo_config_diagnostic, STATUS, S(SFO_OK) | S(SFO_ERR_INVALID) | S(SFO_ERR_NOT_FOUND) | S(SFO_ERR_FAULT),
  (m->config, 0, NULL))
NULLED(sfo_config_last_error, VALUE, 0,
  (NULL, m->text, sizeof m->text))
NULLED(sfo_config_last_error, VALUE, 0,
  (m->config, NULL, sizeof m->text))
NULLED(sfo_config_key_info, STATUS, S(SFO_OK) | S(SFO_ERR_INVALID) | S(SFO_ERR_NOT_FOUND) | S(SFO_ERR_FAULT),
  (0, NULL))
NULLED(sfo_engine_new, STATUS, S(SFO_ERR_INVALID),
  (NULL, NULL, &m->silent, NULL, m->now, &m->new_engine))
NULLED(sfo_engine_new, STATUS, S(SFO_OK) | S(SFO_ERR_INVALID) | S(SFO_ERR_FAULT),
  (m->config, NULL, &m->silent, NULL, m->now, &m->new_engine))
NULLED(sfo_engine_new, STATUS, S(SFO_OK) | S(SFO_ERR_INVALID) | S(SFO_ERR_FAULT),
  (m->config, NULL, NULL, NULL, m->now, &m->new_engine))
NULLED(sfo_engine_new, STATUS, S(SFO_OK) | S(SFO_ERR_INVALID) | S(SFO_ERR_FAULT),
  (m->config, NULL, &m->silent, NULL, m->now, &m->new_engine))
NULLED(sfo_engine_new, STATUS, S(SFO_OK) | S(SFO_ERR_INVALID) | S(SFO_ERR_FAULT),
  (m->config, NULL, &m->silent, NULL, m->now, NULL))
NULLED(sfo_engine_free, NOTHING, 0,
  (NULL))
NULLED(sfo_engine_reconfigure, STATUS, S(SFO_ERR_INVALID),
  (NULL, m->now, m->config))
NULLED(sfo_engine_reconfigure, STATUS, S(SFO_OK) | S(SFO_ERR_INVALID) | S(SFO_ERR_BUSY) | S(SFO_ERR_STATE) | S(SFO_ERR_FAULT),
  (m->engine, m->now, NULL))
NULLED(sfo_engine_handle_timer, STATUS, S(SFO_ERR_INVALID),
  (NULL, m->now))
NULLED(sfo_engine_process, STATUS, S(SFO_ERR_INVALID),
  (NULL, m->now))
NULLED(sfo_engine_handle_dns, STATUS, S(SFO_ERR_INVALID),
  (NULL, m->now, 0, m->bytes, m->length))
NULLED(sfo_engine_handle_dns, STATUS, S(SFO_OK) | S(SFO_ERR_INVALID) | S(SFO_ERR_BUSY) | S(SFO_ERR_STATE) | S(SFO_ERR_FAULT),
  (m->engine, m->now, 0, NULL, m->length))
NULLED(sfo_engine_dns_failed, STATUS, S(SFO_ERR_INVALID),
  (NULL, m->now, m->query, 0, SFO_TRANSPORT_UDP))
NULLED(sfo_engine_set_dns_servers, STATUS, S(SFO_ERR_INVALID),
  (NULL, m->now, m->servers, 1))
NULLED(sfo_engine_set_dns_servers, STATUS, S(SFO_OK) | S(SFO_ERR_INVALID) | S(SFO_ERR_BUSY) | S(SFO_ERR_LIMIT) | S(SFO_ERR_STATE) | S(SFO_ERR_FAULT),
  (m->engine, m->now, NULL, 1))
NULLED(sfo_engine_set_link, STATUS, S(SFO_ERR_INVALID),
  (NULL, m->now, SFO_LINK_CHANGED))
NULLED(sfo_engine_set_families, STATUS, S(SFO_ERR_INVALID),
  (NULL, m->now, SFO_FAMILY_IPV4))
NULLED(sfo_engine_accepts_source, STATUS, S(SFO_ERR_INVALID),
  (NULL, m->account, "192.0.2.1", &m->word))
NULLED(sfo_engine_accepts_source, STATUS, S(SFO_OK) | S(SFO_ERR_INVALID) | S(SFO_ERR_NOT_FOUND) | S(SFO_ERR_BUSY) | S(SFO_ERR_STATE) | S(SFO_ERR_FAULT),
  (m->engine, m->account, NULL, &m->word))
NULLED(sfo_engine_accepts_source, STATUS, S(SFO_OK) | S(SFO_ERR_INVALID) | S(SFO_ERR_NOT_FOUND) | S(SFO_ERR_BUSY) | S(SFO_ERR_STATE) | S(SFO_ERR_FAULT),
  (m->engine, m->account, "192.0.2.1", NULL))
NULLED(sfo_engine_flow_lost, STATUS, S(SFO_ERR_INVALID),
  (NULL, m->now, m->account, 0))
NULLED(sfo_engine_heard_from, STATUS, S(SFO_ERR_INVALID),
  (NULL, m->now, m->account, "192.0.2.1"))
NULLED(sfo_engine_heard_from, STATUS, S(SFO_OK) | S(SFO_ERR_INVALID) | S(SFO_ERR_NOT_FOUND) | S(SFO_ERR_BUSY) | S(SFO_ERR_STATE) | S(SFO_ERR_FAULT),
  (m->engine, m->now, m->account, NULL))
NULLED(sfo_engine_explain, VALUE, 0,
  (NULL, m->now, m->account, SFO_METHOD_INVITE, SFO_FORMAT_TEXT, m->text, sizeof m->text))
NULLED(sfo_engine_explain, VALUE, 0,
  (m->engine, m->now, m->account, SFO_METHOD_INVITE, SFO_FORMAT_TEXT, NULL, sizeof m->text))
NULLED(sfo_engine_trace, VALUE, 0,
  (NULL, m->now, 0, SFO_FORMAT_TEXT, m->text, sizeof m->text))
NULLED(sfo_engine_trace, VALUE, 0,
  (m->engine, m->now, 0, SFO_FORMAT_TEXT, NULL, sizeof m->text))
NULLED(sfo_dialog_open, STATUS, S(SFO_ERR_INVALID),
  (NULL, m->now, &m->dialog, &m->started))
NULLED(sfo_dialog_open, STATUS, S(SFO_OK) | S(SFO_ERR_INVALID) | S(SFO_ERR_NOT_FOUND) | S(SFO_ERR_BUSY) | S(SFO_ERR_LIMIT) | S(SFO_ERR_STATE) | S(SFO_ERR_FAULT),
  (m->engine, m->now, NULL, &m->started))
NULLED(sfo_dialog_open, STATUS, S(SFO_OK) | S(SFO_ERR_INVALID) | S(SFO_ERR_NOT_FOUND) | S(SFO_ERR_BUSY) | S(SFO_ERR_LIMIT) | S(SFO_ERR_STATE) | S(SFO_ERR_FAULT),
  (m->engine, m->now, &m->dialog, NULL))
NULLED(sfo_dialog_close, STATUS, S(SFO_ERR_INVALID),
  (NULL, m->now, m->started))
NULLED(sfo_engine_counters, STATUS, S(SFO_ERR_INVALID),
  (NULL, &m->counters))
NULLED(sfo_engine_counters, STATUS, S(SFO_OK) | S(SFO_ERR_INVALID) | S(SFO_ERR_BUSY) | S(SFO_ERR_STATE) | S(SFO_ERR_FAULT),
  (m->engine, NULL))
NULLED(sfo_engine_last_error, VALUE, 0,
  (NULL, m->text, sizeof m->text))
NULLED(sfo_engine_last_error, VALUE, 0,
  (m->engine, NULL, sizeof m->text))
NULLED(sfo_engine_snapshot_export, STATUS, S(SFO_ERR_INVALID),
  (NULL, m->now, 0, m->bytes, sizeof m->bytes, &m->needed))
NULLED(sfo_engine_snapshot_export, STATUS, S(SFO_OK) | S(SFO_ERR_INVALID) | S(SFO_ERR_BUSY) | S(SFO_ERR_LIMIT) | S(SFO_ERR_STATE) | S(SFO_ERR_FAULT),
  (m->engine, m->now, 0, NULL, sizeof m->bytes, &m->needed))
NULLED(sfo_engine_snapshot_export, STATUS, S(SFO_OK) | S(SFO_ERR_INVALID) | S(SFO_ERR_BUSY) | S(SFO_ERR_LIMIT) | S(SFO_ERR_STATE) | S(SFO_ERR_FAULT),
  (m->engine, m->now, 0, m->bytes, sizeof m->bytes, NULL))
NULLED(sfo_engine_snapshot_import, STATUS, S(SFO_ERR_INVALID),
  (NULL, m->now, 0, m->bytes, m->length))
NULLED(sfo_engine_snapshot_import, STATUS, S(SFO_OK) | S(SFO_ERR_INVALID) | S(SFO_ERR_BUSY) | S(SFO_ERR_STATE) | S(SFO_ERR_FAULT) | S(SFO_ERR_DATA),
  (m->engine, m->now, 0, NULL, m->length))
NULLED(sfo_account_start, STATUS, S(SFO_ERR_INVALID),
  (NULL, m->now, m->account))
NULLED(sfo_account_stop, STATUS, S(SFO_ERR_INVALID),
  (NULL, m->now, m->account))
NULLED(sfo_account_set_busy, STATUS, S(SFO_ERR_INVALID),
  (NULL, m->now, m->account, 0))
NULLED(sfo_account_state, STATUS, S(SFO_ERR_INVALID),
  (NULL, m->account, &m->account_info))
NULLED(sfo_account_state, STATUS, S(SFO_OK) | S(SFO_ERR_INVALID) | S(SFO_ERR_NOT_FOUND) | S(SFO_ERR_BUSY) | S(SFO_ERR_STATE) | S(SFO_ERR_FAULT),
  (m->engine, m->account, NULL))
NULLED(sfo_account_current_target, STATUS, S(SFO_ERR_INVALID),
  (NULL, m->account, &m->target))
NULLED(sfo_account_current_target, STATUS, S(SFO_OK) | S(SFO_ERR_INVALID) | S(SFO_ERR_NOT_FOUND) | S(SFO_ERR_BUSY) | S(SFO_ERR_STATE) | S(SFO_ERR_FAULT),
  (m->engine, m->account, NULL))
NULLED(sfo_request_start, STATUS, S(SFO_ERR_INVALID),
  (NULL, m->now, &m->request, &m->started))
NULLED(sfo_request_start, STATUS, S(SFO_OK) | S(SFO_ERR_INVALID) | S(SFO_ERR_NOT_FOUND) | S(SFO_ERR_BUSY) | S(SFO_ERR_LIMIT) | S(SFO_ERR_STATE) | S(SFO_ERR_FAULT),
  (m->engine, m->now, NULL, &m->started))
NULLED(sfo_request_start, STATUS, S(SFO_OK) | S(SFO_ERR_INVALID) | S(SFO_ERR_NOT_FOUND) | S(SFO_ERR_BUSY) | S(SFO_ERR_LIMIT) | S(SFO_ERR_STATE) | S(SFO_ERR_FAULT),
  (m->engine, m->now, &m->request, NULL))
NULLED(sfo_request_cancel, STATUS, S(SFO_ERR_INVALID),
  (NULL, m->now, m->request_id))
NULLED(sfo_attempt_provisional, STATUS, S(SFO_ERR_INVALID),
  (NULL, m->now, m->attempt_id, 180))
NULLED(sfo_attempt_response, STATUS, S(SFO_ERR_INVALID),
  (NULL, m->now, m->attempt_id, &m->response))
NULLED(sfo_attempt_response, STATUS, S(SFO_OK) | S(SFO_LATE) | S(SFO_ERR_INVALID) | S(SFO_ERR_NOT_FOUND) | S(SFO_ERR_BUSY) | S(SFO_ERR_STATE) | S(SFO_ERR_FAULT),
  (m->engine, m->now, m->attempt_id, NULL))
NULLED(sfo_attempt_failed, STATUS, S(SFO_ERR_INVALID),
  (NULL, m->now, m->attempt_id, SFO_CAUSE_CONNECT))
NULLED(sfo_dns_io_fds, VALUE, 0,
  (NULL, m->fds, sizeof m->fds / sizeof m->fds[0]))
NULLED(sfo_dns_io_fds, VALUE, 0,
  (m->engine, NULL, sizeof m->fds / sizeof m->fds[0]))
NULLED(sfo_dns_io_handle, STATUS, S(SFO_ERR_INVALID),
  (NULL, m->now, m->fd))
NULLED(sfo_dns_io_use_resolv_conf, STATUS, S(SFO_ERR_INVALID),
  (NULL, m->now, m->path))
NULLED(sfo_dns_io_use_resolv_conf, STATUS, S(SFO_OK) | S(SFO_ERR_INVALID) | S(SFO_ERR_BUSY) | S(SFO_ERR_STATE) | S(SFO_ERR_FAULT) | S(SFO_ERR_IO),
  (m->engine, m->now, NULL))
NULLED(sfo_post_attempt_provisional, STATUS, S(SFO_ERR_INVALID),
  (NULL, m->attempt_id, 180))
NULLED(sfo_post_attempt_response, STATUS, S(SFO_ERR_INVALID),
  (NULL, m->attempt_id, &m->response))
NULLED(sfo_post_attempt_response, STATUS, S(SFO_OK) | S(SFO_ERR_INVALID) | S(SFO_ERR_LIMIT) | S(SFO_ERR_STATE) | S(SFO_ERR_FAULT),
  (m->engine, m->attempt_id, NULL))
NULLED(sfo_post_attempt_failed, STATUS, S(SFO_ERR_INVALID),
  (NULL, m->attempt_id, SFO_CAUSE_CONNECT))
NULLED(sfo_post_request_start, STATUS, S(SFO_ERR_INVALID),
  (NULL, &m->request))
NULLED(sfo_post_request_start, STATUS, S(SFO_OK) | S(SFO_ERR_INVALID) | S(SFO_ERR_LIMIT) | S(SFO_ERR_STATE) | S(SFO_ERR_FAULT),
  (m->engine, NULL))
NULLED(sfo_post_request_cancel, STATUS, S(SFO_ERR_INVALID),
  (NULL, m->request_id))
NULLED(sfo_post_dialog_open, STATUS, S(SFO_ERR_INVALID),
  (NULL, &m->dialog, 7))
NULLED(sfo_post_dialog_open, STATUS, S(SFO_OK) | S(SFO_ERR_INVALID) | S(SFO_ERR_LIMIT) | S(SFO_ERR_STATE) | S(SFO_ERR_FAULT),
  (m->engine, NULL, 7))
NULLED(sfo_post_dialog_close, STATUS, S(SFO_ERR_INVALID),
  (NULL, m->started))
NULLED(sfo_post_account_start, STATUS, S(SFO_ERR_INVALID),
  (NULL, m->account))
NULLED(sfo_post_account_stop, STATUS, S(SFO_ERR_INVALID),
  (NULL, m->account))
NULLED(sfo_post_set_busy, STATUS, S(SFO_ERR_INVALID),
  (NULL, m->account, 0))
NULLED(sfo_post_flow_lost, STATUS, S(SFO_ERR_INVALID),
  (NULL, m->account, 0))
NULLED(sfo_post_heard_from, STATUS, S(SFO_ERR_INVALID),
  (NULL, m->account, "192.0.2.1"))
NULLED(sfo_post_heard_from, STATUS, S(SFO_OK) | S(SFO_ERR_INVALID) | S(SFO_ERR_LIMIT) | S(SFO_ERR_STATE) | S(SFO_ERR_FAULT),
  (m->engine, m->account, NULL))
NULLED(sfo_post_set_link, STATUS, S(SFO_ERR_INVALID),
  (NULL, SFO_LINK_CHANGED))
NULLED(sfo_post_set_families, STATUS, S(SFO_ERR_INVALID),
  (NULL, SFO_FAMILY_IPV4))
NULLED(sfo_post_set_dns_servers, STATUS, S(SFO_ERR_INVALID),
  (NULL, m->servers, 1))
NULLED(sfo_post_set_dns_servers, STATUS, S(SFO_OK) | S(SFO_ERR_INVALID) | S(SFO_ERR_LIMIT) | S(SFO_ERR_STATE) | S(SFO_ERR_FAULT),
  (m->engine, NULL, 1))
NULLED(sfo_post_handle_dns, STATUS, S(SFO_ERR_INVALID),
  (NULL, 0, m->bytes, m->length))
NULLED(sfo_post_handle_dns, STATUS, S(SFO_OK) | S(SFO_ERR_INVALID) | S(SFO_ERR_LIMIT) | S(SFO_ERR_STATE) | S(SFO_ERR_FAULT),
  (m->engine, 0, NULL, m->length))
NULLED(sfo_post_dns_failed, STATUS, S(SFO_ERR_INVALID),
  (NULL, m->query, 0, SFO_TRANSPORT_UDP))

LENGTH(sfo_config_load_text, STATUS, IN,
  (m->config, "", m->huge))
LENGTH(sfo_config_get, STATUS, OUT,
  (m->config, "account.1.label", (char *)m->bytes, m->huge, &m->needed))
LENGTH(sfo_config_last_error, VALUE, OUT,
  (m->config, (char *)m->bytes, m->huge))
LENGTH(sfo_engine_handle_dns, STATUS, IN,
  (m->engine, m->now, 0, m->bytes, m->huge))
LENGTH(sfo_engine_set_dns_servers, STATUS, IN,
  (m->engine, m->now, m->servers, m->huge))
LENGTH(sfo_engine_explain, VALUE, OUT,
  (m->engine, m->now, m->account, SFO_METHOD_INVITE, SFO_FORMAT_TEXT, (char *)m->bytes, m->huge))
LENGTH(sfo_engine_trace, VALUE, OUT,
  (m->engine, m->now, 0, SFO_FORMAT_TEXT, (char *)m->bytes, m->huge))
LENGTH(sfo_engine_last_error, VALUE, OUT,
  (m->engine, (char *)m->bytes, m->huge))
LENGTH(sfo_engine_snapshot_export, STATUS, OUT,
  (m->engine, m->now, 0, m->bytes, m->huge, &m->needed))
LENGTH(sfo_engine_snapshot_import, STATUS, IN,
  (m->engine, m->now, 0, m->bytes, m->huge))
LENGTH(sfo_dns_io_fds, VALUE, OUT,
  (m->engine, m->fds, m->huge))
LENGTH(sfo_post_set_dns_servers, STATUS, IN,
  (m->engine, m->servers, m->huge))
LENGTH(sfo_post_handle_dns, STATUS, IN,
  (m->engine, 0, m->bytes, m->huge))
