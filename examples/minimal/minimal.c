/* A whole integration on one page: your poll loop, your SIP stack (here: printf), our decisions.
 * Server 1 never answers, so the phone registers with server 2 and calls over server 2. */
#define _GNU_SOURCE
#include <poll.h>
#include <stdio.h>
#include <sys/random.h>
#include <time.h>

#include <sipfailover.h>

static const char provisioning[] =
    "account.1.enable = 1\n"
    "account.1.sip_server.1.address = 192.0.2.1\n" /* a domain would be looked up in DNS */
    "account.1.sip_server.1.retry_counts = 0\n"
    "account.1.sip_server.2.address = 192.0.2.2\n"
    "account.1.fallback.redundancy_type = 1\n";

static sfo_engine *engine;
static uint64_t timer = SFO_TIME_NEVER; /* when the library wants to be called */
static int call_over;

static uint64_t now_ms(void) /* any clock that never jumps and goes on during sleep */
{
    struct timespec t;
    clock_gettime(CLOCK_BOOTTIME, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static void response_came(uint64_t attempt, uint32_t status) /* your SIP stack calls this */
{
    sfo_response response = SFO_RESPONSE_INIT;
    response.status = status;
    sfo_attempt_response(engine, now_ms(), attempt, &response);
}

static int32_t send_sip(void *user, const sfo_send *send) /* hand this to your SIP stack */
{
    (void)user;
    printf("-> %s to %s, up to %u ms\n", send->method_name, send->target_text, send->budget_ms);
    if (send->server == 2)
        response_came(send->attempt, 200); /* a quick server; others answer later, or never */
    return 0;
}

static void set_timer(void *user, uint64_t deadline_ms) { (void)user; timer = deadline_ms; }

static void event(void *user, const sfo_event *e)
{
    (void)user;
    printf("   %s\n", e->text);
    if (e->kind == SFO_EVENT_REGISTRATION && e->state == SFO_REG_REGISTERED) {
        uint64_t id;
        sfo_request call = SFO_REQUEST_INIT;
        call.account = 1;
        call.method = SFO_METHOD_INVITE;
        sfo_request_start(engine, now_ms(), &call, &id);
    }
}

static void request_done(void *user, const sfo_done *done)
{
    (void)user;
    printf("INVITE done: %u %s\n", done->sip_status, sfo_cause_text(done->cause));
    call_over = 1;
}

int main(void)
{
    sfo_callbacks callbacks = { .struct_size = sizeof callbacks, .send_sip = send_sip,
        .set_timer = set_timer, .event = event, .request_done = request_done };
    sfo_options options = SFO_OPTIONS_INIT;
    sfo_config *config = NULL;

    if (getrandom(options.seed, sizeof options.seed, 0) != (ssize_t)sizeof options.seed
        || sfo_config_new(1, &config) != SFO_OK
        || sfo_config_load_text(config, provisioning, sizeof provisioning - 1) != SFO_OK
        || sfo_engine_new(config, &options, &callbacks, NULL, now_ms(), &engine) != SFO_OK)
        return 1;
    sfo_config_free(config);
    sfo_dns_io_use_resolv_conf(engine, now_ms(), NULL); /* or name the servers that DHCP told */
    sfo_account_start(engine, now_ms(), 1);

    while (!call_over) {
        sfo_dns_fd dns[64]; /* sockets of the built-in DNS client */
        struct pollfd fds[64];
        size_t i, count = sfo_dns_io_fds(engine, dns, 64);
        uint64_t now = now_ms(), wait = timer > now ? timer - now : 0;

        for (i = 0; i < count; i++)
            fds[i] = (struct pollfd){ .fd = dns[i].fd, .events = (short)(
                (dns[i].events & SFO_DNS_READABLE ? POLLIN : 0)
                | (dns[i].events & SFO_DNS_WRITABLE ? POLLOUT : 0)) };
        poll(fds, (nfds_t)count, wait < 60000 ? (int)wait : 60000);
        for (i = 0; i < count; i++)
            if (fds[i].revents)
                sfo_dns_io_handle(engine, now_ms(), dns[i].fd);
        if (now_ms() >= timer)
            sfo_engine_handle_timer(engine, now_ms());
    }
    sfo_engine_free(engine);
    return 0;
}
