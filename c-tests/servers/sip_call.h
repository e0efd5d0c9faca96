/* Calls: the callee's side of INVITE, ACK, BYE and CANCEL. */
#ifndef SIPFAILOVER_TEST_SIP_CALL_H
#define SIPFAILOVER_TEST_SIP_CALL_H

#include "sip_transaction.h"

void on_invite(struct transaction *t, const struct message *m, const struct sockaddr_in *from);
void on_ack(const struct message *m, const struct sockaddr_in *from);
void on_bye(struct transaction *t, const struct message *m, const struct sockaddr_in *from);
void on_cancel(struct transaction *t, const struct message *m, const struct sockaddr_in *from);

/* Sends what is due: first answers and their repeats. Returns the next date (now_ms clock), negative
 * when there is none. */
int64_t run_calls(void);

#endif
