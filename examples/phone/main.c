/*
 * sipfailover-phone: a small SIP phone that finds its way around dead servers.
 *
 *     sipfailover-phone --config FILE [--dns 127.0.0.1:5353] [--bind 127.0.0.1:0]
 *                       [--control -] [--max-seconds 120]
 *
 * Commands come on stdin ("--control -", the only way there is), one a line:
 * call sip:echo@demo.example, hangup, status, quit. The end of stdin is quit too. Lines on stdout
 * that begin with a word in capitals are for scripts; the others say in plain words, after the time
 * in seconds, what was decided and why.
 */
#define _GNU_SOURCE

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "redundancy.h"
#include "sip_ua.h"

#define IDENTITY_SIZE 257   /* the longest value of the provisioning file, and the end */
#define CONFIG_FILE_MAX 65536
#define LEAVE_MS 3000u      /* how long quit waits for the registrar */

struct phone {
    struct redundancy redundancy;
    struct sip_ua *ua;
    uint64_t started_ms;
    uint64_t dialled_ms;
    uint64_t leave_at_ms; /* SFO_TIME_NEVER: not leaving */
    int registered[3];    /* by server number */
    char command[512];    /* the line being read */
    size_t command_length;
};

struct settings {
    const char *config_file;
    const char *dns;
    const char *bind;
    unsigned max_seconds;
};

/* ---- the user interface ----------------------------------------------------------------- */

static void on_registration(void *user, const sfo_event *event)
{
    struct phone *phone = user;
    unsigned server = event->server;

    if (server >= sizeof phone->registered / sizeof phone->registered[0])
        return;
    switch (event->state) {
    case SFO_REG_REGISTERED:
        phone->registered[server] = 1;
        printf("REGISTERED server=%u target=%s\n", server, event->to);
        break;
    case SFO_REG_OFF:
        if (phone->registered[server])
            printf("UNREGISTERED server=%u cause=%s\n", server, sfo_cause_text(event->cause));
        phone->registered[server] = 0;
        break;
    case SFO_REG_RETRYING:
    case SFO_REG_REFUSED:
        printf("%s server=%u cause=%s status=%u\n",
               phone->registered[server] ? "REGISTRATION LOST" : "REGISTRATION FAILED", server,
               sfo_cause_text(event->cause), (unsigned)event->sip_status);
        phone->registered[server] = 0;
        break;
    default: /* registering, refresh failing (the binding still lives), or newer than this phone */
        break;
    }
}

static void on_call_established(void *user, const char *target_text)
{
    struct phone *phone = user;

    redundancy_set_busy(&phone->redundancy, 1);
    printf("CALL ESTABLISHED target=%s after=%.1f\n", target_text,
           (double)(clock_ms() - phone->dialled_ms) / 1000.0);
}

static void on_call_failed(void *user, const char *reason)
{
    (void)user;
    printf("CALL FAILED %s\n", reason);
}

static void on_call_ended(void *user, const char *why)
{
    struct phone *phone = user;

    redundancy_set_busy(&phone->redundancy, 0);
    printf("CALL ENDED %s\n", why);
}

static void on_decision(void *user, const char *text)
{
    const struct phone *phone = user;

    printf("  %7.3f  %s\n", (double)(clock_ms() - phone->started_ms) / 1000.0, text);
}

static void show_status(struct phone *phone)
{
    static const char *const states[] = {
        "off", "registering", "registered", "refresh failing", "retrying", "refused", "stopping",
    };
    sfo_engine *engine = phone->redundancy.engine;
    sfo_account_info info = { .struct_size = sizeof info };
    sfo_target target = { .struct_size = sizeof target };
    sfo_counters counters = { .struct_size = sizeof counters };
    uint64_t now = clock_ms();
    unsigned i;

    if (sfo_account_state(engine, 1, &info) != SFO_OK)
        return;
    for (i = 0; i < 2; i++) {
        uint32_t state = info.state[i];

        printf("STATUS server=%u state=%s%s", i + 1,
               state < sizeof states / sizeof states[0] ? states[state] : "?",
               info.current_server == i + 1 ? " current" : "");
        if (info.expires_at_ms[i] != SFO_TIME_NEVER && info.expires_at_ms[i] > now)
            printf(" expires_in=%" PRIu64 "s", (info.expires_at_ms[i] - now) / 1000);
        putchar('\n');
    }
    if (sfo_account_current_target(engine, 1, &target) == SFO_OK)
        printf("STATUS requests go to %s\n", target.text);
    if (sfo_engine_counters(engine, &counters) == SFO_OK)
        printf("STATUS attempts=%" PRIu64 " silent=%" PRIu64 " unreachable=%" PRIu64
               " refused=%" PRIu64 " late=%" PRIu64 " dns_queries=%" PRIu64 "\n",
               counters.attempts, counters.failures_timeout, counters.failures_transport,
               counters.failures_response, counters.late_reports, counters.dns_queries);
}

static void leave(struct phone *phone)
{
    if (phone->leave_at_ms != SFO_TIME_NEVER)
        return;
    phone->leave_at_ms = clock_ms() + LEAVE_MS;
    if (!sip_ua_hangup(phone->ua) && redundancy_give_up_call(&phone->redundancy))
        on_call_ended(phone, "given up");
    redundancy_stop(&phone->redundancy);
}

static void dial(struct phone *phone, const char *uri)
{
    sfo_status status;

    if (phone->redundancy.call != 0 || sip_ua_prepare_call(phone->ua, uri) != 0) {
        printf("CALL FAILED a call is up already, or this is no sip: URI\n");
        return;
    }
    phone->dialled_ms = clock_ms();
    status = redundancy_call(&phone->redundancy);
    if (status != SFO_OK)
        printf("CALL FAILED %s\n", sfo_status_text(status));
}

static void run_command(struct phone *phone, char *line)
{
    size_t length = strlen(line);

    while (length > 0 && isspace((unsigned char)line[length - 1]))
        line[--length] = '\0';
    if (strncmp(line, "call ", 5) == 0) {
        dial(phone, line + 5 + strspn(line + 5, " "));
    } else if (strcmp(line, "hangup") == 0) {
        if (!sip_ua_hangup(phone->ua) && redundancy_give_up_call(&phone->redundancy))
            on_call_ended(phone, "given up");
    } else if (strcmp(line, "status") == 0) {
        show_status(phone);
    } else if (strcmp(line, "quit") == 0) {
        leave(phone);
    } else if (length > 0) {
        printf("  commands: call sip:USER@HOST, hangup, status, quit\n");
    }
}

static void read_commands(struct phone *phone)
{
    ssize_t count = read(STDIN_FILENO, phone->command + phone->command_length,
                         sizeof phone->command - 1 - phone->command_length);
    char *end;

    if (count < 0 && (errno == EINTR || errno == EAGAIN))
        return;
    if (count <= 0) {
        leave(phone);
        return;
    }
    phone->command_length += (size_t)count;
    phone->command[phone->command_length] = '\0';
    while ((end = strchr(phone->command, '\n')) != NULL) {
        *end = '\0';
        run_command(phone, phone->command);
        phone->command_length -= (size_t)(end + 1 - phone->command);
        memmove(phone->command, end + 1, phone->command_length + 1);
    }
    if (phone->command_length == sizeof phone->command - 1)
        phone->command_length = 0; /* no command is that long */
}

/* ---- provisioning ----------------------------------------------------------------------- */

static char *read_file(const char *path, size_t *length)
{
    FILE *file = fopen(path, "rb");
    char *text = malloc(CONFIG_FILE_MAX);

    *length = 0;
    if (file != NULL && text != NULL)
        *length = fread(text, 1, CONFIG_FILE_MAX, file);
    if (file == NULL || text == NULL || ferror(file) || *length == CONFIG_FILE_MAX) {
        fprintf(stderr, "sipfailover-phone: cannot read %s\n", path);
        free(text);
        text = NULL;
    }
    if (file != NULL)
        fclose(file);
    return text;
}

/* The provisioning file goes to the library as it is; what it did not like is shown. */
static sfo_config *load_config(const char *path)
{
    sfo_config *config = NULL;
    sfo_status status;
    size_t length;
    uint32_t i;
    char *text = read_file(path, &length);

    if (text == NULL)
        return NULL;
    status = sfo_config_new(1, &config);
    if (status == SFO_OK)
        status = sfo_config_load_text(config, text, length);
    free(text);
    if (status != SFO_OK) {
        fprintf(stderr, "sipfailover-phone: %s: %s\n", path, sfo_status_text(status));
        sfo_config_free(config);
        return NULL;
    }
    for (i = 0; i < sfo_config_diagnostic_count(config); i++) {
        sfo_diagnostic diagnostic = { .struct_size = sizeof diagnostic };

        if (sfo_config_diagnostic(config, i, &diagnostic) == SFO_OK)
            printf("  %s:%u: %s: %s = %s: %s\n", path, (unsigned)diagnostic.line,
                   diagnostic.severity == SFO_SEVERITY_ERROR ? "error" : "warning",
                   diagnostic.key, diagnostic.value, diagnostic.text);
    }
    return config;
}

/* The library keeps the identity of the account for the stack: one file, one parser. */
struct identity_texts {
    char display_name[IDENTITY_SIZE], user[IDENTITY_SIZE], auth_user[IDENTITY_SIZE];
    char password[IDENTITY_SIZE], domain[IDENTITY_SIZE];
};

static void get(const sfo_config *config, const char *key, char *out)
{
    size_t length = 0;

    out[0] = '\0';
    if (sfo_config_get(config, key, out, IDENTITY_SIZE, &length) != SFO_OK
        || length >= IDENTITY_SIZE)
        out[0] = '\0';
}

static int read_identity(const sfo_config *config, struct identity_texts *texts,
                         struct sip_identity *identity)
{
    get(config, "account.1.display_name", texts->display_name);
    get(config, "account.1.user_name", texts->user);
    get(config, "account.1.auth_name", texts->auth_user);
    get(config, "account.1.password", texts->password);
    get(config, "account.1.sip_server.1.address", texts->domain);
    if (texts->user[0] == '\0' || texts->domain[0] == '\0') {
        fprintf(stderr, "sipfailover-phone: account.1.user_name and "
                        "account.1.sip_server.1.address are needed\n");
        return -1;
    }
    identity->display_name = texts->display_name;
    identity->user = texts->user;
    identity->auth_user = texts->auth_user[0] != '\0' ? texts->auth_user : texts->user;
    identity->password = texts->password;
    identity->domain = texts->domain;
    return 0;
}

/* ---- the loop --------------------------------------------------------------------------- */

static int poll_timeout(uint64_t now, uint64_t next)
{
    if (next <= now)
        return 0;
    return next - now < 60000 ? (int)(next - now) : 60000;
}

static int run(struct phone *phone, unsigned max_seconds)
{
    uint64_t end_ms = phone->started_ms + max_seconds * UINT64_C(1000);

    while (!phone->redundancy.stopped || phone->leave_at_ms == SFO_TIME_NEVER) {
        struct pollfd fds[2 + REDUNDANCY_FDS_MAX];
        uint64_t now = clock_ms();
        uint64_t next = sip_ua_next_ms(phone->ua, now);
        size_t count, i;

        if (now >= end_ms)
            leave(phone);
        if (now >= phone->leave_at_ms) {
            printf("  no answer to the de-registration; leaving without it\n");
            break;
        }
        next = end_ms < next && now < end_ms ? end_ms : next;
        next = phone->leave_at_ms < next ? phone->leave_at_ms : next;
        next = phone->redundancy.deadline_ms < next ? phone->redundancy.deadline_ms : next;

        fds[0] = (struct pollfd){ .fd = sip_ua_fd(phone->ua), .events = POLLIN };
        fds[1] = (struct pollfd){ .fd = phone->leave_at_ms == SFO_TIME_NEVER ? STDIN_FILENO : -1,
                                  .events = POLLIN };
        count = 2 + redundancy_fds(&phone->redundancy, fds + 2, sizeof fds / sizeof fds[0] - 2);

        if (poll(fds, (nfds_t)count, poll_timeout(now, next)) < 0) {
            if (errno == EINTR)
                continue;
            perror("sipfailover-phone: poll");
            return 1;
        }
        /* What has arrived comes before what has run out of time: an answer that is in the socket
         * already must not lose against a timer only because this process was slow. */
        if (fds[0].revents != 0)
            sip_ua_handle_socket(phone->ua, (fds[0].revents & POLLERR) != 0);
        for (i = 2; i < count; i++)
            if (fds[i].revents != 0)
                redundancy_handle_fd(&phone->redundancy, &fds[i]);
        if (fds[1].revents != 0)
            read_commands(phone);
        now = clock_ms();
        redundancy_handle_timer(&phone->redundancy, now); /* before the stack repeats anything */
        sip_ua_handle_timers(phone->ua, now);
    }
    return 0;
}

static int parse_arguments(int argc, char **argv, struct settings *settings)
{
    int i;

    for (i = 1; i + 1 < argc; i += 2) {
        if (strcmp(argv[i], "--config") == 0)
            settings->config_file = argv[i + 1];
        else if (strcmp(argv[i], "--dns") == 0)
            settings->dns = argv[i + 1];
        else if (strcmp(argv[i], "--bind") == 0)
            settings->bind = argv[i + 1];
        else if (strcmp(argv[i], "--max-seconds") == 0)
            settings->max_seconds = (unsigned)strtoul(argv[i + 1], NULL, 10);
        else if (strcmp(argv[i], "--control") != 0 || strcmp(argv[i + 1], "-") != 0)
            break;
    }
    return i == argc && settings->config_file != NULL ? 0 : -1;
}

int main(int argc, char **argv)
{
    struct settings settings = { NULL, NULL, "127.0.0.1:0", 120 };
    struct phone phone = { .leave_at_ms = SFO_TIME_NEVER };
    struct redundancy_view view = { &phone, on_registration, on_call_failed, on_decision };
    struct sip_reports reports = {
        &phone.redundancy,     redundancy_provisional, redundancy_answer,
        redundancy_unreachable, redundancy_accepts,    &phone,
        on_call_established,   on_call_ended,
    };
    struct identity_texts texts;
    struct sip_identity identity;
    sfo_config *config;
    sfo_status status;
    int result = 1;

    if (parse_arguments(argc, argv, &settings) != 0) {
        fprintf(stderr, "usage: %s --config FILE [--dns IP:PORT] [--bind IP:PORT] "
                        "[--max-seconds N]\n", argv[0]);
        return 2;
    }
    setvbuf(stdout, NULL, _IOLBF, 0); /* scripts wait for single lines */
    phone.started_ms = clock_ms();

    config = load_config(settings.config_file);
    if (config == NULL || read_identity(config, &texts, &identity) != 0) {
        sfo_config_free(config);
        return 2;
    }
    phone.ua = sip_ua_new(settings.bind, &identity, &reports);
    if (phone.ua == NULL) {
        fprintf(stderr, "sipfailover-phone: %s: %s\n", settings.bind, strerror(errno));
        sfo_config_free(config);
        return 2;
    }
    printf("  phone of %s at %s\n", identity.user, sip_ua_local(phone.ua));

    status = redundancy_open(&phone.redundancy, config, settings.dns, phone.ua, &view);
    sfo_config_free(config); /* the library has its own copy */
    if (status == SFO_OK)
        result = run(&phone, settings.max_seconds);
    else
        fprintf(stderr, "sipfailover-phone: %s\n", sfo_status_text(status));

    redundancy_close(&phone.redundancy); /* first: it may still talk to the stack */
    sip_ua_free(phone.ua);
    return result;
}
