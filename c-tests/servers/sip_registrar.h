/* REGISTER: where the one user can be reached, RFC 3261 10.3. */
#ifndef SIPFAILOVER_TEST_SIP_REGISTRAR_H
#define SIPFAILOVER_TEST_SIP_REGISTRAR_H

#include "sip_transaction.h"

void on_register(struct transaction *t, const struct message *m, const struct sockaddr_in *from);

#endif
