/* What the command line of the SIP responder says, for all its parts. */
#ifndef SIPFAILOVER_TEST_SIP_RESPONDER_H
#define SIPFAILOVER_TEST_SIP_RESPONDER_H

#include "common.h"

struct settings {
    struct server server;
    char address[ADDRESS_TEXT_MAX]; /* of the server, as text */
    const char *realm;
    const char *user; /* NULL: nobody is asked for a password */
    const char *password;
    int challenge_invite;
    uint32_t grant_seconds;
    uint32_t answer_ms;
};

extern struct settings settings;

#endif
