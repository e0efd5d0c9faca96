/* Asking for a password and checking it: MD5 digest, RFC 3261 22. */
#ifndef SIPFAILOVER_TEST_SIP_DIGEST_H
#define SIPFAILOVER_TEST_SIP_DIGEST_H

#include "sip_transaction.h"

/* Returns 1 when the request may go on; otherwise it has been challenged. */
int let_in(struct transaction *t, const struct message *m, const struct sockaddr_in *from);

#endif
