/* c-ares: queries and parsers of its own, the steps of RFC 3263 in the few lines that its users write. */

/* The interface that every version has; newer ones call it deprecated. */
#define CARES_NO_DEPRECATED

#include "client.h"

#include <sys/select.h> /* ares.h needs fd_set and does not say so */

#include <ares.h>
#include <ares_dns.h>
#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define ADDRESSES_MAX 4

const char *const bench_name = "c-ares";

static ares_channel channel;
static unsigned found, wanted;

const char *bench_version(void)
{
    return ares_version(NULL);
}

static void on_address(void *arg, int status, int timeouts, unsigned char *data, int length)
{
    struct ares_addrttl addresses[ADDRESSES_MAX];
    int count = ADDRESSES_MAX;

    (void)arg;
    (void)timeouts;
    bench_require(status == ARES_SUCCESS
                      && ares_parse_a_reply(data, length, NULL, addresses, &count) == ARES_SUCCESS && count > 0,
                  "no address");
    found++;
}

static void on_srv(void *arg, int status, int timeouts, unsigned char *data, int length)
{
    struct ares_srv_reply *list = NULL, *one;

    (void)arg;
    (void)timeouts;
    bench_require(status == ARES_SUCCESS && ares_parse_srv_reply(data, length, &list) == ARES_SUCCESS, "no SRV");
    for (one = list; one != NULL; one = one->next)
        wanted++;
    for (one = list; one != NULL; one = one->next)
        ares_query(channel, one->host, ns_c_in, ns_t_a, on_address, NULL);
    ares_free_data(list);
}

static void on_naptr(void *arg, int status, int timeouts, unsigned char *data, int length)
{
    struct ares_naptr_reply *list = NULL, *one, *best = NULL;

    (void)arg;
    (void)timeouts;
    bench_require(status == ARES_SUCCESS && ares_parse_naptr_reply(data, length, &list) == ARES_SUCCESS, "no NAPTR");
    for (one = list; one != NULL; one = one->next)
        if (strcasecmp((const char *)one->service, "SIP+D2U") == 0 && (best == NULL || one->order < best->order))
            best = one;
    bench_require(best != NULL, "no usable NAPTR");
    ares_query(channel, best->replacement, ns_c_in, ns_t_srv, on_srv, NULL);
    ares_free_data(list);
}

static void open_channel(const char *dns_server)
{
    bench_require(ares_library_init(ARES_LIB_INIT_ALL) == ARES_SUCCESS && ares_init(&channel) == ARES_SUCCESS
                      && ares_set_servers_ports_csv(channel, dns_server) == ARES_SUCCESS,
                  "no channel");
}

static void close_channel(void)
{
    ares_destroy(channel);
    ares_library_cleanup();
}

static void chain(void)
{
    found = 0;
    wanted = 0;
    ares_query(channel, BENCH_DOMAIN, ns_c_in, ns_t_naptr, on_naptr, NULL);
    while (wanted == 0 || found < wanted) {
        ares_socket_t sockets[ARES_GETSOCK_MAXNUM];
        struct pollfd fds[ARES_GETSOCK_MAXNUM];
        int bits = ares_getsock(channel, sockets, ARES_GETSOCK_MAXNUM), i;
        nfds_t count = 0;

        for (i = 0; i < ARES_GETSOCK_MAXNUM; i++)
            if (ARES_GETSOCK_READABLE(bits, i)) {
                fds[count].fd = sockets[i];
                fds[count++].events = POLLIN;
            }
        bench_require(count > 0 && poll(fds, count, BENCH_PATIENCE_MS) > 0, "no answer");
        for (i = 0; i < (int)count; i++)
            if (fds[i].revents != 0)
                ares_process_fd(channel, fds[i].fd, ARES_SOCKET_BAD);
    }
    bench_require(found == BENCH_HOSTS, "not every host was found");
}

static void open_warm(const char *dns_server)
{
    open_channel(dns_server);
    chain();
}

const struct bench_case bench_cases[] = {
    { "cold", 0, 1, open_channel, NULL, chain, NULL, close_channel },
    { "additional", 1, 1, open_channel, NULL, chain, NULL, close_channel },
    { "cached", 0, 0, open_warm, NULL, chain, NULL, close_channel },
    { NULL, 0, 0, NULL, NULL, NULL, NULL, NULL },
};
