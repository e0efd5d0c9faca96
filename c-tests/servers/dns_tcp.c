#include "dns_tcp.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define IDLE_MS 10000

/* After every change: the server's list of descriptors is made anew. */
static void watch(struct tcp *tcp, struct server *server)
{
    size_t i;

    tcp->watched[0] = server->listener;
    for (i = 0; i < tcp->count; i++)
        tcp->watched[1 + i] = tcp->connections[i].fd;
    server->also = tcp->watched;
    server->also_count = 1 + tcp->count;
}

void tcp_start(struct tcp *tcp, struct server *server)
{
    tcp->count = 0;
    watch(tcp, server);
}

static void accept_one(struct tcp *tcp, const struct server *server)
{
    struct connection *fresh = &tcp->connections[tcp->count];
    socklen_t length = sizeof fresh->from;

    if (tcp->count == CONNECTIONS_MAX)
        return;
    fresh->fd = accept(server->listener, (struct sockaddr *)&fresh->from, &length);
    if (fresh->fd < 0)
        return;
    if (never_blocks(fresh->fd) != 0) {
        close(fresh->fd);
        return;
    }
    fresh->length = 0;
    fresh->ends_at = now_ms() + IDLE_MS;
    tcp->count++;
}

/* Returns -1 when the answer does not leave at once: nothing here is longer than a socket's buffer. */
static int send_framed(int fd, const unsigned char *message, size_t length)
{
    unsigned char framed[2 + ANSWER_MAX];

    dns_store_u16(framed, (unsigned)length);
    memcpy(framed + 2, message, length);
    return send(fd, framed, length + 2, MSG_NOSIGNAL) == (ssize_t)length + 2 ? 0 : -1;
}

static int answer_one(struct connection *c, size_t length, struct server *server,
                      const struct service *service)
{
    static struct answer answer;
    char from[ADDRESS_TEXT_MAX], log[ANSWER_LOG_MAX];

    answer_message(&answer, service, OVER_TCP, c->data + 2, length, log);
    format_address(&c->from, from);
    log_line("%s, over TCP from %s%s", log, from, server->silent ? " (not answered: silent)" : "");
    if (server->silent || answer.length == 0)
        return 0;
    return send_framed(c->fd, answer.data, answer.length);
}

/* Returns -1 when the connection is over. */
static int serve(struct connection *c, struct server *server, const struct service *service)
{
    for (;;) {
        size_t wanted = c->length < 2 ? 2 : 2 + (size_t)dns_load_u16(c->data);
        ssize_t got;

        if (wanted > sizeof c->data)
            return -1;
        if (c->length == wanted) {
            /* A message of no bytes is none, and its sender no DNS client. */
            if (wanted == 2 || answer_one(c, wanted - 2, server, service) != 0)
                return -1;
            c->length = 0;
            continue;
        }
        got = recv(c->fd, c->data + c->length, wanted - c->length, 0);
        if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR))
            return now_ms() < c->ends_at ? 0 : -1;
        if (got <= 0)
            return -1;
        c->length += (size_t)got;
        c->ends_at = now_ms() + IDLE_MS;
    }
}

void tcp_turn(struct tcp *tcp, struct server *server, const struct service *service)
{
    size_t i;

    accept_one(tcp, server);
    for (i = tcp->count; i-- > 0;) {
        if (serve(&tcp->connections[i], server, service) == 0)
            continue;
        close(tcp->connections[i].fd);
        tcp->count--;
        memmove(&tcp->connections[i], &tcp->connections[i + 1],
                (tcp->count - i) * sizeof tcp->connections[0]);
    }
    watch(tcp, server);
}

void tcp_stop(struct tcp *tcp)
{
    while (tcp->count > 0)
        close(tcp->connections[--tcp->count].fd);
}
