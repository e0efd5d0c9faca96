/* The connections of the DNS responder: two bytes of length before each message (RFC 1035 4.2.2). */
#ifndef SIPFAILOVER_TEST_DNS_TCP_H
#define SIPFAILOVER_TEST_DNS_TCP_H

#include "common.h"
#include "dns_answer.h"

/* A phone has one or two at a time; a test that needs more is told so. */
#define CONNECTIONS_MAX 16
#define QUERY_MAX 512

struct connection {
    int fd;
    int64_t ends_at; /* now_ms clock: who says nothing for a while makes room for others */
    struct sockaddr_in from;
    unsigned char data[2 + QUERY_MAX];
    size_t length;
};

struct tcp {
    struct connection connections[CONNECTIONS_MAX];
    size_t count;
    /* The listener, then the connections: what the server's wait is to look at beside its socket. */
    int watched[1 + CONNECTIONS_MAX];
};

/* Has the server, which listens already, watch the connections. */
void tcp_start(struct tcp *tcp, struct server *server);

/* Accepts, reads and answers what there is, without waiting. */
void tcp_turn(struct tcp *tcp, struct server *server, const struct service *service);

void tcp_stop(struct tcp *tcp);

#endif
