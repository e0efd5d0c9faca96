/* Writing SIP responses. */
#ifndef SIPFAILOVER_TEST_SIP_REPLY_H
#define SIPFAILOVER_TEST_SIP_REPLY_H

#include "sip_message.h"

#include <netinet/in.h>

#define REPLY_MAX 4096
#define TAG_MAX 17

#define ALLOW "Allow: INVITE, ACK, BYE, CANCEL, OPTIONS, REGISTER\r\n"

struct writer {
    char data[REPLY_MAX];
    size_t length;
    int overflow; /* something did not fit: not to be sent */
};

/* Status line and the headers every response has. `tag` NULL: To as it came. */
void start_reply(struct writer *w, const struct message *m, const struct sockaddr_in *from,
                 const char *status, const char *tag);

void put(struct writer *w, const char *text);
void put_number(struct writer *w, uint32_t number);

/* Record-Route back in the order it came, so that the dialog runs through the same proxies. */
void put_record_routes(struct writer *w, const struct message *m);

void put_our_contact(struct writer *w);
void end_reply(struct writer *w, const char *body);

/* A new tag for To. */
void make_tag(char out[TAG_MAX]);

#endif
