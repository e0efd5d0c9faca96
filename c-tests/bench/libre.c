/* libre: its DNS client in its own event loop, the steps of RFC 3263 in the few lines that its users write. */
#include "client.h"

#include <re.h>

#include <stdint.h>

const char *const bench_name = "libre";

static struct dnsc *client;
static unsigned found, wanted;

const char *bench_version(void)
{
    return sys_libre_version_get();
}

static void ask(const char *name, uint16_t type, dns_query_h *handler)
{
    bench_require(dnsc_query(NULL, client, name, type, DNS_CLASS_IN, true, handler, NULL) == 0, "no query");
}

static void on_address(int err, const struct dnshdr *header, struct list *answers, struct list *authority,
                       struct list *additional, void *arg)
{
    (void)header;
    (void)authority;
    (void)additional;
    (void)arg;
    bench_require(err == 0 && dns_rrlist_find(answers, NULL, DNS_TYPE_A, DNS_CLASS_IN, true) != NULL, "no address");
    if (++found == wanted)
        re_cancel();
}

static bool ask_address(struct dnsrr *record, void *arg)
{
    (void)arg;
    ask(record->rdata.srv.target, DNS_TYPE_A, on_address);
    return false;
}

static bool count_one(struct dnsrr *record, void *arg)
{
    (void)record;
    (void)arg;
    wanted++;
    return false;
}

static void on_srv(int err, const struct dnshdr *header, struct list *answers, struct list *authority,
                   struct list *additional, void *arg)
{
    (void)header;
    (void)authority;
    (void)additional;
    (void)arg;
    bench_require(err == 0, "no SRV");
    dns_rrlist_sort(answers, DNS_TYPE_SRV, 1);
    dns_rrlist_apply(answers, NULL, DNS_TYPE_SRV, DNS_CLASS_IN, true, count_one, NULL);
    dns_rrlist_apply(answers, NULL, DNS_TYPE_SRV, DNS_CLASS_IN, true, ask_address, NULL);
}

static bool is_usable(struct dnsrr *record, void *arg)
{
    (void)arg;
    return str_casecmp(record->rdata.naptr.services, "SIP+D2U") == 0;
}

static void on_naptr(int err, const struct dnshdr *header, struct list *answers, struct list *authority,
                     struct list *additional, void *arg)
{
    struct dnsrr *best;

    (void)header;
    (void)authority;
    (void)additional;
    (void)arg;
    bench_require(err == 0, "no NAPTR");
    dns_rrlist_sort(answers, DNS_TYPE_NAPTR, 1);
    best = dns_rrlist_apply(answers, NULL, DNS_TYPE_NAPTR, DNS_CLASS_IN, true, is_usable, NULL);
    bench_require(best != NULL, "no usable NAPTR");
    ask(best->rdata.naptr.replace, DNS_TYPE_SRV, on_srv);
}

static void open_client(const char *dns_server)
{
    struct sa server;

    bench_require(libre_init() == 0 && sa_decode(&server, dns_server, str_len(dns_server)) == 0
                      && dnsc_alloc(&client, NULL, &server, 1) == 0,
                  "no client");
}

static void close_client(void)
{
    client = mem_deref(client);
    libre_close();
}

static void chain(void)
{
    found = 0;
    wanted = 0;
    ask(BENCH_DOMAIN, DNS_TYPE_NAPTR, on_naptr);
    bench_require(re_main(NULL) == 0 && found == BENCH_HOSTS, "not every host was found");
}

static void open_warm(const char *dns_server)
{
    open_client(dns_server);
    chain();
}

const struct bench_case bench_cases[] = {
    { "cold", 0, 1, open_client, NULL, chain, NULL, close_client },
    { "additional", 1, 1, open_client, NULL, chain, NULL, close_client },
    { "cached", 0, 0, open_warm, NULL, chain, NULL, close_client },
    { NULL, 0, 0, NULL, NULL, NULL, NULL, NULL },
};
