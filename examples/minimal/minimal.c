/* The whole integration on one page: your poll loop, your SIP stack (here: printf), our decisions.
 * Server 1 never answers, so after its retry budget the phone registers and calls over server 2. */
#define _GNU_SOURCE
#include <poll.h>
#include <stdio.h>
#include <sys/random.h>
#include <time.h>

#include <sipfailover.h>

static const char provisioning[] =
    "account.1.enable = 1\n"
    "account.1.sip_server.1.address = 192.0.2.1\n" /* or a domain: NAPTR, SRV and A are looked up */
    "account.1.sip_server.1.retry_counts = 0\n"
    "account.1.sip_server.2.address = 192.0.2.2\n"
    "account.1.fallback.redundancy_type = 1\n";

struct phone {
    sfo_engine *engine;
    uint64_t timer;    /* when the library wants to be called, SFO_TIME_NEVER: not at all */
    uint64_t answered; /* the attempt that our pretended server has answered */
    int call_over;
};

static uint64_t now_ms(void) /* any clock that never jumps and counts during sleep */
{
    struct timespec t;
    clock_gettime(CLOCK_BOOTTIME, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static int32_t send_sip(void *user, const sfo_send *send) /* give it to your SIP stack */
{
    struct phone *phone = user;
    printf("-> %s to %s, up to %u ms\n", send->method_name, send->target_text, send->budget_ms);
    if (send->server == 2)
        phone->answered = send->attempt;
    return 0;
}

static void set_timer(void *user, uint64_t deadline_ms)
{
    ((struct phone *)user)->timer = deadline_ms;
}

static void event(void *user, const sfo_event *event)
{
    struct phone *phone = user;
    sfo_request call = SFO_REQUEST_INIT;
    uint64_t id;
    printf("   %s\n", event->text);
    if (event->kind == SFO_EVENT_REGISTRATION && event->state == SFO_REG_REGISTERED) {
        call.account = 1;
        call.method = SFO_METHOD_INVITE;
        sfo_request_start(phone->engine, now_ms(), &call, &id);
    }
}

static void request_done(void *user, const sfo_done *done)
{
    printf("call over: status %u, %s\n", done->sip_status, sfo_cause_text(done->cause));
    ((struct phone *)user)->call_over = 1;
}

int main(void)
{
    struct phone phone = { NULL, SFO_TIME_NEVER, 0, 0 };
    sfo_callbacks callbacks = { .struct_size = sizeof callbacks, .send_sip = send_sip,
                                .set_timer = set_timer, .event = event,
                                .request_done = request_done };
    sfo_options options = SFO_OPTIONS_INIT;
    sfo_config *config = NULL;

    if (getrandom(options.seed, sizeof options.seed, 0) != (ssize_t)sizeof options.seed
        || sfo_config_new(1, &config) != SFO_OK
        || sfo_config_load_text(config, provisioning, sizeof provisioning - 1) != SFO_OK
        || sfo_engine_new(config, &options, &callbacks, &phone, now_ms(), &phone.engine) != SFO_OK)
        return 1;
    sfo_config_free(config);
    sfo_account_start(phone.engine, now_ms(), 1);

    while (!phone.call_over) {
        sfo_dns_fd dns[8];
        struct pollfd fds[8];
        size_t i, count = sfo_dns_io_fds(phone.engine, dns, 8);
        uint64_t now = now_ms(), wait = phone.timer > now ? phone.timer - now : 0;

        for (i = 0; i < count && i < 8; i++) /* the built-in DNS client; your own can do it too */
            fds[i] = (struct pollfd){ dns[i].fd, dns[i].events & SFO_DNS_WRITABLE ? POLLOUT : POLLIN, 0 };
        poll(fds, (nfds_t)i, phone.answered ? 0 : wait < 60000 ? (int)wait : 60000);
        while (i-- > 0)
            if (fds[i].revents)
                sfo_dns_io_handle(phone.engine, now_ms(), dns[i].fd, dns[i].events);
        if (now_ms() >= phone.timer)
            sfo_engine_handle_timer(phone.engine, now_ms());
        if (phone.answered) { /* your SIP stack got a final response: report it */
            uint64_t attempt = phone.answered;
            sfo_response ok = SFO_RESPONSE_INIT;
            phone.answered = 0;
            ok.status = 200;
            sfo_attempt_response(phone.engine, now_ms(), attempt, &ok);
        }
    }
    sfo_engine_free(phone.engine);
    return 0;
}
